import Formats

// Strategic merge patches: merging by the schema's merge keys and strategies, as apimachinery's strategicpatch does.

/// Merging driven by a schema. Where there is none (nil) lists replace, as in a JSON merge patch.
public enum StrategicMergePatch {
  /// The object with the patch merged in.
  public static func apply(_ patch: Value, to object: Value, schema: Definition?) throws(Status) -> Value {
    guard case .object(let members) = patch else {
      throw Status(
        .badRequest, "json: cannot unmarshal \(patch.jsonKind) into Go value of type map[string]interface {}")
    }
    do {
      return .object(try StrategicMerge(isFinal: true).map(object.members, members, Shape(schema)))
    } catch { throw error.status }
  }
}

/// What a strategic patch was refused for.
struct StrategicProblem: Error {
  enum Answer { case badRequest, refused, plain }

  let message: String
  let answer: Answer

  init(_ message: String, _ answer: Answer = .plain) {
    self.message = message
    self.answer = answer
  }

  static func noMergeKey(_ element: Value, _ key: String) -> StrategicProblem {
    StrategicProblem("map: \(element.goValue) does not contain declared merge key: \(key)")
  }
  static func unknownDirective(_ directive: Value, _ patch: Members) -> StrategicProblem {
    StrategicProblem("unknown patch type '\(directive.goValue)' in map: \(Value.object(patch).goValue)")
  }
  static func badArgument(_ expected: String, _ actual: Value) -> StrategicProblem {
    StrategicProblem("expected a \(expected), but received a \(actual.goType)")
  }
  static let listOfLists = StrategicProblem("lists of lists are not supported", .refused)
  static let retainKeys = StrategicProblem("invalid patch format of retainKeys", .badRequest)
  static let primitiveList = StrategicProblem("invalid patch format of primitive list", .badRequest)
  static let elementOrder = StrategicProblem("invalid patch format of setElementOrder list", .badRequest)

  var status: Status {
    switch answer {
    case .badRequest: Status(.badRequest, message)
    case .refused: JSONPatch.refused(Malformed(message))
    case .plain: Status(.unknown, message)
    }
  }
}

/// The words that a patch directs by.
enum Directive {
  static let marker = "$patch"
  static let retainKeys = "$retainKeys"
  static let deletions = "$deleteFromPrimitiveList/"
  static let order = "$setElementOrder/"

  static func isDirective(_ key: String) -> Bool {
    key == marker || key == retainKeys || key.hasPrefix(deletions) || key.hasPrefix(order)
  }
}

/// A place in the schema, as far as it is known.
struct Shape {
  let type: FieldType?
  private(set) var mergeKey = ""
  /// The list is merged rather than replaced.
  private(set) var merges = false
  private(set) var replaces = false
  private(set) var retainsKeys = false

  init(_ definition: Definition?) { type = definition.map { known in .object { known } } }

  private init(type: FieldType?) { self.type = type }

  /// A member's place.
  subscript(key: String) -> Shape {
    switch type {
    case .object(let definition):
      guard let field = definition().field(key) else { return Shape(type: nil) }
      var shape = Shape(type: field.type)
      shape.mergeKey = field.mergeKey ?? ""
      if let strategy = field.patchStrategy {
        for word in strategy.split(separator: ",") {
          switch word {
          case "merge": shape.merges = true
          case "replace": shape.replaces = true
          case "retainKeys": shape.retainsKeys = true
          default: break
          }
        }
      }
      return shape
    case .map(let element): return Shape(type: element)
    default: return Shape(type: nil)
    }
  }

  /// A list's element's place.
  var element: Shape {
    if case .array(let element) = type { Shape(type: element) } else { Shape(type: nil) }
  }
}

/// The merge itself. With `isFinal` an object is patched; without, a patch is merged into another patch, whose
/// nulls and directives stay.
struct StrategicMerge {
  let isFinal: Bool

  func map(_ original: Members, _ patch: Members, _ shape: Shape) throws(StrategicProblem) -> Members {
    if let directive = patch[Directive.marker] {
      switch directive {
      case "replace":
        var whole = patch
        whole[Directive.marker] = nil
        return whole
      case "delete": return Members()
      default: throw .unknownDirective(directive, patch)
      }
    }
    var original = original
    var patch = patch
    try retainKeys(&original, &patch)
    try orderedLists(&original, &patch, shape)
    for member in patch { try merge(member.key, member.value, into: &original, shape) }
    return original
  }

