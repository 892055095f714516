import Client
import Formats
import HTTP
import Posix

// Many clients at once, for long, some of whom vanish half-way: nothing may fail but theirs, and nothing may pile up.

enum Soak {
  private static let clients = 200
  private static let kinds = ["configmaps", "pods", "events", "serviceaccounts", "secrets"]

  static func run(_ words: [String], _ tell: (Figure) -> Void) throws {
    let seconds = words.first.flatMap { Int64($0) } ?? 60
    try Measure.withFolder { home in
      _ = Machine.raiseDescriptorLimit()
      let server = try ServedProcess(home: home)
      var soak = try Crowd(server, seed: 1)
      defer { server.stop() }
      let deadline = Machine.steadyNanoseconds + seconds * 1_000_000_000
      let settled = Machine.steadyNanoseconds + seconds * 500_000_000
      var halfway = 0.0
      while Machine.steadyNanoseconds < deadline {
        try soak.round()
        if halfway == 0, Machine.steadyNanoseconds > settled { halfway = server.memory }
      }
      tell(Figure(what: "requests answered, 200 clients", value: Double(soak.answered) / Double(seconds), unit: "a second"))
      tell(Figure(what: "clients that vanished half-way", value: Double(soak.vanished), unit: ""))
      tell(Figure(what: "events watched", value: Double(soak.events), unit: ""))
      tell(Figure(what: "unexpected answers", value: Double(soak.failures), unit: "", beside: "none; \(soak.firstFailure)"))
      soak.leave()
      tell(Figure(what: "memory at the end / half-way", value: server.memory / max(halfway, 1), unit: "ratio", beside: "flat"))
      tell(Figure(what: "memory at the end", value: server.memory, unit: "MB"))

      // What those who left had asked is still being done.
      var before = try state(server)
      for _ in 0..<100 {
        WallClock.sleep(nanoseconds: 100_000_000)
        let now = try state(server)
        if now == before { break }
        before = now
      }
      _ = try Child.run("sh", ["-c", "kill -9 $0; while kill -0 $0 2>/dev/null; do sleep 0.05; done", String(server.process)])
      let again = try ServedProcess(home: home)
      defer { again.stop() }
      let after = try state(again)
      let differing = zip(kinds, zip(before, after)).filter { $0.1.0 != $0.1.1 }.map(\.0).joined(separator: ", ")
      tell(
        Figure(
          what: "kinds that differ after kill -9 and replay", value: differing.isEmpty ? 0 : Double(differing.split(separator: ",").count),
          unit: "", beside: differing.isEmpty ? "none" : "none; \(differing)"))
      guard before == after, soak.failures == 0 else { throw BenchFailure("the soak has failed: \(soak.firstFailure)") }
    }
  }

  private static func state(_ server: ServedProcess) throws -> [[UInt8]] {
    let connection = try server.connect()
    return try kinds.map { try connection.body("GET", "/api/v1/\($0)") }
  }

  /// All clients, on one thread.
  private struct Crowd {
    private let server: ServedProcess
    private let poller: Poller
    private var members: [Int32: Member] = [:]
    private var random: Random
    private(set) var answered = 0
    private(set) var vanished = 0
    private(set) var events = 0
    private(set) var failures = 0
    private(set) var firstFailure = ""

    init(_ server: ServedProcess, seed: UInt64) throws {
      self.server = server
      poller = try Poller()
      random = Random(seed: seed)
      for _ in 0..<clients { try join() }
    }

    private mutating func join() throws {
      let member = Member(try server.connect())
      try poller.add(member.connection.socket.number, .read)
      members[member.connection.socket.number] = member
      try ask(member)
    }

    private mutating func vanish(_ member: Member) throws {
      vanished += 1
      poller.remove(member.connection.socket.number)
      members[member.connection.socket.number] = nil
      member.connection.socket.end()
      try join()
    }

    /// A tenth of all requests are cut off: some before they are whole, some before their answer has come.
    private mutating func ask(_ member: Member) throws {
      let request = Request(&random)
      member.begin(request.isWatch)
      if random.below(20) == 0 {
        member.connection.sendHalf(request.method, request.path, type: request.type, body: request.body)
        return try vanish(member)
      }
      try member.connection.send(request.method, request.path, type: request.type, body: request.body)
      if random.below(20) == 0 { try vanish(member) }
    }

