// YAML as Kubernetes reads it: meaning, messages, places, pieces.

import Formats
import Testing

private func read(_ text: String) throws -> Value { try YAML.parse(text) }
private func message(_ text: String) -> String? { YAML.read(Array(text.utf8)).error?.goMessage }

@Test(
  arguments: [
    ("yes", true), ("Yes", true), ("YES", true), ("on", true), ("y", true), ("Y", true), ("true", true), ("True", true),
    ("no", false), ("off", false), ("n", false), ("N", false), ("FALSE", false), ("yEs", "yEs"), ("yesterday", "yesterday"),
    ("~", nil), ("null", nil), ("Null", nil), ("nULL", "nULL"), ("", nil),
    ("0755", 493), ("08", 8), ("0o17", 15), ("0x1F", 31), ("0b101", 5), ("-0b11", -3), ("1_000", 1000), ("+12", 12), ("-7", -7),
    ("0", 0), ("00", 0), ("0x", "0x"), ("1.0", 1), ("1e3", 1000), ("1.5", .number("1.5")), (".5", .number("0.5")),
    ("1e-7", .number("1e-7")),
    ("685_230.15", .number("685230.15")), ("1e400", "1e400"), ("123456e1", 1_234_560),
    ("9223372036854775807", .int(.max)), ("9223372036854775808", .number("9223372036854775808")),
    ("18446744073709551616", .number("18446744073709552000")), ("1e21", .number("1e+21")),
    ("2001-01-01", "2001-01-01"), ("12:30:45", "12:30:45"), ("1.2.3", "1.2.3"), ("-", nil), ("-x", "-x"),
    ("1.25.3-alpine", "1.25.3-alpine"),
    ("50cent_of_dollar", "50cent_of_dollar"), ("\"yes\"", "yes"), ("'0755'", "0755"), ("!!str 5", "5"), ("!!int '7'", 7),
    ("!!float 3", 3), ("! x", "x"), ("!custom x", "x"), ("!!binary aGk=", "hi"), ("<<", "<<"), ("100m", "100m"), ("1Gi", "1Gi"),
  ] as [(String, Value)])
func plainScalarsMeanWhatKubernetesReads(text: String, value: Value) throws {
  // A lone dash is an entry, so it stands apart.
  if text == "-" {
    #expect(try read("- ") == [nil])
  } else {
    #expect(try read("a: \(text)\n") == ["a": value])
  }
}

@Test func keysBecomeStrings() throws {
  #expect(
    try read("1: a\ntrue: b\n1.5: c\n0x10: d\n1e3: e\nyes: f\n1.0: g\n")
      == ["1": "g", "true": "f", "1.5": "c", "16": "d", "1000": "e"])
  #expect(message("~: x\n") == "unsupported map key of type: %!s(<nil>), key: <nil>")
  #expect(message("[a]: x\n")?.hasPrefix("yaml: invalid map key: ") == true)
}

