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
