import APIMachinery
import Formats

// JSONPath templates as kubectl reads them (client-go's util/jsonpath): text, `{.path}`, ranges, filters, unions.

/// A parsed JSONPath template.
public struct JSONPath: Sendable {
  indirect enum Node: Sendable {
    case text(String)
    case identifier(String)
    case field(String)
    case slice(from: Int?, to: Int?, toDerived: Bool, step: Int?)
    case filter(left: [Node], right: [Node], comparison: String)
    case number(Value)
    case bool(Bool)
    case wildcard
    case recursive
    case union([[Node]])
    case list([Node])
  }

  /// What is wrong with a template or with walking an object, in client-go's words.
  public struct Failure: Error, Sendable { public let message: String }

  let nodes: [Node]
  let allowMissing: Bool

  /// - Throws: `Failure` with client-go's words (`unclosed action`).
  public init(_ template: String, allowMissing: Bool = true) throws(Failure) {
    var parser = JSONPathParser(template)
    nodes = try parser.template()
    self.allowMissing = allowMissing
  }

  /// An expression as custom columns and `--sort-by` take it: `x.y`, `.x.y`, `{x.y}` or `{.x.y}`, as a template.
  public static func relaxed(_ expression: String) -> String? {
    guard !expression.isEmpty else { return expression }
    var inner = Substring(expression)
    if inner.hasPrefix("{") {
      guard inner.hasSuffix("}"), inner.count >= 2 else { return nil }
      inner = inner.dropFirst().dropLast()
    } else if inner.hasSuffix("}") {
      return nil
    }
    if inner.hasPrefix(".") { inner = inner.dropFirst() }
    return "{.\(inner)}"
  }

  /// What the template finds, a group for each of its nodes.
  public func find(in object: Value) throws(Failure) -> [[Value]] {
    var walk = JSONPathWalk(allowMissing: allowMissing)
    return try walk.results(nodes[...], object)
  }

  /// The template's text for an object.
  public func text(_ object: Value) throws(Failure) -> String {
    try find(in: object).map { group in group.map(JSONPath.shown).joined(separator: " ") }.joined()
  }

  /// What was found as one JSON array a node, as `jsonpath-as-json` prints it.
  public func json(_ object: Value) throws(Failure) -> String {
    try find(in: object).map { JSON.pretty(.array($0), indent: 4) + "\n" }.joined()
  }

  static func shown(_ value: Value) -> String {
    switch value {
    case .array, .object: JSON.text(value)
    case .null: ""
    default: value.goValue
    }
  }
}

/// Reads a template, character by character.
struct JSONPathParser {
  private let input: [Character]
  private var at = 0

  init(_ text: String) { input = Array(text) }

  private func failure(_ message: String) -> JSONPath.Failure { JSONPath.Failure(message: message) }
  private func starts(_ prefix: String) -> Bool { input[at...].starts(with: prefix) }

  mutating func template() throws(JSONPath.Failure) -> [JSONPath.Node] {
    var nodes: [JSONPath.Node] = []
    var text = ""
    while at < input.count {
      guard input[at] == "{" else {
        text.append(input[at])
        at += 1
        continue
      }
      if !text.isEmpty { nodes.append(.text(text)) }
      text = ""
      at += 1
      nodes.append(.list(try action(closed: true)))
    }
    if !text.isEmpty { nodes.append(.text(text)) }
    return nodes
  }

  /// The nodes up to `}`, or to the end where an action is all there is (a filter's side, a union's part).
  private mutating func action(closed: Bool) throws(JSONPath.Failure) -> [JSONPath.Node] {
    var nodes: [JSONPath.Node] = []
    while true {
      guard at < input.count else {
        if closed { throw failure("unclosed action") }
        return nodes
      }
      if starts("}") {
        at += 1
        return nodes
      }
      if starts("[?(") {
        nodes.append(try filter())
        continue
      }
      if starts("..") {
        if case .recursive? = nodes.last { throw failure("invalid multiple recursive descent") }
        at += 2
        nodes.append(.recursive)
        if at < input.count, isWord(input[at]) { nodes.append(field()) }
        continue
      }
      let c = input[at]
      switch c {
      case "\n", "\r", "\r\n": throw failure("unclosed action")
      case " ", "@", "$": at += 1
      case "[": nodes += try array()
      case "\"", "'": nodes.append(.text(try quoted(c)))
      case ".":
        at += 1
        nodes.append(field())
      case "+", "-", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9": nodes.append(try number())
      default:
        guard isWord(c) else { throw failure("unrecognized character in action: \(unicodeName(c))") }
        nodes.append(identifier())
      }
    }
  }

