import API
import APIMachinery
import Client
import Formats

// Keeps as many pods as each ReplicaSet asks for.

/// The ReplicaSet controller. Counts are kept per ReplicaSet from pod changes, so that a pod's news costs the same in a
/// ReplicaSet of three and of ten thousand; they are rebuilt from the lister when a ReplicaSet is first worked on.
final class ReplicaSetController: Worker {
  let name = "replicaset"
  let watches = [Kinds.replicaSet, Kinds.pod]

  private let shop: Workshop
  /// What is known of each ReplicaSet that was worked on since the process began, by uid.
  private var tallies: [String: Tally] = [:]

  /// At most so many pods are created or deleted in one go.
  private static let burst = 500

  init(_ surroundings: Surroundings) {
    shop = Workshop(surroundings, name: name, component: "replicaset-controller")
  }

  /// What counts of one pod.
  private struct Facts: OptionSet, Equatable {
    let rawValue: UInt8
    static let active = Facts(rawValue: 1)
    static let ready = Facts(rawValue: 2)
    static let labelled = Facts(rawValue: 4)
  }

  /// A ReplicaSet's pods, counted.
  private final class Tally {
    let key: String
    var selector: Selector
    /// The template's labels, which a fully labelled pod has.
    var labels: Members
    var pods: [String: Facts] = [:]
    var active = 0
    var ready = 0
    var labelled = 0
    /// When it is to be worked on, as far as pods' news had it queued.
    var queued: Instant?
    /// Owners or labels may not agree: look through all candidates at the next work.
    var isDoubtful = true

    init(key: String, _ replicaSet: Value) {
      self.key = key
      selector = (try? Selector(labelSelector: replicaSet["spec"]["selector"])) ?? .nothing
      labels = replicaSet["spec"]["template"]["metadata"]["labels"].members
    }

    func clear() {
      pods.removeAll(keepingCapacity: true)
      active = 0
      ready = 0
      labelled = 0
    }

    func facts(of pod: Value) -> Facts {
      guard pod.isActivePod else { return [] }
      var facts: Facts = .active
      if pod.isReadyPod { facts.insert(.ready) }
      let own = pod.labels
      if labels.allSatisfy({ own[$0.key] == $0.value }) { facts.insert(.labelled) }
      return facts
    }

    /// Takes a pod as it is now (nil: gone); true where a count changed.
    func put(_ pod: String, _ now: Facts?) -> Bool {
      let before = now.map { pods.updateValue($0, forKey: pod) } ?? pods.removeValue(forKey: pod)
      let old = before ?? []
      let new = now ?? []
      if old == new { return false }
      active += (new.contains(.active) ? 1 : 0) - (old.contains(.active) ? 1 : 0)
      ready += (new.contains(.ready) ? 1 : 0) - (old.contains(.ready) ? 1 : 0)
      labelled += (new.contains(.labelled) ? 1 : 0) - (old.contains(.labelled) ? 1 : 0)
      return true
    }
  }

  // MARK: Seeing

  func observe(_ change: Change) {
    if change.key.kind == Kinds.pod { observePod(change) } else { observeReplicaSet(change) }
  }

  private func observeReplicaSet(_ change: Change) {
    let new = change.new
    switch change.verb {
    case .deleted: tallies[new.uid] = nil
    case .added: shop.queue.add(new.queueKey)
    case .modified:
      guard let old = change.old else { return shop.queue.add(new.queueKey) }
      // A status of our own writing is no news.
      if old["spec"] == new["spec"], old.isBeingDeleted == new.isBeingDeleted, old.uid == new.uid { return }
      if old["spec"]["template"]["metadata"] != new["spec"]["template"]["metadata"] || old.uid != new.uid { tallies[old.uid] = nil }
      shop.queue.add(new.queueKey)
    }
  }

  private func observePod(_ change: Change) {
    let pod = change.new
    guard let owner = pod.controllerReference else {
      if let uid = change.old?.controllerReference?["uid"].text, let tally = tallies[uid] {
        tally.isDoubtful = true
        shop.queue.add(tally.key)
      }
      if change.verb != .deleted, !pod.isBeingDeleted { observeOrphan(change) }
      return
    }
    guard owner["kind"].text == "ReplicaSet" else { return }
    guard let tally = tallies[owner["uid"].text] else {
      // Not counted yet: it will be when worked on.
      if let old = change.old, ReplicaSetController.sameNews(old, pod), change.verb == .modified { return }
      shop.queue.add("\(change.key.namespace)/\(owner["name"].text)")
      return
    }
    if change.verb == .deleted {
      _ = tally.put(change.key.name, nil)
      shop.queue.add(tally.key)
      return
    }
    if let old = change.old, old.metadata["labels"] != pod.metadata["labels"] || old.controllerReference == nil {
      tally.isDoubtful = true
      shop.queue.add(tally.key)
    }
    if tally.put(change.key.name, tally.facts(of: pod)) {
      // The larger the set, the longer its status may gather news before it is written; that of a few pods gathers none.
      let due = shop.now + shop.queue.latency + .milliseconds(tally.pods.count < 16 ? 0 : min(tally.pods.count, 500))
      if let queued = tally.queued, queued <= due { return }
      tally.queued = due
      shop.agenda.note(tally.key, for: name, at: due)
    }
  }

