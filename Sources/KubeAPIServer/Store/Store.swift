// The cluster's memory: every object, its indexes, what is due and what workers remember.

import API
import APIMachinery
import Client
import Formats

/// Everything that a cluster of ours knows. Only the API server writes objects; workers write their agenda and notes.
public final class Store: Clock {
  /// The cluster's one counter: every write is one revision.
  public internal(set) var revision: Int64 = 0
  /// The cluster's time. Whoever runs the clock moves it; it is stored with each commit.
  public var now: Instant
  /// The cluster's chance; its state is stored with each commit.
  public let dice: Dice
  /// Whether changes are kept for `takeChanges`.
  public var feedsChanges = true

  private(set) var tables: [Table]
  private var byKind: [ObjectIdentifier: Table]
  private(set) var agendaList = DueList()
  private(set) var noteBook = NoteBook()
  private(set) var eventLog = EventLog()
  private var changes: [Change] = []
  var dirtyRows: [Row] = []
  /// The last changes, for watches that begin in the past.
  private var history: [(revision: Int64, change: Change)] = []
  /// Changes up to this revision are no longer remembered.
  private(set) var compacted: Int64 = 0
  private var byUID: [String: Row] = [:]
  private var byOwner: [String: RowList] = [:]
  /// Pods by node; those without one under the empty name, with some that have left since.
  private var byNode: [String: RowList] = [:]
  private var unplacedLeft = 0
  private var podTable: Table?
  var cold: SnapshotReader?
  /// Where this store is kept; nil: in memory only.
  public internal(set) var storage: Storage?

  /// Counts how often the store was read anew from disk: what others have derived from it is stale then.
  private(set) var epoch = 0

  private static let historyLength = 2048

  public init(now: Instant, dice: Dice, kinds: [Kind] = Kinds.all) {
    self.now = now
    self.dice = dice
    let indexed = [Kinds.pod, Kinds.replicaSet, Kinds.endpointSlice]
    tables = kinds.enumerated().map { Table($1, number: $0, indexesLabels: indexed.contains($1)) }
    byKind = Dictionary(tables.map { (ObjectIdentifier($0.kind), $0) }, uniquingKeysWith: { first, _ in first })
    podTable = byKind[ObjectIdentifier(Kinds.pod)]
  }

  func table(_ kind: Kind) -> Table? { byKind[ObjectIdentifier(kind)] }
  func row(_ key: ObjectKey) -> Row? { table(key.kind)?.row(key.namespace, key.name) }

  // MARK: Writing

  func insert(_ table: Table, _ namespace: String, _ name: String, _ given: consuming Value) -> Value {
    var object = given
    revision += 1
    object["metadata", "resourceVersion"] = .string(String(revision))
    let row = Row(table, namespace, name, object)
    table.add(row)
    addIndexes(row, object)
    soil(row)
    publish(table, Change(.added, ObjectKey(table.kind, namespace, name), old: nil, new: object))
    return object
  }

  func replace(_ row: Row, with given: consuming Value) -> Value {
    var object = given
    let old = row.value
    revision += 1
    object["metadata", "resourceVersion"] = .string(String(revision))
    row.hot = object
    reindex(row, from: old, to: object)
    soil(row)
    publish(row.table, Change(.modified, ObjectKey(row.table.kind, row.namespace, row.name), old: old, new: object))
    return object
  }

  /// Removes an object; `last` is its last state. Returns it at the revision of its deletion.
  func remove(_ row: Row, last given: consuming Value) -> Value {
    var last = given
    let old = row.value
    revision += 1
    last["metadata", "resourceVersion"] = .string(String(revision))
    row.alive = false
    row.table.remove(row, last: old)
    forgetIndexes(row, old)
    soil(row)
    row.hot = last
    publish(row.table, Change(.deleted, ObjectKey(row.table.kind, row.namespace, row.name), old: old, new: last))
    return last
  }

  private func reindex(_ row: Row, from old: Value, to new: Value) {
    let before = old["metadata"]
    let after = new["metadata"]
    row.table.relabel(row, from: before["labels"].members, to: after["labels"].members)
    let oldOwners = before["ownerReferences"]
    let newOwners = after["ownerReferences"]
    if oldOwners != newOwners {
      let was = oldOwners.items.map { $0["uid"].text }
      let will = newOwners.items.map { $0["uid"].text }
      for uid in was where !will.contains(uid) { ownerList(uid).remove(row) }
      for uid in will where !was.contains(uid) { ownerList(uid).add(row) }
    }
    let uid = after["uid"].text
    if uid != before["uid"].text {
      byUID[before["uid"].text] = nil
      if !uid.isEmpty { byUID[uid] = row }
    }
    if row.table === podTable {
      let from = old["spec"]["nodeName"].text
      let to = new["spec"]["nodeName"].text
      if from != to {
        if from.isEmpty { leaveUnplaced() } else { nodeList(from).remove(row) }
        nodeList(to).add(row)
      }
    }
  }