@Test(arguments: [
  ("apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n spec:\n  containers: []\n", "yaml: line 4: did not find expected key"),
  ("apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n", "yaml: line 4: found character that cannot start any token"),
  ("a: b: c\n", "yaml: mapping values are not allowed in this context"),
  ("x: 1\na: b: c\n", "yaml: line 2: mapping values are not allowed in this context"),
  ("a:\n- b\nc\n", "yaml: line 4: could not find expected ':'"),
  ("a: 1\nb\nc: 2\n", "yaml: line 3: could not find expected ':'"),
  ("a: [1, 2\nb: 3\n", "yaml: line 1: did not find expected ',' or ']'"),
  ("a: {b: c\nd: e\n", "yaml: line 1: did not find expected ',' or '}'"),
  ("a: \"x\ny: 1\n", "yaml: line 3: found unexpected end of stream"),
  ("a: 'x\n", "yaml: line 2: found unexpected end of stream"),
  ("a: &x 1\nb: *y\n", "yaml: unknown anchor 'y' referenced"),
  ("a: &x [*x]\n", "yaml: anchor 'x' value contains itself"),
  ("a: \"\\q\"\n", "yaml: found unknown escape character"),
  ("- a\nb: c\n", "yaml: line 1: did not find expected '-' indicator"),
  ("a: - b\n", "yaml: block sequence entries are not allowed in this context"),
  ("a: @x\n", "yaml: found character that cannot start any token"),
  ("a: b\n  c: d\n", "yaml: line 2: mapping values are not allowed in this context"),
  ("a: |x\n  y\n", "yaml: did not find expected comment or line break"),
  ("a: !x!y z\n", "yaml: found undefined tag handle"),
  ("%FOO\n---\na: 1\n", "yaml: found unknown directive name"),
  ("%YAML 1.2\n---\na: 1\n", "yaml: found incompatible YAML document"),
  ("a: !!int x\n", "yaml: cannot decode !!str `x` as a !!int"),
  ("a: !!binary '***'\n", "yaml: !!binary value contains invalid base64 data"),
  ("a: .inf\n", "json: unsupported value: +Inf"),
  ("a: \u{1}\n", "yaml: control characters are not allowed"),
  ("<<: 1\n", "yaml: map merge requires map or sequence of maps as the value"),
])
func refusesInGoYamlsWords(text: String, expected: String) {
  #expect(message(text) == expected, "\(text)")
}

@Test func invalidBytesAreRefusedAndEarlierDocumentsKept() {
  let result = YAML.read(Array("a: 1\n---\nb: ".utf8) + [0xFF, 0x0A])
  #expect(result.documents.map(\.value) == [["a": 1]])
  #expect(result.error?.goMessage == "yaml: invalid leading UTF-8 octet")
  #expect(result.error?.position.line == 3)
}

@Test func errorsPointAtTheExactPlace() {
  let error = YAML.read(Array("apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n spec:\n".utf8)).error
  #expect(error?.position == Position(offset: 46, line: 5, column: 2))
}

@Test func marksOfOrderAndOtherEncodings() throws {
  let expected: Value = ["ñoño": "very yes"]
  #expect(try YAML.parse([0xEF, 0xBB, 0xBF] + Array("ñoño: very yes\n".utf8)) == expected)
  let units = Array("ñoño: very yes\n".utf16)
  #expect(try YAML.parse([0xFF, 0xFE] + units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == expected)
  #expect(try YAML.parse([0xFE, 0xFF] + units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }) == expected)
}

@Test func windowsLineEnds() throws {
  #expect(try read("a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 'p\r\n  q'\r\n") == ["a": 1, "b": "x\ny\n", "c": "p q"])
}

@Test func anchorsAndMergeKeys() throws {
  #expect(try read("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n") == ["a": ["b": 1, "c": 2], "d": ["b": 1, "c": 3]])
  #expect(
    try read("a: &x {b: 1}\ne: &y {b: 2, f: 3}\nd:\n  <<: [*x, *y]\n")["d"] == ["b": 1, "f": 3])
}

@Test func aBillionLaughsAreRefused() {
  var text = "a: &a [x,x,x,x,x,x,x,x,x]\n"
  for (name, before) in zip("bcdefghi", "abcdefgh") {
    text += "\(name): &\(name) [\(Array(repeating: "*\(before)", count: 9).joined(separator: ","))]\n"
  }
  #expect(message(text) == "yaml: document contains excessive aliasing")
}

@Test func deepNestingIsRefused() {
  for text in [String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000), String(repeating: "- ", count: 100_000)] {
    #expect(message(text)?.contains("exceeded max depth") == true)
  }
  var steps = ""
  for depth in 0..<2000 { steps += String(repeating: " ", count: depth) + "a:\n" }
  #expect(message(steps)?.contains("exceeded max depth") == true)
}

