import API
import APIMachinery
import Client
import Formats
import Foundation
import Posix
import Testing

@testable import KubeAPIServer

private let start = Instant(year: 2026, month: 11, day: 23)

/// A folder of one test's own.
private func scratch() -> String {
  FileManager.default.temporaryDirectory.appendingPathComponent("kctl-storage-\(UUID().uuidString)").path
}

private func opened(_ folder: String) throws -> (Storage, Store, APIServer) {
  let storage = try Storage.open(folder: folder)
  let store = try storage.load(now: start, seed: 7)
  return (storage, store, APIServer(store: store, clock: store, dice: store.dice))
}

/// Everything a store says, as text.
private func told(_ store: Store) -> String {
  var lines = ["revision \(store.revision) now \(store.now.nanoseconds) dice \(store.dice.random.state)"]
  for table in store.tables {
    for object in store.list(table.kind, namespace: nil) { lines.append("\(table.kind) \(JSON.text(object))") }
  }
  for (worker, key, time) in store.agendaList.all.sorted(by: { ($0.time, $0.worker, $0.key) < ($1.time, $1.worker, $1.key) }) {
    lines.append("due \(worker) \(key) \(time)")
  }
  for (worker, key, value) in store.noteBook.all { lines.append("note \(worker) \(key) \(JSON.text(value))") }
  return lines.joined(separator: "\n")
}

/// A few commands on a new cluster; what the store said after each commit, the first before any.
private func session(_ folder: String) throws -> [String] {
  let (_, store, server) = try opened(folder)
  var said = [told(store)]
  func commit() throws {
    try store.commit()
    said.append(told(store))
  }
  _ = try server.create(Kinds.namespace, namespace: "", ["metadata": ["name": "default"]], WriteOptions())
  let account = try server.create(Kinds.serviceAccount, namespace: "default", ["metadata": ["name": "default"]], WriteOptions())
  store.note("a", for: "w", at: store.now + .seconds(5))
  store.setNote("w", "k", ["n": 1])
  try commit()
  _ = try server.create(Kinds.configMap, namespace: "default", ["metadata": ["name": "c"], "data": ["k": "v"]], WriteOptions())
  store.event(account, .normal, "Made", "made it", source: "test")
  store.now = store.now + .seconds(1)
  try commit()
  _ = store.popDue(notLaterThan: store.now + .seconds(9))
  store.setNote("w", "k", nil)
  _ = try server.delete(ObjectKey(Kinds.configMap, "default", "c"), DeleteOptions())
  try commit()
  return said
}

@Test func whatWasCommittedIsThereAgain() throws {
  let folder = scratch()
  let said = try session(folder)
  let (storage, store, _) = try opened(folder)
  let same = told(store) == said.last
  #expect(same)
  #expect(storage.warnings.isEmpty)
  // Opening and committing nothing writes nothing.
  let size = try Descriptor(folder + "/log", .read).size()
  try store.commit()
  #expect(try Descriptor(folder + "/log", .read).size() == size)
}

@Test func aLogCutAnywhereHoldsWholeCommits() throws {
  let folder = scratch()
  let said = try session(folder)
  let log = try Descriptor(folder + "/log", .read).read()
  let ends = try LogFile.groups(log, from: LogFile.headerSize, "log").groups.map(\.end)
  let copy = scratch()
  try Folder.make(copy)
  for length in LogFile.headerSize..<log.count {
    try Descriptor(copy + "/log", .createNew).write(Array(log[..<length]), at: 0)
    let (storage, store, _) = try opened(copy)
    let whole = ends.filter { $0 <= length }.count
    let isWhole = told(store) == said[whole]
    #expect(isWhole, "cut at \(length)")
    let isTorn = length != LogFile.headerSize && !ends.contains(length)
    #expect(storage.warnings.count == (isTorn ? 1 : 0))
    if isTorn {
      let aside = copy + "/log.torn-1"
      #expect(try Descriptor(aside, .read).read() == Array(log[(whole == 0 ? LogFile.headerSize : ends[whole - 1])..<length]))
      try Folder.remove(aside)
    }
  }
}

