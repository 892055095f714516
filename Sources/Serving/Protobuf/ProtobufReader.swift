// Protobuf's wire format, read as the bytes come: tags, varints and lengths. Nothing here knows of Kubernetes.

/// Why bytes are no message, in the words of Kubernetes' own decoder.
struct ProtobufError: Error {
  let text: String

  init(_ text: String) { self.text = text }

  static let truncated = ProtobufError("unexpected EOF")
  static let overflow = ProtobufError("proto: integer overflow")
}

/// A message, or a stretch of one, read forwards.
struct ProtobufReader {
  let bytes: [UInt8]
  private var at: Int
  private let end: Int

  init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

  /// - Parameter range: within the bytes.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    at = range.lowerBound
    end = range.upperBound
  }

  /// How the bytes after a tag are to be read.
  enum Wire: Int {
    case varint, fixed64, length, groupStart, groupEnd, fixed32
  }

  struct Tag {
    let number: Int
    let wire: Wire
  }

  var isAtEnd: Bool { at == end }

  /// The next field's tag; nil at the end.
  mutating func tag() throws(ProtobufError) -> Tag? {
    guard at < end else { return nil }
    let word = try varint()
    let number = Int(Int32(truncatingIfNeeded: word >> 3))
    guard let wire = Wire(rawValue: Int(word & 7)) else { throw ProtobufError("proto: illegal wireType \(word & 7)") }
    guard number > 0 else { throw ProtobufError("proto: illegal tag \(number) (wire type \(wire.rawValue))") }
    return Tag(number: number, wire: wire)
  }

  mutating func varint() throws(ProtobufError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard shift < 64 else { throw .overflow }
      guard at < end else { throw .truncated }
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  mutating func fixed64() throws(ProtobufError) -> UInt64 {
    let range = try take(8)
    return range.reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
  }

  /// Where the bytes of a text, a message or a packed list stand.
  mutating func range() throws(ProtobufError) -> Range<Int> {
    guard let count = Int(exactly: try varint()) else { throw ProtobufError("proto: negative length found during unmarshaling") }
    return try take(count)
  }

  /// Steps over a field of no interest. Groups are none of Kubernetes', but may stand in what it doesn't know.
  mutating func skip(_ tag: Tag) throws(ProtobufError) {
    var tag = tag
    var depth = 0
    while true {
      switch tag.wire {
      case .varint: _ = try varint()
      case .fixed64: _ = try take(8)
      case .length: _ = try range()
      case .fixed32: _ = try take(4)
      case .groupStart: depth += 1
      case .groupEnd:
        guard depth > 0 else { throw ProtobufError("proto: unexpected end of group") }
        depth -= 1
      }
      if depth == 0 { return }
      guard let next = try self.tag() else { throw .truncated }
      tag = next
    }
  }

  private mutating func take(_ count: Int) throws(ProtobufError) -> Range<Int> {
    guard count <= end - at else { throw .truncated }
    defer { at += count }
    return at..<at + count
  }
}
