// The scanner's words: tokens, scalar styles, character classes.

/// How a scalar was written.
public enum ScalarStyle: UInt8, Sendable {
  case plain, singleQuoted, doubleQuoted, literal, folded
}

/// A word of a YAML text. Places are byte offsets; `line` counts from 0.
struct YAMLToken {
  enum Kind: UInt8 {
    case streamEnd, directive, documentStart, documentEnd
    case blockSequenceStart, blockMappingStart, blockEnd, blockEntry
    case flowSequenceStart, flowSequenceEnd, flowMappingStart, flowMappingEnd, flowEntry
    case key, value, alias, anchor, tag, scalar
  }

  var kind: Kind
  var style = ScalarStyle.plain
  /// Scalars: -1 when the text is the source's bytes from `start` to `end`, else its place in the scanner's `texts`.
  /// Tags and directives: their place in the scanner's tables.
  var extra: Int32 = -1
  var start: Int
  var end: Int
  var line: Int

  /// Where the token begins, an opening quote included.
  var place: Int { extra < 0 && (style == .singleQuoted || style == .doubleQuoted) ? start - 1 : start }
}

/// A `%` line.
enum YAMLDirective {
  case version(major: Int, minor: Int)
  case tag(handle: String, prefix: String)
  case unknown
}

/// Why the reader cannot go on: go-yaml's words, the lines that it counts, and our own place.
struct YAMLFailure {
  enum Origin { case scanner, parser, reader }
  var problem: String
  var origin: Origin
  /// Lines from 0: of the problem, and of what was being read.
  var line = 0
  var contextLine = 0
  /// Where our own hint points.
  var offset: Int
}

/// Thrown where a `YAMLFailure` has been noted.
struct Stop: Error {}

/// What a byte can mean to the scanner, as bits.
enum CharacterClass {
  static let blank: UInt8 = 1
  static let flowIndicator: UInt8 = 2
  /// May end a plain scalar outside of flow collections, or begin a line break of YAML 1.1 (NEL, LS, PS).
  static let plainStop: UInt8 = 4
  /// May end a plain scalar in a flow collection.
  static let flowStop: UInt8 = 8
  /// Letters, digits, `_` and `-`.
  static let word: UInt8 = 16
  /// May stand in a tag beside `word`.
  static let uri: UInt8 = 32
  /// A line break, or the first byte of one in YAML 1.1.
  static let lineEnd: UInt8 = 64

  /// 256 rows, made once and never freed.
  nonisolated(unsafe) static let table: UnsafePointer<UInt8> = {
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    table.initialize(repeating: 0, count: 256)
    func mark(_ bytes: String, _ bits: UInt8) {
      for byte in bytes.utf8 { table[Int(byte)] |= bits }
    }
    mark(" \t", blank | plainStop | flowStop)
    mark("\n\r", lineEnd | plainStop | flowStop)
    mark("\0:", plainStop | flowStop)
    mark(",[]{}", flowIndicator | flowStop)
    mark("?", flowStop)
    mark("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-", word)
    mark(";/?:@&=+$.~*'()%", uri)
    for byte in [0xC2, 0xE2] { table[byte] |= lineEnd | plainStop | flowStop }
    return UnsafePointer(table)
  }()
}
