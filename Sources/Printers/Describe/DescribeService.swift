import APIMachinery
import Formats

// Services and the addresses behind them.

extension DescribeText {
  mutating func service(_ service: Value, slices: [Value]) {
    let spec = service["spec"]
    heading(service)
    let selector = spec["selector"].members.map { "\($0.key)=\($0.value.text)" }.joined(separator: ",")
    line(0, "Selector:\t\(orNone(selector))")
    line(0, "Type:\t\(spec["type"].text)")
    if let policy = spec["ipFamilyPolicy"].string { line(0, "IP Family Policy:\t\(policy)") }
    line(0, "IP Families:\t\(orNone(DescribeText.joined(spec["ipFamilies"])))")
    line(0, "IP:\t\(spec["clusterIP"].text)")
    line(0, "IPs:\t\(orNone(DescribeText.joined(spec["clusterIPs"])))")
    if !spec["externalIPs"].items.isEmpty { line(0, "External IPs:\t\(DescribeText.joined(spec["externalIPs"]))") }
    if let ip = spec["loadBalancerIP"].string, !ip.isEmpty { line(0, "Desired LoadBalancer IP:\t\(ip)") }
    if let name = spec["externalName"].string, !name.isEmpty { line(0, "External Name:\t\(name)") }
    let ingress = service["status", "loadBalancer", "ingress"].items
    if !ingress.isEmpty {
      let shown = ingress.map { point in
        let address = point["ip"].string.flatMap { $0.isEmpty ? nil : $0 } ?? point["hostname"].text
        return point["ipMode"].string.map { "\(address) (\($0))" } ?? address
      }
      line(0, "LoadBalancer Ingress:\t\(shown.joined(separator: ", "))")
    }
    for port in spec["ports"].items {
      let name = orUnset(port["name"].text)
      let transport = port["protocol"].text
      line(0, "Port:\t\(name)\t\(port["port"].int ?? 0)/\(transport)")
      line(0, "TargetPort:\t\(port["targetPort"].isNull ? "0" : port["targetPort"].goValue)/\(transport)")
      if let nodePort = port["nodePort"].int, nodePort != 0 { line(0, "NodePort:\t\(name)\t\(nodePort)/\(transport)") }
      line(0, "Endpoints:\t\(DescribeText.endpoints(slices, portName: port["name"].text))")
    }
    line(0, "Session Affinity:\t\(spec["sessionAffinity"].text)")
    if let policy = spec["externalTrafficPolicy"].string, !policy.isEmpty { line(0, "External Traffic Policy:\t\(policy)") }
    if let policy = spec["internalTrafficPolicy"].string { line(0, "Internal Traffic Policy:\t\(policy)") }
    if let port = spec["healthCheckNodePort"].int, port != 0 { line(0, "HealthCheck NodePort:\t\(port)") }
    if !spec["loadBalancerSourceRanges"].items.isEmpty {
      line(0, "LoadBalancer Source Ranges:\t\(DescribeText.joined(spec["loadBalancerSourceRanges"]))")
    }
  }

  static func joined(_ list: Value, _ separator: String = ",") -> String { list.items.map(\.text).joined(separator: separator) }

  /// Up to three ready addresses of a port, and how many more there are.
  private static func endpoints(_ slices: [Value], portName: String) -> String {
    guard !slices.isEmpty else { return "<none>" }
    let most = 3
    var shown: [String] = []
    var count = 0
    for slice in slices {
      let ports = slice["ports"].items
      let suffixes = ports.isEmpty ? [""] : ports.filter { $0["name"].text == portName }.map { ":\($0["port"].int ?? 0)" }
      for suffix in suffixes {
        for endpoint in slice["endpoints"].items where endpoint["conditions", "ready"].bool ?? true {
          count += 1
          let address = endpoint["addresses"][0].text
          if shown.count < most { shown.append((address.utf8.contains(58) && !suffix.isEmpty ? "[\(address)]" : address) + suffix) }
        }
      }
    }
    let list = shown.joined(separator: ",")
    return count > most ? "\(list) + \(count - most) more..." : list
  }

  mutating func endpoints(_ endpoints: Value) {
    heading(endpoints)
    line(0, "Subsets:")
    for subset in endpoints["subsets"].items {
      for (title, key) in [("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")] {
        line(1, "\(title):\t\(orNone(subset[key].items.map { $0["ip"].text }.joined(separator: ",")))")
      }
      let ports = subset["ports"].items
      if !ports.isEmpty {
        line(1, "Ports:")
        line(2, "Name\tPort\tProtocol")
        line(2, "----\t----\t--------")
        for port in ports { line(2, "\(orUnset(port["name"].text))\t\(port["port"].int ?? 0)\t\(port["protocol"].text)") }
      }
      line(0, "")
    }
  }

  mutating func endpointSlice(_ slice: Value) {
    heading(slice)
    line(0, "AddressType:\t\(slice["addressType"].text)")
    let ports = slice["ports"].items
    line(0, ports.isEmpty ? "Ports: <unset>" : "Ports:")
    if !ports.isEmpty {
      line(1, "Name\tPort\tProtocol")
      line(1, "----\t----\t--------")
      for port in ports {
        line(
          1,
          "\(orUnset(port["name"].text))\t\(port["port"].isNull ? "<unset>" : port["port"].goValue)\t\(port["protocol"].text)")
      }
    }
    let endpoints = slice["endpoints"].items
    line(0, endpoints.isEmpty ? "Endpoints: <none>" : "Endpoints:")
    for endpoint in endpoints {
      line(1, "- Addresses:\t\(orNone(DescribeText.joined(endpoint["addresses"])))")
      line(2, "Conditions:")
      let ready = endpoint["conditions", "ready"]
      line(3, "Ready:\t\(ready.isNull ? "<unset>" : ready.goValue)")
      line(2, "Hostname:\t\(endpoint["hostname"].string ?? "<unset>")")
      let target = endpoint["targetRef"]
      if !target.isNull { line(2, "TargetRef:\t\(target["kind"].text)/\(target["name"].text)") }
      line(2, "NodeName:\t\(endpoint["nodeName"].string ?? "<unset>")")
      line(2, "Zone:\t\(endpoint["zone"].string ?? "<unset>")")
    }
  }
}
