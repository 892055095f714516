import API
import APIMachinery
import Client
import Formats

// Pods that wait for a node: those to be tried, and those that failed and wait for something to change.
// What must outlive a command is in the scheduler's notes, one a failed pod.

/// A pod that found no node.
struct WaitingPod {
  let key: ObjectKey
  let uid: String
  var attempts: Int
  var failedAt: Instant
  var plugins: PluginSet
  /// When to try again; nil until something happens that may help.
  var retryAt: Instant?

  /// A second after the first failure, doubling up to ten.
  var backoffEnd: Instant { failedAt + .seconds(min(10, 1 << Int64(min(attempts - 1, 4)))) }
  /// Kubernetes tries again after five minutes whatever happens.
  var flushAt: Instant { failedAt + .seconds(300) }
  var dueAt: Instant { retryAt ?? flushAt }
}

/// The pods without a node that are the scheduler's affair.
final class SchedulingQueue {
  static let schedulerName = "default-scheduler"

  private let lister: any Lister
  private let notes: any Notes
  private let worker: String
  /// Pods to try, in the order they came, as they were then.
  private var active: [Value] = []
  /// Whether one of them may have changed since.
  private var isStale = false
  private var waiting: [WaitingPod] = []
  private var waitingIndex: [ObjectKey: Int] = [:]
  private(set) var isLoaded = false
  private var noted: Bool?

  init(_ around: Surroundings, worker: String) {
    lister = around.lister
    notes = around.notes
    self.worker = worker
  }

  /// Whether a pod is the scheduler's to place, and may be placed now.
  static func wants(_ pod: Value) -> Bool {
    let spec = pod["spec"]
    guard spec["nodeName"].text.isEmpty, !pod["metadata"].has("deletionTimestamp"), !ClusterState.isOver(pod) else { return false }
    let name = spec["schedulerName"].text
    return (name.isEmpty || name == schedulerName) && spec["schedulingGates"].items.isEmpty
  }

  /// Whether any pod has failed: only then do other objects' changes matter.
  var hasWaiting: Bool {
    if isLoaded { return !waiting.isEmpty }
    if let noted { return noted }
    let any = notes.noteKeys(worker).contains { !$0.hasPrefix("@") }
    noted = any
    return any
  }

  /// Reads what is stored, unless that has been done.
  func load() {
    if isLoaded { return }
    isLoaded = true
    for pod in lister.pods(onNode: "") where SchedulingQueue.wants(pod) {
      let key = ObjectKey(Kinds.pod, pod.namespace, pod.name)
      if let note = notes.note(worker, noteKey(key)), note["uid"].text == pod.uid {
        put(
          WaitingPod(
            key: key, uid: pod.uid, attempts: Int(clamping: note["attempts"].int ?? 1),
            failedAt: Instant(nanoseconds: note["failedAt"].int ?? 0),
            plugins: PluginSet(rawValue: Int(clamping: note["plugins"].int ?? 0)),
            retryAt: note["retryAt"].int.map(Instant.init(nanoseconds:))))
      } else {
        active.append(pod)
      }
    }
    // Those of them that came a moment ago are still to be told of, one by one.
    isStale = !active.isEmpty
  }

  /// Takes it as read that nothing is stored: nothing has been noted to be done.
  func startEmpty() {
    if !isLoaded, !hasWaiting { isLoaded = true }
  }

  private func noteKey(_ key: ObjectKey) -> String { "\(key.namespace)/\(key.name)" }

  // MARK: Changes

  func add(_ pod: Value) {
    if isLoaded { active.append(pod) }
  }

  /// A pod that is to be tried has changed.
  func touch() {
    if !active.isEmpty { isStale = true }
  }

