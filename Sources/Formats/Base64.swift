// Base64, as YAML's binary scalars hold it.

/// Base64 as `!!binary` holds it.
enum Base64 {
  /// The bytes of a text with padding; line breaks are stepped over. Nil for what is no base64.
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