@Test func aLogDamagedAnywhereHoldsWholeCommitsOrSaysSo() throws {
  let folder = scratch()
  let said = try session(folder)
  let log = try Descriptor(folder + "/log", .read).read()
  let ends = try LogFile.groups(log, from: LogFile.headerSize, "log").groups.map(\.end)
  let copy = scratch()
  try Folder.make(copy)
  for place in log.indices {
    for flip: UInt8 in [place % 2 == 0 ? 0x01 : 0x80] {
      var bytes = log
      bytes[place] ^= flip
      try Descriptor(copy + "/log", .createNew).write(bytes, at: 0)
      do {
        let (_, store, _) = try opened(copy)
        let isWhole = said.contains(told(store))
        #expect(isWhole, "damaged at \(place)")
        // Only the last commit can be taken for one that was never finished.
        if place >= LogFile.headerSize, place < ends[ends.count - 2] { Issue.record("damage at \(place) went unnoticed") }
      } catch let failure as StorageFailure {
        #expect(failure.description.contains(copy + "/log"))
        #expect(try Descriptor(copy + "/log", .read).read() == bytes, "a damaged log was rewritten")
      }
      for name in try Machine.entries(of: copy) where name.hasPrefix("log.torn") { try Folder.remove(copy + "/" + name) }
    }
  }
}

/// A cluster with a snapshot of many pods and a log behind it.
private func snapshotted(_ folder: String, pods: Int) throws -> String {
  let (_, store, server) = try opened(folder)
  try server.bootstrap()
  _ = try server.create(Kinds.serviceAccount, namespace: "default", ["metadata": ["name": "default"]], WriteOptions())
  let set = try server.create(
    Kinds.configMap, namespace: "default", ["metadata": ["name": "owner"], "data": ["a": "b"]], WriteOptions())
  let spec = try server.decoded(pod("template"), Kinds.pod, WriteOptions())["spec"]
  for i in 0..<pods {
    _ = try server.create(
      Kinds.pod, namespace: "default",
      [
        "metadata": [
          "name": .string("p-\(i)"), "labels": ["app": "web", "n": .string("\(i % 5)")],
          "ownerReferences": [
            ["apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": .string(set.uid), "controller": true]
          ],
        ], "spec": spec,
      ], WriteOptions())
    _ = try server.create(
      ObjectKey(Kinds.pod, "default", "p-\(i)"), subresource: "binding", ["target": ["name": .string("node-\(i % 3)")]], WriteOptions())
    store.event(set, .normal, "Made", "made p-\(i)", source: "test")
  }
  store.note("later", for: "w", at: store.now + .seconds(60))
  store.setNote("w", "k", ["many": [1, 2.0, "x"]])
  try store.storage?.snapshotNow(store)
  _ = try server.create(Kinds.configMap, namespace: "default", ["metadata": ["name": "behind"]], WriteOptions())
  try store.commit()
  return told(store)
}

extension Value: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .number("\(value)") }
}

