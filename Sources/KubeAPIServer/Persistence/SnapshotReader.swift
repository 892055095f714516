// A snapshot on disk, read where it is needed.

import APIMachinery
import Formats
import Posix

/// A snapshot on disk: rows and values come out of it when they are first asked for.
final class SnapshotReader {
  let number: UInt64
  let cluster: [UInt8]
  let revision: Int64
  let now: Instant
  let diceState: UInt64
  /// The kinds that its entries are of, as `group/version.Kind`.
  let kinds: [String]
  /// The first damage that was met; whoever writes must not go on after it.
  private(set) var damage: String?

  private let path: String
  private let file: MappedFile
  private let data: UnsafeRawBufferPointer
  private let blocks: BlockGuard
  private let sections: [Range<Int>]
  private let values: ValueReader
  private let spaces: [(table: Int, namespace: String, start: Int, count: Int)]
  private var rows: [Row?]
  /// The file's kinds as the store's tables.
  private var tables: [Table] = []
  private struct SpaceKey: Hashable {
    let table: Int
    let namespace: String
  }
  private var spaceNumbers: [SpaceKey: Int] = [:]

  init(_ path: String) throws(StorageFailure) {
    self.path = path
    do {
      file = try MappedFile(path)
    } catch {
      throw .system(path, error)
    }
    let size = file.bytes.count
    guard size >= SnapshotFile.headerSize, file.bytes.prefix(8).elementsEqual(SnapshotFile.magic) else {
      throw .foreign(path)
    }
    var header = ByteReader(UnsafeRawBufferPointer(rebasing: file.bytes[..<SnapshotFile.headerSize]))
    let version = UInt32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    guard version <= SnapshotFile.version else { throw .newer(path, version) }
    do throws(Damage) {
      header.at = 12
      cluster = Array(header.bytes[header.at..<header.at + 16])
      header.at += 16
      number = try header.u64()
      let dataSize = try header.u64()
      let tableStart = try header.u64()
      let sectionCount = try header.u64()
      let sumOfSums = try header.u32()
      let end = header.at
      let headerSum = try header.u32()
      guard headerSum == CRC32C.checksum(UnsafeRawBufferPointer(rebasing: file.bytes[..<end])) else { throw Damage(offset: 0) }
      let limit = UInt64(size - SnapshotFile.headerSize)
      let blockCount = (dataSize &+ UInt64(SnapshotFile.blockSize - 1)) / UInt64(SnapshotFile.blockSize)
      guard dataSize <= limit, limit - dataSize == blockCount &* 4 else { throw Damage(offset: size) }
      let dataEnd = SnapshotFile.headerSize + Int(dataSize)
      data = UnsafeRawBufferPointer(rebasing: file.bytes[SnapshotFile.headerSize..<dataEnd])
      let sums = UnsafeRawBufferPointer(rebasing: file.bytes[dataEnd...])
      guard sumOfSums == CRC32C.checksum(sums) else { throw Damage(offset: dataEnd) }
      blocks = BlockGuard(data, sums: sums)
      guard sectionCount >= UInt64(SnapshotFile.Section.allCases.count), sectionCount < 100, tableStart <= dataSize,
        dataSize - tableStart == sectionCount * 16
      else { throw Damage(offset: dataEnd) }
      _ = try blocks.vouch(Int(tableStart), Int(dataSize))
      var table = ByteReader(UnsafeRawBufferPointer(rebasing: data[Int(tableStart)...]), base: Int(tableStart))
      var sections: [Range<Int>] = []
      for _ in 0..<sectionCount {
        let start = try table.u64()
        let count = try table.u64()
        guard start <= tableStart, count <= tableStart - start else { throw table.damage }
        sections.append(Int(start)..<Int(start) + Int(count))
      }
      self.sections = sections
      let place = sections[SnapshotFile.Section.about.rawValue]
      _ = try blocks.vouch(place.lowerBound, place.upperBound)
      var about = ByteReader(UnsafeRawBufferPointer(rebasing: data[place]), base: place.lowerBound)
      revision = try about.i64()
      now = Instant(nanoseconds: try about.i64())
      diceState = try about.u64()
      kinds = try about.texts()
      let entryCount = sections[SnapshotFile.Section.entries.rawValue].count / SnapshotFile.entrySize
      var spaces: [(table: Int, namespace: String, start: Int, count: Int)] = []
      for _ in 0..<(try about.count(of: 16)) {
        let table = Int(try about.u32())
        let namespace = try about.text()
        let start = Int(try about.u32())
        let count = Int(try about.u32())
        guard table < kinds.count, start + count <= entryCount else { throw about.damage }
        spaces.append((table, namespace, start, count))
      }
      self.spaces = spaces
      let valuesPlace = sections[SnapshotFile.Section.values.rawValue]
      values = ValueReader(
        UnsafeRawBufferPointer(rebasing: data[valuesPlace]), keys: try about.texts(), base: valuesPlace.lowerBound, blocks: blocks)
      rows = Array(repeating: nil, count: entryCount)
    } catch {
      throw .damaged(path, error.offset)
    }
  }

  /// How big the file is.
  var size: Int { file.bytes.count }

  /// A section's bytes, all held against their checksums.
  func section(_ section: SnapshotFile.Section) throws(Damage) -> ByteReader {
    let place = sections[section.rawValue]
    _ = try blocks.vouch(place.lowerBound, place.upperBound)
    return ByteReader(UnsafeRawBufferPointer(rebasing: data[place]), base: place.lowerBound)
  }

  /// A value by its place among the values.
  func value(offset: Int) throws(Damage) -> Value { try values.value(at: offset) }

