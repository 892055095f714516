// Cluster IPs and node ports.

import API
import APIMachinery
import Client
import Formats

/// The addresses that a cluster's Services are given.
public struct ServiceRange: Sendable {
  let network: UInt32
  let size: UInt32
  /// `10.0.0.0/16`
  let text: String
  /// Where those are that a Service is given which names none.
  let given: Range<UInt32>

  init(_ network: UInt32, bits: UInt32, given: Range<UInt32>? = nil) {
    self.network = network
    size = 1 << (32 - bits)
    text = "\(ServiceAddresses.text(network))/\(bits)"
    self.given = given ?? network..<network + size
  }

  /// Addresses that nobody listens on.
  public static let simulated = ServiceRange(10 << 24, bits: 16)
  /// Loopback addresses: 127.96.0.0/12.
  public static let loopback = ServiceRange(127 << 24 | 96 << 16, bits: 12)

  /// Loopback addresses as well, those that are given from one part of 256 only: each of several clusters has another.
  public static func loopback(part: UInt32) -> ServiceRange {
    let all = loopback
    let size = all.size / 256
    let start = all.network + part % 256 * size
    return ServiceRange(all.network, bits: 12, given: start..<start + size)
  }

  /// The `kubernetes` Service's.
  var first: String { ServiceAddresses.text(given.lowerBound + 1) }
}

/// Which cluster IPs and node ports are taken, and by what rules a Service gets its own.
final class ServiceAddresses {
  static let ports: ClosedRange<Int64> = 30000...32767

  let range: ServiceRange
  private var takenAddresses: Set<UInt32> = []
  private var takenPorts: Set<Int64> = []
  private var epoch = -1

  init(_ range: ServiceRange) { self.range = range }

  /// Gives a Service what it needs and has not got, and takes over what it had.
  func assign(_ service: inout Value, replacing old: Value?, _ store: Store, _ dice: Dice) throws(Status) {
    if epoch != store.epoch { learn(store) }
    let name = service.name
    ServiceAddresses.normalize(&service, old)
    if let old { ServiceAddresses.carryOver(&service, old) }
    try families(&service)
    var fresh: (addresses: [UInt32], ports: [Int64]) = ([], [])
    do {
      try assignAddress(&service, old, dice, &fresh.addresses)
      try assignPorts(&service, old, dice, &fresh.ports)
    } catch {
      for address in fresh.addresses { takenAddresses.remove(address) }
      for port in fresh.ports { takenPorts.remove(port) }
      throw .invalid(Kinds.service, name, [error.problem])
    }
  }

  /// Gives back what a Service held.
  func release(_ service: Value) {
    for address in ServiceAddresses.addresses(service) { takenAddresses.remove(address) }
    for port in ServiceAddresses.nodePorts(service) { takenPorts.remove(port) }
  }

  /// Gives back what a changed Service holds no more.
  func release(_ old: Value, keeping new: Value) {
    let addresses = ServiceAddresses.addresses(new)
    for address in ServiceAddresses.addresses(old) where !addresses.contains(address) { takenAddresses.remove(address) }
    let ports = ServiceAddresses.nodePorts(new)
    for port in ServiceAddresses.nodePorts(old) where !ports.contains(port) { takenPorts.remove(port) }
  }

  private func learn(_ store: Store) {
    epoch = store.epoch
    takenAddresses = []
    takenPorts = []
    for service in store.list(Kinds.service, namespace: nil) {
      takenAddresses.formUnion(ServiceAddresses.addresses(service))
      takenPorts.formUnion(ServiceAddresses.nodePorts(service))
    }
  }

  private static func addresses(_ service: Value) -> [UInt32] { service["spec"]["clusterIPs"].items.compactMap { parse($0.text) } }

  private static func nodePorts(_ service: Value) -> [Int64] {
    var ports = service["spec"]["ports"].items.compactMap { $0["nodePort"].int }
    if let port = service["spec"]["healthCheckNodePort"].int { ports.append(port) }
    return ports.filter { $0 != 0 }
  }

