import Foundation
import Testing

@testable import Posix

// Doors that too many stand before.

#if os(Linux)
  struct ConnectingTests {
    /// A Unix socket with room for one more.
    private func door() throws -> Listener { try Listener(.unix(path: try scratch() + "/s"), backlog: 0) }

    @Test func aFullDoorIsTriedAgain() throws {
      let listener = try door()
      let first = try Socket.connect(to: listener.address)
      var pauses = 0
      let second = try Socket.connect(to: listener.address, nanoseconds: nil) { _ in
        pauses += 1
        if pauses == 2 { #expect(listener.accept() != nil) }
      }
      #expect(pauses == 2 && first.number >= 0 && second.number >= 0)
    }

    @Test func notForEver() throws {
      let listener = try door()
      let first = try Socket.connect(to: listener.address)
      withExtendedLifetime(first) {
        let failure = #expect(throws: SystemFailure.self) { try Socket.connect(to: listener.address, nanoseconds: 0) { _ in } }
        #expect(failure?.isBusy == true)
        // It is no file that was left behind.
        #expect(throws: SystemFailure(code: EADDRINUSE)) { try Listener(listener.address) }
      }
    }
  }
#endif
