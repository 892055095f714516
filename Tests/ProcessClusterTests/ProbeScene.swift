import Formats
import Foundation
import Posix
import Testing

@testable import ProcessCluster

// A loop with probes on it, and servers that say what they are told to say, in the same thread.

/// A loop with probes and servers.
final class ProbeScene {
  /// What a server does with one connection, in its order.
  enum Step {
    /// Waits until a request's head is whole.
    case read
    case write(String)
    case pause(milliseconds: Int64)
    case close
    /// Closes so that the other end is reset.
    case reset
  }

  let loop: PlainLoop
  let runner: ProbeRunner
  private(set) var requests: [String] = []
  private var listeners: [Listener] = []
  private var sockets: [Socket] = []

  init(_ limits: ProbeRunner.Limits = .init(), _ tools: ProbeTools = ProbeTools()) throws {
    loop = try PlainLoop()
    runner = ProbeRunner(loop, limits: limits, tools: tools)
  }

  /// A server that does the same with each connection; returns its port.
  func serve(_ steps: [Step], host: String = "127.0.0.1") throws -> Int64 {
    let listener = try Listener(.tcp(host: host, port: 0))
    listeners.append(listener)
    try loop.watch(listener.socket.number, .read) { [unowned self] _ in
      while let socket = listener.accept() {
        sockets.append(socket)
        play(steps[...], socket)
      }
    }
    guard case .tcp(_, let port) = listener.address else { return 0 }
    return Int64(port)
  }

  /// A server that answers like this.
  func answer(_ text: String) throws -> Int64 { try serve([.read, .write(text), .close]) }

  /// A port that nobody listens on.
  func freePort() throws -> Int64 {
    let listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
    defer { listener.end() }
    guard case .tcp(_, let port) = listener.address else { return 0 }
    return Int64(port)
  }

  private func play(_ steps: ArraySlice<Step>, _ socket: Socket, heard: String = "") {
    guard let step = steps.first else { return }
    switch step {
    case .read:
      do {
        var heard = heard
        try loop.watch(socket.number, .read) { [unowned self] _ in
          let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 14, alignment: 1)
          defer { bytes.deallocate() }
          switch socket.read(into: bytes) {
          case .bytes(let count): heard += String(decoding: bytes[..<count], as: UTF8.self)
          case .wait: return
          case .end:
            loop.unwatch(socket.number)
            return socket.end()
          }
          guard heard.hasSuffix("\r\n\r\n") else { return }
          loop.unwatch(socket.number)
          requests.append(heard)
          play(steps.dropFirst(), socket)
        }
      } catch {
        Issue.record(error)
      }
    case .write(let text):
      var bytes = Array(text.utf8)
      while !bytes.isEmpty, case .bytes(let count) = bytes.withUnsafeBytes({ socket.write($0) }) { bytes.removeFirst(count) }
      play(steps.dropFirst(), socket)
    case .pause(let milliseconds):
      loop.after(nanoseconds: milliseconds * 1_000_000) { [unowned self] in play(steps.dropFirst(), socket) }
    case .close: socket.end()
    case .reset:
      socket.resetAtEnd()
      socket.end()
    }
  }

  static func context(_ change: (inout ProbeContext) -> Void = { _ in }) -> ProbeContext {
    var context = ProbeContext(address: "127.0.0.1")
    context.environment = [("PATH", "/usr/bin:/bin")]
    change(&context)
    return context
  }

  /// What a handler comes to.
  func outcome(
    _ handler: Value, _ context: ProbeContext = context(), as purpose: ProbePurpose = .probe, timeout: Duration? = .seconds(20)
  ) -> ProbeOutcome? {
    var found: ProbeOutcome?
    runner.run(handler, context, as: purpose, timeout: timeout) { found = $0 }
    #expect(found == nil, "it is told within the call")
    loop.run(nanoseconds: 60_000_000_000) { found != nil }
    return found
  }

  func get(_ port: Int64, _ path: String = "/", timeout: Duration = .seconds(20)) -> ProbeOutcome? {
    outcome(["httpGet": ["port": .int(port), "path": .string(path)]], timeout: timeout)
  }

  func exec(_ words: String..., as purpose: ProbePurpose = .probe, timeout: Duration = .seconds(20)) -> ProbeOutcome? {
    outcome(["exec": ["command": .array(words.map { .string($0) })]], as: purpose, timeout: timeout)
  }

  /// Runs on until nothing is left of any probe.
  func settle() {
    for listener in listeners { loop.unwatch(listener.socket.number) }
    listeners = []
    sockets = []
    #expect(loop.run(nanoseconds: 20_000_000_000) { runner.childCount == 0 && runner.runningCount == 0 && loop.watchCount == 0 })
    #expect(runner.waitingCount == 0 && loop.watchCount == 0)
  }
}

/// A new folder of one test's own, which goes with it.
final class ScratchFolder {
  let path: String
  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("kctl-probe-\(UUID().uuidString)").path
    try Folder.make(path)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func program(_ name: String, _ script: String) throws -> String {
    let file = path + "/" + name
    // Written by another process: a child that another test is just starting would hold a file that we write, which nobody could run then.
    let made = try Child.run("/bin/sh", ["-c", "cat > \"$0\" && chmod 755 \"$0\"", file], input: Array("#!/bin/sh\n\(script)\n".utf8))
    #expect(made.code == 0)
    return file
  }

  func read(_ name: String) -> String? { try? String(contentsOfFile: path + "/" + name, encoding: .utf8) }
}

extension Socket {
  func resetAtEnd() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(number, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
  }
}

/// Whether a process is there and no zombie.
func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 }