  /// Why an address or a port can't be had.
  private struct Refusal: Error {
    let problem: FieldError
    init(_ problem: FieldError) { self.problem = problem }
  }

  // MARK: Before anything is assigned

  private static func type(_ service: Value) -> String { service["spec"]["type"].string ?? "ClusterIP" }
  private static func wantsAddress(_ service: Value) -> Bool { type(service) != "ExternalName" }
  private static func isHeadless(_ service: Value) -> Bool {
    service["spec"]["clusterIPs"][0].text == "None" || service["spec"]["clusterIP"].text == "None"
  }
  private static func wantsPorts(_ service: Value) -> Bool {
    switch type(service) {
    case "NodePort": true
    case "LoadBalancer": service["spec"]["allocateLoadBalancerNodePorts"].bool ?? true
    default: false
    }
  }

  /// Keeps `clusterIP` and `clusterIPs[0]` one.
  private static func normalize(_ service: inout Value, _ old: Value?) {
    let one = service["spec"]["clusterIP"].text
    let all = service["spec"]["clusterIPs"].items
    guard let old else {
      if !one.isEmpty, all.isEmpty { service["spec", "clusterIPs"] = [.string(one)] }
      return
    }
    let oldOne = old["spec"]["clusterIP"].text
    let oldAll = old["spec"]["clusterIPs"].items
    if oldOne.isEmpty, !one.isEmpty, all.isEmpty {
      service["spec", "clusterIPs"] = [.string(one)]
    } else if one != oldOne, all == oldAll {
      if one.isEmpty {
        service["spec"].remove("clusterIPs")
      } else {
        service["spec", "clusterIPs"] = .array([.string(one)] + all.dropFirst())
      }
    }
  }

  /// What an update leaves out stays; what the new type has no use for goes.
  private static func carryOver(_ service: inout Value, _ old: Value) {
    let was = type(old)
    let type = type(service)
    if wantsAddress(old), wantsAddress(service) {
      if service["spec"]["clusterIP"].text.isEmpty, service["spec"]["clusterIPs"].items.isEmpty {
        service["spec", "clusterIP"] = old["spec"]["clusterIP"]
        service["spec", "clusterIPs"] = old["spec"]["clusterIPs"]
      }
      for field in ["ipFamilies", "ipFamilyPolicy"] where service["spec"][field].isNull && !old["spec"][field].isNull {
        service["spec", field] = old["spec"][field]
      }
    }
    if wantsPorts(old), wantsPorts(service) {
      var ports = service["spec"]["ports"].items
      let before = old["spec"]["ports"].items
      let claimed = Set(ports.compactMap { $0["nodePort"].int })
      for i in ports.indices where (ports[i]["nodePort"].int ?? 0) == 0 {
        let match = before.first { $0["port"] == ports[i]["port"] && protocolName($0) == protocolName(ports[i]) }
        if let port = match?["nodePort"].int, port != 0, !claimed.contains(port) { ports[i]["nodePort"] = .int(port) }
      }
      service["spec", "ports"] = .array(ports)
    }
    if let port = old["spec"]["healthCheckNodePort"].int, wantsHealthPort(service), wantsHealthPort(old),
      service["spec"]["healthCheckNodePort"].isNull
    {
      service["spec", "healthCheckNodePort"] = .int(port)
    }
    guard was != type else { return }
    if wantsAddress(old), !wantsAddress(service) {
      for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"]
      where service["spec"][field] == old["spec"][field] { service["spec"].remove(field) }
    }
    if was == "NodePort" || was == "LoadBalancer", type != "NodePort", type != "LoadBalancer" {
      var ports = service["spec"]["ports"].items
      let before = old["spec"]["ports"].items.compactMap { $0["nodePort"].int }
      for i in ports.indices { if let port = ports[i]["nodePort"].int, before.contains(port) { ports[i].remove("nodePort") } }
      if !ports.isEmpty { service["spec", "ports"] = .array(ports) }
      if service["spec"]["externalTrafficPolicy"] == old["spec"]["externalTrafficPolicy"] {
        service["spec"].remove("externalTrafficPolicy")
      }
    }
    if was == "LoadBalancer", type != "LoadBalancer" {
      for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass", "healthCheckNodePort"]
      where service["spec"][field] == old["spec"][field] { service["spec"].remove(field) }
    }
    if was == "ExternalName", service["spec"]["externalName"] == old["spec"]["externalName"] { service["spec"].remove("externalName") }
  }

