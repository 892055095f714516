import APIMachinery
import Client
import Formats

// Containers that start while the logs of a workload are followed.

/// Watches the pods of a workload for containers whose logs nobody follows yet. kubectl follows those that are there at first only.
final class LaterRuns {
  /// What brings changes of the pods.
  private(set) var stream: any EventStream
  private var pods: [String: Value] = [:]
  /// The runs that are followed, or were.
  private var followed: Set<String> = []

  /// - Parameter selector: the workload's, as a label selector.
  init(_ session: Session, selector: String) throws {
    guard let kind = try session.resources().kind(apiVersion: "v1", kind: "Pod") else { throw Failure("the cluster has no pods") }
    var list = ListOptions()
    list.labelSelector = selector
    let (client, namespace) = (try session.client(), try session.namespace())
    let found = try client.list(kind, namespace: namespace, list)
    for pod in found.items { pods[pod.uid] = pod }
    list.resourceVersion = found.resourceVersion
    stream = try client.watch(kind, namespace: namespace, list)
  }

  /// Whether another container may start.
  var mayBring: Bool {
    pods.values.contains { pod in
      !["Succeeded", "Failed"].contains(pod["status"]["phase"].text) && pod["metadata"]["deletionTimestamp"].isNull
    }
  }

  /// Marks a container's present run as followed; false where it was already, or none is running.
  func begin(_ container: String, of pod: Value) -> Bool {
    let status = pod["status"]["containerStatuses"].items.first { $0["name"].text == container } ?? .null
    let id = status["containerID"].text
    guard !id.isEmpty, !status["state"]["running"].isNull else { return false }
    return followed.insert("\(pod.uid)/\(id)").inserted
  }

  /// The pod as an event has it; nil where it is gone.
  func take(_ event: StreamEvent) -> Value? {
    switch event {
    case .added(let pod), .modified(let pod):
      pods[pod.uid] = pod
      return pod
    case .deleted(let pod):
      pods[pod.uid] = nil
      return nil
    default: return nil
    }
  }
}
