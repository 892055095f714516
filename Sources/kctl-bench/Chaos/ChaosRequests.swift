import Posix

// Requests through a Service, one after the other, all the while.

/// Two clients on threads of their own, and what became of what they asked.
final class ChaosRequests: Sendable {
  private struct State {
    var isOver = false
    var answered = 0
    var failures: [(from: Int64, to: Int64, what: String)] = []
    var excuses: [(from: Int64, to: Int64)] = []
  }

  private let state = Monitor(State())
  private let address: SocketAddress
  private let start = Machine.steadyNanoseconds

  init(_ address: String) throws {
    guard let address = SocketAddress(address) else { throw BenchFailure("a Service has the address \"\(address)\"") }
    self.address = address
    for _ in 0..<2 { try SystemThread.start { self.ask() } }
  }

  func stop() { state.with { $0.isOver = true } }

  /// What fails in this time may: something was killed.
  func excuse(from: Int64, to: Int64) {
    state.with { state in
      if state.excuses.last?.to == .max { state.excuses.removeLast() }
      state.excuses.append((from, to))
    }
  }

  /// How many were answered, and which failed without an excuse.
  func verdict() -> (Int, [String]) {
    state.with { state in
      let unexcused = state.failures.filter { failure in !state.excuses.contains { $0.from <= failure.to && failure.from <= $0.to } }
      return (
        state.answered,
        unexcused.map {
          "a request failed \(($0.from - self.start) / 1_000_000) ms after the start, within \(($0.to - $0.from) / 1000) microseconds: \($0.what)"
        }
      )
    }
  }

  private func ask() {
    while !state.with({ $0.isOver }) {
      let start = Machine.steadyNanoseconds
      let failure = attempt()
      let end = Machine.steadyNanoseconds
      state.with { state in
        if let failure { state.failures.append((start, end, failure)) } else { state.answered += 1 }
      }
      WallClock.sleep(nanoseconds: failure == nil ? 2_000_000 : 20_000_000)
    }
  }

  /// One request on a connection of its own; why it failed.
  private func attempt() -> String? {
    guard let socket = try? Socket.connect(to: address, nanoseconds: 5_000_000_000) else { return "no connection" }
    let request = Array("GET / HTTP/1.0\r\n\r\n".utf8)
    guard case .bytes(request.count) = request.withUnsafeBytes({ socket.write($0) }), let poller = try? Poller(),
      (try? poller.add(socket.number, .read)) != nil
    else { return "could not be sent" }
    var answer: [UInt8] = []
    var scratch = [UInt8](repeating: 0, count: 1 << 16)
    let deadline = Machine.steadyNanoseconds + 10_000_000_000
    while Machine.steadyNanoseconds < deadline {
      switch scratch.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .bytes(let count): answer += scratch[..<count]
      case .end:
        let text = String(decoding: answer, as: UTF8.self)
        return text.hasPrefix("HTTP/1.0 200 ") && text.contains("</html>") ? nil : "\(answer.count) bytes: \(text.prefix(60))"
      case .wait: _ = poller.wait(nanoseconds: 1_000_000_000)
      }
    }
    return "no answer in ten seconds"
  }
}