@Test func aSnapshotIsReadWhereItIsAsked() throws {
  let folder = scratch()
  let said = try snapshotted(folder, pods: 20)
  do {
    let (_, store, _) = try opened(folder)
    #expect(told(store) == said)
  }
  let (_, store, server) = try opened(folder)
  #expect(store.count(Kinds.pod, namespace: "default") == 20)
  #expect(store.get(ObjectKey(Kinds.pod, "default", "p-7"))?.name == "p-7")
  #expect(store.get(ObjectKey(Kinds.pod, "default", "p-77")) == nil)
  #expect(store.pods(onNode: "node-1").map(\.name) == ["p-1", "p-10", "p-13", "p-16", "p-19", "p-4", "p-7"])
  #expect(store.labelled(Kinds.pod, namespace: "default", "n", "3").map(\.name) == ["p-13", "p-18", "p-3", "p-8"])
  let owner = try #require(store.get(ObjectKey(Kinds.configMap, "default", "owner"))).uid
  #expect(store.owned(Kinds.pod, by: owner).count == 20)
  #expect(store.holder(of: owner)?.name == "owner")

  // Change, delete and make anew what lies in the snapshot.
  let key = ObjectKey(Kinds.pod, "default", "p-3")
  _ = try server.patch(key, subresource: nil, .merge(["metadata": ["labels": ["n": "9"]]]), WriteOptions())
  #expect(store.labelled(Kinds.pod, namespace: "default", "n", "3").map(\.name) == ["p-13", "p-18", "p-8"])
  #expect(store.labelled(Kinds.pod, namespace: "default", "n", "9").map(\.name) == ["p-3"])
  var now = DeleteOptions()
  now.gracePeriodSeconds = 0
  let gone = try server.delete(ObjectKey(Kinds.pod, "default", "p-13"), now)
  #expect(store.holder(of: gone.uid) == nil)
  #expect(store.count(Kinds.pod, namespace: "default") == 19)
  #expect(store.labelled(Kinds.pod, namespace: "default", "app", "web").count == 19)
  _ = try server.create(Kinds.pod, namespace: "default", pod("p-13"), WriteOptions())
  #expect(store.count(Kinds.pod, namespace: nil) == 20)
  try store.commit()
  let after = told(store)
  let (_, again, _) = try opened(folder)
  #expect(told(again) == after)
  try again.storage?.snapshotNow(again)
  let (_, third, _) = try opened(folder)
  #expect(told(third) == after)
}

@Test func aSnapshotDamagedAnywhereNeverTrapsNorSpreads() throws {
  let folder = scratch()
  let said = try snapshotted(folder, pods: 3)
  let bytes = try Descriptor(folder + "/snapshot", .read).read()
  for place in stride(from: 0, to: bytes.count, by: 7) {
    var damaged = bytes
    damaged[place] ^= 0x41
    try Descriptor(folder + "/snapshot", .createNew).write(damaged, at: 0)
    do {
      let (_, store, _) = try opened(folder)
      if told(store) != said {
        store.setNote("w", "more", 1)
        #expect(throws: StorageFailure.self) { try store.commit() }
      }
    } catch is StorageFailure {}
  }
  for length in stride(from: 0, to: bytes.count, by: 11) {
    try Descriptor(folder + "/snapshot", .createNew).write(Array(bytes[..<length]), at: 0)
    #expect(throws: StorageFailure.self) { _ = try opened(folder) }
  }
}

@Test func processesSeeEachOthersCommits() throws {
  let folder = scratch()
  let (a, first, firstServer) = try opened(folder)
  try firstServer.bootstrap()
  try first.commit()
  let (_, second, secondServer) = try opened(folder)
  var options = ListOptions()
  options.resourceVersion = String(second.revision)
  let stream = try secondServer.stream(Kinds.configMap, namespace: nil, options)
  _ = try firstServer.create(Kinds.configMap, namespace: "default", ["metadata": ["name": "a"]], WriteOptions())
  try first.commit()
  #expect(throws: StorageFailure.self) {
    second.setNote("w", "k", 1)
    try second.commit()
  }
  let (_, third, thirdServer) = try opened(folder)
  options.resourceVersion = String(third.revision)
  let later = try thirdServer.stream(Kinds.configMap, namespace: nil, options)
  _ = try firstServer.create(Kinds.configMap, namespace: "default", ["metadata": ["name": "b"]], WriteOptions())
  try first.commit()
  #expect(try third.storage?.refresh(third) == .grew)
  guard case .added(let seen)? = later.poll() else {
    Issue.record("expected the other process's object")
    return
  }
  #expect(seen.name == "b")
  // Another process makes a snapshot.
  _ = try firstServer.create(Kinds.configMap, namespace: "default", ["metadata": ["name": "c"]], WriteOptions())
  try a.snapshotNow(first)
  #expect(try third.storage?.refresh(third) == .reloaded)
  guard case .added(let next)? = later.poll() else {
    Issue.record("expected the object out of the snapshot")
    return
  }
  #expect(next.name == "c")
  #expect(told(third) == told(first))
  _ = stream
}

