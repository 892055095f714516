import API
import APIMachinery
import Client
import HTTP

// A connection to a port of a pod, asked for over a WebSocket of its own.

/// A connection to a pod of a cluster behind HTTP. It is there at once: what is sent before the server has agreed waits.
final class RemotePort: PodStream {
  private enum State {
    case asked(WebSocketAttempt)
    case open(WebSocketClient)
    case over
  }

  private let call: RemoteCall
  private let client: RemoteClient
  private var state: State
  /// What is to be sent once it is open.
  private var early: [UInt8] = []
  private var endsEarly = false
  /// How many bytes of the port's number are still to come on each channel.
  private var left = [2, 2]
  private var problem: [UInt8] = []
  private var hasEnded = false
  let descriptor: Int32

  /// Our own servers can say that one direction has ended, Kubernetes' kubelets can't.
  static let protocols = [Wire.portChannels, "v4.channel.k8s.io"]
  private enum Channel { static let (data, error, close): (UInt8, UInt8, UInt8) = (0, 1, 255) }
  /// The longest piece that goes in one message.
  private static let piece = 1 << 15
  /// How much waits for the server's consent before no more should come.
  private static let full = 1 << 18
  /// How much of a failure's words is kept.
  private static let longestProblem = 4096

  init(_ call: RemoteCall, _ client: RemoteClient) throws(Status) {
    self.call = call
    self.client = client
    let attempt = try client.beginWebSocket(call, RemotePort.protocols)
    state = .asked(attempt)
    descriptor = attempt.socket.number
  }

  var hasUnsent: Bool {
    switch state {
    case .asked(let attempt): attempt.hasUnsent
    case .open(let socket): socket.hasUnsent
    case .over: false
    }
  }

  var isFull: Bool {
    switch state {
    case .asked: early.count >= RemotePort.full
    case .open(let socket): socket.isFull
    case .over: false
    }
  }

  func send(_ bytes: [UInt8]) {
    switch state {
    case .asked: early += bytes
    case .open(let socket):
      var rest = bytes[...]
      while !rest.isEmpty {
        socket.send(WebSocketMessage(.binary, [Channel.data] + rest.prefix(RemotePort.piece)))
        rest = rest.dropFirst(RemotePort.piece)
      }
    case .over: break
    }
  }

  func endInput() {
    switch state {
    case .asked: endsEarly = true
    case .open(let socket): if tellsEndOfInput { socket.send(WebSocketMessage(.binary, [Channel.close, Channel.data])) }
    case .over: break
    }
  }

  /// A kubelet can't be told.
  var tellsEndOfInput: Bool { if case .open(let socket) = state { socket.subprotocol == RemotePort.protocols[0] } else { true } }

  func resize(columns: Int, rows: Int) {}

  func flush() {
    switch state {
    // What is wrong is told with what comes.
    case .asked(let attempt): try? attempt.flush()
    case .open(let socket): socket.flush()
    case .over: break
    }
  }

  func end() {
    switch state {
    case .asked(let attempt): attempt.socket.end()
    case .open(let socket): socket.end()
    case .over: break
    }
    state = .over
  }

  // MARK: What comes

  func received() throws(Status) -> [StreamPiece] {
    guard !hasEnded else { return [] }
    do throws(ClientProblem) {
      if case .asked(let attempt) = state {
        guard let outcome = try attempt.outcome() else { return [] }
        try begin(outcome)
      }
      guard case .open(let socket) = state else { return [] }
      return pieces(try socket.messages(), socket)
    } catch {
      hasEnded = true
      throw refusal ?? client.failed(call, error)
    }
  }

  /// Why the server has refused.
  private var refusal: Status?

  private func begin(_ outcome: WebSocketOutcome) throws(ClientProblem) {
    switch outcome {
    case .connected(let socket):
      state = .open(socket)
      send(early)
      early = []
      if endsEarly { endInput() }
    case .refused(let answer):
      refusal = client.refused(call, answer)
      throw .ended(answering: true)
    }
  }

  private func pieces(_ messages: [WebSocketMessage], _ socket: WebSocketClient) -> [StreamPiece] {
    var pieces: [StreamPiece] = []
    for message in messages {
      guard let channel = message.bytes.first else { continue }
      var content = message.bytes.dropFirst()
      switch channel {
      case Channel.data, Channel.error:
        let number = min(left[Int(channel)], content.count)
        left[Int(channel)] -= number
        content = content.dropFirst(number)
        if content.isEmpty { continue }
        if channel == Channel.data { pieces.append(.output(Array(content))) } else { note(content) }
      case Channel.close where Array(content) == [Channel.data]: pieces.append(.outputEnded)
      default: break
      }
    }
    if socket.isOver {
      hasEnded = true
      // Without a word of farewell the connection has broken.
      if problem.isEmpty, socket.closing == nil { problem = Array("unexpected EOF".utf8) }
      pieces.append(.ended(problem.isEmpty ? .success : .failed(String(decoding: problem, as: UTF8.self))))
    }
    return pieces
  }

  /// Keeps what is said of a failure, as far as anybody would read it.
  private func note(_ words: ArraySlice<UInt8>) { problem += words.prefix(max(0, RemotePort.longestProblem - problem.count)) }
}

extension RemoteClient {
  func forward(_ port: UInt16, _ request: StreamRequest) throws(Status) -> any PodStream {
    try RemotePort(portCall(request.namespace, request.pod, [("ports", String(port))]), self)
  }

  /// A request that asks for no upgrade is told what else is wrong, or at last that it should ask for one.
  public func checkPorts(namespace: String, pod: String) throws(Status) {
    let call = portCall(namespace, pod)
    let answer: ClientAnswer
    do throws(ClientProblem) { answer = try http.answer(call.request(prefix)) } catch { throw failed(call, error) }
    let status = refused(call, answer)
    guard status.message.hasSuffix("Upgrade request required") else { throw status }
  }

  private func portCall(_ namespace: String, _ pod: String, _ query: [(name: String, value: String)] = []) -> RemoteCall {
    let path = RemotePath.object(ObjectKey(Kinds.pod, namespace, pod), subresource: "portforward")
    return RemoteCall("GET", path, query, accept: "*/*", kind: Kinds.pod, name: pod)
  }
}
