import Formats
import Foundation
import KubeProxy
import Posix

@testable import ProcessCluster

/// A forwarder with Services of a test's own: `127.111.<area>.x` for Services, `127.95.<area>.x` for endpoints.
final class ForwardedService {
  let forwarder: SocketForwarder
  let area: Int
  let port: UInt16
  private(set) var table = ServiceTable()
  private var spec: [Int: Value] = [:]

  /// - Parameter area: no two tests have the same.
  init(_ area: Int, limits: SocketForwarder.Limits = .init()) throws {
    self.area = area
    // Two runs of the tests at once have different ports.
    port = UInt16(10_000 + Int(ProcessInfo.processInfo.processIdentifier) % 20_000)
    forwarder = try SocketForwarder(limits: limits)
  }

  func address(_ service: Int = 1) -> String { "127.111.\(area).\(service)" }
  func pod(_ number: Int) -> String { "127.95.\(area).\(number)" }

  /// Declares a Service; what is said of it holds from the next `endpoints` on.
  func service(_ number: Int = 1, _ more: Value = [:], transport: String = "TCP", annotations: Value = [:]) {
    var object: Value = [
      "metadata": ["name": .string("web-\(number)"), "namespace": "default", "annotations": annotations],
      "spec": [
        "clusterIP": .string(address(number)), "clusterIPs": [.string(address(number))], "selector": ["app": "web"],
        "ports": [["name": "p", "port": .int(Int64(port)), "protocol": .string(transport)]],
      ],
    ]
    for member in more.members { object["spec"][member.key] = member.value }
    spec[number] = object
    table.set(service: object)
  }

  enum State { case ready, ending, notReady }

  /// Gives a Service its endpoints, and waits until it has them.
  func endpoints(
    _ pods: [(Int, State)], of number: Int = 1, transport: String = "TCP", onPort: UInt16? = nil, wait: Bool = true
  ) {
    if spec[number] == nil { service(number, transport: transport) }
    let endpoints = pods.map { pod, state -> Value in
      [
        "addresses": [.string(self.pod(pod))],
        "conditions": ["ready": .bool(state == .ready), "serving": .bool(state != .notReady), "terminating": .bool(state == .ending)],
      ]
    }
    table.set(slice: [
      "metadata": [
        "name": .string("web-\(number)"), "namespace": "default", "labels": ["kubernetes.io/service-name": .string("web-\(number)")],
      ], "addressType": "IPv4", "endpoints": .array(endpoints),
      "ports": [["name": "p", "port": .int(Int64(onPort ?? port)), "protocol": .string(transport)]],
    ])
    apply(wait: wait)
  }

  func endpoints(_ pods: Int..., of number: Int = 1) { endpoints(pods.map { ($0, .ready) }, of: number) }

  func remove(_ number: Int = 1) {
    table.remove(service: ServiceKey("default", "web-\(number)"))
    apply()
  }

  private func apply(wait: Bool = true) {
    forwarder.apply(table.snapshot)
    if wait, !forwarder.waitUntilApplied(table.snapshot.revision) { print("the forwarder does not take its rules") }
  }

  func connect(_ number: Int = 1) throws -> Wire { try Wire(address(number), port) }

  /// What one connection after the other says.
  func ask(_ count: Int, _ number: Int = 1) throws -> [String] { try (0..<count).map { _ in try connect(number).text } }

  func counters(_ number: Int = 1) -> ServiceCounters? { forwarder.counters().first { $0.service.name == "web-\(number)" } }
}
