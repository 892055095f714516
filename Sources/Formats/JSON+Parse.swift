// Reading JSON with the errors of Go's encoding/json.

extension JSON {
  /// How deeply arrays and objects may stand in each other.
  public static let depthLimit = 512

  /// A tree and the keys that stand twice in it.
  public struct Document: Hashable, Sendable {
    public let value: Value
    public let duplicates: [Duplicate]
  }

  /// The one value of a text. Of a key's values the last stays.
  public static func parse(_ bytes: [UInt8]) throws(ParseError) -> Value {
    var reader = Reader(bytes)
    return try reader.only()
  }

  /// The one value of a text. Of a key's values the last stays.
  public static func parse(_ text: String) throws(ParseError) -> Value { try parse(Array(text.utf8)) }

  /// The one value of a text, with the keys that stand twice.
  public static func document(_ bytes: [UInt8]) throws(ParseError) -> Document {
    var reader = Reader(bytes, reportsDuplicates: true)
    let value = try reader.only()
    return Document(value: value, duplicates: reader.duplicates)
  }

  /// Reads values that stand one after another in a text.
  public struct Reader {
    private let bytes: [UInt8]
    private var offset = 0
    private let reportsDuplicates: Bool
    /// Keys that stood twice so far, if asked for.
    public private(set) var duplicates: [Duplicate] = []

    public init(_ bytes: [UInt8], reportsDuplicates: Bool = false) {
      self.bytes = bytes
      self.reportsDuplicates = reportsDuplicates
    }

    /// The next value, or nil at the end of the text.
    public mutating func next() throws(ParseError) -> Value? {
      try read { parser throws(ParseError) in
        parser.skipSpace()
        guard parser.at < parser.bytes.count else { return Value?.none }
        return try parser.value()
      }
    }

    /// Where the next value is looked for.
    public var nextOffset: Int { offset }

    mutating func only() throws(ParseError) -> Value {
      try read { parser throws(ParseError) in
        let value = try parser.value()
        parser.skipSpace()
        if parser.at < parser.bytes.count { throw parser.invalid("after top-level value") }
        return value
      }
    }

    private mutating func read<T>(_ body: (inout JSONParser) throws(ParseError) -> T) throws(ParseError) -> T {
      let start = offset
      let (result, end, found) = bytes.withUnsafeBufferPointer { buffer in
        var parser = JSONParser(bytes: buffer, at: start, reportsDuplicates: reportsDuplicates)
        let result: Result<T, ParseError>
        do throws(ParseError) { result = .success(try body(&parser)) } catch { result = .failure(error) }
        return (result, parser.at, parser.duplicates)
      }
      offset = end
      duplicates += found
      return try result.get()
    }
  }
}
