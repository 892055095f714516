import HTTP
import Posix

// A `kctl serve` of its own for a benchmark, and plain sockets to it.

/// A kctl that serves, until it is stopped.
struct ServedProcess {
  let port: UInt16
  let process: Int32
  let home: String

  /// Starts to serve the cluster of a home on a free port.
  init(home: String, clock: String = "manual") throws {
    self.home = home
    let log = "\(home)/serve.log"
    let started = try Child.run(
      "sh", ["-c", "\"$0\" serve --listen=127.0.0.1:0 >\"$1\" 2>&1 & echo $!", Measure.kctl, log],
      environment: ["KCTL_HOME": home, "KCTL_SIM_CLOCK": clock])
    guard let process = Int32(String(decoding: started.output, as: UTF8.self).filter(\.isNumber)) else {
      throw BenchFailure("kctl serve does not start")
    }
    self.process = process
    for _ in 0..<2000 {
      let said = (try? Machine.readFile(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      if let colon = said.lastIndex(of: ":"), said.hasSuffix("\n"), let port = UInt16(said[said.index(after: colon)...].dropLast()) {
        self.port = port
        return
      }
      WallClock.sleep(nanoseconds: 10_000_000)
    }
    throw BenchFailure("kctl serve does not say where it listens")
  }

  func stop() { _ = try? Child.run("sh", ["-c", "kill $0; while kill -0 $0 2>/dev/null; do sleep 0.05; done", String(process)]) }

  /// The most memory that it has had, in MB.
  var peakMemory: Double { Measure.peakMemory(of: String(process)) ?? 0 }

  /// The memory that it has now, in MB.
  var memory: Double { Measure.memory("VmRSS:", of: String(process)) ?? 0 }

  func connect() throws -> PlainConnection { try PlainConnection(port: port) }
}

/// A keep-alive connection: a request and its answer at a time.
final class PlainConnection {
  let socket: Socket
  private let poller: Poller
  private var scratch = [UInt8](repeating: 0, count: 1 << 18)

  init(port: UInt16) throws {
    socket = try Socket.connect(to: .tcp(host: "127.0.0.1", port: port))
    host = "127.0.0.1:\(port)"
    poller = try Poller()
    try poller.add(socket.number, .read)
  }

  private let host: String

  func send(_ method: String, _ path: String, type: String = "application/json", body: String = "") throws {
    let bytes = message(method, path, type, body)
    guard case .bytes(bytes.count) = bytes.withUnsafeBytes({ socket.write($0) }) else { throw BenchFailure("a request could not be sent") }
  }

  /// The first half of a request.
  func sendHalf(_ method: String, _ path: String, type: String, body: String) {
    let bytes = message(method, path, type, body)
    _ = bytes[..<(bytes.count / 2)].withUnsafeBytes { socket.write($0) }
  }

  private func message(_ method: String, _ path: String, _ type: String, _ body: String) -> [UInt8] {
    let length = body.isEmpty ? "" : "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
    return Array("\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n\(length)\r\n\(body)".utf8)
  }

  /// What has come, waiting for it where nothing has; empty at the end.
  func read() throws -> ArraySlice<UInt8> {
    while true {
      switch scratch.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .bytes(let count): return scratch[..<count]
      case .end: return []
      case .wait: _ = poller.wait(nanoseconds: nil)
      }
    }
  }

  /// The whole answer of a request, head and all.
  func exchange(_ method: String, _ path: String, body: String = "") throws -> String {
    try send(method, path, body: body)
    var all: [UInt8] = []
    while true {
      let piece = try read()
      guard !piece.isEmpty else { throw BenchFailure("\(method) \(path): the answer was broken off") }
      all += piece
      if try PlainConnection.whole(all) != nil { return String(decoding: all, as: UTF8.self) }
    }
  }

  /// The body of a request's answer.
  func body(_ method: String, _ path: String) throws -> [UInt8] {
    try send(method, path)
    var all: [UInt8] = []
    while true {
      let piece = try read()
      guard !piece.isEmpty else { throw BenchFailure("\(method) \(path): the answer was broken off") }
      all += piece
      if let answer = try PlainConnection.whole(all) { return answer.body }
    }
  }

  /// The status and body of an answer, once all of it is there.
  static func whole(_ bytes: [UInt8]) throws -> (status: Int, body: [UInt8])? {
    try bytes.withUnsafeBytes { bytes in
      guard let end = HeadReader.end(of: bytes, from: 0) else { return nil }
      let head = try HeadReader.response(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
      let rest = UnsafeRawBufferPointer(rebasing: bytes[end...])
      switch try HeadReader.bodyLength(of: head, to: "GET") {
      case .none: return (head.status, [])
      case .bytes(let count): return rest.count >= count ? (head.status, Array(rest[..<count])) : nil
      case .chunked:
        var reader = ChunkReader()
        var body: [UInt8] = []
        _ = try reader.read(rest, into: &body)
        return reader.isOver ? (head.status, body) : nil
      case .untilClose: return nil
      }
    }
  }
}
