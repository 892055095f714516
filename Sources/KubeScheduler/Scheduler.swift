import API
import APIMachinery
import Client
import Formats

// kube-scheduler: gives every pod a node, or says why it can't.

/// The scheduler, as a worker of the cluster. A burst of pods is placed in one piece of work; the view of the cluster
/// that this takes is made when first needed, so that a command that places nothing doesn't pay for it.
///
/// Kubernetes looks at a sample of the nodes in large clusters (percentageOfNodesToScore); here every node is looked at.
public final class Scheduler: Worker {
  public let name = "scheduler"
  public let watches: [Kind] = [Kinds.pod, Kinds.node, Kinds.namespace, Kinds.service] + VolumeBinding.kinds

  private let around: Surroundings
  private let queue: SchedulingQueue
  private var cluster: ClusterState?
  /// Changes that may help waiting pods, still to be weighed.
  private var moves: [Value]?

  private static let queueKey = "queue"
  private static let movesKey = "@moves"
  /// From a pod's creation to its binding, as in an idle cluster.
  private static let latency = Duration.milliseconds(3)
  private static let source = "default-scheduler"

  public init(_ around: Surroundings) {
    self.around = around
    queue = SchedulingQueue(around, worker: name)
  }

  private func wake(_ delay: Duration = Scheduler.latency) { around.agenda.note(Scheduler.queueKey, for: name, after: delay) }

  // MARK: Seeing

  public func observe(_ change: Change) {
    if change.key.kind === Kinds.pod {
      observe(pod: change)
    } else if change.key.kind === Kinds.node {
      observe(node: change)
    } else if change.key.kind === Kinds.namespace {
      if change.verb != .modified || change.old?.labels != change.new.labels { cluster?.namespaceChanged(change.key.name) }
    } else if change.key.kind === Kinds.service {
      if change.verb != .modified || change.old?["spec"]["selector"] != change.new["spec"]["selector"] {
        cluster?.serviceChanged(change.key.namespace)
      }
    } else if queue.hasWaiting {
      cluster?.claimsChanged()
      move(.claimChanged)
    }
  }

  private func observe(pod change: Change) {
    let pod = change.new
    let isGone = change.verb == .deleted
    if pod["spec"]["nodeName"].text.isEmpty {
      observe(unplaced: change)
      return
    }
    if !isGone, let old = change.old, Scheduler.isSameHere(old, pod) { return }
    let isNews = cluster?.observe(pod: pod, isGone: isGone) ?? true
    let wasPlaced = change.old.map { !$0["spec"]["nodeName"].text.isEmpty && !ClusterState.isOver($0) } ?? false
    // Somebody else has bound it.
    if isNews, !wasPlaced { queue.touch() }
    guard queue.hasWaiting else { return }
    let isPlaced = !isGone && !ClusterState.isOver(pod)
    if isPlaced {
      if !wasPlaced { queue.forget(change.key) }
      if !wasPlaced || change.old?.labels != pod.labels { noteMove(["pod": .string(pod.name), "namespace": .string(pod.namespace)]) }
    } else if wasPlaced || isGone {
      move(.podDeleted)
    }
  }

  /// Whether a placed pod's change is none of the scheduler's business: a report of its containers, mostly.
  private static func isSameHere(_ old: Value, _ new: Value) -> Bool {
    guard let spec = new["spec"].identity, spec == old["spec"].identity,
      new["status"]["phase"] == old["status"]["phase"] || !ClusterState.isOver(new)
    else { return false }
    let before = old["metadata"]
    let after = new["metadata"]
    return before["labels"] == after["labels"] && before.has("deletionTimestamp") == after.has("deletionTimestamp")
  }

  private func observe(unplaced change: Change) {
    if change.verb == .deleted || !SchedulingQueue.wants(change.new) {
      queue.forget(change.key)
      return
    }
    if queue.isWaiting(change.key) {
      guard let old = change.old else { return }
      let isSame =
        old["spec"] == change.new["spec"] && old.labels == change.new.labels && old.annotations == change.new.annotations
        && old.ownerReferences == change.new.ownerReferences
      if !isSame {
        queue.retry(change.key, now: around.agenda.now)
        wake()
      }
    } else if change.old.map({ !SchedulingQueue.wants($0) }) ?? true {
      if !queue.isLoaded, around.agenda.due(Scheduler.queueKey, for: name) == nil { queue.startEmpty() }
      queue.add(change.new)
      wake()
    } else {
      queue.touch()
    }
  }

