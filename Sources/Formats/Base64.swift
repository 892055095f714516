// Base64 in the standard alphabet with padding.

/// Standard base64.
public enum Base64 {
  /// The sixty-four, in their order.
  public static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  public static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    for i in stride(from: 0, to: bytes.count, by: 3) {
      let left = bytes.count - i
      let b1 = left > 1 ? bytes[i + 1] : 0
      let b2 = left > 2 ? bytes[i + 2] : 0
      out.append(alphabet[Int(bytes[i] >> 2)])
      out.append(alphabet[Int((bytes[i] & 3) << 4 | b1 >> 4)])
      out.append(left > 1 ? alphabet[Int((b1 & 15) << 2 | b2 >> 6)] : UInt8(ascii: "="))
      out.append(left > 2 ? alphabet[Int(b2 & 63)] : UInt8(ascii: "="))
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes of a text with padding, as YAML's `!!binary` holds it; line breaks are stepped over. Nil for what is no base64.
  static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text where byte != 0x0A && byte != 0x0D {
      let digit: UInt32
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = UInt32(byte - 65)
      case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt32(byte - 71)
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(byte + 4)
      case UInt8(ascii: "+"): digit = 62
      case UInt8(ascii: "/"): digit = 63
      case UInt8(ascii: "="):
        padding += 1
        digit = 0
      default: return nil
      }
      if padding > 0 && byte != UInt8(ascii: "=") { return nil }
      bits = bits << 6 | digit
      count += 1
      if count % 4 == 0 {
        out += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits)]
      }
    }
    guard count % 4 == 0, padding <= 2 else { return nil }
    out.removeLast(min(padding, out.count))
    return out
  }
}
