import API
import APIMachinery
import Client
import Formats

// What must be true of a cluster that nobody has touched for a while.

/// Owners, counts and deletions, once everything has had its time.
enum SettledChecker {
  /// - Parameter events: the cluster's Events.
  static func check(_ picture: Picture, events: [Value], at now: Instant) throws(Violation) {
    try checkOwners(picture)
    try checkDeletions(picture)
    for replicaSet in picture.replicaSets.objects { try checkReplicaSet(replicaSet, picture, now) }
    for deployment in picture.deployments.objects { try checkDeployment(deployment, picture, events, now) }
    for pod in picture.pods.objects { try checkPod(pod, picture, events) }
    try EndpointChecker.check(picture)
    for endpoints in picture.endpoints.objects where picture.services[Shelf.key(endpoints)] == nil {
      throw Violation("endpoints \(Shelf.key(endpoints)) outlived their service")
    }
  }

  /// Nothing is left whose owners are all gone, and whoever is selected has an owner.
  private static func checkOwners(_ picture: Picture) throws(Violation) {
    let all: [(String, Shelf)] = [("pods", picture.pods), ("replicasets", picture.replicaSets), ("endpointslices", picture.slices)]
    let owners = Set(
      (picture.replicaSets.objects + picture.deployments.objects + picture.services.objects + picture.nodes.objects).map(\.uid))
    for (plural, shelf) in all {
      for object in shelf.objects {
        for owner in object.ownerReferences where !owners.contains(owner["uid"].text) {
          throw Violation("\(plural) \(Shelf.key(object)) is owned by \(owner["kind"].text) \(owner["name"].text), which is gone")
        }
        let selecting = plural == "pods" ? picture.replicaSets : plural == "replicasets" ? picture.deployments : Shelf()
        if object.controllerReference == nil, !object.isBeingDeleted, !(plural == "pods" && Facts.isOver(object)),
          let taker = selecting.objects.first(where: {
            $0.namespace == object.namespace && !$0.isBeingDeleted && Facts.matches($0["spec"]["selector"], object.labels)
          })
        {
          throw Violation("\(plural) \(Shelf.key(object)) has no owner, but \(taker.name) selects it")
        }
        if let owner = object.controllerReference, plural != "endpointslices",
          let found = selecting.objects.first(where: { $0.uid == owner["uid"].text }), !found.isBeingDeleted,
          !Facts.matches(found["spec"]["selector"], object.labels)
        {
          throw Violation("\(plural) \(Shelf.key(object)) is owned by \(found.name), which doesn't select it")
        }
      }
    }
  }

  private static func checkDeletions(_ picture: Picture) throws(Violation) {
    for (kind, path) in Picture.shelves {
      for object in picture[keyPath: path].objects where object.isBeingDeleted {
        throw Violation("\(kind.plural) \(Shelf.key(object)) has been being deleted since \(object["metadata"]["deletionTimestamp"].text)")
      }
    }
  }

  private static func checkReplicaSet(_ replicaSet: Value, _ picture: Picture, _ now: Instant) throws(Violation) {
    let name = "replicaset \(Shelf.key(replicaSet))"
    let pods = picture.pods(ownedBy: replicaSet.uid).filter(Facts.isActive)
    let status = replicaSet["status"]
    let minReady = Facts.minReady(replicaSet)
    let labels = replicaSet["spec"]["template"]["metadata"]["labels"].members
    try equal(name, "replicas", status, pods.count)
    try equal(name, "readyReplicas", status, pods.filter(Facts.isReady).count)
    try equal(name, "availableReplicas", status, pods.filter { Facts.isAvailable($0, minReady: minReady, at: now) }.count)
    try equal(name, "fullyLabeledReplicas", status, pods.filter { pod in labels.allSatisfy { pod.labels[$0.key] == $0.value } }.count)
    try equal(name, "observedGeneration", status, Int(clamping: replicaSet.generation))
    if Int64(pods.count) != Facts.replicas(replicaSet), Facts.condition(replicaSet, "ReplicaFailure") == nil {
      throw Violation("\(name) has \(pods.count) pods of \(Facts.replicas(replicaSet)), and doesn't say why")
    }
  }

