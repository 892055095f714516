import Formats
import KubeProxy

// Which ports of containers are to be reached from this machine: an engine's containers have a network of their own.

/// A port that an engine is to publish.
struct EnginePort: Hashable {
  let address: String
  let port: Int64
  let containerPort: Int64
  /// `tcp`, `udp`, `sctp`
  let transport: String

  /// As `--publish` takes it.
  var text: String { "\(address):\(port):\(containerPort)/\(transport)" }
}

extension EnginePort {
  /// The ports of containers, on their pod's address: those that they name, those that they were given, and those that their probes and
  /// hooks ask; and their host ports.
  static func all(of containers: [Value], in pod: Value, address: String) -> [EnginePort] {
    var found: [EnginePort] = []
    func add(_ port: EnginePort) { if !found.contains(port) { found.append(port) } }
    func own(_ number: Int64, _ transport: String = "tcp") {
      if number > 0, number < 65536 { add(EnginePort(address: address, port: number, containerPort: number, transport: transport)) }
    }
    for container in containers {
      for port in container["ports"].items {
        guard let number = port["containerPort"].int else { continue }
        let transport = (port["protocol"].string ?? "TCP").lowercased()
        own(number, transport)
        guard let host = port["hostPort"].int, host > 0 else { continue }
        // Those of this machine alone are the forwarder's.
        let at = port["hostIP"].text
        if HostPorts.isLoopback(at) { continue }
        add(EnginePort(address: bracketed(at), port: host, containerPort: number, transport: transport))
      }
      if let given = GivenPorts.port(of: container["name"].text, in: pod) { own(Int64(given)) }
      for handler in handlers(of: container) {
        for action in ["httpGet", "tcpSocket", "grpc"] where handler[action]["host"].text.isEmpty {
          if let number = handler[action]["port"].int { own(number) }
        }
      }
    }
    return found
  }

  private static func handlers(of container: Value) -> [Value] {
    ["readinessProbe", "livenessProbe", "startupProbe"].map { container[$0] }
      + ["postStart", "preStop"].map { container["lifecycle"][$0] }
  }

  private static func bracketed(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }
}
