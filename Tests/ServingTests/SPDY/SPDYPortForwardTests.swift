import APIMachinery
import Client
import Formats
import Posix
import Testing

@testable import Serving

// Pairs of streams to the ports of a pod that a test plays.

/// A pod whose ports a test holds in its hands.
private final class Ports: ContainerStreams {
  final class Port: StreamSource {
    let request: StreamRequest
    weak var peer: (any StreamPeer)?
    var isFull = false
    var heard: [UInt8] = []
    var log: [String] = []

    init(_ request: StreamRequest, _ peer: any StreamPeer) {
      self.request = request
      self.peer = peer
    }

    func input(_ bytes: [UInt8]) { heard += bytes }
    func endInput() { log.append("end") }
    func resize(columns: Int, rows: Int) {}
    func resume() { log.append("resume") }
    func cancel() { log.append("cancel") }
  }

  var opened: [Port] = []
  var refusal: Status?

  func check(_ request: StreamRequest) throws(Status) {}

  func open(_ request: StreamRequest, _ peer: any StreamPeer) throws(Status) -> any StreamSource {
    if let refusal { throw refusal }
    let port = Port(request, peer)
    opened.append(port)
    return port
  }
}

/// Timers that a test lets fire.
private final class Timers: EventLoop {
  let now: Int64 = 0
  private var last: UInt64 = 0
  private(set) var waiting: [LoopTimer: (after: Int64, fire: () -> Void)] = [:]

  func watch(_ descriptor: Int32, _ interest: Poller.Interest, _ handler: @escaping (Poller.Interest) -> Void) {}
  func change(_ descriptor: Int32, _ interest: Poller.Interest) {}
  func unwatch(_ descriptor: Int32) {}
  func after(nanoseconds: Int64, _ handler: @escaping () -> Void) -> LoopTimer {
    last += 1
    waiting[LoopTimer(number: last)] = (nanoseconds, handler)
    return LoopTimer(number: last)
  }
  func cancel(_ timer: LoopTimer) { waiting[timer] = nil }

  func fire() {
    let due = waiting
    waiting = [:]
    for timer in due.values { timer.fire() }
  }
}

/// A client of a pod's ports.
private struct Client {
  let carrier = HeldCarrier()
  let ports = Ports()
  let timers = Timers()
  let forward: SPDYPortForward
  var writer = SPDYWriter()

  init() {
    forward = SPDYPortForward(of: ["metadata": ["name": "a", "namespace": "n", "uid": "u"]], ports, over: carrier, timers)
  }

  mutating func send(_ frames: SPDYFrame...) {
    for frame in frames { writer.bytes(frame).withUnsafeBytes { forward.received($0) } }
  }

  /// Asks for a connection: the error stream, then the data stream.
  mutating func connect(_ first: UInt32, request: String) {
    for (id, type) in [(first, "error"), (first + 2, "data")] {
      let id0 = request.isEmpty ? [] : [("requestid", request)]
      send(.begin(id, SPDYHeaders([("streamtype", type), ("port", "80")] + id0), isLast: false))
    }
    send(.data(first, [], isLast: true))
  }
}

struct SPDYPortForwardTests {
  private static func reply(_ id: UInt32) -> SPDYFrame { .reply(id, SPDYHeaders(), isLast: false) }

