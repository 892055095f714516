import Posix

// One request and its answer, as whoever answers sees it.

/// A request, whole.
public struct Request: Sendable {
  public var head: RequestHead
  public var body: [UInt8]

  public init(_ head: RequestHead, body: [UInt8] = []) {
    self.head = head
    self.body = body
  }
}

/// An answer, whole.
public struct Response: Sendable {
  public var status: Int
  /// Fields that many answers share, by `Header.lines`.
  public var lines: [UInt8]
  public var header: [Header.Field]
  public var body: [UInt8]

  public init(_ status: Int, _ header: [Header.Field] = [], lines: [UInt8] = [], body: [UInt8] = []) {
    self.status = status
    self.lines = lines
    self.header = header
    self.body = body
  }
}

/// Whoever answers requests. The server calls it from its one thread.
public protocol Responder: AnyObject {
  /// How many bytes the body of a request may have that came in at an address.
  func bodyLimit(of head: RequestHead, at address: SocketAddress) -> Int
  /// Answers at once, or keeps the exchange and answers later.
  func respond(to request: Request, _ exchange: Exchange)
  /// What is told of a request that is no request.
  func refusal(_ problem: HTTPProblem) -> Response
  /// Called after each round of requests, before anything that was answered in it leaves.
  func turn()
  /// Called once when the server is about to end: what is being streamed is to be ended.
  func stopping()
  /// In how many nanoseconds `turn` is wanted though nothing has come; nil: it is not.
  var wakeAfter: Int64? { get }
}

/// One request's answer being given. Held by whoever answers; useless once the connection has gone.
public final class Exchange {
  public let method: String
  /// Where the request came in.
  public let address: SocketAddress
  private unowned let connection: Connection
  private var state = State.waiting
  private enum State { case waiting, streaming, over }

  /// Told once when the connection goes before the answer was over.
  public var onClose: (() -> Void)?
  /// Told once when there is room to send again. The responder's `turn` follows.
  public var onRoom: (() -> Void)?
  /// Called whenever there is room to send; it calls `send`, at last `end`.
  var refill: (() -> Void)?

  init(_ connection: Connection, method: String) {
    self.connection = connection
    self.method = method
    address = connection.address
  }

  /// Whether somebody still listens.
  public var isOpen: Bool { state != .over }
  /// Whether so much waits to be sent that no more should come before `onRoom`.
  public var isFull: Bool { state != .over && connection.backlog >= Connection.fullOutput }

  /// The whole answer.
  /// - Parameter stamp: further fields, by `Header.lines`.
  public func answer(_ response: Response, stamp: [UInt8] = []) {
    guard state == .waiting else { return }
    state = .over
    connection.startAnswer(response.status, [response.lines, stamp], response.header, length: response.body.count)
    if method != "HEAD" { connection.put(response.body) }
    connection.answered()
  }

  /// Answers by 101: the connection speaks something else from now on. Nil where nobody listens any more.
  public func upgrade(_ header: [Header.Field]) -> Tunnel? {
    guard state == .waiting else { return nil }
    state = .over
    onClose = nil
    return connection.becomeTunnel(Header.lines(header))
  }

  /// Begins an answer of unknown length.
  public func begin(_ status: Int, _ header: [Header.Field]) {
    guard state == .waiting else { return }
    state = .streaming
    connection.startAnswer(status, [], header, length: nil)
    if method == "HEAD" {
      // The header is the whole answer: not even a last chunk may follow.
      state = .over
      connection.answered()
    }
  }

  /// A piece of a begun answer.
  public func send(_ bytes: [UInt8]) {
    guard state == .streaming, !bytes.isEmpty else { return }
    connection.putChunk(bytes)
    // Too much waits for a client that doesn't read.
    if refill == nil, connection.isOverfull { connection.abort() }
  }

  /// Sends by being asked: `source` is called whenever there is room, gives the next piece, and nil at the end.
  public func send(from source: @escaping () -> [UInt8]?) {
    guard state == .streaming else { return }
    refill = { [unowned self] in
      if let piece = source() { send(piece) } else { end() }
    }
    connection.wantsRefill()
  }

  /// Ends a begun answer.
  public func end() {
    guard state == .streaming else { return }
    state = .over
    refill = nil
    onClose = nil
    onRoom = nil
    connection.endAnswer()
  }

  /// Breaks the connection off: the other end sees that the answer is not whole.
  public func abort() {
    guard state != .over else { return }
    connection.abort()
  }

  func hasRoom() {
    let told = onRoom
    onRoom = nil
    told?()
  }

  func gone() {
    guard state != .over else { return }
    state = .over
    refill = nil
    onRoom = nil
    let told = onClose
    onClose = nil
    told?()
  }
}
