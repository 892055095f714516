// Definitions of the kinds' tables as schemas.

import APIMachinery
import Formats

extension OpenAPI {
  /// The schemas of a document: what its operations send and get, and all that those consist of.
  struct Schemas {
    private let dialect: Dialect
    private var found = Members()

    static func all(_ resources: [Resource], _ dialect: Dialect) -> Value {
      var schemas = Schemas(dialect: dialect)
      var models: [Model] = []
      for operation in resources.flatMap(\.operations) {
        for content in [operation.body?.content, operation.answer.content] {
          if case .model(let model) = content, schemas.add(model) { models.append(model) }
        }
      }
      for model in models { schemas.reach(model.definition) }
      return .object(schemas.found)
    }

    private init(dialect: Dialect) { self.dialect = dialect }

    /// Adds a structure with what is known of it as a whole; false where it is there already.
    private mutating func add(_ model: Model) -> Bool {
      let name = model.name
      guard found[name] == nil else { return false }
      var schema = schema(model.definition)
      if !model.kinds.isEmpty { schema["x-kubernetes-group-version-kind"] = .array(model.kinds) }
      if model.isOpen { schema["x-kubernetes-preserve-unknown-fields"] = true }
      found[name] = schema
      return true
    }

    /// Adds what a structure consists of.
    private mutating func reach(_ definition: Definition) { for field in definition.fields { reach(field.type) } }

    private mutating func reach(_ type: FieldType) {
      switch type {
      case .array(let element), .map(let element): reach(element)
      case .object(let definition):
        let definition = definition()
        let name = publishedName(definition)
        guard found[name] == nil else { return }
        found[name] = schema(definition)
        reach(definition)
      default:
        guard let scalar = Scalar(type), found[scalar.name] == nil else { return }
        found[scalar.name] = scalar.schema(dialect)
      }
    }

    private func schema(_ definition: Definition) -> Value {
      var out: Value = ["description": .string(definition.doc), "type": "object"]
      if !definition.fields.isEmpty { out["properties"] = .object(Members(definition.fields.map { ($0.name, property($0)) })) }
      let required = definition.fields.filter(\.required)
      if !required.isEmpty { out["required"] = .array(required.map { .string($0.name) }) }
      if definition.isAtomic { out["x-kubernetes-map-type"] = "atomic" }
      return out
    }

    private func property(_ field: Field) -> Value {
      var facts: [(String, Value)] = field.doc.isEmpty ? [] : [("description", .string(field.doc))]
      if let value = field.default ?? (field.always && !field.pointer ? Schemas.zero(field.type) : nil) { facts.append(("default", value)) }
      if !field.allowed.isEmpty { facts.append(("enum", .array(field.allowed.sorted(by: Members.precedes).map(Value.string)))) }
      if let key = field.mergeKey { facts.append(("x-kubernetes-patch-merge-key", .string(key))) }
      if let strategy = field.patchStrategy { facts.append(("x-kubernetes-patch-strategy", .string(strategy))) }
      if let type = field.listType {
        facts.append((field.isList ? "x-kubernetes-list-type" : "x-kubernetes-map-type", .string(type)))
      }
      if !field.mapKeys.isEmpty { facts.append(("x-kubernetes-list-map-keys", .array(field.mapKeys.map(Value.string)))) }
      return stated(self.type(field.type), facts)
    }

    private func type(_ type: FieldType) -> Value {
      switch type {
      case .string: ["type": "string"]
      case .boolean: ["type": "boolean"]
      case .int32: ["type": "integer", "format": "int32"]
      case .int64: ["type": "integer", "format": "int64"]
      case .double: ["type": "number", "format": "double"]
      case .bytes: ["type": "string", "format": "byte"]
      case .array(let element): ["type": "array", "items": self.element(element)]
      case .map(let element): ["type": "object", "additionalProperties": self.element(element)]
      case .object(let definition): dialect.reference(publishedName(definition()))
      case .quantity, .intOrString, .time, .microTime, .any: Scalar(type).map { dialect.reference($0.name) } ?? [:]
      }
    }

    private func element(_ type: FieldType) -> Value { stated(self.type(type), Schemas.zero(type).map { [("default", $0)] } ?? []) }

    /// A schema and what is said of it besides. Version 3 lets nothing stand beside a reference, so that one is wrapped;
    /// version 2 has no defaults, as Kubernetes writes it.
    private func stated(_ schema: Value, _ facts: [(String, Value)]) -> Value {
      let facts = dialect == .two ? facts.filter { $0.0 != "default" } : facts
      var out = dialect == .three && schema.has("$ref") && !facts.isEmpty ? ["allOf": [schema]] : schema
      for (name, value) in facts { out[name] = value }
      return out
    }

    /// What Kubernetes' own structures hold before anything was said.
    private static func zero(_ type: FieldType) -> Value? {
      switch type {
      case .string: ""
      case .boolean: false
      case .int32, .int64, .double: 0
      case .object: [:]
      default: nil
      }
    }
  }
}

extension Field {
  fileprivate var isList: Bool { if case .array = type { true } else { false } }
}
