import API
import APIMachinery
import Client
import Formats
import KubeAPIServer
import Kubelet

// A whole cluster in one process: the API server and its store, the workers, and a clock.

/// A cluster of our own: everything but what runs its containers. Its workers run while its time passes: up to the machine's time
/// before each request (`follow`), or by `advance` and waiting (`manual`).
open class LocalCluster: ServedCluster {
  public private(set) var store: Store
  public private(set) var server: APIServer
  public private(set) var settings: ClusterSettings
  public private(set) var figures = Figures()
  public private(set) var kubelet: Kubelet
  private let parts: ClusterParts
  private var workers: WorkerTable
  private var clock: VirtualClock
  private let machine: MachineClock
  /// Where the cluster is kept; nil: in memory only.
  private var storage: Storage?
  /// Where the store stood at the last commit.
  private var saved: (revision: Int64, fired: Int) = (-1, -1)

  /// Told at each commit what was read, advanced and written (`-v=6`).
  public var trace: ((String) -> Void)?

  public var onWarning: ((String) -> Void)? {
    get { server.onWarning }
    set { server.onWarning = newValue }
  }

  /// A cluster on a store that may hold one already.
  public required init(store: Store, settings: ClusterSettings?, mode: ClockMode, seed: UInt64, machine: MachineClock, parts: ClusterParts)
  {
    self.store = store
    self.machine = machine
    self.parts = parts
    server = APIServer(store: store, clock: store, dice: store.dice, services: parts.services, expandsPorts: parts.expandsPorts)
    clock = VirtualClock(mode: mode)
    if let settings {
      self.settings = settings
      clock = VirtualClock(mode: settings.clock, offset: settings.offset)
    } else {
      self.settings = ClusterSettings(clock: mode, seed: seed, born: store.now, uid: store.dice.random.uuid(), offset: .zero)
      clock.set(now: store.now, machine: machine.now())
    }
    let around = LocalCluster.surroundings(server, store)
    kubelet = parts.kubelet(around, store)
    workers = WorkerTable(around, kubelet: kubelet, others: parts.workers(around))
  }

  /// A store for a cluster that is about to be made.
  public static func newStore(_ mode: ClockMode, seed: UInt64, machine: MachineClock, foundingTime: Duration) -> Store {
    let now = mode == .manual ? VirtualClock.manualStart : machine.now()
    return Store(now: now - foundingTime, dice: Dice(Random(seed: seed)))
  }

  private static func surroundings(_ server: APIServer, _ store: Store) -> Surroundings {
    Surroundings(client: InsideClient(server), lister: store, agenda: store, notes: store, recorder: store, dice: store.dice)
  }

  /// Makes everything that works on the store anew: it may have been read again as a whole.
  private func rebuild() {
    let around = LocalCluster.surroundings(server, store)
    kubelet = parts.kubelet(around, store)
    workers = WorkerTable(around, kubelet: kubelet, others: parts.workers(around))
    if let note = store.note(ClusterSettings.notes, ClusterSettings.key), let kept = ClusterSettings(note: note) {
      settings = kept
      clock = VirtualClock(mode: kept.clock, offset: kept.offset)
    }
  }

  /// A cluster kept in a folder: the one that is there, or a new one. Its lock is held until it waits or is let go.
  /// - Parameter mode: the clock of a new cluster; one that is there is set to it where one is given.
  public static func open(
    folder: String, clock mode: ClockMode?, seed: UInt64, machine: MachineClock = .real, parts: ClusterParts,
    isServed: @escaping () -> Bool = { false }, onWarning: (String) -> Void = { _ in }
  ) throws(Status) -> Self {
    let (storage, store, isNew) = try kept(folder) { () throws(StorageFailure) in
      let storage = try Storage.open(folder: folder)
      storage.isServed = isServed
      try storage.lock()
      let isNew = storage.isEmpty
      let start = mode == .manual ? VirtualClock.manualStart : machine.now()
      return (storage, try storage.load(now: start - parts.foundingTime, seed: seed), isNew)
    }
    for warning in storage.warnings { onWarning(warning) }
    let cluster: Self
    if !isNew, let note = store.note(ClusterSettings.notes, ClusterSettings.key), let settings = ClusterSettings(note: note) {
      cluster = Self(store: store, settings: settings, mode: settings.clock, seed: settings.seed, machine: machine, parts: parts)
      if let mode, mode != settings.clock { cluster.setClock(mode) }
    } else {
      cluster = Self(store: store, settings: nil, mode: mode ?? .follow, seed: seed, machine: machine, parts: parts)
      try cluster.found(nodes: nil)
    }
    cluster.storage = storage
    return cluster
  }

