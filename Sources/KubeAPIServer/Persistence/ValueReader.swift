// Bytes as trees again; what was shared is shared again.

import Formats

/// Reads values that a `ValueWriter` wrote, from anywhere among them.
final class ValueReader {
  let bytes: UnsafeRawBufferPointer
  /// Where `bytes` begin in their file.
  let base: Int
  private let keys: [String]
  private var shared: [Int: Value] = [:]
  private var strings: [Int: String] = [:]
  /// Who vouches for the bytes; nil: they have been checked.
  private let blocks: BlockGuard?
  private var vouched: Range<Int>
  private static let depthLimit = 1024

  init(_ bytes: UnsafeRawBufferPointer, keys: [String], base: Int, blocks: BlockGuard? = nil) {
    self.bytes = bytes
    self.keys = keys
    self.base = base
    self.blocks = blocks
    vouched = blocks == nil ? 0..<bytes.count : 0..<0
  }

  private func vouch(_ from: Int, _ to: Int) throws(Damage) {
    if from >= vouched.lowerBound, to <= vouched.upperBound { return }
    guard let blocks else { throw Damage(offset: base + from) }
    let around = try blocks.vouch(base + from, base + to)
    vouched = max(0, around.lowerBound - base)..<min(bytes.count, around.upperBound - base)
  }

  func value(at offset: Int) throws(Damage) -> Value {
    var at = offset
    return try value(&at, 0)
  }

  private func value(_ at: inout Int, _ depth: Int) throws(Damage) -> Value {
    guard depth < ValueReader.depthLimit else { throw Damage(offset: base + at) }
    let start = at
    switch try byte(&at) {
    case ValueWriter.Tag.null: return .null
    case ValueWriter.Tag.no: return .bool(false)
    case ValueWriter.Tag.yes: return .bool(true)
    case ValueWriter.Tag.int:
      let raw = try varint(&at)
      return .int(Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1))
    case ValueWriter.Tag.number: return .number(try text(&at))
    case ValueWriter.Tag.string: return .string(try text(&at))
    case ValueWriter.Tag.sameString:
      let place = try back(&at, start)
      if let known = strings[place] { return .string(known) }
      var from = place
      guard try byte(&from) == ValueWriter.Tag.string else { throw Damage(offset: base + place) }
      let text = try text(&from)
      // Short texts need no memory of their own.
      if text.utf8.count > 15 { strings[place] = text }
      return .string(text)
    case ValueWriter.Tag.array:
      let count = try count(&at)
      var items: [Value] = []
      items.reserveCapacity(count)
      for _ in 0..<count { items.append(try value(&at, depth + 1)) }
      return .array(items)
    case ValueWriter.Tag.object:
      let count = try count(&at)
      var list: [Members.Member] = []
      list.reserveCapacity(count)
      for _ in 0..<count {
        let number = try varint(&at)
        guard number < UInt64(keys.count) else { throw Damage(offset: base + at) }
        let key = keys[Int(number)]
        if let last = list.last, !Members.precedes(last.key, key) { throw Damage(offset: base + at) }
        list.append(Members.Member(key, try value(&at, depth + 1)))
      }
      return .object(Members(sorted: list))
    case ValueWriter.Tag.same:
      let place = try back(&at, start)
      if let known = shared[place] { return known }
      var from = place
      let value = try value(&from, depth + 1)
      shared[place] = value
      return value
    default: throw Damage(offset: base + start)
    }
  }

  /// A place that was written before this one.
  private func back(_ at: inout Int, _ start: Int) throws(Damage) -> Int {
    let place = try varint(&at)
    guard place < UInt64(start) else { throw Damage(offset: base + start) }
    return Int(place)
  }

  private func text(_ at: inout Int) throws(Damage) -> String {
    let count = try count(&at)
    try vouch(at, at + count)
    defer { at += count }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[at..<at + count]), as: UTF8.self)
  }

  /// A count of things of a byte each at least, which must be there.
  private func count(_ at: inout Int) throws(Damage) -> Int {
    let count = try varint(&at)
    guard count <= UInt64(bytes.count - at) else { throw Damage(offset: base + at) }
    return Int(count)
  }

  private func byte(_ at: inout Int) throws(Damage) -> UInt8 {
    guard at < bytes.count else { throw Damage(offset: base + at) }
    try vouch(at, at + 1)
    defer { at += 1 }
    return bytes[at]
  }

  private func varint(_ at: inout Int) throws(Damage) -> UInt64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte(&at)
      guard shift < 63 || byte < 2 else { throw Damage(offset: base + at) }
      number |= UInt64(byte & 127) << shift
      if byte < 128 { return number }
      shift += 7
    }
  }
}
