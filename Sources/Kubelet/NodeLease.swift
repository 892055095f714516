import API
import APIMachinery
import Client
import Formats

// A node's Lease: its kubelet renews it every ten seconds, to say that it is there.

/// The Leases of nodes. They are stored once; that they are renewed is told, not written.
public enum NodeLease {
  private static let duration: Int64 = 40
  private static let interval = Duration.seconds(10)

  static func key(_ node: String) -> ObjectKey { ObjectKey(Kinds.lease, Kinds.nodeLeases, node) }

  /// A node's lease as its kubelet first writes it.
  static func first(of node: Value, at now: Instant) -> Value {
    [
      "apiVersion": .string(Kinds.lease.apiVersion), "kind": .string(Kinds.lease.name),
      "metadata": [
        "name": .string(node.name), "namespace": .string(Kinds.nodeLeases),
        "ownerReferences": [
          ["apiVersion": .string(Kinds.node.apiVersion), "kind": "Node", "name": .string(node.name), "uid": .string(node.uid)]
        ],
      ],
      "spec": [
        "holderIdentity": .string(node.name), "leaseDurationSeconds": .int(duration), "renewTime": .string(now.rfc3339Micro),
      ],
    ]
  }

  /// Whether a lease is the one that a node holds.
  public static func isHeld(_ lease: Value, by node: Value) -> Bool {
    lease.namespace == Kinds.nodeLeases && lease.name == node.name && lease["spec"]["holderIdentity"].text == node.name
      && lease.ownerReferences.contains { $0["uid"].text == node.uid }
  }

  /// A node's lease with the last renewal up to a moment: the present one, or when its kubelet fell silent.
  public static func renewed(_ lease: Value, upTo moment: Instant) -> Value {
    guard let written = lease["spec"]["renewTime"].string.flatMap(Instant.init(rfc3339:)) else { return lease }
    let times = (moment - written).wholeSeconds / interval.wholeSeconds
    guard times > 0 else { return lease }
    var lease = lease
    lease["spec", "renewTime"] = .string((written + interval * times).rfc3339Micro)
    return lease
  }
}

extension Kubelet {
  /// A node whose lease somebody deleted writes it anew when it would have renewed it.
  func observeLease(_ change: Change) {
    let node = change.key.name
    guard change.verb == .deleted, change.key == NodeLease.key(node),
      surroundings.lister.get(ObjectKey(Kinds.node, "", node)) != nil
    else { return }
    surroundings.agenda.note(Kubelet.nodeKey(node), for: name, after: .seconds(10))
  }

  /// Writes a node's lease where there is none.
  func takeLease(of node: Value) {
    let key = NodeLease.key(node.name)
    guard surroundings.lister.get(key) == nil else { return }
    _ = try? surroundings.client.create(key.kind, namespace: key.namespace, NodeLease.first(of: node, at: now), writeOptions)
  }
}
