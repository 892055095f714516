// Trees as bytes: keys by number, repeated texts and shared subtrees once.

import Formats

/// Writes values one after another. A subtree that several values share in memory is written once; later ones point back to it.
struct ValueWriter {
  enum Tag {
    static let null: UInt8 = 0
    static let no: UInt8 = 1
    static let yes: UInt8 = 2
    static let int: UInt8 = 3
    static let number: UInt8 = 4
    static let string: UInt8 = 5
    static let sameString: UInt8 = 6
    static let array: UInt8 = 7
    static let object: UInt8 = 8
    static let same: UInt8 = 9
  }

  private(set) var bytes: [UInt8] = []
  /// Every key that occurs, in the order of its first occurrence.
  private(set) var keys: [String] = []
  private var keyNumbers: [String: Int] = [:]
  /// The keys that were looked up last.
  private var recentKeys: [(key: String, number: Int)] = Array(repeating: ("", -1), count: 512)
  private var shared: [UnsafeRawPointer: Int] = [:]
  private var recentStrings: [Int] = Array(repeating: -1, count: 8192)

  init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// Appends a value; returns where it begins. The value must stay alive until the last one is written.
  mutating func write(_ value: Value) -> Int {
    let start = bytes.count
    put(value, below: nil, shares: false)
    return start
  }

  /// What templates, pods and their owners share lies a few levels below spec and metadata; a status is nobody else's.
  private static let sharingDepth = 4

  /// `below`: how many levels down subtrees may still be shared.
  private mutating func put(_ value: Value, below: Int?, shares: Bool) {
    switch value {
    case .null: bytes.append(Tag.null)
    case .bool(let flag): bytes.append(flag ? Tag.yes : Tag.no)
    case .int(let number):
      bytes.append(Tag.int)
      varint(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    case .number(let text): put(text, Tag.number)
    case .string(let text): put(text)
    case .array(let items):
      if shares, putSame(value.identity) { return }
      bytes.append(Tag.array)
      varint(UInt64(items.count))
      for item in items { put(item, below: 0, shares: false) }
    case .object(let members):
      if shares, putSame(members.identity) { return }
      bytes.append(Tag.object)
      varint(UInt64(members.count))
      for member in members {
        varint(UInt64(number(of: member.key)))
        if let below {
          put(member.value, below: max(0, below - 1), shares: below > 0)
        } else {
          put(member.value, below: member.key == "status" ? 0 : ValueWriter.sharingDepth, shares: false)
        }
      }
    }
  }

  /// Points back to a subtree that was written before; otherwise remembers where this one begins.
  private mutating func putSame(_ identity: UnsafeRawPointer?) -> Bool {
    guard let identity else { return false }
    if let offset = shared[identity] {
      bytes.append(Tag.same)
      varint(UInt64(offset))
      return true
    }
    shared[identity] = bytes.count
    return false
  }

  private mutating func put(_ text: String, _ tag: UInt8) {
    var text = text
    text.withUTF8 { utf8 in
      bytes.append(tag)
      varint(UInt64(utf8.count))
      bytes.append(contentsOf: utf8)
    }
  }

  private mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      guard utf8.count > 4 else {
        bytes.append(Tag.string)
        bytes.append(UInt8(utf8.count))
        bytes.append(contentsOf: utf8)
        return
      }
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      let slot = Int((hash ^ (hash >> 29)) & 8191)
      let offset = recentStrings[slot]
      if offset >= 0, holds(utf8, at: offset) {
        bytes.append(Tag.sameString)
        varint(UInt64(offset))
        return
      }
      recentStrings[slot] = bytes.count
      bytes.append(Tag.string)
      varint(UInt64(utf8.count))
      bytes.append(contentsOf: utf8)
    }
  }

  private func holds(_ utf8: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
    var at = offset + 1
    var count = 0
    var shift = 0
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      count |= Int(byte & 127) << shift
      if byte < 128 { break }
      shift += 7
    }
    guard count == utf8.count, at + count <= bytes.count else { return false }
    for i in 0..<count where bytes[at + i] != utf8[i] { return false }
    return true
  }

  private mutating func number(of key: String) -> Int {
    let utf8 = key.utf8
    let slot = (utf8.count &* 31 &+ Int(utf8.first ?? 0) &* 7 &+ Int(utf8.last ?? 0) &* 131) & 511
    if recentKeys[slot].key == key, recentKeys[slot].number >= 0 { return recentKeys[slot].number }
    let number: Int
    if let known = keyNumbers[key] {
      number = known
    } else {
      number = keys.count
      keys.append(key)
      keyNumbers[key] = number
    }
    recentKeys[slot] = (key, number)
    return number
  }

  private mutating func varint(_ number: UInt64) {
    var rest = number
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
