import Formats

// What differs between two states of an object, field by field.

/// The paths that came, went and changed between two states.
struct Comparison {
  var added = FieldSet.empty
  var removed = FieldSet.empty
  var modified = FieldSet.empty

  init(_ old: Value, _ new: Value, _ structure: Structure) {
    if old == new { return }
    let found = Comparison.compare(old, new, structure)
    added = found.added
    removed = found.removed
    modified = found.modified
  }

  private init() {}

  var isSame: Bool { added.isEmpty && removed.isEmpty && modified.isEmpty }

  /// Compares what two containers hold; both are there.
  private static func compare(_ old: Value, _ new: Value, _ structure: Structure) -> Comparison {
    let before = parts(old, structure)
    let after = parts(new, structure)
    var known: [String: Int] = [:]
    if before.first?.key.isEmpty == true {
      known = Dictionary(before.enumerated().map { ($1.step, $0) }, uniquingKeysWith: { first, _ in first })
    }
    var met = [Bool](repeating: false, count: before.count)
    var added: [FieldSet.Entry] = []
    var removed: [FieldSet.Entry] = []
    var modified: [FieldSet.Entry] = []
    // Members come in order on both sides; elements are looked up.
    var next = 0
    for part in after {
      var had: Int?
      if part.key.isEmpty {
        had = known[part.step]
      } else {
        while next < before.count, Members.precedes(before[next].step, part.step) { next += 1 }
        if next < before.count, before[next].step == part.step { had = next }
      }
      guard let had else {
        if !part.value.isNull { added.append(whole(part)) }
        continue
      }
      met[had] = true
      let value = before[had].value
      if value == part.value { continue }
      if hasParts(value, part.value, part.structure) {
        let inner = compare(value, part.value, part.structure)
        func keep(_ set: FieldSet, _ into: inout [FieldSet.Entry]) {
          if !set.isEmpty { into.append(FieldSet.Entry(step: part.step, isMember: false, below: set)) }
        }
        keep(inner.added, &added)
        keep(inner.removed, &removed)
        keep(inner.modified, &modified)
      } else {
        modified.append(FieldSet.Entry(step: part.step, isMember: true, below: nil))
      }
    }
    for (i, part) in before.enumerated() where !met[i] && !part.value.isNull { removed.append(whole(part)) }
    var out = Comparison()
    out.added = FieldSet(unsorted: added)
    out.removed = FieldSet(unsorted: removed)
    out.modified = FieldSet(unsorted: modified)
    return out
  }

  /// A whole subtree, every part of it a member.
  private static func whole(_ part: Part) -> FieldSet.Entry {
    var below: FieldSet?
    if hasParts(part.value, part.value, part.structure) {
      let inner = FieldSet(unsorted: parts(part.value, part.structure).filter { !$0.value.isNull }.map(whole))
      if !inner.isEmpty { below = inner }
    }
    return FieldSet.Entry(step: part.step, isMember: true, below: below)
  }

  /// Whether two values are compared part by part; two empty ones are one piece.
  private static func hasParts(_ a: Value, _ b: Value, _ structure: Structure) -> Bool {
    switch structure.shape {
    case .leaf: false
    case .set, .keyed: a.isListOrNull && b.isListOrNull && !(a.items.isEmpty && b.items.isEmpty)
    case .record, .map, .deduced: a.isObjectOrNull && b.isObjectOrNull && !(a.members.isEmpty && b.members.isEmpty)
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
    FieldSet(unsorted: parts(value, structure).compactMap { entry(of: $0, in: structure) })
  }

  private static func entry(of part: Part, in structure: Structure) -> Entry? {
    let isElement = part.key.isEmpty
    // A record's fields count by what is in them; a map's entries and a list's elements count themselves.
    var isNamed = false
    if case .record(let definition) = structure.shape { isNamed = definition.field(part.key) != nil }
    let isOnePiece =
      switch part.structure.shape {
      case .leaf: true
      case .set, .keyed: part.value.isNull
      case .record, .map, .deduced: part.value.members.isEmpty
      }
    let below = said(by: part.value, part.structure)
    let isMember = isElement || !isNamed || isOnePiece
    return isMember || !below.isEmpty ? Entry(step: part.step, isMember: isMember, below: below.isEmpty ? nil : below) : nil
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
