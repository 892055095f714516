import Foundation
import KubeProxy
import Posix
import Testing

@testable import ProcessCluster

@Suite(.serialized, .enabled(if: hasPodAddresses)) struct ForwarderTests {
  // MARK: Spreading

  @Test func connectionsAreSpreadInTurn() throws {
    let web = try ForwardedService(1)
    let backends = try (1...3).map { try Backend.naming(web.pod($0), web.port) }
    defer { for backend in backends { backend.stop() } }
    web.endpoints(1, 2, 3)
    let answers = try web.ask(30)
    #expect(Dictionary(grouping: answers) { $0 }.mapValues(\.count) == [web.pod(1): 10, web.pod(2): 10, web.pod(3): 10])
    #expect(eventually { web.counters()?.active == 0 })
    let counters = try #require(web.counters())
    #expect(counters.connections == 30)
    #expect(counters.failures == 0)
    #expect(counters.bytesToClients == answers.map(\.utf8.count).reduce(0, +))
    #expect(counters.endpoints.map(\.connections) == [10, 10, 10])
  }

  @Test func theLeastBurdenedIsNext() throws {
    let web = try ForwardedService(2)
    let backends = try (1...2).map { number in
      let name = web.pod(number)
      return try Backend(name, web.port) { wire in
        wire.write(name + "\n")
        _ = wire.readAll()
      }
    }
    defer { for backend in backends { backend.stop() } }
    web.service(annotations: ["service.kctl.dev/balance": "least-connections"])
    web.endpoints(1, 2)
    var open: [(name: String, wire: Wire)] = []
    func connect() throws -> String {
      let wire = try web.connect()
      let name = String(decoding: try #require(wire.read()), as: UTF8.self)
      open.append((name, wire))
      return name
    }
    for _ in 0..<6 { _ = try connect() }
    let first = web.pod(1) + "\n"
    #expect(open.filter { $0.name == first }.count == 3)
    for one in open where one.name == first { one.wire.end() }
    #expect(eventually { web.counters()?.active == 3 })
    #expect(try (0..<3).map { _ in try connect() } == [first, first, first])
  }

  @Test func aClientStaysWithItsEndpoint() throws {
    let web = try ForwardedService(3)
    let backends = try (1...3).map { try Backend.naming(web.pod($0), web.port) }
    defer { for backend in backends { backend.stop() } }
    web.service(1, ["sessionAffinity": "ClientIP"])
    web.endpoints(1, 2, 3)
    let first = try web.ask(5)
    #expect(Set(first).count == 1)
    let numbers = [1, 2, 3]
    web.endpoints(numbers.map { ($0, web.pod($0) == first[0] ? .notReady : .ready) })
    let second = try web.ask(5)
    #expect(Set(second).count == 1)
    #expect(second[0] != first[0])
  }

  @Test func twoServicesMayHaveOnePort() throws {
    let web = try ForwardedService(4)
    let backends = try (1...2).map { try Backend.naming(web.pod($0), web.port) }
    defer { for backend in backends { backend.stop() } }
    web.endpoints(1, of: 1)
    web.endpoints(2, of: 2)
    #expect(try web.ask(2, 1) == [web.pod(1), web.pod(1)])
    #expect(try web.ask(2, 2) == [web.pod(2), web.pod(2)])
    web.remove(1)
    #expect(throws: SystemFailure.self) { try web.connect(1) }
    #expect(try web.ask(1, 2) == [web.pod(2)])
  }

  // MARK: Bytes

  @Test func aClientMayEndItsStreamFirst() throws {
    let web = try ForwardedService(5)
    let backend = try Backend(web.pod(1), web.port) { wire in
      let sum = Checksum(wire.readAll())
      wire.write("\(sum.count) \(sum.value)")
    }
    defer { backend.stop() }
    web.endpoints(1)
    let bytes = noise(1 << 20)
    let client = try web.connect()
    #expect(client.write(bytes))
    client.shutWrite()
    let sum = Checksum(bytes)
    #expect(client.text == "\(sum.count) \(sum.value)")
    #expect(eventually { web.counters()?.active == 0 })
  }

  @Test func aServerMayEndItsStreamFirst() throws {
    let web = try ForwardedService(6)
    let heard = Monitor(Checksum())
    let backend = try Backend(web.pod(1), web.port) { wire in
      wire.write("said")
      wire.shutWrite()
      let sum = Checksum(wire.readAll())
      heard.with { $0 = sum }
    }
    defer { backend.stop() }
    web.endpoints(1)
    let bytes = noise(1 << 20)
    let client = try web.connect()
    #expect(client.text == "said")
    #expect(client.write(bytes))
    client.shutWrite()
    #expect(heard.wait(nanoseconds: 10_000_000_000) { $0 == Checksum(bytes) })
    #expect(eventually { web.counters()?.active == 0 })
  }

  @Test func aReaderThatStopsStopsTheWriter() throws {
    let web = try ForwardedService(7)
    let isReading = Monitor(false)
    let heard = Monitor(Checksum())
    let backend = try Backend(web.pod(1), web.port) { wire in
      _ = isReading.wait(nanoseconds: 60_000_000_000) { $0 }
      var sum = Checksum()
      while let piece = wire.read(), !piece.isEmpty { sum.add(piece) }
      let whole = sum
      heard.with { $0 = whole }
    }
    defer { backend.stop() }
    web.endpoints(1)
    let bytes = noise(50 << 20)
    let client = try web.connect()
    let sent = client.writeUntilFull(bytes)
    #expect(sent < 30 << 20, "what nobody reads is taken without end")
    let before = try #require(web.counters()?.bytesFromClients)
    Thread.sleep(forTimeInterval: 0.2)
    #expect(web.counters()?.bytesFromClients == before)
    isReading.with { $0 = true }
    #expect(client.write(Array(bytes[sent...])))
    client.shutWrite()
    #expect(heard.wait(nanoseconds: 30_000_000_000) { $0 == Checksum(bytes) })
    #expect(web.counters()?.bytesFromClients == bytes.count)
  }

  @Test func fiftyMegabytesComeBackAsTheyWent() throws {
    let web = try ForwardedService(8)
    let backend = try Backend.echoing(web.pod(1), web.port)
    defer { backend.stop() }
    web.endpoints(1)
    let bytes = noise(50 << 20)
    let client = try web.connect()
    Thread.detachNewThread {
      client.write(bytes)
      client.shutWrite()
    }
    var sum = Checksum()
    while let piece = client.read(), !piece.isEmpty { sum.add(piece) }
    #expect(sum == Checksum(bytes))
  }

  @Test func aBrokenConnectionBreaksTheOther() throws {
    let web = try ForwardedService(9)
    let ended = Monitor(false)
    let backend = try Backend(web.pod(1), web.port) { wire in
      wire.write("hello")
      _ = wire.readAll()
      ended.with { $0 = true }
    }
    defer { backend.stop() }
    web.endpoints(1)
    let client = try web.connect()
    #expect(client.read() == Array("hello".utf8))
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(client.socket.number, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    client.end()
    #expect(ended.wait(nanoseconds: 5_000_000_000) { $0 })
    #expect(eventually { web.counters()?.active == 0 })
  }

  @Test func aClientThatGoesWhileTheServerIsSilentIsNoticed() throws {
    let web = try ForwardedService(10)
    let backend = try Backend(web.pod(1), web.port) { wire in
      _ = wire.readAll()
      // It says something now and then, whoever listens.
      while wire.write("tick") { Thread.sleep(forTimeInterval: 0.01) }
    }
    defer { backend.stop() }
    web.endpoints(1)
    let client = try web.connect()
    client.write("hello")
    client.end()
    #expect(eventually { web.counters()?.active == 0 })
  }

  @Test func whatAServerSaysBeforeItGoesIsHeard() throws {
    let web = try ForwardedService(11)
    let backend = try Backend(web.pod(1), web.port) { wire in
      // It answers early and goes, with most of the request unread.
      _ = wire.read(1)
      wire.write("no, thank you")
      Thread.sleep(forTimeInterval: 0.05)
    }
    defer { backend.stop() }
    web.endpoints(1)
    let client = try web.connect()
    client.write(noise(256 << 10))
    #expect(client.text == "no, thank you")
  }

  // MARK: Endpoints that come and go

  @Test func aRefusedConnectionGoesToTheNext() throws {
    let web = try ForwardedService(12)
    let backend = try Backend.naming(web.pod(2), web.port)
    defer { backend.stop() }
    web.endpoints(1, 2, 3)
    #expect(try web.ask(10) == Array(repeating: web.pod(2), count: 10))
    let counters = try #require(web.counters())
    #expect(counters.failures == 0)
    #expect(counters.endpoints.map { $0.refusals > 0 } == [true, false, true])
  }

  @Test func anEndpointThatDoesNotAnswerIsPassedOver() throws {
    var limits = SocketForwarder.Limits()
    limits.connecting = .milliseconds(200)
    let web = try ForwardedService(23, limits: limits)
    let backend = try Backend.echoing(web.pod(2), web.port)
    defer { backend.stop() }
    // Its queue is full, and nobody takes any of it.
    let deaf = try Listener(.tcp(host: web.pod(1), port: web.port), backlog: 0)
    defer { deaf.end() }
    var queue: [Socket] = []
    while queue.count < 16,
      let socket = try? Socket.connect(to: .tcp(host: web.pod(1), port: web.port), nanoseconds: 50_000_000)
    { queue.append(socket) }
    web.endpoints(1, 2)
    let wires = try (0..<20).map { _ in try web.connect() }
    for (i, wire) in wires.enumerated() { wire.write("hello \(i)") }
    for (i, wire) in wires.enumerated() { #expect(wire.read() == Array("hello \(i)".utf8)) }
    let counters = try #require(web.counters())
    #expect(counters.endpoints.map(\.refusals) == [10, 0])
    #expect(counters.endpoints.map(\.active) == [0, 20])
    #expect(queue.count < 16)
  }

  @Test func whereAllRefuseTheClientIsToldAtOnce() throws {
    let web = try ForwardedService(13)
    web.endpoints(1, 2)
    let start = Date()
    // The reset may come while it still connects.
    let answer = try? web.connect().text
    #expect(answer ?? "" == "")
    #expect(Date().timeIntervalSince(start) < 1)
    let counters = try #require(web.counters())
    #expect(counters.failures == 1)
    #expect(counters.endpoints.map(\.refusals) == [1, 1], "each is tried once")
  }

  @Test func withoutEndpointsConnectionsAreRefused() throws {
    let web = try ForwardedService(14)
    let backend = try Backend.naming(web.pod(1), web.port)
    defer { backend.stop() }
    web.endpoints([])
    for _ in 0..<3 {
      #expect(throws: SystemFailure(code: ECONNREFUSED)) { try web.connect() }
      web.endpoints(1)
      #expect(try web.ask(1) == [web.pod(1)])
      web.endpoints([(1, .notReady)])
    }
    #expect(web.forwarder.problems == [])
  }

  @Test func anEndingEndpointKeepsWhatItHas() throws {
    let web = try ForwardedService(15)
    let backends = [try Backend.echoing(web.pod(1), web.port), try Backend.naming(web.pod(2), web.port)]
    defer { for backend in backends { backend.stop() } }
    web.endpoints(1)
    let old = try web.connect()
    old.write("one")
    #expect(old.read() == Array("one".utf8))
    web.endpoints([(1, .ending), (2, .ready)])
    #expect(try web.ask(5) == Array(repeating: web.pod(2), count: 5))
    old.write("two")
    #expect(old.read() == Array("two".utf8))
    web.endpoints([(2, .ready)])
    old.write("three")
    #expect(old.read() == Array("three".utf8))
    old.shutWrite()
    #expect(old.read() == [])
    #expect(backends[0].taken.with { $0 } == 1)
  }

  @Test func noConnectionFailsWhileEndpointsChange() throws {
    let web = try ForwardedService(16)
    let backends = try (1...3).map { try Backend.echoing(web.pod($0), web.port) }
    defer { for backend in backends { backend.stop() } }
    web.endpoints(1)
    let stop = Monitor(false)
    let results = Monitor((done: 0, failed: 0, threads: 0))
    let (address, port) = (web.address(), web.port)
    for _ in 0..<4 {
      Thread.detachNewThread {
        while !stop.with({ $0 }) {
          var isGood = false
          if let wire = try? Wire(address, port), wire.write("ping"), wire.read() == Array("ping".utf8) { isGood = true }
          let good = isGood
          results.with { if good { $0.done += 1 } else { $0.failed += 1 } }
        }
        results.with { $0.threads += 1 }
      }
    }
    for round in 0..<60 {
      let next = round % 3 + 1
      let last = (round + 2) % 3 + 1
      web.endpoints([(next, .ready), (last, round % 2 == 0 ? .ending : .notReady)])
      Thread.sleep(forTimeInterval: 0.01)
      if round % 5 == 0 { web.endpoints([(next, .ready)]) }
    }
    stop.with { $0 = true }
    #expect(results.wait(nanoseconds: 20_000_000_000) { $0.threads == 4 })
    let (done, failed, _) = results.with { $0 }
    #expect(failed == 0)
    #expect(done > 100)
    #expect(backends.allSatisfy { $0.taken.with { $0 } > 0 })
  }

  @Test func tablesMayChangeUnderTwoHundredConnections() throws {
    let web = try ForwardedService(17)
    let backends = try (1...2).map { try Backend.echoing(web.pod($0), web.port) }
    defer { for backend in backends { backend.stop() } }
    web.endpoints(1, 2)
    let wires = try (0..<200).map { _ in try web.connect() }
    for round in 0..<20 {
      web.endpoints(round % 2 == 0 ? [(1, .ready), (2, .ending)] : [(1, .ending), (2, .ready)])
      web.endpoints(1, of: 2 + round % 7)
      for (i, wire) in wires.enumerated() where i % 10 == round % 10 {
        #expect(wire.write("round \(round)"))
        #expect(wire.read() == Array("round \(round)".utf8))
      }
    }
    #expect(eventually { web.counters()?.active == 200 })
    for wire in wires { wire.end() }
    #expect(eventually { web.counters()?.active == 0 })
  }

  // MARK: Where it can't listen

  @Test func anAddressInUseIsToldAndTriedAgain() throws {
    let web = try ForwardedService(18)
    let backend = try Backend.naming(web.pod(1), web.port)
    defer { backend.stop() }
    let other = try Listener(.tcp(host: web.address(), port: web.port))
    web.endpoints(1)
    let listen = ListenAddress(web.address(), web.port)
    #expect(web.forwarder.problems == [ListenProblem(ServiceKey("default", "web-1"), listen, .inUse)])
    #if os(Linux)
      let occupant = try #require(web.forwarder.occupant(of: listen))
      #expect(occupant.process == ProcessInfo.processInfo.processIdentifier)
      #expect(occupant.address == listen.description)
    #endif
    other.end()
    #expect(eventually { web.forwarder.problems.isEmpty })
    #expect(try web.ask(1) == [web.pod(1)])
  }

  @Test func twoServicesOfOneAddressAreTold() throws {
    let web = try ForwardedService(19)
    let backends = try (1...2).map { try Backend.naming(web.pod($0), web.port) }
    defer { for backend in backends { backend.stop() } }
    web.endpoints(1, of: 1)
    web.service(2, ["clusterIP": .string(web.address(1)), "clusterIPs": [.string(web.address(1))]])
    web.endpoints(2, of: 2)
    let listen = ListenAddress(web.address(1), web.port)
    #expect(
      web.forwarder.problems == [ListenProblem(ServiceKey("default", "web-2"), listen, .takenBy(ServiceKey("default", "web-1")))])
    #expect(try web.ask(2, 1) == [web.pod(1), web.pod(1)])
    web.remove(1)
    #expect(web.forwarder.problems == [])
    #expect(try web.ask(2, 1) == [web.pod(2), web.pod(2)])
  }

  @Test func anAddressOfAnotherMachineIsTold() throws {
    let web = try ForwardedService(20)
    web.service(1, ["clusterIP": "192.0.2.1", "clusterIPs": ["192.0.2.1"]])
    web.endpoints(1)
    #expect(web.forwarder.problems.map(\.cause) == [.noSuchAddress])
  }

  @Test func theSystemsReasonsAreCauses() {
    #expect(ListenProblem.Cause(failure: EACCES) == .notPermitted)
    #expect(ListenProblem.Cause(failure: EADDRINUSE) == .inUse)
    #expect(ListenProblem.Cause(failure: EADDRNOTAVAIL) == .noSuchAddress)
    #expect(ListenProblem.Cause(failure: EMFILE) == .noDescriptors)
    #expect(ListenProblem.Cause(failure: EIO) == .other("input/output error"))
  }

  // MARK: Bounds

  @Test func whoeverComesTooManyWaits() throws {
    var limits = SocketForwarder.Limits()
    limits.connections = 4
    let web = try ForwardedService(21, limits: limits)
    let backend = try Backend.echoing(web.pod(1), web.port)
    defer { backend.stop() }
    web.endpoints(1)
    let wires = try (0..<12).map { _ in try web.connect() }
    for wire in wires { wire.write("hello") }
    #expect(eventually { backend.taken.with { $0 } == 4 })
    Thread.sleep(forTimeInterval: 0.1)
    #expect(backend.taken.with { $0 } == 4)
    for wire in wires {
      #expect(wire.read() == Array("hello".utf8))
      wire.end()
    }
    #expect(eventually { web.counters()?.active == 0 })
    #expect(web.counters()?.connections == 12)
  }

  @Test func nothingStaysOpenAfterwards() throws {
    #if os(Linux)
      func descriptors() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0 }
      let before = descriptors()
      do {
        let web = try ForwardedService(22)
        let backend = try Backend.echoing(web.pod(1), web.port)
        web.endpoints(1)
        let wires = try (0..<100).map { _ in try web.connect() }
        for wire in wires { #expect(wire.write("hello") && wire.read() == Array("hello".utf8)) }
        web.forwarder.stop()
        for wire in wires { #expect(wire.read() == []) }
        backend.stop()
      }
      #expect(eventually { descriptors() <= before + 10 }, "other tests may have opened a few")
    #endif
  }
}
