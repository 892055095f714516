import APIMachinery
import Formats

// Label selectors, node selector terms, taints and tolerations as the scheduler's loops read them: parsed once, matched often.

/// One requirement on one label.
struct LabelRule: Hashable {
  enum Test: Hashable {
    case oneOf([String])
    case noneOf([String])
    case exists
    case absent
    case greater(Int64)
    case less(Int64)
    /// What cannot be read matches nothing.
    case never
  }
  let key: String
  let test: Test

  init(_ key: String, _ test: Test) {
    self.key = key
    self.test = test
  }

  /// A row of `matchExpressions` (label selectors and node selectors write it alike).
  init(expression: Value) {
    key = expression["key"].text
    let values = expression["values"].items.compactMap(\.string)
    switch expression["operator"].text {
    case "In": test = .oneOf(values)
    case "NotIn": test = .noneOf(values)
    case "Exists": test = .exists
    case "DoesNotExist": test = .absent
    case "Gt": test = values.first.flatMap { Int64($0) }.map(Test.greater) ?? .never
    case "Lt": test = values.first.flatMap { Int64($0) }.map(Test.less) ?? .never
    default: test = .never
    }
  }

  func matches(_ value: String?) -> Bool {
    switch test {
    case .oneOf(let values): value.map(values.contains) ?? false
    case .noneOf(let values): value.map { !values.contains($0) } ?? true
    case .exists: value != nil
    case .absent: value == nil
    case .greater(let bound): value.flatMap { Int64($0) }.map { $0 > bound } ?? false
    case .less(let bound): value.flatMap { Int64($0) }.map { $0 < bound } ?? false
    case .never: false
    }
  }
}

/// A label selector: all rules hold; nil rules match nothing (an absent selector), no rules match everything.
struct LabelTest: Hashable {
  var rules: [LabelRule]?

  static let nothing = LabelTest(rules: nil)

  init(rules: [LabelRule]?) { self.rules = rules }

  /// A meta/v1 LabelSelector; absent, it matches nothing.
  init(selector: Value) {
    guard case .object = selector else {
      rules = nil
      return
    }
    rules =
      selector["matchLabels"].members.map { LabelRule($0.key, .oneOf([$0.value.text])) }
      + selector["matchExpressions"].items.map(LabelRule.init(expression:))
  }

  /// A plain map of labels (a Service's or ReplicationController's selector).
  init(labels: Members) { rules = labels.map { LabelRule($0.key, .oneOf([$0.value.text])) } }

  var isEverything: Bool { rules?.isEmpty ?? false }

  func matches(_ labels: Members) -> Bool {
    guard let rules else { return false }
    for rule in rules where !rule.matches(labels[rule.key]?.string) { return false }
    return true
  }

  /// A label that every match must carry, to find candidates by.
  var anchors: [(key: String, value: String)] {
    (rules ?? []).compactMap { rule in
      if case .oneOf(let values) = rule.test, values.count == 1 { (rule.key, values[0]) } else { nil }
    }
  }
}

/// A term of a node selector: label rules and rules on the node's name.
struct NodeTerm: Hashable {
  let labels: [LabelRule]
  let fields: [LabelRule]

  init(_ term: Value) {
    labels = term["matchExpressions"].items.map(LabelRule.init(expression:))
    fields = term["matchFields"].items.map(LabelRule.init(expression:))
  }

  /// An empty term matches nothing.
  var isEmpty: Bool { labels.isEmpty && fields.isEmpty }

  func matches(_ node: Members, name: String) -> Bool {
    if isEmpty { return false }
    for rule in labels where !rule.matches(node[rule.key]?.string) { return false }
    for rule in fields where !(rule.key == "metadata.name" && rule.matches(name)) { return false }
    return true
  }

  /// The only node names that can match, where the term names them.
  var names: [String]? {
    for rule in fields where rule.key == "metadata.name" {
      if case .oneOf(let values) = rule.test { return values }
    }
    return nil
  }
}

struct Taint: Hashable {
  enum Effect: Hashable { case noSchedule, preferNoSchedule, noExecute, other }
  let key: String
  let value: String
  let effect: Effect

  init(key: String, value: String, effect: Effect) {
    self.key = key
    self.value = value
    self.effect = effect
  }

  init(_ taint: Value) {
    self.init(key: taint["key"].text, value: taint["value"].text, effect: Taint.effect(taint["effect"].text))
  }

  static func effect(_ text: String) -> Effect {
    switch text {
    case "NoSchedule": .noSchedule
    case "PreferNoSchedule": .preferNoSchedule
    case "NoExecute": .noExecute
    default: .other
    }
  }

  /// `{key: value}`, as failure messages show it.
  var shown: String { "{\(key): \(value)}" }
}

struct Toleration: Hashable {
  let key: String
  let value: String
  let exists: Bool
  /// nil tolerates every effect.
  let effect: Taint.Effect?

  init(_ toleration: Value) {
    key = toleration["key"].text
    value = toleration["value"].text
    exists = toleration["operator"].text == "Exists"
    effect = toleration["effect"].text.isEmpty ? nil : Taint.effect(toleration["effect"].text)
  }

  func tolerates(_ taint: Taint) -> Bool {
    if let effect, effect != taint.effect { return false }
    if !key.isEmpty, key != taint.key { return false }
    return exists || value == taint.value
  }
}

extension [Toleration] {
  func tolerate(_ taint: Taint) -> Bool { contains { $0.tolerates(taint) } }
}
