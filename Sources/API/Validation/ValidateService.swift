import APIMachinery
import Formats

// Services and the addresses behind them.

extension Validation {
  static let serviceTypes = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]

  static func isHeadless(_ service: Value) -> Bool { service["spec", "clusterIP"].text == "None" }

  @Sendable static func service(_ service: Value, _ errors: inout [FieldError]) {
    let spec = service["spec"]
    let type = spec["type"].text
    let ports = spec["ports"].items
    if ports.isEmpty, !isHeadless(service), type != "ExternalName" { errors.append(.required("spec.ports")) }
    byType(service, type, &errors)
    var names: [String] = []
    for (i, port) in ports.enumerated() {
      servicePort(port, needsName: ports.count > 1, &names, "spec.ports[\(i)]", &errors)
    }
    labels(spec["selector"].members, "spec.selector", &errors)
    affinity(spec, &errors)
    addresses(spec, type, &errors)
    oneOf(spec["type"], serviceTypes, "spec.type", &errors)
    if type == "ClusterIP" {
      for (i, port) in ports.enumerated() where (port["nodePort"].int ?? 0) != 0 {
        errors.append(.forbidden("spec.ports[\(i)].nodePort", "may not be used when `type` is 'ClusterIP'"))
      }
    }
    duplicatePorts(ports, &errors)
    loadBalancer(spec, type, &errors)
    traffic(spec, type, &errors)
  }

  private static func byType(_ service: Value, _ type: String, _ errors: inout [FieldError]) {
    let spec = service["spec"]
    switch type {
    case "LoadBalancer":
      for (i, port) in spec["ports"].items.enumerated() where port["port"].int == 10250 {
        errors.append(
          .invalid("spec.ports[\(i)]", .int(10250), "may not expose port 10250 externally since it is used by kubelet"))
      }
      fallthrough
    case "NodePort":
      if isHeadless(service) {
        errors.append(.invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for \(type) services"))
      }
    case "ExternalName":
      for key in ["clusterIPs", "ipFamilies"] where !spec[key].items.isEmpty {
        errors.append(.forbidden("spec.\(key)", "may not be set for ExternalName services"))
      }
      if !spec["ipFamilyPolicy"].isNull { errors.append(.forbidden("spec.ipFamilyPolicy", "may not be set for ExternalName services")) }
      let name = spec["externalName"].text.hasSuffix(".") ? String(spec["externalName"].text.dropLast()) : spec["externalName"].text
      if name.isEmpty { errors.append(.required("spec.externalName")) } else { dnsSubdomain(name, "spec.externalName", &errors) }
    default: break
    }
  }

  private static func servicePort(
    _ port: Value, needsName: Bool, _ names: inout [String], _ path: String, _ errors: inout [FieldError]
  ) {
    let name = port["name"].text
    if name.isEmpty {
      if needsName { errors.append(.required("\(path).name")) }
    } else {
      dnsLabel(name, "\(path).name", &errors)
      if names.contains(name) { errors.append(.duplicate("\(path).name", .string(name))) } else { names.append(name) }
    }
    portNumber(port["port"], "\(path).port", &errors)
    oneOf(port["protocol"], protocols, "\(path).protocol", &errors)
    portNumberOrName(port["targetPort"], "\(path).targetPort", &errors)
    if let application = port["appProtocol"].string {
      for problem in Names.qualifiedName(application) { errors.append(.invalid("\(path).appProtocol", .string(application), problem)) }
    }
  }

  private static func affinity(_ spec: Value, _ errors: inout [FieldError]) {
    oneOf(spec["sessionAffinity"], ["ClientIP", "None"], "spec.sessionAffinity", &errors)
    let config = spec["sessionAffinityConfig"]
    switch spec["sessionAffinity"].text {
    case "ClientIP":
      if let seconds = config["clientIP", "timeoutSeconds"].int, !(1...86400).contains(seconds) {
        errors.append(
          .invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", .int(seconds), "must be greater than 0 and less than 86400"))
      }
    case "None":
      if !config.isNull { errors.append(.forbidden("spec.sessionAffinityConfig", "must not be set when session affinity is None")) }
    default: break
    }
  }

  private static func addresses(_ spec: Value, _ type: String, _ errors: inout [FieldError]) {
    let ips = spec["clusterIPs"].items
    if type != "ExternalName" {
      if ips.count > 2 { errors.append(.invalid("spec.clusterIPs", spec["clusterIPs"], "may only hold up to 2 values")) }
      for (i, ip) in ips.enumerated() where ip.text != "None" || ips.count > 1 {
        if ip.text == "None" {
          errors.append(.invalid("spec.clusterIPs", ip, "'None' must be the first and only value"))
        } else if !ip.text.isEmpty, !isAddress(ip.text) {
          errors.append(.invalid("spec.clusterIPs[\(i)]", ip, notAnAddress))
        }
      }
      let families = spec["ipFamilies"].items
      for (i, family) in families.enumerated() where !["IPv4", "IPv6"].contains(family.text) {
        errors.append(.invalid("spec.ipFamilies[\(i)]", family, "must be one of IPv4,IPv6"))
      }
      if let policy = spec["ipFamilyPolicy"].string, !["PreferDualStack", "RequireDualStack", "SingleStack"].contains(policy) {
        errors.append(.invalid("spec.ipFamilyPolicy", .string(policy), "must be one of SingleStack,PreferDualStack,RequireDualStack"))
      }
    }
    for (i, ip) in spec["externalIPs"].items.enumerated() {
      if !isAddress(ip.text) {
        errors.append(.invalid("spec.externalIPs[\(i)]", ip, notAnAddress))
      } else if ip.text == "0.0.0.0" || ip.text == "::" {
        errors.append(.invalid("spec.externalIPs[\(i)]", ip, "may not be unspecified (0.0.0.0 or ::)"))
      } else if ip.text.hasPrefix("127.") || ip.text == "::1" {
        errors.append(.invalid("spec.externalIPs[\(i)]", ip, "may not be in the loopback range (127.0.0.0/8, ::1/128)"))
      }
    }
  }

  private static func duplicatePorts(_ ports: [Value], _ errors: inout [FieldError]) {
    for (i, port) in ports.enumerated() {
      let earlier = ports[..<i].filter { $0["protocol"].text == port["protocol"].text }
      if let number = port["nodePort"].int, number != 0, earlier.contains(where: { $0["nodePort"].int == number }) {
        errors.append(.duplicate("spec.ports[\(i)].nodePort", .int(number)))
      }
      if earlier.contains(where: { $0["port"] == port["port"] }) {
        let shown: Value = ["protocol": port["protocol"], "port": port["port"]]
        errors.append(.duplicate("spec.ports[\(i)]", shown))
      }
    }
  }

  private static func loadBalancer(_ spec: Value, _ type: String, _ errors: inout [FieldError]) {
    let ranges = spec["loadBalancerSourceRanges"].items
    if !ranges.isEmpty, type != "LoadBalancer" {
      errors.append(.forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'"))
    }
    if !spec["allocateLoadBalancerNodePorts"].isNull, type != "LoadBalancer" {
      errors.append(.forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'"))
    }
    if !spec["loadBalancerClass"].isNull, type != "LoadBalancer" {
      errors.append(.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'"))
    }
  }

  private static func traffic(_ spec: Value, _ type: String, _ errors: inout [FieldError]) {
    let external = spec["externalTrafficPolicy"]
    let exposed = type == "NodePort" || type == "LoadBalancer" || !spec["externalIPs"].items.isEmpty
    if exposed {
      if !external.isNull { oneOf(external, ["Cluster", "Local"], "spec.externalTrafficPolicy", &errors) }
    } else if !external.text.isEmpty {
      errors.append(.invalid("spec.externalTrafficPolicy", external, "may only be set for externally-accessible services"))
    }
    let health = spec["healthCheckNodePort"].int ?? 0
    if health < 0 { portNumber(.int(health), "spec.healthCheckNodePort", &errors) }
    if health != 0, !(type == "LoadBalancer" && external.text == "Local") {
      errors.append(
        .invalid(
          "spec.healthCheckNodePort", .int(health),
          "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
    }
    if let policy = spec["internalTrafficPolicy"].string, !["Cluster", "Local"].contains(policy) {
      errors.append(.notSupported("spec.internalTrafficPolicy", .string(policy), ["Cluster", "Local"]))
    }
  }

  /// Cluster IPs stay what they are for as long as the type needs one.
  @Sendable static func serviceUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {
    guard new["spec", "type"].text != "ExternalName", old["spec", "type"].text != "ExternalName" else { return }
    let (before, after) = (old["spec", "clusterIPs"].items, new["spec", "clusterIPs"].items)
    let shown = new["spec", "clusterIPs"].goStringList
    if before.count == after.count {
      for i in before.indices where before[i] != after[i] {
        errors.append(.invalid("spec.clusterIPs[\(i)]", shown: shown, "may not change once set"))
      }
    } else if let first = before.first, first != after.first {
      errors.append(.invalid("spec.clusterIPs[0]", shown: shown, "primary clusterIP can not be unset"))
    }
  }

  // Endpoints.

  @Sendable static func endpoints(_ endpoints: Value, _ errors: inout [FieldError]) {
    for (i, subset) in endpoints["subsets"].items.enumerated() {
      let path = "subsets[\(i)]"
      if subset["addresses"].items.isEmpty, subset["notReadyAddresses"].items.isEmpty {
        errors.append(.required(path, "must specify `addresses` or `notReadyAddresses`"))
      }
      for key in ["addresses", "notReadyAddresses"] {
        for (j, address) in subset[key].items.enumerated() {
          let path = "\(path).\(key)[\(j)]"
          endpointAddress(address["ip"], "\(path).ip", &errors)
          if let host = address["hostname"].string, !host.isEmpty { dnsLabel(host, "\(path).hostname", &errors) }
          if let node = address["nodeName"].string { dnsSubdomain(node, "\(path).nodeName", &errors) }
        }
      }
      for (j, port) in subset["ports"].items.enumerated() {
        let path = "\(path).ports[\(j)]"
        if let name = port["name"].string, !name.isEmpty {
          dnsLabel(name, "\(path).name", &errors)
        } else if subset["ports"].items.count > 1 {
          errors.append(.required("\(path).name"))
        }
        portNumber(port["port"], "\(path).port", &errors)
        oneOf(port["protocol"], protocols, "\(path).protocol", &errors)
      }
    }
  }

  private static func endpointAddress(_ ip: Value, _ path: String, _ errors: inout [FieldError]) {
    let text = ip.text
    if !isAddress(text) {
      errors.append(.invalid(path, .string(text), notAnAddress))
    } else if text == "0.0.0.0" || text == "::" {
      errors.append(.invalid(path, ip, "may not be unspecified (0.0.0.0 or ::)"))
    } else if text.hasPrefix("127.") && !isProcessPodAddress(text) || text == "::1" {
      errors.append(.invalid(path, ip, "may not be in the loopback range (127.0.0.0/8, ::1/128)"))
    } else if text.hasPrefix("169.254.") {
      errors.append(.invalid(path, ip, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"))
    }
  }

  /// 127.64.0.0/11: pods that are processes of this machine have their addresses there, and Kubernetes' rule against loopback is
  /// not for them.
  private static func isProcessPodAddress(_ text: String) -> Bool {
    let parts = text.split(separator: ".")
    return parts.count == 4 && parts[0] == "127" && (64..<96).contains(Int(parts[1]) ?? 0)
  }

  @Sendable static func endpointSlice(_ slice: Value, _ errors: inout [FieldError]) {
    let type = slice["addressType"].text
    oneOf(slice["addressType"], ["FQDN", "IPv4", "IPv6"], "addressType", &errors)
    let endpoints = slice["endpoints"].items
    if endpoints.count > 1000 { errors.append(.tooMany("endpoints", endpoints.count, 1000)) }
    for (i, endpoint) in endpoints.enumerated() {
      let path = "endpoints[\(i)]"
      let addresses = endpoint["addresses"].items
      if addresses.isEmpty { errors.append(.required("\(path).addresses", "must contain at least 1 address")) }
      if addresses.count > 100 { errors.append(.tooMany("\(path).addresses", addresses.count, 100)) }
      for (j, address) in addresses.enumerated() {
        let path = "\(path).addresses[\(j)]"
        switch type {
        case "IPv4":
          if isIPv4(address.text) {
            endpointAddress(address, path, &errors)
          } else {
            errors.append(.invalid(path, address, "must be a valid IPv4 address"))
          }
        case "IPv6": if !isIPv6(address.text) { errors.append(.invalid(path, address, "must be a valid IPv6 address")) }
        default: dnsSubdomain(address.text, path, &errors)
        }
      }
    }
    let ports = slice["ports"].items
    if ports.count > 20000 { errors.append(.tooMany("ports", ports.count, 20000)) }
    var names: [String] = []
    for (i, port) in ports.enumerated() {
      let name = port["name"].text
      if !name.isEmpty { dnsLabel(name, "ports[\(i)].name", &errors) }
      if names.contains(name) { errors.append(.duplicate("ports[\(i)].name", .string(name))) } else { names.append(name) }
      oneOf(port["protocol"], protocols, "ports[\(i)].protocol", &errors)
    }
  }

  @Sendable static func endpointSliceUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {
    immutable(new["addressType"], old["addressType"], "addressType", &errors)
  }
}
