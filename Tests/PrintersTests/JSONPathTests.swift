import Formats
import Printers
import Testing

private let pods: Value = [
  "items": [
    ["metadata": ["name": "a", "labels": ["app": "x"]], "status": ["phase": "Running"], "n": 1],
    ["metadata": ["name": "b"], "status": ["phase": "Pending"], "n": 20],
    ["metadata": ["name": "c"], "status": ["phase": "Running"], "n": 3],
  ]
]

@Test(
  arguments: [
    ("{.items[*].metadata.name}", "a b c"),
    ("{.items[0].metadata.name}", "a"),
    ("{.items[-1].metadata.name}", "c"),
    ("{.items[0:2].metadata.name}", "a b"),
    ("{.items[::2].metadata.name}", "a c"),
    ("{.items[0,2].metadata.name}", "a c"),
    ("{.items[0]['metadata'].name}", "a"),
    ("{.items[0].metadata['name','labels']}", "a {\"app\":\"x\"}"),
    ("{.items[0].metadata.labels}", "{\"app\":\"x\"}"),
    ("{range .items[*]}{.metadata.name}{\"\\t\"}{.status.phase}{\"\\n\"}{end}", "a\tRunning\nb\tPending\nc\tRunning\n"),
    ("{range .none[*]}{.x}{end}after", "after"),
    ("{.items[?(@.status.phase==\"Running\")].metadata.name}", "a c"),
    ("{.items[?(@.n>2)].metadata.name}", "b c"),
    ("{.items[?(@.metadata.labels)].metadata.name}", "a"),
    ("{..name}", "a b c"),
    ("{.nosuch}", ""),
    ("text {.items[1].n} more", "text 20 more"),
    ("{\"quoted \\\" text\"}", "quoted \" text"),
  ] as [(String, String)])
func jsonPathFinds(_ template: String, _ expected: String) throws {
  #expect(try JSONPath(template).text(pods) == expected)
}

@Test(
  arguments: [
    ("{.nosuch", "unclosed action"), ("{.items[}", "unterminated array"), ("{.items[x]}", "invalid array index x"),
    ("{.items[?(@.x==1]}", "unterminated filter"), ("{\"x}", "unterminated quoted string"),
    ("{#}", "unrecognized character in action: U+0023 '#'"),
  ] as [(String, String)])
func jsonPathRefuses(_ template: String, _ message: String) {
  let failure = #expect(throws: JSONPath.Failure.self) { try JSONPath(template) }
  #expect(failure?.message == message)
}

@Test func jsonPathNamesAnIndexOutOfBounds() {
  let failure = #expect(throws: JSONPath.Failure.self) { try JSONPath("{.items[7].x}").text(pods) }
  #expect(failure?.message == "array index out of bounds: index 7, length 3")
}

@Test func customColumnsShowWhatIsThere() throws {
  let columns = try CustomColumns(spec: "NAME:.metadata.name,APP:.metadata.labels.app,ALL:{.status}")
  #expect(
    try columns.rows(pods["items"].items, headers: true) == [
      ["NAME", "APP", "ALL"], ["a", "x", "map[phase:Running]"], ["b", "<none>", "map[phase:Pending]"],
      ["c", "<none>", "map[phase:Running]"],
    ])
}

@Test func customColumnsWantAPathForEachHeader() {
  let failure = #expect(throws: JSONPath.Failure.self) { try CustomColumns(spec: "NAME") }
  #expect(failure?.message == "unexpected custom-columns spec: NAME, expected <header>:<json-path-expr>")
}