  private static func equal(_ what: String, _ field: String, _ status: Value, _ wanted: Int) throws(Violation) {
    let found = status[field].int ?? 0
    if found != Int64(wanted) { throw Violation("\(what) says \(field) \(found), but there are \(wanted)") }
  }

  private static func checkDeployment(_ deployment: Value, _ picture: Picture, _ events: [Value], _ now: Instant) throws(Violation) {
    let name = "deployment \(Shelf.key(deployment))"
    let status = deployment["status"]
    let all = picture.replicaSets(ownedBy: deployment.uid)
    let template = deployment["spec"]["template"]
    let new = all.filter { Facts.plainTemplate($0["spec"]["template"]) == Facts.plainTemplate(template) }
    if new.count > 1 { throw Violation("\(name) has \(new.count) replica sets of one template") }
    func sum(_ sets: [Value], _ field: String) -> Int { sets.reduce(0) { $0 + Int(clamping: $1["status"][field].int ?? 0) } }
    try equal(name, "observedGeneration", status, Int(clamping: deployment.generation))
    try equal(name, "replicas", status, sum(all, "replicas"))
    try equal(name, "readyReplicas", status, sum(all, "readyReplicas"))
    try equal(name, "availableReplicas", status, sum(all, "availableReplicas"))
    try equal(name, "updatedReplicas", status, sum(new, "replicas"))
    let asked = all.reduce(0) { $0 + Facts.replicas($1) }
    let available = status["availableReplicas"].int ?? 0
    try equal(name, "unavailableReplicas", status, Int(clamping: max(0, asked - available)))
    let wanted = Facts.replicas(deployment)
    let unavailable = Facts.isRolling(deployment) ? Facts.bounds(deployment).unavailable : 0
    let condition = Facts.condition(deployment, "Available")
    if (condition?["status"] == "True") != (available >= wanted - unavailable) {
      throw Violation("\(name) has \(available) available pods of \(wanted), and says Available=\(condition?["status"].text ?? "nothing")")
    }
    let paused = deployment["spec"]["paused"] == true
    if paused { return }
    let limit = deployment["spec"]["revisionHistoryLimit"].int ?? 10
    let done = isDone(deployment, new, all)
    if done, Int64(all.count - new.count) > limit { throw Violation("\(name) keeps \(all.count - 1) old replica sets of \(limit)") }
    if done {
      guard let progress = Facts.condition(deployment, "Progressing") else { throw Violation("\(name) doesn't say that it is complete") }
      if progress["status"] != "True" || progress["reason"] != "NewReplicaSetAvailable" {
        throw Violation("\(name) is complete, but says Progressing=\(progress["status"].text), \(progress["reason"].text)")
      }
      return
    }
    try checkExcuse(deployment, name, all, picture, events, now)
  }

  static func isDone(_ deployment: Value, _ new: [Value], _ all: [Value]) -> Bool {
    let wanted = Facts.replicas(deployment)
    let status = deployment["status"]
    return new.count == 1 && status["updatedReplicas"].int ?? 0 == wanted && status["replicas"].int ?? 0 == wanted
      && status["availableReplicas"].int ?? 0 == wanted
  }

