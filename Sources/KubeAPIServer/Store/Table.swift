// All objects of one kind.

import APIMachinery
import Formats

/// All objects of one kind, by namespace and name, with the kind's own indexes.
final class Table {
  let kind: Kind
  /// The kind's place among all kinds: part of key order.
  let number: Int
  /// Whether there are objects of the kind: of others, creation is all there is.
  let isStored: Bool
  /// Whether rows are found by label, too.
  let indexesLabels: Bool
  /// The opened snapshot.
  var cold: SnapshotReader?
  private(set) var total = 0
  private var buckets: [String: Bucket] = [:]
  private var names: [String] = []
  private var namesSorted = true
  var streams: [WatchStream] = []

  struct LabelKey: Hashable {
    let key: String
    let value: String
  }

  /// One namespace's rows; cluster-scoped kinds have one, with an empty name.
  final class Bucket {
    var byName: [String: Row] = [:]
    let ordered: RowList
    var byLabel: [LabelKey: RowList] = [:]

    init(_ ordered: RowList) { self.ordered = ordered }
  }

  init(_ kind: Kind, number: Int, indexesLabels: Bool) {
    self.kind = kind
    isStored = kind.verbs.contains("get")
    self.number = number
    self.indexesLabels = indexesLabels
  }

  /// Takes over what a snapshot holds of this kind.
  func attach(_ snapshot: SnapshotReader) {
    cold = snapshot
    for (namespace, entries) in snapshot.namespaces(of: self) {
      buckets[namespace] = Bucket(RowList(cold: entries, source: snapshot))
      names.append(namespace)
      total += entries.count
    }
    namesSorted = false
  }

  func row(_ namespace: String, _ name: String) -> Row? {
    guard let bucket = buckets[namespace] else { return nil }
    if let row = bucket.byName[name] { return row.alive ? row : nil }
    guard let cold, let row = cold.row(self, namespace, name), row.alive else { return nil }
    bucket.byName[name] = row
    return row
  }

  func count(_ namespace: String?) -> Int {
    guard let namespace else { return total }
    return buckets[namespace]?.ordered.count ?? 0
  }

  /// Rows in key order.
  func rows(_ namespace: String?) -> [Row] {
    if let namespace { return buckets[namespace]?.ordered.rows ?? [] }
    if !namesSorted {
      names.sort()
      namesSorted = true
    }
    if names.count == 1 { return buckets[names[0]]?.ordered.rows ?? [] }
    var all: [Row] = []
    all.reserveCapacity(total)
    for name in names { if let bucket = buckets[name] { all.append(contentsOf: bucket.ordered.rows) } }
    return all
  }

  func labelled(_ namespace: String, _ key: String, _ value: String) -> [Row] {
    guard let bucket = buckets[namespace] else { return [] }
    if indexesLabels { return labelList(bucket, namespace, LabelKey(key: key, value: value), make: false)?.rows ?? [] }
    return bucket.ordered.rows.filter { $0.value.label(key) == value }
  }

  func add(_ row: Row) {
    let bucket = bucket(row.namespace)
    bucket.byName[row.name] = row
    bucket.ordered.add(row)
    total += 1
    if indexesLabels, let hot = row.hot { addLabels(row, hot["metadata"]["labels"].members) }
  }

  /// Takes a row out that is no longer alive.
  func remove(_ row: Row, last: Value) {
    guard let bucket = buckets[row.namespace] else { return }
    bucket.byName[row.name] = row.entry >= 0 ? row : nil
    bucket.ordered.rowDied()
    total -= 1
    guard indexesLabels else { return }
    for member in last["metadata"]["labels"].members {
      guard let text = member.value.string else { continue }
      let key = LabelKey(key: member.key, value: text)
      guard let list = labelList(bucket, row.namespace, key, make: false) else { continue }
      list.rowDied()
      if list.count == 0, cold == nil { bucket.byLabel[key] = nil }
    }
  }

  func relabel(_ row: Row, from old: Members, to new: Members) {
    guard indexesLabels, old != new, let bucket = buckets[row.namespace] else { return }
    for member in old where new[member.key] != member.value {
      guard let text = member.value.string else { continue }
      labelList(bucket, row.namespace, LabelKey(key: member.key, value: text), make: false)?.remove(row)
    }
    for member in new where old[member.key] != member.value {
      guard let text = member.value.string else { continue }
      labelList(bucket, row.namespace, LabelKey(key: member.key, value: text), make: true)?.add(row)
    }
  }

  private func addLabels(_ row: Row, _ labels: Members) {
    let bucket = bucket(row.namespace)
    for member in labels {
      guard let text = member.value.string else { continue }
      labelList(bucket, row.namespace, LabelKey(key: member.key, value: text), make: true)?.add(row)
    }
  }

  private func labelList(_ bucket: Bucket, _ namespace: String, _ key: LabelKey, make: Bool) -> RowList? {
    if let list = bucket.byLabel[key] { return list }
    if let cold {
      let entries = cold.labelled(self, namespace, key.key, key.value)
      if !entries.isEmpty {
        let list = RowList(cold: entries, source: cold)
        bucket.byLabel[key] = list
        return list
      }
    }
    guard make else { return nil }
    let list = RowList()
    bucket.byLabel[key] = list
    return list
  }

  private func bucket(_ namespace: String) -> Bucket {
    if let bucket = buckets[namespace] { return bucket }
    let bucket = Bucket(RowList())
    buckets[namespace] = bucket
    if let last = names.last, !(last < namespace) { namesSorted = false }
    names.append(namespace)
    return bucket
  }
}