  private func merge(_ name: String, _ new: Value, into original: inout Members, _ shape: Shape) throws(StrategicProblem) {
    var key = name
    var isDeletion = false
    if name.hasPrefix(Directive.deletions) {
      if !isFinal {
        original[name] = new
        return
      }
      key = String(name.dropFirst(Directive.deletions.count))
      isDeletion = true
    }
    if new.isNull {
      original[key] = isFinal ? Value?.none : .null
      return
    }
    guard let i = original.index(of: key), original[i].value.sort == new.sort else {
      if !isDeletion { original[key] = isFinal ? StrategicMerge.plain(new) : new }
      return
    }
    let inner = shape[key]
    switch (original[i].value, new) {
    case (.object(let a), .object(let b)):
      let merged = inner.replaces ? b : try map(a, b, inner)
      original.modify(at: i) { $0 = .object(merged) }
    case (.array(let a), .array(let b)):
      let merged = inner.merges ? try list(a, b, inner, isDeletion: isDeletion) : isDeletion ? a : b
      original.modify(at: i) { $0 = .array(merged) }
    default: original.modify(at: i) { $0 = new }
    }
  }

  /// What a patch adds where nothing was: without nulls and directives.
  static func plain(_ value: Value) -> Value {
    switch value {
    case .object(let members):
      let kept = members.filter { !$0.value.isNull && !Directive.isDirective($0.key) }
      return .object(Members(sorted: kept.map { Members.Member($0.key, plain($0.value)) }))
    case .array(let items):
      let kept = items.filter { $0[Directive.marker] != "delete" && !($0[Directive.marker] == "replace" && $0.members.count == 1) }
      return .array(kept.map(plain))
    default: return value
    }
  }

  // MARK: Directives

  private func retainKeys(_ original: inout Members, _ patch: inout Members) throws(StrategicProblem) {
    guard let directive = patch[Directive.retainKeys] else { return }
    patch[Directive.retainKeys] = nil
    if !isFinal {
      if let there = original[Directive.retainKeys], there != directive { throw .retainKeys }
      original[Directive.retainKeys] = directive
      return
    }
    guard case .array(let keep) = directive else { throw .retainKeys }
    let keys = keep.compactMap(\.string)
    for member in patch where !member.value.isNull && !Directive.isDirective(member.key) && !keys.contains(member.key) {
      throw .retainKeys
    }
    original.removeAll { !keys.contains($0.key) }
  }

  /// Lists whose order the patch tells (`$setElementOrder/…`) are merged and put in that order.
  private func orderedLists(_ original: inout Members, _ patch: inout Members, _ shape: Shape) throws(StrategicProblem) {
    for member in patch where member.key.hasPrefix(Directive.order) {
      if !isFinal {
        if let there = original[member.key], there != member.value { throw .elementOrder }
        original[member.key] = member.value
      }
      patch[member.key] = nil
      guard case .array(let order) = member.value else { throw .badArgument("[]interface {}", member.value) }
      let key = String(member.key.dropFirst(Directive.order.count))
      let inner = shape[key]
      let before = try listValue(original[key])
      let new = try listValue(patch[key])
      if let new { try check(new, follows: order, inner.mergeKey) }
      let merged: [Value]
      switch (before, new) {
      case (nil, nil): continue
      case (let before?, nil): merged = before
      case (nil, let new?): merged = isFinal ? StrategicMerge.plain(.array(new)).items : new
      case (let before?, let new?): merged = inner.merges ? try list(before, new, inner, isDeletion: false) : new
      }
      let (named, others) = try parted(merged, by: order, inner.mergeKey)
      original[key] = .array(ordered(named, others, by: order, and: before ?? [], inner.mergeKey))
      patch[key] = nil
    }
  }

  private func listValue(_ value: Value?) throws(StrategicProblem) -> [Value]? {
    switch value {
    case nil: return nil
    case .array(let items): return items
    case .some(let other): throw .badArgument("[]interface {}", other)
    }
  }

  /// The patch's elements must stand in the order that its directive tells.
  private func check(_ patch: [Value], follows order: [Value], _ key: String) throws(StrategicProblem) {
    let items = patch.filter { key.isEmpty || $0[Directive.marker] != "delete" }
    var next = 0
    for wanted in order where next < items.count {
      if StrategicMerge.same(wanted, items[next], key) { next += 1 }
    }
    if next < items.count {
      throw StrategicProblem(
        "The order in patch list:\n\(Value.array(patch).goValue)\n doesn't match $setElementOrder list:\n\(Value.array(order).goValue)\n")
    }
  }

  // MARK: Lists

  private func list(_ original: [Value], _ patch: [Value], _ shape: Shape, isDeletion: Bool) throws(StrategicProblem) -> [Value] {
    guard let first = original.first ?? patch.first else { return original }
    for item in original + patch where item.sort != first.sort {
      throw StrategicProblem("list element types are not identical: \(first.goType) and \(item.goType)")
    }
    if case .array = first { throw .listOfLists }
    guard case .object = first else {
      if isDeletion { return original.filter { !patch.contains($0) } }
      let both = StrategicMerge.uniqueValues(original + patch)
      let (named, others) = try parted(both, by: patch, "")
      return ordered(named, others, by: patch, and: original, "")
    }
    if shape.mergeKey.isEmpty { throw StrategicProblem("cannot merge lists without merge key for \(shape.schemaName)") }
    let (base, plain) = try special(original, patch, shape.mergeKey)
    let merged = try maps(base, plain, shape)
    let (named, others) = try parted(merged, by: plain, shape.mergeKey)
    return ordered(named, others, by: plain, and: base, shape.mergeKey)
  }