  private func forgetIndexes(_ row: Row, _ old: Value) {
    let metadata = old["metadata"]
    let uid = metadata["uid"].text
    if row.entry < 0 { byUID[uid] = nil } else { byUID[uid] = row }
    for owner in metadata["ownerReferences"].items {
      let key = owner["uid"].text
      guard let list = findOwnerList(key) else { continue }
      list.rowDied()
      if list.count == 0, cold == nil { byOwner[key] = nil }
    }
    if row.table === podTable { nodeList(old["spec"]["nodeName"].text).rowDied() }
  }

  /// A pod has been given a node. Its row leaves the list of those without one when many have: one by one would cost
  /// the length of the list each.
  private func leaveUnplaced() {
    unplacedLeft += 1
    let list = nodeList("")
    guard unplacedLeft > 1024, unplacedLeft > list.count / 2 else { return }
    unplacedLeft = 0
    list.keep { $0.value["spec"]["nodeName"].text.isEmpty }
  }

  private func soil(_ row: Row) {
    guard !row.dirty else { return }
    row.dirty = true
    dirtyRows.append(row)
  }

  private func publish(_ table: Table, _ change: Change) {
    if feedsChanges { changes.append(change) }
    if history.count >= 2 * Store.historyLength {
      compacted = history[Store.historyLength - 1].revision
      history.removeFirst(Store.historyLength)
    }
    history.append((revision, change))
    for stream in table.streams { stream.see(change.verb, namespace: change.key.namespace, old: change.old, new: change.new) }
  }

  /// Forgets every past change: watches from before now are too old.
  func compact() {
    history.removeAll()
    compacted = revision
  }

  /// The changes of a kind after a revision; nil where they are no longer remembered.
  func changes(_ kind: Kind, since: Int64) -> [Change]? {
    guard since >= compacted else { return nil }
    return history.filter { $0.revision > since && $0.change.key.kind == kind }.map(\.change)
  }

  /// The changes since the last call, in order: what workers are to see.
  public func takeChanges() -> [Change] {
    guard !changes.isEmpty else { return [] }
    let taken = changes
    changes = []
    return taken
  }

  /// Whether there are changes to take.
  public var hasChanges: Bool { !changes.isEmpty }

  /// Every object as an `added` change, in key order: for workers that were made anew on a cluster that exists.
  public func allAsAdded(_ kind: Kind) -> [Change] {
    guard let table = table(kind) else { return [] }
    return table.rows(nil).map { Change(.added, ObjectKey(kind, $0.namespace, $0.name), old: nil, new: $0.value) }
  }

  // MARK: From disk

  /// Puts an object as it was written; nil: it was deleted.
  func restore(_ table: Table, _ namespace: String, _ name: String, _ object: Value?, publishes: Bool) {
    let key = ObjectKey(table.kind, namespace, name)
    let row = table.row(namespace, name)
    let old = row?.value
    guard let object else {
      guard let row, let old else { return }
      row.alive = false
      table.remove(row, last: old)
      forgetIndexes(row, old)
      row.hot = old
      if publishes { publish(table, Change(.deleted, key, old: old, new: old)) }
      return
    }
    if let row, let old, old["metadata"]["uid"] == object["metadata"]["uid"] {
      row.hot = object
      reindex(row, from: old, to: object)
      if publishes { publish(table, Change(.modified, key, old: old, new: object)) }
      return
    }
    if row != nil { restore(table, namespace, name, nil, publishes: publishes) }
    let fresh = Row(table, namespace, name, object)
    fresh.stored = true
    table.add(fresh)
    addIndexes(fresh, object)
    if publishes { publish(table, Change(.added, key, old: nil, new: object)) }
  }

  /// What came before is on disk: watches begin here.
  func beginHistory() {
    history = []
    changes = []
    compacted = revision
  }

  /// Becomes another store, read anew from disk. Watches see what differs; whatever else was derived from this one is stale.
  func become(_ other: Store) {
    for (before, after) in zip(tables, other.tables) where !before.streams.isEmpty {
      let rows = before.rows(nil)
      for row in rows where after.row(row.namespace, row.name)?.value["metadata"]["uid"] != row.value["metadata"]["uid"] {
        for stream in before.streams { stream.see(.deleted, namespace: row.namespace, old: row.value, new: row.value) }
      }
      for row in after.rows(nil) {
        let new = row.value
        let old = before.row(row.namespace, row.name)?.value
        let same = old?["metadata"]["uid"] == new["metadata"]["uid"]
        if same, old == new { continue }
        for stream in before.streams {
          stream.see(same ? .modified : .added, namespace: row.namespace, old: same ? old : nil, new: new)
        }
      }
      after.streams = before.streams
      for stream in after.streams { stream.table = after }
    }
    revision = other.revision
    now = other.now
    dice.random = other.dice.random
    tables = other.tables
    byKind = other.byKind
    agendaList = other.agendaList
    noteBook = other.noteBook
    eventLog = other.eventLog
    dirtyRows = []
    byUID = other.byUID
    byOwner = other.byOwner
    byNode = other.byNode
    unplacedLeft = other.unplacedLeft
    podTable = other.podTable
    cold = other.cold
    epoch += 1
    beginHistory()
  }