  private func unicodeName(_ c: Character) -> String {
    let scalar = c.unicodeScalars.first?.value ?? 0
    let hex = String(scalar, radix: 16, uppercase: true)
    return "U+\(String(repeating: "0", count: max(0, 4 - hex.count)))\(hex) '\(c)'"
  }

  private func isWord(_ c: Character) -> Bool { c == "_" || c.isLetter || c.isNumber }
  private func isEnd(_ c: Character) -> Bool { " \r\n.,[]$@{}".contains(c) || c == "\r\n" }

  private mutating func identifier() -> JSONPath.Node {
    var text = ""
    while at < input.count, !isEnd(input[at]) {
      text.append(input[at])
      at += 1
    }
    switch text {
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: return .identifier(text)
    }
  }

  private mutating func field() -> JSONPath.Node {
    var text = ""
    while at < input.count {
      if input[at] == "\\" {
        at += 1
        guard at < input.count else { break }
      } else if isEnd(input[at]) {
        break
      }
      text.append(input[at])
      at += 1
    }
    return text == "*" ? .wildcard : .field(text)
  }

  private mutating func number() throws(JSONPath.Failure) -> JSONPath.Node {
    var text = ""
    if input[at] == "+" || input[at] == "-" {
      text.append(input[at])
      at += 1
    }
    while at < input.count, input[at] == "." || ("0"..."9").contains(input[at]) {
      text.append(input[at])
      at += 1
    }
    if let int = Int64(text) { return .number(.int(int)) }
    if Double(text) != nil { return .number(.number(text)) }
    throw failure("cannot parse number \(text)")
  }

  private mutating func quoted(_ end: Character) throws(JSONPath.Failure) -> String {
    at += 1
    var text = ""
    while at < input.count, input[at] != "\n" {
      let c = input[at]
      at += 1
      if c == end { return text }
      guard c == "\\", at < input.count else {
        text.append(c)
        continue
      }
      let escaped = input[at]
      at += 1
      switch escaped {
      case "n": text.append("\n")
      case "t": text.append("\t")
      case "r": text.append("\r")
      case "a": text.append("\u{7}")
      case "b": text.append("\u{8}")
      case "f": text.append("\u{c}")
      case "v": text.append("\u{b}")
      case "\\", "'", "\"": text.append(escaped)
      case "x", "u":
        let digits = escaped == "x" ? 2 : 4
        guard at + digits <= input.count, let code = UInt32(String(input[at..<at + digits]), radix: 16), let scalar = Unicode.Scalar(code)
        else { throw failure("unquote string \(end)\(text)\\\(escaped) error invalid syntax") }
        text.unicodeScalars.append(scalar)
        at += digits
      default: throw failure("unquote string \(end)\(text)\\\(escaped) error invalid syntax")
      }
    }
    throw failure("unterminated quoted string")
  }

  private mutating func array() throws(JSONPath.Failure) -> [JSONPath.Node] {
    at += 1
    var text = ""
    while at < input.count, input[at] != "]", input[at] != "\n" {
      text.append(input[at])
      at += 1
    }
    guard at < input.count, input[at] == "]" else { throw failure("unterminated array") }
    at += 1
    if text == "*" { text = ":" }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    if parts.count > 1 {
      var union: [[JSONPath.Node]] = []
      for part in parts {
        var parser = JSONPathParser("[\(trimmed(part))]")
        union.append(try parser.action(closed: false))
      }
      return [.union(union)]
    }
    if text.count >= 2, text.hasPrefix("'"), text.hasSuffix("'"), !text.dropFirst().dropLast().contains("'") {
      var parser = JSONPathParser("." + text.dropFirst().dropLast())
      return try parser.action(closed: false)
    }
    return [try slice(text)]
  }