  /// Forgets a pod that is gone, placed, or no longer ours.
  func forget(_ key: ObjectKey) {
    touch()
    guard hasWaiting else { return }
    load()
    // A pod deleted before this process has read its note is known by the note alone.
    if notes.note(worker, noteKey(key)) != nil { notes.setNote(worker, noteKey(key), nil) }
    guard let i = waitingIndex.removeValue(forKey: key) else { return }
    let last = waiting.removeLast()
    if i < waiting.count {
      waiting[i] = last
      waitingIndex[last.key] = i
    }
  }

  func isWaiting(_ key: ObjectKey) -> Bool {
    guard hasWaiting else { return false }
    load()
    return waitingIndex[key] != nil
  }

  func attempts(_ key: ObjectKey) -> Int { waitingIndex[key].map { waiting[$0].attempts } ?? 0 }

  /// A pod has failed again: it waits for what may help.
  func fail(_ key: ObjectKey, uid: String, plugins: PluginSet, at now: Instant) {
    let tried = waitingIndex[key].map { waiting[$0].uid == uid ? waiting[$0].attempts : 0 } ?? 0
    let pod = WaitingPod(key: key, uid: uid, attempts: tried + 1, failedAt: now, plugins: plugins, retryAt: nil)
    put(pod)
    save(pod)
  }

  /// A pod is to be tried once its back-off is over.
  func retry(_ key: ObjectKey, now: Instant) {
    guard let i = waitingIndex[key], waiting[i].retryAt == nil else { return }
    waiting[i].retryAt = max(now, waiting[i].backoffEnd)
    save(waiting[i])
  }

  private func put(_ pod: WaitingPod) {
    if let i = waitingIndex[pod.key] {
      waiting[i] = pod
    } else {
      waitingIndex[pod.key] = waiting.count
      waiting.append(pod)
    }
  }

  private func save(_ pod: WaitingPod) {
    var note: Value = [
      "attempts": Value(pod.attempts), "failedAt": .int(pod.failedAt.nanoseconds), "plugins": Value(pod.plugins.rawValue),
      "uid": .string(pod.uid),
    ]
    if let retryAt = pod.retryAt { note["retryAt"] = .int(retryAt.nanoseconds) }
    notes.setNote(worker, noteKey(pod.key), note)
  }

  /// Waiting pods that nothing has moved yet and that one of these may help.
  func stuck(_ wakes: Wakes) -> [WaitingPod] {
    waiting.filter { $0.retryAt == nil && !PluginTable.wakes($0.plugins).isDisjoint(with: wakes) }
  }

  // MARK: Taking

  /// The pods to try now: those with the highest priority first, then those that changed least recently.
  func take(at now: Instant) -> [Value] {
    load()
    var out: [(priority: Int64, version: Int64, pod: Value)] = []
    out.reserveCapacity(active.count)
    func take(_ pod: Value) { out.append((pod["spec"]["priority"].int ?? 0, Int64(pod.resourceVersion) ?? 0, pod)) }
    func find(_ key: ObjectKey) -> Bool {
      guard let pod = lister.get(key), SchedulingQueue.wants(pod) else { return false }
      take(pod)
      return true
    }
    if isStale {
      // Another pod of the same name may have taken one's place.
      var seen = Set<ObjectKey>()
      for pod in active {
        let key = ObjectKey(Kinds.pod, pod.namespace, pod.name)
        if seen.insert(key).inserted { _ = find(key) }
      }
    } else {
      for pod in active { take(pod) }
    }
    active.removeAll()
    isStale = false
    for pod in waiting.filter({ $0.dueAt <= now }) where !find(pod.key) { forget(pod.key) }
    func precedes(_ a: (priority: Int64, version: Int64, pod: Value), _ b: (priority: Int64, version: Int64, pod: Value)) -> Bool {
      (-a.priority, a.version) < (-b.priority, b.version)
    }
    if zip(out, out.dropFirst()).contains(where: { precedes($1, $0) }) { out.sort(by: precedes) }
    return out.map(\.pod)
  }

  /// When the next waiting pod is due.
  var nextDue: Instant? { waiting.lazy.map(\.dueAt).min() }
}
