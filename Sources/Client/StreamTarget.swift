import API
import APIMachinery
import Formats

// Which container a stream is for, as Kubernetes' API server judges it.

/// A pod and one of its containers that a stream is for.
public struct StreamTarget {
  public let pod: Value
  /// Empty for a port.
  public let container: String

  /// Throws what Kubernetes answers where there is no such pod or container, or nobody runs it yet.
  public init(of request: StreamRequest, in client: any Client) throws(Status) {
    pod = try client.get(ObjectKey(Kinds.pod, request.namespace, request.pod), subresource: nil)
    if case .port = request.purpose { container = "" } else { container = try StreamTarget.container(request.container, in: pod) }
    guard !pod["spec"]["nodeName"].text.isEmpty else {
      throw Status(.badRequest, "pod \(request.pod) does not have a host assigned")
    }
  }

  /// The container that is meant: the wanted one, or where none is named the pod's only one.
  public static func container(_ wanted: String, in pod: Value) throws(Status) -> String {
    let spec = pod["spec"]
    let names = spec["containers"].items.map { $0["name"].text }
    let early = spec["initContainers"].items.map { $0["name"].text }
    if wanted.isEmpty {
      if names.count == 1 { return names[0] }
      var text = "a container name must be specified for pod \(pod.name), choose one of: [\(names.joined(separator: " "))]"
      if !early.isEmpty { text += " or one of the init containers: [\(early.joined(separator: " "))]" }
      throw Status(.badRequest, text)
    }
    guard (names + early).contains(wanted) else {
      throw Status(.badRequest, "container \(wanted) is not valid for pod \(pod.name)")
    }
    return wanted
  }

  /// What whoever has a connection to upgrade says when nobody can.
  public static func refusal(_ why: String, hints: [String] = []) -> Status {
    .unanswered("error: unable to upgrade connection: \(why)", hints: hints)
  }

  /// Why a simulated cluster has no streams, and what to do about it.
  public static let noPrograms = "containers of a simulated cluster run no programs"
  public static let hint = "kctl --context process runs a manifest's containers as processes of this machine"
}
