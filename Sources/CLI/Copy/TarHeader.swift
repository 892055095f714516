// The headers of tar archives: POSIX ustar, with GNU's and pax's ways to say what is too long for it.

/// One entry of an archive.
struct TarHeader: Hashable {
  enum Kind: UInt8 {
    case file = 0x30
    case hardLink = 0x31
    case link = 0x32
    case folder = 0x35
    /// The next entry's name, where it is too long.
    case longName = 0x4C
    /// The next entry's target, where it is too long.
    case longTarget = 0x4B
    /// Fields of the next entry.
    case fields = 0x78
    /// Fields of all that follow.
    case globalFields = 0x67
    case other = 0
  }

  static let size = 512

  var name: String
  var kind: Kind
  var length = 0
  var mode: UInt32 = 0o644
  var modified: Int64 = 0
  var user: UInt32 = 0
  var group: UInt32 = 0
  /// Where a link leads.
  var target = ""

  init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  // MARK: Writing

  /// The header, behind what says its long names.
  var bytes: [UInt8] {
    var out: [UInt8] = []
    if name.utf8.count > 100 { out += TarHeader.long(name, .longName) }
    if target.utf8.count > 100 { out += TarHeader.long(target, .longTarget) }
    return out + block
  }

  private static func long(_ text: String, _ kind: Kind) -> [UInt8] {
    var header = TarHeader("././@LongLink", kind)
    let content = Array(text.utf8) + [0]
    header.length = content.count
    return header.block + content + padding(content.count)
  }

  /// What fills a content up to whole blocks.
  static func padding(_ length: Int) -> [UInt8] { [UInt8](repeating: 0, count: (size - length % size) % size) }

  private var block: [UInt8] {
    var block = [UInt8](repeating: 0, count: TarHeader.size)
    func put(_ text: [UInt8], at start: Int, _ room: Int) { for (i, byte) in text.prefix(room).enumerated() { block[start + i] = byte } }
    put(Array(name.utf8), at: 0, 100)
    put(TarHeader.octal(Int64(mode), 8), at: 100, 8)
    put(TarHeader.octal(Int64(user), 8), at: 108, 8)
    put(TarHeader.octal(Int64(group), 8), at: 116, 8)
    put(TarHeader.octal(Int64(length), 12), at: 124, 12)
    put(TarHeader.octal(modified, 12), at: 136, 12)
    block[156] = kind.rawValue
    put(Array(target.utf8), at: 157, 100)
    // GNU's magic, as its long names are used.
    put(Array("ustar  ".utf8), at: 257, 8)
    put([UInt8](repeating: 32, count: 8), at: 148, 8)
    let sum = block.reduce(0) { $0 + Int64($1) }
    put(Array(String(sum, radix: 8).paddedLeft(6).utf8) + [0, 32], at: 148, 8)
    return block
  }

  /// A number in octal digits, or where they don't suffice in binary, as GNU writes it.
  private static func octal(_ number: Int64, _ room: Int) -> [UInt8] {
    let digits = String(max(0, number), radix: 8)
    if number >= 0, digits.count < room { return Array(digits.paddedLeft(room - 1).utf8) + [0] }
    var out = [UInt8](repeating: number < 0 ? 255 : 0, count: room)
    for i in 0..<min(8, room - 1) { out[room - 1 - i] = UInt8(truncatingIfNeeded: number >> Int64(8 * i)) }
    out[0] = number < 0 ? 255 : 128
    return out
  }

  // MARK: Reading

  /// Nil where the block is no header.
  init?(_ block: [UInt8]) {
    guard block.count == TarHeader.size else { return nil }
    func text(_ start: Int, _ room: Int) -> String { String(decoding: block[start..<start + room].prefix { $0 != 0 }, as: UTF8.self) }
    guard let sum = TarHeader.number(block[148..<156]) else { return nil }
    let real = block.enumerated().reduce(Int64(0)) { $0 + Int64((148..<156).contains($1.offset) ? 32 : $1.element) }
    guard real == sum, let length = TarHeader.number(block[124..<136]), length >= 0, length < 1 << 60 else { return nil }
    name = text(0, 100)
    if text(257, 6) == "ustar", block[262] == 0 {
      let prefix = text(345, 155)
      if !prefix.isEmpty { name = prefix + "/" + name }
    }
    kind = block[156] == 0 || block[156] == 0x37 ? .file : Kind(rawValue: block[156]) ?? .other
    // What old archives say of folders.
    if kind == .file, name.hasSuffix("/") { kind = .folder }
    self.length = Int(length)
    mode = UInt32(truncatingIfNeeded: TarHeader.number(block[100..<108]) ?? 0) & 0o7777
    modified = TarHeader.number(block[136..<148]) ?? 0
    target = text(157, 100)
  }

  private static func number(_ field: ArraySlice<UInt8>) -> Int64? {
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 {
      // Binary: what doesn't fit into 64 bits is nobody's.
      guard first == 128, field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else { return first == 255 ? -1 : nil }
      let low = field.suffix(8)
      guard low.count == 8, (low.first ?? 0) < 128 else { return nil }
      return low.reduce(0) { $0 << 8 | Int64($1) }
    }
    let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
    if digits.isEmpty { return 0 }
    return Int64(String(decoding: digits, as: UTF8.self), radix: 8)
  }
}

extension String {
  fileprivate func paddedLeft(_ width: Int) -> String { String(repeating: "0", count: max(0, width - utf8.count)) + self }
}