  /// A rollout that isn't complete says that its deadline has passed; one that was complete once has pods that say what they lack.
  private static func checkExcuse(
    _ deployment: Value, _ name: String, _ all: [Value], _ picture: Picture, _ events: [Value], _ now: Instant
  ) throws(Violation) {
    let progress = Facts.condition(deployment, "Progressing")
    switch progress?["reason"].text {
    case "ProgressDeadlineExceeded":
      if progress?["status"] != "False" { throw Violation("\(name) is late, but says Progressing=\(progress?["status"].text ?? "")") }
    case "NewReplicaSetAvailable":
      let pods = all.flatMap { picture.pods(ownedBy: $0.uid) }.filter { Facts.isActive($0) && !Facts.isReady($0) }
      if pods.isEmpty { throw Violation("\(name) isn't complete, and nothing says why") }
      for pod in pods where !tellsWhy(pod, events) {
        throw Violation("\(name) isn't complete, and pod \(pod.name) doesn't say why: \(JSON.text(pod["status"]))")
      }
    case let reason:
      // Pods that come and go count as progress, each time.
      let since = progress?["lastUpdateTime"].string.flatMap(Instant.init(rfc3339:))
      let deadline = Duration.seconds(deployment["spec"]["progressDeadlineSeconds"].int ?? 600)
      if let since, now - since < deadline + .seconds(5) { return }
      throw Violation("\(name) is neither complete nor late: Progressing says \(reason ?? "nothing")")
    }
  }

  /// Whether a pod that isn't ready shows what it waits for.
  private static func tellsWhy(_ pod: Value, _ events: [Value]) -> Bool {
    if let scheduled = Facts.condition(pod, "PodScheduled"), scheduled["status"] == "False" {
      return scheduled["reason"] == "Unschedulable"
        && events.contains { $0["involvedObject"]["uid"].text == pod.uid && $0["reason"] == "FailedScheduling" }
    }
    return (pod["status"]["initContainerStatuses"].items + pod["status"]["containerStatuses"].items).contains { status in
      !status["state"]["waiting"]["reason"].text.isEmpty || status["restartCount"].int ?? 0 > 0 || status["state"].has("terminated")
    }
  }

  /// Nobody is where there is no node; whoever has none finds none.
  private static func checkPod(_ pod: Value, _ picture: Picture, _ events: [Value]) throws(Violation) {
    let name = "pod \(Shelf.key(pod))"
    let node = pod["spec"]["nodeName"].text
    if !node.isEmpty {
      guard let place = picture.nodes["/\(node)"] else { throw Violation("\(name) is on node \(node), which is gone") }
      if Facts.isOver(pod) { return }
      let evictor = place["spec"]["taints"].items.first {
        $0["effect"] == "NoExecute" && !PlacementChecker.isTolerated($0, pod["spec"])
      }
      if let evictor { throw Violation("\(name) stays on node \(node) in spite of its taint \(evictor["key"].text)") }
      if Facts.isReady(pod), pod["status"]["phase"] != "Running" { throw Violation("\(name) is ready, but \(pod["status"]["phase"].text)") }
      return
    }
    if let place = picture.nodes.objects.first(where: { PlacementChecker.obstacle(pod, $0, picture) == nil }) {
      throw Violation("\(name) waits for a node, but \(place.name) could hold it")
    }
    if !tellsWhy(pod, events) { throw Violation("\(name) waits for a node, and nothing says why") }
  }

  /// With everything mended, whatever could be held is there and ready.
  static func checkHealthy(_ picture: Picture) throws(Violation) {
    for deployment in picture.deployments.objects {
      let all = picture.replicaSets(ownedBy: deployment.uid)
      let template = Facts.plainTemplate(deployment["spec"]["template"])
      let new = all.filter { Facts.plainTemplate($0["spec"]["template"]) == template }
      for pod in new.flatMap({ picture.pods(ownedBy: $0.uid) })
      where !pod["spec"]["nodeName"].text.isEmpty && !Facts.isOver(pod) && !Facts.isReady(pod) {
        throw Violation("pod \(Shelf.key(pod)) isn't ready, though all is well: \(JSON.text(pod["status"]))")
      }
      if isDone(deployment, new, all) { continue }
      let pods = all.flatMap { picture.pods(ownedBy: $0.uid) }
      if !pods.contains(where: { $0["spec"]["nodeName"].text.isEmpty }) {
        throw Violation("deployment \(Shelf.key(deployment)) isn't complete, though all is well")
      }
    }
  }
}
