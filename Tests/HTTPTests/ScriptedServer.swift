import Foundation
import Posix

// A server that says what it was told to say, byte by byte, whatever it is asked.

/// Plays a list of steps on each connection, in the order in which they come.
final class ScriptedServer: @unchecked Sendable {
  enum Step {
    /// Reads until a request is whole (its body by Content-Length).
    case read
    case write(String)
    case pause(milliseconds: Int)
    case close
  }

  let address: SocketAddress
  private let listener: Listener
  private let lock = NSLock()
  private var heard: [String] = []
  private var stopped = false

  init(at wanted: SocketAddress = .tcp(host: "127.0.0.1", port: 0), _ connections: [[Step]]) throws {
    listener = try Listener(wanted)
    address = listener.address
    Thread.detachNewThread { [self] in
      for steps in connections {
        while !isStopped {
          if let socket = listener.accept() {
            nonisolated(unsafe) let mine = socket
            Thread.detachNewThread { self.play(steps, mine) }
            break
          }
          _ = Socket.waitReadable([listener.socket], nanoseconds: 20_000_000)
        }
      }
      while !isStopped { Thread.sleep(forTimeInterval: 0.01) }
      listener.end()
    }
  }

  deinit { stop() }
  func stop() { lock.withLock { stopped = true } }
  private var isStopped: Bool { lock.withLock { stopped } }

  /// The requests so far.
  var requests: [String] { lock.withLock { heard } }

  private func play(_ steps: [Step], _ socket: Socket) {
    for step in steps {
      switch step {
      case .read:
        guard let request = read(socket) else { return socket.end() }
        lock.withLock { heard.append(request) }
      case .write(let text):
        var bytes = Array(text.utf8)
        while !bytes.isEmpty {
          guard case .bytes(let count) = bytes.withUnsafeBytes({ socket.write($0) }) else {
            if isStopped { return socket.end() }
            socket.waitWritable()
            continue
          }
          bytes.removeFirst(count)
        }
      case .pause(let milliseconds): Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
      case .close: return socket.end()
      }
    }
    // What is not closed stays open until the test is over.
    while !isStopped { Thread.sleep(forTimeInterval: 0.01) }
    socket.end()
  }

  private func read(_ socket: Socket) -> String? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while !isStopped {
      switch chunk.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .bytes(let count): bytes += chunk[..<count]
      case .end: return nil
      case .wait: _ = Socket.waitReadable([socket], nanoseconds: 20_000_000)
      }
      let text = String(decoding: bytes, as: UTF8.self)
      guard let end = text.range(of: "\r\n\r\n") else { continue }
      let length = text.components(separatedBy: "Content-Length: ").dropFirst().first.flatMap { Int($0.prefix { $0 != "\r" }) } ?? 0
      if text[end.upperBound...].utf8.count >= length { return text }
    }
    return nil
  }
}
