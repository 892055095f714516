// A store's changes as a commit group, and back.

import API
import APIMachinery
import Client
import Formats

extension Store {
  /// Makes everything that was written durable; does nothing for a store in memory.
  public func commit() throws(StorageFailure) { try storage?.commit(self) }

  /// Whether something was written since the last commit (the time and the state of chance not counted).
  public var hasUncommitted: Bool { !dirtyRows.isEmpty || agendaList.hasChanges || noteBook.hasChanges || eventLog.hasChanges }

  /// How much was written since the last commit, roughly.
  var uncommittedCount: Int { dirtyRows.count + eventLog.changeCount / 4 }

  /// The revision, the time and the state of chance.
  func stateBytes() -> [UInt8] {
    var out = ByteWriter()
    out.put(revision)
    out.put(now.nanoseconds)
    out.put(dice.random.state)
    return out.bytes
  }

  /// What was written since the last commit, as one group; it counts as committed from now on.
  func groupBytes(_ state: [UInt8]) -> [UInt8] {
    var values = ValueWriter()
    var objects = ByteWriter()
    var notes = ByteWriter()
    var count: UInt32 = 0
    // An object's delete comes before its successor's put: rows stand in the order in which they first changed.
    for row in dirtyRows {
      row.dirty = false
      // Born and gone between two commits: the disk need not know.
      if !row.alive, !row.stored { continue }
      count += 1
      objects.put(row.table.kind.description)
      objects.put(row.namespace)
      objects.put(row.name)
      objects.put(row.alive ? UInt8(1) : 0)
      if row.alive { objects.put(values.write(row.value)) }
      row.stored = row.alive
    }
    dirtyRows = []
    var noted: UInt32 = 0
    noteBook.takeChanges { worker, key, value in
      noted += 1
      notes.put(worker)
      notes.put(key)
      notes.put(value == nil ? UInt8(0) : 1)
      if let value { notes.put(values.write(value)) }
    }
    var group: [UInt8] = []
    LogFile.append(LogFile.Record.state, state, to: &group)
    if count > 0 || noted > 0 {
      var payload = ByteWriter()
      payload.put(values.keys)
      payload.put(block: values.bytes)
      payload.put(count)
      payload.bytes.append(contentsOf: objects.bytes)
      payload.put(noted)
      payload.bytes.append(contentsOf: notes.bytes)
      LogFile.append(LogFile.Record.objects, payload.bytes, to: &group)
    }
    if agendaList.hasChanges {
      var payload = ByteWriter()
      var due: UInt32 = 0
      agendaList.takeChanges { worker, key, time in
        due += 1
        payload.put(worker)
        payload.put(key)
        payload.put(time ?? .min)
      }
      var head = ByteWriter()
      head.put(due)
      LogFile.append(LogFile.Record.agenda, head.bytes + payload.bytes, to: &group)
    }
    if eventLog.hasChanges {
      var payload = ByteWriter()
      eventLog.writeChanges(into: &payload)
      LogFile.append(LogFile.Record.events, payload.bytes, to: &group)
    }
    LogFile.close(&group)
    return group
  }

  /// Counts everything as committed: a snapshot holds it.
  func forgetUncommitted() {
    for row in dirtyRows {
      row.dirty = false
      row.stored = row.alive
    }
    dirtyRows = []
    agendaList.takeChanges { _, _, _ in }
    noteBook.takeChanges { _, _, _ in }
    eventLog.forgetChanges()
  }

  /// Begins where a snapshot ends.
  func attach(_ snapshot: SnapshotReader, path: String) throws(StorageFailure) {
    var served: [Table] = []
    for name in snapshot.kinds {
      guard let table = tables.first(where: { $0.kind.description == name }) else { throw .unknownKind(path, name) }
      served.append(table)
    }
    snapshot.serve(served)
    revision = snapshot.revision
    now = snapshot.now
    dice.random = Random(seed: snapshot.diceState)
    cold = snapshot
    for table in tables { table.attach(snapshot) }
    do throws(Damage) {
      var agenda = try snapshot.section(.agenda)
      for _ in 0..<(try agenda.u64()) {
        let worker = try agenda.text()
        let key = try agenda.text()
        agendaList.restore(key, worker, time: try agenda.i64())
      }
    } catch {
      throw .damaged(path, error.offset + SnapshotFile.headerSize)
    }
    noteBook.restore { book in
      do throws(Damage) {
        var notes = try snapshot.section(.notes)
        for _ in 0..<(try notes.u64()) {
          let worker = try notes.text()
          let key = try notes.text()
          book.restore(worker, key, try snapshot.value(offset: try notes.place()))
        }
      } catch {
        snapshot.note(error)
      }
    }
    eventLog.restore { log in
      do throws(Damage) {
        var events = try snapshot.section(.events)
        try log.read(from: &events)
      } catch {
        snapshot.note(error)
      }
    }
  }

  /// Does what a commit group says. `publishes`: those who follow this store are told.
  func replay(_ group: LogFile.Group, _ bytes: [UInt8], _ path: String, publishes: Bool) throws(StorageFailure) {
    var failure: StorageFailure?
    bytes.withUnsafeBytes { raw in
      do throws(StorageFailure) {
        for (type, place) in group.records {
          try replay(type, UnsafeRawBufferPointer(rebasing: raw[place]), place.lowerBound, path, publishes)
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private func replay(_ type: UInt8, _ payload: UnsafeRawBufferPointer, _ base: Int, _ path: String, _ publishes: Bool)
    throws(StorageFailure)
  {
    var reader = ByteReader(payload, base: base)
    var unknown: String?
    do throws(Damage) {
      switch type {
      case LogFile.Record.state:
        revision = try reader.i64()
        now = Instant(nanoseconds: try reader.i64())
        dice.random = Random(seed: try reader.u64())
      case LogFile.Record.objects: unknown = try replayObjects(&reader, publishes)
      case LogFile.Record.agenda:
        for _ in 0..<(try reader.count(of: 16)) {
          let worker = try reader.text()
          let key = try reader.text()
          let time = try reader.i64()
          agendaList.restore(key, worker, time: time == .min ? nil : time)
        }
      case LogFile.Record.events:
        let kept = Array(payload)
        eventLog.restore { log in
          kept.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            // The record's checksum was right: what is wrong in it was written so.
            try? log.readChanges(from: &reader)
          }
        }
      default: break
      }
    } catch {
      throw .damaged(path, error.offset)
    }
    if let unknown { throw .unknownKind(path, unknown) }
  }

  /// Returns the name of a kind that isn't known, if there is one.
  private func replayObjects(_ reader: inout ByteReader, _ publishes: Bool) throws(Damage) -> String? {
    let keys = try reader.texts()
    let values = ValueReader(try reader.block(), keys: keys, base: reader.base)
    var unknown: String?
    for _ in 0..<(try reader.count(of: 13)) {
      let kind = try reader.text()
      let namespace = try reader.text()
      let name = try reader.text()
      // Spelt out: a bare nil would be a null value.
      let object = try reader.u8() == 1 ? try values.value(at: try reader.place()) : Value?.none
      if let table = tables.first(where: { $0.kind.description == kind }) {
        restore(table, namespace, name, object, publishes: publishes)
      } else {
        unknown = unknown ?? kind
      }
    }
    for _ in 0..<(try reader.count(of: 9)) {
      let worker = try reader.text()
      let key = try reader.text()
      noteBook.restore(worker, key, try reader.u8() == 1 ? try values.value(at: try reader.place()) : Value?.none)
    }
    return unknown
  }
}
