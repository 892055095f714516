// Pods, made fast: what is true of one pod of a template is true of the next.

import API
import APIMachinery
import Client
import Formats

/// What was made of the last pod specs: a controller's pods come with one and the same spec.
final class PodDefaults {
  struct Entry {
    /// Kept, so that its place in memory stays its own.
    let given: Value
    let namespace: String
    let owner: String
    let accountRevision: String
    let labels: Value
    let made: Value
    let status: Value
  }
  private var entries: [UnsafeRawPointer: Entry] = [:]
  private static let limit = 4096

  func find(_ spec: Value, _ namespace: String, _ owner: String, _ store: Store) -> Entry? {
    guard let place = spec.identity, let entry = entries[place], entry.namespace == namespace, entry.owner == owner else { return nil }
    let account = store.row(ObjectKey(Kinds.serviceAccount, namespace, entry.made["serviceAccountName"].text))
    guard let account, account.value.resourceVersion == entry.accountRevision else { return nil }
    return entry
  }

  func keep(_ spec: Value, _ pod: Value, _ namespace: String, _ owner: String, _ store: Store) {
    guard let place = spec.identity,
      let account = store.row(ObjectKey(Kinds.serviceAccount, namespace, pod["spec"]["serviceAccountName"].text))
    else { return }
    if entries.count >= PodDefaults.limit { entries.removeAll(keepingCapacity: true) }
    entries[place] = Entry(
      given: spec, namespace: namespace, owner: owner, accountRevision: account.value.resourceVersion, labels: pod["metadata"]["labels"],
      made: pod["spec"], status: pod["status"])
  }
}

extension APIServer {
  /// What was made of a controller's last pod with this very spec and these labels.
  func made(like pod: Value, _ namespace: String) -> PodDefaults.Entry? {
    guard let owner = pod.controllerReference?["uid"].string,
      let entry = podDefaults.find(pod["spec"], namespace, owner, store), entry.labels == pod["metadata"]["labels"]
    else { return nil }
    return entry
  }

  /// Defaults, admits and validates a new pod that was decoded from `given`.
  func createPod(_ pod: inout Value, from given: Value, _ namespace: String) throws(Status) {
    pod = defaulted(pod, Kinds.pod)
    Strategy.prepare(&pod, Kinds.pod)
    try admit(&pod, replacing: nil, Kinds.pod, namespace, WriteOptions())
    let errors = problems(pod, replacing: nil, Kinds.pod)
    if !errors.isEmpty { throw .invalid(Kinds.pod, pod.name, errors) }
    if let owner = pod.controllerReference?["uid"].string { podDefaults.keep(given, pod, namespace, owner, store) }
  }
}
