// Percent encoding, and the queries of URLs.

/// What URLs are written in.
public enum URLText {
  /// The text that percent signs hide; nil where they hide none, or what is no UTF-8. `plus`: in queries a plus is a space.
  public static func decoded(_ text: Substring, plus: Bool = false) -> String? {
    guard text.utf8.contains(where: { $0 == 37 || plus && $0 == 43 }) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == 43, plus {
        bytes.append(32)
      } else if byte == 37 {
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A text as one part of a path or of a query.
  public static func encoded(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 45, 46, 95, 126: bytes.append(byte)
      default: bytes += [37, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `a=1&b=2`, taken apart.
  public static func query(_ text: String) -> [(name: String, value: String)]? {
    var pairs: [(String, String)] = []
    for part in text.split(separator: "&") {
      let equals = part.firstIndex(of: "=")
      guard let name = decoded(part[..<(equals ?? part.endIndex)], plus: true),
        let value = decoded(equals.map { part[part.index(after: $0)...] } ?? "", plus: true)
      else { return nil }
      pairs.append((name, value))
    }
    return pairs
  }

  public static func query(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