  /// Carries out the elements that are directives; what is left of the original, and the patch's plain elements.
  private func special(_ original: [Value], _ patch: [Value], _ key: String) throws(StrategicProblem) -> ([Value], [Value]) {
    var base = original
    var plain: [Value] = []
    var isReplaced = false
    for element in patch {
      switch element[Directive.marker] {
      case .null: plain.append(element)
      case "delete":
        guard element.has(key) else { throw .noMergeKey(element, key) }
        let gone = element[key]
        base.removeAll { $0[key] == gone }
      case "replace": isReplaced = true
      case "merge": throw StrategicProblem("merging lists cannot yet be specified in the patch")
      case let other: throw .unknownDirective(other, element.members)
      }
    }
    return isReplaced ? ([], plain) : (base, plain)
  }

  private func maps(_ original: [Value], _ patch: [Value], _ shape: Shape) throws(StrategicProblem) -> [Value] {
    var merged = original
    for element in patch {
      guard element.has(shape.mergeKey) else { throw .noMergeKey(element, shape.mergeKey) }
      let name = element[shape.mergeKey]
      if let i = merged.firstIndex(where: { $0[shape.mergeKey] == name }) {
        merged[i] = .object(try map(merged[i].members, element.members, shape.element))
      } else {
        merged.append(isFinal ? StrategicMerge.plain(element) : element)
      }
    }
    return merged
  }

  // MARK: Order

  static func same(_ a: Value, _ b: Value, _ key: String) -> Bool { key.isEmpty ? a == b : a[key] == b[key] }

  static func place(of item: Value, in list: [Value], _ key: String) -> Int? { list.firstIndex { same($0, item, key) } }

  /// The elements that `order` names, and the rest.
  private func parted(_ list: [Value], by order: [Value], _ key: String) throws(StrategicProblem) -> ([Value], [Value]) {
    if !key.isEmpty {
      for item in list where !item.has(key) { throw .noMergeKey(item, key) }
    }
    var named: [Value] = []
    var others: [Value] = []
    for item in list {
      if StrategicMerge.place(of: item, in: order, key) != nil { named.append(item) } else { others.append(item) }
    }
    return (named, others)
  }

  /// Both parts, each in its own order, woven by the order of `server`; where that says nothing the named come first.
  private func ordered(_ named: [Value], _ others: [Value], by order: [Value], and server: [Value], _ key: String) -> [Value] {
    let right = StrategicMerge.sorted(named, as: order, key)
    let left = StrategicMerge.sorted(others, as: server, key)
    var out: [Value] = []
    out.reserveCapacity(left.count + right.count)
    var (i, j) = (0, 0)
    while i < left.count || j < right.count {
      if j == right.count {
        out.append(left[i])
        i += 1
      } else if i < left.count, let a = StrategicMerge.place(of: left[i], in: server, key),
        let b = StrategicMerge.place(of: right[j], in: server, key), a < b
      {
        out.append(left[i])
        i += 1
      } else {
        out.append(right[j])
        j += 1
      }
    }
    return out
  }

  /// In the order of `order`; deletions last.
  static func sorted(_ list: [Value], as order: [Value], _ key: String) -> [Value] {
    if list.count < 2 { return list }
    let deletions = key.isEmpty ? [] : list.filter { $0[Directive.marker] == "delete" }
    let rest = key.isEmpty ? list : list.filter { $0[Directive.marker] != "delete" }
    let places = rest.map { ($0, place(of: $0, in: order, key) ?? Int.max) }
    return stablySorted(places) { $0.1 < $1.1 }.map(\.0) + deletions
  }

  static func uniqueValues(_ list: [Value]) -> [Value] {
    var seen = Set<Value>()
    return list.filter { seen.insert($0).inserted }
  }
}

extension Shape {
  /// How Go names the type of a list's elements in a complaint.
  fileprivate var schemaName: String {
    if case .object(let definition)? = element.type { definition().name } else { "" }
  }
}

extension Value {
  /// Values of one sort may be merged with one another.
  var sort: Int {
    switch self {
    case .null: 0
    case .bool: 1
    case .int, .number: 2
    case .string: 3
    case .array: 4
    case .object: 5
    }
  }

  /// The Go type of the value as encoding/json decodes it.
  var goType: String {
    switch self {
    case .null: "<nil>"
    case .bool: "bool"
    case .int: "int64"
    case .number: "float64"
    case .string: "string"
    case .array: "[]interface {}"
    case .object: "map[string]interface {}"
    }
  }
}
