// A server's connection that speaks HTTP no more.

/// The bytes of a connection both ways, once its request was answered by 101.
public final class Tunnel {
  private unowned let connection: Connection
  private(set) var isOver = false
  /// Ends when what was sent has left.
  private(set) var isEnding = false

  /// Told of what comes, as it comes.
  public var onBytes: ((UnsafeRawBufferPointer) -> Void)?
  /// Told once when the other end has gone; nothing can be sent any more.
  public var onEnd: (() -> Void)?
  /// Told once when there is room to send again.
  public var onRoom: (() -> Void)?

  init(_ connection: Connection) { self.connection = connection }

  /// Whether so much waits to be sent that no more should come before `onRoom`.
  public var isFull: Bool { !isOver && connection.backlog >= Connection.fullOutput }

  /// While it is set nothing is read, so that the other end must wait.
  public var isPaused = false {
    didSet { if isPaused != oldValue, !isOver { connection.tunnelPauseChanged() } }
  }

  public func send(_ bytes: [UInt8]) {
    guard !isOver, !isEnding, !bytes.isEmpty else { return }
    connection.put(bytes)
    if connection.isOverfull { connection.abort() }
  }

  /// Closes the connection once all that was sent has left.
  public func end() {
    guard !isOver, !isEnding else { return }
    isEnding = true
    onRoom = nil
    connection.tunnelEnds()
  }

  func received(_ bytes: UnsafeRawBufferPointer) { if !isEnding { onBytes?(bytes) } }

  func hasRoom() {
    let told = onRoom
    onRoom = nil
    told?()
  }

  func gone() {
    guard !isOver else { return }
    isOver = true
    let told = onEnd
    onEnd = nil
    onBytes = nil
    onRoom = nil
    told?()
  }
}
