// zlib's streams (RFC 1950 and 1951), as SPDY's header blocks come: each ends where its bytes end, and the next goes on from it.

/// What is wrong with a compressed stream.
struct InflateProblem: Error, Equatable {
  let text: String
  init(_ text: String) { self.text = text }
}

/// Undoes the compression of one stream, piece by piece. Each piece ends with a block (what zlib calls a flush).
struct Inflater {
  private let dictionary: [UInt8]
  private let checksum: UInt32
  private var window: [UInt8] = []
  private var hasBegun = false
  private var hasEnded = false

  /// How far back a stream may refer.
  private static let reach = 1 << 15
  /// How many blocks a piece may have: whatever it says of itself costs work, whether anything comes of it or not. Those who compress begin
  /// a new one after thousands of symbols.
  private static let mostBlocks = 64

  init(dictionary: [UInt8], checksum: UInt32) {
    self.dictionary = dictionary
    self.checksum = checksum
  }

  /// - Parameter limit: how many bytes may come of it.
  mutating func inflate(_ bytes: [UInt8], limit: Int) throws(InflateProblem) -> [UInt8] {
    var input = BitReader(bytes)
    if !hasBegun { try begin(&input) }
    let start = window.count
    var blocks = Blocks(output: window, end: start + limit)
    var left = Inflater.mostBlocks
    while !hasEnded, input.hasMore {
      guard left > 0 else { throw InflateProblem("more than \(Inflater.mostBlocks) blocks") }
      left -= 1
      hasEnded = try blocks.one(&input)
    }
    let made = Array(blocks.output[start...])
    window = Array(blocks.output.suffix(Inflater.reach))
    return made
  }

  private mutating func begin(_ input: inout BitReader) throws(InflateProblem) {
    let method = try input.bits(8)
    let flags = try input.bits(8)
    guard method & 15 == 8, method >> 4 <= 7, (method << 8 | flags) % 31 == 0 else { throw InflateProblem("no zlib header") }
    hasBegun = true
    guard flags & 0x20 != 0 else { return }
    var named: UInt32 = 0
    for _ in 0..<4 { named = named << 8 | UInt32(try input.bits(8)) }
    guard named == checksum else { throw InflateProblem("unknown dictionary") }
    window = Array(dictionary.suffix(Inflater.reach))
  }
}

/// Bytes as bits, the lowest first.
private struct BitReader {
  private let bytes: [UInt8]
  private var at = 0
  private var held = 0
  private var heldCount = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether a whole byte is left. What is left of one is filling.
  var hasMore: Bool { at < bytes.count || heldCount >= 8 }

  mutating func bits(_ count: Int) throws(InflateProblem) -> Int {
    while heldCount < count {
      guard at < bytes.count else { throw InflateProblem("the compressed bytes end early") }
      held |= Int(bytes[at]) << heldCount
      at += 1
      heldCount += 8
    }
    let value = held & (1 << count - 1)
    held >>= count
    heldCount -= count
    return value
  }

  /// Drops the rest of a byte.
  mutating func align() {
    held >>= heldCount % 8
    heldCount -= heldCount % 8
  }
}

/// A Huffman code: how many symbols have each length, and the symbols in their codes' order.
private struct Code {
  private var counts = [Int](repeating: 0, count: 16)
  private var symbols: [Int]

  /// - Parameter lengths: of each symbol's code; 0: it has none.
  init(_ lengths: [Int]) throws(InflateProblem) {
    self.init(known: lengths)
    var left = 1
    for length in 1..<16 {
      left = left << 1 - counts[length]
      guard left >= 0 else { throw InflateProblem("too many codes of \(length) bits") }
    }
  }

  /// A code whose lengths are known to fit.
  init(known lengths: [Int]) {
    for length in lengths { counts[length] += 1 }
    counts[0] = 0
    var places = [Int](repeating: 0, count: 17)
    for length in 1..<16 { places[length + 1] = places[length] + counts[length] }
    symbols = [Int](repeating: 0, count: places[16])
    for (symbol, length) in lengths.enumerated() where length > 0 {
      symbols[places[length]] = symbol
      places[length] += 1
    }
  }

  func next(_ input: inout BitReader) throws(InflateProblem) -> Int {
    var (code, first, index) = (0, 0, 0)
    for length in 1..<16 {
      code |= try input.bits(1)
      if code - first < counts[length] { return symbols[index + code - first] }
      index += counts[length]
      first = (first + counts[length]) << 1
      code <<= 1
    }
    throw InflateProblem("unknown code")
  }
}

