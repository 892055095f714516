import API
import APIMachinery
import Client
import Formats

// The kubelets of all nodes of a cluster, as one worker: pods bound to a node are started, watched and stopped by it.

/// The kubelets of a cluster's nodes. Pods at rest cost it nothing; what it knows of the others it keeps until `flush`.
public final class Kubelet: Worker {
  public static let workerName = "kubelet"
  /// A node whose kubelet is silent has a note under this name: when it fell silent.
  public static let heartbeatNotes = "node-heartbeat"

  public let name = Kubelet.workerName
  public let watches = [Kinds.pod, Kinds.node, Kinds.lease, Kinds.configMap, Kinds.secret]

  let surroundings: Surroundings
  let runtime: Runtime
  /// What precedes the ids of its runtime's containers.
  let scheme: String
  let needs: PodNeeds
  let stamps = Stamps()
  var nodes: [String: NodeFacts] = [:]
  private(set) var states: [String: PodState] = [:]
  var prober = Prober()
  /// Keys whose notes are older than their states, in the order in which they changed.
  private var dirty: [String] = []
  /// Image names that were read and found good.
  private var goodImages: Set<String> = []
  let writeOptions = WriteOptions { $0.fieldManager = "kubelet" }

  /// How long after a change of a pod its kubelet acts.
  private let latency: Duration

  /// A simulation's kubelet: it takes the time that a real one takes.
  public convenience init(_ surroundings: Surroundings, runtime: any ForetellingRuntime) {
    self.init(surroundings, .foretelling(runtime), latency: .milliseconds(12))
  }

  /// A real one: it takes what time it takes. The runtime is to report to it; `takeOver` comes first.
  public convenience init(_ surroundings: Surroundings, runtime: any ReportingRuntime) {
    self.init(surroundings, .reporting(runtime), latency: .zero)
  }

  private init(_ surroundings: Surroundings, _ runtime: Runtime, latency: Duration) {
    self.surroundings = surroundings
    self.runtime = runtime
    self.latency = latency
    scheme = runtime.any.scheme + "://"
    needs = PodNeeds(lister: surroundings.lister)
  }

  var now: Instant { surroundings.agenda.now }

  // MARK: Seeing

  public func observe(_ change: Change) {
    if change.key.kind == Kinds.node { return observeNode(change) }
    if change.key.kind != Kinds.pod { return change.key.kind == Kinds.lease ? observeLease(change) : observeSettings(change) }
    let pod = change.new
    let node = pod["spec"]["nodeName"]
    guard case .string(let nodeName) = node, !nodeName.isEmpty else { return }
    switch change.verb {
    case .added: wake(change.key)
    case .deleted:
      forget(Kubelet.key(change.key))
      if case .reporting(let runtime) = runtime {
        prober.forget(pod.uid)
        runtime.release(pod: pod.uid, grace: Kubelet.graceOfGone)
      }
    case .modified:
      guard let old = change.old, Kubelet.concerns(old, pod) else { return }
      wake(change.key)
    }
  }

  /// Whether a change of a pod is the kubelet's business (its own writes are not).
  private static func concerns(_ old: Value, _ new: Value) -> Bool {
    if old["spec"] != new["spec"] { return true }
    if old["metadata"]["deletionTimestamp"] != new["metadata"]["deletionTimestamp"] { return true }
    return new["spec"].has("readinessGates") && old["status"]["conditions"] != new["status"]["conditions"]
  }

  private func wake(_ key: ObjectKey) {
    surroundings.agenda.note(Kubelet.key(key), for: name, after: latency)
  }

  // Pods that wait for a ConfigMap or a Secret are looked at when one of their namespace changes.
  private static let awaitingNotes = "kubelet-awaiting"

  /// Wakes a pod when a ConfigMap or Secret of its namespace changes.
  func await(_ key: ObjectKey) {
    let note = surroundings.notes.note(Kubelet.awaitingNotes, Kubelet.key(key))
    if note == nil { surroundings.notes.setNote(Kubelet.awaitingNotes, Kubelet.key(key), true) }
  }

  private func observeSettings(_ change: Change) {
    guard change.verb != .deleted else { return }
    let prefix = change.key.namespace + "/"
    for key in surroundings.notes.noteKeys(Kubelet.awaitingNotes) where key.hasPrefix(prefix) {
      surroundings.notes.setNote(Kubelet.awaitingNotes, key, nil)
      if let pod = surroundings.lister.get(ObjectKey(Kinds.pod, change.key.namespace, String(key.dropFirst(prefix.count)))) {
        retry(pod, key)
      }
    }
  }

  /// Brings a pod's next try forward.
  private func retry(_ pod: Value, _ key: String) {
    let state = state(of: pod, key)
    // A kubelet learns of it by its next retry, some seconds later.
    let soon = state.outstanding == nil ? now + .milliseconds(500 + surroundings.dice.random.below(1500)) : now
    if let due = state.resync { state.resync = min(due, soon) }
    if let due = state.remount { state.remount = min(due, soon) }
    soil(key, state)
    surroundings.agenda.note(key, for: name, at: soon)
  }

  private func soil(_ key: String, _ state: PodState) {
    if state.dirty { return }
    state.dirty = true
    dirty.append(key)
  }

