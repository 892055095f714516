// How a snapshot lies on disk.

import APIMachinery
import Posix

/// A snapshot's layout: a header, the data in sections, a table of the sections, and a checksum for each block of data.
enum SnapshotFile {
  static let magic: [UInt8] = Array("kctlsnap".utf8)
  static let version: UInt32 = 1
  static let headerSize = 128
  static let blockSize = 1 << 16
  static let entrySize = 40

  /// The sections, in the order in which they lie.
  enum Section: Int, CaseIterable {
    case values, names, entries, hashes, hashEntries, about, agenda, notes, events
  }

  /// What an entry is found by, besides its key.
  enum Index {
    static func uid(_ uid: String) -> UInt64 { hash("u", uid) }
    static func owner(_ uid: String) -> UInt64 { hash("o", uid) }
    static func node(_ name: String) -> UInt64 { hash("n", name) }
    static func label(_ table: Int, _ namespace: String, _ key: String, _ value: String) -> UInt64 {
      var hash = start("l")
      add(&hash, String(table))
      add(&hash, namespace)
      add(&hash, key)
      add(&hash, value)
      return hash
    }

    private static func hash(_ salt: Character, _ text: String) -> UInt64 {
      var hash = start(salt)
      add(&hash, text)
      return hash
    }
    private static func start(_ salt: Character) -> UInt64 {
      (0xcbf2_9ce4_8422_2325 ^ UInt64(salt.asciiValue ?? 0)) &* 0x100_0000_01b3
    }
    private static func add(_ hash: inout UInt64, _ text: String) {
      var text = text
      text.withUTF8 { utf8 in for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 } }
      hash = (hash ^ 0xff) &* 0x100_0000_01b3
    }
  }
}

/// Blocks of a mapped file that have been held against their checksums; each is checked when it is first needed.
final class BlockGuard {
  private let bytes: UnsafeRawBufferPointer
  private let sums: UnsafeRawBufferPointer
  private var checked: [Bool]

  init(_ bytes: UnsafeRawBufferPointer, sums: UnsafeRawBufferPointer) {
    self.bytes = bytes
    self.sums = sums
    checked = Array(repeating: false, count: (bytes.count + SnapshotFile.blockSize - 1) / SnapshotFile.blockSize)
  }

  /// Vouches for a range; returns the whole range of blocks around it.
  func vouch(_ from: Int, _ to: Int) throws(Damage) -> Range<Int> {
    guard from >= 0, from <= to, to <= bytes.count else { throw Damage(offset: from) }
    let first = from / SnapshotFile.blockSize
    let last = max(first, (to - 1) / SnapshotFile.blockSize)
    if first <= last, last < checked.count {
      for block in first...last where !checked[block] {
        let start = block * SnapshotFile.blockSize
        let end = min(bytes.count, start + SnapshotFile.blockSize)
        let sum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        guard (block + 1) * 4 <= sums.count,
          sum == UInt32(littleEndian: sums.loadUnaligned(fromByteOffset: block * 4, as: UInt32.self))
        else { throw Damage(offset: start) }
        checked[block] = true
      }
    }
    return first * SnapshotFile.blockSize..<min(bytes.count, (last + 1) * SnapshotFile.blockSize)
  }
}

/// Writes a file from its beginning to its end, summing its blocks.
struct BlockSink: ~Copyable {
  private let file: Descriptor
  private(set) var written = 0
  private(set) var sums: [UInt32] = []
  private var sum = CRC32C()
  private var inBlock = 0

  init(_ path: String) throws(SystemFailure) {
    let opened = try Descriptor(path, .createNew)
    try opened.write([UInt8](repeating: 0, count: SnapshotFile.headerSize), at: 0)
    file = opened
  }

  mutating func write(_ bytes: [UInt8]) throws(SystemFailure) {
    try file.write(bytes, at: SnapshotFile.headerSize + written)
    written += bytes.count
    bytes.withUnsafeBytes { raw in
      var at = 0
      while at < raw.count {
        let end = min(raw.count, at + SnapshotFile.blockSize - inBlock)
        sum.add(UnsafeRawBufferPointer(rebasing: raw[at..<end]))
        inBlock += end - at
        at = end
        if inBlock == SnapshotFile.blockSize { closeBlock() }
      }
    }
  }

  private mutating func closeBlock() {
    sums.append(sum.value)
    sum = CRC32C()
    inBlock = 0
  }

  /// Writes the sums behind the data and the header before it, and waits for the disk.
  mutating func finish(header: (_ dataSize: Int, _ sums: [UInt8]) -> [UInt8]) throws(SystemFailure) {
    if inBlock > 0 { closeBlock() }
    var tail = ByteWriter()
    for sum in sums { tail.put(sum) }
    try file.write(tail.bytes, at: SnapshotFile.headerSize + written)
    try file.write(header(written, tail.bytes), at: 0)
    try file.sync()
  }
}
