// Texts of flags to values, refused in the words of Go's parsers.

/// Reads flags' values.
public enum Read {
  /// `true`, `false`, `1`, `0`, `t`, `f` …
  public static func bool(_ text: String) throws(ValueProblem) -> Bool {
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": return true
    case "0", "f", "F", "false", "FALSE", "False": return false
    default: throw ValueProblem("strconv.ParseBool: parsing \(quoted(text)): invalid syntax")
    }
  }

  /// Decimal, `0x`, `0o`, `0b`, or octal by a leading 0, as Go reads integers of base 0.
  public static func integer<N: FixedWidthInteger>(_ text: String) throws(ValueProblem) -> N {
    var digits = Substring(text)
    var negative = false
    if let sign = digits.first, sign == "-" || sign == "+" {
      negative = sign == "-"
      digits = digits.dropFirst()
    }
    var radix = 10
    if digits.hasPrefix("0"), digits.count > 1 {
      switch digits.dropFirst().first {
      case "x", "X": (radix, digits) = (16, digits.dropFirst(2))
      case "o", "O": (radix, digits) = (8, digits.dropFirst(2))
      case "b", "B": (radix, digits) = (2, digits.dropFirst(2))
      default: (radix, digits) = (8, digits.dropFirst())
      }
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ isDigit($0, radix) }) else {
      throw ValueProblem("strconv.ParseInt: parsing \(quoted(text)): invalid syntax")
    }
    guard let number = N((negative ? "-" : "") + digits, radix: radix) else {
      throw ValueProblem("strconv.ParseInt: parsing \(quoted(text)): value out of range")
    }
    return number
  }

  private static func isDigit(_ byte: UInt8, _ radix: Int) -> Bool {
    switch byte {
    case 48...57: Int(byte) - 48 < radix
    case 97...102, 65...70: radix == 16
    default: false
    }
  }

  /// Go's `time.ParseDuration`: `300ms`, `-1.5h`, `2h45m`, `0`.
  public static func duration(_ text: String) throws(ValueProblem) -> Duration {
    let whole = quoted(text)
    var rest = Substring(text)
    var negative = false
    if let sign = rest.first, sign == "-" || sign == "+" {
      negative = sign == "-"
      rest = rest.dropFirst()
    }
    if rest == "0" { return .zero }
    if rest.isEmpty { throw ValueProblem("time: invalid duration \(whole)") }
    var total: Double = 0
    while !rest.isEmpty {
      let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
      guard !number.isEmpty, number != ".", let amount = Double(number.hasSuffix(".") ? number + "0" : number) else {
        throw ValueProblem("time: invalid duration \(whole)")
      }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
      if unit.isEmpty { throw ValueProblem("time: missing unit in duration \(whole)") }
      guard let nanoseconds = units[String(unit)] else {
        throw ValueProblem("time: unknown unit \(quoted(String(unit))) in duration \(whole)")
      }
      rest = rest.dropFirst(unit.count)
      total += amount * nanoseconds
    }
    guard total < 9.2e18 else { throw ValueProblem("time: invalid duration \(whole)") }
    return .nanoseconds(Int64(negative ? -total : total))
  }

  private static let units: [String: Double] = [
    "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9,
  ]

  /// One line of comma-separated values, quoted as in CSV.
  public static func commaList(_ text: String) throws(ValueProblem) -> [String] {
    if text.isEmpty { return [] }
    var out: [String] = []
    var field = ""
    var rest = Substring(text)
    while true {
      if rest.first == "\"" {
        rest = rest.dropFirst()
        while true {
          guard let next = rest.popFirst() else {
            throw ValueProblem("parse error on line 1, column \(text.utf8.count + 1): extraneous or missing \" in quoted-field")
          }
          if next != "\"" {
            field.append(next)
          } else if rest.first == "\"" {
            field.append("\"")
            rest = rest.dropFirst()
          } else {
            break
          }
        }
        if let next = rest.first, next != "," {
          throw ValueProblem("parse error on line 1, column \(text.utf8.count - rest.utf8.count): extraneous or missing \" in quoted-field")
        }
      } else {
        let plain = rest.prefix { $0 != "," }
        if let at = plain.firstIndex(of: "\"") {
          let column = text.utf8.count - rest.utf8.count + plain[..<at].utf8.count + 1
          throw ValueProblem("parse error on line 1, column \(column): bare \" in non-quoted-field")
        }
        field = String(plain)
        rest = rest.dropFirst(plain.count)
      }
      out.append(field)
      field = ""
      if rest.isEmpty { return out }
      rest = rest.dropFirst()
    }
  }

  /// A text in Go's quotes (`%q`).
  public static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default:
        if scalar.value < 32 || scalar.value == 127 {
          let hex = String(scalar.value, radix: 16)
          out += "\\x" + (hex.count < 2 ? "0" + hex : hex)
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }
}
