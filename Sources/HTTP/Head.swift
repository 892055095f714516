// The heads of HTTP/1.1 messages, read strictly: what two readers could take differently is refused.

/// What is wrong with a message, and what its sender is told.
public struct HTTPProblem: Error, Hashable, Sendable {
  public let status: Int
  public let text: String
  public init(_ status: Int, _ text: String) {
    self.status = status
    self.text = text
  }
}

/// A request's first line and header.
public struct RequestHead: Sendable, Hashable {
  public var method: String
  /// As it was sent, without the query: percent signs and all.
  public var path: String
  /// What stands behind the question mark; empty where there is none.
  public var query: String
  /// HTTP/1.0 or 1.1.
  public var minor: Int
  public var header: Header

  public init(_ method: String, path: String, query: String = "", minor: Int = 1, header: Header = Header()) {
    self.method = method
    self.path = path
    self.query = query
    self.minor = minor
    self.header = header
  }

  /// Whether the connection stays open behind the answer.
  public var keepsAlive: Bool {
    minor == 1 ? !header.lists("Connection", "close") : header.lists("Connection", "keep-alive")
  }
}

/// An answer's first line and header.
public struct ResponseHead: Sendable, Hashable {
  public var status: Int
  public var reason: String
  public var minor: Int
  public var header: Header

  public init(_ status: Int, reason: String = "", minor: Int = 1, header: Header = Header()) {
    self.status = status
    self.reason = reason
    self.minor = minor
    self.header = header
  }
}

/// How long a message's body is.
public enum BodyLength: Hashable, Sendable {
  case none
  case bytes(Int)
  case chunked
  /// An answer's that ends with its connection.
  case untilClose
}

/// Reads heads.
public enum HeadReader {
  /// Where a head ends (behind its empty line), looking from `from` on; nil: there is more to come.
  public static func end(of bytes: UnsafeRawBufferPointer, from: Int) -> Int? {
    var i = max(from, 3)
    while i < bytes.count {
      // The last byte of the four decides how far the next look may jump.
      switch bytes[i] {
      case 10:
        if bytes[i - 1] == 13, bytes[i - 2] == 10, bytes[i - 3] == 13 { return i + 1 }
        i += 1
      default: i += 1
      }
    }
    return nil
  }

