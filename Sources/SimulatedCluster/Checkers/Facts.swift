import APIMachinery
import Formats

// What Kubernetes' words mean, read from objects alone: written apart from the code that is held to it.

/// Plain readings of pods, workloads and conditions.
enum Facts {
  static func conditions(_ status: Value) -> [Value] { status["conditions"].items }
  static func condition(_ object: Value, _ type: String) -> Value? {
    object["status"]["conditions"].items.first { $0["type"] == .string(type) }
  }

  /// Neither ended nor on its way out: what counts as one of a ReplicaSet's replicas.
  static func isActive(_ pod: Value) -> Bool { !isOver(pod) && !pod.isBeingDeleted }
  static func isOver(_ pod: Value) -> Bool {
    let phase = pod["status"]["phase"]
    return phase == "Succeeded" || phase == "Failed"
  }
  static func isReady(_ pod: Value) -> Bool { condition(pod, "Ready")?["status"] == "True" }

  /// Ready for as long as minReadySeconds asks; times are told in whole seconds.
  static func isAvailable(_ pod: Value, minReady: Int64, at now: Instant) -> Bool {
    guard let ready = condition(pod, "Ready"), ready["status"] == "True" else { return false }
    if minReady == 0 { return true }
    guard let since = ready["lastTransitionTime"].string.flatMap(Instant.init(rfc3339:)) else { return false }
    return since + .seconds(minReady) < now
  }

  static func replicas(_ workload: Value) -> Int64 { workload["spec"]["replicas"].int ?? 1 }
  static func minReady(_ workload: Value) -> Int64 { workload["spec"]["minReadySeconds"].int ?? 0 }
  static func isRolling(_ deployment: Value) -> Bool { deployment["spec"]["strategy"]["type"] == "RollingUpdate" }

  /// A status without its conditions.
  static func counts(_ status: Value) -> Value {
    var counts = status
    counts.remove("conditions")
    return counts
  }

  /// How many more pods than asked for, and how many fewer available ones, a rolling update may have.
  static func bounds(_ deployment: Value) -> (surge: Int64, unavailable: Int64) {
    let rolling = deployment["spec"]["strategy"]["rollingUpdate"]
    let replicas = replicas(deployment)
    let surge = amount(rolling["maxSurge"], of: replicas, up: true)
    var unavailable = amount(rolling["maxUnavailable"], of: replicas, up: false)
    if surge == 0, unavailable == 0 { unavailable = 1 }
    return (surge, min(unavailable, replicas))
  }

  private static func amount(_ value: Value, of total: Int64, up: Bool) -> Int64 {
    if let number = value.int { return number }
    guard let percent = Int64(value.text.dropLast()) else { return 0 }
    return (total * percent + (up ? 99 : 0)) / 100
  }

  /// Whether a selector of `matchLabels` and `matchExpressions` takes these labels.
  static func matches(_ selector: Value, _ labels: Members) -> Bool {
    for member in selector["matchLabels"].members where labels[member.key] != member.value { return false }
    return selector["matchExpressions"].items.allSatisfy { takes($0, labels) }
  }

  static func takes(_ expression: Value, _ labels: Members) -> Bool {
    let value = labels[expression["key"].text]
    switch expression["operator"].text {
    case "In": return value.map { expression["values"].items.contains($0) } ?? false
    case "NotIn": return value.map { !expression["values"].items.contains($0) } ?? true
    case "Exists": return value != nil
    default: return value == nil
    }
  }

  /// A pod's template as it was before a ReplicaSet was made of it.
  static func plainTemplate(_ template: Value) -> Value {
    var plain = template
    var labels = plain["metadata"]["labels"].members
    labels["pod-template-hash"] = nil
    plain["metadata", "labels"] = .object(labels)
    return plain
  }
}
