// What a scalar means: null, a boolean, a number or a string.

extension YAML {
  /// By which version's rules plain scalars get their meaning.
  public enum Resolution: Sendable {
    /// As Kubernetes reads: `yes`, `on` and `y` are true, 0755 is octal, floats become JSON's.
    case yaml11
    /// YAML 1.2's core schema.
    case core12
  }
}

/// Gives scalars their meaning.
enum YAMLResolver {
  /// A scalar's meaning, or why it has none.
  enum Outcome {
    case value(Value)
    /// A number without a JSON text: an infinity, or NaN.
    case unwritable(String)

    var tag: String {
      switch self {
      case .value(.null): "!!null"
      case .value(.bool): "!!bool"
      case .value(.int): "!!int"
      case .value(.number(let text)): text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? "!!int" : "!!float"
      case .value: "!!str"
      case .unwritable: "!!float"
      }
    }
  }

  typealias Bytes = UnsafeBufferPointer<UInt8>

  /// What a plain scalar without a tag means.
  static func plain(_ text: Bytes, _ resolution: YAML.Resolution) -> Outcome {
    resolution == .yaml11 ? yaml11(text) : core12(text)
  }

  static func string(_ text: Bytes) -> Value { .string(String(decoding: text, as: UTF8.self)) }

  // MARK: YAML 1.1, as go-yaml 2 resolves

