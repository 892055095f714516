import APIMachinery
import Formats

// Kubernetes' messages as the objects that their JSON says: the kinds' tables tell the fields, the numbers their places.

/// Reads the message of a definition.
///
/// What Go writes of fields that hold nothing (`""`, `0`) comes out as it stands; `decode` drops it, as it does in JSON.
struct ProtobufDecoder {
  let bytes: [UInt8]

  /// Messages in messages, at most so many.
  private static let depthLimit = 64

  func object(_ range: Range<Int>, _ definition: Definition, depth: Int = 0) throws(ProtobufError) -> Value {
    guard depth < ProtobufDecoder.depthLimit else { throw ProtobufError("exceeded max depth") }
    var parts = Parts()
    if let message = FieldNumbers.messages[definition.name] {
      try read(range, message, definition, into: &parts, depth: depth)
    }
    return .object(parts.members())
  }

  private func read(
    _ range: Range<Int>, _ message: FieldNumbers.Message, _ definition: Definition, into parts: inout Parts, depth: Int
  ) throws(ProtobufError) {
    var reader = ProtobufReader(bytes, range)
    while let tag = try reader.tag() {
      switch message[tag.number] {
      case .field(let name)?:
        if let type = definition.field(name)?.type {
          try field(name, type, tag, &reader, into: &parts, depth: depth)
        } else {
          try reader.skip(tag)
        }
      case .embedded(let inner)?:
        try expect(.length, tag)
        try read(try reader.range(), inner, definition, into: &parts, depth: depth)
      case nil: try reader.skip(tag)
      }
    }
  }

  private func field(
    _ name: String, _ type: FieldType, _ tag: ProtobufReader.Tag, _ reader: inout ProtobufReader, into parts: inout Parts, depth: Int
  ) throws(ProtobufError) {
    let part = parts.index(of: name)
    switch type {
    case .array(let element):
      // Numbers may come packed: all of them in one stretch of bytes.
      if tag.wire == .length, let wire = ProtobufDecoder.packed(element) {
        var inner = ProtobufReader(bytes, try reader.range())
        while !inner.isAtEnd {
          parts.list[part].items.append(
            try value(element, ProtobufReader.Tag(number: tag.number, wire: wire), &inner, depth: depth))
        }
      } else {
        parts.list[part].items.append(try value(element, tag, &reader, depth: depth))
      }
      parts.list[part].shape = .array
    case .map(let element):
      try expect(.length, tag)
      parts.list[part].entries.append(try entry(try reader.range(), element, depth: depth))
      parts.list[part].shape = .map
    // Of a field that comes twice the last one stays.
    default: parts.list[part].value = try value(type, tag, &reader, depth: depth)
    }
  }

  private static func packed(_ type: FieldType) -> ProtobufReader.Wire? {
    switch type {
    case .boolean, .int32, .int64: .varint
    case .double: .fixed64
    default: nil
    }
  }

  /// A map's entry: its key is field 1, its value field 2; what is missing is empty.
  private func entry(_ range: Range<Int>, _ type: FieldType, depth: Int) throws(ProtobufError) -> Members.Member {
    var reader = ProtobufReader(bytes, range)
    var key = ""
    var found: Value?
    while let tag = try reader.tag() {
      switch tag.number {
      case 1:
        try expect(.length, tag)
        key = try text(try reader.range())
      case 2: found = try value(type, tag, &reader, depth: depth)
      default: try reader.skip(tag)
      }
    }
    if let found { return Members.Member(key, found) }
    return Members.Member(key, try nothing(type, depth: depth))
  }

  private func nothing(_ type: FieldType, depth: Int) throws(ProtobufError) -> Value {
    switch type {
    case .string, .bytes: return ""
    case .boolean: return false
    case .int32, .int64, .double, .intOrString: return 0
    case .quantity: return "0"
    case .time, .microTime, .any, .array, .map: return .null
    case .object(let definition): return try object(0..<0, definition(), depth: depth + 1)
    }
  }

  private func value(
    _ type: FieldType, _ tag: ProtobufReader.Tag, _ reader: inout ProtobufReader, depth: Int
  ) throws(ProtobufError) -> Value {
    switch type {
    case .boolean:
      try expect(.varint, tag)
      return .bool(try reader.varint() != 0)
    case .int32:
      try expect(.varint, tag)
      return .int(Int64(Int32(truncatingIfNeeded: try reader.varint())))
    case .int64:
      try expect(.varint, tag)
      return .int(Int64(bitPattern: try reader.varint()))
    case .double:
      try expect(.fixed64, tag)
      return try ProtobufDecoder.number(Double(bitPattern: try reader.fixed64()))
    default:
      try expect(.length, tag)
      return try value(type, try reader.range(), depth: depth)
    }
  }

