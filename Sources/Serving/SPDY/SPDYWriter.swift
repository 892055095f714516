// From frames to bytes. Headers are sent as zlib's stored blocks: the few that we send are not worth compressing.

/// Writes one end's frames.
struct SPDYWriter {
  private var hasBegun = false

  mutating func bytes(_ frame: SPDYFrame) -> [UInt8] {
    switch frame {
    case .begin(let id, let headers, let isLast):
      return SPDYWriter.control(1, Self.bytes(of: id) + [0, 0, 0, 0, 0, 0] + packed(headers), isLast: isLast)
    case .reply(let id, let headers, let isLast): return SPDYWriter.control(2, Self.bytes(of: id) + packed(headers), isLast: isLast)
    case .data(let id, let bytes, let isLast): return Self.bytes(of: id) + SPDYWriter.length(bytes.count, isLast: isLast) + bytes
    case .reset(let id, let why): return SPDYWriter.control(3, Self.bytes(of: id) + Self.bytes(of: why.rawValue))
    case .ping(let id): return SPDYWriter.control(6, Self.bytes(of: id))
    case .goAway(let last): return SPDYWriter.control(7, Self.bytes(of: last) + [0, 0, 0, 0])
    case .headers(let id, let headers, let isLast): return SPDYWriter.control(8, Self.bytes(of: id) + packed(headers), isLast: isLast)
    case .other: return []
    }
  }

  private static func control(_ type: UInt8, _ body: [UInt8], isLast: Bool = false) -> [UInt8] {
    [0x80, 3, 0, type] + length(body.count, isLast: isLast) + body
  }

  private static func length(_ count: Int, isLast: Bool) -> [UInt8] {
    bytes(of: UInt32(truncatingIfNeeded: count) & 0xFF_FFFF | (isLast ? 0x0100_0000 : 0))
  }

  private mutating func packed(_ headers: SPDYHeaders) -> [UInt8] {
    var out: [UInt8] = []
    if !hasBegun { out += [0x78, 0xBB] + Self.bytes(of: SPDYDictionary.checksum) }
    hasBegun = true
    var rest = headers.block[...]
    while !rest.isEmpty {
      out += SPDYWriter.stored(rest.prefix(0xFFFF))
      rest = rest.dropFirst(0xFFFF)
    }
    // Go's reader hands on what it has at an empty block.
    return out + SPDYWriter.stored([])
  }

  private static func stored(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let (low, high) = (UInt8(bytes.count & 255), UInt8(bytes.count >> 8))
    return [0, low, high, ~low, ~high] + bytes
  }

  static func bytes(of word: UInt32) -> [UInt8] {
    [UInt8(word >> 24), UInt8(word >> 16 & 255), UInt8(word >> 8 & 255), UInt8(word & 255)]
  }
}
