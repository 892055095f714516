import API
import APIMachinery
import Client
import Formats

// Evicts pods from nodes whose NoExecute taints they do not tolerate, or not for ever.

/// The taint manager. An eviction to come is an entry of the agenda: `pod/namespace/name`, due when tolerance ends.
final class TaintEviction: Worker {
  let name = "taint-eviction"
  let watches = [Kinds.node, Kinds.pod]

  private let shop: Workshop

  init(_ surroundings: Surroundings) {
    shop = Workshop(surroundings, name: name, component: "taint-controller")
  }

  func observe(_ change: Change) {
    if change.key.kind == Kinds.node {
      if change.verb == .deleted { return }
      let before = change.old.map(NodeTaints.noExecute) ?? []
      if before != NodeTaints.noExecute(change.new) { shop.queue.add("node/\(change.key.name)") }
      return
    }
    let node = change.new["spec"]["nodeName"].text
    if node.isEmpty { return }
    if change.verb == .deleted {
      let key = podKey(change.new)
      if shop.agenda.due(key, for: name) != nil { shop.agenda.forget(key, for: name) }
      return
    }
    if let old = change.old, !old["spec"]["nodeName"].text.isEmpty, old["spec"]["tolerations"] == change.new["spec"]["tolerations"] {
      return
    }
    guard let object = shop.lister.get(ObjectKey(Kinds.node, "", node)) else { return }
    let taints = NodeTaints.noExecute(object)
    if !taints.isEmpty { process(change.new, taints) }
  }

  private func podKey(_ pod: Value) -> String { "pod/\(pod.queueKey)" }

  func work(on key: String) {
    shop.attempt(key) { () throws(Status) in
      let parts = key.split(separator: "/", maxSplits: 2).map(String.init)
      if parts.count == 2, parts[0] == "node" { processNode(parts[1]) }
      if parts.count == 3, parts[0] == "pod" { try evict(parts[1], parts[2]) }
    }
  }

  private func processNode(_ name: String) {
    guard let node = shop.lister.get(ObjectKey(Kinds.node, "", name)) else { return }
    let taints = NodeTaints.noExecute(node)
    for pod in shop.lister.pods(onNode: name) { process(pod, taints) }
  }

  /// Decides how long a pod may stay.
  private func process(_ pod: Value, _ taints: [Value]) {
    let key = podKey(pod)
    switch taints.isEmpty ? .forever : NodeTaints.stay(pod["spec"]["tolerations"].items, taints) {
    case .forever: cancel(pod)
    case .none:
      if pod.isBeingDeleted { return }
      cancel(pod)
      shop.agenda.note(key, for: name, at: shop.now)
    case .seconds(let seconds):
      if pod.isBeingDeleted || shop.agenda.due(key, for: name) != nil { return }
      shop.agenda.note(key, for: name, after: .seconds(seconds))
    }
  }

  private func cancel(_ pod: Value) {
    let key = podKey(pod)
    guard shop.agenda.due(key, for: name) != nil else { return }
    shop.agenda.forget(key, for: name)
    shop.event(pod, .normal, "TaintManagerEviction", "Cancelling deletion of Pod \(pod.queueKey)")
  }

  private func evict(_ namespace: String, _ podName: String) throws(Status) {
    guard var pod = shop.lister.get(ObjectKey(Kinds.pod, namespace, podName)), !pod.isBeingDeleted,
      let node = shop.lister.get(ObjectKey(Kinds.node, "", pod["spec"]["nodeName"].text)), !NodeTaints.noExecute(node).isEmpty
    else { return }
    shop.event(pod, .normal, "TaintManagerEviction", "Marking for deletion Pod \(pod.queueKey)")
    do {
      let changed = pod.setCondition(
        "DisruptionTarget", "True", reason: "DeletionByTaintManager", message: "Taint manager: deleting due to NoExecute taint",
        now: shop.now)
      if changed { try shop.update(Kinds.pod, pod, subresource: "status") }
      try shop.delete(Kinds.pod, pod)
    } catch {
      if error.reason != .notFound { throw error }
    }
  }
}
