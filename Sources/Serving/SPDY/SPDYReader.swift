// From a session's bytes to frames. Whatever comes, it is read or refused; nothing waits for more than a control frame's bytes.

/// Reads what the other end of a session sends.
struct SPDYReader {
  private var buffer: [UInt8] = []
  private var at = 0
  private var inflater = Inflater(dictionary: SPDYDictionary.bytes, checksum: SPDYDictionary.checksum)
  /// A data frame that is arriving: it is handed on as it comes.
  private var arriving: (stream: UInt32, left: Int, isLast: Bool)?

  /// The longest control frame, and what may come of its headers.
  private static let longest = 1 << 16

  /// Takes what has come; returns the frames that are whole with it, and of a long one what there is.
  mutating func read(_ bytes: UnsafeRawBufferPointer) throws(SPDYProblem) -> [SPDYFrame] {
    buffer.append(contentsOf: bytes)
    var frames: [SPDYFrame] = []
    while let frame = try next() { frames.append(frame) }
    if at == buffer.count { buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 16) } else { buffer.removeFirst(at) }
    at = 0
    return frames
  }

  mutating func read(_ bytes: [UInt8]) throws(SPDYProblem) -> [SPDYFrame] {
    let result = bytes.withUnsafeBytes { bytes in Result { () throws(SPDYProblem) in try read(bytes) } }
    return try result.get()
  }

  private mutating func next() throws(SPDYProblem) -> SPDYFrame? {
    if arriving != nil { return data() }
    guard buffer.count - at >= 8 else { return nil }
    let (first, second) = (word(at), word(at + 4))
    let (flags, length) = (UInt8(second >> 24), Int(second & 0xFF_FFFF))
    guard first >> 31 == 1 else {
      guard first > 0 else { throw SPDYProblem("data of no stream") }
      at += 8
      arriving = (first, length, flags & 1 != 0)
      return data()
    }
    guard first >> 16 & 0x7FFF == 3 else { throw SPDYProblem("SPDY of version \(first >> 16 & 0x7FFF)") }
    guard length <= SPDYReader.longest else { throw SPDYProblem("a control frame is longer than \(SPDYReader.longest) bytes") }
    guard buffer.count - at >= 8 + length else { return nil }
    let body = buffer[(at + 8)..<(at + 8 + length)]
    at += 8 + length
    return try control(UInt16(truncatingIfNeeded: first), body, isLast: flags & 1 != 0)
  }

  /// What there is of a data frame; an empty one is told too, as it may be the last.
  private mutating func data() -> SPDYFrame? {
    guard let (stream, left, isLast) = arriving else { return nil }
    let count = min(left, buffer.count - at)
    guard count > 0 || left == 0 else { return nil }
    let bytes = Array(buffer[at..<(at + count)])
    at += count
    let isWhole = count == left
    arriving = isWhole ? nil : (stream, left - count, isLast)
    return .data(stream, bytes, isLast: isWhole && isLast)
  }

  private mutating func control(_ type: UInt16, _ body: ArraySlice<UInt8>, isLast: Bool) throws(SPDYProblem) -> SPDYFrame {
    func number(_ offset: Int) throws(SPDYProblem) -> UInt32 {
      guard body.count >= offset + 4 else { throw SPDYProblem("a control frame is too short") }
      return word(body.startIndex + offset)
    }
    func stream() throws(SPDYProblem) -> UInt32 {
      let id = try number(0) & 0x7FFF_FFFF
      guard id > 0 else { throw SPDYProblem("a frame of no stream") }
      return id
    }
    switch type {
    case 1:
      let id = try stream()
      guard body.count >= 10 else { throw SPDYProblem("a control frame is too short") }
      return .begin(id, try headers(body.dropFirst(10)), isLast: isLast)
    case 2: return .reply(try stream(), try headers(body.dropFirst(4)), isLast: isLast)
    case 3: return .reset(try stream(), SPDYReset(rawValue: try number(4)) ?? .unknown)
    case 6: return .ping(try number(0))
    case 7: return .goAway(try number(0) & 0x7FFF_FFFF)
    case 8: return .headers(try stream(), try headers(body.dropFirst(4)), isLast: isLast)
    // What a later minor version adds may be passed over.
    default: return .other
    }
  }

  /// Blocks depend on each other: each is read, whether anybody wants it or not.
  private mutating func headers(_ bytes: ArraySlice<UInt8>) throws(SPDYProblem) -> SPDYHeaders {
    let block: [UInt8]
    do throws(InflateProblem) {
      block = try inflater.inflate(Array(bytes), limit: SPDYReader.longest)
    } catch {
      throw SPDYProblem("headers: \(error.text)")
    }
    return try SPDYHeaders(block: block)
  }

  private func word(_ index: Int) -> UInt32 { buffer[index..<(index + 4)].reduce(0) { $0 << 8 | UInt32($1) } }
}
