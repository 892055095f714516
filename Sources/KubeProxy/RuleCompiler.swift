import APIMachinery
import Formats

// One Service and its EndpointSlices, made into rules. Pure.

/// Makes one Service's rules.
struct RuleCompiler {
  private let key: ServiceKey
  private let service: Value
  private let slices: [Value]
  private let node: ServiceTable.Node
  private var problems: [ServiceProblem] = []

  init(_ key: ServiceKey, _ service: Value, _ slices: [Value], _ node: ServiceTable.Node) {
    self.key = key
    self.service = service
    self.slices = slices
    self.node = node
  }

  private static let proxyName = "service.kubernetes.io/service-proxy-name"
  private static let headless = "service.kubernetes.io/headless"
  private static let balance = "service.kctl.dev/balance"

  private var spec: Value { service["spec"] }

  /// The rules; what it asks for in vain is noted on the way.
  mutating func compile() -> ServiceRules {
    let rules = listensAtAll ? self.rules() : []
    return ServiceRules(key, rules: rules, problems: problems, nodePorts: nodePorts)
  }

  /// Headless Services and names for others have no address; some are for another proxy; what has neither selector nor endpoints
  /// is nobody's yet.
  private var listensAtAll: Bool {
    let address = spec["clusterIP"].text
    guard !address.isEmpty, address != "None", spec["type"].text != "ExternalName" else { return false }
    // The API server is reached by its socket, or where `kctl agent start --listen` says: this Service's endpoint stands for nothing.
    guard key != ServiceKey("default", "kubernetes") else { return false }
    guard service.label(RuleCompiler.proxyName) == nil, service.label(RuleCompiler.headless) == nil else { return false }
    return !spec["selector"].members.isEmpty || !slices.isEmpty
  }

  private var nodePorts: [UInt16: UInt16] {
    var ports: [UInt16: UInt16] = [:]
    for port in spec["ports"].items { if let own = port.port("port"), let nodePort = port.port("nodePort") { ports[own] = nodePort } }
    return ports
  }

  private mutating func rules() -> [ForwardingRule] {
    let balance = self.balance()
    let affinity = self.affinity()
    noteAddresses()
    var rules: [ForwardingRule] = []
    for port in spec["ports"].items {
      guard let transport = transport(port), let number = port.port("port") else { continue }
      for family in ["IPv4", "IPv6"] {
        let inside = clusterAddresses(family).map { ListenAddress($0, number, transport) }
        let outside = port.port("nodePort").map { nodePort in
          nodeAddresses(family).map { ListenAddress($0, nodePort, transport) }
        }
        let groups = [
          ("internalTrafficPolicy", "inside", inside), ("externalTrafficPolicy", "outside", outside ?? []),
        ].filter { !$0.2.isEmpty }
        let name = port["name"].text
        var made: [ForwardingRule] = []
        for (policy, scope, listens) in groups {
          let endpoints = endpoints(name, transport, family, onlyHere: spec[policy].text == "Local")
          // Both ways in are one where they lead to the same.
          if let first = made.first, first.endpoints == endpoints {
            made = [rule(first.id, name, first.listens + listens, endpoints, balance, affinity)]
          } else {
            made.append(rule("\(name)/\(number)/\(transport.rawValue)/\(family)/\(scope)", name, listens, endpoints, balance, affinity))
          }
        }
        rules += made
      }
    }
    return rules
  }

  private func rule(
    _ id: String, _ name: String, _ listens: [ListenAddress], _ endpoints: [ServiceEndpoint], _ balance: Balance, _ affinity: Duration?
  ) -> ForwardingRule {
    ForwardingRule(id: id, portName: name, listens: listens, endpoints: endpoints, balance: balance, affinity: affinity)
  }

  // MARK: Where it listens

