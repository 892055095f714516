import Client
import Formats

// exec and attach over a WebSocket.

/// One client's stream into a container.
final class RemoteCommand: StreamPeer {
  private let request: StreamRequest
  private var socket: ServedWebSocket?
  private var source: (any StreamSource)?
  /// Told once when it is over.
  var onEnd: (() -> Void)?

  init(_ request: StreamRequest) { self.request = request }

  /// Begins; `source` gives what is sent from here on.
  func begin(_ source: any StreamSource, over socket: ServedWebSocket) {
    self.source = source
    self.socket = socket
    // As Kubernetes does: an empty message on each channel tells the client that they are there.
    for channel in [ChannelProtocol.output, ChannelProtocol.errors, ChannelProtocol.end] { socket.send([channel]) }
    socket.onMessage = { [self] in take($0) }
    socket.onEnd = { [self] in finish { $0.cancel() } }
  }

  private func take(_ message: [UInt8]) {
    guard let channel = message.first, let source else { return }
    let content = Array(message.dropFirst())
    switch channel {
    case ChannelProtocol.input where request.hasInput && !content.isEmpty:
      source.input(content)
      socket?.isPaused = source.isFull
    case ChannelProtocol.size where request.hasTerminal:
      guard let size = try? JSON.parse(content), let width = size["Width"].int, let height = size["Height"].int else { return }
      source.resize(columns: Int(UInt16(clamping: width)), rows: Int(UInt16(clamping: height)))
    case ChannelProtocol.close where content == [ChannelProtocol.input]: source.endInput()
    default: break
    }
  }

  /// Ends it once, telling the container's end where it is to be told.
  private func finish(_ tell: (any StreamSource) -> Void) {
    guard let source else { return }
    self.source = nil
    tell(source)
    let told = onEnd
    onEnd = nil
    told?()
  }

  // MARK: From the container

  var isFull: Bool { socket?.isFull ?? false }

  func output(_ bytes: [UInt8]) { send(ChannelProtocol.output, bytes) }
  func errors(_ bytes: [UInt8]) { send(ChannelProtocol.errors, bytes) }

  private func send(_ channel: UInt8, _ bytes: [UInt8]) {
    guard source != nil, let socket, !bytes.isEmpty else { return }
    socket.send([channel] + bytes)
    if socket.isFull { socket.onRoom = { [weak self] in self?.source?.resume() } }
  }

  func hasRoomForInput() { socket?.isPaused = false }

  func ended(_ end: StreamEnd) {
    guard source != nil, let socket else { return }
    var message = [ChannelProtocol.end]
    JSON.write(ChannelProtocol.status(end), to: &message)
    socket.send(message)
    socket.close()
    finish { _ in }
  }
}
