// The YAML test suite: every case gives its JSON, else its events, or is refused.

import Formats
import Foundation
import Testing

private struct Case: Sendable, CustomTestStringConvertible {
  let id: String
  let name: String
  let yaml: String
  let json: String?
  let events: String
  let isError: Bool

  var testDescription: String { "\(id): \(name)" }

  static let all: [Case] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "yaml-test-suite/cases.jsonl")
    guard let data = try? Data(contentsOf: file) else { return [] }
    var reader = JSON.Reader(Array(data))
    var cases: [Case] = []
    while let value = try? reader.next() {
      cases.append(
        Case(
          id: value["id"].text, name: value["name"].text, yaml: value["yaml"].text, json: value["json"].string,
          events: value["events"].text, isError: value["error"].bool ?? false))
    }
    return cases
  }()
}

/// Numbers compare by what they are worth: 1.0 is 1.
private func normal(_ value: Value) -> Value {
  switch value {
  case .number(let text): Double(text).map { $0 == $0.rounded() && abs($0) < 1e15 ? .int(Int64($0)) : .number($0.description) } ?? value
  case .array(let items): .array(items.map(normal))
  case .object(let members): .object(Members(members.map { ($0.key, normal($0.value)) }))
  default: value
  }
}

@Test func theSuiteIsWhole() { #expect(Case.all.count == 291) }

@Test(arguments: Case.all) private func suiteCase(_ test: Case) throws {
  let bytes = Array(test.yaml.utf8)
  let (events, error) = YAML.events(bytes)
  if test.isError {
    #expect(error != nil, "\(test.yaml)")
    return
  }
  #expect(error == nil, "\(test.yaml)")
  #expect(events.map(\.description).joined(separator: "\n") + "\n" == test.events, "\(test.yaml)")
  guard let json = test.json else { return }
  var reader = JSON.Reader(Array(json.utf8))
  var expected: [Value] = []
  while let value = try reader.next() { expected.append(normal(value)) }
  let documents = try YAML.documents(bytes, resolution: .core12)
  #expect(documents.map { normal($0.value) } == expected, "\(test.yaml)")
}

/// What the cases above leave out. Nil is for what must be refused.
@Test(
  arguments: [
    ("--- |0\n", nil), ("--- |10\n", nil), ("--- |1-", "\"\""), (": a\n: b\n", "{\"\":\"b\"}"),
    ("- { \"key\":value }\n- { \"key\"::value }\n", "[{\"key\":\"value\"},{\"key\":\":value\"}]"),
    ("---\n[ , a, b]\n", nil), ("--- \"a\n...x\nb\"\n", "\"a ...x b\""), ("--- \"a\n... x\nb\"\n", nil),
    ("- single multiline\n - sequence entry\n", "[\"single multiline - sequence entry\"]"), ("[23\n]: 42\n", nil),
    ("- [a, [b]: c, : d]\n", "[[\"a\",{\"[\\\"b\\\"]\":\"c\"},{\"\":\"d\"}]]"), ("foo:\n \tbar\n", "{\"foo\":\"bar\"}"),
    ("foo: \"bar\n\tbaz\"\n", nil), ("foo: \"bar\n  \tbaz\"\n", "{\"foo\":\"bar baz\"}"), ("foo: 1\n\t\nbar: 2\n", "{\"bar\":2,\"foo\":1}"),
    ("foo:\n  a: 1\n  \tb: 2\n", nil), ("%YAML 1.2\n\t\n---\n", "null"), ("---\n- [-, -]\n", nil), ("a: \"x \\' y\"\n", nil),
    ("...\n", ""), ("# only\n...\n", ""), ("{ \"foo\" # comment\n  :bar }\n", "{\"foo\":\"bar\"}"),
    ("- ? : x\n", "[{\"{\\\"\\\":\\\"x\\\"}\":null}]"),
    ("? []: x\n", "{\"{\\\"[]\\\":\\\"x\\\"}\":null}"), ("\t{}\n", "{}"), ("---\n{\n foo: 1\n bar: 2 }\n", nil),
    ("key1: &alias value1\n&b *alias : value2\n", nil), ("- |+\n   ", "[\"\\n\"]"), ("a: b\n---\nc: d\n", "{\"a\":\"b\"}\n{\"c\":\"d\"}"),
    ("---\nscalar\n%YAML 1.2\n", "\"scalar %YAML 1.2\""), ("a: 1\n%YAML 1.2\n---\nb: 2\n", nil),
    ("a: \"\\ud83d\\ude00\"\n", "{\"a\":\"😀\"}"),
    ("a: >#c\n  x\n", nil), ("x: [a]#c\n", nil), ("[a, b] c\n", nil), ("!e!x y\n", nil), ("a: [\n b\n]\n", nil),
    ("a:\n- [\n b\n ]\n", "{\"a\":[[\"b\"]]}"),
  ] as [(String, String?)])
func moreOfTheSpecification(yaml: String, json: String?) throws {
  let result = YAML.read(Array(yaml.utf8), resolution: .core12)
  guard let json else {
    #expect(result.error != nil, "\(yaml)")
    return
  }
  #expect(result.error == nil, "\(yaml)")
  #expect(result.documents.map { JSON.text($0.value) }.joined(separator: "\n") == json, "\(yaml)")
}
