import API
import APIMachinery
import Client
import Formats
import Posix

// metrics.k8s.io: the cluster as its own metrics-server.

extension ProcessCluster {
  static func isMeasured(_ kind: Kind) -> Bool { Kinds.measured.contains(kind) }

  /// What of a node or pod is measured; in metrics-server's words where it isn't.
  func measured(_ key: ObjectKey) throws(Status) -> Value {
    let source = try server.get(ObjectKey(ProcessCluster.source(of: key.kind), key.namespace, key.name), subresource: nil)
    if let found = measurements?.metrics(key.kind, of: [source]).first { return found }
    // It names the kind, and where it is, in one word.
    let name = key.kind.namespaced ? "\(key.namespace)/\(key.name)" : key.name
    throw Status(.notFound, "\(key.kind.singular).\(key.kind.group) \(JSON.quoted(name)) not found")
  }

  /// What is measured of the nodes or pods that the options select, by all that nodes and pods are selected by.
  func measured(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> ObjectList {
    let list = try server.list(ProcessCluster.source(of: kind), namespace: namespace, options)
    return ObjectList(
      items: measurements?.metrics(kind, of: list.items) ?? [], resourceVersion: "", continue: list.continue,
      remainingItemCount: list.remainingItemCount)
  }

  private static func source(of kind: Kind) -> Kind { kind == Kinds.nodeMetrics ? Kinds.node : Kinds.pod }
}

extension Measurements {
  fileprivate func metrics(_ kind: Kind, of sources: [Value]) -> [Value] {
    kind == Kinds.nodeMetrics ? sources.compactMap(metrics(ofNode:)) : metrics(ofPods: sources)
  }
}
