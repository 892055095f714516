import API
import APIMachinery
import Client
import Formats

// Whether a node's kubelet takes a pod that was bound to it by hand.

/// What the scheduler would have judged, judged again for pods that never met it.
struct PodAdmission {
  struct Rejection: Equatable {
    let reason: String
    let message: String
  }

  let lister: any Lister

  init(_ lister: any Lister) { self.lister = lister }

  /// Why the node refuses the pod; nil: it takes it.
  func rejection(of pod: Value, node name: String) -> Rejection? {
    // The scheduler's binding says so in a condition; it has judged all this.
    let scheduled = pod["status"]["conditions"].items.contains { $0["type"].text == "PodScheduled" && $0["status"].text == "True" }
    if scheduled { return nil }
    guard let node = lister.get(ObjectKey(Kinds.node, "", name)) else { return nil }
    if !PodAdmission.selects(pod["spec"], node) {
      return Rejection(reason: "NodeAffinity", message: "Predicate NodeAffinity failed")
    }
    let others = lister.pods(onNode: name).filter {
      let phase = $0["status"]["phase"].text
      return $0.uid != pod.uid && phase != "Failed" && phase != "Succeeded"
    }
    let ports = PodAdmission.hostPorts(pod)
    if !ports.isEmpty,
      others.contains(where: { PodAdmission.hostPorts($0).contains { mine in ports.contains { $0.conflicts(with: mine) } } })
    {
      return Rejection(reason: "NodePorts", message: "Predicate NodePorts failed")
    }
    return shortage(pod, node, others)
  }

  private func shortage(_ pod: Value, _ node: Value, _ others: [Value]) -> Rejection? {
    let allocatable = node["status"]["allocatable"]
    let room = PodAdmission.quantity(allocatable["pods"]).value
    if Int64(others.count) + 1 > room {
      return PodAdmission.out(of: "pods", requested: 1, used: Int64(others.count), capacity: room)
    }
    for resource in PodAdmission.requests(pod["spec"]) where resource.amount.sign > 0 {
      let fine = resource.name == "cpu"
      func number(_ quantity: Quantity) -> Int64 { fine ? quantity.milliValue : quantity.value }
      var used = Quantity.zero
      for other in others { used += PodAdmission.requests(other["spec"]).first { $0.name == resource.name }?.amount ?? .zero }
      let capacity = PodAdmission.quantity(allocatable[resource.name])
      if capacity < used + resource.amount {
        return PodAdmission.out(of: resource.name, requested: number(resource.amount), used: number(used), capacity: number(capacity))
      }
    }
    return nil
  }

  private static func out(of resource: String, requested: Int64, used: Int64, capacity: Int64) -> Rejection {
    Rejection(
      reason: "OutOf\(resource)",
      message: "Node didn't have enough resource: \(resource), requested: \(requested), used: \(used), capacity: \(capacity)")
  }

  static func quantity(_ value: Value) -> Quantity {
    switch value {
    case .string(let text): (try? Quantity(text)) ?? .zero
    case .int(let number): Quantity(number)
    case .number(let text): (try? Quantity(text)) ?? .zero
    default: .zero
    }
  }

  /// What a pod asks for: the sum of its containers, or its largest init container, and its overhead; by name.
  static func requests(_ spec: Value) -> [(name: String, amount: Quantity)] {
    var sums: [(name: String, amount: Quantity)] = []
    func at(_ name: String) -> Int {
      if let i = sums.firstIndex(where: { $0.name == name }) { return i }
      sums.append((name, .zero))
      return sums.count - 1
    }
    for container in spec["containers"].items {
      for request in container["resources"]["requests"].members { sums[at(request.key)].amount += quantity(request.value) }
    }
    for container in spec["initContainers"].items {
      for request in container["resources"]["requests"].members {
        let amount = quantity(request.value)
        let i = at(request.key)
        if sums[i].amount < amount { sums[i].amount = amount }
      }
    }
    for extra in spec["overhead"].members { sums[at(extra.key)].amount += quantity(extra.value) }
    return sums.sorted { Members.precedes($0.name, $1.name) }
  }

  struct HostPort: Equatable {
    let ip: String
    let proto: String
    let port: Int64

    func conflicts(with other: HostPort) -> Bool {
      guard port == other.port, proto == other.proto else { return false }
      return ip == other.ip || ip == "0.0.0.0" || other.ip == "0.0.0.0"
    }
  }

  static func hostPorts(_ pod: Value) -> [HostPort] {
    var out: [HostPort] = []
    for container in pod["spec"]["containers"].items {
      for port in container["ports"].items {
        guard let number = port["hostPort"].int, number > 0 else { continue }
        let ip = port["hostIP"].text
        out.append(HostPort(ip: ip.isEmpty ? "0.0.0.0" : ip, proto: port["protocol"].string ?? "TCP", port: number))
      }
    }
    return out
  }

  /// Whether a pod's node selector and required node affinity take the node.
  static func selects(_ spec: Value, _ node: Value) -> Bool {
    let labels = node.labels
    for wanted in spec["nodeSelector"].members where labels[wanted.key] != wanted.value { return false }
    let required = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    guard required.object != nil else { return true }
    return required["nodeSelectorTerms"].items.contains { term in
      let expressions = term["matchExpressions"].items
      let fields = term["matchFields"].items
      if expressions.isEmpty, fields.isEmpty { return false }
      guard let byLabel = try? Selector(nodeExpressions: expressions), let byField = try? Selector(nodeExpressions: fields) else {
        return false
      }
      let names = Members(sorted: [.init("metadata.name", .string(node.name))])
      return (expressions.isEmpty || byLabel.matches(labels)) && (fields.isEmpty || byField.matches(names))
    }
  }
}
