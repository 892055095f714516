import API
import APIMachinery
import Client
import Formats

// Whether a pod may be where it is.

/// Holds every binding against what the node could take at that moment.
enum PlacementChecker {
  static func check(_ sight: Sight, _ picture: Picture) throws(Violation) {
    guard sight.kind == Kinds.pod, sight.verb == .modified, let old = sight.old else { return }
    let node = sight.new["spec"]["nodeName"].text
    guard !node.isEmpty, old["spec"]["nodeName"].text.isEmpty else { return }
    let pod = Shelf.key(sight.new)
    guard let found = picture.nodes["/\(node)"] else { throw Violation("pod \(pod) was bound to node \(node), which there is not") }
    if let why = obstacle(sight.new, found, picture) { throw Violation("pod \(pod) was bound to node \(node), but \(why)") }
  }

  /// Why a node can't take a pod; nil where it can.
  static func obstacle(_ pod: Value, _ node: Value, _ picture: Picture) -> String? {
    let spec = pod["spec"]
    if let taint = node["spec"]["taints"].items.first(where: { $0["effect"] != "PreferNoSchedule" && !isTolerated($0, spec) }) {
      return "it has the taint \(taint["key"].text):\(taint["effect"].text)"
    }
    let cordon: Value = ["key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"]
    if node["spec"]["unschedulable"] == true, !isTolerated(cordon, spec) { return "it is unschedulable" }
    if !selects(spec, node) { return "its labels are not what the pod asks for" }
    let others = picture.pods(onNode: node.name).filter { !Facts.isOver($0) && $0.uid != pod.uid }
    if let why = shortage(pod, node, others) { return why }
    if let why = portConflict(spec, others) { return why }
    return rivalry(pod, node, picture)
  }

  static func isTolerated(_ taint: Value, _ spec: Value) -> Bool {
    spec["tolerations"].items.contains { toleration in
      let (key, effect) = (toleration["key"].text, toleration["effect"].text)
      if !effect.isEmpty, effect != taint["effect"].text { return false }
      if toleration["operator"] == "Exists" { return key.isEmpty || key == taint["key"].text }
      return key == taint["key"].text && toleration["value"].text == taint["value"].text
    }
  }

  private static func selects(_ spec: Value, _ node: Value) -> Bool {
    for member in spec["nodeSelector"].members where node.labels[member.key] != member.value { return false }
    let terms = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"].items
    if terms.isEmpty { return true }
    return terms.contains { term in term["matchExpressions"].items.allSatisfy { Facts.takes($0, node.labels) } }
  }

  private static func shortage(_ pod: Value, _ node: Value, _ others: [Value]) -> String? {
    let allocatable = node["status"]["allocatable"]
    let most = amount(allocatable["pods"]) / 1000
    if others.count + 1 > most { return "it has \(others.count) pods of \(most)" }
    for resource in ["cpu", "memory"] {
      let mine = request(pod, resource)
      if mine == 0 { continue }
      let taken = others.reduce(0) { $0 + request($1, resource) }
      let all = amount(allocatable[resource])
      if taken + mine > all {
        let names = others.map { "\($0.name) \($0["status"]["phase"].text)\($0.isBeingDeleted ? " terminating" : "")" }
        return "\(taken) of its \(all) thousandths of \(resource) are taken and \(mine) are asked for, beside \(names)"
      }
    }
    return nil
  }

  private static func request(_ pod: Value, _ resource: String) -> Int64 {
    let sum = pod["spec"]["containers"].items.reduce(0) { $0 + amount($1["resources"]["requests"][resource]) }
    return pod["spec"]["initContainers"].items.reduce(sum) { max($0, amount($1["resources"]["requests"][resource])) }
  }

  /// Thousandths.
  private static func amount(_ value: Value) -> Int64 { value.string.flatMap { try? Quantity($0) }?.milliValue ?? 0 }

  private static func portConflict(_ spec: Value, _ others: [Value]) -> String? {
    func ports(_ spec: Value) -> [Int64] {
      spec["containers"].items.flatMap { $0["ports"].items.compactMap { $0["hostPort"].int } }.filter { $0 != 0 }
    }
    let mine = ports(spec)
    if mine.isEmpty { return nil }
    for other in others {
      if let port = ports(other["spec"]).first(where: mine.contains) { return "pod \(other.name) has its port \(port)" }
    }
    return nil
  }

  /// Required anti-affinity, of the pod and of those that are there.
  private static func rivalry(_ pod: Value, _ node: Value, _ picture: Picture) -> String? {
    func terms(_ pod: Value) -> [Value] {
      pod["spec"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"].items
    }
    let mine = terms(pod)
    for other in picture.pods.objects where other.namespace == pod.namespace && other.uid != pod.uid && !Facts.isOver(other) {
      guard let place = picture.nodes["/" + other["spec"]["nodeName"].text] else { continue }
      func near(_ term: Value) -> Bool {
        let key = term["topologyKey"].text
        return node.labels[key] != nil && node.labels[key] == place.labels[key]
      }
      if mine.contains(where: { near($0) && Facts.matches($0["labelSelector"], other.labels) })
        || terms(other).contains(where: { near($0) && Facts.matches($0["labelSelector"], pod.labels) })
      {
        return "pod \(other.name) on node \(place.name) and it keep apart"
      }
    }
    return nil
  }
}
