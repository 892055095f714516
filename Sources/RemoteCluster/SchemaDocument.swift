import APIMachinery
import Formats

// One OpenAPI document, as definitions.

/// The schemas of a group version. Used by one thread, as the client that it belongs to.
final class SchemaDocument: @unchecked Sendable {
  private let schemas: Value
  private let paths: Value
  private var made: [String: Definition] = [:]
  /// How deep what has no name may stand in each other.
  private static let deepest = 64

  init(_ document: Value) {
    schemas = document["components"]["schemas"]
    paths = document["paths"]
  }

  /// A kind's definition; nil where the document doesn't tell it.
  func definition(group: String, version: String, kind: String) -> Definition? {
    let wanted: Value = ["group": .string(group), "kind": .string(kind), "version": .string(version)]
    let found = schemas.members.first { $0.value["x-kubernetes-group-version-kind"].items.contains(wanted) }
    return found.flatMap { named($0.key) }
  }

  /// Whether the server merges strategic patches into a kind's objects: custom resources take none.
  func takesStrategicPatches(group: String, version: String, kind: String) -> Bool {
    let wanted: Value = ["group": .string(group), "kind": .string(kind), "version": .string(version)]
    return paths.members.contains { path in
      let patch = path.value["patch"]
      return patch["x-kubernetes-group-version-kind"] == wanted
        && patch["requestBody"]["content"].has("application/strategic-merge-patch+json")
    }
  }

  /// The structure of a name; each is made once, so that one may hold itself.
  private func named(_ name: String) -> Definition? {
    if let known = made[name] { return known }
    let schema = schemas[name]
    guard schema.object != nil else { return nil }
    let short = ["io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apimachinery.pkg."].first { name.hasPrefix($0) }
    let definition = structure(schema, short.map { String(name.dropFirst($0.utf8.count)) } ?? name, depth: 0)
    made[name] = definition
    return definition
  }

  private func structure(_ schema: Value, _ name: String, depth: Int) -> Definition {
    let required = Set(schema["required"].items.map(\.text))
    let fields = schema["properties"].members.map { member in
      let facts = member.value
      return Field(
        member.key, type(facts, "\(name).\(member.key)", depth: depth), facts["description"].text, required: required.contains(member.key),
        allowed: facts["enum"].items.compactMap(\.string), mergeKey: facts["x-kubernetes-patch-merge-key"].string,
        patchStrategy: facts["x-kubernetes-patch-strategy"].string,
        listType: facts["x-kubernetes-list-type"].string ?? facts["x-kubernetes-map-type"].string,
        mapKeys: facts["x-kubernetes-list-map-keys"].items.compactMap(\.string))
    }
    return Definition(name, schema["description"].text, fields)
  }

  /// - Parameter path: where the type stands, which names a structure that has no name of its own.
  private func type(_ schema: Value, _ path: String, depth: Int) -> FieldType {
    guard depth < SchemaDocument.deepest else { return .any }
    if let reference = schema["$ref"].string ?? schema["allOf"][0]["$ref"].string {
      return referred(String(reference.split(separator: "/").last ?? ""), depth: depth)
    }
    if schema["x-kubernetes-int-or-string"] == true || schema["format"] == "int-or-string" { return .intOrString }
    switch (schema["type"].text, schema["format"].text) {
    case ("string", "byte"): return .bytes
    case ("string", "date-time"): return .time
    case ("string", _): return .string
    case ("boolean", _): return .boolean
    case ("integer", "int32"): return .int32
    case ("integer", _): return .int64
    case ("number", _): return .double
    case ("array", _): return .array(type(schema["items"], path, depth: depth + 1))
    case ("object", _):
      if schema["additionalProperties"].object != nil { return .map(type(schema["additionalProperties"], path, depth: depth + 1)) }
      let inner = structure(schema, "\(path).Object", depth: depth + 1)
      return .object { inner }
    default: return .any
    }
  }

  /// What a name stands for: a structure, or one of Kubernetes' types that are more than their JSON.
  private func referred(_ name: String, depth: Int) -> FieldType {
    switch name.split(separator: ".").last {
    case "Quantity": return .quantity
    case "IntOrString": return .intOrString
    case "Time": return .time
    case "MicroTime": return .microTime
    case "FieldsV1", "RawExtension", "JSON": return .any
    default: break
    }
    let schema = schemas[name]
    guard schema.has("properties") || schema["type"] == "object" && !schema.has("additionalProperties") else {
      return type(schema, name, depth: depth + 1)
    }
    return .object { self.named(name) ?? Definition(name, "", []) }
  }
}
