// The whole store as one file.

import API
import APIMachinery
import Client
import Formats
import Posix

/// Writes everything a store holds, with the indexes by which a reader finds its way without reading it all.
enum SnapshotWriter {
  static func write(_ store: Store, to path: String, cluster: [UInt8], number: UInt64) throws(SystemFailure) {
    var sink = try BlockSink(path)
    var values = ValueWriter(reserving: 1 << 16)
    var names = ByteWriter()
    var entries = ByteWriter()
    var spaces: [(table: Int, namespace: String, start: Int, count: Int)] = []
    var index: [(hash: UInt64, entry: UInt32)] = []
    var count = 0
    for (t, table) in store.tables.enumerated() {
      let isPod = table.kind == Kinds.pod
      var space = (at: 0, count: 0)
      for row in table.rows(nil) {
        let object = row.value
        if spaces.last.map({ $0.table != t || $0.namespace != row.namespace }) ?? true {
          space = (names.bytes.count, row.namespace.utf8.count)
          names.bytes.append(contentsOf: row.namespace.utf8)
          spaces.append((t, row.namespace, count, 0))
        }
        spaces[spaces.count - 1].count += 1
        let offset = values.write(object)
        entries.put(UInt32(truncatingIfNeeded: t) | UInt32(truncatingIfNeeded: space.count) << 16)
        entries.put(UInt32(truncatingIfNeeded: space.at))
        entries.put(UInt32(truncatingIfNeeded: names.bytes.count))
        entries.put(UInt32(truncatingIfNeeded: row.name.utf8.count))
        entries.put(offset)
        entries.put(object["metadata"]["resourceVersion"].string.flatMap { UInt64($0) } ?? 0)
        entries.put(UInt64(0))
        names.bytes.append(contentsOf: row.name.utf8)

        let e = UInt32(truncatingIfNeeded: count)
        let metadata = object["metadata"]
        index.append((SnapshotFile.Index.uid(metadata["uid"].text), e))
        for owner in metadata["ownerReferences"].items { index.append((SnapshotFile.Index.owner(owner["uid"].text), e)) }
        if isPod { index.append((SnapshotFile.Index.node(object["spec"]["nodeName"].text), e)) }
        if table.indexesLabels {
          for label in metadata["labels"].members {
            guard let text = label.value.string else { continue }
            index.append((SnapshotFile.Index.label(t, row.namespace, label.key, text), e))
          }
        }
        count += 1
      }
    }
    index.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.entry < $1.entry }
    var hashes = ByteWriter()
    var hashEntries = ByteWriter()
    hashes.bytes.reserveCapacity(index.count * 8)
    hashEntries.bytes.reserveCapacity(index.count * 4)
    for (hash, entry) in index {
      hashes.put(hash)
      hashEntries.put(entry)
    }
    index = []

    var notes = ByteWriter()
    let kept = store.noteBook.all
    notes.put(kept.count)
    for (worker, key, value) in kept {
      notes.put(worker)
      notes.put(key)
      notes.put(values.write(value))
    }
    var agenda = ByteWriter()
    let due = store.agendaList.all
    agenda.put(due.count)
    for (worker, key, time) in due {
      agenda.put(worker)
      agenda.put(key)
      agenda.put(time)
    }
    var about = ByteWriter()
    about.put(store.revision)
    about.put(store.now.nanoseconds)
    about.put(store.dice.random.state)
    about.put(store.tables.map { $0.kind.description })
    about.put(UInt32(truncatingIfNeeded: spaces.count))
    for space in spaces {
      about.put(UInt32(truncatingIfNeeded: space.table))
      about.put(space.namespace)
      about.put(UInt32(truncatingIfNeeded: space.start))
      about.put(UInt32(truncatingIfNeeded: space.count))
    }
    about.put(values.keys)
    var events = ByteWriter()
    store.eventLog.write(into: &events)

    var sections: [(start: Int, count: Int)] = []
    for section in [
      values.bytes, names.bytes, entries.bytes, hashes.bytes, hashEntries.bytes, about.bytes, agenda.bytes, notes.bytes, events.bytes,
    ] {
      sections.append((sink.written, section.count))
      try sink.write(section)
    }
    var table = ByteWriter()
    for section in sections {
      table.put(section.start)
      table.put(section.count)
    }
    let tableStart = sink.written
    try sink.write(table.bytes)
    try sink.finish { dataSize, sums in
      var header = ByteWriter()
      header.bytes = SnapshotFile.magic
      header.put(SnapshotFile.version)
      header.bytes.append(contentsOf: cluster)
      header.put(number)
      header.put(dataSize)
      header.put(tableStart)
      header.put(sections.count)
      header.put(CRC32C.checksum(sums))
      header.put(CRC32C.checksum(header.bytes))
      header.bytes.append(contentsOf: [UInt8](repeating: 0, count: SnapshotFile.headerSize - header.bytes.count))
      return header.bytes
    }
  }
}
