import Formats
import Foundation
import HTTP
import Posix

// HTTP by hand: whatever bytes a test likes, and answers taken apart without the code under test.

/// An answer, whole.
struct Answer: CustomStringConvertible {
  var status: Int
  var header: Header
  var body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }
  var json: Value { (try? JSON.parse(body)) ?? .null }
  var description: String { "\(status) \(text)" }

  // What a meta/v1 Status says.
  var message: String { json["message"].text }
  var reason: String { json["reason"].text }
  /// `spec.replicas: FieldValueInvalid`
  var causes: [String] { json["details", "causes"].items.map { "\($0["field"].text): \($0["reason"].text)" } }
  /// Of a list, or of a Table's rows.
  var names: [String] { json["items"].items.map { $0["metadata", "name"].text } }
}

/// A connection of a client that knows no manners.
final class RawConnection {
  struct Failure: Error, CustomStringConvertible { let description: String }

  private let socket: Socket
  private let host: String
  private var bytes: [UInt8] = []
  private var chunks = false
  private var line: [UInt8] = []
  private(set) var isOver = false

  init(to address: SocketAddress) throws {
    socket = try Socket.connect(to: address)
    if case .unix = address { host = "localhost" } else { host = "\(address)" }
  }

  func close() { socket.end() }

  // MARK: Sending

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      switch bytes.withUnsafeBytes({ socket.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .bytes(let count): sent += count
      case .wait: socket.waitWritable()
      case .end: throw Failure(description: "the server takes no more")
      }
    }
  }

  /// A request's bytes.
  func request(_ method: String, _ path: String, _ header: [String: String] = [:], _ body: Value? = nil) -> String {
    let content = body.map { String(decoding: RawConnection.json($0), as: UTF8.self) }
    var fields = ["Host": host]
    if let content {
      fields["Content-Length"] = String(content.utf8.count)
      fields["Content-Type"] = "application/json"
    }
    fields.merge(header) { $1 }
    let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
    return "\(method) \(path) HTTP/1.1\r\n\(lines.joined())\r\n\(content ?? "")"
  }

  static func json(_ value: Value) -> [UInt8] {
    var bytes: [UInt8] = []
    JSON.write(value, to: &bytes)
    return bytes
  }

  func ask(_ method: String, _ path: String, _ header: [String: String] = [:], _ body: Value? = nil) throws -> Answer {
    try send(request(method, path, header, body))
    return try answer(to: method)
  }

  // MARK: Receiving

  /// Reads more; false at the end.
  private func read(_ seconds: Int64 = 120) throws -> Bool {
    var scratch = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      switch scratch.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .bytes(let count):
        bytes += scratch[..<count]
        return true
      case .end: return false
      case .wait:
        guard Socket.waitReadable([socket], nanoseconds: seconds * 1_000_000_000)[0] else {
          throw Failure(
            description: "nothing has come for \(seconds) seconds behind \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
      }
    }
  }

  /// One line that ends with CR LF.
  private func textLine() throws -> String {
    while true {
      if let end = bytes.firstIndex(of: 10) {
        guard end > 0, bytes[end - 1] == 13 else { throw Failure(description: "a line of the answer ends badly") }
        defer { bytes.removeFirst(end + 1) }
        return String(decoding: bytes[..<(end - 1)], as: UTF8.self)
      }
      guard try read() else { throw Failure(description: "the connection ended in the middle of an answer") }
    }
  }

  private func exactly(_ count: Int) throws -> [UInt8] {
    while bytes.count < count { guard try read() else { throw Failure(description: "the connection ended in the middle of an answer") } }
    defer { bytes.removeFirst(count) }
    return Array(bytes[..<count])
  }

  /// An answer's head.
  func head() throws -> (status: Int, header: Header) {
    let first = try textLine()
    let words = first.split(separator: " ", maxSplits: 2)
    guard words.count == 3, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
      throw Failure(description: "this begins no answer: \(first.debugDescription)")
    }
    var header = Header()
    while case let line = try textLine(), !line.isEmpty {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { throw Failure(description: "this is no header field: \(line.debugDescription)") }
      header.add(String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
    }
    chunks = header["Transfer-Encoding"] == "chunked"
    isOver = false
    return (status, header)
  }

  /// The next chunk of an answer; nil behind the last.
  private func chunk() throws -> [UInt8]? {
    if isOver { return nil }
    guard chunks else {
      guard try !bytes.isEmpty || read() else {
        isOver = true
        return nil
      }
      defer { bytes = [] }
      return bytes
    }
    guard let size = Int(try textLine(), radix: 16) else { throw Failure(description: "this is no chunk's size") }
    let piece = try exactly(size)
    guard try textLine().isEmpty else { throw Failure(description: "a chunk ends badly") }
    if size == 0 { isOver = true }
    return size == 0 ? nil : piece
  }

  func answer(to method: String = "GET") throws -> Answer {
    let (status, header) = try head()
    var answer = Answer(status: status, header: header, body: [])
    if method == "HEAD" || status == 204 || status < 200 { return answer }
    if let length = header["Content-Length"] {
      guard let count = Int(length) else { throw Failure(description: "this is no length: \(length)") }
      answer.body = try exactly(count)
    } else {
      while let piece = try chunk() { answer.body += piece }
    }
    return answer
  }

  /// Whether the server hangs up, with nothing more said.
  func isHungUp() throws -> Bool { try bytes.isEmpty && !read() }

  /// Reads to the end of the connection; returns its last bytes, five at most.
  @discardableResult func drain() throws -> [UInt8] {
    var end: [UInt8] = []
    repeat {
      end = Array((end + bytes).suffix(5))
      bytes = []
    } while try read()
    return end
  }

  // MARK: Streams

  /// The next line of a streamed answer; nil at its end.
  func streamLine() throws -> String? {
    while true {
      if let end = line.firstIndex(of: 10) {
        defer { line.removeFirst(end + 1) }
        return String(decoding: line[..<end], as: UTF8.self)
      }
      guard let piece = try chunk() else {
        defer { line = [] }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
      }
      line += piece
    }
  }

  /// The next event of a watch; nil at its end.
  func event() throws -> WatchEvent? {
    guard let line = try streamLine() else { return nil }
    let value = try JSON.parse(Array(line.utf8))
    return WatchEvent(type: value["type"].text, object: value["object"])
  }

  /// The types and names of a number of events.
  func events(_ count: Int) throws -> [String] { try (0..<count).map { _ in try event().map { "\($0.type) \($0.name)" } ?? "the end" } }
}

/// An event of a watch.
struct WatchEvent {
  let type: String
  let object: Value
  var name: String { object["metadata", "name"].text }
  var revision: String { object["metadata", "resourceVersion"].text }
}
