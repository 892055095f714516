import Formats

// What differs between two states of an object, field by field.

/// The paths that came, went and changed between two states.
struct Comparison {
  var added = FieldSet.empty
  var removed = FieldSet.empty
  var modified = FieldSet.empty

  init(_ old: Value, _ new: Value, _ structure: Structure) {
    if old == new { return }
    let walk = Walk()
    walk.compare(old, new, structure, walk.added, walk.removed, walk.modified)
    added = walk.added.set
    removed = walk.removed.set
    modified = walk.modified.set
  }

  var isSame: Bool { added.isEmpty && removed.isEmpty && modified.isEmpty }

  private final class Walk {
    let added = FieldSetBuilder()
    let removed = FieldSetBuilder()
    let modified = FieldSetBuilder()

    /// Compares what two containers hold; both are there.
    func compare(
      _ old: Value, _ new: Value, _ structure: Structure, _ added: FieldSetBuilder, _ removed: FieldSetBuilder, _ modified: FieldSetBuilder
    ) {
      let before = parts(old, structure)
      let after = parts(new, structure)
      var known: [String: Value] = [:]
      if case .object = old {
        // Members are looked up in place.
      } else {
        known = Dictionary(before.map { ($0.step, $0.value) }, uniquingKeysWith: { first, _ in first })
      }
      var met = Set<String>()
      for part in after {
        let had = part.key.isEmpty ? known[part.step] : old.members[part.key]
        if part.key.isEmpty { met.insert(part.step) }
        guard let had else {
          if !part.value.isNull { all(part.value, part.structure, part.step, added) }
          continue
        }
        if had == part.value { continue }
        if hasParts(had, part.value, part.structure) {
          compare(
            had, part.value, part.structure, added.below(part.step), removed.below(part.step), modified.below(part.step))
        } else {
          modified.member(part.step)
        }
      }
      for part in before {
        let stays = part.key.isEmpty ? met.contains(part.step) : new.has(part.key)
        if !stays, !part.value.isNull { all(part.value, part.structure, part.step, removed) }
      }
    }

    /// Puts a whole subtree into a set, every part of it a member.
    private func all(_ value: Value, _ structure: Structure, _ step: String, _ into: FieldSetBuilder) {
      into.member(step)
      guard hasParts(value, value, structure) else { return }
      let inner = into.below(step)
      for part in parts(value, structure) where !part.value.isNull { all(part.value, part.structure, part.step, inner) }
    }

    /// Whether two values are compared part by part; two empty ones are one piece.
    private func hasParts(_ a: Value, _ b: Value, _ structure: Structure) -> Bool {
      if parts(a, structure).isEmpty, parts(b, structure).isEmpty { return false }
      switch structure.shape {
      case .leaf: return false
      case .set, .keyed: return a.isListOrNull && b.isListOrNull
      case .record, .map, .deduced: return a.isObjectOrNull && b.isObjectOrNull
      }
    }
  }
}

/// A part of a value: a member (`key` says which) or an element (`key` is empty).
struct Part {
  let step: String
  let key: String
  let value: Value
  let structure: Structure
}

/// A value's parts, none where it is one piece. Elements that can't be told apart are left out.
func parts(_ value: Value, _ structure: Structure) -> [Part] {
  switch (value, structure.shape) {
  case (.object(let members), .record), (.object(let members), .map), (.object(let members), .deduced):
    return members.map {
      Part(step: "f:" + $0.key, key: $0.key, value: $0.value, structure: structure.member($0.key) ?? Structure(FieldType?.none))
    }
  case (.array(let items), .set), (.array(let items), .keyed):
    let element = structure.element
    return items.compactMap { item in
      guard let step = try? structure.step(of: item) else { return nil }
      return Part(step: step, key: "", value: item, structure: element)
    }
  default: return []
  }
}

extension FieldSet {
  /// The fields that a configuration says: its leaves, its lists' elements, and what is named in maps.
  static func said(by value: Value, _ structure: Structure) -> FieldSet {
    let builder = FieldSetBuilder()
    gather(value, structure, builder)
    return builder.set
  }

  private static func gather(_ value: Value, _ structure: Structure, _ into: FieldSetBuilder) {
    for part in parts(value, structure) {
      let inside = parts(part.value, part.structure)
      let isElement = part.key.isEmpty
      // A record's fields count by what is in them; a map's entries and a list's elements count themselves.
      var isNamed = false
      if case .record(let definition) = structure.shape { isNamed = definition.field(part.key) != nil }
      var isOnePiece = true
      switch part.structure.shape {
      case .leaf: break
      case .set, .keyed: isOnePiece = part.value.isNull
      case .record, .map: isOnePiece = part.value.members.isEmpty
      case .deduced: isOnePiece = part.value.members.isEmpty
      }
      if isElement || !isNamed || isOnePiece { into.member(part.step) }
      if !inside.isEmpty { gather(part.value, part.structure, into.below(part.step)) }
    }
  }

  /// With every named field that leads to a member made one itself, as pruning wants it.
  func withNamedFields(_ structure: Structure) -> FieldSet {
    FieldSet(
      sorted: entries.map { entry in
        let key = entry.step.hasPrefix("f:") ? String(entry.step.dropFirst(2)) : ""
        var isNamed = false
        if !key.isEmpty, case .record(let definition) = structure.shape { isNamed = definition.field(key) != nil }
        let inner = key.isEmpty ? structure.element : structure.member(key) ?? Structure(FieldType?.none)
        return Entry(
          step: entry.step, isMember: entry.isMember || (isNamed && entry.below != nil), below: entry.below?.withNamedFields(inner))
      })
  }

  /// The value without what the set holds; containers that this empties go too.
  func removed(from value: Value, _ structure: Structure) -> Value {
    switch value {
    case .object(let members):
      var out = members
      for entry in entries where entry.step.hasPrefix("f:") {
        let key = String(entry.step.dropFirst(2))
        guard let i = out.index(of: key) else { continue }
        if entry.isMember {
          out[key] = nil
        } else if let below = entry.below {
          let inner = below.removed(from: out[i].value, structure.member(key) ?? Structure(FieldType?.none))
          out[key] = inner.isEmptyContainer && !members[i].value.isEmptyContainer ? Value?.none : inner
        }
      }
      return .object(out)
    case .array(let items):
      return .array(
        items.compactMap { item in
          guard let step = try? structure.step(of: item), let entry = entry(step) else { return item }
          if entry.isMember { return nil }
          return entry.below?.removed(from: item, structure.element) ?? item
        })
    default: return value
    }
  }
}

extension Value {
  fileprivate var isListOrNull: Bool { isNull || array != nil }
  fileprivate var isObjectOrNull: Bool { isNull || object != nil }
  fileprivate var isEmptyContainer: Bool {
    switch self {
    case .array(let items): items.isEmpty
    case .object(let members): members.isEmpty
    default: false
    }
  }
}
