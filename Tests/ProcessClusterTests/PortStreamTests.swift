import Client
import Posix
import Testing

@testable import ProcessCluster

// Connections to ports, on a loop of the test's own.

/// Whoever has asked for a connection.
private final class Asker: StreamPeer {
  var isFull = false
  var heard: [UInt8] = []
  var log: [String] = []
  var end: StreamEnd?

  func output(_ bytes: [UInt8]) { heard += bytes }
  func errors(_ bytes: [UInt8]) {}
  func outputEnded() { log.append("output ended") }
  func hasRoomForInput() { log.append("room") }
  func ended(_ end: StreamEnd) { self.end = end }
}

struct PortStreamTests {
  private let loop: PlainLoop
  private let listener: Listener
  private let asker = Asker()
  private static let patience: Int64 = 20_000_000_000

  init() throws {
    loop = try PlainLoop()
    listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
  }

  private func run(until holds: () -> Bool) {
    let held = loop.run(nanoseconds: Self.patience, until: holds)
    #expect(held)
  }

  /// A port of this machine that nobody listens on.
  private static func freePort() throws -> SocketAddress {
    let held = try Listener(.tcp(host: "127.0.0.1", port: 0))
    defer { held.end() }
    return held.address
  }

  private func joined(_ places: [PortStream.Place]) throws -> (PortStream, Wire) {
    let stream = PortStream(loop, places, asker)
    var wire: Wire?
    run {
      wire = wire ?? listener.accept().map(Wire.init)
      return wire != nil
    }
    return (stream, try #require(wire))
  }

  /// What the program at the other end has been sent so far, while the loop runs on.
  private func hear(_ wire: Wire, _ count: Int) -> [UInt8] {
    var all: [UInt8] = []
    while all.count < count {
      loop.run(nanoseconds: 1_000_000) { false }
      while let piece = wire.read(within: 0), !piece.isEmpty { all += piece }
    }
    return all
  }

  @Test func eachDirectionEndsByItself() throws {
    let (stream, wire) = try joined([PortStream.Place(address: listener.address)])
    stream.input([1, 2])
    stream.endInput()
    run { wire.read(within: 0) == [1, 2] }
    run { wire.read(within: 0) == [] }
    #expect(asker.end == nil)
    wire.write("late")
    wire.socket.end()
    run { asker.end != nil }
    #expect(asker.end == .success && asker.heard == Array("late".utf8) && asker.log == ["output ended"])
    #expect(loop.watchCount == 0 && loop.timerCount == 0)
  }

  @Test func theOutputMayEndFirst() throws {
    let (stream, wire) = try joined([PortStream.Place(address: listener.address)])
    wire.socket.endWriting()
    run { asker.log == ["output ended"] }
    stream.input([7])
    run { wire.read(within: 0) == [7] }
    stream.endInput()
    run { asker.end == .success }
    #expect(loop.watchCount == 0)
  }

  @Test func aProgramThatDoesNotReadIsWaitedFor() throws {
    let (stream, wire) = try joined([PortStream.Place(address: listener.address)])
    var sent = 0
    let piece = [UInt8](repeating: 5, count: 1 << 16)
    while !stream.isFull {
      stream.input(piece)
      sent += piece.count
    }
    #expect(asker.log == [])
    stream.endInput()
    #expect(hear(wire, sent).count == sent && asker.log == ["room"])
  }

  @Test func whoeverHasNoRoomIsNotSentMore() throws {
    let (stream, wire) = try joined([PortStream.Place(address: listener.address)])
    asker.isFull = true
    let bytes = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let sent = wire.writeUntilFull(bytes)
    run { !asker.heard.isEmpty }
    loop.run(nanoseconds: 20_000_000) { false }
    #expect(asker.heard.count <= 1 << 16)
    asker.isFull = false
    stream.resume()
    run { asker.heard.count == sent }
    #expect(asker.heard == Array(bytes[..<sent]))
    stream.cancel()
    #expect(loop.watchCount == 0 && asker.end == nil)
  }

  @Test func aRefusalIsTold() throws {
    let address = try Self.freePort()
    let stream = PortStream(loop, [PortStream.Place(address: address)], asker)
    stream.input([1])
    run { asker.end != nil }
    #expect(asker.end == .failed("dial tcp \(address): connect: connection refused"))
    #expect(loop.watchCount == 0 && loop.timerCount == 0)
  }

  /// Localhost is everybody's: who listens there is looked at before anything is said.
  @Test func onlyTheRightProgramIsTakenElsewhere() throws {
    let first = try Self.freePort()
    for isOurs in [true, false] {
      let asker = Asker()
      let places = [PortStream.Place(address: first), PortStream.Place(address: listener.address) { isOurs }]
      let stream = PortStream(loop, places, asker)
      stream.endInput()
      var wire: Wire?
      run {
        wire = wire ?? listener.accept().map(Wire.init)
        if isOurs { wire?.socket.end() }
        return asker.end != nil
      }
      #expect(asker.end == (isOurs ? .success : .failed("dial tcp \(first): connect: connection refused")))
    }
  }

  #if os(Linux)
    /// That a port is the pod's is known for a second; that it isn't, is not kept.
    @Test func manyConnectionsAreJudgedOnce() throws {
      guard case .tcp(let host, let port) = listener.address else { return }
      let place = PortJudge.Place(pod: "u", host: host, port: port)
      var judge = PortJudge()
      var asked = 0
      func answerer(at now: Int64, _ processes: [Int32] = [Machine.processID]) -> PortHolder.Answerer {
        judge.answerer(place, now: now) {
          asked += 1
          return processes
        }
      }
      #expect(answerer(at: 0, []) == .other && answerer(at: 0) == .theirs && answerer(at: 999_999_999) == .theirs && asked == 2)
      listener.end()
      #expect(answerer(at: 1_000_000_000) == .unknown && asked == 3)
    }
  #endif
}
