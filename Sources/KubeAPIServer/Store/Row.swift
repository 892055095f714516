// One stored object, and the ordered sets of rows that every index is made of.

import Formats

/// One stored object. Rows are shared by reference between a kind's table and every index.
final class Row {
  unowned let table: Table
  let namespace: String
  let name: String
  /// nil until it is first read from a snapshot.
  var hot: Value?
  /// Its place in the opened snapshot, or -1.
  var entry: Int32
  var alive = true
  /// Changed since the last commit.
  var dirty = false
  /// On disk in its present or an earlier form.
  var stored: Bool

  init(_ table: Table, _ namespace: String, _ name: String, _ value: Value) {
    self.table = table
    self.namespace = namespace
    self.name = name
    hot = value
    entry = -1
    stored = false
  }

  /// A row that stays in the snapshot until it is read.
  init(_ table: Table, _ namespace: String, _ name: String, entry: Int32) {
    self.table = table
    self.namespace = namespace
    self.name = name
    hot = nil
    self.entry = entry
    stored = true
  }

  var value: Value {
    if let hot { return hot }
    let value = table.cold?.value(at: Int(entry)) ?? .null
    hot = value
    return value
  }

  /// Key order: kind, namespace, name.
  static func precedes(_ a: Row, _ b: Row) -> Bool {
    if a.table !== b.table { return a.table.number < b.table.number }
    if a.namespace != b.namespace { return a.namespace < b.namespace }
    return a.name < b.name
  }
}

/// Rows in key order, sorted when they are read: adding and removing cost next to nothing.
final class RowList {
  private var sorted: [Row] = []
  private var fresh: [Row] = []
  private var dead = 0
  /// What an opened snapshot holds and nobody has looked at yet.
  private var cold: ArraySlice<Int32> = []
  private var source: SnapshotReader?

  init() {}

  init(cold: ArraySlice<Int32>, source: SnapshotReader) {
    self.cold = cold
    self.source = source
  }

  var count: Int { sorted.count + fresh.count + cold.count - dead }

  func add(_ row: Row) { fresh.append(row) }

  /// A row that has just died: dropped when next read.
  func rowDied() {
    dead += 1
    if cold.isEmpty, dead > 64, dead * 2 > sorted.count + fresh.count { settle() }
  }

  /// A row that lives on elsewhere.
  func remove(_ row: Row) {
    settle()
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if Row.precedes(sorted[middle], row) { low = middle + 1 } else { high = middle }
    }
    if low < sorted.count, sorted[low] === row { sorted.remove(at: low) }
  }

  /// Drops rows that have moved elsewhere, without sorting what nobody may ever read.
  func keep(where isHere: (Row) -> Bool) {
    if source != nil { settle() }
    sorted.removeAll { !$0.alive || !isHere($0) }
    fresh.removeAll { !$0.alive || !isHere($0) }
    dead = 0
  }

  /// The rows, in key order.
  var rows: [Row] {
    settle()
    return sorted
  }

  private func settle() {
    if let source, !cold.isEmpty {
      // A snapshot's own lists are in key order.
      for entry in cold {
        if let row = source.row(at: Int(entry)) { sorted.append(row) }
      }
      cold = []
      self.source = nil
      // Unless the kinds have changed places since they were written.
      if zip(sorted, sorted.dropFirst()).contains(where: { !Row.precedes($0, $1) }) { sorted.sort(by: Row.precedes) }
      if sorted.contains(where: { !$0.alive }) { sorted.removeAll { !$0.alive } }
      dead = fresh.reduce(0) { $0 + ($1.alive ? 0 : 1) }
    }
    if dead > 0 {
      sorted.removeAll { !$0.alive }
      fresh.removeAll { !$0.alive }
      dead = 0
    }
    guard !fresh.isEmpty else { return }
    if fresh.count > 1 { fresh.sort(by: Row.precedes) }
    if let last = sorted.last, let first = fresh.first, Row.precedes(first, last) {
      var merged: [Row] = []
      merged.reserveCapacity(sorted.count + fresh.count)
      var i = 0
      var j = 0
      while i < sorted.count, j < fresh.count {
        if Row.precedes(sorted[i], fresh[j]) {
          merged.append(sorted[i])
          i += 1
        } else {
          merged.append(fresh[j])
          j += 1
        }
      }
      merged.append(contentsOf: sorted[i...])
      merged.append(contentsOf: fresh[j...])
      sorted = merged
    } else {
      sorted.append(contentsOf: fresh)
    }
    fresh.removeAll(keepingCapacity: false)
  }
}