@Test func twentyWritersLeaveTwentyObjects() throws {
  let folder = scratch()
  let (_, first, firstServer) = try opened(folder)
  try firstServer.bootstrap()
  try first.commit()
  let writers = try (0..<20).map { _ in try opened(folder) }
  for (i, (storage, store, server)) in writers.enumerated() {
    try storage.lock()
    try storage.refresh(store)
    _ = try server.create(Kinds.configMap, namespace: "default", ["metadata": ["name": .string("c-\(i)")]], WriteOptions())
    try store.commit()
    storage.unlock()
  }
  let (_, last, _) = try opened(folder)
  #expect(last.count(Kinds.configMap, namespace: "default") == 20)
}

@Test func filesOfOthersAndNewerOnesAreLeftAlone() throws {
  let folder = scratch()
  _ = try session(folder)
  let log = try Descriptor(folder + "/log", .read).read()
  var newer = log
  newer[8] = 9
  let sum = CRC32C.checksum(Array(newer[..<36]))
  for i in 0..<4 { newer[36 + i] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(i))) }
  for (bytes, word) in [(newer, "newer"), (Array("something else".utf8), "not a file")] {
    try Descriptor(folder + "/log", .createNew).write(bytes, at: 0)
    do {
      _ = try opened(folder)
      Issue.record("expected a refusal")
    } catch let failure as StorageFailure {
      #expect(failure.description.contains(word))
    }
    #expect(try Descriptor(folder + "/log", .read).read() == bytes)
  }
  // A whole group with a record of a type to come.
  var group: [UInt8] = []
  LogFile.append(77, [1, 2, 3], to: &group)
  LogFile.close(&group)
  try Descriptor(folder + "/log", .createNew).write(log + group, at: 0)
  #expect(throws: StorageFailure.unknownRecord(folder + "/log", 77, log.count)) { _ = try opened(folder) }
}

@Test func whatPodsShareInMemoryTheyShareOnDisk() throws {
  let folder = scratch()
  let (storage, store, server) = try opened(folder)
  try server.bootstrap()
  _ = try server.create(Kinds.serviceAccount, namespace: "default", ["metadata": ["name": "default"]], WriteOptions())
  let owner = try server.create(Kinds.configMap, namespace: "default", ["metadata": ["name": "owner"]], WriteOptions())
  let template = try server.decoded(pod("template"), Kinds.pod, WriteOptions())
  for i in 0..<5 {
    var one = template
    one["metadata", "name"] = .string("p-\(i)")
    one["metadata", "ownerReferences"] = [
      ["apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": .string(owner.uid), "controller": true]
    ]
    _ = try server.create(Kinds.pod, namespace: "default", one, WriteOptions())
    let binding: Value = ["target": ["name": .string("node-\(i)")]]
    _ = try server.create(ObjectKey(Kinds.pod, "default", "p-\(i)"), subresource: "binding", binding, WriteOptions())
  }
  func distinct(_ store: Store) -> Int {
    Set(store.list(Kinds.pod, namespace: "default").map { $0["spec"]["containers"].identity }).count
  }
  #expect(distinct(store) == 1)
  try storage.snapshotNow(store)
  // The first one stands where it was written; all others point to it.
  #expect(try distinct(opened(folder).1) <= 2)
}

/// A cluster that was made before a kind was served opens with it, from its log and from its snapshot.
@Test func aClusterOfFewerKindsOpens() throws {
  let folder = scratch()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let storage = try Storage.open(folder: folder)
  let store = try storage.load(now: start, seed: 7, kinds: Kinds.all.filter { $0 != Kinds.lease })
  let server = APIServer(store: store, clock: store, dice: store.dice)
  try server.bootstrap()
  try store.commit()
  for snapshot in [false, true] {
    if snapshot { try storage.replace(with: store) }
    let (_, again, served) = try opened(folder)
    #expect(again.list(Kinds.namespace, namespace: nil).count == 4)
    let lease = try served.create(Kinds.lease, namespace: "default", ["metadata": ["name": "l"]], WriteOptions())
    #expect(again.get(ObjectKey(Kinds.lease, "default", "l")) == lease)
  }
}
