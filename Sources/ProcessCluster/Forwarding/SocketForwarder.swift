import CPosix
import KubeProxy
import Posix

// The forwarder of a process cluster: real sockets on a thread of its own.

/// Forwards TCP connections and UDP flows by the rules it is given. What the two threads share is one inbox.
public final class SocketForwarder: Forwarder, Sendable {
  /// What it may take of the machine, and how patient it is.
  public struct Limits: Sendable {
    /// Connections and flows at once, two descriptors and one; nil: three quarters of the descriptors that the process may have.
    public var connections: Int?
    /// How long connecting to an endpoint may take before the next is tried.
    public var connecting: Duration = .seconds(3)
    /// How long a UDP flow may be silent.
    public var datagramIdle: Duration = .seconds(60)

    public init() {}
  }

  private let inbox: Monitor<Inbox>
  private let wake: WakePipe

  /// Starts its thread.
  public init(limits: Limits = Limits()) throws(SystemFailure) {
    let inbox = Monitor(Inbox())
    let wake = try WakePipe()
    self.inbox = inbox
    self.wake = wake
    // Made here for its failures to be seen, used there alone.
    let poller = try EdgePoller()
    try SystemThread.start { ForwardingLoop(poller, inbox, wake, limits).run() }
  }

  deinit { stop() }

  /// Ends its thread and all connections.
  public func stop() {
    inbox.with { $0.isStopping = true }
    wake.ring()
    _ = inbox.wait(nanoseconds: 5_000_000_000) { $0.hasEnded }
  }

  public func apply(_ table: ServiceTable.Snapshot) {
    inbox.with { $0.table = table }
    wake.ring()
  }

  public var appliedRevision: Int { inbox.with { $0.appliedRevision } }
  public var problems: [ListenProblem] { inbox.with { $0.problems } }

  /// Waits until rules of a revision are in force; false where they aren't in time.
  public func waitUntilApplied(_ revision: Int, within time: Duration = .seconds(5)) -> Bool {
    inbox.wait(nanoseconds: time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000) {
      $0.appliedRevision >= revision
    }
  }

  /// What it has done for each Service that it knows, sorted; empty where its thread doesn't answer.
  public func counters() -> [ServiceCounters] {
    let asked = inbox.with { inbox in
      inbox.askedCounters += 1
      return inbox.askedCounters
    }
    wake.ring()
    guard inbox.wait(nanoseconds: 1_000_000_000, until: { $0.answeredCounters >= asked }) else { return [] }
    return inbox.with { $0.counters }
  }

  public func occupant(of listen: ListenAddress) -> Occupant? {
    PortHolder.find(address: listen.address, port: listen.port, isDatagram: listen.transport == .udp).map {
      Occupant(program: $0.program, process: $0.process, address: $0.address)
    }
  }
}

/// What the forwarder's thread and the others tell each other.
struct Inbox: Sendable {
  var table: ServiceTable.Snapshot?
  var isStopping = false
  var askedCounters = 0

  var appliedRevision = -1
  var problems: [ListenProblem] = []
  var answeredCounters = 0
  var counters: [ServiceCounters] = []
  var hasEnded = false
}

/// A pipe whose bytes say only that there is something to look at.
final class WakePipe: Sendable {
  let reader: Int32
  private let writer: Int32

  init() throws(SystemFailure) {
    var ends: [Int32] = [-1, -1]
    guard cposix_pipe(&ends) == 0 else { throw .last }
    (reader, writer) = (ends[0], ends[1])
  }

  deinit {
    cposix_close(reader, 0)
    cposix_close(writer, 0)
  }

  /// Where the pipe is full, somebody has rung.
  func ring() { cposix_ring(writer) }
  func quieten() { cposix_quieten(reader) }
}

/// A descriptor of epoll or kqueue, to be handed from one thread to another.
final class EdgePoller: Sendable {
  let descriptor: Int32

  init() throws(SystemFailure) {
    descriptor = cposix_poller_open()
    guard descriptor >= 0 else { throw .last }
  }

  deinit { cposix_close(descriptor, 0) }
}
