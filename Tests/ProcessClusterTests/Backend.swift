import Foundation
import Posix

/// Whether all of 127.0.0.0/8 is this machine's, as on Linux.
let hasPodAddresses = (try? Listener(.tcp(host: "127.95.0.1", port: 0))) != nil

/// A socket that waits: for tests, where a thread may stand still.
final class Wire: @unchecked Sendable {
  let socket: Socket

  init(_ socket: Socket) { self.socket = socket }

  /// Connects to `address:port`, waiting until it is taken.
  convenience init(_ address: String, _ port: UInt16) throws {
    self.init(try Socket.connect(to: .tcp(host: address, port: port), nanoseconds: 5_000_000_000))
  }

  /// What has come; empty at the end, nil where nothing comes in time.
  func read(_ count: Int = 1 << 16, within nanoseconds: Int64 = 10_000_000_000) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    while true {
      switch bytes.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .bytes(let n): return Array(bytes[..<n])
      case .end: return []
      case .wait: if Socket.waitReadable([socket], nanoseconds: nanoseconds) == [false] { return nil }
      }
    }
  }

  /// All until the end.
  func readAll() -> [UInt8] {
    var all: [UInt8] = []
    while let piece = read(), !piece.isEmpty { all += piece }
    return all
  }

  var text: String { String(decoding: readAll(), as: UTF8.self) }

  /// Whether all could be sent.
  @discardableResult func write(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      switch bytes.withUnsafeBytes({ socket.write(UnsafeRawBufferPointer(rebasing: $0[done...])) }) {
      case .bytes(let n): done += n
      case .wait: socket.waitWritable()
      case .end: return false
      }
    }
    return true
  }

  @discardableResult func write(_ text: String) -> Bool { write(Array(text.utf8)) }

  /// Sends as much as is taken until nothing has been for a while.
  func writeUntilFull(_ bytes: [UInt8]) -> Int {
    var done = 0
    var idle = 0
    while done < bytes.count, idle < 20 {
      switch bytes.withUnsafeBytes({ socket.write(UnsafeRawBufferPointer(rebasing: $0[done...])) }) {
      case .bytes(let n): (done, idle) = (done + n, 0)
      case .wait:
        idle += 1
        Thread.sleep(forTimeInterval: 0.02)
      case .end: return done
      }
    }
    return done
  }

  func shutWrite() { shutdown(socket.number, Int32(SHUT_WR)) }
  func end() { socket.end() }
}

/// A server of the tests: each connection on a thread of its own.
final class Backend: @unchecked Sendable {
  let address: String
  let port: UInt16
  private let listener: Listener
  private let stopped = Monitor(false)
  private let ended = Monitor(false)
  let taken = Monitor(0)

  init(_ address: String, _ port: UInt16, _ serve: @escaping @Sendable (Wire) -> Void) throws {
    self.address = address
    self.port = port
    let listener = try Listener(.tcp(host: address, port: port))
    self.listener = listener
    let (stopped, ended, taken) = (stopped, ended, taken)
    let door = Wire(listener.socket)
    let box = Box(listener)
    Thread.detachNewThread {
      while !stopped.with({ $0 }) {
        guard Socket.waitReadable([door.socket], nanoseconds: 20_000_000) == [true], let socket = box.listener.accept() else { continue }
        taken.with { $0 += 1 }
        let wire = Wire(socket)
        Thread.detachNewThread {
          serve(wire)
          wire.end()
        }
      }
      box.listener.end()
      ended.with { $0 = true }
    }
  }

  private struct Box: @unchecked Sendable {
    let listener: Listener
    init(_ listener: Listener) { self.listener = listener }
  }

  /// Listens no more; connections go on.
  func stop() {
    stopped.with { $0 = true }
    _ = ended.wait(nanoseconds: 5_000_000_000) { $0 }
  }

  /// Says its name and ends.
  static func naming(_ address: String, _ port: UInt16) throws -> Backend { try Backend(address, port) { $0.write(address) } }

  /// Sends back what comes, as it comes.
  static func echoing(_ address: String, _ port: UInt16) throws -> Backend {
    try Backend(address, port) { wire in while let piece = wire.read(), !piece.isEmpty, wire.write(piece) {} }
  }
}

/// FNV-1a over bytes, to compare long streams by.
struct Checksum: Equatable {
  private(set) var value: UInt64 = 14_695_981_039_346_656_037
  private(set) var count = 0

  init() {}
  init(_ bytes: [UInt8]) { add(bytes) }

  mutating func add(_ bytes: [UInt8]) {
    count += bytes.count
    bytes.withUnsafeBufferPointer { for byte in $0 { value = (value ^ UInt64(byte)) &* 1_099_511_628_211 } }
  }
}

/// Bytes that look like anything, the same each time.
func noise(_ count: Int) -> [UInt8] {
  var state: UInt64 = 42
  var bytes = [UInt8](repeating: 0, count: count)
  bytes.withUnsafeMutableBufferPointer { bytes in
    for i in bytes.indices {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      bytes[i] = UInt8(truncatingIfNeeded: state)
    }
  }
  return bytes
}

/// Waits until something is so; false where it doesn't become so in ten seconds.
func eventually(_ isSo: () -> Bool) -> Bool {
  for _ in 0..<1000 {
    if isSo() { return true }
    Thread.sleep(forTimeInterval: 0.01)
  }
  return isSo()
}
