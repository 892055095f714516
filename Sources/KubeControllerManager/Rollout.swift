import API
import APIMachinery
import Client
import Formats

// One round of a Deployment's rollout: what to scale, in Kubernetes' order, one step a round.

/// A Deployment with its ReplicaSets, for one round.
struct Rollout {
  let controller: DeploymentController
  var deployment: Value
  var view: DeploymentView
  /// All of the Deployment's ReplicaSets, older first.
  private var replicaSets: [ReplicaSetView]
  /// The one with the Deployment's template.
  private(set) var new: ReplicaSetView?

  init(_ controller: DeploymentController, _ deployment: Value, _ replicaSets: [ReplicaSetView]) {
    self.controller = controller
    self.deployment = deployment
    view = DeploymentView(deployment)
    self.replicaSets = replicaSets.byAge
    new = nil
  }

  var shop: Workshop { controller.shop }
  var isPaused: Bool { deployment["spec"]["paused"].bool == true }
  var old: [ReplicaSetView] { replicaSets.filter { $0.uid != new?.uid } }
  var all: [ReplicaSetView] { old + (new.map { [$0] } ?? []) }

  // MARK: The ways through a round

  /// A Deployment being deleted only tells how it is.
  mutating func syncStatusOnly() throws(Status) {
    try findNew(creating: false)
    try writeStatus(baseStatus())
  }

  /// A paused or rescaled Deployment scales what it has.
  mutating func syncScale() throws(Status) {
    if new == nil { try findNew(creating: false) }
    try scaleProportionally()
    if isPaused { try cleanUp() }
    try writeStatus(baseStatus())
  }

  mutating func isScaling() throws(Status) -> Bool {
    try findNew(creating: false)
    for replicaSet in all.active {
      if let desired = replicaSet.desiredAnnotation, desired != view.replicas { return true }
    }
    return false
  }

  mutating func rollUpdate() throws(Status) {
    if new == nil { try findNew(creating: true) }
    if try scaleUpNew() { return try syncRolloutStatus() }
    if try scaleDownOld() { return try syncRolloutStatus() }
    if DeploymentController.isComplete(deployment, deployment["status"]) { try cleanUp() }
    try syncRolloutStatus()
  }

  mutating func recreate() throws(Status) {
    var scaledDown = false
    for replicaSet in old.active where try scale(replicaSet, to: 0) { scaledDown = true }
    if scaledDown || oldPodsAreRunning() { return try syncRolloutStatus() }
    if new == nil { try findNew(creating: true) }
    if let new { _ = try scale(new, to: view.replicas) }
    if DeploymentController.isComplete(deployment, deployment["status"]) { try cleanUp() }
    try syncRolloutStatus()
  }

