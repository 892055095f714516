import Foundation
import Posix
import Testing

// The event loop: descriptors and moments, and numbers that change hands.

/// Two ends of a connection.
private func pair() throws -> (Socket, Socket) {
  let listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
  let one = try Socket.connect(to: listener.address)
  var other: Socket?
  while other == nil { other = listener.accept() }
  return (one, try #require(other))
}

private func send(_ socket: Socket) { _ = [UInt8(1)].withUnsafeBytes { socket.write($0) } }

struct EventLoopTests {
  @Test func timersFireInTheirOrder() throws {
    let loop = try PlainLoop()
    var fired: [String] = []
    loop.after(nanoseconds: 3_000_000) { fired.append("late") }
    loop.after(nanoseconds: 0) { fired.append("first") }
    let gone = loop.after(nanoseconds: 1_000_000) { fired.append("cancelled") }
    loop.after(nanoseconds: 0) {
      fired.append("second")
      loop.cancel(gone)
      loop.after(nanoseconds: 0) { fired.append("set meanwhile") }
    }
    #expect(loop.run(nanoseconds: 5_000_000_000) { fired.last == "late" })
    #expect(fired == ["first", "second", "set meanwhile", "late"])
    #expect(loop.timerCount == 0)
  }

  @Test func aTimerCancelsAnotherThatIsDueToo() throws {
    let loop = try PlainLoop()
    var fired = 0
    var second: LoopTimer?
    loop.after(nanoseconds: 0) {
      fired += 1
      if let second { loop.cancel(second) }
    }
    second = loop.after(nanoseconds: 0) { fired += 10 }
    WallClock.sleep(nanoseconds: 1_000_000)
    loop.run(nanoseconds: 20_000_000) { false }
    #expect(fired == 1)
  }

  @Test func manyTimersAreCancelledCheaply() throws {
    let loop = try PlainLoop()
    var last = 0
    for i in 0..<20_000 {
      let timer = loop.after(nanoseconds: Int64(1_000_000_000_000 - i)) { last = -1 }
      if i > 0 { loop.cancel(timer) }
    }
    #expect(loop.timerCount == 1)
    loop.after(nanoseconds: 1000) { last = 1 }
    #expect(loop.run(nanoseconds: 1_000_000_000) { last == 1 })
  }

  @Test func readersAreToldAgainUntilAllIsRead() throws {
    let loop = try PlainLoop()
    let (one, other) = try pair()
    send(one)
    send(one)
    var told = 0
    try loop.watch(other.number, .read) { ready in
      #expect(ready.contains(.read))
      told += 1
      let byte = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
      defer { byte.deallocate() }
      if other.read(into: byte) == .end { loop.unwatch(other.number) }
      if told == 2 { one.end() }
    }
    #expect(loop.run(nanoseconds: 5_000_000_000) { loop.watchCount == 0 })
    #expect(told >= 3)
  }

  @Test func anEventNeverReachesTheNextOwnerOfANumber() throws {
    // Many descriptors are ready at once; the first that is told closes the others and gives their numbers to new ones.
    let loop = try PlainLoop()
    var pairs: [(Socket, Socket)] = []
    var heirs: [(Socket, Socket)] = []
    var wrong = 0
    var told = 0
    for _ in 0..<20 { pairs.append(try pair()) }
    for (one, other) in pairs {
      send(one)
      try loop.watch(other.number, .read) { _ in
        told += 1
        guard heirs.isEmpty else { return }
        var numbers = Set<Int32>()
        for (_, other) in pairs {
          numbers.insert(other.number)
          loop.unwatch(other.number)
        }
        for (one, other) in pairs {
          one.end()
          other.end()
        }
        do {
          for _ in 0..<20 { heirs.append(try pair()) }
          for (one, other) in heirs {
            for heir in [one, other] { try loop.watch(heir.number, .read) { _ in wrong += 1 } }
          }
        } catch {
          Issue.record(error)
        }
      }
    }
    loop.run(nanoseconds: 50_000_000) { false }
    #expect(told == 1)
    #expect(wrong == 0)
    // They hear what is their own.
    send(heirs[0].0)
    loop.run(nanoseconds: 5_000_000_000) { wrong > 0 }
    #expect(wrong == 1)
  }
}