  private static func protocolName(_ port: Value) -> String { port["protocol"].string ?? "TCP" }
  private static func wantsHealthPort(_ service: Value) -> Bool {
    type(service) == "LoadBalancer" && service["spec"]["externalTrafficPolicy"].text == "Local"
  }

  /// This cluster speaks IPv4.
  private func families(_ service: inout Value) throws(Status) {
    guard ServiceAddresses.wantsAddress(service) else { return }
    let given = service["spec"]["ipFamilies"].items
    let policy = service["spec"]["ipFamilyPolicy"].string
    let selectorless = ServiceAddresses.isHeadless(service) && service["spec"]["selector"].members.isEmpty
    if selectorless {
      if policy == nil { service["spec", "ipFamilyPolicy"] = given.count < 2 && !given.isEmpty ? "SingleStack" : "RequireDualStack" }
      if given.isEmpty { service["spec", "ipFamilies"] = policy == "SingleStack" ? ["IPv4"] : ["IPv4", "IPv6"] }
      return
    }
    var errors: [FieldError] = []
    if policy == "RequireDualStack" {
      errors.append(.invalid("spec.ipFamilyPolicy", .string("RequireDualStack"), "this cluster is not configured for dual-stack services"))
    }
    for (i, family) in given.enumerated() where family.text != "IPv4" {
      errors.append(.invalid("spec.ipFamilies[\(i)]", family, "not configured on this cluster"))
    }
    if !errors.isEmpty { throw .invalid(Kinds.service, service.name, errors) }
    if policy == nil { service["spec", "ipFamilyPolicy"] = "SingleStack" }
    if given.isEmpty { service["spec", "ipFamilies"] = ["IPv4"] }
  }

  // MARK: Assigning

  private func assignAddress(_ service: inout Value, _ old: Value?, _ dice: Dice, _ fresh: inout [UInt32]) throws(Refusal) {
    guard ServiceAddresses.wantsAddress(service), !ServiceAddresses.isHeadless(service) else { return }
    let held = old.map(ServiceAddresses.addresses) ?? []
    if let wanted = service["spec"]["clusterIPs"][0].string, !wanted.isEmpty {
      func refused(_ why: String) -> Refusal {
        Refusal(.invalid("spec.clusterIPs", shown: "[]string{\(JSON.quoted(wanted))}", "failed to allocate IP \(wanted): \(why)"))
      }
      // What is no address at all is validation's to say.
      guard let address = ServiceAddresses.parse(wanted), !held.contains(address) else { return }
      guard address > range.network, address < range.network + range.size - 1 else {
        throw refused("the provided IP (\(wanted)) is not in the valid range. The range of valid IPs is \(range.text)")
      }
      // One that may not change is validation's to say, too.
      if let old, ServiceAddresses.wantsAddress(old), !held.isEmpty { return }
      guard takenAddresses.insert(address).inserted else { throw refused("provided IP is already allocated") }
      fresh.append(address)
      return
    }
    // The lowest 256 are kept for those who ask for one.
    let low: UInt32 = 257
    let network = range.given.lowerBound
    let count = UInt32(range.given.count) - 1 - low
    let start = UInt32(truncatingIfNeeded: dice.random.below(Int(count)))
    for i in 0..<count {
      let address = network + low + (start + i) % count
      if takenAddresses.insert(address).inserted { return set(&service, address, &fresh) }
    }
    for i in 1..<low where takenAddresses.insert(network + i).inserted {
      return set(&service, network + i, &fresh)
    }
    throw Refusal(.invalid("spec.clusterIPs", shown: "[]string(nil)", "failed to allocate a serviceIP: range is full"))
  }

