import APIMachinery
import Client
import Formats

// Containers that start while the logs of a workload are followed.

/// Watches the pods of a workload for containers whose logs nobody follows yet. kubectl follows those that are there at first only.
final class LaterRuns {
  private let client: any Client
  private let kind: Kind
  private let namespace: String
  private let selector: String
  /// What brings changes of the pods.
  private(set) var stream: any EventStream
  private var pods: [String: Value] = [:]
  /// The runs that are followed, or were.
  private var followed: Set<String> = []

  /// - Parameter selector: the workload's, as a label selector.
  init(_ session: Session, selector: String) throws {
    guard let kind = try session.resources().kind(apiVersion: "v1", kind: "Pod") else { throw Failure("the cluster has no pods") }
    self.kind = kind
    self.selector = selector
    (client, namespace) = (try session.client(), try session.namespace())
    let found: [Value]
    (found, stream) = try LaterRuns.open(client, kind, namespace, selector)
    for pod in found { pods[pod.uid] = pod }
  }

  /// Begins anew where a watch has ended, as servers end each after a time; returns the pods that there are.
  func renew() throws -> [Value] {
    stream.cancel()
    let found: [Value]
    (found, stream) = try LaterRuns.open(client, kind, namespace, selector)
    pods = Dictionary(found.map { ($0.uid, $0) }, uniquingKeysWith: { $1 })
    return found
  }

  private static func open(
    _ client: any Client, _ kind: Kind, _ namespace: String, _ selector: String
  ) throws -> (pods: [Value], stream: any EventStream) {
    var list = ListOptions()
    list.labelSelector = selector
    let found = try client.list(kind, namespace: namespace, list)
    list.resourceVersion = found.resourceVersion
    return (found.items, try client.watch(kind, namespace: namespace, list))
  }

  /// The pods that there are.
  var present: [Value] { Array(pods.values) }

  /// Whether another container may start.
  var mayBring: Bool {
    pods.values.contains { !$0.podHasEnded && $0["metadata"]["deletionTimestamp"].isNull }
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