    mutating func round() throws {
      for event in poller.wait(nanoseconds: 100_000_000) {
        guard let member = members[event.descriptor] else { continue }
        switch try member.take() {
        case .more: continue
        case .events(let count):
          events += count
          // Enough seen.
          if member.events > 20 {
            poller.remove(event.descriptor)
            members[event.descriptor] = nil
            member.connection.socket.end()
            try join()
          }
        case .answer(let status):
          answered += 1
          // Others make and delete what this one asks for.
          if ![200, 201, 404, 409].contains(status) {
            failures += 1
            if firstFailure.isEmpty { firstFailure = "status \(status): \(member.text.prefix(300))" }
          }
          try ask(member)
        case .broken:
          failures += 1
          if firstFailure.isEmpty { firstFailure = "a connection was broken off" }
          try vanish(member)
        }
      }
    }

    mutating func leave() {
      for member in members.values { member.connection.socket.end() }
      members = [:]
    }
  }

  /// What one client asks.
  struct Request {
    var method = "GET"
    var path = ""
    var type = "application/json"
    var body = ""
    var isWatch = false

    init(_ random: inout Random) {
      let base = "/api/v1/namespaces/default"
      let name = "soak-\(random.below(300))"
      // What was told is forgotten now and then: else it would pile up for an hour of the cluster's time.
      if random.below(100) == 0 {
        (method, path) = ("DELETE", "\(base)/events")
        return
      }
      switch random.below(12) {
      case 0: path = "\(base)/configmaps"
      case 1: path = "/api/v1/pods?limit=50"
      case 2: path = "\(base)/events?limit=50"
      case 3: (path, isWatch) = ("\(base)/configmaps?watch=1&resourceVersion=0", true)
      case 4:
        (method, path) = ("POST", "\(base)/pods")
        body = "{\"metadata\":{\"name\":\"\(name)\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"nginx:1\"}]}}"
      case 5: (method, path, body) = ("DELETE", "\(base)/pods/\(name)", "{\"gracePeriodSeconds\":0}")
      case 6: (method, path) = ("DELETE", "\(base)/configmaps/\(name)")
      case 7:
        (method, path, type) = ("PATCH", "\(base)/configmaps/\(name)?fieldManager=soak&force=true", "application/apply-patch+yaml")
        body =
          "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"\(name)\"},\"data\":{\"a\":\"\(random.below(1000))\"}}"
      case 8:
        (method, path, type) = ("PATCH", "\(base)/configmaps/\(name)", "application/merge-patch+json")
        body = "{\"data\":{\"b\":\"\(random.below(1000))\"}}"
      case 9:
        // Time passes by requests.
        (method, path, body) = ("POST", "/apis/sim.kctl.dev/v1/simulations/cluster/advance", "{\"duration\":\"1s\"}")
      case 10: path = "\(base)/pods/\(name)"
      default:
        (method, path) = ("POST", "\(base)/configmaps")
        body = "{\"metadata\":{\"name\":\"\(name)\"},\"data\":{\"a\":\"1\"}}"
      }
    }
  }

  /// One client.
  private final class Member {
    let connection: PlainConnection
    private var bytes: [UInt8] = []
    private var isWatch = false
    private(set) var events = 0
    private var last: UInt8 = 0

    enum Taken { case more, answer(Int), events(Int), broken }

    init(_ connection: PlainConnection) { self.connection = connection }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func begin(_ isWatch: Bool) {
      self.isWatch = isWatch
      bytes = []
    }

    func take() throws -> Taken {
      let piece = try connection.read()
      guard !piece.isEmpty else { return .broken }
      if isWatch {
        var count = 0
        for byte in piece {
          if byte == 10, last == UInt8(ascii: "}") { count += 1 }
          last = byte
        }
        events += count
        return .events(count)
      }
      bytes += piece
      guard let answer = try PlainConnection.whole(bytes) else { return .more }
      return .answer(answer.status)
    }
  }
}