  private func observe(node change: Change) {
    var wakes: Wakes = []
    switch change.verb {
    case .added:
      cluster?.nodeCameOrWent()
      wakes = .nodeAdded
    case .deleted:
      cluster?.nodeCameOrWent()
      wakes = .nodeDeleted
    case .modified:
      cluster?.observe(node: change.new)
      if let old = change.old, queue.hasWaiting { wakes = Scheduler.wakes(old, change.new) }
    }
    if wakes.isEmpty || !queue.hasWaiting { return }
    if change.verb == .deleted { move(wakes) } else { noteMove(["node": .string(change.key.name), "wakes": Value(wakes.rawValue)]) }
  }

  /// What of a node's change may let a pod in.
  private static func wakes(_ old: Value, _ new: Value) -> Wakes {
    func conditions(_ node: Value) -> [String] { node["status"]["conditions"].items.map { "\($0["type"].text)=\($0["status"].text)" } }
    if (old["spec"]["unschedulable"].bool ?? false) != (new["spec"]["unschedulable"].bool ?? false) {
      return new["spec"]["unschedulable"].bool == true ? [] : [.nodeUpdated, .nodeTaintUpdated]
    }
    if old["status"]["allocatable"] != new["status"]["allocatable"] { return .nodeUpdated }
    if old.labels != new.labels { return [.nodeUpdated, .nodeLabelUpdated] }
    if old["spec"]["taints"] != new["spec"]["taints"] { return [.nodeUpdated, .nodeTaintUpdated] }
    return conditions(old) == conditions(new) ? [] : .nodeUpdated
  }

  /// Lets every waiting pod that this may help try again.
  private func move(_ wakes: Wakes) {
    queue.load()
    let stuck = queue.stuck(wakes)
    if stuck.isEmpty { return }
    for pod in stuck { queue.retry(pod.key, now: around.agenda.now) }
    wake()
  }

  /// Remembers a change that is weighed, against the waiting pods' needs, when next at work.
  private func noteMove(_ move: Value) {
    var all = moves ?? around.notes.note(name, Scheduler.movesKey)?.items ?? []
    if all.last == move { return }
    all.append(move)
    moves = all
    around.notes.setNote(name, Scheduler.movesKey, .array(all))
    wake()
  }

  // MARK: Working

  public func work(on key: String) {
    weighMoves()
    let now = around.agenda.now
    let pods = queue.take(at: now)
    if !pods.isEmpty {
      let cluster = ready()
      for pod in pods { schedule(pod, in: cluster) }
    }
    if let next = queue.nextDue { around.agenda.note(Scheduler.queueKey, for: name, at: max(next, now)) }
  }

  private func ready() -> ClusterState {
    if let cluster {
      cluster.settle()
      return cluster
    }
    let made = ClusterState(around.lister)
    cluster = made
    return made
  }

  private func weighMoves() {
    let all = moves ?? around.notes.note(name, Scheduler.movesKey)?.items ?? []
    moves = []
    if all.isEmpty { return }
    around.notes.setNote(name, Scheduler.movesKey, nil)
    queue.load()
    for move in all {
      if move.has("node") { weigh(node: move["node"].text, Wakes(rawValue: Int(clamping: move["wakes"].int ?? 0))) }
      if move.has("pod") { weigh(placed: ObjectKey(Kinds.pod, move["namespace"].text, move["pod"].text)) }
    }
  }

  /// A node that changed helps the pods that would now fit it, as far as the node alone can tell.
  private func weigh(node: String, _ wakes: Wakes) {
    let stuck = queue.stuck(wakes)
    if stuck.isEmpty { return }
    let cluster = ready()
    guard let i = cluster.nodes.index[node] else { return }
    for waiting in stuck {
      guard let pod = around.lister.get(waiting.key) else { continue }
      let shape = cluster.shape(of: pod)
      let nodes = cluster.nodes
      let filters: [any NodeFilter] = [
        NodePorts(nodes: nodes, wanted: shape.hostPorts), NodeResourcesFit(nodes: nodes, wanted: shape.requests),
      ]
      let isTainted = nodes.taints[i].contains { $0.effect == .noSchedule && !shape.tolerations.tolerate($0) }
      if isTainted || !shape.acceptsLabels(nodes.labels[i], name: node) || filters.contains(where: { $0.rejection(of: i) != nil }) {
        continue
      }
      queue.retry(waiting.key, now: around.agenda.now)
    }
  }

