// Bodies that come in chunks.

/// Takes a chunked body apart, however it arrives.
public struct ChunkReader: Sendable {
  private enum Place { case size, extensions, sizeEnd, data, dataEnd, dataEndNext, trailer, trailerLine, trailerEnd, over }
  private var place = Place.size
  private var size = 0
  private var digits = 0
  private var trailerBytes = 0

  public init() {}

  /// Whether the last chunk and what follows it have been read.
  public var isOver: Bool { place == .over }

  /// Reads on and appends the body's bytes; returns how many bytes were used. What follows the body is left.
  public mutating func read(_ bytes: UnsafeRawBufferPointer, into body: inout [UInt8]) throws(HTTPProblem) -> Int {
    var i = 0
    while i < bytes.count, place != .over {
      if place == .data {
        let count = min(size, bytes.count - i)
        body.append(contentsOf: bytes[i..<(i + count)])
        i += count
        size -= count
        if size == 0 { place = .dataEnd }
        continue
      }
      try step(bytes[i])
      i += 1
    }
    return i
  }

  private mutating func step(_ byte: UInt8) throws(HTTPProblem) {
    switch place {
    case .size:
      if let digit = ChunkReader.hex(byte) {
        guard digits < 8 else { throw HTTPProblem(400, "a chunk is too large") }
        size = size << 4 | digit
        digits += 1
      } else {
        guard digits > 0, byte == 13 || byte == 59 || byte == 32 else {
          throw HTTPProblem(400, "a chunk's size must be a hexadecimal number")
        }
        place = byte == 13 ? .sizeEnd : .extensions
        trailerBytes = 0
      }
    case .extensions:
      trailerBytes += 1
      guard trailerBytes < 256, byte != 10 else { throw HTTPProblem(400, "a chunk's extension is malformed") }
      if byte == 13 { place = .sizeEnd }
    case .sizeEnd:
      guard byte == 10 else { throw ChunkReader.lineEnd }
      digits = 0
      trailerBytes = 0
      place = size == 0 ? .trailer : .data
    case .dataEnd:
      guard byte == 13 else { throw ChunkReader.lineEnd }
      place = .dataEndNext
    case .dataEndNext:
      guard byte == 10 else { throw ChunkReader.lineEnd }
      place = .size
    case .trailer: place = byte == 13 ? .trailerEnd : .trailerLine
    case .trailerLine:
      trailerBytes += 1
      guard trailerBytes < 8192 else { throw HTTPProblem(431, "the trailer is too long") }
      if byte == 10 { place = .trailer }
    case .trailerEnd:
      guard byte == 10 else { throw ChunkReader.lineEnd }
      place = .over
    case .data, .over: break
    }
  }

  private static let lineEnd = HTTPProblem(400, "a chunk's line must end with CR LF")

  private static func hex(_ byte: UInt8) -> Int? {
    switch byte {
    case 48...57: Int(byte) - 48
    case 65...70: Int(byte) - 55
    case 97...102: Int(byte) - 87
    default: nil
    }
  }
}
