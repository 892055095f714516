// JSON text: writing a tree as Go's encoding/json writes it.

/// JSON text, read and written as Go's encoding/json does.
public enum JSON {
  /// Compact text, members in key order, strings escaped as Go's encoding/json does (`<`, `>`, `&` as \u003c …).
  public static func text(_ value: Value) -> String {
    var writer = JSONWriter()
    defer { writer.free() }
    writer.write(value)
    return writer.string
  }

  /// Text with a member or element a line, as `kubectl -o json` prints it; no line end after the last line.
  public static func pretty(_ value: Value, indent: Int = 4) -> String {
    var writer = JSONWriter()
    defer { writer.free() }
    writer.write(value, indent: indent, depth: 0)
    return writer.string
  }

  /// A string in quotes, escaped as Go's encoding/json does.
  public static func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    defer { writer.free() }
    writer.quote(text)
    return writer.string
  }

  /// Appends a tree's compact text.
  public static func write(_ value: Value, to out: inout [UInt8]) {
    var writer = JSONWriter()
    defer { writer.free() }
    writer.write(value)
    out.append(contentsOf: writer.bytes)
  }

  /// Appends elements of a list from a place on, with commas between all of them, each without some of its own members, until so many
  /// bytes are there or the list ends. Returns the place where it goes on.
  public static func writeItems(_ items: [Value], from start: Int, leavingOut keys: [String], to out: inout [UInt8], upTo bytes: Int) -> Int
  {
    var writer = JSONWriter(capacity: bytes + bytes / 8)
    defer { writer.free() }
    var i = start
    while i < items.count, writer.count < bytes {
      if i > 0 { writer.comma() }
      writer.write(items[i], leavingOut: keys)
      i += 1
    }
    out.append(contentsOf: writer.bytes)
    return i
  }

  /// Appends a tree's text with a member or element a line, `depth` levels in.
  public static func write(_ value: Value, to out: inout [UInt8], indent: Int, depth: Int = 0) {
    var writer = JSONWriter()
    defer { writer.free() }
    writer.write(value, indent: indent, depth: depth)
    out.append(contentsOf: writer.bytes)
  }

  /// Appends a string in quotes, escaped as Go's encoding/json does.
  public static func writeQuoted(_ text: String, to out: inout [UInt8]) {
    var writer = JSONWriter()
    defer { writer.free() }
    writer.quote(text)
    out.append(contentsOf: writer.bytes)
  }
}

/// The lower-case digit of 0 to 15.
func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
