import API
import APIMachinery
import Client
import Formats

// Rolls a Deployment's ReplicaSets from one template to the next.

/// The Deployment controller: sees Deployments, their ReplicaSets, and pods' ends (Recreate waits for them).
final class DeploymentController: Worker {
  let name = "deployment"
  let watches = [Kinds.deployment, Kinds.replicaSet, Kinds.pod]

  let shop: Workshop
  /// Deployments (by uid) whose ReplicaSets were looked through for orphans and strangers since the process began.
  private var claimed: Set<String> = []
  /// The Deployment last worked on, and when: what is seen of its ReplicaSets at that very moment is of that work's own writing.
  private var worked: (key: String, at: Instant)?

  /// A key that a worker holds isn't given to another: the next round begins when this one's writes have been answered.
  private static let roundTrip = Duration.milliseconds(6)

  init(_ surroundings: Surroundings) {
    // Nothing to wait for but the news itself: each status that a ReplicaSet writes is answered by one of the Deployment's,
    // which `rollout status` tells line by line. ReplicaSets gather their pods' news; gathering here too would swallow steps.
    shop = Workshop(surroundings, name: name, component: "deployment-controller", latency: .milliseconds(2))
  }

  // MARK: Seeing

  func observe(_ change: Change) {
    if change.key.kind == Kinds.replicaSet {
      observeReplicaSet(change)
    } else if change.key.kind == Kinds.pod {
      if change.verb == .deleted { observePodDeletion(change.new) }
    } else if change.verb == .deleted {
      claimed.remove(change.new.uid)
    } else {
      observeDeployment(change)
    }
  }

  private func observeDeployment(_ change: Change) {
    let new = change.new
    if let old = change.old, old["spec"] == new["spec"], old["metadata"]["annotations"] == new["metadata"]["annotations"],
      old.isBeingDeleted == new.isBeingDeleted
    {
      // A status of our own writing: only a rollout's end leaves something to do, cleaning up.
      if !DeploymentController.isComplete(new, new["status"]) { return }
    }
    if let old = change.old, old["spec"]["selector"] != new["spec"]["selector"] || old.uid != new.uid { claimed.remove(old.uid) }
    shop.queue.add(new.queueKey)
  }

  private func observeReplicaSet(_ change: Change) {
    let new = change.new
    let owner = new.controllerReference
    if let before = change.old?.controllerReference, before["uid"] != owner?["uid"] { enqueue(before, new.namespace) }
    if let owner {
      if change.verb == .modified, let old = change.old {
        if old["metadata"]["labels"] != new["metadata"]["labels"] { claimed.remove(owner["uid"].text) }
      }
      enqueue(owner, new.namespace)
    } else if change.verb != .deleted, !new.isBeingDeleted {
      if let old = change.old, old.controllerReference == nil, old["metadata"]["labels"] == new["metadata"]["labels"] { return }
      observeOrphan(new)
    }
  }

  private func enqueue(_ owner: Value, _ namespace: String) {
    guard owner["kind"].text == "Deployment" else { return }
    let key = "\(namespace)/\(owner["name"].text)"
    let isOwnWriting = worked.map { $0.at == shop.now && $0.key == key } ?? false
    shop.queue.add(key, after: isOwnWriting ? DeploymentController.roundTrip : shop.queue.latency)
  }

  private func observeOrphan(_ replicaSet: Value) {
    for deployment in shop.lister.list(Kinds.deployment, namespace: replicaSet.namespace) {
      guard let selector = try? Selector(labelSelector: deployment["spec"]["selector"]), !selector.isEverything,
        selector.matches(replicaSet.labels)
      else { continue }
      claimed.remove(deployment.uid)
      shop.queue.add(deployment.queueKey)
    }
  }