/// The blocks of RFC 1951, section 3.2.3.
private struct Blocks {
  /// What came before, and what comes.
  var output: [UInt8]
  /// How long it may become.
  let end: Int

  /// Undoes one block; whether it was the stream's last.
  mutating func one(_ input: inout BitReader) throws(InflateProblem) -> Bool {
    let isLast = try input.bits(1) == 1
    switch try input.bits(2) {
    case 0: try stored(&input)
    case 1: try packed(&input, Blocks.fixedLiterals, Blocks.fixedDistances)
    case 2:
      let (literals, distances) = try codes(&input)
      try packed(&input, literals, distances)
    default: throw InflateProblem("unknown kind of block")
    }
    return isLast
  }

  private mutating func stored(_ input: inout BitReader) throws(InflateProblem) {
    input.align()
    let count = try input.bits(16)
    guard try input.bits(16) == count ^ 0xFFFF else { throw InflateProblem("a stored block's length is damaged") }
    for _ in 0..<count { try put(UInt8(truncatingIfNeeded: try input.bits(8))) }
  }

  private mutating func put(_ byte: UInt8) throws(InflateProblem) {
    guard output.count < end else { throw InflateProblem("too much comes of it") }
    output.append(byte)
  }

  private mutating func packed(_ input: inout BitReader, _ literals: Code, _ distances: Code) throws(InflateProblem) {
    while true {
      let symbol = try literals.next(&input)
      if symbol < 256 {
        try put(UInt8(symbol))
      } else if symbol == 256 {
        return
      } else {
        guard symbol < 286 else { throw InflateProblem("unknown length") }
        let length = try Blocks.lengths[symbol - 257].read(&input)
        let reach = try distances.next(&input)
        guard reach < 30 else { throw InflateProblem("unknown distance") }
        let distance = try Blocks.distances[reach].read(&input)
        guard distance <= output.count else { throw InflateProblem("a distance reaches before the beginning") }
        for _ in 0..<length { try put(output[output.count - distance]) }
      }
    }
  }

  /// The codes that stand before a block's content, themselves in a code.
  private func codes(_ input: inout BitReader) throws(InflateProblem) -> (Code, Code) {
    let literalCount = try input.bits(5) + 257
    let distanceCount = try input.bits(5) + 1
    let lengthCount = try input.bits(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else { throw InflateProblem("too many codes") }
    var own = [Int](repeating: 0, count: 19)
    for i in 0..<lengthCount { own[Blocks.order[i]] = try input.bits(3) }
    let code = try Code(own)
    var lengths: [Int] = []
    while lengths.count < literalCount + distanceCount {
      let symbol = try code.next(&input)
      let (length, times): (Int, Int)
      switch symbol {
      case 16:
        guard let last = lengths.last else { throw InflateProblem("nothing to repeat") }
        (length, times) = (last, 3 + (try input.bits(2)))
      case 17: (length, times) = (0, 3 + (try input.bits(3)))
      case 18: (length, times) = (0, 11 + (try input.bits(7)))
      default: (length, times) = (symbol, 1)
      }
      lengths += [Int](repeating: length, count: times)
    }
    guard lengths.count == literalCount + distanceCount else { throw InflateProblem("too many lengths") }
    guard lengths[256] > 0 else { throw InflateProblem("a block has no end") }
    return (try Code(Array(lengths[..<literalCount])), try Code(Array(lengths[literalCount...])))
  }

  // MARK: Tables

  /// A number that a symbol stands for: the least of several, and the bits that choose among them.
  private struct Span {
    let least: Int
    let bits: Int
    func read(_ input: inout BitReader) throws(InflateProblem) -> Int { least + (try input.bits(bits)) }
  }

  private static let fixedLiterals = Code(
    known: [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
      + [Int](repeating: 8, count: 8))
  private static let fixedDistances = Code(known: [Int](repeating: 5, count: 30))
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  private static let lengths =
    spans(from: 3, bits: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5])
    + [Span(least: 258, bits: 0)]
  private static let distances = spans(from: 1, bits: [0, 0, 0, 0] + (1...13).flatMap { [$0, $0] })

  private static func spans(from least: Int, bits: [Int]) -> [Span] {
    var next = least
    return bits.map { bits in
      defer { next += 1 << bits }
      return Span(least: next, bits: bits)
    }
  }
}
