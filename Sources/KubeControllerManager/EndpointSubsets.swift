import APIMachinery
import Formats

// What an Endpoints object says of a Service's pods.

enum EndpointSubsets {
  /// More addresses than this are cut off.
  static let capacity = 1000

  /// The `subsets` of a Service with these pods, and whether some were cut off.
  static func of(_ service: Value, _ pods: [ServicePod]) -> (subsets: [Value], isOverCapacity: Bool) {
    let publishesAll = service["spec"]["publishNotReadyAddresses"].bool == true
    let hasPorts = !service["spec"]["ports"].items.isEmpty
    if !hasPorts, !service.isHeadlessService { return ([], false) }
    // Ports (nil: a headless Service without any), each with its addresses.
    var ports: [EndpointPort?] = []
    var addresses: [[ServicePod]] = []
    for pod in pods where pod.canHaveEndpoint && (publishesAll || !pod.isTerminating) && !pod.ip.isEmpty {
      for port in hasPorts ? pod.ports.map(Optional.some) : [nil] {
        if let place = ports.firstIndex(of: port) {
          addresses[place].append(pod)
        } else {
          ports.append(port)
          addresses.append([pod])
        }
      }
    }
    var subsets = pack(ports, addresses, publishesAll)
    let isOver = truncate(&subsets)
    return (subsets, isOver)
  }

  /// Ports with the same addresses share a subset: endpoints.RepackSubsets.
  private static func pack(_ ports: [EndpointPort?], _ addresses: [[ServicePod]], _ publishesAll: Bool) -> [Value] {
    var groups: [(pods: [ServicePod], uids: [String], ports: [EndpointPort])] = []
    for (port, list) in zip(ports, addresses) {
      let sorted = list.sorted { $0.ip != $1.ip ? Members.precedes($0.ip, $1.ip) : Members.precedes($0.uid, $1.uid) }
      let uids = ports.count > 1 ? sorted.map(\.uid) : []
      if ports.count > 1, let at = groups.firstIndex(where: { $0.uids == uids }) {
        if let port { groups[at].ports.append(port) }
      } else {
        groups.append((sorted, uids, port.map { [$0] } ?? []))
      }
    }
    return groups.map { group in
      var subset: Value = [:]
      let ready = group.pods.filter { publishesAll || $0.isReady }.map(\.address)
      let notReady = group.pods.filter { !publishesAll && !$0.isReady }.map(\.address)
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
