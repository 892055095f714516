import API
import APIMachinery
import Client
import Formats
import Kubelet

// What kubelets do all the time and nobody writes: it is told to whoever looks.

extension LocalCluster {
  /// An object as its kubelet would have it by now: a node with its last report, a node's lease with its last renewal.
  func heartbeat(_ object: Value) -> Value {
    switch object["kind"] {
    case "Node": reported(object)
    case "Lease": renewed(object)
    default: object
    }
  }

  /// A kubelet reports every five minutes.
  private func reported(_ node: Value) -> Value {
    let conditions = node["status"]["conditions"].items
    var changed = conditions
    let last = lastWord(of: node.name)
    for (i, condition) in conditions.enumerated() {
      guard let first = condition["lastHeartbeatTime"].string.flatMap(Instant.init(rfc3339:)), condition["status"] != "Unknown" else {
        continue
      }
      let passed = last - first
      guard passed >= .seconds(300) else { continue }
      changed[i]["lastHeartbeatTime"] = .string((first + .seconds(passed.wholeSeconds / 300 * 300)).rfc3339)
    }
    if changed == conditions { return node }
    var node = node
    node["status", "conditions"] = .array(changed)
    return node
  }

  private func renewed(_ lease: Value) -> Value {
    guard let node = store.get(ObjectKey(Kinds.node, "", lease.name)), NodeLease.isHeld(lease, by: node) else { return lease }
    return NodeLease.renewed(lease, upTo: lastWord(of: node.name))
  }

  /// Until when a node's kubelet has spoken.
  private func lastWord(of node: String) -> Instant {
    store.note(Kubelet.heartbeatNotes, node)?["stopped"].string.flatMap(Instant.init(rfc3339:)) ?? now
  }
}
