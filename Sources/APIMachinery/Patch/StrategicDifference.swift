import Formats

// Making strategic merge patches: from two states of an object, or from three as `kubectl apply` does.

extension StrategicMergePatch {
  /// The patch that turns `original` into `modified`; empty where they are equal.
  public static func difference(from original: Value, to modified: Value, schema: Definition?) throws(Status) -> Value {
    do {
      return .object(try Difference().maps(original.members, modified.members, Shape(schema)))
    } catch { throw error.status }
  }

  /// What `apply` sends: what `modified` says differently from `current`, and what it no longer says of `original`
  /// (the state applied last; null where there is none) removed.
  public static func threeWay(original: Value, modified: Value, current: Value, schema: Definition?) throws(Status) -> Value {
    do {
      let shape = Shape(schema)
      let changes = try Difference(deletions: false).maps(current.members, modified.members, shape)
      let removals = try Difference(additions: false).maps(original.members, modified.members, shape)
      return .object(try StrategicMerge(isFinal: false).map(removals, changes, shape))
    } catch { throw error.status }
  }
}

extension StrategicMergePatch {
  /// What changed from `original` to `current` where `patch` would change it too and differently; nil where nothing did.
  /// `apply --overwrite=false` refuses then.
  public static func conflictingChanges(
    with patch: Value, original: Value, current: Value, schema: Definition?
  ) throws(Status) -> Value? {
    let changes = try difference(from: original, to: current, schema: schema)
    // Spelled out: in a conditional expression nil would be a null value.
    if conflict(patch, changes, Shape(schema)) { return changes }
    return nil
  }

  private static func conflict(_ a: Value, _ b: Value, _ shape: Shape) -> Bool {
    switch (a, b) {
    case (.object(let left), .object(let right)):
      if left[Directive.marker] != right[Directive.marker] { return true }
      for member in left where !Directive.isDirective(member.key) {
        guard let other = right[member.key] else { continue }
        let inner = shape[member.key]
        if inner.replaces ? member.value != other : conflict(member.value, other, inner) { return true }
      }
      return false
    case (.array(let left), .array(let right)) where shape.merges:
      if shape.mergeKey.isEmpty { return false }
      for item in left {
        guard let i = StrategicMerge.place(of: item, in: right, shape.mergeKey) else { continue }
        if conflict(item, right[i], shape.element) { return true }
      }
      return false
    default: return a != b
    }
  }
}

/// strategicpatch's diffMaps.
private struct Difference {
  var deletions = true
  var additions = true
  var retainsKeys = false

  func maps(_ original: Members, _ modified: Members, _ shape: Shape) throws(StrategicProblem) -> Members {
    var patch = Members()
    for member in modified {
      guard let before = original[member.key] else {
        if additions { patch[member.key] = member.value }
        continue
      }
      if before == member.value { continue }
      let inner = shape[member.key]
      var options = self
      options.retainsKeys = inner.retainsKeys
      switch (before, member.value) {
      case (.object(let a), .object(let b)):
        if inner.replaces {
          if additions { patch[member.key] = member.value }
        } else {
          let changed = try options.maps(a, b, inner)
          if !changed.isEmpty { patch[member.key] = .object(changed) }
        }
      case (.array(let a), .array(let b)) where inner.merges:
        let (changed, gone, order) = try options.lists(a, b, inner)
        if !changed.isEmpty { patch[member.key] = .array(changed) }
        if !gone.isEmpty { patch[Directive.deletions + member.key] = .array(gone) }
        if !order.isEmpty { patch[Directive.order + member.key] = .array(order) }
      default: if additions { patch[member.key] = member.value }
      }
    }
    if deletions {
      for member in original where modified.index(of: member.key) == nil { patch[member.key] = .null }
    }
    if retainsKeys {
      let keys = modified.filter { !$0.value.isNull }.map { Value.string($0.key) }
      let isMore = original.contains { modified.index(of: $0.key) == nil }
      if !keys.isEmpty, !patch.isEmpty || isMore { patch[Directive.retainKeys] = .array(keys) }
    }
    return patch
  }

  private func lists(
    _ original: [Value], _ modified: [Value], _ shape: Shape
  ) throws(StrategicProblem) -> (changed: [Value], gone: [Value], order: [Value]) {
    guard let first = original.first else { return (additions ? modified : [], [], []) }
    for item in original + modified where item.sort != first.sort {
      throw StrategicProblem("list element types are not identical: \(first.goType) and \(item.goType)")
    }
    if case .array = first { throw .listOfLists }
    guard case .object = first else {
      let had = Set(original)
      let has = Set(modified)
      let new = additions ? StrategicMerge.uniqueValues(modified.filter { !had.contains($0) }) : []
      let gone = deletions ? StrategicMerge.uniqueValues(original.filter { !has.contains($0) }) : []
      return (new, sortedScalars(gone), new.isEmpty && gone.isEmpty && original == modified ? [] : modified)
    }
    let key = shape.mergeKey
    if key.isEmpty { throw StrategicProblem("cannot merge lists without merge key") }
    for item in original + modified where !item.has(key) { throw .noMergeKey(item, key) }
    var changed: [Value] = []
    for item in modified {
      guard let i = StrategicMerge.place(of: item, in: original, key) else {
        if additions { changed.append(item) }
        continue
      }
      var options = self
      options.retainsKeys = shape.retainsKeys
      var inner = try options.maps(original[i].members, item.members, shape.element)
      if inner.isEmpty { continue }
      inner[key] = item[key]
      changed.append(.object(inner))
    }
    if deletions {
      let gone = original.filter { StrategicMerge.place(of: $0, in: modified, key) == nil }.map { $0[key] }
      changed += sortedScalars(gone).map { .object(Members([(key, $0), (Directive.marker, "delete")])) }
    }
    let isSameOrder = original.count == modified.count && zip(original, modified).allSatisfy { StrategicMerge.same($0, $1, key) }
    let order: [Value] = changed.isEmpty && isSameOrder ? [] : modified.map { .object(Members([(key, $0[key])])) }
    return (changed, [], order)
  }

  private func sortedScalars(_ list: [Value]) -> [Value] { stablySorted(list) { Members.precedes($0.goValue, $1.goValue) } }
}
