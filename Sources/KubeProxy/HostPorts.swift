import APIMachinery
import Formats

// A pod's host ports, as rules for a forwarder.

/// What is forwarded to a pod from its machine's own ports (`hostPort`), from its binding until it has ended.
public struct HostPorts {
  private let pod: Value
  private let node: ServiceTable.Node

  init(_ pod: Value, _ node: ServiceTable.Node) {
    self.pod = pod
    self.node = node
  }

  /// Whether a pod has any to be forwarded: on its host's own network a program listens there itself.
  public static func isWanted(by pod: Value) -> Bool {
    guard pod["spec"]["hostNetwork"].bool != true else { return false }
    return containers(of: pod).contains { $0["ports"].items.contains { $0.port("hostPort") != nil } }
  }

  /// Whether a `hostIP` is one that only this machine reaches; an empty one is, as 127.0.0.1 is then meant.
  public static func isLoopback(_ address: String) -> Bool { address.isEmpty || address.hasPrefix("127.") || address == "::1" }

  private static func containers(of pod: Value) -> [Value] { pod["spec"]["initContainers"].items + pod["spec"]["containers"].items }

  private var isHere: Bool {
    let phase = pod["status"]["phase"].text
    let place = pod["spec"]["nodeName"].text
    return !place.isEmpty && (node.name.isEmpty || place == node.name) && phase != "Succeeded" && phase != "Failed"
  }

  var rules: ServiceRules {
    var rules: [ForwardingRule] = []
    var problems: [ServiceProblem] = []
    let address = pod["status"]["podIP"].text
    for container in isHere ? HostPorts.containers(of: pod) : [] {
      for port in container["ports"].items {
        guard let outside = port.port("hostPort"), let inside = port.port("containerPort"), HostPorts.isLoopback(port["hostIP"].text) else {
          continue
        }
        let word = port["protocol"].string ?? "TCP"
        guard let transport = Transport(rawValue: word) else {
          problems.append(ServiceProblem("UnsupportedProtocol", "hostPort \(outside)/\(word) is not forwarded: only TCP and UDP are"))
          continue
        }
        let given = port["hostIP"].text
        // Where pods have no addresses of their own the program may be there itself.
        let listens = (given.isEmpty ? node.addresses : [given]).filter { $0 != address || outside != inside }
          .map { ListenAddress($0, outside, transport) }
        if listens.isEmpty { continue }
        rules.append(
          ForwardingRule(
            id: "\(container["name"].text)/\(listens[0])", portName: port["name"].text, listens: listens,
            endpoints: address.isEmpty ? [] : [ServiceEndpoint(.init(address, inside), .ready)]))
      }
    }
    return ServiceRules(ServiceKey(pod.namespace, pod.name, .pod), rules: rules, problems: problems, nodePorts: [:])
  }
}
