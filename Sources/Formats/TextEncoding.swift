// Bytes to text: byte order marks, UTF-16, and the characters that YAML refuses.

enum TextEncoding {
  /// Bytes without a UTF-8 byte order mark; UTF-16 is turned into UTF-8.
  static func utf8(_ bytes: [UInt8]) -> (text: [UInt8], problem: String?) {
    guard bytes.count >= 2 else { return (bytes, nil) }
    if bytes[0] == 0xFF && bytes[1] == 0xFE { return utf16(bytes, low: 0, high: 1) }
    if bytes[0] == 0xFE && bytes[1] == 0xFF { return utf16(bytes, low: 1, high: 0) }
    return (bytes, nil)
  }

  private static func utf16(_ bytes: [UInt8], low: Int, high: Int) -> (text: [UInt8], problem: String?) {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    func unit(_ i: Int) -> UInt32 { UInt32(bytes[i + low]) | UInt32(bytes[i + high]) << 8 }
    var i = 2
    while i < bytes.count {
      guard i + 1 < bytes.count else { return (out, "incomplete UTF-16 character") }
      var code = unit(i)
      i += 2
      if code & 0xFC00 == 0xDC00 { return (out, "unexpected low surrogate area") }
      if code & 0xFC00 == 0xD800 {
        guard i + 1 < bytes.count else { return (out, "incomplete UTF-16 surrogate pair") }
        let second = unit(i)
        guard second & 0xFC00 == 0xDC00 else { return (out, "expected low surrogate area") }
        code = 0x10000 + (code & 0x3FF) << 10 + second & 0x3FF
        i += 2
      }
      appendScalar(code, to: &out)
    }
    return (out, nil)
  }

  /// Appends a character's UTF-8. What is no character becomes U+FFFD.
  static func appendScalar(_ code: UInt32, to out: inout [UInt8]) {
    out.append(contentsOf: UTF8.encode(Unicode.Scalar(code) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter)
  }

  /// The first byte that YAML refuses, and why: broken UTF-8 and control characters.
  static func firstProblem(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> (offset: Int, problem: String)? {
    var i = start
    let count = bytes.count
    while i < count {
      let byte = bytes[i]
      if byte < 0x80 {
        if byte >= 0x20 ? byte == 0x7F : !(byte == 0x0A || byte == 0x09 || byte == 0x0D) {
          return (i, "control characters are not allowed")
        }
        i += 1
        continue
      }
      let width = byte & 0xE0 == 0xC0 ? 2 : byte & 0xF0 == 0xE0 ? 3 : byte & 0xF8 == 0xF0 ? 4 : 0
      if width == 0 { return (i, "invalid leading UTF-8 octet") }
      if i + width > count { return (i, "incomplete UTF-8 octet sequence") }
      var code = UInt32(byte) & (0xFF >> UInt32(width + 1))
      for k in 1..<width {
        let next = bytes[i + k]
        if next & 0xC0 != 0x80 { return (i + k, "invalid trailing UTF-8 octet") }
        code = code << 6 | UInt32(next & 0x3F)
      }
      if code < (width == 2 ? 0x80 : width == 3 ? 0x800 : 0x10000) { return (i, "invalid length of a UTF-8 sequence") }
      if (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF { return (i, "invalid Unicode character") }
      if !isPrintable(code) { return (i, "control characters are not allowed") }
      i += width
    }
    return nil
  }

  /// Whether YAML lets a character stand in a text unescaped.
  @inline(__always) static func isPrintable(_ code: UInt32) -> Bool {
    switch code {
    case 0x09, 0x0A, 0x0D, 0x85, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }
}
