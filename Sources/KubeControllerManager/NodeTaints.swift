import APIMachinery
import Formats

// Taints: what nodes repel, what pods tolerate.

enum NodeTaints {
  static let notReady = "node.kubernetes.io/not-ready"
  static let unreachable = "node.kubernetes.io/unreachable"
  static let unschedulable = "node.kubernetes.io/unschedulable"
  static let outOfService = "node.kubernetes.io/out-of-service"

  /// Condition, the status that repels, the taint.
  private static let byCondition = [
    ("Ready", "False", notReady), ("Ready", "Unknown", unreachable), ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
    ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"), ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
    ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
  ]

  /// The NoSchedule taints that a node's conditions call for.
  static func wanted(_ node: Value) -> [String] {
    var keys: [String] = []
    for (type, status, key) in byCondition where node.condition(type)?["status"].text == status { keys.append(key) }
    if node["spec"]["unschedulable"].bool == true { keys.append(unschedulable) }
    return keys
  }

  /// Gives a node exactly these of the taints that are managed here; true where that changed it.
  static func set(_ node: inout Value, _ wanted: [String], managed: [String], effect: String, now: Instant) -> Bool {
    let before = node["spec"]["taints"].items
    var taints = before.filter { taint in
      let key = taint["key"].text
      return taint["effect"].text != effect || !managed.contains(key) || wanted.contains(key)
    }
    for key in wanted where !taints.contains(where: { $0["key"].text == key && $0["effect"].text == effect }) {
      taints.append(["effect": .string(effect), "key": .string(key), "timeAdded": .string(now.rfc3339)])
    }
    guard taints != before else { return false }
    if taints.isEmpty { node["spec"].remove("taints") } else { node["spec", "taints"] = .array(taints) }
    return true
  }

  static let managedNoSchedule = byCondition.map(\.2) + [unschedulable]
  static let managedNoExecute = [notReady, unreachable]

  static func noExecute(_ node: Value) -> [Value] { node["spec"]["taints"].items.filter { $0["effect"].text == "NoExecute" } }

  /// Whether a toleration puts up with a taint: v1.Toleration.ToleratesTaint.
  static func tolerates(_ toleration: Value, _ taint: Value) -> Bool {
    let effect = toleration["effect"].text
    if !effect.isEmpty, effect != taint["effect"].text { return false }
    let key = toleration["key"].text
    if !key.isEmpty, key != taint["key"].text { return false }
    switch toleration["operator"].text {
    case "", "Equal": return toleration["value"].text == taint["value"].text
    case "Exists": return true
    default: return false
    }
  }

  enum Stay: Equatable { case none, forever, seconds(Int64) }

  /// How long a pod with these tolerations may stay on a node with these taints.
  static func stay(_ tolerations: [Value], _ taints: [Value]) -> Stay {
    var shortest: Int64?
    for taint in taints {
      guard let toleration = tolerations.first(where: { tolerates($0, taint) }) else { return .none }
      if let seconds = toleration["tolerationSeconds"].int { shortest = min(shortest ?? seconds, max(0, seconds)) }
    }
    return shortest.map { $0 <= 0 ? .none : .seconds($0) } ?? .forever
  }
}
