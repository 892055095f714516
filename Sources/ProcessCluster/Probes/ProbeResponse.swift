import APIMachinery
import HTTP

// What an HTTP probe is answered, read as Go's net/http reads it: any server that Kubernetes finds well is well here.

/// An answer that is no answer, in Go's words.
enum ResponseProblem: Error, Equatable {
  /// There is no status.
  case head(String)
  /// There is one, and the body behind it is broken.
  case body(String)
}

/// An answer as it comes in, with as much of its body as a probe reads.
struct ProbeResponse {
  private enum Place { case head, bytes(Int), chunks(ChunkReader), untilClose, over }

  private(set) var status = 0
  private(set) var location: String?
  private(set) var body: [UInt8] = []
  private var place = Place.head
  private var input: [UInt8] = []
  private var searched = 0
  private var interim = 0

  static let longestHead = 64 << 10
  static let longestBody = 10 << 10

  /// Whether nothing more is wanted.
  var isOver: Bool { if case .over = place { true } else { false } }
  /// Whether there is a status.
  var hasHead: Bool { if case .head = place { false } else { true } }

  // MARK: Reading

  mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(ResponseProblem) {
    guard case .head = place else { return try feedBody(bytes) }
    input.append(contentsOf: bytes)
    while case .head = place, let end = headEnd() {
      let head = input[..<end]
      guard end <= ProbeResponse.longestHead else { throw ProbeResponse.headTooLong }
      try read(head)
      input.removeFirst(end)
      searched = 0
    }
    if hasHead {
      let rest = input
      input = []
      var problem: ResponseProblem?
      rest.withUnsafeBytes { rest in
        do throws(ResponseProblem) { try feedBody(rest) } catch { problem = error }
      }
      if let problem { throw problem }
    } else if input.count > ProbeResponse.longestHead {
      throw ProbeResponse.headTooLong
    }
  }

  /// The server has ended its stream.
  mutating func end() throws(ResponseProblem) {
    switch place {
    case .head: throw .head(input.isEmpty && interim == 0 ? "EOF" : "\(ProbeResponse.broken): unexpected EOF")
    case .bytes, .chunks: throw .body("unexpected EOF")
    case .untilClose: place = .over
    case .over: break
    }
  }

  private static let broken = "net/http: HTTP/1.x transport connection broken"
  private static let headTooLong = ResponseProblem.head("net/http: server response headers exceeded \(longestHead) bytes; aborted")

  private mutating func feedBody(_ bytes: UnsafeRawBufferPointer) throws(ResponseProblem) {
    switch place {
    case .head, .over: return
    case .bytes(let left):
      body.append(contentsOf: bytes.prefix(min(left, ProbeResponse.longestBody - body.count)))
      place = left <= bytes.count ? .over : .bytes(left - bytes.count)
    case .untilClose: body.append(contentsOf: bytes.prefix(ProbeResponse.longestBody - body.count))
    case .chunks(var reader):
      do throws(HTTPProblem) {
        _ = try reader.read(bytes, into: &body)
      } catch {
        throw .body("malformed chunked encoding: \(error.text)")
      }
      place = reader.isOver ? .over : .chunks(reader)
      if body.count > ProbeResponse.longestBody { body.removeLast(body.count - ProbeResponse.longestBody) }
    }
    if body.count >= ProbeResponse.longestBody { place = .over }
  }

  // MARK: The head

  /// Where the head ends, behind its empty line; a line may end without a carriage return.
  private mutating func headEnd() -> Int? {
    var i = searched
    while i < input.count {
      if input[i] == 10, i > 0, input[i - 1] == 10 || i > 1 && input[i - 1] == 13 && input[i - 2] == 10 { return i + 1 }
      i += 1
    }
    searched = input.count
    return nil
  }

  private mutating func read(_ head: ArraySlice<UInt8>) throws(ResponseProblem) {
    var lines = head.split(separator: 10, omittingEmptySubsequences: false).map { $0.last == 13 ? $0.dropLast() : $0 }
    let first = String(decoding: lines.removeFirst(), as: UTF8.self)
    status = try ProbeResponse.status(first)
    var header = Header()
    for line in lines where !line.isEmpty {
      guard let colon = line.firstIndex(of: 58), colon > line.startIndex else {
        throw .head("\(ProbeResponse.broken): malformed MIME header line: \(String(decoding: line.prefix(200), as: UTF8.self))")
      }
      header.add(String(decoding: line[..<colon], as: UTF8.self), ProbeResponse.trimmed(line[(colon + 1)...]))
    }
    if status / 100 == 1, status != 101 {
      interim += 1
      guard interim <= 5 else { throw .head("\(ProbeResponse.broken): net/http: too many 1xx informational responses") }
      return
    }
    location = header["Location"].flatMap { $0.isEmpty ? nil : $0 }
    place = try ProbeResponse.body(status, header)
  }

  private static func status(_ line: String) throws(ResponseProblem) -> Int {
    let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let shown = goQuoted(String(line.prefix(200)))
    guard words.count == 2 else { throw .head("\(broken): malformed HTTP response \(shown)") }
    let code = words[1].drop { $0 == " " }.prefix { $0 != " " }
    guard code.utf8.count == 3, code.utf8.allSatisfy({ (48...57).contains($0) }), let status = Int(code) else {
      throw .head("\(broken): malformed HTTP status code \(goQuoted(String(code)))")
    }
    guard words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0" else {
      throw .head("\(broken): malformed HTTP version \(goQuoted(String(words[0])))")
    }
    return status
  }

  private static func body(_ status: Int, _ header: Header) throws(ResponseProblem) -> Place {
    if status == 101 || status == 204 || status == 304 { return .over }
    if header.lists("Transfer-Encoding", "chunked") { return .chunks(ChunkReader()) }
    guard let length = header["Content-Length"] else { return .untilClose }
    guard !length.isEmpty, length.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int(length) else {
      throw .head("\(broken): bad Content-Length \(goQuoted(length))")
    }
    return count == 0 ? .over : .bytes(count)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    var bytes = bytes
    while let first = bytes.first, first == 32 || first == 9 { bytes = bytes.dropFirst() }
    while let last = bytes.last, last == 32 || last == 9 { bytes = bytes.dropLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension ProbeResponse {
  /// What a probe makes of it, as kubelet's `DoHTTPProbe` does.
  func outcome(judgesStatus: Bool) -> ProbeOutcome {
    switch status {
    case _ where !judgesStatus, 200..<300: .success
    case 300..<400: .warning("Probe terminated redirects, Response body: \(String(decoding: body, as: UTF8.self))")
    default: .failure("HTTP probe failed with statuscode: \(status)")
    }
  }

  /// Where it sends on to.
  var redirect: String? { [301, 302, 303, 307, 308].contains(status) ? location : nil }
}