  private func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }

  private func slice(_ text: String) throws(JSONPath.Failure) -> JSONPath.Node {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let wellFormed =
      parts.count <= 3
      && parts.allSatisfy { part in
        let digits = part.hasPrefix("-") ? part.dropFirst() : part
        return digits.allSatisfy { ("0"..."9").contains($0) }
      }
    guard wellFormed else { throw failure("invalid array index \(text)") }
    var numbers: [Int?] = []
    for part in parts {
      guard !part.isEmpty else {
        numbers.append(nil)
        continue
      }
      guard let n = Int(part) else { throw failure("array index \(part) is not a number") }
      numbers.append(n)
    }
    let from = numbers.first ?? nil
    if parts.count == 1 { return .slice(from: from, to: (from ?? 0) &+ 1, toDerived: true, step: nil) }
    return .slice(from: from, to: numbers[1], toDerived: false, step: parts.count > 2 ? numbers[2] : nil)
  }

  private mutating func filter() throws(JSONPath.Failure) -> JSONPath.Node {
    at += 3
    let start = at
    var quote: Character?
    var closedQuote = false
    while true {
      guard at < input.count, input[at] != "\n" else { throw failure("unterminated filter") }
      let c = input[at]
      at += 1
      if c == "\"" || c == "'" {
        if quote == nil { quote = c } else if c == quote, input[at - 2] != "\\" { closedQuote = true }
      } else if c == ")", (quote != nil) == closedQuote {
        break
      }
    }
    let text = input[start..<at - 1]
    guard at < input.count, input[at] == "]" else { throw failure("unclosed array expect ]") }
    at += 1
    let operators: Set<Character> = ["!", "<", ">", "="]
    if let first = text.firstIndex(where: operators.contains), first > text.startIndex {
      var after = first
      while after < text.endIndex, operators.contains(text[after]) { after += 1 }
      if after < text.endIndex {
        var left = JSONPathParser(String(text[..<first]))
        var right = JSONPathParser(String(text[after...]))
        return .filter(
          left: try left.action(closed: false), right: try right.action(closed: false), comparison: String(text[first..<after]))
      }
    }
    var exists = JSONPathParser(String(text))
    return .filter(left: try exists.action(closed: false), right: [], comparison: "exists")
  }
}

/// Walks an object along a template.
struct JSONPathWalk {
  typealias Failure = JSONPath.Failure
  let allowMissing: Bool

  /// The groups that top-level nodes give; a range repeats what stands up to its end.
  mutating func results(_ nodes: ArraySlice<JSONPath.Node>, _ object: Value) throws(Failure) -> [[Value]] {
    var groups: [[Value]] = []
    var rest = nodes
    while let node = rest.popFirst() {
      switch command(node) {
      case "end": throw Failure(message: "not in range, nothing to end")
      case "range":
        guard case .list(let inner) = node else { continue }
        let found = try walk([object], Array(inner.dropFirst()))
        let body = try JSONPathWalk.body(&rest)
        for value in found { groups += try results(body[...], value) }
      default: groups.append(try walk([object], [node]))
      }
    }
    return groups
  }

  private func command(_ node: JSONPath.Node) -> String? {
    if case .list(let inner) = node, case .identifier(let name)? = inner.first { name } else { nil }
  }

  /// The nodes up to the matching end, which is taken off.
  private static func body(_ rest: inout ArraySlice<JSONPath.Node>) throws(Failure) -> [JSONPath.Node] {
    var depth = 0
    var body: [JSONPath.Node] = []
    while let node = rest.popFirst() {
      if case .list(let inner) = node, case .identifier(let name)? = inner.first {
        if name == "range" { depth += 1 }
        if name == "end" {
          if depth == 0 { return body }
          depth -= 1
        }
      }
      body.append(node)
    }
    throw Failure(message: "unclosed range")
  }

  private func walk(_ start: [Value], _ nodes: [JSONPath.Node]) throws(Failure) -> [Value] {
    var values = start
    for node in nodes { values = try step(values, node) }
    return values
  }

  private func step(_ values: [Value], _ node: JSONPath.Node) throws(Failure) -> [Value] {
    switch node {
    case .list(let nodes): return try walk(values, nodes)
    case .text(let text): return [.string(text)]
    case .number(let number): return [number]
    case .bool(let bool): return [.bool(bool)]
    case .identifier(let name): throw Failure(message: "unrecognized identifier \(name)")
    case .field(let name): return try values.flatMapThrowing { value throws(Failure) in try field(value, name) }
    case .slice(let from, let to, let derived, let step):
      return try values.flatMapThrowing { value throws(Failure) in try slice(value, from, to, derived, step) }
    case .wildcard:
      return values.flatMap { value in
        if case .object(let members) = value { return members.map(\.value) }
        return value.items
      }
    case .recursive: return values.flatMap(JSONPathWalk.descendants)
    case .union(let branches): return try branches.flatMapThrowing { branch throws(Failure) in try walk(values, branch) }
    case .filter(let left, let right, let comparison):
      var kept: [Value] = []
      for value in values {
        guard case .array(let items) = value else {
          throw Failure(message: "\(JSON.text(value)) is not array or slice and cannot be filtered")
        }
        for item in items where try passes(item, left, right, comparison) { kept.append(item) }
      }
      return kept
    }
  }

