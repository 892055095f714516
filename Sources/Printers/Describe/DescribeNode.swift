import APIMachinery
import Formats

// A node: what it is, what it holds, what is left.

extension DescribeText {
  mutating func node(_ node: Value, lease: Value, pods: [Value]) {
    let spec = node["spec"]
    let status = node["status"]
    line(0, "Name:\t\(node.name)")
    line(0, "Roles:\t\(orNone(DescribeText.roles(of: node).joined(separator: ",")))")
    labels("Labels", node.labels)
    annotations("Annotations", node.annotations)
    line(0, "CreationTimestamp:\t\(DescribeText.date(node["metadata", "creationTimestamp"]))")
    list(
      "Taints",
      spec["taints"].items.map { taint in
        let value = taint["value"].text
        return taint["key"].text + (value.isEmpty ? "" : "=\(value)") + ":" + taint["effect"].text
      })
    line(0, "Unschedulable:\t\(spec["unschedulable"].bool == true)")
    line(0, "Lease:")
    line(1, "HolderIdentity:\t\(lease["spec", "holderIdentity"].string ?? "<unset>")")
    for (title, key) in [("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")] {
      line(1, "\(title):\t\(lease["spec", key].isNull ? "<unset>" : DescribeText.date(lease["spec", key]))")
    }
    let conditions = status["conditions"].items
    if !conditions.isEmpty {
      line(0, "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage")
      line(1, "----\t------\t-----------------\t------------------\t------\t-------")
      for condition in conditions {
        line(
          1,
          "\(condition["type"].text) \t\(condition["status"].text) \t\(DescribeText.date(condition["lastHeartbeatTime"])) \t"
            + "\(DescribeText.date(condition["lastTransitionTime"])) \t\(condition["reason"].text) \t\(condition["message"].text)")
      }
    }
    line(0, "Addresses:")
    for address in status["addresses"].items { line(1, "\(address["type"].text):\t\(address["address"].text)") }
    for (title, key) in [("Capacity", "capacity"), ("Allocatable", "allocatable")] where !status[key].members.isEmpty {
      line(0, "\(title):")
      for resource in status[key].members { line(1, "\(resource.key):\t\(resource.value.goValue)") }
    }
    systemInfo(status["nodeInfo"])
    if let cidr = spec["podCIDR"].string, !cidr.isEmpty { line(0, "PodCIDR:\t\(cidr)") }
    if !spec["podCIDRs"].items.isEmpty { line(0, "PodCIDRs:\t\(DescribeText.joined(spec["podCIDRs"]))") }
    if let provider = spec["providerID"].string, !provider.isEmpty { line(0, "ProviderID:\t\(provider)") }
    let allocatable = status["allocatable"].members.isEmpty ? status["capacity"] : status["allocatable"]
    occupancy(pods.filter { $0["status", "phase"].text != "Succeeded" && $0["status", "phase"].text != "Failed" }, of: allocatable)
  }

  static func roles(of node: Value) -> [String] {
    var roles: [String] = []
    for label in node.labels {
      let prefix = "node-role.kubernetes.io/"
      if label.key.hasPrefix(prefix), label.key.utf8.count > prefix.utf8.count {
        roles.append(String(label.key.dropFirst(prefix.count)))
      } else if label.key == "kubernetes.io/role", !label.value.text.isEmpty {
        roles.append(label.value.text)
      }
    }
    return roles.sorted(by: Members.precedes)
  }

  private mutating func systemInfo(_ info: Value) {
    line(0, "System Info:")
    for (title, key) in [
      ("Machine ID", "machineID"), ("System UUID", "systemUUID"), ("Boot ID", "bootID"), ("Kernel Version", "kernelVersion"),
      ("OS Image", "osImage"), ("Operating System", "operatingSystem"), ("Architecture", "architecture"),
      ("Container Runtime Version", "containerRuntimeVersion"), ("Kubelet Version", "kubeletVersion"),
      ("Kube-Proxy Version", "kubeProxyVersion"),
    ] { line(1, "\(title):\t\(info[key].text)") }
  }

  private mutating func occupancy(_ pods: [Value], of allocatable: Value) {
    func percent(_ part: Quantity, _ resource: String) -> Int64 {
      let whole = (try? Quantity(allocatable[resource].isNull ? "0" : allocatable[resource].goValue)) ?? .zero
      let (p, w) = resource == "cpu" ? (part.milliValue, whole.milliValue) : (part.value, whole.value)
      return w == 0 ? 0 : Int64(Double(p) / Double(w) * 100)
    }
    func cell(_ part: Quantity, _ resource: String) -> String { "\(part) (\(percent(part, resource))%)" }

    line(0, "Non-terminated Pods:\t(\(pods.count) in total)")
    line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge")
    line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---")
    var total = PodResources()
    for pod in pods {
      let own = PodResources(pod["spec"])
      let cells = ["cpu", "memory"].flatMap { [cell(own.requests[$0], $0), cell(own.limits[$0], $0)] }
      line(1, "\(pod.namespace)\t\(pod.name)\t\t\(cells.joined(separator: "\t"))\t\(since(pod["metadata", "creationTimestamp"]))")
      total.add(own)
    }
    line(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)")
    line(1, "Resource\tRequests\tLimits")
    line(1, "--------\t--------\t------")
    for resource in ["cpu", "memory", "ephemeral-storage"] {
      line(1, "\(resource)\t\(cell(total.requests[resource], resource))\t\(cell(total.limits[resource], resource))")
    }
    for resource in allocatable.members.keys where resource.hasPrefix("hugepages-") {
      line(1, "\(resource)\t\(cell(total.requests[resource], resource))\t\(cell(total.limits[resource], resource))")
    }
    for resource in allocatable.members.keys where resource.utf8.contains(47) {
      line(1, "\(resource)\t\(total.requests[resource])\t\(total.limits[resource])")
    }
  }
}

/// What a pod asks for and may use at most: its containers' sums, or its largest init container's where that is more, and its overhead.
struct PodResources {
  struct Amounts {
    private var list: [(name: String, amount: Quantity)] = []

    subscript(name: String) -> Quantity { list.first { $0.name == name }?.amount ?? .zero }

    mutating func change(_ name: String, _ body: (Quantity) -> Quantity) {
      if let i = list.firstIndex(where: { $0.name == name }) {
        list[i].amount = body(list[i].amount)
      } else {
        list.append((name, body(.zero)))
      }
    }
    mutating func add(_ other: Amounts) { for (name, amount) in other.list { change(name) { $0 + amount } } }
  }

  var requests = Amounts()
  var limits = Amounts()

  init() {}

  init(_ spec: Value) {
    for (key, path) in [("requests", \PodResources.requests), ("limits", \PodResources.limits)] {
      var sum = Amounts()
      for container in spec["containers"].items {
        for resource in container["resources", key].members {
          guard let amount = try? Quantity(resource.value.goValue) else { continue }
          sum.change(resource.key) { $0 + amount }
        }
      }
      for container in spec["initContainers"].items {
        for resource in container["resources", key].members {
          guard let amount = try? Quantity(resource.value.goValue) else { continue }
          sum.change(resource.key) { $0 < amount ? amount : $0 }
        }
      }
      for resource in spec["overhead"].members {
        guard let amount = try? Quantity(resource.value.goValue) else { continue }
        if key == "requests" || sum[resource.key] != .zero { sum.change(resource.key) { $0 + amount } }
      }
      self[keyPath: path] = sum
    }
  }

  mutating func add(_ other: PodResources) {
    requests.add(other.requests)
    limits.add(other.limits)
  }
}
