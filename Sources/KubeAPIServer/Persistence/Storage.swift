// A cluster's folder on disk: its log, its snapshot and its lock.

import API
import APIMachinery
import Client
import Formats
import Posix

/// A cluster's state folder: `log`, `snapshot` and `lock`. What was committed survives any end of the process.
public final class Storage {
  public let folder: String
  /// What was mended when the state was read, one line each.
  public private(set) var warnings: [String] = []
  /// What `refresh` found.
  public enum Refresh: Sendable {
    case unchanged
    /// Another process has committed; its changes were published.
    case grew
    /// The state was read anew as a whole: whatever was derived from it must be made again.
    case reloaded
  }

  private var held: FileLock?
  private var log: Descriptor?
  private var logIdentity: FileIdentity?
  private var logEnd = 0
  private var cluster: [UInt8] = []
  private var snapshotNumber: UInt64 = 0
  private var snapshotSize = 0
  private var lastState: [UInt8] = []
  private var broken: StorageFailure?
  /// Groups that found no room: they are written before any other.
  private var unwritten: [UInt8] = []
  /// Whether the log belongs to an earlier snapshot: nothing may be written to it.
  private var logIsOld = false

  private var logPath: String { folder + "/log" }
  private var snapshotPath: String { folder + "/snapshot" }

  /// A log below this size is never turned into a snapshot.
  private static let smallLog = 4 << 20

  private init(_ folder: String) { self.folder = folder }

  /// Opens a folder, which is made where it is missing.
  public static func open(folder: String) throws(StorageFailure) -> Storage {
    do throws(SystemFailure) {
      try Folder.make(folder)
    } catch {
      throw .system(folder, error)
    }
    return Storage(folder)
  }

  /// Whether nothing was ever committed here.
  public var isEmpty: Bool { !Folder.exists(logPath) && !Folder.exists(snapshotPath) }

  // MARK: The lock

  /// Whether another process serves what is kept here, and so holds the lock as long as it runs.
  public var isServed: () -> Bool = { false }

  /// Waits until no other process works here. Everything that reads or writes the folder wants it held.
  public func lock() throws(StorageFailure) {
    guard held == nil else { return }
    let path = folder + "/lock"
    var pause: Int64 = 500_000
    while true {
      do throws(SystemFailure) {
        held = try FileLock(ifFree: path)
        return
      } catch {
        guard error.isBusy else { throw .system(path, error) }
      }
      if isServed() { throw .served(folder) }
      if Terminal.isInterrupted { throw .system(path, .interrupted) }
      WallClock.sleep(nanoseconds: pause)
      pause = min(pause * 2, 8_000_000)
    }
  }

  public func unlock() { held = nil }
  public var isLocked: Bool { held != nil }

  private func locked<T>(_ body: () throws(StorageFailure) -> T) throws(StorageFailure) -> T {
    if held != nil { return try body() }
    try lock()
    defer { unlock() }
    return try body()
  }

  // MARK: Reading

  /// Reads the state, or begins a new one. What it returns commits here.
  public func load(now: Instant, seed: UInt64, kinds: [Kind] = Kinds.all) throws(StorageFailure) -> Store {
    let store = try locked { () throws(StorageFailure) in
      try read(Store(now: now, dice: Dice(Random(seed: seed)), kinds: kinds))
    }
    store.storage = self
    return store
  }

  private func read(_ store: Store) throws(StorageFailure) -> Store {
    log = nil
    logIdentity = nil
    snapshotNumber = 0
    snapshotSize = 0
    cluster = []
    if Folder.exists(snapshotPath) {
      let snapshot = try SnapshotReader(snapshotPath)
      try store.attach(snapshot, path: snapshotPath)
      cluster = snapshot.cluster
      snapshotNumber = snapshot.number
      snapshotSize = snapshot.size
    }
    if Folder.exists(logPath) {
      try readLog(store)
    } else if snapshotNumber > 0 {
      try beginLog()
    }
    store.beginHistory()
    lastState = store.stateBytes()
    return store
  }