  private func field(_ value: Value, _ name: String) throws(Failure) -> [Value] {
    if case .null = value { return [] }
    if name.isEmpty { return [value] }
    if value.has(name) { return [value[name]] }
    if allowMissing { return [] }
    throw Failure(message: "\(name) is not found")
  }

  private func slice(_ value: Value, _ from: Int?, _ to: Int?, _ derived: Bool, _ step: Int?) throws(Failure) -> [Value] {
    if case .null = value { return [] }
    guard case .array(let items) = value else { throw Failure(message: "\(goType(value)) is not array or slice") }
    let count = items.count
    var low = from ?? 0
    if low < 0 { low += count }
    var high = to ?? count
    if high < 0 || (high == 0 && derived) { high += count }
    if low == high { return [] }
    if low >= count || low < 0 { throw Failure(message: "array index out of bounds: index \(low), length \(count)") }
    if high > count || high < 0 { throw Failure(message: "array index out of bounds: index \(high - 1), length \(count)") }
    if low > high { throw Failure(message: "starting index \(low) is greater than ending index \(high)") }
    let by = step ?? 1
    guard by > 0 else { throw Failure(message: "step must be > 0") }
    return stride(from: low, to: high, by: by).map { items[$0] }
  }

  private func goType(_ value: Value) -> String {
    switch value {
    case .string: "string"
    case .bool: "bool"
    case .int: "int64"
    case .number: "float64"
    case .object: "map[string]interface {}"
    default: "interface {}"
    }
  }

  private static func descendants(_ value: Value) -> [Value] {
    var found = [value]
    switch value {
    case .object(let members): for member in members { found += descendants(member.value) }
    case .array(let items): for item in items { found += descendants(item) }
    default: return [value]
    }
    return found
  }

  private func passes(_ item: Value, _ left: [JSONPath.Node], _ right: [JSONPath.Node], _ comparison: String) throws(Failure) -> Bool {
    let lenient = JSONPathWalk(allowMissing: true)
    let lefts = try lenient.walk([item], left)
    if comparison == "exists" { return !lefts.isEmpty }
    if lefts.isEmpty { return false }
    if lefts.count > 1 { throw Failure(message: "can only compare one element at a time") }
    let rights = try lenient.walk([item], right)
    if rights.isEmpty { return false }
    if rights.count > 1 { throw Failure(message: "can only compare one element at a time") }
    switch comparison {
    case "==": return try order(lefts[0], rights[0]) == 0
    case "!=": return try order(lefts[0], rights[0]) != 0
    case "<": return try order(lefts[0], rights[0]) < 0
    case "<=": return try order(lefts[0], rights[0]) <= 0
    case ">": return try order(lefts[0], rights[0]) > 0
    case ">=": return try order(lefts[0], rights[0]) >= 0
    default: throw Failure(message: "unrecognized filter operator \(comparison)")
    }
  }

  private func order(_ a: Value, _ b: Value) throws(Failure) -> Int {
    switch (a, b) {
    case (.string(let x), .string(let y)): return x == y ? 0 : Members.precedes(x, y) ? -1 : 1
    case (.bool(let x), .bool(let y)): return x == y ? 0 : x ? 1 : -1
    case (.int(let x), .int(let y)): return x == y ? 0 : x < y ? -1 : 1
    case (.int, .number), (.number, .int), (.number, .number):
      let (x, y) = (Double(a.goValue) ?? 0, Double(b.goValue) ?? 0)
      return x == y ? 0 : x < y ? -1 : 1
    default: throw Failure(message: "incompatible types for comparison")
    }
  }
}

extension Array {
  func flatMapThrowing<T, E: Error>(_ body: (Element) throws(E) -> [T]) throws(E) -> [T] {
    var all: [T] = []
    for element in self { all += try body(element) }
    return all
  }
}
