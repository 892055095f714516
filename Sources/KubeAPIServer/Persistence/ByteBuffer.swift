// Numbers and texts as bytes, and back.

import APIMachinery

/// Bytes that do not say what they should: where in the file.
struct Damage: Error {
  let offset: Int
}

/// Bytes being written.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func put(_ number: UInt8) { bytes.append(number) }
  mutating func put(_ number: UInt32) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
  mutating func put(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
  mutating func put(_ number: Int64) { put(UInt64(bitPattern: number)) }
  mutating func put(_ number: Int) { put(UInt64(truncatingIfNeeded: number)) }
  mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      put(UInt32(truncatingIfNeeded: utf8.count))
      bytes.append(contentsOf: utf8)
    }
  }
  mutating func put(_ texts: [String]) {
    put(UInt32(truncatingIfNeeded: texts.count))
    for text in texts { put(text) }
  }
  mutating func put(block: [UInt8]) {
    put(block.count)
    bytes.append(contentsOf: block)
  }
}

/// Bytes being read; every read is checked.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  /// Where `bytes` begin in their file.
  let base: Int
  var at = 0

  init(_ bytes: UnsafeRawBufferPointer, base: Int = 0) {
    self.bytes = bytes
    self.base = base
  }

  var isAtEnd: Bool { at >= bytes.count }
  var damage: Damage { Damage(offset: base + at) }

  mutating func u8() throws(Damage) -> UInt8 {
    guard at < bytes.count else { throw damage }
    defer { at += 1 }
    return bytes[at]
  }
  mutating func u32() throws(Damage) -> UInt32 {
    guard bytes.count - at >= 4 else { throw damage }
    defer { at += 4 }
    return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
  }
  mutating func u64() throws(Damage) -> UInt64 {
    guard bytes.count - at >= 8 else { throw damage }
    defer { at += 8 }
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }
  /// A place in a buffer.
  mutating func place() throws(Damage) -> Int {
    guard let place = Int(exactly: try u64()) else { throw damage }
    return place
  }
  mutating func i64() throws(Damage) -> Int64 { Int64(bitPattern: try u64()) }
  /// A count of things of at least `size` bytes each, which must be there.
  mutating func count(of size: Int = 1) throws(Damage) -> Int {
    let count = try u32()
    guard Int(count) <= (bytes.count - at) / max(1, size) else { throw damage }
    return Int(count)
  }
  mutating func text() throws(Damage) -> String {
    let count = try count()
    defer { at += count }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[at..<at + count]), as: UTF8.self)
  }
  mutating func texts() throws(Damage) -> [String] {
    let count = try count(of: 4)
    var out: [String] = []
    out.reserveCapacity(count)
    for _ in 0..<count { out.append(try text()) }
    return out
  }
  mutating func block() throws(Damage) -> UnsafeRawBufferPointer {
    let count = try u64()
    guard count <= UInt64(bytes.count - at) else { throw damage }
    let start = at
    at += Int(count)
    return UnsafeRawBufferPointer(rebasing: bytes[start..<at])
  }
}
