import Posix

// A server's side of one connection: requests one after another, answers in their order.

/// One connection to the server. It reads a request, hands it on, and reads the next when the answer is over.
final class Connection {
  let socket: Socket
  /// Where it was taken.
  let address: SocketAddress
  private let server: HTTPServer
  private var input: [UInt8] = []
  private var read = 0
  private var searched = 0
  private var output: [UInt8] = []
  private var written = 0
  private var phase = Phase.head
  private var exchange: Exchange?
  private var keepsAlive = true
  private var chunks = false
  private(set) var interest: Poller.Interest = .read
  private(set) var isClosed = false
  private var peerEnded = false
  private var closesWhenWritten = false
  private var isRefused = false
  /// Since when a request is arriving that is not whole yet.
  private(set) var arrivingSince: Int64?
  /// When something last moved, and what is waited for since.
  private(set) var lastMoved: Int64

  private enum Phase {
    case head
    case body(RequestHead, BodyReader)
    /// Its answer is being given.
    case busy
    /// It speaks something else.
    case tunnel(Tunnel)
    /// It was refused and told so. What still comes is thrown away for a while: to close at once would reset the connection, and many
    /// clients would never read why.
    case lingering(until: Int64)
  }

  private enum BodyReader { case bytes(Int), chunked(ChunkReader, [UInt8]) }

  /// Above this much unsent, no further request is read and no source is asked for more.
  static let fullOutput = 256 << 10

  init(_ socket: Socket, _ server: HTTPServer, at address: SocketAddress, now: Int64) {
    self.socket = socket
    self.server = server
    self.address = address
    lastMoved = now
  }

  var backlog: Int { output.count - written }
  /// Whether more waits than any client is kept.
  var isOverfull: Bool { backlog > server.limits.backlog }
  var isIdle: Bool { if case .head = phase { backlog == 0 && input.count == read } else { false } }
  /// Whether it waits to be flushed in this round.
  var isDirty = false
  var hasInput: Bool { read < input.count }
  var isBusy: Bool { if case .busy = phase { true } else { isTunnel } }
  private var tunnel: Tunnel? { if case .tunnel(let tunnel) = phase { tunnel } else { nil } }
  /// Whether whoever reads slowly is waited for, as a person is.
  var isTunnel: Bool { tunnel != nil }

  // MARK: Reading