  static func key(_ key: ObjectKey) -> String { "\(key.namespace)/\(key.name)" }

  /// Wakes every pod of a node.
  func wakePods(onNode node: String) {
    for pod in surroundings.lister.pods(onNode: node) {
      surroundings.agenda.note("\(pod.namespace)/\(pod.name)", for: name, after: latency)
    }
  }

  // MARK: Working

  public func work(on key: String) {
    if key.utf8.first == 33 { return workOnNode(String(key.dropFirst())) }
    guard let slash = key.utf8.firstIndex(of: 47) else { return }
    let podKey = ObjectKey(Kinds.pod, String(key[..<slash]), String(key[key.utf8.index(after: slash)...]))
    guard let pod = surroundings.lister.get(podKey) else { return forget(key) }
    guard case .string(let nodeName) = pod["spec"]["nodeName"], let node = facts(nodeName), !node.isSilent else { return }
    let state = state(of: pod, key)
    let worker = PodWorker(self, podKey, pod, state, node)
    var next = worker.step()
    if let outstanding = state.outstanding {
      next = outstanding.wake(next)
      watchProbes(of: pod, state)
    }
    if let next {
      surroundings.agenda.note(key, for: name, at: next)
      soil(key, state)
    } else {
      rest(key, podKey, state)
    }
  }

  /// What is known of a pod: remembered, noted, told by its status, or nothing yet.
  private func state(of pod: Value, _ key: String) -> PodState {
    let uid = pod.uid
    if let known = states[key], known.uid == uid { return known }
    let count = pod["spec"]["initContainers"].items.count + pod["spec"]["containers"].items.count
    let state: PodState
    if let note = surroundings.notes.note(name, key), let noted = PodState(note: note), noted.uid == uid, noted.containers.count == count {
      noted.noted = true
      state = noted
    } else {
      state = PodState(pod: pod, now: now)
    }
    if case .reporting(let runtime) = runtime { adopt(state, pod, runtime) }
    state.dirty = false
    soil(key, state)
    states[key] = state
    return state
  }

  /// A pod at rest is forgotten where its status tells it all; else its note stays.
  private func rest(_ key: String, _ podKey: ObjectKey, _ state: PodState) {
    if state.outstanding == nil ? state.isAtRest(at: now) || isOver(podKey) : !state.isAlive(at: now) && isOver(podKey) {
      states[key] = nil
      if state.noted { surroundings.notes.setNote(name, key, nil) }
    } else {
      soil(key, state)
    }
  }

  /// Whether a pod's status is its last.
  private func isOver(_ key: ObjectKey) -> Bool {
    guard let pod = surroundings.lister.get(key) else { return true }
    let phase = pod["status"]["phase"]
    return !pod.isBeingDeleted && (phase == "Failed" || phase == "Succeeded")
  }

  func forget(_ key: String) {
    surroundings.agenda.forget(key, for: name)
    if surroundings.notes.note(Kubelet.awaitingNotes, key) != nil { surroundings.notes.setNote(Kubelet.awaitingNotes, key, nil) }
    if let state = states.removeValue(forKey: key) {
      if state.noted { surroundings.notes.setNote(name, key, nil) }
    } else if surroundings.notes.note(name, key) != nil {
      surroundings.notes.setNote(name, key, nil)
    }
  }

  /// Writes down what is known of pods that aren't at rest: to be called before the cluster's state is stored.
  public func flush() {
    for key in dirty {
      guard let state = states[key], state.dirty else { continue }
      state.dirty = false
      state.noted = true
      surroundings.notes.setNote(name, key, state.note)
    }
    dirty.removeAll(keepingCapacity: true)
  }

  // MARK: Misfortunes

  /// Ends a running container as if it had crashed. False where nothing of that name runs.
  public func crash(_ pod: Value, container: String?) -> Bool {
    let key = "\(pod.namespace)/\(pod.name)"
    guard !pod["spec"]["nodeName"].text.isEmpty else { return false }
    let state = state(of: pod, key)
    let names = PodWorker.containers(pod).map { $0["name"].text }
    for (i, name) in names.enumerated() where container == nil || container == name {
      guard state.containers.indices.contains(i), state.containers[i].isRunning(at: now), let run = state.containers[i].run else {
        continue
      }
      if case .reporting(let runtime) = runtime {
        runtime.stop(RunKey(ContainerKey(namespace: pod.namespace, pod: pod.name, uid: pod.uid, container: name), id: run.id), grace: .zero)
        return true
      }
      state.containers[i].run?.exit = Exit(at: now, code: 137)
      soil(key, state)
      surroundings.agenda.note(key, for: self.name, after: latency)
      return true
    }
    return false
  }

  /// Whether an image's name can be read; each is judged once.
  func canName(_ image: String) -> Bool {
    if goodImages.contains(image) { return true }
    guard isImageName(image) else { return false }
    goodImages.insert(image)
    return true
  }

  // MARK: Telling

  func tell(_ pod: Value, _ type: EventType, _ reason: String, _ message: String, fieldPath: String, node: String) {
    surroundings.recorder.event(pod, type, reason, message, source: "kubelet", host: node, fieldPath: fieldPath, style: .counted)
  }
}
