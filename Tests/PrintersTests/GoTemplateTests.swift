import Formats
import Printers
import Testing

private let object: Value = [
  "items": [["name": "a", "n": 3], ["name": "b", "n": 1_000_000]], "labels": ["x": "1", "y": "2"], "on": true, "empty": [],
  "half": .number("0.5"), "secret": "aGk=",
]

@Test(
  arguments: [
    ("{{range .items}}{{.name}} {{end}}", "a b "),
    ("{{range $i, $e := .items}}{{$i}}={{$e.name}};{{end}}", "0=a;1=b;"),
    ("{{range .empty}}x{{else}}none{{end}}", "none"),
    ("{{.nosuch}}", "<no value>"),
    ("{{.labels}}", "map[x:1 y:2]"),
    ("{{if .on}}yes{{else}}no{{end}}", "yes"),
    ("{{if eq (len .items) 2}}two{{else if .on}}on{{end}}", "two"),
    ("{{with .labels}}{{.x}}{{end}}", "1"),
    ("{{index .labels \"y\"}}", "2"),
    ("{{(index .items 1).name}}", "b"),
    ("{{index .items 1 \"n\"}}", "1e+06"),
    ("{{printf \"%s-%5.1f|%-3s|\" (index .items 0).name .half \"z\"}}", "a-  0.5|z  |"),
    ("a {{- /* gone */ -}} b", "ab"),
    ("{{.secret | base64decode}}", "hi"),
    ("{{range .items}}{{if eq .name \"b\"}}{{break}}{{end}}{{.name}}{{end}}", "a"),
    ("{{define \"t\"}}[{{.}}]{{end}}{{template \"t\" .on}}", "[true]"),
    ("{{$x := 1}}{{range .items}}{{$x = 2}}{{end}}{{$x}}", "2"),
    ("{{and .on .labels.x}} {{or .empty \"other\"}} {{not .on}}", "1 other false"),
    ("{{\"a\\n\"}}{{`raw`}}{{/* c */}}", "a\nraw"),
  ] as [(String, String)])
func goTemplateWrites(_ template: String, _ expected: String) throws {
  #expect(try GoTemplate(template).text(object) == expected)
}

@Test(arguments: ["{{.a", "{{if .a}}", "{{nosuch .a}}", "{{range}}{{end}}", "{{end}}", "{{\"x}}", "{{(.a}}"])
func goTemplateRefuses(_ template: String) {
  #expect(throws: GoTemplate.Failure.self) { try GoTemplate(template) }
}
