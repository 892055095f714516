import Posix

// The server: one thread, one poller, any number of connections, none of which can make the others wait.

/// An HTTP/1.1 server on one or more listeners.
public final class HTTPServer {
  /// What one client may take of it.
  public struct Limits: Sendable {
    /// Bytes of a request's head.
    public var head = 64 << 10
    /// Bytes of a URL.
    public var target = 16 << 10
    public var connections = 8192
    /// How long a connection may stand without a request, in nanoseconds.
    public var idle: Int64 = 180_000_000_000
    /// How long a request may take to arrive as a whole, however steadily its bytes come.
    public var arrival: Int64 = 120_000_000_000
    /// How long a request may stand still while it arrives, and an answer without a byte of it being taken.
    public var stall: Int64 = 30_000_000_000
    /// How long one that was refused may go on sending what nobody reads.
    public var linger: Int64 = 2_000_000_000
    /// Bytes that may wait for a client that doesn't read; beyond, it is dropped.
    public var backlog = 16 << 20
    /// Bytes that may wait for all clients together; beyond, the slowest is dropped.
    public var totalBacklog = 512 << 20

    public init() {}
  }

  public let limits: Limits
  let poller: Poller
  /// What others watch in this thread.
  let watches: LoopWatches
  private(set) var responder: (any Responder)?
  private let listeners: [Listener]
  private let stops: StopSignals?
  private var connections: [Int32: Connection] = [:]
  private var dirtyOnes: [Connection] = []
  private var readyOnes: [Connection] = []
  private var closedOnes: [Connection] = []
  /// Whether it was told to end.
  private var isLeaving = false
  /// Whether no connection is kept any more.
  private(set) var isStopping = false
  private var lastSweep: Int64 = 0
  private var listens = true

  /// - Parameter stops: ends `run` once a signal has come.
  public init(_ listeners: [Listener], limits: Limits = Limits(), stops: StopSignals? = nil) throws(SystemFailure) {
    self.limits = limits
    self.listeners = listeners
    self.stops = stops
    let poller = try Poller()
    self.poller = poller
    watches = LoopWatches(poller)
    for listener in listeners { try poller.add(listener.socket.number, .read) }
    if let stops { try poller.add(stops.descriptor, .read) }
  }

  /// How many connections there are.
  public var connectionCount: Int { connections.count }

  /// Ends `run` at the next occasion; to be called from its thread.
  public func stop() { isLeaving = true }

  /// Serves until it is stopped, or a signal comes.
  public func run(_ responder: any Responder) {
    self.responder = responder
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { scratch.deallocate() }
    while !isLeaving { round(responder, scratch) }
    leave(responder, scratch)
    finish(scratch)
    self.responder = nil
  }

  private func round(_ responder: any Responder, _ scratch: UnsafeMutableRawBufferPointer) {
    var patience = connections.isEmpty ? nil : Int64(1_000_000_000)
    if let wake = responder.wakeAfter { patience = min(patience ?? wake, wake) }
    if let due = watches.patience { patience = min(patience ?? due, due) }
    if !dirtyOnes.isEmpty || !readyOnes.isEmpty { patience = 0 }
    if isLeaving { patience = min(patience ?? HTTPServer.pause, HTTPServer.pause) }
    let events = poller.wait(nanoseconds: patience)
    watches.beginRound()
    let now = Machine.steadyNanoseconds
    var arrivals: [Listener] = []
    for event in events {
      if let listener = listeners.first(where: { $0.socket.number == event.descriptor }) {
        arrivals.append(listener)
      } else if let stops, event.descriptor == stops.descriptor {
        if !stops.take().isEmpty { isLeaving = true }
      } else if let connection = connections[event.descriptor] {
        if event.ready.contains(.gone) {
          connection.close()
          continue
        }
        if event.ready.contains(.read) { connection.readable(scratch, now: now) }
        if event.ready.contains(.write) { dirty(connection) }
      } else {
        watches.deliver(event)
      }
    }
    watches.fire()
    responder.turn()
    flush(now)
    for listener in arrivals { accept(listener, now) }
    if now - lastSweep > 1_000_000_000 { sweep(now) }
    reap()
  }

  /// How many requests of one connection are answered before others get their turn.
  private static let longestRun = 64

