import API
import APIMachinery
import Formats

// The annotations by which a Deployment and its ReplicaSets tell their history.

enum RevisionAnnotations {
  static let revision = "deployment.kubernetes.io/revision"
  static let history = "deployment.kubernetes.io/revision-history"
  static let desiredReplicas = "deployment.kubernetes.io/desired-replicas"
  static let maxReplicas = "deployment.kubernetes.io/max-replicas"
  static let hashLabel = "pod-template-hash"

  /// What a ReplicaSet does not take over from its Deployment.
  private static let ownOnly = [
    "kubectl.kubernetes.io/last-applied-configuration", revision, history, desiredReplicas, maxReplicas,
    "deprecated.deployment.rollback.to",
  ]
  private static let historyLimit = 2000

  static func number(_ object: Value, _ key: String) -> Int? { object.annotation(key).flatMap { Int32($0) }.map(Int.init) }

  /// The revision of a ReplicaSet or Deployment; nil where it has none or it is no number.
  static func revision(of object: Value) -> Int64? {
    guard let text = object.annotation(revision) else { return 0 }
    return Int64(text)
  }

  static func maxRevision(_ replicaSets: [ReplicaSetView]) -> Int64 {
    replicaSets.reduce(0) { max($0, revision(of: $1.object) ?? 0) }
  }

  /// Writes what the new ReplicaSet says about itself; true where something changed: deploymentutil.SetNewReplicaSetAnnotations.
  static func mark(_ replicaSet: inout Value, of deployment: Value, revision wanted: Int64, exists: Bool) -> Bool {
    var changed = false
    var annotations = replicaSet.annotations
    for member in deployment.annotations where !ownOnly.contains(member.key) && annotations[member.key] != member.value {
      annotations[member.key] = member.value
      changed = true
    }
    let text = annotations[revision]?.string
    let old: Int64? = text.map { $0.isEmpty ? 0 : Int64($0) } ?? 0
    if let old, old < wanted {
      annotations[revision] = .string(String(wanted))
      changed = true
      if let text { addToHistory(text, &annotations) }
    }
    if old != nil, !exists {
      let view = DeploymentView(deployment)
      if setReplicas(&annotations, desired: view.replicas, max: view.replicas + view.maxSurge) { changed = true }
    }
    if old == nil { changed = false }
    if !annotations.isEmpty { replicaSet["metadata", "annotations"] = .object(annotations) }
    return changed
  }

  /// Remembers a revision that a ReplicaSet had before it was rolled back to.
  private static func addToHistory(_ old: String, _ annotations: inout Members) {
    let history = annotations[self.history]?.text ?? ""
    if history.isEmpty {
      annotations[self.history] = .string(old)
      return
    }
    var revisions = history.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var length = history.utf8.count + old.utf8.count + 1
    while length > historyLimit, let first = revisions.first {
      length -= first.utf8.count + 1
      revisions.removeFirst()
    }
    guard length <= historyLimit else { return }
    annotations[self.history] = .string((revisions + [old]).joined(separator: ","))
  }

  /// Writes the sizes that proportional scaling goes by; true where something changed.
  static func setReplicas(_ annotations: inout Members, desired: Int, max: Int) -> Bool {
    var changed = false
    for (key, number) in [(desiredReplicas, desired), (maxReplicas, max)] {
      let text = Value.string(String(number))
      if annotations[key] != text {
        annotations[key] = text
        changed = true
      }
    }
    return changed
  }

  // MARK: Templates

  /// Whether two pod templates are the same but for their hash label.
  static func sameTemplate(_ a: Value, _ b: Value) -> Bool {
    guard a["spec"] == b["spec"] else { return false }
    return withoutHash(a["metadata"]) == withoutHash(b["metadata"])
  }

  private static func withoutHash(_ metadata: Value) -> Members {
    var out = metadata.members
    out["creationTimestamp"] = nil
    if var labels = out["labels"]?.object {
      labels[hashLabel] = nil
      out["labels"] = labels.isEmpty ? nil : .object(labels)
    }
    return out
  }
}
