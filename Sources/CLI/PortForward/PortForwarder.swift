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
    if isLost { throw Failure("lost connection to pod") }
  }

  private func accept(_ listener: Listener, _ pair: PortPair) {
    while connections.count < most, let socket = listener.accept() { begin(socket, pair) }
    listenIfRoom()
  }

  /// Whoever comes when there is no room waits at the door.
  private func listenIfRoom() {
    for (_, watch) in listeners { try? watch.want(connections.count < most ? .read : []) }
  }

  private func begin(_ socket: Socket, _ pair: PortPair) {
    say("Handling connection for \(pair.local)")
    do throws(Status) {
      let stream = try client.stream(StreamRequest(.port(pair.remote), namespace: namespace, pod: pod))
      let connection = ForwardedConnection(loop, socket, stream)
      let id = ObjectIdentifier(connection)
      connections[id] = connection
      connection.begin { [weak self] end in
        self?.connections[id] = nil
        self?.ended(pair, end)
      }
    } catch {
      socket.end()
      ended(pair, .failed(error.message))
    }
  }

  /// As kubectl does: a connection that fails ends them all.
  private func ended(_ pair: PortPair, _ end: StreamEnd) {
    if case .failed(let text) = end, !isLost {
      session.say("an error occurred forwarding \(pair.local) -> \(pair.remote): \(text)")
      isLost = true
    }
    listenIfRoom()
  }

  private func say(_ line: String) {
    session.print(line)
    session.console.flush()
  }
}