  private func readLog(_ store: Store) throws(StorageFailure) {
    let path = logPath
    let bytes = try system(path) { () throws(SystemFailure) in
      log = try Descriptor(path, .readWrite)
      return try log?.read() ?? []
    }
    let header = try LogFile.readHeader(bytes, path)
    if cluster.isEmpty { cluster = header.cluster }
    guard header.cluster == cluster else { throw .mixed(path) }
    guard header.snapshot <= snapshotNumber else { throw .damaged(snapshotPath, 0) }
    // A snapshot that came after this log holds all of it.
    guard header.snapshot == snapshotNumber else { return try beginLog() }
    let (groups, end) = try LogFile.groups(bytes, from: LogFile.headerSize, path)
    if end < bytes.count { try cut(bytes, end) }
    for group in groups { try store.replay(group, bytes, path, publishes: false) }
    logEnd = end
    logIdentity = try system(path) { () throws(SystemFailure) in try log?.identity() }
  }

  /// Keeps what an unfinished write has left aside, and cuts it off.
  private func cut(_ bytes: [UInt8], _ end: Int) throws(StorageFailure) {
    var n = 1
    while Folder.exists("\(logPath).torn-\(n)") { n += 1 }
    let aside = "\(logPath).torn-\(n)"
    try system(aside) { () throws(SystemFailure) in
      let file = try Descriptor(aside, .createNew)
      try file.write(Array(bytes[end...]), at: 0)
      try file.sync()
    }
    try system(logPath) { () throws(SystemFailure) in
      try log?.truncate(to: end)
      try log?.sync()
      try Folder.sync(folder)
    }
    warnings.append("the last write to \(logPath) was not finished: its \(bytes.count - end) bytes were cut off and kept as \(aside)")
  }

  /// Reads what other processes have committed meanwhile. The lock is to be held, and nothing of our own uncommitted.
  @discardableResult
  public func refresh(_ store: Store) throws(StorageFailure) -> Refresh {
    try locked { () throws(StorageFailure) in
      guard let identity = logIdentity else {
        return isEmpty ? .unchanged : try reload(store)
      }
      let path = logPath
      let there = try system(path) { () throws(SystemFailure) in try FileIdentity(of: path) }
      guard there == identity else { return try reload(store) }
      let size = try system(path) { () throws(SystemFailure) in try log?.size() ?? 0 }
      if size == logEnd { return .unchanged }
      guard size > logEnd else { return try reload(store) }
      let start = logEnd
      let bytes = try system(path) { () throws(SystemFailure) in try log?.read(at: start, count: size - start) ?? [] }
      let (groups, end) = try LogFile.groups(bytes, from: 0, path)
      if end < bytes.count {
        try cut(Array(bytes), end, at: start)
      }
      for group in groups { try store.replay(group, bytes, path, publishes: true) }
      logEnd = start + end
      lastState = store.stateBytes()
      return groups.isEmpty ? .unchanged : .grew
    }
  }

  private func cut(_ tail: [UInt8], _ end: Int, at start: Int) throws(StorageFailure) {
    let whole = try system(logPath) { () throws(SystemFailure) in try log?.read() ?? [] }
    guard start + end <= whole.count else { throw .damaged(logPath, start + end) }
    try cut(whole, start + end)
  }

  private func reload(_ store: Store) throws(StorageFailure) -> Refresh {
    let fresh = try read(Store(now: store.now, dice: Dice(store.dice.random), kinds: store.tables.map(\.kind)))
    store.become(fresh)
    lastState = store.stateBytes()
    return .reloaded
  }

  // MARK: Writing

  /// Makes everything that was written since the last commit durable: one write and one fsync.
  func commit(_ store: Store) throws(StorageFailure) {
    if let broken { throw broken }
    if let damage = store.cold?.damage { throw .system(damage, SystemFailure.ioError) }
    try locked { () throws(StorageFailure) in
      do throws(StorageFailure) {
        try write(store)
      } catch {
        // Where there may be room again it is tried again.
        if !error.mayPass { broken = error }
        throw error
      }
    }
  }

  /// Gives a new cluster its identity and its log.
  private func beginCluster(_ store: Store) throws(StorageFailure) {
    guard isEmpty else { throw .overtaken(folder) }
    var random = Random(seed: store.dice.random.state ^ 0x6b63_746c_6b63_746c)
    var id = ByteWriter()
    id.put(random.next())
    id.put(random.next())
    cluster = id.bytes
    try beginLog()
  }

