import Client
import Formats
import Posix

// port-forward as kubectl does it: one SPDY session, and in it a pair of streams for each connection.

/// A client's session. It lives as long as what carries it.
final class SPDYPortForward {
  private let pod: Value
  private let streams: any ContainerStreams
  private let session: SPDYSession
  private let way: SharedWay
  private var pairs: [String: Pair] = [:]
  private weak var loop: (any EventLoop)?

  /// How long a stream waits for the other one of its pair.
  private static let patience: Int64 = 30_000_000_000

  /// - Parameter loop: what lone streams are waited on by; nil: they wait for the session's end.
  init(of pod: Value, _ streams: any ContainerStreams, over carrier: any SessionCarrier, _ loop: (any EventLoop)?) {
    self.pod = pod
    self.streams = streams
    self.loop = loop
    session = SPDYSession(carrier)
    way = SharedWay(carrier)
    session.accepts = SPDYPortForward.accepts
    session.onStream = { [weak self] in self?.take($0) }
    session.onEnd = { [weak self] in
      guard let self else { return }
      for id in Array(pairs.keys) { forget(id) }
      way.cancelAll()
    }
  }

  func received(_ bytes: UnsafeRawBufferPointer) { session.received(bytes) }
  func gone() { session.gone() }

  private static func accepts(_ headers: SPDYHeaders) -> Bool {
    UInt16(headers["port"]) ?? 0 > 0 && ["data", "error"].contains(headers["streamtype"])
  }

  /// The two streams of a connection; one may not have come yet.
  private final class Pair: PortSink {
    var data: SPDYStream?
    var errors: SPDYStream?
    /// Runs while one of them waits for the other.
    var patience: LoopTimer?

    func send(_ bytes: [UInt8]) { data?.send(bytes) }
    func endOutput() { data?.finish() }

    func finish(_ problem: String?) {
      if let problem { errors?.send(Array(problem.utf8)) }
      data?.finish()
      errors?.finish()
    }
  }

  private func take(_ stream: SPDYStream) {
    let isData = stream.headers["streamtype"] == "data"
    let given = stream.headers["requestid"]
    // Old clients number no requests: the error stream comes first, and the data stream's number is the next odd one.
    let id = given.isEmpty ? String(isData ? Int(stream.id) - 2 : Int(stream.id)) : given
    let pair = pairs[id] ?? awaited(id)
    guard (isData ? pair.data : pair.errors) == nil else {
      pair.errors?.send(Array("error processing stream for request \(id): \(isData ? "data" : "error") stream already assigned".utf8))
      return stream.reset(.refused)
    }
    if isData { pair.data = stream } else { pair.errors = stream }
    if let data = pair.data, let errors = pair.errors { return begin(pair, id, data, errors) }
    stream.onBreak = { [weak self] in self?.forget(id) }
  }

  private func awaited(_ id: String) -> Pair {
    let pair = Pair()
    pairs[id] = pair
    pair.patience = loop?.after(nanoseconds: SPDYPortForward.patience) { [weak self] in self?.giveUp(id) }
    return pair
  }

  private func forget(_ id: String) {
    guard let pair = pairs.removeValue(forKey: id), let timer = pair.patience else { return }
    pair.patience = nil
    loop?.cancel(timer)
  }

  private func giveUp(_ id: String) {
    guard let pair = pairs[id] else { return }
    forget(id)
    pair.data?.reset(.cancelled)
    pair.errors?.onBreak = nil
    pair.finish("(request=\(id)) timed out waiting for streams")
  }

  private func begin(_ pair: Pair, _ id: String, _ data: SPDYStream, _ errors: SPDYStream) {
    let port = ForwardedPort(UInt16(data.headers["port"]) ?? 0, of: pod, way, to: pair)
    // The connection holds its streams from here on.
    forget(id)
    errors.onBreak = nil
    if let problem = port.begin(streams) { return pair.finish(problem) }
    data.onData = { [weak port] in port?.input($0) }
    data.onFinish = { [weak port] in port?.endInput() }
    data.onBreak = { [weak port] in
      port?.cancel()
      errors.finish()
    }
  }
}
