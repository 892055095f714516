import Formats

// A set of fields' paths, as managedFields keep them: who owns what.

/// An immutable set of paths, shared by reference. A step is written as in fieldsV1: `f:spec`, `k:{"name":"x"}`, `v:"a"`.
public final class FieldSet: Sendable {
  struct Entry: Sendable {
    let step: String
    /// Whether the path itself is in the set, not only some below it.
    let isMember: Bool
    let below: FieldSet?
  }

  /// Sorted by step, in byte order; none without meaning.
  let entries: [Entry]

  init(sorted entries: [Entry]) { self.entries = entries }

  /// From entries in any order; of two with one step the first stays.
  convenience init(unsorted entries: [Entry]) {
    let isSorted = zip(entries, entries.dropFirst()).allSatisfy { Members.precedes($0.step, $1.step) }
    if isSorted {
      self.init(sorted: entries)
      return
    }
    var list: [Entry] = []
    for entry in stablySorted(entries, by: { Members.precedes($0.step, $1.step) }) where entry.step != list.last?.step {
      list.append(entry)
    }
    self.init(sorted: list)
  }

  /// Fields of one level.
  convenience init(fields names: [String]) {
    self.init(unsorted: names.map { Entry(step: "f:" + $0, isMember: true, below: nil) })
  }

  public static let empty = FieldSet(sorted: [])

  public var isEmpty: Bool { entries.isEmpty }

  /// Reads fieldsV1: `{"f:spec":{"f:replicas":{}}}`.
  public convenience init(fieldsV1 value: Value) {
    self.init(
      sorted: value.members.compactMap { member in
        if member.key == "." { return nil }
        let inside = member.value.members
        let below = FieldSet(fieldsV1: member.value)
        return Entry(step: member.key, isMember: inside.isEmpty || inside.index(of: ".") != nil, below: below.isEmpty ? nil : below)
      })
  }

  /// As managedFields write it.
  public var fieldsV1: Value { .object(Members(sorted: written)) }

  private var written: [Members.Member] {
    entries.map { entry in
      guard let below = entry.below else { return Members.Member(entry.step, [:]) }
      let inside = below.written
      return Members.Member(entry.step, .object(Members(sorted: entry.isMember ? [Members.Member(".", [:])] + inside : inside)))
    }
  }

  func entry(_ step: String) -> Entry? {
    if entries.count <= 8 { return entries.first { $0.step == step } }
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if Members.precedes(entries[middle].step, step) { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].step == step ? entries[low] : nil
  }

  /// Whether a path of steps is in the set.
  public func contains(_ path: [String]) -> Bool {
    var set = self
    for (i, step) in path.enumerated() {
      guard let entry = set.entry(step) else { return false }
      if i == path.count - 1 { return entry.isMember }
      guard let below = entry.below else { return false }
      set = below
    }
    return false
  }

  // MARK: Algebra

  public func union(_ other: FieldSet) -> FieldSet {
    if isEmpty || self === other { return other }
    if other.isEmpty { return self }
    return combined(with: other) { a, b in
      guard let a else { return b }
      guard let b else { return a }
      return Entry(step: a.step, isMember: a.isMember || b.isMember, below: a.below?.union(b.below ?? .empty) ?? b.below)
    }
  }

  public func difference(_ other: FieldSet) -> FieldSet {
    if isEmpty || other.isEmpty { return self }
    return combined(with: other) { a, b in
      guard let a, let b else { return a }
      return Entry(step: a.step, isMember: a.isMember && !b.isMember, below: b.below.map { a.below?.difference($0) } ?? a.below)
    }
  }

  /// The difference that takes with a path everything below it.
  public func recursiveDifference(_ other: FieldSet) -> FieldSet {
    if isEmpty || other.isEmpty { return self }
    return combined(with: other) { a, b in
      guard let a, let b else { return a }
      if b.isMember { return nil }
      return Entry(step: a.step, isMember: a.isMember, below: b.below.map { a.below?.recursiveDifference($0) } ?? a.below)
    }
  }

  public func intersection(_ other: FieldSet) -> FieldSet {
    if isEmpty || other.isEmpty { return .empty }
    return combined(with: other) { a, b in
      guard let a, let b else { return nil }
      var below: FieldSet?
      if let x = a.below, let y = b.below { below = x.intersection(y) }
      return Entry(step: a.step, isMember: a.isMember && b.isMember, below: below)
    }
  }

  private func combined(with other: FieldSet, _ choose: (Entry?, Entry?) -> Entry?) -> FieldSet {
    var out: [Entry] = []
    out.reserveCapacity(entries.count)
    func add(_ entry: Entry?) {
      guard let entry else { return }
      if let below = entry.below, below.isEmpty {
        if entry.isMember { out.append(Entry(step: entry.step, isMember: true, below: nil)) }
      } else if entry.isMember || entry.below != nil {
        out.append(entry)
      }
    }
    var (i, j) = (0, 0)
    while i < entries.count || j < other.entries.count {
      if i < entries.count, j < other.entries.count, entries[i].step == other.entries[j].step {
        add(choose(entries[i], other.entries[j]))
        i += 1
        j += 1
      } else if j == other.entries.count || (i < entries.count && Members.precedes(entries[i].step, other.entries[j].step)) {
        add(choose(entries[i], nil))
        i += 1
      } else {
        add(choose(nil, other.entries[j]))
        j += 1
      }
    }
    return FieldSet(sorted: out)
  }

  /// Whether no path is in both sets.
  public func isDisjoint(with other: FieldSet) -> Bool {
    var (i, j) = (0, 0)
    while i < entries.count, j < other.entries.count {
      let (a, b) = (entries[i], other.entries[j])
      if a.step == b.step {
        if a.isMember && b.isMember { return false }
        if let x = a.below, let y = b.below, !x.isDisjoint(with: y) { return false }
        i += 1
        j += 1
      } else if Members.precedes(a.step, b.step) {
        i += 1
      } else {
        j += 1
      }
    }
    return true
  }

  /// Each path in the set, in order.
  public var paths: [[String]] {
    entries.flatMap { entry in
      (entry.isMember ? [[entry.step]] : []) + (entry.below?.paths.map { [entry.step] + $0 } ?? [])
    }
  }

  /// A path as conflicts show it: `.spec.containers[name="nginx"].image`.
  public static func text(of path: [String]) -> String {
    path.map { step in
      let rest = String(step.dropFirst(2))
      switch step.utf8.first {
      case UInt8(ascii: "f"): return ".\(rest)"
      case UInt8(ascii: "k"):
        guard let keys = try? JSON.parse(rest) else { return "[\(rest)]" }
        return "[" + keys.members.map { "\($0.key)=\(JSON.text($0.value))" }.joined(separator: ",") + "]"
      case UInt8(ascii: "v"): return "[=\(rest)]"
      default: return "[\(rest)]"
      }
    }.joined()
  }
}

extension FieldSet: Equatable {
  public static func == (a: FieldSet, b: FieldSet) -> Bool {
    a === b
      || (a.entries.count == b.entries.count
        && zip(a.entries, b.entries).allSatisfy { $0.step == $1.step && $0.isMember == $1.isMember && $0.below == $1.below })
  }
}
