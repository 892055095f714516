import API
import APIMachinery
import Client
import ControlPlane
import Formats

// What can go wrong in a simulated cluster.

/// A misfortune, to be brought upon a cluster by `kctl sim` or drawn by a seed.
public enum Fault: Equatable, Sendable {
  /// A node's kubelet falls silent: what runs there goes on, nobody tells.
  case failNode(String)
  /// A silent kubelet speaks again.
  case healNode(String)
  /// A container dies at once, by exit code 137; nil: the first that runs.
  case crash(namespace: String, pod: String, container: String?)
}

extension SimulatedCluster {
  /// Brings a misfortune upon the cluster.
  public func strike(_ fault: Fault) throws(Status) {
    dispatch()
    switch fault {
    case .failNode(let node):
      guard store.get(ObjectKey(Kinds.node, "", node)) != nil else { throw .notFound(Kinds.node, node) }
      kubelet.fail(node: node)
    case .healNode(let node):
      guard store.get(ObjectKey(Kinds.node, "", node)) != nil else { throw .notFound(Kinds.node, node) }
      kubelet.heal(node: node)
    case .crash(let namespace, let name, let container):
      guard let pod = store.get(ObjectKey(Kinds.pod, namespace, name)) else { throw .notFound(Kinds.pod, name) }
      if let container,
        !(pod["spec"]["initContainers"].items + pod["spec"]["containers"].items).contains(where: { $0["name"].text == container })
      {
        throw Status(.badRequest, "container \(container) is not valid for pod \(name)")
      }
      guard kubelet.crash(pod, container: container) else {
        throw Status(.badRequest, "no container is running in pod \(name)" + (container.map { " by the name of \($0)" } ?? ""))
      }
    }
  }
}