@Test func placesOfKeysAndElements() throws {
  let text = "kind: Pod\nspec:\n  containers:\n  - name: a\n    image: b\n  - {name: c, image: d}\n"
  let document = try #require(try YAML.documents(Array(text.utf8)).first)
  let positions = document.positions
  #expect(positions.position(of: ["spec"])?.line == 2)
  #expect(positions.position(of: ["spec", "containers", 0, "image"]) == Position(offset: 46, line: 5, column: 5))
  #expect(positions.valuePosition(of: ["spec", "containers", 0, "image"])?.column == 12)
  #expect(positions.position(of: ["spec", "containers", 1])?.line == 6)
  #expect(positions.position(of: ["spec", "containers", 1, "image"])?.column == 15)
  #expect(positions.position(of: ["spec", "nosuch"]) == nil)
  #expect(positions.position(of: ["spec", "containers", 9]) == nil)
}

@Test func duplicateKeysAreReportedWithBothPlaces() throws {
  let text = "a: 1\nb:\n- c: 1\n  c: 2\na: 3\n"
  let document = try #require(try YAML.documents(Array(text.utf8)).first)
  #expect(document.value == ["a": 3, "b": [["c": 2]]])
  let duplicates = document.duplicates
  #expect(duplicates.map(\.key) == ["c", "a"])
  #expect(duplicates.first?.path == ["b", 0])
  #expect(duplicates.map(\.first.line) == [3, 1])
  #expect(duplicates.map(\.second.line) == [4, 5])
  #expect(try YAML.documents(Array("a: &x {b: 1}\nc: {<<: *x, b: 2}\n".utf8)).first?.duplicates == [])
}

@Test func manifestsAreCutAsKubectlCutsThem() {
  let result = YAML.manifests(Array("# first\n---\na: 1\n--- # two\n\n---\nb:\n  c: 1\n d: 2\n---\ne: 1\n".utf8))
  #expect(result.documents.map(\.value) == [nil, ["a": 1], nil])
  #expect(result.documents.map(\.isEmpty) == [true, false, true])
  // The line counts from the piece's start, the place from the file's.
  #expect(result.error?.goMessage == "yaml: line 2: did not find expected key")
  #expect(result.error?.position.line == 9)
  #expect(YAML.manifests(Array("a: 1\n--- text\n".utf8)).error?.goMessage == "invalid Yaml document separator: text")
  #expect(YAML.manifests(Array("a: 1\n---\nb: 2\n...\n} garbage\n".utf8)).error == nil)
  #expect(YAML.manifests(Array("---\na: 1\r\n---\r\nb: 2\r\n".utf8)).documents.map(\.value) == [["a": 1], ["b": 2]])
  #expect(YAML.manifests([]).documents.isEmpty)
}

@Test func manifestsMayBeJSON() throws {
  let result = YAML.manifests(Array("\n{\"a\": 1}\n{\"b\": 2, \"b\": 3}\n".utf8))
  #expect(result.documents.map(\.value) == [["a": 1], ["b": 3]])
  #expect(result.documents.last?.duplicates.first?.second == Position(offset: 19, line: 3, column: 10))
  #expect(result.documents.last?.position(of: ["b"])?.line == 3)
  let broken = YAML.manifests(Array("{\"a\": 1,, \"b\": 2]\n".utf8))
  #expect(broken.error?.goMessage == "json: offset 9: invalid character ',' looking for beginning of object key string")
  // What JSON refuses and YAML does not is read as YAML.
  #expect(YAML.manifests(Array("{a: 1}\n---\nb: 2\n".utf8)).documents.map(\.value) == [["a": 1], ["b": 2]])
}

@Test func blockScalars() throws {
  #expect(
    try read("a: |\n  x\n   y\n\n  z\n\nb: >-\n  p\n  q\n\n  r\nc: |+\n  k\n\n") == ["a": "x\n y\n\nz\n", "b": "p q\nr", "c": "k\n\n"])
  #expect(try read("a: |2\n    x\n  y\n") == ["a": "  x\ny\n"])
  #expect(try read("a: |") == ["a": ""])
  #expect(try read("a: |\n  x") == ["a": "x"])
}
