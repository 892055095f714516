// Every field of what clients send has a number, and every number a field.

import API
import APIMachinery
import Testing

@testable import Serving

struct FieldNumbersTests {
  /// What bodies hold. `kind` and `apiVersion` of these stand in the envelope.
  static let roots = Kinds.all.compactMap(\.schema) + [MetaV1.deleteOptions, AutoscalingV1.scale, PolicyV1.eviction]

  /// Every definition that a body can hold, by name.
  static let reachable: [String: Definition] = {
    var found: [String: Definition] = [:]
    func visit(_ definition: Definition) {
      guard found[definition.name] == nil else { return }
      found[definition.name] = definition
      for field in definition.fields { visit(field.type) }
    }
    func visit(_ type: FieldType) {
      switch type {
      case .object(let definition): visit(definition())
      case .array(let element), .map(let element): visit(element)
      default: break
      }
    }
    for root in roots { visit(root) }
    return found
  }()

  static func names(_ message: FieldNumbers.Message) -> [String] {
    message.parts.flatMap { part -> [String] in
      switch part {
      case .field(let name)?: [name]
      case .embedded(let inner)?: names(inner)
      case nil: []
      }
    }
  }

  @Test func everyFieldHasANumber() {
    let envelope = Set(Self.roots.map(\.name))
    for (name, definition) in Self.reachable {
      let expected = definition.fields.map(\.name).filter { !(envelope.contains(name) && ["kind", "apiVersion"].contains($0)) }
      let found = FieldNumbers.messages[name].map(Self.names) ?? []
      #expect(found.sorted() == expected.sorted(), "\(name)")
    }
  }

  @Test func everyNumberHasAField() {
    #expect(Set(FieldNumbers.messages.keys).subtracting(Self.reachable.keys).sorted() == [])
  }

  @Test func embeddedStructuresAreMessagesOfTheirOwn() {
    guard case .embedded(let source)? = FieldNumbers.messages["core.v1.Volume"]?[2], case .field("configMap")? = source[19] else {
      Issue.record("a volume's source is a message in its field 2")
      return
    }
    guard case .field("name")? = FieldNumbers.messages["core.v1.Volume"]?[1] else {
      Issue.record("a volume's name is its field 1")
      return
    }
  }
}
