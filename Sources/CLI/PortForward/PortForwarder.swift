import APIMachinery
import Client
import Posix

// Local ports whose connections go to a pod, in one thread.

/// Listens, and forwards whoever connects, until it is interrupted or the pod is lost.
final class PortForwarder {
  private let session: Session
  private let client: any Client
  private let namespace: String
  private let pod: String
  private let loop: PlainLoop
  private var listeners: [(listener: Listener, watch: LoopWatch)] = []
  private var connections: [ObjectIdentifier: ForwardedConnection] = [:]
  private lazy var queue = ForwardQueue(
    loop, begin: { [unowned self] visitor throws(Status) in try begin(visitor) }, onFailure: { [unowned self] in failed($0, $1) })
  private var isLost = false
  /// How many connections there may be: each takes two descriptors.
  private let most = max(8, Machine.raiseDescriptorLimit() / 2 - 32)

  init(_ session: Session, namespace: String, pod: String) throws {
    self.session = session
    self.namespace = namespace
    self.pod = pod
    client = try session.client()
    loop = try PlainLoop()
  }

  /// Listens for each pair; one of them at least must be had.
  func listen(_ pairs: [PortPair], at places: [ListenPlace]) throws {
    var told = pairs
    for (i, pair) in pairs.enumerated() {
      let made = PortListeners(pair, at: places) { say($0) }
      told[i].local = made.local
      if let problem = made.problem { session.say("Unable to listen on port \(made.local): \(problem)") }
      for listener in made.listeners { try take(listener, PortPair(local: made.local, remote: pair.remote)) }
      if made.problem == nil { hasPort = true }
    }
    guard hasPort else {
      let list = told.map { "{\($0.local) \($0.remote)}" }.joined(separator: " ")
      throw Failure("unable to listen on any of the requested ports: [\(list)]")
    }
  }

  private var hasPort = false

  private func take(_ listener: Listener, _ pair: PortPair) throws {
    let watch = LoopWatch(loop, listener.socket.number) { [weak self] _ in self?.accept(listener, pair) }
    try watch.want(.read)
    listeners.append((listener, watch))
  }

  func run() throws {
    let stops = try StopSignals()
    try loop.watch(stops.descriptor, .read) { _ in _ = stops.take() }
    loop.run { [self] in isLost || !stops.taken.isEmpty }
    for (listener, watch) in listeners {
      watch.end()
      listener.end()
    }
    for connection in Array(connections.values) { connection.cancel() }
    connections = [:]
    queue.cancel()
    if isLost { throw Failure("lost connection to pod") }
  }

  private func accept(_ listener: Listener, _ pair: PortPair) {
    while count < most, let socket = listener.accept() {
      say("Handling connection for \(pair.local)")
      queue.take(ForwardQueue.Visitor(socket: socket, pair: pair))
    }
    listenIfRoom()
  }

  private var count: Int { connections.count + queue.count }

  /// Whoever comes when there is no room waits at the door.
  private func listenIfRoom() {
    for (_, watch) in listeners { try? watch.want(count < most ? .read : []) }
  }

  private func begin(_ visitor: ForwardQueue.Visitor) throws(Status) {
    let stream = try client.stream(StreamRequest(.port(visitor.pair.remote), namespace: namespace, pod: pod))
    let connection = ForwardedConnection(loop, visitor.socket, stream)
    let id = ObjectIdentifier(connection)
    connections[id] = connection
    connection.begin { [weak self] end in
      self?.connections[id] = nil
      if case .failed(let text) = end { self?.lose(visitor.pair, text) }
      self?.listenIfRoom()
    }
  }

  /// One that finds no room goes alone.
  private func failed(_ visitor: ForwardQueue.Visitor, _ why: Status) {
    if why.retryAfterSeconds == nil { lose(visitor.pair, why.message) } else { tell(visitor.pair, why.message) }
    listenIfRoom()
  }

  /// As kubectl does: a connection that fails in the pod ends them all.
  private func lose(_ pair: PortPair, _ why: String) {
    guard !isLost else { return }
    tell(pair, why)
    isLost = true
  }

  private func tell(_ pair: PortPair, _ why: String) {
    session.say("an error occurred forwarding \(pair.local) -> \(pair.remote): \(why)")
  }

  private func say(_ line: String) {
    session.print(line)
    session.console.flush()
  }
}
