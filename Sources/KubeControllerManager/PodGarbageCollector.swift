import API
import APIMachinery
import Client
import Formats

// Removes pods that nobody will ever run again: on nodes that are gone, deleted before they had a node, or finished long ago.

/// The pod garbage collector.
final class PodGarbageCollector: Worker {
  let name = "pod-garbage-collector"
  let watches = [Kinds.pod, Kinds.node]

  private let shop: Workshop
  /// How often it looks.
  private static let period = Duration.seconds(20)
  /// How long a node must be gone before its pods are.
  private static let quarantine = Duration.seconds(40)
  /// So many finished pods may stay.
  private static let threshold = 12500
  private static let terminated = "terminated"

  init(_ surroundings: Surroundings) {
    shop = Workshop(surroundings, name: name, component: "pod-garbage-collector")
  }

  func observe(_ change: Change) {
    if change.key.kind == Kinds.node {
      if change.verb == .deleted {
        shop.queue.add("node/\(change.key.name)", after: PodGarbageCollector.quarantine)
      } else if change.new["spec"]["taints"] != change.old?["spec"]["taints"] ?? .null, isOutOfService(change.new) {
        shop.queue.add("out-of-service/\(change.key.name)", after: PodGarbageCollector.period)
      }
      return
    }
    if change.verb == .deleted { return }
    let pod = change.new
    let node = pod["spec"]["nodeName"].text
    if node.isEmpty {
      if pod.isBeingDeleted { shop.queue.add("unscheduled/\(pod.queueKey)", after: PodGarbageCollector.period) }
    } else if change.old?["spec"]["nodeName"].text ?? "" != node, shop.lister.get(ObjectKey(Kinds.node, "", node)) == nil {
      shop.queue.add("node/\(node)", after: PodGarbageCollector.quarantine)
    }
    if pod.isTerminalPod, change.old?.isTerminalPod != true,
      shop.lister.count(Kinds.pod, namespace: nil) > PodGarbageCollector.threshold
    {
      shop.queue.add(PodGarbageCollector.terminated, after: PodGarbageCollector.period)
    }
    if pod.isBeingDeleted, change.old?.isBeingDeleted != true, let object = shop.lister.get(ObjectKey(Kinds.node, "", node)),
      isOutOfService(object)
    {
      shop.queue.add("out-of-service/\(node)", after: PodGarbageCollector.period)
    }
  }

  private func isOutOfService(_ node: Value) -> Bool {
    node["spec"]["taints"].items.contains { $0["key"].text == NodeTaints.outOfService }
  }

  func work(on key: String) {
    shop.attempt(key) { () throws(Status) in
      let parts = key.split(separator: "/", maxSplits: 2).map(String.init)
      switch parts.first {
      case "node": if parts.count == 2 { try collectOrphans(parts[1]) }
      case "out-of-service": if parts.count == 2 { try collectOutOfService(parts[1]) }
      case "unscheduled": if parts.count == 3 { try collectUnscheduled(parts[1], parts[2]) }
      default: try collectTerminated()
      }
    }
  }

  private func collectOrphans(_ node: String) throws(Status) {
    guard shop.lister.get(ObjectKey(Kinds.node, "", node)) == nil else { return }
    for pod in shop.lister.pods(onNode: node) {
      try end(pod, ("DeletionByPodGC", "PodGC: node no longer exists"))
    }
  }

  private func collectOutOfService(_ node: String) throws(Status) {
    guard let object = shop.lister.get(ObjectKey(Kinds.node, "", node)), object.condition("Ready")?["status"].text != "True",
      isOutOfService(object)
    else { return }
    for pod in shop.lister.pods(onNode: node) where pod.isBeingDeleted { try end(pod, nil) }
  }

  private func collectUnscheduled(_ namespace: String, _ podName: String) throws(Status) {
    guard let pod = shop.lister.get(ObjectKey(Kinds.pod, namespace, podName)), pod.isBeingDeleted, pod["spec"]["nodeName"].text.isEmpty
    else { return }
    try end(pod, nil)
  }

  private func collectTerminated() throws(Status) {
    let finished = shop.lister.list(Kinds.pod, namespace: nil).filter(\.isTerminalPod)
    let excess = finished.count - PodGarbageCollector.threshold
    guard excess > 0 else { return }
    let oldest = finished.sorted {
      let (a, b) = ($0.creationTime ?? shop.now, $1.creationTime ?? shop.now)
      return a != b ? a < b : Members.precedes($0.queueKey, $1.queueKey)
    }
    for pod in oldest.prefix(excess) { try end(pod, nil) }
  }

  /// Marks a pod as failed where it had not finished, and removes it without grace.
  private func end(_ pod: Value, _ disruption: (reason: String, message: String)?) throws(Status) {
    var pod = pod
    do {
      if !pod.isTerminalPod {
        pod["status", "phase"] = "Failed"
        if let (reason, message) = disruption {
          _ = pod.setCondition("DisruptionTarget", "True", reason: reason, message: message, now: shop.now)
        }
        pod = try shop.update(Kinds.pod, pod, subresource: "status")
      }
      try shop.delete(Kinds.pod, pod) { $0.gracePeriodSeconds = 0 }
    } catch {
      if error.reason != .notFound { throw error }
    }
  }
}
