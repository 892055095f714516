// JSON text: writing a tree as Go's encoding/json writes it.

/// JSON text, read and written as Go's encoding/json does.
public enum JSON {
  /// Compact text, members in key order, strings escaped as Go's encoding/json does (`<`, `>`, `&` as \u003c …).
  public static func text(_ value: Value) -> String {
    var out: [UInt8] = []
    write(value, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Text with a member or element a line, as `kubectl -o json` prints it; no line end after the last line.
  public static func pretty(_ value: Value, indent: Int = 4) -> String {
    var out: [UInt8] = []
    write(value, to: &out, indent: indent)
    return String(decoding: out, as: UTF8.self)
  }

  /// A string in quotes, escaped as Go's encoding/json does.
  public static func quoted(_ text: String) -> String {
    var out: [UInt8] = []
    writeQuoted(text, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Appends a tree's compact text.
  public static func write(_ value: Value, to out: inout [UInt8]) {
    switch value {
    case .null: out.append(contentsOf: [0x6E, 0x75, 0x6C, 0x6C])
    case .bool(true): out.append(contentsOf: [0x74, 0x72, 0x75, 0x65])
    case .bool(false): out.append(contentsOf: [0x66, 0x61, 0x6C, 0x73, 0x65])
    case .int(let number): writeInt(number, to: &out)
    case .number(let text): out.append(contentsOf: text.utf8)
    case .string(let text): writeQuoted(text, to: &out)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      var first = true
      for item in items {
        if !first { out.append(UInt8(ascii: ",")) }
        first = false
        write(item, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      var first = true
      for member in members.list {
        if !first { out.append(UInt8(ascii: ",")) }
        first = false
        writeQuoted(member.key, to: &out)
        out.append(UInt8(ascii: ":"))
        write(member.value, to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// Appends a tree's text with a member or element a line, `depth` levels in.
  public static func write(_ value: Value, to out: inout [UInt8], indent: Int, depth: Int = 0) {
    switch value {
    case .array(let items) where !items.isEmpty:
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        startLine(indent * (depth + 1), &out)
        write(item, to: &out, indent: indent, depth: depth + 1)
      }
      startLine(indent * depth, &out)
      out.append(UInt8(ascii: "]"))
    case .object(let members) where !members.isEmpty:
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.list.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        startLine(indent * (depth + 1), &out)
        writeQuoted(member.key, to: &out)
        out.append(UInt8(ascii: ":"))
        out.append(0x20)
        write(member.value, to: &out, indent: indent, depth: depth + 1)
      }
      startLine(indent * depth, &out)
      out.append(UInt8(ascii: "}"))
    default: write(value, to: &out)
    }
  }

  private static func startLine(_ spaces: Int, _ out: inout [UInt8]) {
    out.append(0x0A)
    out.append(contentsOf: repeatElement(0x20, count: spaces))
  }

  private static func writeInt(_ number: Int64, to out: inout [UInt8]) {
    if number >= 0 && number < 10 {
      out.append(0x30 + UInt8(truncatingIfNeeded: number))
      return
    }
    var rest = number.magnitude
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var at = 20
      repeat {
        at -= 1
        digits[at] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      if number < 0 { out.append(UInt8(ascii: "-")) }
      out.append(contentsOf: UnsafeBufferPointer(rebasing: digits[at..<20]))
    }
  }

  /// Appends a string in quotes, escaped as Go's encoding/json does.
  public static func writeQuoted(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    let done: Void? = text.utf8.withContiguousStorageIfAvailable { writeEscaped($0, to: &out) }
    if done == nil { Array(text.utf8).withUnsafeBufferPointer { writeEscaped($0, to: &out) } }
    out.append(UInt8(ascii: "\""))
  }

  @inline(__always) private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x22 && byte != 0x5C && byte != 0x26 && byte != 0x3C && byte != 0x3E && byte != 0xE2
  }

  private static func writeEscaped(_ bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
    var start = 0
    var i = 0
    while i < bytes.count {
      let byte = bytes[i]
      if isPlain(byte) {
        i += 1
        continue
      }
      // U+2028 and U+2029, which end a line in JavaScript, are E2 80 A8 and E2 80 A9.
      let ends = byte == 0xE2 && i + 2 < bytes.count && bytes[i + 1] == 0x80 && bytes[i + 2] & 0xFE == 0xA8
      if byte == 0xE2 && !ends {
        i += 1
        continue
      }
      out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<i]))
      out.append(UInt8(ascii: "\\"))
      switch byte {
      case 0x22, 0x5C: out.append(byte)
      case 0x08: out.append(UInt8(ascii: "b"))
      case 0x0C: out.append(UInt8(ascii: "f"))
      case 0x0A: out.append(UInt8(ascii: "n"))
      case 0x0D: out.append(UInt8(ascii: "r"))
      case 0x09: out.append(UInt8(ascii: "t"))
      case 0xE2:
        out.append(contentsOf: [0x75, 0x32, 0x30, 0x32, bytes[i + 2] == 0xA8 ? 0x38 : 0x39])
        i += 2
      default:
        out.append(contentsOf: [0x75, 0x30, 0x30, hexDigit(byte >> 4), hexDigit(byte & 15)])
      }
      i += 1
      start = i
    }
    out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
  }
}

/// The lower-case digit of 0 to 15.
func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
