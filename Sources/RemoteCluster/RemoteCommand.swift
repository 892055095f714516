import API
import APIMachinery
import Client
import Formats
import HTTP

// exec and attach, asked for over a WebSocket.

/// A stream into a container of a cluster behind HTTP.
final class RemoteCommand: PodStream {
  private let socket: WebSocketClient
  private let request: StreamRequest
  private var hasEnded = false

  /// What is spoken: the fifth version can say that no more input comes.
  static let protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"]
  private enum Channel {
    static let (input, output, errors, end, size, close): (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 1, 2, 3, 4, 255)
  }
  /// The longest piece of input that goes in one message.
  private static let piece = 1 << 15

  init(_ socket: WebSocketClient, _ request: StreamRequest) {
    self.socket = socket
    self.request = request
  }

  var descriptor: Int32 { socket.socket.number }
  var hasUnsent: Bool { socket.hasUnsent }
  var isFull: Bool { socket.isFull }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      socket.send(WebSocketMessage(.binary, [Channel.input] + rest.prefix(RemoteCommand.piece)))
      rest = rest.dropFirst(RemoteCommand.piece)
    }
  }

  func endInput() {
    guard socket.subprotocol == RemoteCommand.protocols[0] else { return }
    socket.send(WebSocketMessage(.binary, [Channel.close, Channel.input]))
  }

  func resize(columns: Int, rows: Int) {
    var message = [Channel.size]
    JSON.write(["Width": Value(columns), "Height": Value(rows)], to: &message)
    socket.send(WebSocketMessage(.binary, message))
  }

  func flush() { socket.flush() }
  func end() { socket.end() }

  func received() throws(Status) -> [StreamPiece] {
    guard !hasEnded else { return [] }
    let messages: [WebSocketMessage]
    do throws(ClientProblem) {
      messages = try socket.messages()
    } catch {
      throw .unanswered("error: \(error)")
    }
    var pieces: [StreamPiece] = []
    for message in messages where !hasEnded {
      let content = Array(message.bytes.dropFirst())
      guard let channel = message.bytes.first, !content.isEmpty else { continue }
      switch channel {
      case Channel.output: pieces.append(.output(content))
      case Channel.errors: pieces.append(.errors(content))
      case Channel.end:
        hasEnded = true
        pieces.append(.ended(RemoteCommand.end(content)))
      default: break
      }
    }
    if socket.isOver, !hasEnded {
      hasEnded = true
      // Without a Status the connection has broken.
      let text = socket.closing.map { "websocket: close \($0.code): \($0.reason)" } ?? "error reading from error stream: unexpected EOF"
      pieces.append(.ended(.failed(text)))
    }
    return pieces
  }

  /// What a Status says of a command's end.
  static func end(_ bytes: [UInt8]) -> StreamEnd {
    guard let status = try? JSON.parse(bytes) else { return .failed(String(decoding: bytes, as: UTF8.self)) }
    if status["status"] == "Success" { return .success }
    if status["reason"] == "NonZeroExitCode" {
      let cause = status["details"]["causes"].items.first { $0["reason"] == "ExitCode" }
      if let code = cause.flatMap({ Int32($0["message"].text) }) { return .exited(code) }
    }
    return .failed(status["message"].text)
  }
}

extension RemoteClient {
  public func stream(_ request: StreamRequest) throws(Status) -> any PodStream {
    var query: [(name: String, value: String)] = []
    let subresource: String
    switch request.purpose {
    case .exec(let words):
      subresource = "exec"
      query = words.map { ("command", $0) }
    case .attach: subresource = "attach"
    case .port(let port): return try forward(port, request)
    }
    if !request.container.isEmpty { query.append(("container", request.container)) }
    for (name, isWanted) in [
      ("stdin", request.hasInput), ("stdout", request.hasOutput), ("stderr", request.hasErrors), ("tty", request.hasTerminal),
    ] where isWanted { query.append((name, "true")) }
    let path = RemotePath.object(ObjectKey(Kinds.pod, request.namespace, request.pod), subresource: subresource)
    let call = RemoteCall("GET", path, query, accept: "*/*", kind: Kinds.pod, name: request.pod)
    let socket = try webSocket(call, RemoteCommand.protocols)
    // Without a word for the end of the input, whoever reads it would wait for ever. A terminal's has none.
    guard socket.subprotocol == RemoteCommand.protocols[0] || !request.hasInput || request.hasTerminal else {
      socket.end()
      throw StreamTarget.refusal(
        "the server speaks \(socket.subprotocol) only, in which the end of standard input can't be told",
        hints: ["kubectl itself can do it with this server: it speaks SPDY to it"])
    }
    return RemoteCommand(socket, request)
  }
}
