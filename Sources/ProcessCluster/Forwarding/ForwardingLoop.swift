import CPosix
import KubeProxy
import Posix

// One thread, one poller: everything that the forwarder does happens here.

/// The forwarder's thread.
final class ForwardingLoop {
  let scratch: UnsafeMutableRawPointer
  let pool = BufferPool()
  /// The time of this round, by a clock that never goes back.
  private(set) var now: Int64
  let limits: SocketForwarder.Limits

  private let poller: EdgePoller
  private let inbox: Monitor<Inbox>
  private let wake: WakePipe
  private let capacity: Int
  /// By descriptor.
  private var watched: ContiguousArray<Watched?> = []
  private var stamp: UInt32 = 0
  private var unfinished: [Watched] = []
  private var isRung = false

  private var table = ServiceTable.Snapshot.empty
  private var services: [ServiceKey: ServiceState] = [:]
  private var doors: [ListenAddress: Door] = [:]
  private var failed: [ListenAddress: FailedListen] = [:]

  /// Connections and flows that there are.
  private var load = 0
  /// Doors where somebody waits for a descriptor.
  private var waiting: [StreamDoor] = []
  private var starvedUntil: Int64 = 0
  /// Sorted by deadline, for all have the same patience.
  private var connecting: [(deadline: Int64, connection: Connection)] = []
  private var flows = 0
  private var nextSweep: Int64 = .max

  private struct FailedListen {
    let service: ServiceState
    let route: Route
    let cause: ListenProblem.Cause
    var delay: Int64
    var retryAt: Int64
  }

  init(_ poller: EdgePoller, _ inbox: Monitor<Inbox>, _ wake: WakePipe, _ limits: SocketForwarder.Limits) {
    self.poller = poller
    self.inbox = inbox
    self.wake = wake
    self.limits = limits
    scratch = .allocate(byteCount: BufferPool.blockSize, alignment: 16)
    now = Machine.steadyNanoseconds
    let descriptors = Machine.raiseDescriptorLimit()
    capacity = limits.connections ?? max(16, descriptors * 3 / 8)
  }

  deinit { scratch.deallocate() }

  // MARK: Rounds

  /// Runs until it is told to stop.
  func run() {
    let wakeStamp = nextStamp()
    _ = cposix_edge_add(poller.descriptor, wake.reader, wakeStamp)
    let edges = UnsafeMutablePointer<cposix_edge>.allocate(capacity: 256)
    defer { edges.deallocate() }
    // What was said before anybody listened.
    isRung = true
    while true {
      if isRung, !look() { break }
      let count = Int(cposix_edge_wait(poller.descriptor, edges, 256, patience))
      now = Machine.steadyNanoseconds
      if count > 0 {
        for i in 0..<count {
          let edge = edges[i]
          if let watched = watched(edge.descriptor, edge.stamp) {
            watched.ready(edge.ready, self)
          } else if edge.stamp == wakeStamp {
            isRung = true
          }
        }
      }
      goOn()
      if now >= deadline { keepTime() }
    }
    end()
  }

  private func watched(_ descriptor: Int32, _ stamp: UInt32) -> Watched? {
    guard Int(descriptor) < watched.count, let watched = watched[Int(descriptor)], watched.stamp == stamp else { return nil }
    return watched
  }

  private func nextStamp() -> UInt32 {
    stamp &+= 1
    return stamp
  }

  /// Those who had more to do than one turn allows.
  private func goOn() {
    guard !unfinished.isEmpty else { return }
    let again = unfinished
    unfinished.removeAll(keepingCapacity: true)
    for watched in again {
      watched.isUnfinished = false
      if watched.descriptor >= 0 { watched.goOn(self) }
    }
  }

  /// Lets it go on in the next round.
  func postpone(_ watched: Watched) {
    guard !watched.isUnfinished else { return }
    watched.isUnfinished = true
    unfinished.append(watched)
  }

  /// Looks at what the other threads have said; false: it is to stop.
  private func look() -> Bool {
    isRung = false
    wake.quieten()
    let (table, isStopping, asked) = inbox.with { inbox in
      defer { inbox.table = nil }
      return (inbox.table, inbox.isStopping, inbox.askedCounters)
    }
    if isStopping { return false }
    if let table { apply(table) }
    let counters = asked > answered ? services.values.sorted { $0.key < $1.key }.map(\.counters) : nil
    answered = asked
    inbox.with { inbox in
      inbox.answeredCounters = asked
      if let counters { inbox.counters = counters }
    }
    return true
  }
  private var answered = 0

  private func end() {
    for door in doors.values { door.close(self) }
    for case let side as Side in watched { side.connection.close(self, isAbrupt: false) }
    inbox.with { $0.hasEnded = true }
  }

  // MARK: Descriptors

  /// Watches a descriptor from now on; false where the system can't.
  func watch(_ watched: Watched) -> Bool {
    watched.stamp = nextStamp()
    let at = Int(watched.descriptor)
    while self.watched.count <= at { self.watched.append(nil) }
    self.watched[at] = watched
    guard cposix_edge_add(poller.descriptor, watched.descriptor, watched.stamp) == 0 else {
      self.watched[at] = nil
      return false
    }
    return true
  }

  /// Closes it, and watches it no more.
  func close(_ watched: Watched, isAbrupt: Bool = false) {
    guard watched.descriptor >= 0 else { return }
    let at = Int(watched.descriptor)
    if at < self.watched.count, self.watched[at] === watched { self.watched[at] = nil }
    cposix_close(watched.descriptor, isAbrupt ? 1 : 0)
    watched.descriptor = -1
  }

