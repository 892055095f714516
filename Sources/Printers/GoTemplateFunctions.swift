import APIMachinery
import Formats

// The functions that text/template has, and kubectl's two more.

extension GoTemplateRun {
  private static func wrong(_ message: String) -> Failure { Failure(message: message) }

  static func call(_ name: String, _ arguments: [GoValue]) throws(Failure) -> GoValue {
    func needs(_ count: ClosedRange<Int>) throws(Failure) {
      guard count.contains(arguments.count) else {
        throw wrong("wrong number of args for \(name): want \(count.lowerBound) got \(arguments.count)")
      }
    }
    switch name {
    case "not":
      try needs(1...1)
      return .json(.bool(!arguments[0].truth))
    case "len":
      try needs(1...1)
      return .int(try length(arguments[0]))
    case "index":
      try needs(1...Int.max)
      return try index(arguments[0], arguments.dropFirst())
    case "slice":
      try needs(1...3)
      return try slice(arguments)
    case "print": return .json(.string(spaced(arguments)))
    case "println": return .json(.string(arguments.map(\.text).joined(separator: " ") + "\n"))
    case "printf":
      try needs(1...Int.max)
      guard case .json(.string(let format)) = arguments[0] else { throw wrong("wrong type for value; expected string") }
      return .json(.string(GoPrintf.format(format, Array(arguments.dropFirst()))))
    case "eq":
      try needs(2...Int.max)
      for other in arguments.dropFirst() where try compare(arguments[0], other, ordered: false) == 0 { return .json(true) }
      return .json(false)
    case "ne", "lt", "le", "gt", "ge":
      try needs(2...2)
      let order = try compare(arguments[0], arguments[1], ordered: name != "ne")
      switch name {
      case "ne": return .json(.bool(order != 0))
      case "lt": return .json(.bool(order < 0))
      case "le": return .json(.bool(order <= 0))
      case "gt": return .json(.bool(order > 0))
      default: return .json(.bool(order >= 0))
      }
    case "html": return .json(.string(escaped(spaced(arguments), ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&#34;", "'": "&#39;"])))
    case "js":
      return .json(
        .string(
          escaped(
            spaced(arguments),
            ["\\": "\\\\", "'": "\\'", "\"": "\\\"", "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D", "\n": "\\u000A"])))
    case "urlquery": return .json(.string(urlQuery(spaced(arguments))))
    case "base64decode":
      try needs(1...1)
      do { return .json(.string(String(decoding: try Base64.decode(arguments[0].text), as: UTF8.self))) } catch {
        throw wrong(error.message)
      }
    case "exists":
      try needs(1...Int.max)
      guard let found = try? index(arguments[0], arguments.dropFirst()) else { return .json(false) }
      if case .missing = found { return .json(false) }
      return .json(true)
    default: throw wrong("function \"\(name)\" not defined")
    }
  }

  /// As Go's Sprint: blanks between operands when neither is a string.
  private static func spaced(_ arguments: [GoValue]) -> String {
    var out = ""
    for (i, argument) in arguments.enumerated() {
      if i > 0, !isString(argument), !isString(arguments[i - 1]) { out += " " }
      out += argument.text
    }
    return out
  }

  private static func isString(_ value: GoValue) -> Bool { if case .json(.string) = value { true } else { false } }

  private static func length(_ value: GoValue) throws(Failure) -> Int {
    switch value {
    case .json(.string(let text)): return text.utf8.count
    case .json(.array(let items)): return items.count
    case .json(.object(let members)): return members.count
    case .missing, .json(.null): throw wrong("len of nil pointer")
    default: throw wrong("len of type float64")
    }
  }

  private static func integer(_ value: GoValue) -> Int? {
    switch value {
    case .int(let i): i
    case .json(.int(let i)): Int(i)
    default: nil
    }
  }

  private static func index(_ value: GoValue, _ keys: ArraySlice<GoValue>) throws(Failure) -> GoValue {
    var value = value
    for key in keys {
      switch value {
      case .json(.object(let members)):
        guard case .json(.string(let name)) = key else { throw wrong("value has type \(key.text); should be string") }
        value = members[name].map(GoValue.json) ?? .missing
      case .json(.array(let items)):
        guard let i = integer(key) else { throw wrong("cannot index slice/array with type string") }
        guard items.indices.contains(i) else { throw wrong("index out of range: \(i)") }
        value = .json(items[i])
      case .json(.string(let text)):
        guard let i = integer(key) else { throw wrong("cannot index slice/array with type string") }
        let bytes = Array(text.utf8)
        guard bytes.indices.contains(i) else { throw wrong("index out of range: \(i)") }
        value = .int(Int(bytes[i]))
      case .missing, .json(.null): throw wrong("index of untyped nil")
      default: throw wrong("can't index item of type float64")
      }
    }
    return value
  }

  private static func slice(_ arguments: [GoValue]) throws(Failure) -> GoValue {
    let bounds = arguments.dropFirst().map { integer($0) ?? -1 }
    func range(_ count: Int) throws(Failure) -> Range<Int> {
      let low = bounds.first ?? 0
      let high = bounds.count > 1 ? bounds[1] : count
      guard low >= 0, high <= count, low <= high else { throw wrong("index out of range: \(low < 0 || low > count ? low : high)") }
      return low..<high
    }
    switch arguments[0] {
    case .json(.array(let items)): return .json(.array(Array(items[try range(items.count)])))
    case .json(.string(let text)):
      let bytes = Array(text.utf8)
      return .json(.string(String(decoding: bytes[try range(bytes.count)], as: UTF8.self)))
    default: throw wrong("can't slice item of type float64")
    }
  }

  private static func compare(_ a: GoValue, _ b: GoValue, ordered: Bool) throws(Failure) -> Int {
    switch (a, b) {
    case (.int(let x), .int(let y)): return x == y ? 0 : x < y ? -1 : 1
    case (.json(.string(let x)), .json(.string(let y))): return x == y ? 0 : Members.precedes(x, y) ? -1 : 1
    case (.json(.bool(let x)), .json(.bool(let y))) where !ordered: return x == y ? 0 : 1
    case (.json(let x), .json(let y)):
      if let x = float(x), let y = float(y) { return x == y ? 0 : x < y ? -1 : 1 }
      if !ordered, x.isNull || y.isNull { return x == y ? 0 : 1 }
    case (.missing, .missing) where !ordered: return 0
    case (.missing, .json), (.json, .missing): if !ordered { return 1 }
    default: break
    }
    throw wrong("incompatible types for comparison")
  }

  private static func float(_ value: Value) -> Double? {
    switch value {
    case .int(let i): Double(i)
    case .number(let n): Double(n)
    default: nil
    }
  }

  private static func escaped(_ text: String, _ table: [Character: String]) -> String {
    var out = ""
    for c in text { out += table[c] ?? String(c) }
    return out
  }

  private static func urlQuery(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF")
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 45, 46, 95, 126: out.unicodeScalars.append(Unicode.Scalar(byte))
      case 32: out += "+"
      default: out += "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
      }
    }
    return out
  }
}

/// Go's Printf, as far as templates need it: `%s %v %q %d %t %f %.2f %5s %-5s %x %%`.
enum GoPrintf {
  static func format(_ format: String, _ arguments: [GoValue]) -> String {
    var out = ""
    var rest = Substring(format)
    var next = 0
    while let c = rest.popFirst() {
      guard c == "%" else {
        out.append(c)
        continue
      }
      var left = false
      var zero = false
      var plus = false
      while let flag = rest.first, "-0+ #".contains(flag) {
        left = left || flag == "-"
        zero = zero || flag == "0"
        plus = plus || flag == "+"
        rest.removeFirst()
      }
      let width = number(&rest)
      var precision: Int?
      if rest.first == "." {
        rest.removeFirst()
        precision = number(&rest) ?? 0
      }
      guard let verb = rest.popFirst() else {
        out += "%!(NOVERB)"
        break
      }
      if verb == "%" {
        out += "%"
        continue
      }
      guard next < arguments.count else {
        out += "%!\(verb)(MISSING)"
        continue
      }
      var text = shown(verb, arguments[next], precision)
      if plus, verb == "d" || verb == "f", !text.hasPrefix("-") { text = "+" + text }
      next += 1
      let missing = min(1000, width ?? 0) - text.count
      if missing > 0 {
        let pad = String(repeating: zero && !left ? "0" : " ", count: missing)
        text = left ? text + pad : zero && text.hasPrefix("-") ? "-" + pad + text.dropFirst() : pad + text
      }
      out += text
    }
    if next < arguments.count {
      out += "%!(EXTRA " + arguments[next...].map { "\(typeName($0))=\($0.text)" }.joined(separator: ", ") + ")"
    }
    return out
  }

