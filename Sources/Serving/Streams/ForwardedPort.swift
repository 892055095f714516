import APIMachinery
import Client
import Formats

// One connection to a port of a pod, whatever carries it to the client.

/// Where a forwarded connection's bytes go.
protocol PortSink: AnyObject {
  func send(_ bytes: [UInt8])
  /// The pod says no more.
  func endOutput()
  /// It is over; with what went wrong.
  func finish(_ problem: String?)
}

/// The way to a client that several connections share: none is heard while one of them can't take what it is sent, and none speaks while the
/// way is full.
final class SharedWay {
  private let carrier: any SessionCarrier
  /// The connections there are.
  private var ports: [ObjectIdentifier: ForwardedPort] = [:]
  /// Who waits for room, in their order.
  private var waiting: [ForwardedPort] = []
  /// Whose pods don't take what they are sent.
  private var holding: [ForwardedPort] = []

  init(_ carrier: any SessionCarrier) { self.carrier = carrier }

  var isFull: Bool { carrier.isFull }

  /// The client has gone.
  func cancelAll() { for port in Array(ports.values) { port.cancel() } }

  fileprivate func wait(_ port: ForwardedPort) {
    guard !waiting.contains(where: { $0 === port }) else { return }
    waiting.append(port)
    carrier.onRoom = { [weak self] in self?.hasRoom() }
  }

  private func hasRoom() {
    let told = waiting
    waiting = []
    for port in told { if carrier.isFull { wait(port) } else { port.resume() } }
  }

  fileprivate func hold(_ port: ForwardedPort) {
    if !holding.contains(where: { $0 === port }) { holding.append(port) }
    carrier.isPaused = true
  }

  fileprivate func release(_ port: ForwardedPort) {
    guard let at = holding.firstIndex(where: { $0 === port }) else { return }
    holding.remove(at: at)
    if holding.isEmpty { carrier.isPaused = false }
  }

  fileprivate func enter(_ port: ForwardedPort) { ports[ObjectIdentifier(port)] = port }

  fileprivate func leave(_ port: ForwardedPort) {
    ports[ObjectIdentifier(port)] = nil
    waiting.removeAll { $0 === port }
    release(port)
  }
}

/// A connection to a port of a pod. It lives until it is over.
final class ForwardedPort: StreamPeer {
  private let port: UInt16
  private let pod: Value
  private let way: SharedWay
  private let sink: any PortSink
  private var source: (any StreamSource)?

  init(_ port: UInt16, of pod: Value, _ way: SharedWay, to sink: any PortSink) {
    self.port = port
    self.pod = pod
    self.way = way
    self.sink = sink
  }

  /// Begins; what went wrong where it can't.
  func begin(_ streams: any ContainerStreams) -> String? {
    do throws(Status) {
      source = try streams.open(StreamRequest(.port(port), namespace: pod.namespace, pod: pod.name), self)
      way.enter(self)
      return nil
    } catch {
      return problem(error.message)
    }
  }

  /// Whether it is over.
  var isOver: Bool { source == nil }

  // MARK: From the client

  func input(_ bytes: [UInt8]) {
    guard let source else { return }
    source.input(bytes)
    if source.isFull { way.hold(self) }
  }

  func endInput() { source?.endInput() }

  /// The client has gone, or wants nothing of it any more.
  func cancel() { leave()?.cancel() }

  fileprivate func resume() { source?.resume() }

  private func leave() -> (any StreamSource)? {
    let left = source
    source = nil
    way.leave(self)
    return left
  }

  // MARK: From the pod

  var isFull: Bool { way.isFull }

  func output(_ bytes: [UInt8]) {
    guard source != nil else { return }
    sink.send(bytes)
    if way.isFull { way.wait(self) }
  }

  func outputEnded() { if source != nil { sink.endOutput() } }
  func errors(_ bytes: [UInt8]) {}
  func hasRoomForInput() { way.release(self) }

  func ended(_ end: StreamEnd) {
    guard leave() != nil else { return }
    if case .failed(let text) = end { sink.finish(problem(text)) } else { sink.finish(nil) }
  }

  /// What the kubelet says where a connection to a pod fails.
  private func problem(_ why: String) -> String {
    "error forwarding port \(port) to pod \(pod.name)_\(pod.namespace), uid \(pod.uid): \(why)"
  }
}