  private func set(_ service: inout Value, _ address: UInt32, _ fresh: inout [UInt32]) {
    fresh.append(address)
    let text = Value.string(ServiceAddresses.text(address))
    service["spec", "clusterIP"] = text
    service["spec", "clusterIPs"] = [text]
  }

  private func assignPorts(_ service: inout Value, _ old: Value?, _ dice: Dice, _ fresh: inout [Int64]) throws(Refusal) {
    let held = Set(old.map(ServiceAddresses.nodePorts) ?? [])
    let type = ServiceAddresses.type(service)
    if type == "NodePort" || type == "LoadBalancer" {
      let allocates = ServiceAddresses.wantsPorts(service)
      var ports = service["spec"]["ports"].items
      // TCP and UDP on one port share its node port.
      var mine: [(port: Int64, protocol: String, nodePort: Int64)] = []
      for i in ports.indices {
        let port = ports[i]["port"].int ?? 0
        let name = ServiceAddresses.protocolName(ports[i])
        var nodePort = ports[i]["nodePort"].int ?? 0
        if nodePort == 0 {
          guard allocates else { continue }
          if let shared = mine.first(where: { $0.port == port && $0.protocol != name }),
            !mine.contains(where: { $0.nodePort == shared.nodePort && $0.protocol == name })
          {
            nodePort = shared.nodePort
          } else {
            nodePort = try nextPort(dice, "spec.ports[\(i)].nodePort", &fresh)
          }
          ports[i]["nodePort"] = .int(nodePort)
        } else if !held.contains(nodePort), !mine.contains(where: { $0.nodePort == nodePort && $0.protocol != name }) {
          try claim(nodePort, "spec.ports[\(i)].nodePort", &fresh)
        }
        mine.append((port, name, nodePort))
      }
      if !ports.isEmpty { service["spec", "ports"] = .array(ports) }
    }
    if ServiceAddresses.wantsHealthPort(service) {
      let port = service["spec"]["healthCheckNodePort"].int ?? 0
      if port == 0 {
        service["spec", "healthCheckNodePort"] = .int(try nextPort(dice, "spec.healthCheckNodePort", &fresh))
      } else if !held.contains(port) {
        try claim(port, "spec.healthCheckNodePort", &fresh)
      }
    }
  }

  private func claim(_ port: Int64, _ field: String, _ fresh: inout [Int64]) throws(Refusal) {
    guard ServiceAddresses.ports.contains(port) else {
      throw Refusal(.invalid(field, .int(port), "provided port is not in the valid range. The range of valid ports is 30000-32767"))
    }
    guard takenPorts.insert(port).inserted else { throw Refusal(.invalid(field, .int(port), "provided port is already allocated")) }
    fresh.append(port)
  }

  private func nextPort(_ dice: Dice, _ field: String, _ fresh: inout [Int64]) throws(Refusal) -> Int64 {
    // The lowest 86 are kept for those who ask for one.
    let low = ServiceAddresses.ports.lowerBound + 86
    let count = ServiceAddresses.ports.upperBound - low + 1
    let start = Int64(dice.random.below(Int(count)))
    for i in 0..<count {
      let port = low + (start + i) % count
      if takenPorts.insert(port).inserted {
        fresh.append(port)
        return port
      }
    }
    for port in ServiceAddresses.ports.lowerBound..<low where takenPorts.insert(port).inserted {
      fresh.append(port)
      return port
    }
    throw Refusal(FieldError(.internalError, field, text: "Internal error: failed to allocate a nodePort: range is full"))
  }

  static func parse(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      guard let byte = UInt8(part), part.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
      address = address << 8 | UInt32(byte)
    }
    return address
  }

  static func text(_ address: UInt32) -> String {
    "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
  }
}

extension APIServer {
  /// Gives back what an object held besides itself.
  func release(_ object: Value, _ kind: Kind) {
    if kind == Kinds.service { addresses.release(object) }
  }

  /// Gives back what a changed object holds no more.
  func releaseDropped(_ old: Value, _ new: Value, _ kind: Kind) {
    if kind == Kinds.service { addresses.release(old, keeping: new) }
  }
}