  // MARK: Indexes

  private func addIndexes(_ row: Row, _ object: Value) {
    let uid = object["metadata"]["uid"].text
    if !uid.isEmpty { byUID[uid] = row }
    for owner in object["metadata"]["ownerReferences"].items { ownerList(owner["uid"].text).add(row) }
    if row.table === podTable { nodeList(object["spec"]["nodeName"].text).add(row) }
  }

  private func findOwnerList(_ uid: String) -> RowList? {
    if let list = byOwner[uid] { return list }
    guard let cold else { return nil }
    let entries = cold.owned(by: uid)
    guard !entries.isEmpty else { return nil }
    let list = RowList(cold: entries, source: cold)
    byOwner[uid] = list
    return list
  }

  private func ownerList(_ uid: String) -> RowList {
    if let list = findOwnerList(uid) { return list }
    let list = RowList()
    byOwner[uid] = list
    return list
  }

  private func nodeList(_ node: String) -> RowList {
    if let list = byNode[node] { return list }
    let list: RowList
    if let cold {
      list = RowList(cold: cold.onNode(node), source: cold)
    } else {
      list = RowList()
    }
    byNode[node] = list
    return list
  }

  func nodeRows(_ node: String) -> [Row] {
    let rows = nodeList(node).rows
    return node.isEmpty ? rows.filter { $0.value["spec"]["nodeName"].text.isEmpty } : rows
  }

  private func uidRow(_ uid: String) -> Row? {
    if let row = byUID[uid] { return row.alive ? row : nil }
    guard let row = cold?.row(uid: uid), row.alive else { return nil }
    return row
  }
}

extension Store: Lister {
  public func get(_ key: ObjectKey) -> Value? {
    if key.kind == Kinds.event, let event = eventLog.get(key.namespace, key.name, now) { return event }
    return row(key)?.value
  }

  public func list(_ kind: Kind, namespace: String?) -> [Value] {
    let plain = table(kind)?.rows(namespace).map(\.value) ?? []
    guard kind == Kinds.event else { return plain }
    let recorded = eventLog.list(namespace, now)
    if plain.isEmpty { return recorded }
    return (plain + recorded).sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
  }

  public func count(_ kind: Kind, namespace: String?) -> Int {
    (table(kind)?.count(namespace) ?? 0) + (kind == Kinds.event ? eventLog.count(namespace, now) : 0)
  }

  public func owned(_ kind: Kind, by uid: String) -> [Value] {
    guard let table = table(kind), let list = findOwnerList(uid) else { return [] }
    var answer: [Value] = []
    let rows = list.rows
    answer.reserveCapacity(rows.count)
    for row in rows where row.table === table { answer.append(row.value) }
    return answer
  }

  public func dependents(of uid: String) -> [ObjectKey] {
    guard let list = findOwnerList(uid) else { return [] }
    return list.rows.map { ObjectKey($0.table.kind, $0.namespace, $0.name) }
  }

  public func holder(of uid: String) -> ObjectKey? {
    uidRow(uid).map { ObjectKey($0.table.kind, $0.namespace, $0.name) }
  }

  public func pods(onNode node: String) -> [Value] { nodeRows(node).map(\.value) }

  public func labelled(_ kind: Kind, namespace: String, _ key: String, _ value: String) -> [Value] {
    table(kind)?.labelled(namespace, key, value).map(\.value) ?? []
  }
}

extension Store: Agenda {
  public func note(_ key: String, for worker: String, at time: Instant) { agendaList.note(key, worker, time) }
  public func forget(_ key: String, for worker: String) { agendaList.forget(key, worker) }
  public func due(_ key: String, for worker: String) -> Instant? { agendaList.due(key, worker) }

  /// When the next entry of the agenda is due.
  public var nextDue: Instant? { agendaList.next() }
  /// How many entries the agenda has.
  public var dueCount: Int { agendaList.count }

  /// Takes the first entry out of the agenda that is due by `limit`: by time, then in the order in which they were noted.
  public func popDue(notLaterThan limit: Instant) -> (worker: String, key: String, time: Instant)? {
    agendaList.pop(notLaterThan: limit)
  }
}

extension Store: Notes {
  public func note(_ worker: String, _ key: String) -> Value? { noteBook.note(worker, key) }
  public func setNote(_ worker: String, _ key: String, _ value: Value?) { noteBook.set(worker, key, value) }
  public func noteKeys(_ worker: String) -> [String] { noteBook.keys(worker) }
}
