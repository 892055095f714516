// YAML text as kubectl writes it.

import Formats
import Testing

@Test(arguments: [
  ("abc", "abc"), ("", "\"\""), ("true", "\"true\""), ("yes", "\"yes\""), ("y", "\"y\""), ("N", "\"N\""), ("off", "\"off\""),
  ("null", "\"null\""), ("~", "\"~\""), ("1", "\"1\""), ("1e3", "\"1e3\""), ("0755", "\"0755\""), ("0x1F", "\"0x1F\""), (".5", "\".5\""),
  ("1_000", "\"1_000\""), (".inf", "\".inf\""), ("1.2.3", "1.2.3"), ("2026-01-01", "\"2026-01-01\""),
  ("2026-11-23T01:42:34Z", "\"2026-11-23T01:42:34Z\""), ("2026-11-23T01:42:34.123456Z", "\"2026-11-23T01:42:34.123456Z\""),
  ("2026-13-01", "2026-13-01"), ("2026-02-30", "2026-02-30"), ("1:20", "\"1:20\""), ("80:90", "80:90"),
  ("190:20:30.15", "\"190:20:30.15\""),
  ("a: b", "'a: b'"), ("a:b", "a:b"), ("a #b", "'a #b'"), ("a#b", "a#b"), ("-", "'-'"), ("-x", "-x"), ("- x", "'- x'"), ("?x", "?x"),
  ("? x", "'? x'"), (":x", ":x"), ("x:", "'x:'"), ("[a]", "'[a]'"), ("{a}", "'{a}'"), ("a,b", "a,b"), ("*a", "'*a'"), ("&a", "'&a'"),
  ("!a", "'!a'"), ("|a", "'|a'"), (">a", "'>a'"), ("%a", "'%a'"), ("@a", "'@a'"), ("`a", "'`a'"), ("'a'", "'''a'''"), ("\"a\"", "'\"a\"'"),
  ("it's", "it's"), (" a", "' a'"), ("a ", "'a '"), ("---", "'---'"), ("...", "'...'"), ("--- a", "'--- a'"), ("--flag", "--flag"),
  ("a\tb", "\"a\\tb\""), ("é", "é"), ("\u{1F600}", "\"\\U0001F600\""), ("\u{0}", "\"\\0\""), ("\u{7F}", "\"\\x7F\""),
  ("\u{FEFF}a", "\"\\uFEFFa\""),
  ("\u{A0}", "\u{A0}"), ("\u{85}", "\"\\N\""), ("a\nb", "|-\n  a\n  b"), ("a\n", "|\n  a"), ("a\n\n", "|+\n  a\n"), ("\na", "|2-\n\n  a"),
  (" a\nb", "|2-\n   a\n  b"), ("a\nb ", "\"a\\nb \""), ("a \nb", "\"a \\nb\""), ("a\n b\n", "|\n  a\n   b"), ("\n", "|2+\n"),
  ("<<", "<<"), ("=", "="), ("1e400", "1e400"), ("+", "+"), ("<foo>", "<foo>"), ("*/5 * * * *", "'*/5 * * * *'"),
  ("10.0.0.1:80", "10.0.0.1:80"),
])
func stringsAreQuotedAsGoYamlQuotes(text: String, written: String) throws {
  let out = YAML.text(["k": .string(text)])
  #expect(out == "k: \(written)\n")
  #expect(try YAML.parse(out) == ["k": .string(text)])
}

@Test func collectionsStandAsKubectlPutsThem() {
  #expect(
    YAML.text(["a": [], "b": [:], "c": [1, [2, [3]], ["x": 1, "y": [:]], []], "d": ["e": ["f", nil, true]]]) == """
      a: []
      b: {}
      c:
      - 1
      - - 2
        - - 3
      - x: 1
        "y": {}
      - []
      d:
        e:
        - f
        - null
        - true

      """)
  #expect(YAML.text([1, ["a": "b\nc\n"]]) == "- 1\n- a: |\n    b\n    c\n")
  #expect(YAML.text("x") == "x\n")
  #expect(YAML.text([:]) == "{}\n")
  #expect(YAML.text(nil) == "null\n")
}

@Test func numbersAreWrittenAsGoWrites() {
  let numbers: Value = [
    .number("1.50"), .number("1e3"), .number("1234567.5"), .number("0.00001"), .number("18446744073709551615"), .number("100000.5"), -7,
  ]
  #expect(YAML.text(numbers) == "- 1.5\n- 1000\n- 1.2345675e+06\n- 1e-05\n- 18446744073709551615\n- 100000.5\n- -7\n")
}