  func value(at entry: Int) -> Value {
    do throws(Damage) {
      return try values.value(at: Int(try number(entry, 16)))
    } catch {
      note(error)
      return .null
    }
  }

  /// Remembers damage that nobody could be told of at once.
  func note(_ damage: Damage) {
    if self.damage == nil { self.damage = StorageFailure.damaged(path, damage.offset + SnapshotFile.headerSize).description }
  }

  // MARK: Entries

  private func number(_ entry: Int, _ field: Int) throws(Damage) -> UInt64 {
    let at = sections[SnapshotFile.Section.entries.rawValue].lowerBound + entry * SnapshotFile.entrySize + field
    _ = try blocks.vouch(at, at + 8)
    return UInt64(littleEndian: data.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  private func name(_ entry: Int) throws(Damage) -> UnsafeRawBufferPointer {
    let packed = try number(entry, 8)
    let start = Int(packed & 0xffff_ffff)
    let count = Int(packed >> 32)
    let place = sections[SnapshotFile.Section.names.rawValue]
    guard start + count <= place.count else { throw Damage(offset: place.lowerBound) }
    let at = place.lowerBound + start
    _ = try blocks.vouch(at, at + count)
    return UnsafeRawBufferPointer(rebasing: data[at..<at + count])
  }

  /// Lets rows out for a store's tables, which are in the order of `kinds`.
  func serve(_ tables: [Table]) {
    self.tables = tables
    for (i, space) in spaces.enumerated() { spaceNumbers[SpaceKey(table: tables[space.table].number, namespace: space.namespace)] = i }
  }

  func namespaces(of table: Table) -> [(String, ArraySlice<Int32>)] {
    spaces.filter { tables[$0.table] === table }.map { space in
      (space.namespace, ArraySlice((space.start..<space.start + space.count).map { Int32(truncatingIfNeeded: $0) }))
    }
  }

  /// The row of an entry: always the same one.
  func row(at entry: Int) -> Row? {
    guard rows.indices.contains(entry) else { return nil }
    if let row = rows[entry] { return row }
    // The last space that begins at or before the entry.
    var low = 0
    var high = spaces.count
    while low < high {
      let middle = (low + high) / 2
      if spaces[middle].start <= entry { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    return row(at: entry, spaces[low - 1])
  }

  private func row(at entry: Int, _ space: (table: Int, namespace: String, start: Int, count: Int)) -> Row? {
    if let row = rows[entry] { return row }
    do throws(Damage) {
      let name = String(decoding: try name(entry), as: UTF8.self)
      let row = Row(tables[space.table], space.namespace, name, entry: Int32(truncatingIfNeeded: entry))
      rows[entry] = row
      return row
    } catch {
      note(error)
      return nil
    }
  }

  func row(_ table: Table, _ namespace: String, _ name: String) -> Row? {
    guard let i = spaceNumbers[SpaceKey(table: table.number, namespace: namespace)] else { return nil }
    let space = spaces[i]
    var name = name
    do throws(Damage) {
      var low = space.start
      var high = space.start + space.count
      while low < high {
        let middle = (low + high) / 2
        let there = try self.name(middle)
        let order = name.withUTF8 { wanted in SnapshotReader.compare(there, UnsafeRawBufferPointer(wanted)) }
        if order == 0 { return row(at: middle, space) }
        if order < 0 { low = middle + 1 } else { high = middle }
      }
    } catch {
      note(error)
    }
    return nil
  }

  private static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    for i in 0..<min(a.count, b.count) where a[i] != b[i] { return Int(a[i]) - Int(b[i]) }
    return a.count - b.count
  }

  // MARK: Indexes

  func row(uid: String) -> Row? {
    for entry in entries(SnapshotFile.Index.uid(uid)) {
      if let row = row(at: Int(entry)), row.value["metadata"]["uid"].text == uid { return row }
    }
    return nil
  }

  func labelled(_ table: Table, _ namespace: String, _ key: String, _ value: String) -> ArraySlice<Int32> {
    guard let t = tables.firstIndex(where: { $0 === table }) else { return [] }
    return entries(SnapshotFile.Index.label(t, namespace, key, value))
  }
  func owned(by uid: String) -> ArraySlice<Int32> { entries(SnapshotFile.Index.owner(uid)) }
  func onNode(_ node: String) -> ArraySlice<Int32> { entries(SnapshotFile.Index.node(node)) }

  /// The entries under a hash, in key order.
  private func entries(_ hash: UInt64) -> ArraySlice<Int32> {
    let hashes = sections[SnapshotFile.Section.hashes.rawValue]
    let places = sections[SnapshotFile.Section.hashEntries.rawValue]
    let count = min(hashes.count / 8, places.count / 4)
    do throws(Damage) {
      func at(_ i: Int) throws(Damage) -> UInt64 {
        let offset = hashes.lowerBound + i * 8
        _ = try blocks.vouch(offset, offset + 8)
        return UInt64(littleEndian: data.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      }
      var low = 0
      var high = count
      while low < high {
        let middle = (low + high) / 2
        if try at(middle) < hash { low = middle + 1 } else { high = middle }
      }
      var out: [Int32] = []
      while low < count, try at(low) == hash {
        let offset = places.lowerBound + low * 4
        _ = try blocks.vouch(offset, offset + 4)
        let entry = UInt32(littleEndian: data.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        guard entry < UInt32(rows.count) else { throw Damage(offset: offset) }
        out.append(Int32(truncatingIfNeeded: entry))
        low += 1
      }
      return out[...]
    } catch {
      note(error)
      return []
    }
  }
}
