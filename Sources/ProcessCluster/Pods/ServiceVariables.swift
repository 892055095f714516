import API
import APIMachinery
import Client
import Formats

// The environment variables that tell a container where Services are.

/// The variables of Services as Kubernetes' kubelet makes them: `WEB_SERVICE_HOST`, and Docker's `WEB_PORT_80_TCP_ADDR` and so on.
enum ServiceVariables {
  /// Of the Services that a pod of a namespace is told of: `kubernetes` always, its own namespace's if it wants.
  static func make(_ lister: any Lister, namespace: String, enableServiceLinks: Bool) -> [(name: String, value: String)] {
    var services = enableServiceLinks ? lister.list(Kinds.service, namespace: namespace).filter(hasAddress) : []
    if !services.contains(where: { $0.name == "kubernetes" }), let api = lister.get(ObjectKey(Kinds.service, "default", "kubernetes")),
      hasAddress(api)
    {
      services.append(api)
    }
    return services.flatMap(variables)
  }

  private static func hasAddress(_ service: Value) -> Bool {
    let address = service["spec"]["clusterIP"].text
    return !address.isEmpty && address != "None"
  }

  private static func variables(_ service: Value) -> [(name: String, value: String)] {
    let name = variableName(service.name)
    let address = service["spec"]["clusterIP"].text
    let ports = service["spec"]["ports"].items
    guard let first = ports.first else { return [("\(name)_SERVICE_HOST", address)] }
    var out = [("\(name)_SERVICE_HOST", address), ("\(name)_SERVICE_PORT", number(first))]
    for port in ports {
      let word = variableName(port["name"].text)
      if !word.isEmpty { out.append(("\(name)_SERVICE_PORT_\(word)", number(port))) }
    }
    out.append(("\(name)_PORT", url(first, address)))
    for port in ports {
      let prefix = "\(name)_PORT_\(number(port))_\(proto(port).uppercased())"
      out += [
        (prefix, url(port, address)), ("\(prefix)_PROTO", proto(port)), ("\(prefix)_PORT", number(port)), ("\(prefix)_ADDR", address),
      ]
    }
    return out
  }

  private static func number(_ port: Value) -> String { String(port["port"].int ?? 0) }
  private static func proto(_ port: Value) -> String { (port["protocol"].string ?? "TCP").lowercased() }

  private static func url(_ port: Value, _ address: String) -> String {
    "\(proto(port))://\(address.contains(":") ? "[\(address)]" : address):\(number(port))"
  }

  /// What says where a volume is: `KCTL_VOLUME_DATA`.
  static func volume(_ name: String) -> String { "KCTL_VOLUME_" + variableName(name) }

  /// `my-web` as `MY_WEB`
  static func variableName(_ name: String) -> String {
    String(name.uppercased().map { $0 == "-" || $0 == "." ? "_" : $0 })
  }
}
