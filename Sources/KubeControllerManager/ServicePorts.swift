import APIMachinery
import Formats

// A Service's ports as one pod serves them.

/// A port of Endpoints and EndpointSlices.
struct EndpointPort: Hashable {
  let name: String
  let port: Int64
  let protocolName: String
  let appProtocol: String?

  /// As Endpoints write it: no name where it has none.
  var endpointsValue: Value {
    var value: Value = ["port": .int(port), "protocol": .string(protocolName)]
    if !name.isEmpty { value["name"] = .string(name) }
    if let appProtocol { value["appProtocol"] = .string(appProtocol) }
    return value
  }

  /// As EndpointSlices write it: an empty name is a name.
  var sliceValue: Value {
    var value: Value = ["name": .string(name), "port": .int(port), "protocol": .string(protocolName)]
    if let appProtocol { value["appProtocol"] = .string(appProtocol) }
    return value
  }

  /// Kubernetes orders ports by the MD5 of how Go prints them.
  var endpointsHash: [UInt8] {
    let app = appProtocol.map { "(*string)\($0)" } ?? "(*string)<nil>"
    return MD5.hash("(v1.EndpointPort){Name:(string)\(name) Port:(int32)\(port) Protocol:(v1.Protocol)\(protocolName) AppProtocol:\(app)}")
  }
  var sliceHash: [UInt8] {
    let app = appProtocol.map { "(*string)\($0)" } ?? "(*string)<nil>"
    return MD5.hash(
      "(v1.EndpointPort){Name:(*string)\(name) Protocol:(*v1.Protocol)\(protocolName) Port:(*int32)\(port) AppProtocol:\(app)}")
  }

  static func ordered(_ ports: [EndpointPort], by hash: (EndpointPort) -> [UInt8]) -> [EndpointPort] {
    guard ports.count > 1 else { return ports }
    return ports.map { (hash($0), $0) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
  }

  /// The Service's ports that this pod has: a target by name is looked up in its containers.
  static func of(_ service: Value, _ pod: Value) -> [EndpointPort] {
    service["spec"]["ports"].items.compactMap { servicePort in
      guard let number = number(servicePort, pod) else { return nil }
      return EndpointPort(
        name: servicePort["name"].text, port: number, protocolName: servicePort["protocol"].string ?? "TCP",
        appProtocol: servicePort["appProtocol"].string)
    }
  }

  private static func number(_ servicePort: Value, _ pod: Value) -> Int64? {
    switch servicePort["targetPort"] {
    case .int(let number): return number
    case .string(let name):
      let wanted = servicePort["protocol"].string ?? "TCP"
      for container in pod["spec"]["containers"].items {
        for port in container["ports"].items where port["name"].text == name && port["protocol"].string ?? "TCP" == wanted {
          return port["containerPort"].int
        }
      }
      return nil
    default: return servicePort["port"].int
    }
  }
}

extension Value {
  /// A Service without an IP of its own.
  var isHeadlessService: Bool {
    let ip = self["spec"]["clusterIP"].text
    return ip.isEmpty || ip == "None"
  }

  /// Whether a pod can have an endpoint at all.
  func canHaveEndpoint(includingTerminating: Bool) -> Bool {
    !isTerminalPod && !self["status"]["podIP"].text.isEmpty && (includingTerminating || !isBeingDeleted)
  }

  /// The pod's address of a family (`IPv4`, `IPv6`).
  func podIP(family: String) -> String? {
    let addresses = self["status"]["podIPs"].items.map { $0["ip"].text } + [self["status"]["podIP"].text]
    return addresses.first { !$0.isEmpty && $0.utf8.contains(UInt8(ascii: ":")) == (family == "IPv6") }
  }

  /// The pod as an endpoint refers to it.
  var targetReference: Value {
    ["kind": "Pod", "name": .string(name), "namespace": .string(namespace), "uid": .string(uid)]
  }

  /// The host name that a pod has within a headless Service.
  func hostname(within service: Value) -> String? {
    let hostname = self["spec"]["hostname"].text
    return !hostname.isEmpty && self["spec"]["subdomain"].text == service.name ? hostname : nil
  }
}
