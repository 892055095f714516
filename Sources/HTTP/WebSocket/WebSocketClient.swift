import Formats
import Posix

// The asking end of a WebSocket.

/// What has come of asking for a WebSocket.
public enum WebSocketOutcome {
  case connected(WebSocketClient)
  /// The server has answered something else: a failure, as a rule.
  case refused(ClientAnswer)
}

/// A WebSocket to a server. Nothing of it waits, except `finish`.
public final class WebSocketClient {
  /// Which of the subprotocols the server has chosen; empty: none.
  public let subprotocol: String
  /// How it has ended, where the server said so.
  public private(set) var closing: (code: UInt16, reason: String)?
  /// Whether nothing more comes.
  public private(set) var isOver = false
  private let connection: ClientConnection
  private var reader = WebSocketReader(fromClient: false)
  private var output: [UInt8] = []
  private var sent = 0
  private var hasClosed = false

  /// - Parameter head: the answer that has accepted it.
  init(_ connection: ClientConnection, _ head: ResponseHead, key: String, _ protocols: [String]) throws(ClientProblem) {
    let chosen = head.header["Sec-WebSocket-Protocol"] ?? ""
    guard head.header["Sec-WebSocket-Accept"] == WebSocketHandshake.answer(to: key), chosen.isEmpty || protocols.contains(chosen) else {
      throw .malformed(HTTPProblem(502, "the server does not speak WebSocket"))
    }
    self.connection = connection
    subprotocol = chosen
  }

  static func newKey() -> String { Base64.encode((0..<4).flatMap { _ in withUnsafeBytes(of: Machine.randomNumber()) { Array($0) } }) }

  static func request(_ target: String, _ header: Header, key: String, _ protocols: [String]) -> ClientRequest {
    var request = ClientRequest("GET", target, header: header)
    for field in WebSocketHandshake.request(key: key, protocols: protocols) { request.header.add(field.name, field.value) }
    return request
  }

  /// What to wait on: readable while something may have come, writable while `hasUnsent`.
  public var socket: Socket { connection.socket }
  public var hasUnsent: Bool { sent < output.count }
  /// Whether so much waits to be sent that no more should come before it has left.
  public var isFull: Bool { output.count - sent >= 1 << 18 }

  /// Sends a message, as far as it goes without waiting; `flush` sends the rest.
  public func send(_ message: WebSocketMessage) {
    guard !isOver, !hasClosed else { return }
    if message.kind == .close { hasClosed = true }
    output += message.frame(mask: Machine.randomNumber())
    flush()
  }

  public func flush() {
    while hasUnsent {
      switch output.withUnsafeBytes({ socket.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .bytes(let count): sent += count
      case .wait: return
      case .end:
        // What it has said before it went is still to be read.
        sent = output.count
      }
    }
    output.removeAll(keepingCapacity: output.capacity <= 1 << 20)
    sent = 0
  }

  /// The messages that have come, without waiting. Pings are answered, and a close too.
  public func messages() throws(ClientProblem) -> [WebSocketMessage] {
    guard !isOver else { return [] }
    var bytes: [UInt8] = []
    if !connection.takeRaw(into: &bytes) { isOver = true }
    var messages: [WebSocketMessage] = []
    do throws(WebSocketProblem) {
      let all = try reader.read(bytes)
      for message in all where take(message) { messages.append(message) }
    } catch {
      isOver = true
      throw .malformed(HTTPProblem(502, error.text))
    }
    return messages
  }

  /// Whether a message is for whoever reads.
  private func take(_ message: WebSocketMessage) -> Bool {
    switch message.kind {
    case .text, .binary: return closing == nil
    case .pong: return false
    case .ping:
      send(WebSocketMessage(.pong, message.bytes))
      return false
    case .close:
      let code = message.bytes.count >= 2 ? UInt16(message.bytes[0]) << 8 | UInt16(message.bytes[1]) : 1005
      closing = (code, String(decoding: message.bytes.dropFirst(2), as: UTF8.self))
      send(.close(code == 1005 ? 1000 : code))
      isOver = true
      return false
    }
  }

  /// Closes the connection.
  public func end() {
    isOver = true
    socket.end()
  }
}

extension HTTPClient {
  /// Asks for a WebSocket, on a connection of its own.
  /// - Parameter protocols: the subprotocols that it may speak, the best first.
  public func webSocket(_ target: String, _ header: Header, protocols: [String]) throws(ClientProblem) -> WebSocketOutcome {
    let key = WebSocketClient.newKey()
    let limit = Patience(after: timeout)
    let (connection, head) = try asked(WebSocketClient.request(target, header, key: key, protocols), reusing: false, limit)
    guard head.status == 101 else {
      var body: [UInt8] = []
      try connection.finish(into: &body, limit)
      return .refused(ClientAnswer(head: head, body: body))
    }
    return .connected(try WebSocketClient(connection, head, key: key, protocols))
  }
}