  /// Recreate goes on when the last old pod is gone.
  private func observePodDeletion(_ pod: Value) {
    guard let owner = pod.controllerReference, owner["kind"].text == "ReplicaSet",
      let replicaSet = shop.lister.get(ObjectKey(Kinds.replicaSet, pod.namespace, owner["name"].text)),
      let above = replicaSet.controllerReference, above["kind"].text == "Deployment",
      let deployment = shop.lister.get(ObjectKey(Kinds.deployment, pod.namespace, above["name"].text)),
      deployment["spec"]["strategy"]["type"].text == "Recreate"
    else { return }
    shop.queue.add(deployment.queueKey)
  }

  // MARK: Working

  func work(on key: String) {
    worked = (key, shop.now)
    shop.attempt(key) { () throws(Status) in try sync(key) }
  }

  private func sync(_ key: String) throws(Status) {
    let (namespace, name) = splitKey(key)
    guard var deployment = shop.lister.get(ObjectKey(Kinds.deployment, namespace, name)) else { return }
    if deployment["spec"]["selector"].members.allSatisfy({ $0.value.members.isEmpty && $0.value.items.isEmpty }) {
      shop.event(deployment, .warning, "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.")
      if deployment["status"]["observedGeneration"].int ?? 0 < deployment.generation {
        deployment["status", "observedGeneration"] = .int(deployment.generation)
        try shop.update(Kinds.deployment, deployment, subresource: "status")
      }
      return
    }
    let replicaSets = try claim(deployment)
    var rollout = Rollout(self, deployment, replicaSets)
    if deployment.isBeingDeleted { return try rollout.syncStatusOnly() }
    try rollout.checkPaused()
    if rollout.isPaused { return try rollout.syncScale() }
    if try rollout.isScaling() { return try rollout.syncScale() }
    if rollout.view.isRolling { try rollout.rollUpdate() } else { try rollout.recreate() }
  }

  /// The ReplicaSets that this Deployment controls, after adopting orphans that match and releasing what no longer does.
  private func claim(_ deployment: Value) throws(Status) -> [ReplicaSetView] {
    var owned = shop.lister.owned(Kinds.replicaSet, by: deployment.uid).filter { $0.controllerReference?["uid"].text == deployment.uid }
    if claimed.contains(deployment.uid) || deployment.isBeingDeleted { return owned.map(ReplicaSetView.init) }
    let selector = (try? Selector(labelSelector: deployment["spec"]["selector"])) ?? .nothing
    for replicaSet in owned where !selector.matches(replicaSet.labels) { try release(replicaSet, deployment) }
    owned.removeAll { !selector.matches($0.labels) }
    for replicaSet in candidates(selector, deployment.namespace)
    where replicaSet.controllerReference == nil && !replicaSet.isBeingDeleted && selector.matches(replicaSet.labels) {
      var adopted = replicaSet
      adopted["metadata", "ownerReferences"].append(deployment.controllerReference(to: Kinds.deployment))
      owned.append(try shop.update(Kinds.replicaSet, adopted))
    }
    claimed.insert(deployment.uid)
    return owned.map(ReplicaSetView.init)
  }

  private func candidates(_ selector: Selector, _ namespace: String) -> [Value] {
    guard let (key, value) = selector.equalities.first else {
      return selector.isNothing ? [] : shop.lister.list(Kinds.replicaSet, namespace: namespace)
    }
    return shop.lister.labelled(Kinds.replicaSet, namespace: namespace, key, value)
  }

  private func release(_ replicaSet: Value, _ deployment: Value) throws(Status) {
    var released = replicaSet
    let rest = replicaSet.ownerReferences.filter { $0["uid"].text != deployment.uid }
    if rest.isEmpty { released["metadata"].remove("ownerReferences") } else { released["metadata", "ownerReferences"] = .array(rest) }
    do { try shop.update(Kinds.replicaSet, released) } catch { if error.reason != .notFound { throw error } }
  }

  /// deploymentutil.DeploymentComplete
  static func isComplete(_ deployment: Value, _ status: Value) -> Bool {
    let replicas = deployment["spec"].int32("replicas", or: 1)
    return status.int32("updatedReplicas") == replicas && status.int32("replicas") == replicas
      && status.int32("availableReplicas") == replicas && status["observedGeneration"].int ?? 0 >= deployment.generation
  }
}
