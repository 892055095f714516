import Foundation
import HTTP
import Posix
import RemoteCluster
import Synchronization

// An API server that says what a test tells it to: canned answers by path, as a real one gives them.

/// Answers requests by a function, in pieces of a size.
final class RemoteScript: @unchecked Sendable {
  struct Asked: Sendable {
    let head: RequestHead
    let body: String
    var path: String { head.path }
    var query: [String: String] {
      Dictionary((URLText.query(head.query) ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
  }

  struct Said: Sendable {
    var status = 200
    var header: [Header.Field] = []
    var body = ""
    /// Chunks of a stream; the connection stays open behind them unless `ends`.
    var chunks: [String]?
    var ends = true
    /// The whole answer, byte by byte, behind which the connection is closed.
    var raw: [UInt8]?

    static func json(_ body: String, status: Int = 200, _ header: [Header.Field] = []) -> Said {
      Said(status: status, header: [Header.Field("Content-Type", "application/json")] + header, body: body)
    }
    static func text(_ body: String, status: Int) -> Said {
      Said(status: status, header: [Header.Field("Content-Type", "text/plain; charset=utf-8")], body: body)
    }
    static func stream(_ chunks: [String], ends: Bool = true) -> Said { Said(chunks: chunks, ends: ends) }

    var bytes: [UInt8] {
      if let raw { return raw }
      var text = "HTTP/1.1 \(status) X\r\n" + header.map { "\($0.name): \($0.value)\r\n" }.joined()
      guard let chunks else { return Array("\(text)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8) }
      text += "Transfer-Encoding: chunked\r\n\r\n"
      for chunk in chunks { text += "\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n" }
      return Array((text + (ends ? "0\r\n\r\n" : "")).utf8)
    }
  }

  let address: SocketAddress
  private let listener: Listener
  private let pieces: Int
  private let answer: @Sendable (Asked) -> Said
  private let state = Mutex<(asked: [Asked], stopped: Bool)>(([], false))

  /// - Parameter pieces: how many bytes leave at once.
  init(at wanted: SocketAddress = .tcp(host: "127.0.0.1", port: 0), pieces: Int = 1 << 16, _ answer: @escaping @Sendable (Asked) -> Said)
    throws
  {
    listener = try Listener(wanted)
    address = listener.address
    self.pieces = pieces
    self.answer = answer
    Thread.detachNewThread { [self] in
      while !isStopped {
        _ = Socket.waitReadable([listener.socket], nanoseconds: 20_000_000)
        guard let socket = listener.accept() else { continue }
        nonisolated(unsafe) let mine = socket
        Thread.detachNewThread { self.serve(mine) }
      }
      listener.end()
    }
  }

  func stop() { state.withLock { $0.stopped = true } }
  private var isStopped: Bool { state.withLock { $0.stopped } }

  /// What was asked so far.
  var asked: [Asked] { state.withLock { $0.asked } }

  /// A client of it whose clock stands still.
  func client(timeout: Duration? = .seconds(20)) -> RemoteClient {
    RemoteClient(HTTPClient(address, timeout: timeout))
  }

  private func serve(_ socket: Socket) {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while !isStopped {
      if let asked = RemoteScript.take(&bytes) {
        state.withLock { $0.asked.append(asked) }
        let said = answer(asked)
        write(said.bytes, socket)
        if said.raw != nil { return socket.end() }
        continue
      }
      switch chunk.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .bytes(let count): bytes += chunk[..<count]
      case .end: return socket.end()
      case .wait: _ = Socket.waitReadable([socket], nanoseconds: 20_000_000)
      }
    }
    socket.end()
  }

  private static func take(_ bytes: inout [UInt8]) -> Asked? {
    bytes.withUnsafeBytes { buffer -> (Asked, Int)? in
      guard let end = HeadReader.end(of: buffer, from: 0),
        let head = try? HeadReader.request(UnsafeRawBufferPointer(rebasing: buffer[..<end]))
      else { return nil }
      let length = head.header["Content-Length"].flatMap { Int($0) } ?? 0
      guard buffer.count >= end + length else { return nil }
      return (Asked(head: head, body: String(decoding: buffer[end..<(end + length)], as: UTF8.self)), end + length)
    }.map { asked, used in
      bytes.removeFirst(used)
      return asked
    }
  }

  private func write(_ bytes: [UInt8], _ socket: Socket) {
    var rest = bytes[...]
    while !rest.isEmpty, !isStopped {
      switch Array(rest.prefix(pieces)).withUnsafeBytes({ socket.write($0) }) {
      case .bytes(let count): rest = rest.dropFirst(count)
      case .wait: socket.waitWritable()
      case .end: return
      }
    }
  }
}
