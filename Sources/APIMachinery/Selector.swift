import Formats

// Which objects are meant: label selectors, as text and as meta/v1 LabelSelector.

/// What one label must be.
public struct Requirement: Hashable, Sendable {
  public enum Operator: String, Hashable, Sendable {
    case `in` = "in"
    case notIn = "notin"
    case equals = "="
    case doubleEquals = "=="
    case notEquals = "!="
    case greaterThan = "gt"
    case lessThan = "lt"
    case exists = "exists"
    case doesNotExist = "!"
  }

  public let key: String
  public let op: Operator
  /// Sorted and unique.
  public let values: [String]

  /// A requirement that is known to be valid.
  public init(_ key: String, _ op: Operator, _ values: [String] = []) {
    self.key = key
    self.op = op
    self.values = values.count < 2 ? values : unique(values)
  }

  public func matches(_ labels: Members) -> Bool { matches(labels[key]?.text) }

  /// Whether a label's value (nil: no such label) is what is wanted.
  public func matches(_ value: String?) -> Bool {
    switch op {
    case .in, .equals, .doubleEquals:
      guard let value else { return false }
      return values.contains(value)
    case .notIn, .notEquals:
      guard let value else { return true }
      return !values.contains(value)
    case .exists: return value != nil
    case .doesNotExist: return value == nil
    case .greaterThan, .lessThan:
      guard let value, let have = Int64(value), let wanted = values.first, let bound = Int64(wanted) else { return false }
      return op == .greaterThan ? have > bound : have < bound
    }
  }

  /// labels.NewRequirement: the first thing that is wrong, or several in brackets.
  init(checking key: String, _ op: Operator, _ values: [String]) throws(Malformed) {
    self.init(key, op, values)
    var errors: [String] = []
    func add(_ error: FieldError) { errors.append("\(error.field): \(error.text)") }
    let keyProblems = Names.qualifiedName(key)
    if !keyProblems.isEmpty { add(.invalid("key", .string(key), keyProblems.joined(separator: "; "))) }
    let shown = Value.array(self.values.map(Value.string)).goStringList
    switch op {
    case .in, .notIn:
      if values.isEmpty { add(.invalid("values", shown: shown, "for 'in', 'notin' operators, values set can't be empty")) }
    case .equals, .doubleEquals, .notEquals:
      if self.values.count != 1 { add(.invalid("values", shown: shown, "exact-match compatibility requires one single value")) }
    case .exists, .doesNotExist:
      if !values.isEmpty { add(.invalid("values", shown: shown, "values set must be empty for exists and does not exist")) }
    case .greaterThan, .lessThan:
      if self.values.count != 1 {
        add(.invalid("values", shown: shown, "for 'Gt', 'Lt' operators, exactly one value is required"))
      }
      for (i, value) in self.values.enumerated() where goInteger(value) == nil {
        add(.invalid("values[\(i)]", shown: goQuoted(value), "for 'Gt', 'Lt' operators, the value must be an integer"))
      }
    }
    for (i, value) in self.values.enumerated() {
      let problems = Names.labelValue(value)
      if !problems.isEmpty { add(.invalid("values[\(i)][\(key)]", shown: goQuoted(value), problems.joined(separator: "; "))) }
    }
    if let first = errors.first {
      throw Malformed(errors.count == 1 ? first : "[\(unique(errors, sorted: false).joined(separator: ", "))]")
    }
  }
}

extension Requirement: CustomStringConvertible {
  public var description: String {
    let list = values.joined(separator: ",")
    return switch op {
    case .exists: key
    case .doesNotExist: "!" + key
    case .equals, .doubleEquals, .notEquals: key + op.rawValue + list
    case .in, .notIn: "\(key) \(op.rawValue) (\(list))"
    case .greaterThan: "\(key)>\(list)"
    case .lessThan: "\(key)<\(list)"
    }
  }
}

/// Which objects are meant, by their labels.
public struct Selector: Hashable, Sendable {
  /// All must hold; sorted by key.
  public private(set) var requirements: [Requirement]
  /// Selects nothing, whatever the requirements.
  public let isNothing: Bool

  public static let everything = Selector([])
  public static let nothing = Selector(nothing: true)

  public init(_ requirements: [Requirement]) {
    self.requirements = requirements.count < 2 ? requirements : stablySorted(requirements) { Members.precedes($0.key, $1.key) }
    isNothing = false
  }

  private init(nothing: Bool) {
    requirements = []
    isNothing = nothing
  }

  /// A selector of plain equalities, as Services and ReplicationControllers carry it.
  public init(equalities: Members) {
    requirements = equalities.map { Requirement($0.key, .equals, [$0.value.text]) }
    isNothing = false
  }

