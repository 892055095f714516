// How a log lies on disk: commit groups behind one another.

import APIMachinery
import Formats

/// The log's layout. A header, then commit groups: records (length, CRC-32C, type, payload) of which the last says that the group is whole.
enum LogFile {
  static let magic: [UInt8] = Array("kctl-log".utf8)
  static let version: UInt32 = 1
  static let headerSize = 64

  enum Record {
    /// Objects and notes, with the trees they are made of.
    static let objects: UInt8 = 1
    /// The revision, the time and the state of chance.
    static let state: UInt8 = 2
    static let agenda: UInt8 = 3
    static let events: UInt8 = 4
    static let end: UInt8 = 255
  }

  /// Length, checksum and type.
  static let recordHead = 9
  static let endSize = recordHead + 8

  static func header(cluster: [UInt8], snapshot: UInt64) -> [UInt8] {
    var out = ByteWriter()
    out.bytes = magic
    out.put(version)
    out.bytes.append(contentsOf: cluster)
    out.put(snapshot)
    out.put(CRC32C.checksum(out.bytes))
    out.bytes.append(contentsOf: [UInt8](repeating: 0, count: headerSize - out.bytes.count))
    return out.bytes
  }

  static func readHeader(_ bytes: [UInt8], _ path: String) throws(StorageFailure) -> (cluster: [UInt8], snapshot: UInt64) {
    guard bytes.count >= 8, bytes.prefix(8).elementsEqual(magic) else { throw .foreign(path) }
    guard bytes.count >= headerSize else { throw .damaged(path, bytes.count) }
    let version = number(bytes, 8)
    guard number(bytes, 36) == CRC32C.checksum(Array(bytes[..<36])) else { throw .damaged(path, 8) }
    guard version <= LogFile.version else { throw .newer(path, version) }
    return (Array(bytes[12..<28]), UInt64(number(bytes, 28)) | UInt64(number(bytes, 32)) << 32)
  }

  static func number(_ bytes: [UInt8], _ at: Int) -> UInt32 {
    UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
  }

  static func append(_ type: UInt8, _ payload: [UInt8], to group: inout [UInt8]) {
    var head = ByteWriter()
    head.put(UInt32(truncatingIfNeeded: payload.count))
    var sum = CRC32C()
    withUnsafeBytes(of: type) { sum.add($0) }
    payload.withUnsafeBytes { sum.add($0) }
    head.put(sum.value)
    head.put(type)
    group.append(contentsOf: head.bytes)
    group.append(contentsOf: payload)
  }

  /// Says that the group is whole, and how long it is.
  static func close(_ group: inout [UInt8]) {
    var end = ByteWriter()
    end.put(group.count + endSize)
    append(Record.end, end.bytes, to: &group)
  }

  /// One commit group: its records' types and places in the file.
  struct Group {
    var records: [(type: UInt8, payload: Range<Int>)] = []
    var end = 0
  }

  /// The whole groups from a place on, and where they end; `path` names the file in what is thrown.
  static func groups(_ bytes: [UInt8], from start: Int, _ path: String) throws(StorageFailure) -> (groups: [Group], end: Int) {
    var groups: [Group] = []
    var at = start
    while at < bytes.count {
      guard let group = try group(bytes, at, path) else {
        // A write that was not finished is the last one. Anything whole behind it means that it once was finished, too.
        if laterGroup(bytes, after: at) { throw .damaged(path, at) }
        break
      }
      groups.append(group)
      at = group.end
    }
    return (groups, at)
  }

  private static func group(_ bytes: [UInt8], _ start: Int, _ path: String) throws(StorageFailure) -> Group? {
    var group = Group()
    var unknown: StorageFailure?
    var at = start
    while true {
      guard let (type, payload) = record(bytes, at) else { return nil }
      at = payload.upperBound
      switch type {
      case Record.end:
        guard payload.count == 8, Int(number(bytes, payload.lowerBound)) == (at - start) & 0xffff_ffff else { return nil }
        if let unknown { throw unknown }
        group.end = at
        return group
      case Record.objects, Record.state, Record.agenda, Record.events: group.records.append((type, payload))
      default: unknown = unknown ?? .unknownRecord(path, type, payload.lowerBound - recordHead)
      }
    }
  }

  private static func record(_ bytes: [UInt8], _ at: Int) -> (type: UInt8, payload: Range<Int>)? {
    guard bytes.count - at >= recordHead else { return nil }
    let count = Int(number(bytes, at))
    guard count <= bytes.count - at - recordHead else { return nil }
    let sum = bytes.withUnsafeBytes { raw in
      CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[(at + 8)..<(at + recordHead + count)]))
    }
    guard sum == number(bytes, at + 4) else { return nil }
    return (bytes[at + 8], (at + recordHead)..<(at + recordHead + count))
  }

  /// Whether a whole group begins somewhere after a place where none does.
  private static func laterGroup(_ bytes: [UInt8], after bad: Int) -> Bool {
    var at = bad + 1
    while at + endSize <= bytes.count {
      if bytes[at + 8] == Record.end, number(bytes, at) == 8, record(bytes, at) != nil {
        let length = Int(number(bytes, at + recordHead))
        let begin = at + endSize - length
        if begin > bad, let group = try? group(bytes, begin, ""), group.end == at + endSize { return true }
      }
      at += 1
    }
    return false
  }
}