  /// A pod that has been placed helps those that want to stand beside it.
  private func weigh(placed key: ObjectKey) {
    let stuck = queue.stuck(.podPlaced).filter { $0.plugins.contains(.interPodAffinity) }
    guard !stuck.isEmpty, let placed = around.lister.get(key) else { return }
    let cluster = ready()
    let shape = cluster.shape(of: placed)
    for waiting in stuck {
      guard let pod = around.lister.get(waiting.key) else { continue }
      if cluster.shape(of: pod).requiredAffinity.contains(where: { cluster.matches($0, shape) }) {
        queue.retry(waiting.key, now: around.agenda.now)
      }
    }
  }

  private func schedule(_ pod: Value, in cluster: ClusterState) {
    let shape = cluster.shape(of: pod)
    switch Scheduler.place(shape, in: cluster, around.dice) {
    case .node(let node): bind(pod, shape, node, in: cluster)
    case .failed(let diagnosis): fail(pod, diagnosis)
    }
  }

  static func place(_ shape: PodShape, in cluster: ClusterState, _ dice: Dice) -> Placement {
    if let node = FastPlacement.place(shape, in: cluster, dice) { return .node(node) }
    if let failure = shape.failure, failure.moment == cluster.moment { return .failed(failure.diagnosis) }
    let placement = PlainPlacement.place(shape, in: cluster, dice)
    if case .failed(let diagnosis) = placement { shape.failure = (cluster.moment, diagnosis) }
    return placement
  }

  private func bind(_ pod: Value, _ shape: PodShape, _ node: Int, in cluster: ClusterState) {
    let nodeName = cluster.nodes.names[node]
    let metadata = pod["metadata"]
    let key = ObjectKey(Kinds.pod, metadata["namespace"].text, metadata["name"].text)
    cluster.assume(metadata["uid"].text, shape, on: node)
    let binding = Value.object(
      Members(sorted: [
        .init("apiVersion", "v1"), .init("kind", "Binding"),
        .init(
          "metadata",
          .object(
            Members(sorted: [.init("name", metadata["name"]), .init("namespace", metadata["namespace"]), .init("uid", metadata["uid"])]))),
        .init("target", .object(Members(sorted: [.init("kind", "Node"), .init("name", .string(nodeName))]))),
      ]))
    do throws(Status) {
      _ = try around.client.create(key, subresource: "binding", binding, Scheduler.writing)
    } catch {
      cluster.remove(metadata["uid"].text)
      // Whoever bound it meanwhile has given it a place that counts.
      if let present = around.lister.get(key) { cluster.observe(pod: present) }
      // Gone or changed meanwhile: what is there now decides, after a back-off.
      queue.fail(key, uid: metadata["uid"].text, plugins: [], at: around.agenda.now)
      queue.retry(key, now: around.agenda.now)
      return
    }
    queue.forget(key)
    around.recorder.event(
      pod, .normal, "Scheduled", "Successfully assigned \(key.namespace)/\(key.name) to \(nodeName)", source: Scheduler.source, host: "",
      fieldPath: "", style: .new(action: "Binding", related: nil))
  }

  private func fail(_ pod: Value, _ diagnosis: Diagnosis) {
    let key = ObjectKey(Kinds.pod, pod.namespace, pod.name)
    let message = diagnosis.message
    queue.fail(key, uid: pod.uid, plugins: diagnosis.plugins, at: around.agenda.now)
    around.recorder.event(
      pod, .warning, "FailedScheduling", message, source: Scheduler.source, host: "", fieldPath: "",
      style: .new(action: "Scheduling", related: nil))
    if let changed = Scheduler.unschedulable(pod, message, at: around.agenda.now) {
      // A pod that has just gone needs no condition.
      _ = try? around.client.update(key, subresource: "status", changed, Scheduler.writing)
    }
  }

  /// The pod with the condition that says why it waits; nil where it says so already.
  static func unschedulable(_ pod: Value, _ message: String, at now: Instant) -> Value? {
    var conditions = pod["status"]["conditions"].items
    let i = conditions.firstIndex { $0["type"].text == "PodScheduled" }
    var condition: Value = i.map { conditions[$0] } ?? ["type": "PodScheduled", "lastProbeTime": nil]
    if condition["status"].text == "False", condition["reason"].text == "Unschedulable", condition["message"].text == message { return nil }
    if condition["status"].text != "False" { condition["lastTransitionTime"] = .string(now.rfc3339) }
    condition["status"] = "False"
    condition["reason"] = "Unschedulable"
    condition["message"] = .string(message)
    if let i { conditions[i] = condition } else { conditions.append(condition) }
    var changed = pod
    changed["status", "conditions"] = .array(conditions)
    return changed
  }

  private static let writing = WriteOptions { $0.fieldManager = "kube-scheduler" }
}