  /// Reads a meta/v1 LabelSelector; null selects nothing, an empty one everything.
  public init(labelSelector selector: Value) throws(Malformed) {
    guard case .object = selector else {
      self = .nothing
      return
    }
    var list = selector["matchLabels"].members.map { Requirement($0.key, .equals, [$0.value.text]) }
    for requirement in list where !Names.qualifiedName(requirement.key).isEmpty || !Names.labelValue(requirement.values.first ?? "").isEmpty
    {
      _ = try Requirement(checking: requirement.key, requirement.op, requirement.values)
    }
    for expression in selector["matchExpressions"].items {
      let op: Requirement.Operator
      switch expression["operator"].text {
      case "In": op = .in
      case "NotIn": op = .notIn
      case "Exists": op = .exists
      case "DoesNotExist": op = .doesNotExist
      default: throw Malformed("\(goQuoted(expression["operator"].text)) is not a valid label selector operator")
      }
      list.append(try Requirement(checking: expression["key"].text, op, expression["values"].items.map(\.text)))
    }
    self.init(list)
  }

  /// Reads a NodeSelectorTerm's matchExpressions, which know `Gt` and `Lt` besides.
  public init(nodeExpressions expressions: [Value]) throws(Malformed) {
    var list: [Requirement] = []
    for expression in expressions {
      let op: Requirement.Operator
      switch expression["operator"].text {
      case "In": op = .in
      case "NotIn": op = .notIn
      case "Exists": op = .exists
      case "DoesNotExist": op = .doesNotExist
      case "Gt": op = .greaterThan
      case "Lt": op = .lessThan
      default: throw Malformed("\(goQuoted(expression["operator"].text)) is not a valid node selector operator")
      }
      list.append(try Requirement(checking: expression["key"].text, op, expression["values"].items.map(\.text)))
    }
    self.init(list)
  }

  /// Reads a selector's text; throws labels.Parse's words.
  public init(_ text: String) throws(Malformed) {
    var parser = SelectorParser(text)
    self.init(try parser.parse())
  }

  public var isEmpty: Bool { requirements.isEmpty }
  public var isEverything: Bool { !isNothing && requirements.isEmpty }

  public func matches(_ labels: Members) -> Bool {
    if isNothing { return false }
    for requirement in requirements where !requirement.matches(labels) { return false }
    return true
  }

  /// The `key=value` requirements, by which a store may find candidates in an index.
  public var equalities: [(key: String, value: String)] {
    requirements.compactMap { requirement in
      switch requirement.op {
      case .equals, .doubleEquals, .in:
        guard requirement.values.count == 1, let value = requirement.values.first else { return nil }
        return (requirement.key, value)
      default: return nil
      }
    }
  }

  /// metav1.FormatLabelSelector: the selector's text, `<none>` where it selects everything or nothing.
  public static func format(labelSelector: Value) -> String {
    guard let selector = try? Selector(labelSelector: labelSelector) else { return "<error>" }
    let text = selector.description
    return text.isEmpty ? "<none>" : text
  }
}

extension Selector: CustomStringConvertible {
  public var description: String { requirements.map(\.description).joined(separator: ",") }
}

/// labels.Parse's lexer and parser.
private struct SelectorParser {
  enum Token {
    case identifier, end, comma, open, close, `in`, notIn, equals, doubleEquals, notEquals, greater, less, not
  }

  private var tokens: [(token: Token, text: String)] = []
  private var at = 0

  init(_ text: String) {
    let bytes = Array(text.utf8)
    var i = 0
    while i < bytes.count {
      switch bytes[i] {
      case UInt8(ascii: " "), 9, 10, 13: i += 1
      case let byte where SelectorParser.isSpecial(byte):
        let (token, length) = SelectorParser.symbol(bytes[i...])
        tokens.append((token, String(decoding: bytes[i..<i + length], as: UTF8.self)))
        i += length
      default:
        let start = i
        while i < bytes.count, !SelectorParser.isSpecial(bytes[i]), ![UInt8(ascii: " "), 9, 10, 13].contains(bytes[i]) { i += 1 }
        let word = String(decoding: bytes[start..<i], as: UTF8.self)
        tokens.append((word == "in" ? .in : word == "notin" ? .notIn : .identifier, word))
      }
    }
    tokens.append((.end, ""))
  }

  private static func isSpecial(_ byte: UInt8) -> Bool { "=!(),><".utf8.contains(byte) }

  private static func symbol(_ bytes: ArraySlice<UInt8>) -> (Token, Int) {
    let isBeforeEquals = bytes.dropFirst().first == UInt8(ascii: "=")
    switch bytes.first {
    case UInt8(ascii: "="): return isBeforeEquals ? (.doubleEquals, 2) : (.equals, 1)
    case UInt8(ascii: "!"): return isBeforeEquals ? (.notEquals, 2) : (.not, 1)
    case UInt8(ascii: "("): return (.open, 1)
    case UInt8(ascii: ")"): return (.close, 1)
    case UInt8(ascii: ","): return (.comma, 1)
    case UInt8(ascii: ">"): return (.greater, 1)
    default: return (.less, 1)
    }
  }

