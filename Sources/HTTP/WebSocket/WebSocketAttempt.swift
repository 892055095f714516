import Formats
import Posix

// Asking for a WebSocket without waiting for it.

/// A WebSocket that was asked for and may not be there yet.
public final class WebSocketAttempt {
  /// What to wait on: readable once an answer may have come, writable while `hasUnsent`.
  public let socket: Socket
  private let connection: ClientConnection
  private let key: String
  private let protocols: [String]
  private var request: [UInt8]
  private var isConnecting: Bool
  private let patience: Duration

  /// How long a refusal's words may take to arrive.
  private static let longestRefusal = Duration.seconds(5)

  init(_ socket: Socket, isConnecting: Bool, _ request: [UInt8], key: String, _ protocols: [String], timeout: Duration?) {
    self.socket = socket
    self.isConnecting = isConnecting
    self.request = request
    self.key = key
    self.protocols = protocols
    connection = ClientConnection(socket)
    patience = min(timeout ?? WebSocketAttempt.longestRefusal, WebSocketAttempt.longestRefusal)
  }

  public var hasUnsent: Bool { !request.isEmpty }

  /// What has come of it; nil: nothing yet.
  public func outcome() throws(ClientProblem) -> WebSocketOutcome? {
    try flush()
    guard request.isEmpty, let head = try connection.takeHead() else { return nil }
    if head.status == 101 { return .connected(try WebSocketClient(connection, head, key: key, protocols)) }
    var body: [UInt8] = []
    try connection.expectBody(of: head, to: "GET")
    try connection.finish(into: &body, Patience(after: patience))
    return .refused(ClientAnswer(head: head, body: body))
  }

  /// Sends what could not be sent before.
  public func flush() throws(ClientProblem) {
    while !request.isEmpty {
      let moved = request.withUnsafeBytes { socket.write($0) }
      if case .bytes(let count) = moved {
        request.removeFirst(count)
        isConnecting = false
        continue
      }
      // How connecting went is told by the socket; before that, some systems say that there is no connection.
      if let failure = socket.problem { throw .unreachable(failure) }
      if moved == .end, !isConnecting { throw .ended(answering: false) }
      return
    }
  }
}

extension HTTPClient {
  /// Asks for a WebSocket, on a connection of its own, and returns at once.
  public func beginWebSocket(_ target: String, _ header: Header, protocols: [String]) throws(ClientProblem) -> WebSocketAttempt {
    let key = WebSocketClient.newKey()
    do throws(SystemFailure) {
      let (socket, isConnecting) = try Socket.beginConnecting(to: address)
      if case .tcp = address { socket.sendAtOnce() }
      let request = WebSocketClient.request(target, header, key: key, protocols)
      return WebSocketAttempt(
        socket, isConnecting: isConnecting, request.bytes(host: host), key: key, protocols, timeout: timeout)
    } catch {
      throw .unreachable(error)
    }
  }
}
