import CPosix
import Foundation
import KubeProxy
import Posix
import Testing

@testable import ProcessCluster

/// A UDP socket that waits.
private final class Postbox: @unchecked Sendable {
  let descriptor: Int32

  init(at address: String, _ port: UInt16) throws {
    var place = try #require(cposix_place(address, port))
    descriptor = cposix_bind_at(&place, 1, 0)
    #expect(descriptor >= 0)
  }

  init(to address: String, _ port: UInt16) throws {
    var place = try #require(cposix_place(address, port))
    var isPending: Int32 = 0
    descriptor = cposix_connect_to(&place, 1, &isPending)
  }

  deinit { cposix_close(descriptor, 0) }

  func receive(within seconds: Double = 5) -> (text: String, from: cposix_place)? {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var from = cposix_place()
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, 20) > 0 else { continue }
      let count = cposix_receive_from(descriptor, &bytes, bytes.count, &from)
      if count >= 0 { return (String(decoding: bytes[..<count], as: UTF8.self), from) }
    }
    return nil
  }

  func send(_ text: String) { _ = cposix_send(descriptor, text, text.utf8.count) }

  func ask(_ text: String) -> String? {
    send(text)
    return receive()?.text
  }
}

/// Answers each datagram with its name, how many it has got, and what was in it.
private final class Answerer: @unchecked Sendable {
  private let stopped = Monitor(false)
  private let ended = Monitor(false)

  init(_ address: String, _ port: UInt16) throws {
    let box = try Postbox(at: address, port)
    let (stopped, ended) = (stopped, ended)
    Thread.detachNewThread {
      while !stopped.with({ $0 }) {
        guard var (text, from) = box.receive(within: 0.05) else { continue }
        text = "\(address) \(text)"
        _ = cposix_send_to(box.descriptor, text, text.utf8.count, &from)
      }
      ended.with { $0 = true }
    }
  }

  func stop() {
    stopped.with { $0 = true }
    _ = ended.wait(nanoseconds: 5_000_000_000) { $0 }
  }
}

@Suite(.serialized, .enabled(if: hasPodAddresses)) struct DatagramTests {
  @Test func aFlowStaysWithItsEndpoint() throws {
    let web = try ForwardedService(31)
    let backends = try (1...2).map { try Answerer(web.pod($0), web.port) }
    defer { for backend in backends { backend.stop() } }
    web.endpoints([(1, .ready), (2, .ready)], transport: "UDP")
    let clients = try (0..<4).map { _ in try Postbox(to: web.address(), web.port) }
    let first = clients.map { $0.ask("a") }
    #expect(first == [1, 2, 1, 2].map { "\(web.pod($0)) a" })
    #expect(clients.map { $0.ask("b") } == [1, 2, 1, 2].map { "\(web.pod($0)) b" })
    #expect(web.counters()?.connections == 4)
    #expect(web.counters()?.active == 4)
    #expect(clients[0].ask("") == "\(web.pod(1)) ", "an empty datagram is one too")
    // Its endpoint takes nothing new: a flow has no end of its own to wait for.
    web.endpoints([(1, .ending), (2, .ready)], transport: "UDP")
    #expect(clients.map { $0.ask("c") } == Array(repeating: "\(web.pod(2)) c", count: 4))
    #expect(web.counters()?.active == 4)
  }

  @Test func aSilentFlowEnds() throws {
    var limits = SocketForwarder.Limits()
    limits.datagramIdle = .milliseconds(200)
    let web = try ForwardedService(32, limits: limits)
    let backend = try Answerer(web.pod(1), web.port)
    defer { backend.stop() }
    web.endpoints([(1, .ready)], transport: "UDP")
    let client = try Postbox(to: web.address(), web.port)
    #expect(client.ask("a") == "\(web.pod(1)) a")
    #expect(web.counters()?.active == 1)
    #expect(eventually { web.counters()?.active == 0 })
    #expect(client.ask("b") == "\(web.pod(1)) b")
    #expect(web.counters()?.connections == 2)
  }

  @Test func anEndpointThatIsNotThereLosesItsFlow() throws {
    let web = try ForwardedService(33)
    let backend = try Answerer(web.pod(2), web.port)
    defer { backend.stop() }
    web.endpoints([(1, .ready), (2, .ready)], transport: "UDP")
    let client = try Postbox(to: web.address(), web.port)
    // The first one is lost, as datagrams may be; whoever asks again is answered.
    client.send("a")
    #expect(eventually { web.counters()?.active == 0 })
    #expect(client.ask("b") == "\(web.pod(2)) b")
  }

  @Test func withoutEndpointsDatagramsAreRefused() throws {
    let web = try ForwardedService(34)
    web.endpoints([], transport: "UDP")
    let client = try Postbox(to: web.address(), web.port)
    client.send("a")
    #expect(eventually { cposix_connected(client.descriptor) != 0 })
    #expect(web.forwarder.problems == [])
  }

  @Test func longDatagramsArriveWhole() throws {
    let web = try ForwardedService(35)
    let backend = try Answerer(web.pod(1), web.port)
    defer { backend.stop() }
    web.endpoints([(1, .ready)], transport: "UDP")
    let text = String(repeating: "x", count: 60_000)
    #expect(try Postbox(to: web.address(), web.port).ask(text) == "\(web.pod(1)) \(text)")
  }
}
