import Posix

// The asking side of HTTP/1.1: one server, one kept connection for what is asked and answered, more for what streams.

/// A request, whole.
public struct ClientRequest: Sendable {
  public var method: String
  /// Path and query, encoded.
  public var target: String
  public var header: Header
  public var body: [UInt8]?

  public init(_ method: String, _ target: String, header: Header = Header(), body: [UInt8]? = nil) {
    self.method = method
    self.target = target
    self.header = header
    self.body = body
  }

  /// The request as it is sent to `host`.
  func bytes(host: String) -> [UInt8] {
    var text = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n"
    // A line's end inside a value would begin a field of its own.
    for field in header.fields {
      text += "\(field.name): \(String(field.value.unicodeScalars.filter { $0.value >= 32 || $0 == "\t" }))\r\n"
    }
    if let body {
      text += "Content-Length: \(body.count)\r\n"
    } else if method != "GET", method != "HEAD" {
      text += "Content-Length: 0\r\n"
    }
    return Array((text + "\r\n").utf8) + (body ?? [])
  }
}

/// An answer, whole.
public struct ClientAnswer: Sendable {
  public let head: ResponseHead
  public let body: [UInt8]
}

/// Why there is no answer.
public enum ClientProblem: Error, Hashable, Sendable {
  /// Nobody could be connected to.
  case unreachable(SystemFailure)
  /// The time for the request is up; `answering`: the answer had begun.
  case timedOut(answering: Bool)
  /// The other end has gone before the answer was whole; `answering`: it had begun.
  case ended(answering: Bool)
  case malformed(HTTPProblem)
  case interrupted
}

/// A server that can be asked. One thread; calls wait.
public final class HTTPClient {
  public let address: SocketAddress
  /// What the requests' `Host` says.
  public let host: String
  /// How long a request may take, from connecting to the answer's last byte (of a stream: of its head); nil: as long as it takes.
  public var timeout: Duration?
  private var kept: ClientConnection?

  /// - Parameter socket: is connected to it already.
  public init(_ address: SocketAddress, over socket: Socket? = nil, host: String? = nil, timeout: Duration? = nil) {
    self.address = address
    kept = socket.map(ClientConnection.init)
    self.timeout = timeout
    if let host { self.host = host } else if case .unix = address { self.host = "localhost" } else { self.host = address.description }
  }

  /// Asks and waits for the whole answer.
  public func answer(_ request: ClientRequest) throws(ClientProblem) -> ClientAnswer {
    let limit = Patience(after: timeout)
    let (connection, head) = try asked(request, reusing: true, limit)
    var body: [UInt8] = []
    try connection.finish(into: &body, limit)
    if connection.isReusable { kept = connection }
    return ClientAnswer(head: head, body: body)
  }

  /// Asks on a connection of its own and returns once the answer's head is there.
  public func stream(_ request: ClientRequest) throws(ClientProblem) -> ClientStream {
    let (connection, head) = try asked(request, reusing: false, Patience(after: timeout))
    return ClientStream(connection, head)
  }

  /// Sends a request and reads the answer's head. A kept connection that the server has closed meanwhile is no failure:
  /// the request goes out once more on a new one, as long as nothing of an answer was read.
  func asked(_ request: ClientRequest, reusing: Bool, _ limit: Patience) throws(ClientProblem) -> (ClientConnection, ResponseHead) {
    let bytes = request.bytes(host: host)
    if reusing, let old = kept {
      kept = nil
      if old.isFresh {
        do throws(ClientProblem) {
          return (old, try old.ask(bytes, request.method, limit))
        } catch {
          guard error == .ended(answering: false) else { throw error }
        }
      }
    }
    let socket: Socket
    do throws(SystemFailure) {
      socket = try Socket.connect(to: address, nanoseconds: limit.left)
    } catch {
      if limit.isOver { throw .timedOut(answering: false) }
      throw .unreachable(error)
    }
    let connection = ClientConnection(socket)
    return (connection, try connection.ask(bytes, request.method, limit))
  }
}

/// A moment of the steady clock by which something must have happened; none: it may take as long as it takes.
struct Patience {
  let moment: Int64?

  init(after length: Duration?) {
    moment = length.map { length in
      let (seconds, attoseconds) = length.components
      let (whole, over) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      let (sum, over2) = whole.addingReportingOverflow(Machine.steadyNanoseconds &+ attoseconds / 1_000_000_000)
      return over || over2 ? .max : sum
    }
  }

  /// Nanoseconds that are left; nil: no end.
  var left: Int64? { moment.map { max(0, $0 &- Machine.steadyNanoseconds) } }
  var isOver: Bool { left == 0 }
}
