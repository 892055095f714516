import Posix

// One connection to a server: a request out, a head and a body in.

/// A connection: after each request its answer is read to the end, then it may serve the next.
final class ClientConnection {
  let socket: Socket
  private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var buffer: [UInt8] = []
  private var method = ""
  private var body = AnswerBody(.none)
  private var keepsAlive = false
  /// How far the buffer was searched for a head's end.
  private var looked = 0
  /// Whether anything of the current answer was read.
  private var hasRead = false

  /// The longest head that is read.
  static let longestHead = 1 << 16
  /// The longest body that is read whole.
  static let longestBody = 1 << 30

  init(_ socket: Socket) { self.socket = socket }
  deinit { scratch.deallocate() }

  /// Whether the server has neither closed it nor sent anything unasked.
  var isFresh: Bool { buffer.isEmpty && Socket.waitReadable([socket], nanoseconds: 0) == [false] }
  /// Whether another request may follow.
  var isReusable: Bool { keepsAlive && body.isOver && buffer.isEmpty }
  /// Whether the whole answer has been read.
  var isOver: Bool { body.isOver }

  /// Sends a request and reads the head of its answer.
  func ask(_ request: [UInt8], _ method: String, _ limit: Patience) throws(ClientProblem) -> ResponseHead {
    self.method = method
    hasRead = false
    var unsent: ClientProblem?
    // A server that refuses a long body answers before it has read it all, and closes.
    do throws(ClientProblem) { try send(request, limit) } catch { if case .ended = error { unsent = error } else { throw error } }
    do throws(ClientProblem) {
      for _ in 0..<16 {
        let head = try readHead(limit)
        // 100 Continue and the like come before the answer itself.
        guard head.status / 100 == 1, head.status != 101 else {
          try expectBody(of: head, to: method)
          keepsAlive =
            unsent == nil && (head.minor == 1 ? !head.header.lists("Connection", "close") : head.header.lists("Connection", "keep-alive"))
          return head
        }
      }
      throw .malformed(HTTPProblem(502, "there is no end to interim answers"))
    } catch { throw unsent ?? error }
  }

  private func send(_ bytes: [UInt8], _ limit: Patience) throws(ClientProblem) {
    var done = 0
    while done < bytes.count {
      switch bytes.withUnsafeBytes({ socket.write(UnsafeRawBufferPointer(rebasing: $0[done...])) }) {
      case .bytes(let count): done += count
      case .end: throw .ended(answering: false)
      case .wait:
        if limit.isOver { throw .timedOut(answering: false) }
        if Terminal.isInterrupted { throw .interrupted }
        socket.waitWritable()
      }
    }
  }

  private func readHead(_ limit: Patience) throws(ClientProblem) -> ResponseHead {
    while true {
      if let head = try head() { return head }
      guard try fill(limit) else { throw .ended(answering: hasRead) }
    }
  }

  /// The head of an answer, without waiting; nil where it is not whole yet.
  func takeHead() throws(ClientProblem) -> ResponseHead? {
    while true {
      if let head = try head() { return head }
      switch read() {
      case .bytes: continue
      case .wait: return nil
      case .end: throw .ended(answering: hasRead)
      }
    }
  }

  /// The head that is in the buffer, once it is whole.
  private func head() throws(ClientProblem) -> ResponseHead? {
    guard let end = buffer.withUnsafeBytes({ HeadReader.end(of: $0, from: looked) }) else {
      guard buffer.count <= ClientConnection.longestHead else { throw .malformed(HTTPProblem(431, "the answer's header is too long")) }
      looked = max(0, buffer.count - 3)
      return nil
    }
    guard end <= ClientConnection.longestHead else { throw .malformed(HTTPProblem(431, "the answer's header is too long")) }
    let head: ResponseHead
    do throws(HTTPProblem) {
      let parsed = buffer.withUnsafeBytes { bytes in
        Result { () throws(HTTPProblem) in try HeadReader.response(UnsafeRawBufferPointer(rebasing: bytes[..<end])) }
      }
      head = try parsed.get()
    } catch { throw .malformed(error) }
    buffer.removeFirst(end)
    looked = 0
    return head
  }

  /// Takes the body that belongs to a head that was taken without waiting.
  func expectBody(of head: ResponseHead, to method: String) throws(ClientProblem) {
    do throws(HTTPProblem) { body = AnswerBody(try HeadReader.bodyLength(of: head, to: method)) } catch { throw .malformed(error) }
  }

  /// Reads the rest of the body.
  func finish(into out: inout [UInt8], _ limit: Patience) throws(ClientProblem) {
    while true {
      try decode(into: &out)
      if body.isOver { return }
      guard out.count <= ClientConnection.longestBody else { throw .malformed(HTTPProblem(502, "the answer is too long")) }
      if try !fill(limit) {
        guard body.endsWithConnection else { throw .ended(answering: true) }
        return
      }
    }
  }

  /// Takes what has come of the body, without waiting; false once it is over.
  func take(into out: inout [UInt8]) throws(ClientProblem) -> Bool {
    try decode(into: &out)
    while !body.isOver {
      switch read() {
      case .bytes: try decode(into: &out)
      case .wait: return true
      case .end:
        body = AnswerBody(.none)
        keepsAlive = false
      }
      if out.count >= 1 << 20 { return !body.isOver }
    }
    return false
  }

  /// Takes what has come since the connection has left HTTP, without waiting; false at its end.
  func takeRaw(into out: inout [UInt8]) -> Bool {
    while true {
      out += buffer
      buffer.removeAll(keepingCapacity: true)
      if out.count >= 1 << 20 { return true }
      switch read() {
      case .bytes: continue
      case .wait: return true
      case .end: return false
      }
    }
  }

  private func decode(into out: inout [UInt8]) throws(ClientProblem) {
    guard !buffer.isEmpty, !body.isOver else { return }
    do throws(HTTPProblem) {
      var used = 0
      var problem: HTTPProblem?
      buffer.withUnsafeBytes { bytes in
        do throws(HTTPProblem) { used = try body.read(bytes, into: &out) } catch { problem = error }
      }
      if let problem { throw problem }
      if used == buffer.count { buffer.removeAll(keepingCapacity: true) } else { buffer.removeFirst(used) }
    } catch { throw .malformed(error) }
  }

  /// Waits for more; false at the connection's end.
  private func fill(_ limit: Patience) throws(ClientProblem) -> Bool {
    while true {
      switch read() {
      case .bytes: return true
      case .end: return false
      case .wait:
        if Terminal.isInterrupted { throw .interrupted }
        if limit.isOver { throw .timedOut(answering: hasRead) }
        _ = Socket.waitReadable([socket], nanoseconds: limit.left)
      }
    }
  }

  private func read() -> Socket.Moved {
    let moved = socket.read(into: scratch)
    if case .bytes(let count) = moved {
      buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<count]))
      hasRead = true
    }
    return moved
  }
}
