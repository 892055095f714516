import Foundation
import KubeProxy
import Posix
import Testing

@testable import ProcessCluster

/// A process that may have few descriptors: run by itself, for it takes them from every other test.
/// `ulimit -n 300; KCTL_TEST_STARVED=1 swift test --filter StarvedTests`
@Suite(.enabled(if: Machine.environment("KCTL_TEST_STARVED") != nil)) struct StarvedTests {
  @Test func aForwarderWithoutDescriptorsRecovers() throws {
    var limits = SocketForwarder.Limits()
    limits.connections = 100_000
    let web = try ForwardedService(41, limits: limits)
    let backend = try Backend.echoing(web.pod(1), web.port)
    defer { backend.stop() }
    web.endpoints(1)
    var wires: [Wire] = []
    while wires.count < 5000, let wire = try? web.connect() { wires.append(wire) }
    #expect(wires.count < 5000, "the limit is not low enough to test anything")
    for wire in wires { wire.write("hello") }
    Thread.sleep(forTimeInterval: 0.3)
    for wire in wires { wire.end() }
    wires = []
    #expect(eventually { web.counters()?.active == 0 })
    let last = try web.connect()
    last.write("hello")
    #expect(last.read() == Array("hello".utf8))
  }
}