  public static func request(_ bytes: UnsafeRawBufferPointer) throws(HTTPProblem) -> RequestHead {
    var lines = Lines(bytes)
    guard let first = try lines.next(), !first.isEmpty else { throw HTTPProblem(400, "the request line is empty") }
    guard let one = first.firstIndex(of: 32), let two = first[(one + 1)...].firstIndex(of: 32), !first[(two + 1)...].contains(32) else {
      throw HTTPProblem(400, "the request line must hold a method, a target and a version")
    }
    guard isToken(first[..<one]) else { throw HTTPProblem(400, "the method is no word") }
    let version = text(first[(two + 1)...])
    guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
      throw HTTPProblem(version.hasPrefix("HTTP/") ? 505 : 400, "only HTTP/1.1 is spoken here")
    }
    let target = first[(one + 1)..<two]
    guard target.allSatisfy({ $0 > 32 && $0 < 127 && $0 != 35 }) else {
      throw HTTPProblem(400, "the target holds a byte that no URL holds")
    }
    var path = target
    var query = target[target.endIndex...]
    if let mark = target.firstIndex(of: 63) {
      path = target[..<mark]
      query = target[(mark + 1)...]
    }
    var pathText = text(path)
    if pathText.utf8.first != 47 {
      guard pathText.hasPrefix("http://"), let slash = pathText.dropFirst(7).firstIndex(of: "/") else {
        throw HTTPProblem(400, "the target must be a path")
      }
      pathText = String(pathText[slash...])
    }
    let head = RequestHead(
      text(first[..<one]), path: pathText, query: text(query), minor: version == "HTTP/1.1" ? 1 : 0, header: try header(&lines))
    if head.minor == 1, head.header.count("Host") != 1 { throw HTTPProblem(400, "there must be one Host") }
    return head
  }

  public static func response(_ bytes: UnsafeRawBufferPointer) throws(HTTPProblem) -> ResponseHead {
    var lines = Lines(bytes)
    guard let first = try lines.next() else { throw HTTPProblem(502, "the status line is empty") }
    let line = text(first)
    let digits = line.dropFirst(9).prefix(3)
    guard line.hasPrefix("HTTP/1.1 ") || line.hasPrefix("HTTP/1.0 "), digits.utf8.count == 3,
      digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
      let status = Int(digits), line.utf8.count == 12 || line.dropFirst(12).first == " "
    else { throw HTTPProblem(502, "\"\(line.prefix(60))\" is no HTTP status line") }
    return ResponseHead(
      status, reason: String(line.dropFirst(13)), minor: line.hasPrefix("HTTP/1.1") ? 1 : 0, header: try header(&lines))
  }

  /// How a request's body is bounded. Both ways at once, or either twice, is how requests are smuggled.
  public static func bodyLength(of head: RequestHead) throws(HTTPProblem) -> BodyLength { try framed(head.header, 400) ?? .none }

  /// How an answer's body is bounded.
  public static func bodyLength(of head: ResponseHead, to method: String) throws(HTTPProblem) -> BodyLength {
    if method == "HEAD" || head.status / 100 == 1 || head.status == 204 || head.status == 304 { return .none }
    return try framed(head.header, 502) ?? .untilClose
  }

  private static func framed(_ header: Header, _ blame: Int) throws(HTTPProblem) -> BodyLength? {
    // Most requests have neither.
    guard header.fields.contains(where: { Header.same($0.name, "Content-Length") || Header.same($0.name, "Transfer-Encoding") }) else {
      return nil
    }
    let codings = header.all("Transfer-Encoding")
    let lengths = header.all("Content-Length")
    if !codings.isEmpty {
      guard codings.count == 1, Header.same(codings[0], "chunked") else {
        throw HTTPProblem(blame == 400 ? 501 : blame, "the only transfer coding known here is chunked")
      }
      guard lengths.isEmpty else { throw HTTPProblem(blame, "a body is either chunked or has a length") }
      return .chunked
    }
    guard let length = lengths.first else { return nil }
    guard lengths.count == 1, length.utf8.count < 19, !length.isEmpty, length.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
      let count = Int(length)
    else { throw HTTPProblem(blame, "\"\(length.prefix(40))\" is no length of a body") }
    return .bytes(count)
  }

  private static func header(_ lines: inout Lines) throws(HTTPProblem) -> Header {
    var fields: [Header.Field] = []
    while let line = try lines.next(), !line.isEmpty {
      guard fields.count < 128 else { throw HTTPProblem(431, "there are too many header fields") }
      guard let colon = line.firstIndex(of: 58), isToken(line[..<colon]) else {
        throw HTTPProblem(400, "a header field must be NAME: VALUE")
      }
      var value = line[(colon + 1)...]
      while let first = value.first, first == 32 || first == 9 { value = value.dropFirst() }
      while let last = value.last, last == 32 || last == 9 { value = value.dropLast() }
      guard value.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else {
        throw HTTPProblem(400, "a header field holds a control character")
      }
      fields.append(Header.Field(text(line[..<colon]), text(value)))
    }
    return Header(fields)
  }

  private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func isToken(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy { byte in
        (48...57).contains(byte) || (97...122).contains(byte | 32)
          || [33, 35, 36, 37, 38, 39, 42, 43, 45, 46, 94, 95, 96, 124, 126].contains(byte)
      }
  }

  /// Lines that end with CR LF, and only so.
  private struct Lines {
    let bytes: UnsafeRawBufferPointer
    var at = 0
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() throws(HTTPProblem) -> Slice<UnsafeRawBufferPointer>? {
      guard at < bytes.count else { return nil }
      var i = at
      while i < bytes.count, bytes[i] != 10 {
        if bytes[i] == 13, i + 1 < bytes.count, bytes[i + 1] != 10 { throw HTTPProblem(400, "a line holds a lone carriage return") }
        i += 1
      }
      guard i < bytes.count, i > at, bytes[i - 1] == 13 else { throw HTTPProblem(400, "a line must end with CR LF") }
      let line = Slice(base: bytes, bounds: at..<(i - 1))
      at = i + 1
      return line
    }
  }
}
