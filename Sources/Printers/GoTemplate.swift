import APIMachinery
import Formats

// Go templates, as far as scripts use them with `-o go-template`: Go's text/template over a tree of JSON.

/// A parsed Go template.
public struct GoTemplate: Sendable {
  /// What is wrong with a template, in text/template's words.
  public struct Failure: Error, Sendable { public let message: String }

  indirect enum Node: Sendable {
    case text(String)
    case action(Pipeline)
    case condition([(test: Pipeline, body: [Node])], otherwise: [Node])
    case range(Pipeline, [Node], otherwise: [Node])
    case with(Pipeline, [Node], otherwise: [Node])
    case call(template: String, Pipeline?)
    case breakLoop
    case continueLoop
  }

  /// Commands joined by `|`, their value assigned to variables where any are named.
  struct Pipeline: Sendable {
    var variables: [String] = []
    /// `:=` rather than `=`.
    var declares = true
    var commands: [[Term]] = []
    /// The text between the braces, for error messages.
    var source = ""
  }

  indirect enum Term: Sendable {
    case dot
    case field([String])
    case variable(String, [String])
    case function(String)
    case constant(GoValue)
    case group(Pipeline, [String])
  }

  let nodes: [Node]
  let templates: [(name: String, body: [Node])]

  public init(_ text: String) throws(Failure) {
    var parser = GoTemplateParser(text)
    nodes = try parser.parse()
    templates = parser.templates
  }

  /// The text for an object. Absent fields read `<no value>`.
  /// - Throws: `Failure` with text/template's words.
  public func text(_ object: Value) throws(Failure) -> String {
    var run = GoTemplateRun(templates: templates, root: .json(object))
    try run.all(nodes, .json(object))
    return run.out
  }
}

/// A value while a template runs: JSON of the object (whose numbers are Go's float64), or what the template itself made.
enum GoValue: Sendable {
  /// A field that is not there.
  case missing
  case json(Value)
  /// An integer of the template's own (`3`, `len x`).
  case int(Int)

  var truth: Bool {
    switch self {
    case .missing, .json(.null), .json(.bool(false)), .json(.string("")), .json(.int(0)), .int(0): false
    case .json(.number(let n)): Double(n) != 0
    case .json(.array(let items)): !items.isEmpty
    case .json(.object(let members)): !members.isEmpty
    default: true
    }
  }

  /// As `%v` prints it.
  var text: String {
    switch self {
    case .missing: "<no value>"
    case .int(let i): String(i)
    case .json(let value): GoValue.text(value, top: true)
    }
  }

  private static func text(_ value: Value, top: Bool) -> String {
    switch value {
    case .null: top ? "<no value>" : "<nil>"
    case .int(let i): goFloat(Double(i))
    case .number(let n): Double(n).map(goFloat) ?? n
    case .array(let items): "[" + items.map { text($0, top: false) }.joined(separator: " ") + "]"
    case .object(let members): "map[" + members.map { "\($0.key):\(text($0.value, top: false))" }.joined(separator: " ") + "]"
    default: value.goValue
    }
  }

  /// A float64 as Go's `%v` writes it: shortest digits, an exponent from 1e+06 on and below 1e-04.
  static func goFloat(_ number: Double) -> String {
    guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Inf" : "+Inf" }
    if number == 0 { return "0" }
    // Swift's shortest digits, taken apart.
    var text = "\(abs(number))"
    var exponent = 0
    if let e = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      exponent = Int(text[text.index(after: e)...].replacingPlus) ?? 0
      text = String(text[..<e])
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let whole = parts[0]
    let fraction = parts.count > 1 ? parts[1] : ""
    var digits = Array(whole + fraction)
    var point = whole.count + exponent
    while digits.count > 1, digits.first == "0" {
      digits.removeFirst()
      point -= 1
    }
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    let sign = number < 0 ? "-" : ""
    let scale = point - 1
    if scale < -4 || scale >= 6 { return sign + exponential(digits, scale) }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + String(digits) }
    if digits.count <= point { return sign + String(digits) + String(repeating: "0", count: point - digits.count) }
    return sign + String(digits[..<point]) + "." + String(digits[point...])
  }

  private static func exponential(_ digits: [Character], _ scale: Int) -> String {
    let rest = digits.count > 1 ? "." + String(digits[1...]) : ""
    let size = abs(scale)
    return "\(digits[0])\(rest)e\(scale < 0 ? "-" : "+")\(size < 10 ? "0" : "")\(size)"
  }
}

extension Substring {
  fileprivate var replacingPlus: Substring { hasPrefix("+") ? dropFirst() : self }
}