  /// What stands in a stretch of bytes.
  private func value(_ type: FieldType, _ range: Range<Int>, depth: Int) throws(ProtobufError) -> Value {
    switch type {
    case .string: return .string(try text(range))
    case .bytes: return .string(Base64.encode(Array(bytes[range])))
    case .quantity: return .string(try inner(range).text ?? "0")
    case .intOrString:
      let inner = try inner(range)
      return inner.numbers[1] ?? 0 == 0 ? .int(Int64(Int32(truncatingIfNeeded: inner.numbers[2] ?? 0))) : .string(inner.texts[3] ?? "")
    case .time, .microTime: return try time(range, type)
    case .any: return try json(range)
    case .object(let definition): return try object(range, definition(), depth: depth + 1)
    // Lists in maps are messages that hold one, as authorization's ExtraValue.
    case .array(let element):
      var reader = ProtobufReader(bytes, range)
      var items: [Value] = []
      while let tag = try reader.tag() {
        if tag.number == 1 { items.append(try value(element, tag, &reader, depth: depth)) } else { try reader.skip(tag) }
      }
      return .array(items)
    case .map, .boolean, .int32, .int64, .double: throw ProtobufError("proto: a list or map of such values is unknown")
    }
  }

  // MARK: Messages that JSON writes as something else

  /// The numbers and texts of a small message.
  private struct Small {
    var numbers: [Int: UInt64] = [:]
    var texts: [Int: String] = [:]
    var text: String? { texts[1] }
  }

  private func inner(_ range: Range<Int>) throws(ProtobufError) -> Small {
    var reader = ProtobufReader(bytes, range)
    var small = Small()
    while let tag = try reader.tag() {
      switch tag.wire {
      case .varint where tag.number <= 3: small.numbers[tag.number] = try reader.varint()
      case .length where tag.number <= 3: small.texts[tag.number] = try text(try reader.range())
      default: try reader.skip(tag)
      }
    }
    return small
  }

  /// Seconds and nanoseconds since 1970; empty for no time.
  private func time(_ range: Range<Int>, _ type: FieldType) throws(ProtobufError) -> Value {
    guard !range.isEmpty else { return .null }
    let inner = try inner(range)
    let seconds = Int64(bitPattern: inner.numbers[1] ?? 0)
    // What an Instant can hold.
    guard (-9_000_000_000...9_000_000_000).contains(seconds) else { throw ProtobufError("time out of range: \(seconds) seconds") }
    let nanoseconds = Int64(Int32(truncatingIfNeeded: inner.numbers[2] ?? 0))
    let instant = Instant(nanoseconds: seconds * 1_000_000_000 + nanoseconds)
    if case .microTime = type { return .string(instant.rfc3339Micro) }
    return .string(instant.rfc3339)
  }

  /// FieldsV1, RawExtension: JSON in field 1.
  private func json(_ range: Range<Int>) throws(ProtobufError) -> Value {
    var reader = ProtobufReader(bytes, range)
    var found = Value.null
    while let tag = try reader.tag() {
      guard tag.number == 1 else {
        try reader.skip(tag)
        continue
      }
      try expect(.length, tag)
      let raw = try reader.range()
      do throws(ParseError) {
        found = raw.isEmpty ? .null : try JSON.parse(Array(bytes[raw]))
      } catch {
        throw ProtobufError(error.goMessage)
      }
    }
    return found
  }

  private static func number(_ number: Double) throws(ProtobufError) -> Value {
    guard number.isFinite else { throw ProtobufError("json: unsupported value: \(number)") }
    if let whole = Int64(exactly: number) { return .int(whole) }
    return .number("\(number)")
  }

  private func text(_ range: Range<Int>) throws(ProtobufError) -> String {
    guard let text = String(validating: bytes[range], as: UTF8.self) else { throw ProtobufError("proto: invalid UTF-8 string") }
    return text
  }

  private func expect(_ wire: ProtobufReader.Wire, _ tag: ProtobufReader.Tag) throws(ProtobufError) {
    guard tag.wire == wire else { throw ProtobufError("proto: wrong wireType = \(tag.wire.rawValue) for field \(tag.number)") }
  }
}

/// The fields of an object as they come, in the order of their numbers; each at most once.
private struct Parts {
  struct Part {
    let name: String
    var shape = Shape.single
    var value = Value.null
    var items: [Value] = []
    var entries: [Members.Member] = []
  }

  enum Shape { case single, array, map }

  var list: [Part] = []

  mutating func index(of name: String) -> Int {
    if let last = list.last, last.name == name { return list.count - 1 }
    if let index = list.firstIndex(where: { $0.name == name }) { return index }
    list.append(Part(name: name))
    return list.count - 1
  }

  /// The object's members.
  consuming func members() -> Members {
    list.sort { Members.precedes($0.name, $1.name) }
    return Members(
      sorted: list.map { part in
        switch part.shape {
        case .single: Members.Member(part.name, part.value)
        case .array: Members.Member(part.name, .array(part.items))
        case .map: Members.Member(part.name, .object(Parts.map(part.entries)))
        }
      })
  }

  /// A map's entries by their keys, which clients mostly send in order; of two with one key the last stays.
  private static func map(_ entries: [Members.Member]) -> Members {
    if zip(entries, entries.dropFirst()).allSatisfy({ Members.precedes($0.key, $1.key) }) { return Members(sorted: entries) }
    let order = entries.indices.sorted {
      entries[$0].key == entries[$1].key ? $0 < $1 : Members.precedes(entries[$0].key, entries[$1].key)
    }
    var out: [Members.Member] = []
    out.reserveCapacity(entries.count)
    for index in order {
      if out.last?.key == entries[index].key { out.removeLast() }
      out.append(entries[index])
    }
    return Members(sorted: out)
  }
}