  /// Sends what was answered; what that makes room for is read and answered in turn.
  private func flush(_ now: Int64) {
    for _ in 0..<HTTPServer.longestRun where !dirtyOnes.isEmpty || !readyOnes.isEmpty {
      let flushed = dirtyOnes
      dirtyOnes.removeAll(keepingCapacity: true)
      for connection in flushed { connection.isDirty = false }
      for connection in flushed { connection.flush(now: now) }
      let ready = readyOnes
      readyOnes.removeAll(keepingCapacity: true)
      // Requests that were sent before their predecessor's answer had come.
      for connection in ready { connection.advance() }
      if !ready.isEmpty { responder?.turn() }
    }
  }

  func dirty(_ connection: Connection) {
    guard !connection.isDirty else { return }
    connection.isDirty = true
    dirtyOnes.append(connection)
  }

  func ready(_ connection: Connection) { if connection.hasInput { readyOnes.append(connection) } }

  func closed(_ connection: Connection) { closedOnes.append(connection) }

  /// Descriptors are closed at the end of a round: their numbers would otherwise name others in it.
  private func reap() {
    guard !closedOnes.isEmpty else { return }
    for connection in closedOnes {
      poller.remove(connection.socket.number)
      connections[connection.socket.number] = nil
      connection.socket.end()
    }
    closedOnes.removeAll(keepingCapacity: true)
    if !listens, connections.count < limits.connections {
      listens = true
      for listener in listeners { poller.change(listener.socket.number, .read) }
    }
  }

  private func accept(_ listener: Listener, _ now: Int64) {
    for _ in 0..<256 {
      guard connections.count < limits.connections else {
        // Whoever comes now waits at the door.
        listens = false
        for listener in listeners { poller.change(listener.socket.number, []) }
        return
      }
      guard let socket = listener.accept() else { return }
      if case .unix = listener.address, let user = socket.peerUser, user != Machine.userID, user != 0 { continue }
      do throws(SystemFailure) {
        try poller.add(socket.number, .read)
      } catch {
        continue
      }
      connections[socket.number] = Connection(socket, self, at: listener.address, now: now)
    }
  }

  /// Drops who has stood too long.
  private func sweep(_ now: Int64) {
    lastSweep = now
    var total = 0
    var slowest: Connection?
    for (_, connection) in connections {
      let waited = now - connection.lastMoved
      total += connection.backlog
      if connection.backlog > slowest?.backlog ?? 0 { slowest = connection }
      if let arriving = connection.arrivingSince, now - arriving > limits.arrival {
        connection.close()
      } else if connection.isLeftUnread {
        connection.close()
      } else if connection.backlog > limits.backlog || connection.isStuck(since: waited, limits) || connection.hasLingered(at: now) {
        connection.close()
      } else if connection.isIdle {
        if waited > limits.idle { connection.close() }
      } else if !connection.isBusy, connection.backlog == 0, waited > limits.stall {
        connection.close()
      }
    }
    if total > limits.totalBacklog { slowest?.close() }
  }

  /// How long nobody may have asked for anything before it goes, and how long it waits for that.
  private static let pause: Int64 = 30_000_000
  private static let longestLeave: Int64 = 1_000_000_000

  /// Takes who stands at the door, shuts it, and goes on until those who are in have paused: who has just begun is not left in the middle.
  private func leave(_ responder: any Responder, _ scratch: UnsafeMutableRawBufferPointer) {
    let begun = Machine.steadyNanoseconds
    for listener in listeners {
      accept(listener, begun)
      poller.remove(listener.socket.number)
      listener.end()
    }
    var now = begun
    while now - begun < HTTPServer.longestLeave, connections.values.contains(where: { now - $0.lastMoved < HTTPServer.pause }) {
      round(responder, scratch)
      now = Machine.steadyNanoseconds
    }
    isStopping = true
  }

  /// Gives what is on its way one more second, and goes. Whoever watched something is told nothing any more.
  private func finish(_ scratch: UnsafeMutableRawBufferPointer) {
    watches.end()
    let deadline = Machine.steadyNanoseconds + 1_000_000_000
    responder?.turn()
    responder?.stopping()
    flush(Machine.steadyNanoseconds)
    reap()
    while connections.values.contains(where: { $0.backlog > 0 }), Machine.steadyNanoseconds < deadline {
      for event in poller.wait(nanoseconds: 100_000_000) {
        guard let connection = connections[event.descriptor] else { continue }
        if event.ready.contains(.gone) { connection.close() } else { connection.flush(now: Machine.steadyNanoseconds) }
      }
      reap()
    }
    for connection in Array(connections.values) { connection.close() }
    reap()
  }
}