@Test func longLinesAreFoldedAtTheFirstBlankAfterColumn80() {
  let long = String(repeating: "abcdefgh ", count: 20) + "end"
  let lines = YAML.text(["message": .string(long)]).split(separator: "\n")
  #expect(lines.count == 3)
  #expect(lines.first?.utf8.count == 89)
  #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("  abc") })
  let quoted = YAML.text(["message": .string("a: " + long)])
  #expect(quoted.hasPrefix("message: 'a: abc"))
  #expect(
    YAML.text(["message": "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances"])
      == "message: 'Some content in the namespace has finalizers remaining: example.com/hold\n  in 1 resource instances'\n")
}

@Test func keysThatAreLongOrHoldLines() throws {
  let key = String(repeating: "k", count: 129)
  let value: Value = .object(Members([(key, ["a": 1] as Value), ("x\ny", ["b", "c"] as Value)]))
  let text = YAML.text(value)
  #expect(text == "? \(key)\n: a: 1\n? |-\n  x\n  y\n: - b\n  - c\n")
  #expect(try YAML.parse(text) == value)
}

/// A small generator with a seed, so that a failure can be had again.
struct Chance {
  var state: UInt64
  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
  mutating func pick<T>(_ items: [T]) -> T { items[next(items.count)] }

  mutating func text() -> String {
    if next(3) == 0 {
      return pick(["true", "no", "1", "0x1", "~", "", " ", "-", "? ", ": ", "#", "- a", "1:20", "2026-01-01", "a: b"])
    }
    let alphabet: [Character] = Array("abcXYZ019 :#-?,[]{}&*!|>'\"%@`~.\n\n\t\\/é\u{85}\u{2028}\u{1F600}\u{0}\u{7F}\u{A0}\u{FEFF} ")
    return String((0..<next(30)).map { _ in pick(alphabet) })
  }

  mutating func value(_ depth: Int) -> Value {
    switch next(depth > 0 ? 9 : 6) {
    case 0: return .null
    case 1: return .bool(next(2) == 0)
    case 2: return .int(Int64(next(100_000)) - 50_000)
    case 3...5: return .string(text())
    case 6: return .array((0..<next(4)).map { _ in value(depth - 1) })
    default: return .object(Members((0..<next(5)).map { _ in (text(), value(depth - 1)) }))
    }
  }
}

// Two things go-yaml itself loses: a carriage return in a quoted or literal string, and that a key `<<` is a string.
@Test func whatIsWrittenIsReadBack() throws {
  for seed in 0..<3000 {
    var chance = Chance(state: UInt64(seed) &* 7919 + 1)
    let value = chance.value(4)
    let text = YAML.text(value)
    #expect((try? YAML.parse(text)) == value, "seed \(seed): \(JSON.text(value))\n\(text)")
    #expect((try? JSON.parse(JSON.text(value))) == value, "seed \(seed)")
  }
}

@Test func brokenTextsNeitherTrapNorHang() throws {
  let seeds = [
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  labels: {a: b, 'c': \"d\\n\"}\nspec:\n  containers:\n  - name: c\n    args: [\"-c\", 'x']\n"
      + "    env:\n    - name: A\n      value: |\n        text\n          more\n\n    - &a name: >-\n        folded\n        text\n  b: *a\n"
      + "---\n? complex\n: - value\n  - !!str tagged\n<<: {x: 1}\n...\n%YAML 1.1\n---\n{\"a\": [1, 2.5, null], \"b\": {}}\n",
    "{\"kind\":\"List\",\"items\":[{\"a\":\"\\u00e9\\\"x\"},-1.5e3,true,null]}",
  ]
  let noise = Array(":-?[]{},#&*!|>'\"%@`\n\r\t \\~<.=0a\u{0}é\u{FEFF}\u{2028}".utf8) + [0xFF, 0xC2, 0xE2]
  for seed in 0..<4000 {
    var chance = Chance(state: UInt64(seed) &* 104_729 + 3)
    var bytes = Array(chance.pick(seeds).utf8)
    for _ in 0...chance.next(8) {
      let at = chance.next(bytes.count)
      switch chance.next(4) {
      case 0: bytes[at] = chance.pick(noise)
      case 1: bytes.insert(chance.pick(noise), at: at)
      case 2: bytes.remove(at: at)
      default: bytes.removeSubrange(at..<min(bytes.count, at + chance.next(40)))
      }
      if bytes.isEmpty { bytes = [0x61] }
    }
    for resolution in [YAML.Resolution.yaml11, .core12] {
      let result = YAML.read(bytes, resolution: resolution)
      for document in result.documents { _ = document.positions }
      _ = YAML.events(bytes, resolution: resolution)
    }
    _ = YAML.manifests(bytes)
    _ = try? JSON.document(bytes)
  }
}