  /// What can go wrong with the folder, as a request's failure.
  private static func kept<T>(_ folder: String? = nil, _ body: () throws(StorageFailure) -> T) throws(Status) -> T {
    do throws(StorageFailure) {
      return try body()
    } catch {
      var status = Status(.unknown, error.description)
      if let folder, error.isLasting {
        status.hints = ["to begin with a new cluster, move this one aside: mv '\(folder)' '\(folder).aside'"]
      }
      throw status
    }
  }

  /// What every new cluster begins with, and its nodes.
  public func found(nodes: [Value]?) throws(Status) {
    try server.bootstrap()
    for node in nodes ?? parts.nodes() {
      _ = try server.create(Kinds.node, namespace: "", node, WriteOptions { $0.fieldManager = "kubelet" })
    }
    run(until: store.now + parts.foundingTime)
    clock.set(now: store.now, machine: machine.now())
    saveSettings()
  }

  // MARK: Time

  /// Whether this moment has been caught up with.
  private var isCaughtUp = false

  public var now: Instant { store.now }

  /// Shows the workers what has changed since the last time.
  public func dispatch() {
    while store.hasChanges {
      let changes = store.takeChanges()
      figures.changes += changes.count
      for change in changes { workers.observe(change) }
    }
  }

  /// Lets time pass up to a moment: everything that is due until then happens, in its order.
  private func run(until target: Instant) {
    dispatch()
    while let due = store.popDue(notLaterThan: target) {
      if due.time > store.now { store.now = due.time }
      figures.fired += 1
      workers.work(due.worker, on: due.key)
      dispatch()
    }
    if target > store.now { store.now = target }
  }

  private func advance(to target: Instant) {
    guard target > store.now || store.hasChanges || store.nextDue.map({ $0 <= target }) ?? false else { return }
    let before = store.now
    run(until: target)
    figures.advanced += store.now - before
  }

  /// Catches up with the machine's time, where the clock follows it: once for all requests up to the next commit or wait,
  /// so that what a command reads, works out and writes is of one moment.
  public func tick() {
    guard clock.mode == .follow, !isCaughtUp else { return }
    isCaughtUp = true
    advance(to: clock.target(now: store.now, machine: machine.now()))
  }

  // MARK: Being served

  public var followsMachine: Bool { clock.mode == .follow }
  public var folder: String? { storage?.folder }
  open var nextDue: Instant? { store.nextDue }
  public var revision: Int64 { store.revision }

  open func catchUp() {
    isCaughtUp = false
    tick()
    dispatch()
  }

  public func jump(to time: Instant) { advance(to: time) }

  // MARK: Passing

  /// The cluster's time passes on its own.
  public func pass(_ length: Duration) {
    advance(to: store.now + length)
    clock.set(now: store.now, machine: machine.now())
    saveSettings()
  }

  public func setClock(_ mode: ClockMode) {
    tick()
    clock.mode = mode
    clock.set(now: store.now, machine: machine.now())
    settings.clock = mode
    saveSettings()
  }

  private func saveSettings() {
    settings.clock = clock.mode
    settings.offset = clock.offset
    store.setNote(ClusterSettings.notes, ClusterSettings.key, settings.note)
  }

  // MARK: Requests

  open func kinds() throws(Status) -> [Kind] { try server.kinds() }
  public func version() throws(Status) -> Value { try server.version() }

  open func get(_ key: ObjectKey, subresource: String?) throws(Status) -> Value {
    tick()
    figures.reads += 1
    return heartbeat(try server.get(key, subresource: subresource))
  }