  @inline(__always) static func yaml11(_ text: Bytes) -> Outcome {
    guard let first = text.first else { return .value(.null) }
    switch first {
    case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"),
      UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"), UInt8(ascii: "~"):
      return .value(text.count <= 5 ? word11(text) ?? string(text) : string(text))
    case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), 0x30...0x39: return number11(text)
    default: return .value(string(text))
    }
  }

  private static func word11(_ text: Bytes) -> Value? {
    switch String(decoding: text, as: UTF8.self) {
    case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": .bool(true)
    case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": .bool(false)
    case "~", "null", "Null", "NULL": .null
    default: nil
    }
  }

  private static func number11(_ text: Bytes) -> Outcome {
    if let infinite = infinity(text) { return infinite }
    guard text[0] != UInt8(ascii: ".") else {
      guard isDecimalFloat(text), let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite else {
        return .value(string(text))
      }
      return .value(float(number))
    }
    if let int = shortInteger(text) { return .value(int) }
    guard text.count > 1 || (text[0] >= 0x30 && text[0] <= 0x39) else { return .value(string(text)) }
    let digits = text.contains(UInt8(ascii: "_")) ? text.filter { $0 != UInt8(ascii: "_") } : Array(text)
    return digits.withUnsafeBufferPointer { digits in
      if let value = goInteger(digits) { return .value(value) }
      if isDecimalFloat(digits), let number = Double(String(decoding: digits, as: UTF8.self)), number.isFinite {
        return .value(float(number))
      }
      return .value(string(text))
    }
  }

  /// The commonest numbers: a few digits that do not begin with 0.
  @inline(__always) private static func shortInteger(_ text: Bytes) -> Value? {
    guard text.count <= 18, text[0] != 0x30 || text.count == 1 else { return nil }
    var number: Int64 = 0
    for byte in text {
      guard byte >= 0x30 && byte <= 0x39 else { return nil }
      number = number &* 10 &+ Int64(byte - 0x30)
    }
    return .int(number)
  }

  /// An integer as Go's ParseInt and ParseUint read it with base 0: 0x, 0o, 0b and a leading 0 name the base.
  private static func goInteger(_ text: Bytes) -> Value? {
    var i = 0
    let isSigned = text.first == UInt8(ascii: "+") || text.first == UInt8(ascii: "-")
    let isNegative = text.first == UInt8(ascii: "-")
    if isSigned { i = 1 }
    var radix: UInt64 = 10
    if text.count > i + 1 && text[i] == 0x30 {
      switch text[i + 1] | 0x20 {
      case UInt8(ascii: "x") where text.count > i + 2: (radix, i) = (16, i + 2)
      case UInt8(ascii: "b") where text.count > i + 2: (radix, i) = (2, i + 2)
      case UInt8(ascii: "o") where text.count > i + 2: (radix, i) = (8, i + 2)
      default: (radix, i) = (8, i + 1)
      }
    }
    guard i < text.count, let size = magnitude(text[i...], radix) else { return nil }
    if isNegative { return size <= UInt64(Int64.max) + 1 ? .int(Int64(truncatingIfNeeded: 0 &- size)) : nil }
    if size <= UInt64(Int64.max) { return .int(Int64(size)) }
    return isSigned ? nil : .number(String(size))
  }

  private static func magnitude(_ digits: Slice<Bytes>, _ radix: UInt64) -> UInt64? {
    var size: UInt64 = 0
    for byte in digits {
      guard let digit = hexValue(byte), UInt64(digit) < radix else { return nil }
      let (times, overflow) = size.multipliedReportingOverflow(by: radix)
      let (sum, carry) = times.addingReportingOverflow(UInt64(digit))
      if overflow || carry { return nil }
      size = sum
    }
    return size
  }

  /// A float as its JSON number: whole ones that fit are integers.
  static func float(_ number: Double) -> Value {
    let text = GoNumber.json(number)
    if let int = Int64(text) { return .int(int) }
    return .number(text)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, the floats of both versions.
  static func isDecimalFloat(_ text: Bytes) -> Bool {
    var i = 0
    func digits() -> Int {
      let start = i
      while i < text.count && text[i] >= 0x30 && text[i] <= 0x39 { i += 1 }
      return i - start
    }
    if i < text.count && (text[i] == UInt8(ascii: "+") || text[i] == UInt8(ascii: "-")) { i += 1 }
    let whole = digits()
    if i < text.count && text[i] == UInt8(ascii: ".") {
      i += 1
      if digits() == 0 && whole == 0 { return false }
    } else if whole == 0 {
      return false
    }
    if i < text.count && text[i] | 0x20 == UInt8(ascii: "e") {
      i += 1
      if i < text.count && (text[i] == UInt8(ascii: "+") || text[i] == UInt8(ascii: "-")) { i += 1 }
      if digits() == 0 { return false }
    }
    return i == text.count
  }

  private static func infinity(_ text: Bytes) -> Outcome? {
    guard text.count == 4 || text.count == 5 else { return nil }
    switch String(decoding: text, as: UTF8.self) {
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .unwritable("+Inf")
    case "-.inf", "-.Inf", "-.INF": return .unwritable("-Inf")
    case ".nan", ".NaN", ".NAN": return .unwritable("NaN")
    default: return nil
    }
  }

  // MARK: YAML 1.2's core schema

  private static func core12(_ text: Bytes) -> Outcome {
    guard let first = text.first else { return .value(.null) }
    switch first {
    case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "n"), UInt8(ascii: "N"),
      UInt8(ascii: "~"):
      switch String(decoding: text, as: UTF8.self) {
      case "true", "True", "TRUE": return .value(.bool(true))
      case "false", "False", "FALSE": return .value(.bool(false))
      case "~", "null", "Null", "NULL": return .value(.null)
      default: return .value(string(text))
      }
    case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), 0x30...0x39:
      if let infinite = infinity(text) { return infinite }
      if let int = shortInteger(text) { return .value(int) }
      if text.count > 2 && text[0] == 0x30 && (text[1] == UInt8(ascii: "o") || text[1] == UInt8(ascii: "x")) {
        guard let size = magnitude(text[2...], text[1] == UInt8(ascii: "o") ? 8 : 16) else { return .value(string(text)) }
        return .value(size <= UInt64(Int64.max) ? .int(Int64(size)) : .number(String(size)))
      }
      guard isDecimalFloat(text) else { return .value(string(text)) }
      if let int = Int64(String(decoding: text, as: UTF8.self)) { return .value(.int(int)) }
      if let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite { return .value(float(number)) }
      return .value(string(text))
    default: return .value(string(text))
    }
  }
}