  @Test(arguments: ["7", ""]) func aPairIsAConnection(_ request: String) throws {
    var client = Client()
    client.connect(1, request: request)
    let port = try #require(client.ports.opened.first)
    #expect(port.request == StreamRequest(.port(80), namespace: "n", pod: "a"))
    client.send(.data(3, [1, 2], isLast: false), .data(3, [], isLast: true))
    #expect(port.heard == [1, 2] && port.log == ["end"])
    port.peer?.output([9])
    port.peer?.outputEnded()
    port.peer?.ended(.success)
    #expect(
      client.carrier.taken() == [
        Self.reply(1), Self.reply(3), .data(3, [9], isLast: false), .data(3, [], isLast: true), .data(1, [], isLast: true),
      ])
    #expect(port.peer == nil)
  }

  @Test func whatFailsIsToldInTheKubeletsWords() throws {
    var client = Client()
    client.connect(1, request: "0")
    client.ports.opened.first?.peer?.ended(.failed("dial tcp 127.64.0.1:80: connect: connection refused"))
    client.ports.refusal = Status(.notFound, "pod not found")
    client.connect(5, request: "1")
    let said = client.carrier.taken().compactMap { frame -> String? in
      if case .data(let id, let bytes, isLast: false) = frame { "\(id) \(String(decoding: bytes, as: UTF8.self))" } else { nil }
    }
    #expect(
      said == [
        "1 error forwarding port 80 to pod a_n, uid u: dial tcp 127.64.0.1:80: connect: connection refused",
        "5 error forwarding port 80 to pod a_n, uid u: pod not found",
      ])
  }

  /// kubectl resets a connection that its own side has left.
  @Test func whoeverLeavesIsToldToThePod() throws {
    var client = Client()
    client.connect(1, request: "0")
    client.connect(5, request: "1")
    client.send(.reset(3, .cancelled))
    #expect(client.ports.opened.map(\.log) == [["cancel"], []])
    // The error stream ends with it: kubectl waits for that.
    #expect(client.carrier.taken().last == .data(1, [], isLast: true))
    client.forward.gone()
    #expect(client.ports.opened.map(\.log) == [["cancel"], ["cancel"]])
  }

  @Test func whatCannotBeTakenIsHeldBackBothWays() throws {
    var client = Client()
    client.connect(1, request: "0")
    client.connect(5, request: "1")
    let (a, b) = (client.ports.opened[0], client.ports.opened[1])
    a.isFull = true
    client.send(.data(3, [1], isLast: false))
    #expect(client.carrier.isPaused)
    a.peer?.hasRoomForInput()
    #expect(!client.carrier.isPaused)
    client.carrier.isFull = true
    a.peer?.output([1])
    b.peer?.output([2])
    #expect(a.peer?.isFull == true && a.log == [])
    client.carrier.isFull = false
    client.carrier.onRoom?()
    #expect(a.log == ["resume"] && b.log == ["resume"])
    // One that goes while it holds the others back lets them go.
    client.send(.data(3, [1], isLast: false))
    client.send(.reset(3, .cancelled))
    #expect(!client.carrier.isPaused)
  }

  @Test func aLoneStreamIsNotWaitedOnForEver() throws {
    var client = Client()
    client.connect(1, request: "0")
    #expect(client.timers.waiting.isEmpty)
    _ = client.carrier.taken()
    client.send(.begin(5, SPDYHeaders([("streamtype", "error"), ("port", "80"), ("requestid", "1")]), isLast: true))
    client.send(.begin(7, SPDYHeaders([("streamtype", "data"), ("port", "80"), ("requestid", "2")]), isLast: false))
    #expect(client.timers.waiting.values.map(\.after) == [30_000_000_000, 30_000_000_000])
    client.timers.fire()
    let text = "(request=1) timed out waiting for streams"
    let said = client.carrier.taken()
    #expect(said.contains(.data(5, Array(text.utf8), isLast: false)) && said.contains(.data(5, [], isLast: true)))
    #expect(said.contains(.reset(7, .cancelled)) && said.count == 5)
    client.send(.begin(9, SPDYHeaders([("streamtype", "error"), ("port", "80"), ("requestid", "3")]), isLast: false))
    client.forward.gone()
    #expect(client.timers.waiting.isEmpty && client.ports.opened.map(\.log) == [["cancel"]])
  }

  @Test func streamsThatMakeNoPairAreRefused() throws {
    var client = Client()
    client.send(.begin(1, SPDYHeaders([("streamtype", "error"), ("port", "0")]), isLast: false))
    client.send(.begin(3, SPDYHeaders([("streamtype", "other"), ("port", "80")]), isLast: false))
    client.send(.begin(5, SPDYHeaders([("streamtype", "error"), ("port", "80"), ("requestid", "1")]), isLast: false))
    client.send(.begin(7, SPDYHeaders([("streamtype", "error"), ("port", "80"), ("requestid", "1")]), isLast: false))
    let text = "error processing stream for request 1: error stream already assigned"
    #expect(
      client.carrier.taken() == [
        .reset(1, .refused), .reset(3, .refused), Self.reply(5), Self.reply(7), .data(5, Array(text.utf8), isLast: false),
        .reset(7, .refused),
      ])
    #expect(client.ports.opened.isEmpty)
  }
}