  open func list(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> ObjectList {
    tick()
    figures.reads += 1
    var list = try server.list(kind, namespace: namespace, options)
    if kind == Kinds.node || kind == Kinds.lease { list.items = list.items.map { heartbeat($0) } }
    return list
  }

  public func watch(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> any EventStream {
    tick()
    figures.reads += 1
    return try server.watch(kind, namespace: namespace, options)
  }

  public func create(_ kind: Kind, namespace: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    tick()
    figures.writes += 1
    return try server.create(kind, namespace: namespace, object, options)
  }

  open func create(_ key: ObjectKey, subresource: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    tick()
    figures.writes += 1
    return try server.create(key, subresource: subresource, object, options)
  }

  public func update(_ key: ObjectKey, subresource: String?, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    tick()
    figures.writes += 1
    return try server.update(key, subresource: subresource, object, options)
  }

  open func patch(_ key: ObjectKey, subresource: String?, _ patch: Patch, _ options: WriteOptions) throws(Status) -> Value {
    tick()
    figures.writes += 1
    return try server.patch(key, subresource: subresource, patch, options)
  }

  public func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(Status) -> Value {
    tick()
    figures.writes += 1
    return try server.delete(key, options)
  }

  public func deleteCollection(_ kind: Kind, namespace: String?, _ options: DeleteOptions, _ list: ListOptions) throws(Status) {
    tick()
    figures.writes += 1
    try server.deleteCollection(kind, namespace: namespace, options, list)
  }

  // MARK: Waiting

  /// Who gives streams into its containers; nil: they run no programs.
  open var streams: (any ContainerStreams)? { nil }

  public func next(of streams: [any EventStream], until deadline: Instant?) throws(Status) -> Next {
    while true {
      isCaughtUp = false
      tick()
      dispatch()
      var wake = deadline
      func consider(_ time: Instant?) {
        if let time { wake = wake.map { min($0, time) } ?? time }
      }
      var waiting = false
      for (i, stream) in streams.enumerated() {
        switch poll(stream) {
        case .event(let event): return .event(i, event)
        case .ended:
          // One that was cancelled is waited for no more.
          if !isCancelled(stream) { return .ended(i) }
        case .nothing(let until):
          consider(until)
          waiting = true
        }
      }
      if let deadline, deadline <= now { return .deadline }
      if !waiting, deadline == nil, !streams.isEmpty { return .stuck }
      consider(store.nextDue)
      switch clock.mode {
      case .manual:
        guard let wake else { return .stuck }
        advance(to: wake)
      case .follow:
        if isUncommitted { try commit() }
        // Others may write meanwhile.
        let slice = Duration.milliseconds(storage == nil ? 100 : 40)
        storage?.unlock()
        machine.sleep(wake.map { min(max($0 - now, .zero), slice) } ?? slice)
        try takeBack()
      }
    }
  }

  public func poll(_ stream: any EventStream) -> Polled {
    switch stream {
    case let stream as WatchStream:
      if stream.cancelled { return .ended }
      if let event = stream.poll() { return .event(shown(event)) }
      if let end = stream.deadline, end <= now { return .ended }
      return .nothing(until: stream.deadline)
    default: return pollOwn(stream)
    }
  }

  /// What a stream of the sort of cluster has just now: a log.
  open func pollOwn(_ stream: any EventStream) -> Polled { .ended }

  open func measuring(_ kind: Kind) -> Duration? { nil }

  /// Whether a stream was cancelled by who reads it.
  open func isCancelled(_ stream: any EventStream) -> Bool { (stream as? WatchStream)?.cancelled ?? false }

  open func logs(namespace: String, pod: String, _ options: LogOptions) throws(Status) -> any EventStream {
    throw Status(.methodNotAllowed, "this cluster keeps no logs")
  }

  /// Takes the lock again and reads what others have committed meanwhile; whoever committed it has shown it to their workers.
  private func takeBack() throws(Status) {
    guard let storage else { return }
    let store = self.store
    let found = try LocalCluster.kept { () throws(StorageFailure) in
      try storage.lock()
      return try storage.refresh(store)
    }
    switch found {
    case .unchanged: return
    case .grew, .reloaded:
      _ = store.takeChanges()
      rebuild()
    }
  }

  private func shown(_ event: StreamEvent) -> StreamEvent {
    switch event {
    case .added(let object): .added(heartbeat(object))
    case .modified(let object): .modified(heartbeat(object))
    default: event
    }
  }

  // MARK: Keeping

  /// Whether anything has happened since the last commit; that time has passed is not worth one.
  public var isUncommitted: Bool { storage != nil && (saved.revision != store.revision || saved.fired != figures.fired) }

  public func commit() throws(Status) {
    isCaughtUp = false
    dispatch()
    kubelet.flush()
    saveSettings()
    let begun = machine.now()
    let store = self.store
    try LocalCluster.kept { () throws(StorageFailure) in try store.commit() }
    figures.committing += machine.now() - begun
    figures.commits += 1
    saved = (store.revision, figures.fired)
    trace?(figures.text)
  }

  /// Nodes as a new cluster of so many has them; a cluster of real machines makes none.
  open func standardNodes(_ count: Int) throws(Status) -> [Value] {
    throw Status(.methodNotAllowed, "the nodes of this cluster are real: it can not be made with others")
  }

  /// The workers are thrown away and made anew on what is stored, as by the next command's process.
  public func beginAnew() {
    dispatch()
    kubelet.flush()
    rebuild()
  }

  /// Leaves the folder to whoever opens it next, without what was not committed: as if the process had been killed.
  public func abandon() {
    storage?.unlock()
    storage = nil
  }

  public func reset(nodes: [Value]?, seed: UInt64?) throws(Status) {
    let seed = seed ?? settings.seed
    let mode = clock.mode
    let warn = onWarning
    let fresh = Self(
      store: LocalCluster.newStore(mode, seed: seed, machine: machine, foundingTime: parts.foundingTime), settings: nil, mode: mode,
      seed: seed, machine: machine, parts: parts)
    try fresh.found(nodes: nodes)
    try become(fresh)
    onWarning = warn
  }

  /// Takes another cluster's place, in the folder too.
  private func become(_ fresh: LocalCluster) throws(Status) {
    fresh.kubelet.flush()
    fresh.saveSettings()
    if let storage {
      let store = fresh.store
      try LocalCluster.kept { () throws(StorageFailure) in try storage.replace(with: store) }
    }
    store = fresh.store
    server = fresh.server
    settings = fresh.settings
    kubelet = fresh.kubelet
    workers = fresh.workers
    clock = fresh.clock
  }

  public func export() throws(Status) -> Value {
    tick()
    dispatch()
    kubelet.flush()
    saveSettings()
    let store = self.store
    guard let storage else { throw Status(.methodNotAllowed, "a cluster in memory can not be exported") }
    let bytes = try LocalCluster.kept { () throws(StorageFailure) in try storage.exported(store) }
    return [
      "apiVersion": .string(Kinds.simulation.apiVersion), "kind": "SimulationState", "now": .string(now.rfc3339),
      "snapshot": .string(Base64.encode(bytes)),
    ]
  }

  public func importState(_ state: Value) throws(Status) {
    guard let storage else { throw Status(.methodNotAllowed, "a cluster in memory can not be imported into") }
    guard state.kind == "SimulationState", state.apiVersion == Kinds.simulation.apiVersion, let text = state["snapshot"].string,
      let bytes = try? Base64.decode(text)
    else { throw Status(.badRequest, "this is no exported cluster: expected kind SimulationState with a snapshot") }
    let store = try LocalCluster.kept { () throws(StorageFailure) in try storage.imported(bytes, now: self.store.now) }
    guard let settings = store.note(ClusterSettings.notes, ClusterSettings.key).flatMap(ClusterSettings.init(note:)) else {
      throw Status(.badRequest, "the exported cluster lacks its settings")
    }
    let fresh = Self(
      store: store, settings: settings, mode: settings.clock, seed: settings.seed, machine: machine, parts: parts)
    // Its time goes on from where it was exported.
    fresh.clock.set(now: store.now, machine: machine.now())
    let warn = onWarning
    try become(fresh)
    onWarning = warn
  }
}
