import APIMachinery
import Client
import Formats

// The pods that a workload or a Service stands for.

extension Value {
  /// Whether a pod has ended: it has succeeded or failed.
  var podHasEnded: Bool { ["Succeeded", "Failed"].contains(self["status"]["phase"].text) }
}

/// Finds the pods of workloads.
struct WorkloadPods {
  let session: Session
  /// How long the first pod is waited for.
  let patience: Duration

  init(_ session: Session, patience: Duration) {
    self.session = session
    self.patience = patience
  }

  /// Pods of a workload; where there are none yet, the first that comes.
  /// - Parameter purpose: what a kind without pods can't be used for: `get the logs from`.
  func pods(of object: Value, _ kind: Kind, to purpose: String) throws -> [Value] {
    try pods(with: try selector(of: object, kind, to: purpose), waiting: true)
  }

  /// Pods with labels.
  func pods(with selector: String, waiting: Bool) throws -> [Value] {
    guard let kind = try session.resources().kind(apiVersion: "v1", kind: "Pod") else { return [] }
    var list = ListOptions()
    list.labelSelector = selector
    let client = try session.client()
    let namespace = try session.namespace()
    let found = try client.list(kind, namespace: namespace, list)
    if !found.items.isEmpty || !waiting { return found.items }
    list.resourceVersion = found.resourceVersion
    let stream = try client.watch(kind, namespace: namespace, list)
    defer { stream.cancel() }
    let deadline = client.now + patience
    while true {
      switch try session.next(of: [stream], until: deadline) {
      case .event(_, .added(let pod)), .event(_, .modified(let pod)): return [pod]
      case .event: continue
      case .ended, .deadline, .stuck: return []
      }
    }
  }

  /// The pod that a word of a command line names: `NAME`, `TYPE/NAME` (of a workload its best one).
  /// - Parameters:
  ///   - words: as `ResourceQuery` takes them, already with their kind.
  ///   - purpose: `attach to`
  func pod(_ query: ResourceQuery, to purpose: String) throws -> Value? {
    let found = try query.find()
    try Several.check(found.errors)
    return try found.items.first.flatMap { try pod(of: $0, to: purpose) }
  }

  /// The pod that an object which was found stands for: itself, or the best one of a workload.
  func pod(of item: Item, to purpose: String) throws -> Value? {
    guard let object = item.object, item.kind.name != "Pod" else { return item.object }
    let best = try pods(of: object, item.kind, to: purpose).min { PodOrder.forStreams.isBetter($0, than: $1) }
    guard let best else { throw Failure("timed out waiting for the condition") }
    return best
  }

  /// The labels of a workload's pods.
  func selector(of object: Value, _ kind: Kind, to purpose: String) throws -> String {
    let spec = object["spec"]
    let type = "*v1.\(kind.name)"
    switch kind.name {
    case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job": return Selector.format(labelSelector: spec["selector"])
    case "ReplicationController", "Service":
      if spec["selector"].members.isEmpty {
        throw Failure("cannot \(purpose) \(type): invalid service '\(object.name)': Service is defined without a selector")
      }
      return spec["selector"].members.map { "\($0.key)=\($0.value.text)" }.joined(separator: ",")
    default: throw Failure("cannot \(purpose) \(type): selector for \(type) not implemented")
    }
  }
}

/// Which of two pods is the better one for a purpose: placed, running, ready, ready for longer, older.
struct PodOrder {
  /// Whether a pod that was restarted more often comes first.
  private let prefersRestarted: Bool

  /// There is more to read of one that was restarted.
  static let forLogs = PodOrder(prefersRestarted: true)
  static let forStreams = PodOrder(prefersRestarted: false)

  func isBetter(_ a: Value, than b: Value) -> Bool {
    func order(_ less: Bool, _ more: Bool) -> Bool? { less == more ? nil : less }
    let placed = order(!a["spec"]["nodeName"].text.isEmpty, !b["spec"]["nodeName"].text.isEmpty)
    if let placed { return placed }
    let phases = ["Running": 0, "Unknown": 1, "Pending": 2]
    // Of pods that have ended there is something to read, and nothing else.
    let ended = prefersRestarted ? 0 : 2
    let (p, q) = (phases[a["status"]["phase"].text] ?? ended, phases[b["status"]["phase"].text] ?? ended)
    if p != q { return p < q }
    let (r, s) = (PodOrder.ready(a), PodOrder.ready(b))
    if let better = order(r != nil, s != nil) { return better }
    if let r, let s, r != s { return r < s }
    let (m, n) = (PodOrder.restarts(a), PodOrder.restarts(b))
    if m != n { return prefersRestarted ? m > n : m < n }
    return a["metadata"]["creationTimestamp"].text < b["metadata"]["creationTimestamp"].text
  }

  private static func ready(_ pod: Value) -> String? {
    let condition = pod["status"]["conditions"].items.first { $0["type"] == "Ready" }
    return condition?["status"] == "True" ? condition?["lastTransitionTime"].text : nil
  }

  private static func restarts(_ pod: Value) -> Int64 {
    pod["status"]["containerStatuses"].items.map { $0["restartCount"].int ?? 0 }.max() ?? 0
  }
}
