import Formats

// Values as Go's fmt package shows them, for the messages of Kubernetes that do.

/// A string as `%q` shows it.
public func goQuoted(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\t": out += "\\t"
    case "\r": out += "\\r"
    case "\u{07}": out += "\\a"
    case "\u{08}": out += "\\b"
    case "\u{0c}": out += "\\f"
    case "\u{0b}": out += "\\v"
    default:
      if scalar.value < 0x20 || scalar.value == 0x7f {
        out += "\\x" + hex(scalar.value, 2)
      } else if isUnprintable(scalar) {
        out += scalar.value > 0xffff ? "\\U" + hex(scalar.value, 8) : "\\u" + hex(scalar.value, 4)
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
  }
  return out + "\""
}

private func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
  case .spaceSeparator: scalar != " "
  default: false
  }
}

private func hex(_ value: UInt32, _ width: Int) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension Value {
  /// As `%v` shows it: `map[a:b c:map[d:1]]`, `[1 2]`, `<nil>`.
  public var goValue: String {
    switch self {
    case .null: "<nil>"
    case .bool(let b): b ? "true" : "false"
    case .int(let i): String(i)
    case .number(let n): n
    case .string(let s): s
    case .array(let items): "[" + items.map(\.goValue).joined(separator: " ") + "]"
    case .object(let members): "map[" + members.map { "\($0.key):\($0.value.goValue)" }.joined(separator: " ") + "]"
    }
  }

  /// A string map as `%#v` shows it: `map[string]string{"app":"b"}`; `map[string]string(nil)` where there is none.
  public var goStringMap: String {
    guard case .object(let members) = self else { return "map[string]string(nil)" }
    return "map[string]string{" + members.map { "\(goQuoted($0.key)):\(goQuoted($0.value.text))" }.joined(separator: ", ") + "}"
  }

  /// A list of strings as `%#v` shows it: `[]string{"a", "b"}`; `[]string(nil)` where there is none.
  public var goStringList: String {
    guard case .array(let items) = self else { return "[]string(nil)" }
    return "[]string{" + items.map { goQuoted($0.text) }.joined(separator: ", ") + "}"
  }

  /// A `LabelSelector` as `%#v` shows it: `v1.LabelSelector{MatchLabels:…, MatchExpressions:…}`.
  public var goLabelSelector: String {
    var expressions = "[]v1.LabelSelectorRequirement(nil)"
    if let list = self["matchExpressions"].array {
      let shown = list.map {
        "v1.LabelSelectorRequirement{Key:\(goQuoted($0["key"].text)), Operator:\(goQuoted($0["operator"].text)), Values:\($0["values"].goStringList)}"
      }
      expressions = "[]v1.LabelSelectorRequirement{\(shown.joined(separator: ", "))}"
    }
    return "v1.LabelSelector{MatchLabels:\(self["matchLabels"].goStringMap), MatchExpressions:\(expressions)}"
  }
}