  private static func number(_ rest: inout Substring) -> Int? {
    var digits = ""
    while let c = rest.first, ("0"..."9").contains(c), digits.count < 6 {
      digits.append(c)
      rest.removeFirst()
    }
    return Int(digits)
  }

  private static func typeName(_ value: GoValue) -> String {
    switch value {
    case .int: "int"
    case .missing, .json(.null): "<nil>"
    case .json(.bool): "bool"
    case .json(.int), .json(.number): "float64"
    case .json(.string): "string"
    case .json(.array): "[]interface {}"
    case .json(.object): "map[string]interface {}"
    }
  }

  private static func shown(_ verb: Character, _ value: GoValue, _ precision: Int?) -> String {
    let wrong = "%!\(verb)(\(typeName(value))=\(value.text))"
    switch (verb, value) {
    case ("v", .missing), ("v", .json(.null)): return "<nil>"
    case ("v", _): return value.text
    case ("s", .json(.string(let text))): return precision.map { String(text.prefix($0)) } ?? text
    case ("s", .json(.array)), ("s", .json(.object)): return value.text
    case ("q", .json(.string(let text))): return goQuoted(text)
    case ("t", .json(.bool(let b))): return b ? "true" : "false"
    case ("d", .int(let i)): return String(i)
    case ("x", .int(let i)): return String(i, radix: 16)
    case ("x", .json(.string(let text))):
      return text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    case ("f", .json(.int(let i))): return fixed(Double(i), precision ?? 6)
    case ("f", .json(.number(let n))): return Double(n).map { fixed($0, precision ?? 6) } ?? wrong
    case ("g", .json(.int)), ("g", .json(.number)): return value.text
    case ("T", _): return typeName(value)
    default: return wrong
    }
  }

  /// A number with so many digits behind its point, rounded half to even on its decimal expansion.
  private static func fixed(_ number: Double, _ digits: Int) -> String {
    guard number.isFinite, abs(number) < 1e15, digits <= 15 else { return GoValue.goFloat(number) }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = abs(number) * scale
    guard scaled < 9e15 else { return GoValue.goFloat(number) }
    var rounded = Int64(scaled)
    let rest = scaled - Double(rounded)
    if rest > 0.5 || (rest == 0.5 && rounded % 2 == 1) { rounded += 1 }
    let whole = String(rounded)
    let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
    let sign = number < 0 ? "-" : ""
    return digits == 0 ? sign + padded : sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }
}
