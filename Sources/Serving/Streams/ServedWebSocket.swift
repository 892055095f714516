import HTTP

// The serving end of a WebSocket.

/// A WebSocket that a client has asked us for: binary messages both ways.
final class ServedWebSocket {
  private let tunnel: Tunnel
  private var reader = WebSocketReader(fromClient: true)
  private var hasEnded = false

  /// Told of each message that comes.
  var onMessage: (([UInt8]) -> Void)?
  /// Told once when no more comes and nothing can be sent, unless it was we who closed it.
  var onEnd: (() -> Void)?

  init(_ tunnel: Tunnel) {
    self.tunnel = tunnel
    tunnel.onBytes = { [self] in read($0) }
    tunnel.onEnd = { [self] in gone() }
  }

  /// Whether so much waits to be sent that no more should come before `onRoom`.
  var isFull: Bool { tunnel.isFull }
  /// Told once when there is room again.
  var onRoom: (() -> Void)? {
    get { tunnel.onRoom }
    set { tunnel.onRoom = newValue }
  }
  /// While it is set no message is read.
  var isPaused: Bool {
    get { tunnel.isPaused }
    set { tunnel.isPaused = newValue }
  }

  func send(_ bytes: [UInt8]) { tunnel.send(WebSocketMessage(.binary, bytes).frame()) }

  /// Says that nothing more comes, and closes the connection behind it.
  func close(_ code: UInt16 = 1000, _ reason: String = "") {
    guard !hasEnded else { return }
    hasEnded = true
    onMessage = nil
    onEnd = nil
    tunnel.send(WebSocketMessage.close(code, reason).frame())
    tunnel.end()
  }

  private func read(_ bytes: UnsafeRawBufferPointer) {
    do throws(WebSocketProblem) {
      for message in try reader.read(bytes) { take(message) }
    } catch {
      let told = onEnd
      close(error.code, error.text)
      told?()
    }
  }

  private func take(_ message: WebSocketMessage) {
    switch message.kind {
    case .text, .binary: onMessage?(message.bytes)
    case .ping: tunnel.send(WebSocketMessage(.pong, message.bytes).frame())
    case .pong: break
    case .close:
      let told = onEnd
      close()
      told?()
    }
  }

  private func gone() {
    guard !hasEnded else { return }
    hasEnded = true
    onMessage = nil
    let told = onEnd
    onEnd = nil
    told?()
  }
}
