import APIMachinery
import Formats

// The lines of services and of what stands behind them.

let serviceColumns = [
  Column.name,
  Column("Type") { service, _ in service["spec"]["type"].text },
  Column("Cluster-IP") { service, _ in
    let first = service["spec"]["clusterIPs"][0].text
    return orNone(first.isEmpty ? service["spec"]["clusterIP"].text : first)
  },
  Column("External-IP") { service, _ in externalIP(service) },
  Column("Port(s)") { service, _ in
    let ports = service["spec"]["ports"].items.map { port in
      let node = port["nodePort"].int ?? 0
      return "\(port["port"].int ?? 0)" + (node > 0 ? ":\(node)" : "") + "/\(port["protocol"].text)"
    }
    return orNone(ports.joined(separator: ","))
  },
  Column.age,
  Column("Selector", wide: true) { service, _ in
    orNone(service["spec"]["selector"].members.map { "\($0.key)=\($0.value.text)" }.joined(separator: ","))
  },
]

/// Where a service is reached from outside, as `get` prints it.
private func externalIP(_ service: Value) -> String {
  let externalIPs = service["spec"]["externalIPs"].items.map(\.text)
  switch service["spec"]["type"].text {
  case "ClusterIP", "NodePort": return orNone(externalIPs.joined(separator: ","))
  case "LoadBalancer":
    var addresses: [String] = []
    for ingress in service["status"]["loadBalancer"]["ingress"].items {
      let address = ingress["ip"].text.isEmpty ? ingress["hostname"].text : ingress["ip"].text
      if !address.isEmpty, !addresses.contains(address) { addresses.append(address) }
    }
    let all = addresses.sorted(by: Members.precedes) + externalIPs
    return all.isEmpty ? "<pending>" : all.joined(separator: ",")
  case "ExternalName": return service["spec"]["externalName"].text
  default: return "<unknown>"
  }
}

let endpointsColumns = [
  Column.name,
  Column("Endpoints") { endpoints, _ in
    let subsets = endpoints["subsets"].items
    guard !subsets.isEmpty else { return "<none>" }
    var list: [String] = []
    for subset in subsets {
      let addresses = subset["addresses"].items.map { $0["ip"].text }
      let ports = subset["ports"].items
      if ports.isEmpty { list += addresses }
      for port in ports {
        list += addresses.map { ($0.contains(":") ? "[\($0)]" : $0) + ":\(port["port"].int ?? 0)" }
      }
    }
    return firstThree(list)
  },
  Column.age,
]

let endpointSliceColumns = [
  Column.name,
  Column("AddressType") { slice, _ in slice["addressType"].text },
  Column("Ports") { slice, _ in
    let ports = slice["ports"].items.map { port in
      if let number = port["port"].int { return String(number) }
      return port["name"].string ?? "*"
    }
    return orUnset(firstThree(ports))
  },
  Column("Endpoints") { slice, _ in
    orUnset(firstThree(slice["endpoints"].items.flatMap { $0["addresses"].items.map(\.text) }))
  },
  Column.age,
]

private func orUnset(_ text: String) -> String { text.isEmpty ? "<unset>" : text }