  private static func sameNews(_ old: Value, _ new: Value) -> Bool {
    old.isActivePod == new.isActivePod && old.isReadyPod == new.isReadyPod && old.metadata["labels"] == new.metadata["labels"]
  }

  /// A pod without a controller may belong to a ReplicaSet that selects it.
  private func observeOrphan(_ change: Change) {
    let labels = change.new.labels
    guard !labels.isEmpty else { return }
    if let old = change.old, old.controllerReference == nil, old.metadata["labels"] == change.new.metadata["labels"] { return }
    for replicaSet in shop.lister.list(Kinds.replicaSet, namespace: change.key.namespace) {
      guard let selector = try? Selector(labelSelector: replicaSet["spec"]["selector"]), !selector.isEverything, selector.matches(labels)
      else { continue }
      tallies[replicaSet.uid]?.isDoubtful = true
      shop.queue.add(replicaSet.queueKey)
    }
  }

  // MARK: Working

  func work(on key: String) { shop.attempt(key) { () throws(Status) in try sync(key) } }

  private func sync(_ key: String) throws(Status) {
    let (namespace, name) = splitKey(key)
    guard let replicaSet = shop.lister.get(ObjectKey(Kinds.replicaSet, namespace, name)) else { return }
    let tally = tallies[replicaSet.uid] ?? Tally(key: key, replicaSet)
    tallies[replicaSet.uid] = tally
    tally.queued = nil
    if tally.isDoubtful { try claim(replicaSet, tally) }

    // Status tells what was there before this round; the round's own changes bring the next one.
    let minReady = replicaSet["spec"].int32("minReadySeconds")
    let available = minReady == 0 ? tally.ready : countAvailable(replicaSet, minReady)
    let counts = (tally.active, tally.labelled, tally.ready, available)
    let wanted = replicaSet["spec"].int32("replicas", or: 1)
    let excess = tally.active - wanted
    var failure: Status?
    if !replicaSet.isBeingDeleted {
      do { try manage(replicaSet, excess) } catch { failure = error }
    }
    try writeStatus(replicaSet, counts, excess: excess, failure)
    if let failure { throw failure }
    if abs(excess) > ReplicaSetController.burst { shop.queue.add(key) }
  }

  /// Looks through the pods that are or might be this set's: adopts orphans that match, releases what no longer does, counts.
  private func claim(_ replicaSet: Value, _ tally: Tally) throws(Status) {
    tally.clear()
    for pod in shop.lister.owned(Kinds.pod, by: replicaSet.uid) where pod.controllerReference?["uid"].text == replicaSet.uid {
      if tally.selector.matches(pod.labels) {
        _ = tally.put(pod.name, tally.facts(of: pod))
      } else if !replicaSet.isBeingDeleted {
        try release(pod, replicaSet)
      }
    }
    if !replicaSet.isBeingDeleted, !tally.selector.isEverything {
      for pod in candidates(tally.selector, replicaSet.namespace)
      where pod.controllerReference == nil && pod.isActivePod && tally.selector.matches(pod.labels) {
        try adopt(pod, replicaSet)
        _ = tally.put(pod.name, tally.facts(of: pod))
      }
    }
    tally.isDoubtful = false
  }

  private func candidates(_ selector: Selector, _ namespace: String) -> [Value] {
    if selector.isNothing { return [] }
    let equalities = selector.equalities
    guard let (key, value) = equalities.first(where: { $0.key == "pod-template-hash" }) ?? equalities.first else {
      return shop.lister.list(Kinds.pod, namespace: namespace)
    }
    return shop.lister.labelled(Kinds.pod, namespace: namespace, key, value)
  }

  private func adopt(_ pod: Value, _ replicaSet: Value) throws(Status) {
    var adopted = pod
    adopted["metadata", "ownerReferences"].append(replicaSet.controllerReference(to: Kinds.replicaSet))
    do { try shop.update(Kinds.pod, adopted) } catch { if error.reason != .notFound { throw error } }
  }

  private func release(_ pod: Value, _ replicaSet: Value) throws(Status) {
    var released = pod
    let rest = pod.ownerReferences.filter { $0["uid"].text != replicaSet.uid }
    if rest.isEmpty { released["metadata"].remove("ownerReferences") } else { released["metadata", "ownerReferences"] = .array(rest) }
    do { try shop.update(Kinds.pod, released) } catch { if error.reason != .notFound { throw error } }
  }

  /// Ready pods that have been so long enough; looks again when the next one will have been.
  private func countAvailable(_ replicaSet: Value, _ minReady: Int) -> Int {
    var available = 0
    var next: Instant?
    for pod in shop.lister.owned(Kinds.pod, by: replicaSet.uid) where pod.isActivePod && pod.isReadyPod {
      if pod.isAvailablePod(minReadySeconds: minReady, now: shop.now) {
        available += 1
      } else if let since = pod.readyTransition {
        // Written to the second: it became ready somewhere within that second.
        let due = min(shop.now, since + .seconds(1)) + .seconds(minReady) + .milliseconds(1)
        next = min(next ?? due, due)
      }
    }
    if let next { shop.agenda.note(replicaSet.queueKey, for: name, at: max(next, shop.now + .milliseconds(1))) }
    return available
  }

