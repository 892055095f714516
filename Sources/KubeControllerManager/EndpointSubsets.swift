import APIMachinery
import Formats

// What an Endpoints object says of a Service's pods.

enum EndpointSubsets {
  /// More addresses than this are cut off.
  static let capacity = 1000

  private struct Address {
    let ip: String
    let uid: String
    let isReady: Bool
    let value: Value
  }

  /// The `subsets` of a Service with these pods, and whether some were cut off.
  static func of(_ service: Value, _ pods: [Value]) -> (subsets: [Value], isOverCapacity: Bool) {
    let publishesAll = service["spec"]["publishNotReadyAddresses"].bool == true
    let family = service["spec"]["ipFamilies"][0].string ?? "IPv4"
    let hasPorts = !service["spec"]["ports"].items.isEmpty
    // Ports (nil: a headless Service without any), each with its addresses.
    var ports: [EndpointPort?] = []
    var addresses: [[Address]] = []
    var places: [EndpointPort?: Int] = [:]
    for pod in pods where pod.canHaveEndpoint(includingTerminating: publishesAll) {
      guard let address = address(pod, service, family, publishesAll) else { continue }
      if !hasPorts, !service.isHeadlessService { continue }
      for port in hasPorts ? EndpointPort.of(service, pod).map(Optional.some) : [nil] {
        let place = places[port] ?? ports.count
        if place == ports.count {
          places[port] = place
          ports.append(port)
          addresses.append([])
        }
        addresses[place].append(address)
      }
    }
    var subsets = pack(ports, addresses)
    let isOver = truncate(&subsets)
    return (subsets, isOver)
  }

  private static func address(_ pod: Value, _ service: Value, _ family: String, _ publishesAll: Bool) -> Address? {
    guard let ip = pod.podIP(family: family) else { return nil }
    var value: Value = ["ip": .string(ip), "targetRef": pod.targetReference]
    let node = pod["spec"]["nodeName"].text
    if !node.isEmpty { value["nodeName"] = .string(node) }
    if let hostname = pod.hostname(within: service) { value["hostname"] = .string(hostname) }
    return Address(ip: ip, uid: pod.uid, isReady: publishesAll || pod.isReadyPod, value: value)
  }

  /// Ports with the same addresses share a subset: endpoints.RepackSubsets.
  private static func pack(_ ports: [EndpointPort?], _ addresses: [[Address]]) -> [Value] {
    var groups: [(addresses: [Address], key: [String], ports: [EndpointPort])] = []
    for (port, list) in zip(ports, addresses) {
      let sorted = list.sorted { $0.ip != $1.ip ? Members.precedes($0.ip, $1.ip) : Members.precedes($0.uid, $1.uid) }
      let key = sorted.map { "\($0.ip) \($0.uid) \($0.isReady)" }
      if let at = groups.firstIndex(where: { $0.key == key }) {
        if let port { groups[at].ports.append(port) }
      } else {
        groups.append((sorted, key, port.map { [$0] } ?? []))
      }
    }
    return groups.map { group in
      var subset: Value = [:]
      let ready = group.addresses.filter(\.isReady).map(\.value)
      let notReady = group.addresses.filter { !$0.isReady }.map(\.value)
      if !ready.isEmpty { subset["addresses"] = .array(ready) }
      if !notReady.isEmpty { subset["notReadyAddresses"] = .array(notReady) }
      if !group.ports.isEmpty {
        subset["ports"] = .array(EndpointPort.ordered(group.ports, by: \.endpointsHash).map(\.endpointsValue))
      }
      return subset
    }
  }

  /// Cuts to the capacity, each subset by its part, not-ready addresses first.
  private static func truncate(_ subsets: inout [Value]) -> Bool {
    let ready = subsets.reduce(0) { $0 + $1["addresses"].items.count }
    let notReady = subsets.reduce(0) { $0 + $1["notReadyAddresses"].items.count }
    guard ready + notReady > capacity else { return false }
    let keptReady = min(ready, capacity)
    let keptNotReady = capacity - keptReady
    cut(&subsets, "addresses", from: ready, to: keptReady)
    cut(&subsets, "notReadyAddresses", from: notReady, to: keptNotReady)
    subsets.removeAll { $0["addresses"].items.isEmpty && $0["notReadyAddresses"].items.isEmpty }
    return true
  }

  private static func cut(_ subsets: inout [Value], _ field: String, from total: Int, to kept: Int) {
    guard total > kept else { return }
    var left = kept
    for i in subsets.indices {
      let items = subsets[i][field].items
      let share = i == subsets.count - 1 ? left : min(left, Int((Double(items.count) * Double(kept) / Double(total)).rounded(.up)))
      let cut = Array(items.prefix(share))
      left -= cut.count
      if cut.isEmpty { subsets[i].remove(field) } else { subsets[i][field] = .array(cut) }
    }
  }
}
