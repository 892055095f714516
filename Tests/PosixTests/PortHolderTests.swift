import Posix
import Testing

// Who answers at an address, as Linux tells it.

#if os(Linux)
  struct PortHolderTests {
    private static let own = Machine.processID

    private func answerer(_ listener: Listener, at address: String, of processes: [Int32]) -> PortHolder.Answerer? {
      guard case .tcp(_, let port) = listener.address else { return nil }
      return PortHolder.answerer(address: address, port: port, of: processes)
    }

    @Test(arguments: ["127.64.9.9", "0.0.0.0", "::ffff:127.64.9.9"]) func aListenerIsItsProcesses(_ bound: String) throws {
      let listener = try Listener(.tcp(host: bound, port: 0))
      #expect(answerer(listener, at: "127.64.9.9", of: [1, Self.own]) == .theirs)
      #expect(answerer(listener, at: "127.64.9.9", of: []) == .other)
      #expect(answerer(listener, at: "127.64.9.8", of: [Self.own]) == (bound == "0.0.0.0" ? .theirs : .unknown))
      #expect(answerer(listener, at: "::1", of: [Self.own]) == .unknown)
      listener.end()
      #expect(answerer(listener, at: "127.64.9.9", of: [Self.own]) == .unknown)
    }
  }
#endif