  // MARK: Creating and deleting

  private func manage(_ replicaSet: Value, _ excess: Int) throws(Status) {
    if excess < 0 { try createPods(replicaSet, min(-excess, ReplicaSetController.burst)) }
    if excess > 0 { try deletePods(replicaSet, min(excess, ReplicaSetController.burst)) }
  }

  /// Creates in batches that double, so that what is refused is asked once, not five hundred times.
  private func createPods(_ replicaSet: Value, _ count: Int) throws(Status) {
    let pod = ReplicaSetController.pod(of: replicaSet)
    var remaining = count
    var batch = 1
    while remaining > 0 {
      var failure: Status?
      for _ in 0..<min(batch, remaining) {
        do {
          let created = try shop.client.create(Kinds.pod, namespace: replicaSet.namespace, pod, Workshop.writing)
          shop.event(replicaSet, .normal, "SuccessfulCreate", "Created pod: \(created.name)")
        } catch {
          // The namespace is on its way out: nothing to be said or tried again.
          if error.isNamespaceTerminating { return }
          shop.event(replicaSet, .warning, "FailedCreate", "Error creating: \(error.message)")
          failure = failure ?? error
        }
      }
      if let failure { throw failure }
      remaining -= batch
      batch *= 2
    }
  }

  /// A pod as the set's template has it.
  static func pod(of replicaSet: Value) -> Value {
    let template = replicaSet["spec"]["template"]
    var metadata: Value = [
      "generateName": .string(replicaSet.name + "-"), "namespace": .string(replicaSet.namespace),
      "ownerReferences": [replicaSet.controllerReference(to: Kinds.replicaSet)],
    ]
    for field in ["annotations", "finalizers", "labels"] {
      let value = template["metadata"][field]
      if !value.members.isEmpty || !value.items.isEmpty { metadata[field] = value }
    }
    return ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]]
  }

  private func deletePods(_ replicaSet: Value, _ count: Int) throws(Status) {
    let active = shop.lister.owned(Kinds.pod, by: replicaSet.uid)
      .filter { $0.isActivePod && $0.controllerReference?["uid"].text == replicaSet.uid }
    // Counted from older news than what is stored: what is gone already needs no deletion.
    let wanted = replicaSet["spec"].int32("replicas", or: 1)
    let count = min(count, active.count - wanted)
    guard count > 0 else { return }
    let chosen = PodRank.toDelete(active, related: count < active.count ? related(replicaSet) : [], count: count, now: shop.now)
    var failure: Status?
    for pod in chosen {
      do {
        try shop.delete(Kinds.pod, pod)
        shop.event(replicaSet, .normal, "SuccessfulDelete", "Deleted pod: \(pod.name)")
      } catch {
        if error.reason == .notFound { continue }
        shop.event(replicaSet, .warning, "FailedDelete", "Error deleting: \(error.message)")
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  /// The pods of all ReplicaSets that share this one's owner.
  private func related(_ replicaSet: Value) -> [Value] {
    guard let owner = replicaSet.controllerReference?["uid"].text else { return shop.lister.owned(Kinds.pod, by: replicaSet.uid) }
    return shop.lister.owned(Kinds.replicaSet, by: owner)
      .filter { $0.controllerReference?["uid"].text == owner }
      .flatMap { shop.lister.owned(Kinds.pod, by: $0.uid) }
  }

  // MARK: Status

  private func writeStatus(
    _ replicaSet: Value, _ counts: (replicas: Int, labelled: Int, ready: Int, available: Int), excess: Int, _ failure: Status?
  ) throws(Status) {
    var status: Value = ["observedGeneration": .int(replicaSet.generation), "replicas": Value(counts.replicas)]
    if counts.labelled > 0 { status["fullyLabeledReplicas"] = Value(counts.labelled) }
    if counts.ready > 0 { status["readyReplicas"] = Value(counts.ready) }
    if counts.available > 0 { status["availableReplicas"] = Value(counts.available) }
    var conditions = replicaSet["status"]["conditions"].items
    let known = conditions.firstIndex { $0["type"].text == "ReplicaFailure" }
    if let failure, known == nil {
      conditions.append([
        "type": "ReplicaFailure", "status": "True", "reason": excess < 0 ? "FailedCreate" : "FailedDelete",
        "message": .string(failure.message), "lastTransitionTime": .string(shop.now.rfc3339),
      ])
    } else if failure == nil, let known {
      conditions.remove(at: known)
    }
    if !conditions.isEmpty { status["conditions"] = .array(conditions) }
    if status == replicaSet["status"] { return }
    // What was read may be older than this round's own doing (an adoption bumps nothing of the set itself).
    var updated = replicaSet
    updated["status"] = status
    do { try shop.update(Kinds.replicaSet, updated, subresource: "status") } catch { if error.reason != .notFound { throw error } }
  }
}
