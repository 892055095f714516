import Posix

// An answer whose body comes as it comes: a watch, a log.

/// An answer that streams, on a connection of its own.
public final class ClientStream {
  public let head: ResponseHead
  private let connection: ClientConnection

  init(_ connection: ClientConnection, _ head: ResponseHead) {
    self.connection = connection
    self.head = head
  }

  /// What to wait on until there is more to take.
  public var socket: Socket { connection.socket }
  /// Whether the body is over: by its own end, or by the connection's.
  public var isOver: Bool { connection.isOver }

  /// Takes what has come, without waiting; false once the body is over.
  public func take(into bytes: inout [UInt8]) throws(ClientProblem) -> Bool { try connection.take(into: &bytes) }

  /// Waits for the rest: the body of a failure.
  public func rest(within timeout: Duration?) throws(ClientProblem) -> [UInt8] {
    var body: [UInt8] = []
    try connection.finish(into: &body, Patience(after: timeout))
    return body
  }

  /// Closes the connection.
  public func end() { connection.socket.end() }
}

/// A body, as its head bounds it.
struct AnswerBody: Sendable {
  private var left: Int?
  private var chunks: ChunkReader?
  /// Whether the connection's end is the body's.
  let endsWithConnection: Bool

  init(_ length: BodyLength) {
    endsWithConnection = length == .untilClose
    switch length {
    case .none: left = 0
    case .bytes(let count): left = count
    case .chunked: chunks = ChunkReader()
    case .untilClose: break
    }
  }

  var isOver: Bool { left == 0 || chunks?.isOver ?? false }

  /// Takes what belongs to the body; returns how many bytes were used.
  mutating func read(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) throws(HTTPProblem) -> Int {
    if var reader = chunks {
      defer { chunks = reader }
      return try reader.read(bytes, into: &out)
    }
    let count = min(left ?? bytes.count, bytes.count)
    out.append(contentsOf: bytes[..<count])
    if let left { self.left = left - count }
    return count
  }
}