  private func clusterAddresses(_ family: String) -> [String] {
    var addresses = spec["clusterIPs"].items.map(\.text)
    if addresses.isEmpty { addresses = [spec["clusterIP"].text] }
    return addresses.filter { $0.isIPv6 == (family == "IPv6") }
  }

  private func nodeAddresses(_ family: String) -> [String] {
    var addresses: [String] = []
    for address in node.addresses where address.isIPv6 == (family == "IPv6") && !addresses.contains(address) { addresses.append(address) }
    return addresses
  }

  private mutating func transport(_ port: Value) -> Transport? {
    let word = port["protocol"].string ?? "TCP"
    if let transport = Transport(rawValue: word) { return transport }
    let name = port["name"].text
    problems.append(
      ServiceProblem(
        "UnsupportedProtocol",
        "port \(name.isEmpty ? "" : "\"\(name)\" ")\(port["port"].int ?? 0)/\(word) is not forwarded: only TCP and UDP are"))
    return nil
  }

  private mutating func noteAddresses() {
    let outside = spec["externalIPs"].items.map(\.text)
    guard !outside.isEmpty else { return }
    problems.append(
      ServiceProblem(
        "UnsupportedExternalIP",
        "spec.externalIPs (\(outside.joined(separator: ", "))) are not listened on: use the cluster address or a node port"))
  }

  // MARK: How it spreads

  private mutating func balance() -> Balance {
    guard let word = service.annotation(RuleCompiler.balance) else { return .roundRobin }
    if let balance = Balance(rawValue: word) { return balance }
    problems.append(
      ServiceProblem(
        "InvalidBalance",
        "invalid value \"\(word)\" for annotation \(RuleCompiler.balance): expected "
          + Balance.allCases.map(\.rawValue).joined(separator: " or ") + "; round-robin is used"))
    return .roundRobin
  }

  private func affinity() -> Duration? {
    guard spec["sessionAffinity"].text == "ClientIP" else { return nil }
    return .seconds(spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"].int ?? 10800)
  }

  // MARK: Whom it leads to

  /// The endpoints of a port by its name: the slices have looked up what target ports mean.
  private func endpoints(_ portName: String, _ transport: Transport, _ family: String, onlyHere: Bool) -> [ServiceEndpoint] {
    let publishesAll = spec["publishNotReadyAddresses"].bool == true
    var found: [ServiceEndpoint.Place: ServiceEndpoint.Condition] = [:]
    for slice in slices where slice["addressType"].text == family {
      for port in slice["ports"].items
      where port["name"].text == portName && port["protocol"].string ?? "TCP" == transport.rawValue {
        guard let number = port.port("port") else { continue }
        for endpoint in slice["endpoints"].items {
          guard let address = endpoint["addresses"].items.first?.string else { continue }
          if onlyHere, !node.name.isEmpty, endpoint["nodeName"].text != node.name { continue }
          let condition = publishesAll ? .ready : RuleCompiler.condition(endpoint["conditions"])
          let place = ServiceEndpoint.Place(address, number)
          // Of two slices that both have it, the better one counts.
          if let other = found[place], other.rank <= condition.rank { continue }
          found[place] = condition
        }
      }
    }
    return found.map { ServiceEndpoint($0.key, $0.value) }.sorted { $0.place < $1.place }
  }

  /// What is not said is ready, and serving as far as it is ready.
  private static func condition(_ conditions: Value) -> ServiceEndpoint.Condition {
    let isReady = conditions["ready"].bool ?? true
    if isReady { return .ready }
    let serves = conditions["serving"].bool ?? isReady
    return serves && conditions["terminating"].bool == true ? .ending : .notReady
  }
}

extension ServiceEndpoint.Condition {
  fileprivate var rank: Int {
    switch self {
    case .ready: 0
    case .ending: 1
    case .notReady: 2
    }
  }
}

extension Value {
  /// A port's number; nil where it is none.
  func port(_ field: String) -> UInt16? { self[field].int.flatMap { UInt16(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil } }
}