  func readable(_ scratch: UnsafeMutableRawBufferPointer, now: Int64) {
    guard !isClosed, !peerEnded else { return }
    switch socket.read(into: scratch) {
    case .bytes(let count):
      lastMoved = now
      if case .lingering = phase { return }
      input.append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<count]))
      advance()
      noteArrival(now)
    case .wait: break
    case .end: endOfInput()
    }
  }

  /// A request's time begins with its first byte.
  private func noteArrival(_ now: Int64) {
    let isArriving: Bool
    switch phase {
    case .busy, .tunnel, .lingering: isArriving = false
    case .head: isArriving = hasInput
    case .body: isArriving = true
    }
    if !isArriving { arrivingSince = nil } else if arrivingSince == nil { arrivingSince = now }
  }

  private func endOfInput() {
    peerEnded = true
    if isTunnel { return close() }
    // Who has asked for a stream and hangs up has gone; an answer that is on its way is still given.
    if isBusy, exchange?.refill == nil { return close() }
    if backlog == 0, !isBusy { return close() }
    closesWhenWritten = true
    updateInterest()
  }

  /// Reads as many requests as there are, as long as their answers are over at once.
  func advance() {
    do throws(HTTPProblem) {
      while !isClosed, !closesWhenWritten, backlog < Connection.fullOutput || isTunnel, try step() {}
    } catch {
      refuse(error)
    }
    if read == input.count {
      input.removeAll(keepingCapacity: input.capacity <= 1 << 16)
      (read, searched) = (0, 0)
    } else if read > 1 << 16 {
      input.removeFirst(read)
      searched -= read
      read = 0
    }
    updateInterest()
  }

  /// Reads one part of a request; false where more must come first.
  private func step() throws(HTTPProblem) -> Bool {
    switch phase {
    case .busy, .lingering: return false
    case .tunnel(let tunnel):
      guard read < input.count, !tunnel.isPaused else { return false }
      let bytes = Array(input[read...])
      read = input.count
      bytes.withUnsafeBytes { tunnel.received($0) }
      return false
    case .head:
      guard read < input.count else { return false }
      let limit = server.limits.head
      let (end, head, problem) = input.withUnsafeBytes { bytes -> (Int?, RequestHead?, HTTPProblem?) in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[read...])
        guard let end = HeadReader.end(of: rest, from: max(0, searched - read - 3)) else {
          return (nil, nil, rest.count > limit ? HTTPProblem(431, "the header is longer than \(limit) bytes") : nil)
        }
        guard end <= limit else { return (nil, nil, HTTPProblem(431, "the header is longer than \(limit) bytes")) }
        do throws(HTTPProblem) {
          return (end, try HeadReader.request(UnsafeRawBufferPointer(rebasing: rest[..<end])), nil)
        } catch {
          return (nil, nil, error)
        }
      }
      if let problem { throw problem }
      guard let end, let head else {
        searched = input.count
        return false
      }
      read += end
      searched = read
      return try begin(head)
    case .body(let head, .bytes(let count)):
      guard input.count - read >= count else { return false }
      let body = Array(input[read..<(read + count)])
      read += count
      hand(Request(head, body: body))
      return true
    case .body(let head, .chunked(var reader, var body)):
      phase = .busy
      let limit = server.responder?.bodyLimit(of: head, at: address) ?? 0
      let (used, problem) = input.withUnsafeBytes { bytes -> (Int, HTTPProblem?) in
        do throws(HTTPProblem) {
          return (try reader.read(UnsafeRawBufferPointer(rebasing: bytes[read...]), into: &body), nil)
        } catch {
          return (0, error)
        }
      }
      if let problem { throw problem }
      read += used
      guard body.count <= limit else { throw Connection.tooLarge(limit) }
      guard reader.isOver else {
        phase = .body(head, .chunked(reader, body))
        return false
      }
      hand(Request(head, body: body))
      return true
    }
  }

  private static func tooLarge(_ limit: Int) -> HTTPProblem {
    HTTPProblem(413, "Request entity too large: limit is \(limit)")
  }

  private func begin(_ head: RequestHead) throws(HTTPProblem) -> Bool {
    keepsAlive = head.keepsAlive
    chunks = head.minor == 1
    guard head.path.utf8.count + head.query.utf8.count <= server.limits.target else {
      throw HTTPProblem(414, "the URL is longer than \(server.limits.target) bytes")
    }
    let length = try HeadReader.bodyLength(of: head)
    let limit = server.responder?.bodyLimit(of: head, at: address) ?? 0
    switch length {
    case .none, .untilClose: hand(Request(head))
    case .bytes(let count):
      guard count <= limit else { throw Connection.tooLarge(limit) }
      phase = .body(head, .bytes(count))
    case .chunked: phase = .body(head, .chunked(ChunkReader(), []))
    }
    if case .body = phase, head.header.lists("Expect", "100-continue"), input.count == read {
      put(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }
    return true
  }

  private func hand(_ request: Request) {
    phase = .busy
    let exchange = Exchange(self, method: request.head.method)
    self.exchange = exchange
    server.responder?.respond(to: request, exchange)
  }

  /// Tells what is wrong and hangs up: where the next request would begin is not known any more.
  private func refuse(_ problem: HTTPProblem) {
    let response = server.responder?.refusal(problem) ?? Response(problem.status)
    keepsAlive = false
    startAnswer(response.status, [response.lines], response.header, length: response.body.count)
    put(response.body)
    phase = .busy
    closesWhenWritten = true
    isRefused = true
    read = input.count
  }

  // MARK: Answering

  func startAnswer(_ status: Int, _ lines: [[UInt8]], _ header: [Header.Field], length: Int?) {
    var head: [UInt8] = []
    head.reserveCapacity(384)
    if status == 200 {
      head += Connection.okLine
    } else {
      head += "HTTP/1.1 \(status) \(Connection.reason(status))".utf8
    }
    for line in lines { head += line }
    if !header.isEmpty { head += Header.lines(header) }
    if let length {
      if status != 204, status != 304 {
        head += Connection.lengthName
        head += String(length).utf8
      }
    } else if chunks {
      head += "\r\nTransfer-Encoding: chunked".utf8
    } else {
      keepsAlive = false
    }
    if !keepsAlive {
      head += "\r\nConnection: close".utf8
    } else if !chunks {
      // An HTTP/1.0 client takes the connection to end unless it is told.
      head += "\r\nConnection: keep-alive".utf8
    }
    head += "\r\n\r\n".utf8
    put(head)
  }

  func put(_ bytes: [UInt8]) {
    guard !isClosed, !bytes.isEmpty else { return }
    if written > 0, written == output.count {
      output.removeAll(keepingCapacity: output.capacity <= 1 << 20)
      written = 0
    }
    output += bytes
    server.dirty(self)
  }

  func putChunk(_ bytes: [UInt8]) {
    guard chunks else { return put(bytes) }
    put(Array((String(bytes.count, radix: 16) + "\r\n").utf8))
    put(bytes)
    put([13, 10])
  }

  func endAnswer() {
    if chunks { put(Array("0\r\n\r\n".utf8)) }
    answered()
  }

  func answered() {
    exchange = nil
    if keepsAlive, !peerEnded, !server.isStopping {
      phase = .head
      server.ready(self)
    } else {
      closesWhenWritten = true
      server.dirty(self)
    }
  }

  func wantsRefill() { server.dirty(self) }

  /// From here on the connection's bytes are the tunnel's.
  func becomeTunnel(_ lines: [UInt8]) -> Tunnel {
    put(Array("HTTP/1.1 101 Switching Protocols".utf8) + lines + Array("\r\n\r\n".utf8))
    exchange = nil
    // It may be silent for long, and while it isn't read nothing tells that the other end is gone.
    if case .tcp = address { socket.askWhetherAlive() }
    let tunnel = Tunnel(self)
    phase = .tunnel(tunnel)
    // What was sent behind the request.
    server.ready(self)
    return tunnel
  }

  func tunnelPauseChanged() {
    server.ready(self)
    updateInterest()
  }

  func tunnelEnds() {
    closesWhenWritten = true
    read = input.count
    updateInterest()
    server.dirty(self)
  }

  func abort() { close() }

  // MARK: Writing

  /// Writes what can be written without waiting.
  func flush(now: Int64) {
    guard !isClosed else { return }
    while true {
      if backlog < Connection.fullOutput, let refill = exchange?.refill {
        refill()
        if isClosed { return }
      }
      if backlog < Connection.fullOutput {
        exchange?.hasRoom()
        tunnel?.hasRoom()
      }
      guard backlog > 0 else { break }
      let moved = output.withUnsafeBytes { socket.write(UnsafeRawBufferPointer(rebasing: $0[written...])) }
      switch moved {
      case .bytes(let count):
        written += count
        lastMoved = now
        if written == output.count {
          output.removeAll(keepingCapacity: output.capacity <= 1 << 20)
          written = 0
          if exchange?.refill != nil { continue }
        } else if written > 1 << 20 {
          output.removeFirst(written)
          written = 0
        }
      case .wait: return updateInterest()
      case .end: return close()
      }
      if backlog > 0 { continue }
    }
    if closesWhenWritten, exchange == nil { return isRefused && !peerEnded ? linger(now: now) : close() }
    // Requests that were left unread while too much waited to be sent.
    if !isBusy { server.ready(self) }
    updateInterest()
  }

  private func linger(now: Int64) {
    if case .lingering = phase { return }
    phase = .lingering(until: now + server.limits.linger)
    socket.endWriting()
    updateInterest()
  }

  /// Whether it is not being read and the other end has gone meanwhile, which reading would have told.
  var isLeftUnread: Bool { (tunnel?.isPaused ?? false) && socket.hasPeerEnded }

  /// Whether the other end has taken nothing for longer than it may.
  func isStuck(since waited: Int64, _ limits: HTTPServer.Limits) -> Bool {
    backlog > 0 && waited > limits.stall && tunnel?.isEnding ?? true
  }

  /// Whether it has waited long enough for the other end to read why it was refused.
  func hasLingered(at now: Int64) -> Bool { if case .lingering(let until) = phase { now > until } else { false } }

  private func updateInterest() {
    guard !isClosed else { return }
    var wanted: Poller.Interest = []
    if let tunnel {
      // What comes while it ends is for nobody.
      if !peerEnded, !tunnel.isPaused, !tunnel.isEnding { wanted.insert(.read) }
    } else if !peerEnded, input.count - read <= server.limits.head || !isBusy, backlog < Connection.fullOutput || isBusy {
      wanted.insert(.read)
    }
    if backlog > 0 { wanted.insert(.write) }
    guard wanted != interest else { return }
    interest = wanted
    server.poller.change(socket.number, wanted)
  }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    exchange?.gone()
    exchange = nil
    tunnel?.gone()
    server.closed(self)
  }

  private static let okLine = Array("HTTP/1.1 200 OK".utf8)
  private static let lengthName = Array("\r\nContent-Length: ".utf8)

  private static func reason(_ status: Int) -> String { reasons.first { $0.0 == status }?.1 ?? "Status" }

  private static let reasons: [(Int, String)] = [
    (200, "OK"), (201, "Created"), (202, "Accepted"), (204, "No Content"), (301, "Moved Permanently"), (304, "Not Modified"),
    (400, "Bad Request"), (401, "Unauthorized"), (403, "Forbidden"), (404, "Not Found"), (405, "Method Not Allowed"),
    (406, "Not Acceptable"), (409, "Conflict"), (410, "Gone"), (413, "Request Entity Too Large"), (414, "URI Too Long"),
    (415, "Unsupported Media Type"), (421, "Misdirected Request"), (422, "Unprocessable Entity"), (426, "Upgrade Required"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"), (500, "Internal Server Error"), (501, "Not Implemented"), (503, "Service Unavailable"),
    (504, "Gateway Timeout"), (505, "HTTP Version Not Supported"),
  ]
}