  private func write(_ store: Store) throws(StorageFailure) {
    if cluster.isEmpty { try beginCluster(store) }
    if logIsOld { try beginLog() }
    let path = logPath
    let (there, size) = try system(path) { () throws(SystemFailure) in (try FileIdentity(of: path), try log?.size() ?? 0) }
    guard there == logIdentity, size == logEnd else { throw .overtaken(path) }
    let state = store.stateBytes()
    guard store.hasUncommitted || state != lastState || !unwritten.isEmpty else { return }
    // What would be a big log is better read as a snapshot.
    if store.uncommittedCount > 20_000 || logEnd + unwritten.count > max(Storage.smallLog, snapshotSize) {
      try writeSnapshot(store)
      lastState = state
      return
    }
    let group = unwritten + store.groupBytes(state)
    let start = logEnd
    do throws(SystemFailure) {
      try log?.write(group, at: start)
      try log?.sync()
    } catch {
      unwritten = group
      try system(path) { () throws(SystemFailure) in try log?.truncate(to: start) }
      throw .system(path, error)
    }
    unwritten = []
    logEnd = start + group.count
    lastState = state
  }

  /// Makes a snapshot of a store that has been committed, however small it is.
  func snapshotNow(_ store: Store) throws(StorageFailure) {
    try commit(store)
    try locked { () throws(StorageFailure) in try writeSnapshot(store) }
  }

  /// Puts another store's state in the place of all that is kept here; that store commits here from now on.
  public func replace(with store: Store) throws(StorageFailure) {
    try locked { () throws(StorageFailure) in
      if cluster.isEmpty { try beginCluster(store) }
      try writeSnapshot(store)
      lastState = store.stateBytes()
    }
    store.storage = self
  }

  /// The whole state as the bytes of a snapshot.
  public func exported(_ store: Store) throws(StorageFailure) -> [UInt8] {
    let aside = folder + "/export.new"
    return try system(aside) { () throws(SystemFailure) in
      try SnapshotWriter.write(store, to: aside, cluster: cluster, number: 1)
      let bytes = try Machine.readFile(aside)
      try Folder.remove(aside)
      return bytes
    }
  }

  /// A store from the bytes of a snapshot. It is kept nowhere yet.
  public func imported(_ bytes: [UInt8], now: Instant, kinds: [Kind] = Kinds.all) throws(StorageFailure) -> Store {
    let aside = folder + "/import.new"
    try system(aside) { () throws(SystemFailure) in try Machine.replaceFile(aside, with: bytes, mode: 0o600) }
    let store = Store(now: now, dice: Dice(Random(seed: 0)), kinds: kinds)
    try store.attach(try SnapshotReader(aside), path: aside)
    store.beginHistory()
    return store
  }

  /// Writes the whole state aside, puts it in the snapshot's place, and begins a log behind it.
  private func writeSnapshot(_ store: Store) throws(StorageFailure) {
    let aside = snapshotPath + ".new"
    let number = snapshotNumber + 1
    do throws(SystemFailure) {
      try SnapshotWriter.write(store, to: aside, cluster: cluster, number: number)
      // Damage that showed while everything was read must not be made permanent.
      if store.cold?.damage != nil { throw SystemFailure.ioError }
      try Folder.rename(aside, to: snapshotPath)
    } catch {
      // Half of it would only take the room that it lacks.
      try? Folder.remove(aside)
      throw .system(aside, error)
    }
    // From here on all is in the snapshot; that it is on the disk the new log's beginning makes sure of, too.
    logIsOld = true
    store.forgetUncommitted()
    unwritten = []
    try system(folder) { () throws(SystemFailure) in try Folder.sync(folder) }
    snapshotNumber = number
    snapshotSize = (try? Descriptor(snapshotPath, .read).size()) ?? 0
    try beginLog()
  }

  /// Puts an empty log in place, behind the present snapshot.
  private func beginLog() throws(StorageFailure) {
    let aside = logPath + ".new"
    let path = logPath
    let header = LogFile.header(cluster: cluster, snapshot: snapshotNumber)
    try system(path) { () throws(SystemFailure) in
      let file = try Descriptor(aside, .createNew)
      try file.write(header, at: 0)
      try file.sync()
      try Folder.rename(aside, to: path)
      try Folder.sync(folder)
      logIdentity = try file.identity()
      log = consume file
    }
    logIsOld = false
    logEnd = LogFile.headerSize
  }

  private func system<T>(_ path: String, _ body: () throws(SystemFailure) -> T) throws(StorageFailure) -> T {
    do throws(SystemFailure) {
      return try body()
    } catch {
      throw .system(path, error)
    }
  }
}
