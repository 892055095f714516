import API
import APIMachinery
import Client
import Formats
import Kubelet
import Posix

// Keeps the files of running pods as ConfigMaps, Secrets and the pods themselves say now.

/// Updates the volumes of running pods in place when what they show changes. It knows which pods show what, and looks at no others.
final class VolumeUpdates: Worker {
  let name = "volumes"
  let watches = [Kinds.configMap, Kinds.secret, Kinds.pod]

  private let surroundings: Surroundings
  private let node: Value
  /// The folder of all pods.
  private let folder: String
  private let queue: WorkQueue
  /// The pods that show a ConfigMap or a Secret, by their keys in the queue.
  private var pods: [ObjectKey: Set<String>] = [:]
  private var backoffs: [String: MountBackoff] = [:]

  /// Changes that come together are made together.
  private static let latency = Duration.milliseconds(100)

  init(_ surroundings: Surroundings, folder: String, node: Value) {
    self.surroundings = surroundings
    self.folder = folder
    self.node = node
    queue = WorkQueue(surroundings.agenda, worker: name, latency: VolumeUpdates.latency)
    for pod in surroundings.lister.list(Kinds.pod, namespace: nil) { remember(pod) }
  }

  // MARK: Seeing

  func observe(_ change: Change) {
    guard change.key.kind == Kinds.pod else {
      for pod in pods[change.key] ?? [] { queue.add(pod) }
      return
    }
    switch change.verb {
    case .added: remember(change.new)
    case .deleted: forget(change.new)
    case .modified:
      // Of what such files can show of their pod, only this changes.
      guard VolumeUpdates.showsItself(change.new), let old = change.old else { return }
      let (before, after) = (old["metadata"], change.new["metadata"])
      if before["labels"] != after["labels"] || before["annotations"] != after["annotations"] {
        queue.add(VolumeUpdates.key(change.new))
      }
    }
  }

  private func remember(_ pod: Value) {
    for source in PodVolumes.references(of: pod) { pods[source, default: []].insert(VolumeUpdates.key(pod)) }
  }

  private func forget(_ pod: Value) {
    let key = VolumeUpdates.key(pod)
    for source in PodVolumes.references(of: pod) {
      pods[source]?.remove(key)
      if pods[source]?.isEmpty == true { pods[source] = nil }
    }
    backoffs[key] = nil
    surroundings.agenda.forget(key, for: name)
  }

  private static func key(_ pod: Value) -> String { "\(pod.namespace)/\(pod.name)" }

  private static func showsItself(_ pod: Value) -> Bool {
    pod["spec"]["volumes"].items.contains { volume in
      volume.has("downwardAPI") || volume["projected"]["sources"].items.contains { $0.has("downwardAPI") }
    }
  }

  // MARK: Working

  func work(on key: String) {
    guard let slash = key.utf8.firstIndex(of: UInt8(ascii: "/")) else { return }
    let (namespace, name) = (String(key[..<slash]), String(key[key.utf8.index(after: slash)...]))
    guard let pod = surroundings.lister.get(ObjectKey(Kinds.pod, namespace, name)), VolumeUpdates.isUnderWay(pod) else {
      backoffs[key] = nil
      return
    }
    let place = PodPlace(address: pod["status"]["podIP"].text, node: node, inherited: [])
    let volumes = PodVolumes(of: pod, pods: folder, lister: surroundings.lister, place: place, wantsToken: nil)
    // Until its first container starts there is nothing to update.
    guard Folder.exists(volumes.folder + "/volumes") else { return }
    let failures = volumes.refresh(now: surroundings.agenda.now)
    guard !failures.isEmpty else {
      backoffs[key] = nil
      return
    }
    for failure in failures {
      surroundings.recorder.event(
        pod, .warning, "FailedMount", failure.description, source: "kubelet", host: node.name, fieldPath: "", style: .counted)
    }
    var backoff = backoffs[key] ?? MountBackoff()
    backoff.next()
    backoffs[key] = backoff
    queue.add(key, after: backoff.wait)
  }

  private static func isUnderWay(_ pod: Value) -> Bool {
    let phase = pod["status"]["phase"]
    return !pod["spec"]["nodeName"].text.isEmpty && phase != "Succeeded" && phase != "Failed"
  }
}