  /// The token to come; `in` and `notin` are words like others unless an operator is wanted.
  private func ahead(operator isOperator: Bool = false) -> (token: Token, text: String) {
    var next = tokens[min(at, tokens.count - 1)]
    if !isOperator, next.token == .in || next.token == .notIn { next.token = .identifier }
    return next
  }

  private mutating func take(operator isOperator: Bool = false) -> (token: Token, text: String) {
    defer { at += 1 }
    return ahead(operator: isOperator)
  }

  mutating func parse() throws(Malformed) -> [Requirement] {
    var requirements: [Requirement] = []
    while true {
      let next = ahead()
      switch next.token {
      case .identifier, .not:
        do { requirements.append(try requirement()) } catch { throw Malformed("unable to parse requirement: \(error.message)") }
        let after = take()
        switch after.token {
        case .end: return requirements
        case .comma:
          let following = ahead()
          if following.token != .identifier, following.token != .not {
            throw Malformed("found '\(following.text)', expected: identifier after ','")
          }
        default: throw Malformed("found '\(after.text)', expected: ',' or 'end of string'")
        }
      case .end: return requirements
      default: throw Malformed("found '\(next.text)', expected: !, identifier, or 'end of string'")
      }
    }
  }

  private mutating func requirement() throws(Malformed) -> Requirement {
    var next = take()
    let isNegated = next.token == .not
    if isNegated { next = take() }
    guard next.token == .identifier else { throw Malformed("found '\(next.text)', expected: identifier") }
    let key = next.text
    let problems = Names.qualifiedName(key)
    if !problems.isEmpty { throw Malformed("<nil>: Invalid value: \(goQuoted(key)): \(problems.joined(separator: "; "))") }
    if isNegated { return try Requirement(checking: key, .doesNotExist, []) }
    let following = ahead().token
    if following == .end || following == .comma { return try Requirement(checking: key, .exists, []) }
    let op = try comparison()
    return try Requirement(checking: key, op, op == .in || op == .notIn ? list() : [exact()])
  }

  private mutating func comparison() throws(Malformed) -> Requirement.Operator {
    let next = take(operator: true)
    switch next.token {
    case .in: return .in
    case .notIn: return .notIn
    case .equals: return .equals
    case .doubleEquals: return .doubleEquals
    case .notEquals: return .notEquals
    case .greater: return .greaterThan
    case .less: return .lessThan
    default: throw Malformed("found '\(next.text)', expected: in, notin, =, ==, !=, gt, lt")
    }
  }

  private mutating func exact() throws(Malformed) -> String {
    let next = ahead()
    if next.token == .end || next.token == .comma { return "" }
    at += 1
    guard next.token == .identifier else { throw Malformed("found '\(next.text)', expected: identifier") }
    return next.text
  }

  private mutating func list() throws(Malformed) -> [String] {
    let open = take()
    guard open.token == .open else { throw Malformed("found '\(open.text)' expected: '('") }
    let first = ahead()
    switch first.token {
    case .identifier, .comma:
      let values = try identifiers()
      if take().token != .close { throw Malformed("found '\(first.text)', expected: ')'") }
      return values
    case .close:
      at += 1
      return []
    default: throw Malformed("found '\(first.text)', expected: ',', ')' or identifier")
    }
  }

  private mutating func identifiers() throws(Malformed) -> [String] {
    var values: [String] = []
    while true {
      let next = take()
      switch next.token {
      case .identifier:
        values.append(next.text)
        let after = ahead()
        if after.token == .close { return values }
        if after.token != .comma { throw Malformed("found '\(after.text)', expected: ',' or ')'") }
      case .comma:
        if values.isEmpty { values.append("") }
        switch ahead().token {
        case .close:
          values.append("")
          return values
        case .comma:
          at += 1
          values.append("")
        default: break
        }
      default: throw Malformed("found '\(next.text)', expected: ',', or identifier")
      }
    }
  }
}

/// A decimal integer as strconv.ParseInt reads it.
func goInteger(_ text: String) -> Int64? { Int64(text) }

func unique(_ texts: [String], sorted: Bool = true) -> [String] {
  var out: [String] = []
  for text in sorted ? texts.sorted(by: Members.precedes) : texts where !out.contains(text) { out.append(text) }
  return out
}

/// Sorted, equals in the order they had.
func stablySorted<T>(_ list: [T], by precedes: (T, T) -> Bool) -> [T] {
  list.enumerated().sorted { a, b in
    if precedes(a.element, b.element) { return true }
    if precedes(b.element, a.element) { return false }
    return a.offset < b.offset
  }.map(\.element)
}