  var hasRoom: Bool { load < capacity && now >= starvedUntil }

  /// Somebody stands at a door and can't be let in for now.
  func wait(_ door: StreamDoor) { if !waiting.contains(where: { $0 === door }) { waiting.append(door) } }

  /// No descriptors are to be had: nobody is let in for a moment.
  func starve() { starvedUntil = now + 50_000_000 }

  func began(_ endpoint: EndpointState, _ service: ServiceState) {
    endpoint.active += 1
    endpoint.connections += 1
    service.active += 1
    load += 1
  }

  func ended(_ endpoint: EndpointState, _ service: ServiceState) {
    endpoint.active -= 1
    service.active -= 1
    load -= 1
    if !waiting.isEmpty { admit() }
  }

  private func admit() {
    guard hasRoom else { return }
    let doors = waiting
    waiting = []
    for door in doors { postpone(door) }
  }

  // MARK: Time

  /// Milliseconds until something is due; -1: nothing is.
  private var patience: Int32 {
    if isRung || !unfinished.isEmpty { return 0 }
    let deadline = self.deadline
    if deadline == .max { return -1 }
    return Int32(clamping: max(0, (deadline - Machine.steadyNanoseconds + 999_999) / 1_000_000))
  }

  private var deadline: Int64 {
    var first = nextSweep
    if !waiting.isEmpty, load < capacity { first = min(first, starvedUntil) }
    if let oldest = connecting.first { first = min(first, oldest.deadline) }
    if nextRetry < first { first = nextRetry }
    return first
  }
  private var nextRetry: Int64 = .max

  private func keepTime() {
    if !waiting.isEmpty { admit() }
    expireConnecting()
    if now >= nextSweep { sweep() }
    if now >= nextRetry { retryListens() }
  }

  func connects(_ connection: Connection) { connecting.append((connection.deadline, connection)) }

  private func expireConnecting() {
    let due = connecting.prefix { $0.deadline <= now || !$0.connection.isConnecting }
    connecting.removeFirst(due.count)
    for (_, connection) in due { connection.expire(self) }
  }

  func flowBegan() {
    flows += 1
    if nextSweep == .max { nextSweep = now + sweepEvery }
  }
  func flowEnded() { flows -= 1 }

  private var idle: Int64 { limits.datagramIdle.nanoseconds }
  private var sweepEvery: Int64 { max(10_000_000, idle / 8) }

  private func sweep() {
    for case let door as DatagramDoor in doors.values { door.sweep(self, before: now - idle) }
    nextSweep = flows > 0 ? now + sweepEvery : .max
  }

  // MARK: Rules

  private func apply(_ new: ServiceTable.Snapshot) {
    now = Machine.steadyNanoseconds
    let changes = new.changes(since: table)
    table = new
    // What goes makes room for what comes.
    for change in changes { leave(change) }
    for change in changes { if let rules = change.new { enter(rules) } }
    // Another Service may have left what this one waits for.
    for (listen, failure) in failed where doors[listen] == nil {
      if case .takenBy = failure.cause { open(listen, failure.route, failure.service) }
    }
    publish(new.revision)
  }

  /// Closes the doors that a Service has no more.
  private func leave(_ change: ServiceTable.Snapshot.Change) {
    let kept = Set((change.new?.rules ?? []).flatMap(\.listens))
    for rule in change.old?.rules ?? [] {
      for listen in rule.listens where !kept.contains(listen) {
        if failed[listen]?.service.key == change.service { failed[listen] = nil }
        guard let door = doors[listen], door.route.service.key == change.service else { continue }
        door.close(self)
        doors[listen] = nil
      }
    }
    if change.new == nil { services[change.service] = nil }
  }

  private func enter(_ rules: ServiceRules) {
    let service = services[rules.service] ?? ServiceState(rules.service)
    services[rules.service] = service
    service.update(rules.rules)
    for (listen, route) in service.listens { open(listen, route, service) }
  }

  /// Opens a door, or lets an open one lead where its route leads now.
  private func open(_ listen: ListenAddress, _ route: Route, _ service: ServiceState, delay: Int64 = 1_000_000_000) {
    var cause: ListenProblem.Cause?
    if let door = doors[listen] {
      if door.route.service === service {
        door.route = route
        cause = door.follow(self)
        if cause != nil { doors[listen] = nil }
      } else {
        cause = .takenBy(door.route.service.key)
      }
    } else {
      let door: Door = listen.transport == .tcp ? StreamDoor(listen, route) : DatagramDoor(listen, route)
      cause = door.follow(self)
      if cause == nil { doors[listen] = door }
    }
    failed[listen] = cause.map { FailedListen(service: service, route: route, cause: $0, delay: delay, retryAt: now + delay) }
    if cause != nil { nextRetry = min(nextRetry, now + delay) }
  }

  private func retryListens() {
    for (listen, failure) in failed where failure.retryAt <= now {
      open(listen, failure.route, failure.service, delay: min(failure.delay * 2, 30_000_000_000))
    }
    nextRetry = failed.values.map(\.retryAt).min() ?? .max
    publish(table.revision)
  }

  private func publish(_ revision: Int) {
    let problems = failed.map { ListenProblem($0.value.service.key, $0.key, $0.value.cause) }.sorted {
      ($0.service, $0.listen.description) < ($1.service, $1.listen.description)
    }
    inbox.with { inbox in
      inbox.problems = problems
      inbox.appliedRevision = revision
    }
  }
}

extension Duration {
  var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