  /// A Deployment's pause and resumption stop and restart its progress deadline.
  mutating func checkPaused() throws(Status) {
    guard view.progressDeadline != nil else { return }
    var conditions = DeploymentConditions(deployment["status"])
    let reason = conditions["Progressing"]?["reason"].text
    if reason == "ProgressDeadlineExceeded" { return }
    if isPaused, reason != "DeploymentPaused" {
      conditions.set(condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused"))
    } else if !isPaused, reason == "DeploymentPaused" {
      conditions.set(condition("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed"))
    } else {
      return
    }
    conditions.write(into: &deployment["status"])
    deployment = try shop.update(Kinds.deployment, deployment, subresource: "status")
  }

  func condition(_ type: String, _ status: String, _ reason: String, _ message: String) -> Value {
    DeploymentConditions.condition(type, status, reason, message, now: shop.now)
  }

  // MARK: The new ReplicaSet

  /// Finds the ReplicaSet with the Deployment's template and brings its annotations up to date; creates it where asked.
  private mutating func findNew(creating: Bool) throws(Status) {
    let template = deployment["spec"]["template"]
    new = replicaSets.first { RevisionAnnotations.sameTemplate($0.object["spec"]["template"], template) }
    let revision = RevisionAnnotations.maxRevision(old) + 1
    if let found = new {
      try refresh(found, revision)
    } else if creating {
      try createNew(revision)
    }
  }

  private mutating func refresh(_ found: ReplicaSetView, _ revision: Int64) throws(Status) {
    var object = found.object
    var changed = RevisionAnnotations.mark(&object, of: deployment, revision: revision, exists: true)
    let minReady = deployment["spec"]["minReadySeconds"]
    if object["spec"].int32("minReadySeconds") != deployment["spec"].int32("minReadySeconds") {
      if minReady.isNull { object["spec"].remove("minReadySeconds") } else { object["spec", "minReadySeconds"] = minReady }
      changed = true
    }
    if changed {
      replace(try shop.update(Kinds.replicaSet, object))
      return
    }
    var needsUpdate = setRevision(object.annotation(RevisionAnnotations.revision) ?? "")
    var conditions = DeploymentConditions(deployment["status"])
    if view.progressDeadline != nil, conditions["Progressing"] == nil {
      conditions.set(condition("Progressing", "True", "FoundNewReplicaSet", "Found new replica set \"\(found.name)\""))
      conditions.write(into: &deployment["status"])
      needsUpdate = true
    }
    if needsUpdate { deployment = try shop.update(Kinds.deployment, deployment, subresource: "status") }
  }

  private mutating func createNew(_ revision: Int64) throws(Status) {
    let template = deployment["spec"]["template"]
    let hash = TemplateHash.of(template, collisionCount: deployment["status"]["collisionCount"].int)
    let name = "\(deployment.name)-\(hash)"
    var labelled = template
    labelled["metadata", "labels", RevisionAnnotations.hashLabel] = .string(hash)
    var selector = deployment["spec"]["selector"]
    selector["matchLabels", RevisionAnnotations.hashLabel] = .string(hash)
    let replicas = RolloutMath.newReplicas(view, all: old, current: 0)
    var object: Value = [
      "apiVersion": "apps/v1", "kind": "ReplicaSet",
      "metadata": [
        "labels": labelled["metadata"]["labels"], "name": .string(name), "namespace": .string(deployment.namespace),
        "ownerReferences": [deployment.controllerReference(to: Kinds.deployment)],
      ],
      "spec": ["replicas": Value(replicas), "selector": selector, "template": labelled],
    ]
    if deployment["spec"].int32("minReadySeconds") != 0 { object["spec", "minReadySeconds"] = deployment["spec"]["minReadySeconds"] }
    _ = RevisionAnnotations.mark(&object, of: deployment, revision: revision, exists: false)
    do {
      let created = try shop.create(Kinds.replicaSet, object)
      new = ReplicaSetView(created)
      replicaSets.append(ReplicaSetView(created))
      if replicas > 0 { shop.event(deployment, .normal, "ScalingReplicaSet", "Scaled up replica set \(name) to \(replicas)") }
      try noteCreation(name, revision, isFresh: true)
    } catch {
      try creationFailed(name, revision, error)
    }
  }

  private mutating func noteCreation(_ name: String, _ revision: Int64, isFresh: Bool) throws(Status) {
    var needsUpdate = setRevision(String(revision))
    if isFresh, view.progressDeadline != nil {
      var conditions = DeploymentConditions(deployment["status"])
      conditions.set(condition("Progressing", "True", "NewReplicaSetCreated", "Created new replica set \"\(name)\""))
      conditions.write(into: &deployment["status"])
      needsUpdate = true
    }
    if needsUpdate { deployment = try shop.update(Kinds.deployment, deployment, subresource: "status") }
  }

  private mutating func creationFailed(_ name: String, _ revision: Int64, _ error: Status) throws(Status) {
    if error.reason == .alreadyExists {
      let existing = shop.lister.get(ObjectKey(Kinds.replicaSet, deployment.namespace, name))
      if let existing, existing.controllerReference?["uid"].text == deployment.uid,
        RevisionAnnotations.sameTemplate(deployment["spec"]["template"], existing["spec"]["template"])
      {
        new = ReplicaSetView(existing)
        return try noteCreation(name, revision, isFresh: false)
      }
      // Another template with the same hash: count the collision, so that the next round makes another name.
      deployment["status", "collisionCount"] = .int((deployment["status"]["collisionCount"].int ?? 0) + 1)
      try shop.update(Kinds.deployment, deployment, subresource: "status")
      throw error
    }
    if error.isNamespaceTerminating { throw error }
    let message = "Failed to create new replica set \"\(name)\": \(error.message)"
    if view.progressDeadline != nil {
      var conditions = DeploymentConditions(deployment["status"])
      conditions.set(condition("Progressing", "False", "ReplicaSetCreateError", message))
      conditions.write(into: &deployment["status"])
      try shop.update(Kinds.deployment, deployment, subresource: "status")
    }
    shop.event(deployment, .warning, "ReplicaSetCreateError", message)
    throw error
  }

  private mutating func setRevision(_ revision: String) -> Bool {
    guard deployment.annotation(RevisionAnnotations.revision) != revision else { return false }
    deployment["metadata", "annotations", RevisionAnnotations.revision] = .string(revision)
    return true
  }

  private mutating func replace(_ object: Value) {
    let fresh = ReplicaSetView(object)
    if let at = replicaSets.firstIndex(where: { $0.uid == fresh.uid }) { replicaSets[at] = fresh }
    if new?.uid == fresh.uid { new = fresh }
  }

  // MARK: Scaling

  /// Scales one ReplicaSet and says so; true where its size changed.
  private mutating func scale(_ replicaSet: ReplicaSetView, to size: Int, isUp: Bool? = nil) throws(Status) -> Bool {
    var annotations = replicaSet.object.annotations
    let marked = RevisionAnnotations.setReplicas(&annotations, desired: view.replicas, max: view.replicas + view.maxSurge)
    let before = replicaSet.replicas
    guard before != size || (isUp != nil && marked) else { return false }
    var object = replicaSet.object
    object["spec", "replicas"] = Value(size)
    object["metadata", "annotations"] = .object(annotations)
    replace(try shop.update(Kinds.replicaSet, object))
    guard before != size else { return false }
    let direction = isUp ?? (size > before) ? "up" : "down"
    shop.event(deployment, .normal, "ScalingReplicaSet", "Scaled \(direction) replica set \(replicaSet.name) to \(size) from \(before)")
    return true
  }

  private mutating func scaleProportionally() throws(Status) {
    if let only = RolloutMath.activeOrLatest(new: new, old: old) {
      if only.replicas != view.replicas { _ = try scale(only, to: view.replicas) }
      return
    }
    if RolloutMath.isSaturated(view, new) {
      for replicaSet in old.active { _ = try scale(replicaSet, to: 0) }
      return
    }
    guard view.isRolling else { return }
    let (sizes, isUp) = RolloutMath.proportions(view, all.active)
    for (replicaSet, size) in sizes { _ = try scale(replicaSet, to: size, isUp: isUp) }
  }

  private mutating func scaleUpNew() throws(Status) -> Bool {
    guard let new, new.replicas != view.replicas else { return false }
    if new.replicas > view.replicas { return try scale(new, to: view.replicas) }
    return try scale(new, to: RolloutMath.newReplicas(view, all: all, current: new.replicas))
  }

  private mutating func scaleDownOld() throws(Status) -> Bool {
    let active = old.active
    guard let new, active.replicas > 0 else { return false }
    let room = all.replicas - view.minAvailable - (new.replicas - new.available)
    guard room > 0 else { return false }
    var total = 0
    for (replicaSet, size) in RolloutMath.withoutUnhealthy(active, limit: room) {
      _ = try scale(replicaSet, to: size)
      total += replicaSet.replicas - size
    }
    // What a ReplicaSet still counts beyond its size is on its way out.
    let available = all.reduce(0) { $0 + min($1.available, $1.replicas) }
    for (replicaSet, size) in RolloutMath.scaledDown(old.active, available: available, minAvailable: view.minAvailable) {
      _ = try scale(replicaSet, to: size)
      total += replicaSet.replicas - size
    }
    return total > 0
  }

  private func oldPodsAreRunning() -> Bool {
    if old.actual > 0 { return true }
    return old.contains { replicaSet in
      shop.lister.owned(Kinds.pod, by: replicaSet.uid).contains { !$0.isTerminalPod }
    }
  }

  /// Deletes the oldest ReplicaSets beyond revisionHistoryLimit.
  private func cleanUp() throws(Status) {
    guard let limit = deployment["spec"]["revisionHistoryLimit"].int, limit < Int64(Int32.max) else { return }
    let alive = old.filter { !$0.object.isBeingDeleted }
    let excess = alive.count - Int(clamping: limit)
    guard excess > 0 else { return }
    let oldest = alive.sorted {
      let (a, b) = (RevisionAnnotations.revision(of: $0.object) ?? 0, RevisionAnnotations.revision(of: $1.object) ?? 0)
      return a != b ? a < b : $0.isOlder(than: $1)
    }
    for replicaSet in oldest.prefix(excess) {
      let observed = replicaSet.object["status"]["observedGeneration"].int ?? 0
      if replicaSet.actual != 0 || replicaSet.replicas != 0 || replicaSet.object.generation > observed { continue }
      do { try shop.delete(Kinds.replicaSet, replicaSet.object) } catch { if error.reason != .notFound { throw error } }
    }
  }

  // MARK: Status

  /// The counts, and whether the minimum is available.
  func baseStatus() -> Value {
    let all = all
    let available = all.available
    var status: Value = ["observedGeneration": .int(deployment.generation)]
    let counts = [
      ("replicas", all.actual), ("updatedReplicas", new?.actual ?? 0), ("readyReplicas", all.ready), ("availableReplicas", available),
      ("unavailableReplicas", max(0, all.replicas - available)),
    ]
    for (field, count) in counts where count != 0 { status[field] = Value(count) }
    if deployment["status"].has("collisionCount") { status["collisionCount"] = deployment["status"]["collisionCount"] }
    var conditions = DeploymentConditions(deployment["status"])
    if available >= view.minAvailable {
      conditions.set(condition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability."))
    } else {
      conditions.set(condition("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."))
    }
    conditions.write(into: &status)
    return status
  }

  /// Tells the rollout's progress, or that there has been none for too long.
  private mutating func syncRolloutStatus() throws(Status) {
    var status = baseStatus()
    var conditions = DeploymentConditions(status)
    if view.progressDeadline == nil { conditions.remove("Progressing") }
    let current = DeploymentConditions(deployment["status"])["Progressing"]
    let isDone = status.int32("replicas") == status.int32("updatedReplicas") && current?["reason"].text == "NewReplicaSetAvailable"
    if view.progressDeadline != nil, !isDone {
      let subject = new.map { "ReplicaSet \"\($0.name)\"" } ?? "Deployment \"\(deployment.name)\""
      if DeploymentController.isComplete(deployment, status) {
        conditions.set(condition("Progressing", "True", "NewReplicaSetAvailable", "\(subject) has successfully progressed."))
      } else if hasProgressed(status) {
        // Even with the same reason its update time moves: that is what the deadline counts from.
        var fresh = condition("Progressing", "True", "ReplicaSetUpdated", "\(subject) is progressing.")
        if let current {
          if current["status"].text == "True" { fresh["lastTransitionTime"] = current["lastTransitionTime"] }
          conditions.remove("Progressing")
        }
        conditions.set(fresh)
      } else if hasTimedOut(conditions["Progressing"]) {
        conditions.set(condition("Progressing", "False", "ProgressDeadlineExceeded", "\(subject) has timed out progressing."))
      }
    }
    if let failure = replicaFailure() { conditions.set(failure) } else { conditions.remove("ReplicaFailure") }
    conditions.write(into: &status)
    try writeStatus(status)
    lookAgainAtDeadline()
  }

  private func hasProgressed(_ status: Value) -> Bool {
    let before = deployment["status"]
    func outdated(_ status: Value) -> Int { status.int32("replicas") - status.int32("updatedReplicas") }
    return status.int32("updatedReplicas") > before.int32("updatedReplicas") || outdated(status) < outdated(before)
      || status.int32("readyReplicas") > before.int32("readyReplicas")
      || status.int32("availableReplicas") > before.int32("availableReplicas")
  }

  private func hasTimedOut(_ progressing: Value?) -> Bool {
    guard let progressing, let deadline = view.progressDeadline else { return false }
    switch progressing["reason"].text {
    case "NewReplicaSetAvailable": return false
    case "ProgressDeadlineExceeded": return true
    default:
      guard let since = progressing["lastUpdateTime"].string.flatMap(Instant.init(rfc3339:)) else { return false }
      return since + .seconds(deadline) < shop.now
    }
  }

  /// What keeps the new ReplicaSet, or where there is none an old one, from creating pods.
  private func replicaFailure() -> Value? {
    let sources = new.map { [$0] } ?? all
    for replicaSet in sources {
      guard let found = replicaSet.object.condition("ReplicaFailure") else { continue }
      var failure = condition("ReplicaFailure", found["status"].text, found["reason"].text, found["message"].text)
      failure["lastTransitionTime"] = found["lastTransitionTime"]
      failure["lastUpdateTime"] = found["lastTransitionTime"]
      return failure
    }
    return nil
  }

  private mutating func writeStatus(_ status: Value) throws(Status) {
    if status != deployment["status"] {
      deployment["status"] = status
      deployment = try shop.update(Kinds.deployment, deployment, subresource: "status")
    }
  }

  /// A rollout without news must be looked at when its deadline has passed; one that was complete has none any more.
  private func lookAgainAtDeadline() {
    guard let deadline = view.progressDeadline, let current = DeploymentConditions(deployment["status"])["Progressing"],
      current["reason"].text != "ProgressDeadlineExceeded", current["reason"].text != "NewReplicaSetAvailable",
      !DeploymentController.isComplete(deployment, deployment["status"]),
      let since = current["lastUpdateTime"].string.flatMap(Instant.init(rfc3339:))
    else { return }
    let due = since + .seconds(deadline) + .seconds(1)
    shop.agenda.note(deployment.queueKey, for: controller.name, at: max(due, shop.now + .milliseconds(10)))
  }
}
