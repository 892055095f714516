// JSON text being written.

/// Text being written, in memory of its own: room is made once a string, not once a byte. Whoever makes one frees it.
struct JSONWriter {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  private let plain = JSONWriter.plainBytes

  init(capacity: Int = 1024) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  func free() { base.deallocate() }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }
  var string: String { String(decoding: bytes, as: UTF8.self) }

  @inline(__always) private mutating func reserve(_ room: Int) {
    if capacity - count < room { grow(room) }
  }

  @inline(never) private mutating func grow(_ room: Int) {
    capacity = max(capacity * 2, count + room)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }

  @inline(__always) private mutating func put(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  private mutating func put(_ text: StaticString) {
    reserve(text.utf8CodeUnitCount)
    (base + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    count += text.utf8CodeUnitCount
  }

  mutating func write(_ value: borrowing Value) {
    switch value {
    case .null: put("null")
    case .bool(let flag): put(flag ? "true" : "false")
    case .int(let number): write(number)
    case .number(let text): for byte in text.utf8 { put(byte) }
    case .string(let text): quote(text)
    case .array(let items):
      put(UInt8(ascii: "["))
      items.withUnsafeBufferPointer { items in
        for i in items.indices {
          if i > 0 { put(UInt8(ascii: ",")) }
          write(items[i])
        }
      }
      put(UInt8(ascii: "]"))
    case .object(let members):
      put(UInt8(ascii: "{"))
      members.list.withUnsafeBufferPointer { members in
        for i in members.indices {
          if i > 0 { put(UInt8(ascii: ",")) }
          quote(members[i].key)
          put(UInt8(ascii: ":"))
          write(members[i].value)
        }
      }
      put(UInt8(ascii: "}"))
    }
  }

  mutating func comma() { put(UInt8(ascii: ",")) }

  /// An object without some of its own members.
  mutating func write(_ value: borrowing Value, leavingOut keys: [String]) {
    switch value {
    case .object(let members):
      put(UInt8(ascii: "{"))
      var first = true
      members.list.withUnsafeBufferPointer { members in
        for i in members.indices where !keys.contains(members[i].key) {
          if !first { comma() }
          first = false
          quote(members[i].key)
          put(UInt8(ascii: ":"))
          write(members[i].value)
        }
      }
      put(UInt8(ascii: "}"))
    default: write(value)
    }
  }

  mutating func write(_ value: borrowing Value, indent: Int, depth: Int) {
    switch value {
    case .array(let items) where !items.isEmpty:
      put(UInt8(ascii: "["))
      for (i, item) in items.enumerated() {
        if i > 0 { put(UInt8(ascii: ",")) }
        startLine(indent * (depth + 1))
        write(item, indent: indent, depth: depth + 1)
      }
      startLine(indent * depth)
      put(UInt8(ascii: "]"))
    case .object(let members) where !members.isEmpty:
      put(UInt8(ascii: "{"))
      for (i, member) in members.list.enumerated() {
        if i > 0 { put(UInt8(ascii: ",")) }
        startLine(indent * (depth + 1))
        quote(member.key)
        put(": ")
        write(member.value, indent: indent, depth: depth + 1)
      }
      startLine(indent * depth)
      put(UInt8(ascii: "}"))
    default: write(value)
    }
  }

  private mutating func startLine(_ spaces: Int) {
    reserve(spaces + 1)
    base[count] = 0x0A
    (base + count + 1).update(repeating: 0x20, count: spaces)
    count += spaces + 1
  }

  private mutating func write(_ number: Int64) {
    if number >= 0 && number < 10 { return put(0x30 + UInt8(truncatingIfNeeded: number)) }
    reserve(20)
    var rest = number.magnitude
    var size = number < 0 ? 1 : 0
    var limit: UInt64 = rest
    while limit > 0 {
      size += 1
      limit /= 10
    }
    var at = count + size
    count = at
    while rest > 0 {
      at -= 1
      base[at] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    if number < 0 { base[at - 1] = UInt8(ascii: "-") }
  }

  // MARK: Strings

  mutating func quote(_ text: borrowing String) {
    let done: Void? = text.utf8.withContiguousStorageIfAvailable { quote($0) }
    if done == nil { Array(text.utf8).withUnsafeBufferPointer { quote($0) } }
  }

  @inline(__always) private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    reserve(text.count + 2)
    base[count] = UInt8(ascii: "\"")
    count += 1
    let target = base + count
    var i = 0
    // Copies while looking: most strings hold nothing to escape.
    while i < text.count && plain[Int(text[i])] {
      target[i] = text[i]
      i += 1
    }
    count += i
    if i < text.count { escape(text, from: i) }
    reserve(1)
    base[count] = UInt8(ascii: "\"")
    count += 1
  }

  /// Which bytes stand for themselves. E2 begins U+2028 and U+2029, which end a line in JavaScript.
  private nonisolated(unsafe) static let plainBytes: UnsafePointer<Bool> = {
    let table = UnsafeMutablePointer<Bool>.allocate(capacity: 256)
    for byte in 0..<256 { table[byte] = byte >= 0x20 && ![0x22, 0x5C, 0x26, 0x3C, 0x3E, 0xE2].contains(byte) }
    return UnsafePointer(table)
  }()

  private mutating func escape(_ text: UnsafeBufferPointer<UInt8>, from start: Int) {
    // No byte becomes more than six.
    reserve((text.count - start) * 6)
    var i = start
    while i < text.count {
      let byte = text[i]
      if plain[Int(byte)] {
        base[count] = byte
        count += 1
        i += 1
        continue
      }
      if byte == 0xE2 && !(i + 2 < text.count && text[i + 1] == 0x80 && text[i + 2] & 0xFE == 0xA8) {
        base[count] = byte
        count += 1
        i += 1
        continue
      }
      base[count] = UInt8(ascii: "\\")
      count += 1
      switch byte {
      case 0x22, 0x5C: put(byte)
      case 0x08: put(UInt8(ascii: "b"))
      case 0x0C: put(UInt8(ascii: "f"))
      case 0x0A: put(UInt8(ascii: "n"))
      case 0x0D: put(UInt8(ascii: "r"))
      case 0x09: put(UInt8(ascii: "t"))
      case 0xE2:
        put("u202")
        put(text[i + 2] == 0xA8 ? 0x38 : 0x39)
        i += 2
      default:
        put("u00")
        put(hexDigit(byte >> 4))
        put(hexDigit(byte & 15))
      }
      i += 1
    }
  }
}
