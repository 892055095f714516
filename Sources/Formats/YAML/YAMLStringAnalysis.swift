// How a string may be written: plain, quoted or literal, as go-yaml decides.

struct YAMLStringAnalysis {
  typealias Bytes = UnsafeBufferPointer<UInt8>

  private(set) var allowsPlain = true
  private(set) var allowsSingleQuotes = true
  private(set) var allowsLiteral = true
  private(set) var isMultiline = false

  init(_ text: Bytes) {
    guard let first = text.first, let last = text.last else {
      allowsLiteral = false
      return
    }
    var hasIndicators =
      text.count >= 3 && text[0] == text[1] && text[1] == text[2] && (first == UInt8(ascii: "-") || first == UInt8(ascii: "."))
    var hasSpecials = false
    var breakThenSpace = false
    var spaceThenBreak = false
    var afterBlank = true
    var wasSpace = false
    var wasBreak = false
    var lastIsBreak = false
    var i = 0
    while i < text.count {
      let byte = text[i]
      let width = Self.width(byte)
      let next = i + width
      let beforeBlank = next >= text.count || text[next] == 0x20 || text[next] == 0x09
      switch byte {
      case UInt8(ascii: "#"): if i == 0 || afterBlank { hasIndicators = true }
      case UInt8(ascii: ":"): if beforeBlank { hasIndicators = true }
      case UInt8(ascii: "?"), UInt8(ascii: "-"): if i == 0 && beforeBlank { hasIndicators = true }
      case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "&"),
        UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "'"), UInt8(ascii: "\""),
        UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"):
        if i == 0 { hasIndicators = true }
      default: break
      }
      if !Self.isPrintable(text, i) { hasSpecials = true }
      let breakWidth = Self.breakWidth(text, i)
      lastIsBreak = breakWidth > 0
      if byte == 0x20 {
        if wasBreak { breakThenSpace = true }
        wasSpace = true
        wasBreak = false
      } else if breakWidth > 0 {
        isMultiline = true
        if wasSpace { spaceThenBreak = true }
        wasSpace = false
        wasBreak = true
      } else {
        wasSpace = false
        wasBreak = false
      }
      afterBlank = byte == 0x20 || byte == 0x09 || breakWidth > 0
      i = next
    }
    if first == 0x20 || last == 0x20 || isMultiline || hasIndicators || Self.breakWidth(text, 0) > 0 || lastIsBreak { allowsPlain = false }
    if last == 0x20 { allowsLiteral = false }
    if breakThenSpace {
      allowsPlain = false
      allowsSingleQuotes = false
    }
    if spaceThenBreak || hasSpecials {
      allowsPlain = false
      allowsSingleQuotes = false
      allowsLiteral = false
    }
  }

  /// The style of a string's text. A string that would be read as something else is quoted.
  func style(of text: Bytes, isKey: Bool) -> ScalarStyle {
    var style = ScalarStyle.plain
    if text.contains(0x0A) {
      style = .literal
    } else if !Self.staysString(text) {
      style = .doubleQuoted
    }
    if isKey && isMultiline { style = .doubleQuoted }
    if style == .plain && !allowsPlain { style = .singleQuoted }
    if style == .singleQuoted && !allowsSingleQuotes { style = .doubleQuoted }
    if style == .literal && (!allowsLiteral || isKey) { style = .doubleQuoted }
    return style
  }

  /// Whether the text, written plain, is read as a string by YAML 1.1's readers.
  static func staysString(_ text: Bytes) -> Bool {
    guard case .value(.string) = YAMLResolver.yaml11(text) else { return false }
    return !YAMLTimestamp.isTimestamp(text) && !YAMLTimestamp.isBase60(text)
  }

  /// A word that needs no thought: no blank, nothing special, and no first letter of a number or a word with a meaning.
  static func isPlainWord(_ text: Bytes) -> Bool {
    guard let first = text.first else { return false }
    switch first {
    case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"),
      UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"):
      if text.count <= 5 { return false }
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "/"), UInt8(ascii: "_"): break
    default: return false
    }
    for byte in text {
      if CharacterClass.table[Int(byte)] & CharacterClass.word == 0 && byte != UInt8(ascii: ".") && byte != UInt8(ascii: "/") {
        return false
      }
    }
    return true
  }

  static func hasBreak(_ text: String) -> Bool {
    let found = text.utf8.withContiguousStorageIfAvailable { bytes in bytes.indices.contains { breakWidth(bytes, $0) > 0 } }
    return found ?? Array(text.utf8).withUnsafeBufferPointer { bytes in bytes.indices.contains { breakWidth(bytes, $0) > 0 } }
  }

  /// Whether the last character is a line break, and whether the one before it is one too (or there is none).
  static func finalBreaks(_ text: Bytes) -> (last: Bool, beforeLast: Bool) {
    var i = text.count - 1
    while i > 0 && text[i] & 0xC0 == 0x80 { i -= 1 }
    guard i >= 0, breakWidth(text, i) > 0 else { return (false, false) }
    if i == 0 { return (true, true) }
    i -= 1
    while i > 0 && text[i] & 0xC0 == 0x80 { i -= 1 }
    return (true, breakWidth(text, i) > 0)
  }

  /// How many bytes the character that begins with this one has.
  @inline(__always) static func width(_ byte: UInt8) -> Int { byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4 }

  /// The length of the line break here by YAML 1.1, 0 for none.
  @inline(__always) static func breakWidth(_ text: Bytes, _ i: Int) -> Int {
    switch text[i] {
    case 0x0A, 0x0D: 1
    case 0xC2: i + 1 < text.count && text[i + 1] == 0x85 ? 2 : 0
    case 0xE2: i + 2 < text.count && text[i + 1] == 0x80 && text[i + 2] & 0xFE == 0xA8 ? 3 : 0
    default: 0
    }
  }

  /// Whether go-yaml writes the character here as it is. Tabs and what lies beyond U+FFFF it escapes.
  @inline(__always) static func isPrintable(_ text: Bytes, _ i: Int) -> Bool {
    let byte = text[i]
    if byte < 0x80 { return byte == 0x0A || (byte >= 0x20 && byte <= 0x7E) }
    let second = i + 1 < text.count ? text[i + 1] : 0
    let third = i + 2 < text.count ? text[i + 2] : 0
    switch byte {
    case 0xC2: return second >= 0xA0
    case 0xC3...0xEC, 0xEE: return true
    case 0xED: return second < 0xA0
    case 0xEF: return !(second == 0xBB && third == 0xBF) && !(second == 0xBF && third >= 0xBE)
    default: return false
    }
  }
}
