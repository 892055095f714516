import Formats

// How an object is divided into owned fields: what is one piece, what has parts of its own.

/// A place in an object, as server-side apply sees it.
struct Structure {
  enum Shape {
    /// One piece: a scalar, or what is atomic.
    case leaf
    case record(Definition)
    case map(FieldType)
    /// A list whose elements are their own keys.
    case set
    /// A list of elements told apart by some of their fields.
    case keyed([String], FieldType)
    /// Without a schema: objects have parts, lists are one piece.
    case deduced
  }

  let shape: Shape
  let type: FieldType?

  init(_ definition: Definition?) {
    shape = definition.map { .record($0) } ?? .deduced
    type = definition.map { known in .object { known } }
  }

  init(_ field: Field) {
    type = field.type
    switch field.type {
    case .array(let element): shape = Structure.list(field, element)
    case .map, .object: shape = field.listType == "atomic" ? .leaf : Structure(field.type).shape
    default: shape = Structure(field.type).shape
    }
  }

  init(_ type: FieldType?) {
    self.type = type
    switch type {
    case .object(let definition):
      let known = definition()
      shape = known.isAtomic ? .leaf : .record(known)
    case .map(let element): shape = .map(element)
    case .any, nil: shape = .deduced
    default: shape = .leaf
    }
  }

  private static func list(_ field: Field, _ element: FieldType) -> Shape {
    switch field.listType {
    case "atomic": return .leaf
    case "set": return .set
    case "map" where !field.mapKeys.isEmpty: return .keyed(field.mapKeys, element)
    default: break
    }
    // Without a list type the patch strategy decides.
    guard let strategy = field.patchStrategy, strategy.split(separator: ",").contains("merge") else { return .leaf }
    return field.mergeKey.map { .keyed([$0], element) } ?? .set
  }

  /// A member's place; nil where the schema has no such field.
  func member(_ key: String) -> Structure? {
    switch shape {
    case .record(let definition): definition.field(key).map(Structure.init)
    case .map(let element): Structure(element)
    case .deduced: self
    default: nil
    }
  }

  /// An element's place.
  var element: Structure {
    if case .keyed(_, let element) = shape { Structure(element) } else { Structure(FieldType.string) }
  }

  /// The step that names an element of a list; throws what the element lacks.
  func step(of element: Value) throws(Malformed) -> String {
    guard case .keyed(let keys, let type) = shape else { return "v:" + JSON.text(element) }
    guard case .object(let members) = element else {
      throw Malformed("associative list with keys may not have non-map elements")
    }
    var out = Members()
    for key in keys {
      if let value = members[key], !value.isNull {
        out[key] = value
      } else if let value = Structure.keyDefault(key, type) {
        out[key] = value
      } else {
        throw Malformed("associative list with keys has an element that omits key field \(goQuoted(key)) (and doesn't have default value)")
      }
    }
    return "k:" + JSON.text(.object(out))
  }

  private static func keyDefault(_ key: String, _ type: FieldType) -> Value? {
    guard case .object(let definition) = type else { return nil }
    return definition().field(key)?.default
  }

  /// An object as the server holds it before anything was said: only what is always written.
  static func skeleton(_ definition: Definition?) -> Value {
    guard let definition else { return ["metadata": [:], "spec": [:], "status": [:]] }
    var out = skeletonMembers(definition, depth: 0)
    for field in definition.fields where ["metadata", "spec", "status"].contains(field.name) && out[field.name] == nil {
      if case .object(let inner) = field.type { out[field.name] = .object(skeletonMembers(inner(), depth: 1)) }
    }
    return .object(out)
  }

  private static func skeletonMembers(_ definition: Definition, depth: Int) -> Members {
    var out = Members()
    // Kubernetes' own structures nest no deeper than this without a pointer or a list between.
    if depth > 12 { return out }
    for field in definition.fields where field.always {
      if case .object(let inner) = field.type, !field.pointer {
        out[field.name] = .object(skeletonMembers(inner(), depth: depth + 1))
      } else {
        out[field.name] = .null
      }
    }
    return out
  }
}

extension Definition {
  /// Whether Kubernetes treats such a structure as one piece (`x-kubernetes-map-type: atomic`).
  public var isAtomic: Bool { Definition.atomic.contains(name) }

  private static let atomic: Set<String> = [
    "meta.v1.LabelSelector", "meta.v1.OwnerReference", "core.v1.LocalObjectReference", "core.v1.ObjectReference",
    "core.v1.TypedLocalObjectReference", "core.v1.SecretReference", "core.v1.ConfigMapKeySelector", "core.v1.SecretKeySelector",
    "core.v1.ObjectFieldSelector", "core.v1.ResourceFieldSelector", "core.v1.NodeSelector", "core.v1.NodeSelectorTerm",
    "core.v1.ScopeSelector", "core.v1.TopologySelectorTerm", "core.v1.EndpointAddress", "core.v1.EndpointPort",
    "discovery.v1.EndpointPort", "rbac.v1.RoleRef", "rbac.v1.Subject", "rbac.v1.AggregationRule", "networking.v1.ServiceBackendPort",
  ]
}
