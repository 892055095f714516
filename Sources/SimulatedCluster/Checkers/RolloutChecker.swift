import API
import APIMachinery
import Client
import Formats

// What a Deployment promises while it rolls.

/// Holds every change of a ReplicaSet's size, and every pod of one, against the Deployment's and the ReplicaSet's promises.
struct RolloutChecker {
  /// When a pod (by uid) ceased to be ready without having been asked to go.
  private var lost: [String: Instant] = [:]
  /// How long a controller may take to notice that.
  private static let grace = Duration.seconds(1)

  /// Before a change: what it must not do.
  mutating func before(_ sight: Sight, _ picture: Picture) throws(Violation) {
    if sight.kind == Kinds.pod {
      try beforePod(sight, picture)
    } else if sight.kind == Kinds.replicaSet, sight.verb != .deleted {
      try beforeReplicaSet(sight, picture)
    }
  }

  private mutating func beforePod(_ sight: Sight, _ picture: Picture) throws(Violation) {
    let pod = sight.new
    switch sight.verb {
    case .added:
      guard let owner = pod.controllerReference else { return }
      let name = Shelf.key(pod)
      guard let replicaSet = picture.replicaSets["\(pod.namespace)/\(owner["name"].text)"], replicaSet.uid == owner["uid"].text else {
        throw Violation("pod \(name) was created for \(owner["name"].text), which there is not")
      }
      if replicaSet.isBeingDeleted { throw Violation("pod \(name) was created for \(replicaSet.name), which is being deleted") }
      let others = picture.pods(ownedBy: replicaSet.uid).filter(Facts.isActive).count
      if Int64(others) >= Facts.replicas(replicaSet) {
        throw Violation("pod \(name) was created where \(replicaSet.name) has \(others) of \(Facts.replicas(replicaSet)) pods")
      }
    case .modified:
      if let old = sight.old, Facts.isReady(old), !Facts.isReady(pod), !pod.isBeingDeleted { lost[pod.uid] = sight.time }
    case .deleted: lost[pod.uid] = nil
    }
  }

  private func beforeReplicaSet(_ sight: Sight, _ picture: Picture) throws(Violation) {
    let new = sight.new
    let was = sight.old.map(Facts.replicas) ?? 0
    let will = Facts.replicas(new)
    guard was != will, let owner = new.controllerReference,
      let deployment = picture.deployments["\(new.namespace)/\(owner["name"].text)"], deployment.uid == owner["uid"].text
    else { return }
    let name = Shelf.key(deployment)
    let siblings = picture.replicaSets(ownedBy: deployment.uid).filter { $0.uid != new.uid }
    let (surge, unavailable) = Facts.bounds(deployment)
    let wanted = Facts.replicas(deployment)
    let desired = "deployment.kubernetes.io/desired-replicas"
    let isScaling = (siblings + (sight.old.map { [$0] } ?? [])).contains {
      Facts.replicas($0) > 0 && $0.annotation(desired) != String(wanted)
    }
    guard Facts.isRolling(deployment) else {
      if will > was, was == 0, !isScaling, deployment["spec"]["paused"] != true {
        let old = siblings.flatMap { picture.pods(ownedBy: $0.uid) }.filter { !Facts.isOver($0) }
        if let left = old.first { throw Violation("\(new.name) was scaled up to recreate \(name) while \(left.name) was there") }
      }
      return
    }
    if will > was {
      let total = siblings.reduce(will) { $0 + Facts.replicas($1) }
      if total > wanted + surge {
        throw Violation("\(new.name) was scaled up to \(will): \(name) has \(total) pods, but may have \(wanted) and \(surge) more")
      }
    } else if !isScaling {
      // Pods that a controller may not have seen become available can't be held against it, nor those that it may not have
      // seen lost: all of them together must be too few, and one that has long been available must be given up.
      func total(_ size: Int64, _ sureOnly: Bool) -> Int64 {
        siblings.reduce(available(new, size, picture, sight.time, sureOnly)) {
          $0 + available($1, Facts.replicas($1), picture, sight.time, sureOnly)
        }
      }
      let kept = total(will, false)
      if kept < wanted - unavailable, kept < total(was, false), total(will, true) < total(was, true) {
        throw Violation(
          "\(new.name) was scaled down from \(was) to \(will): \(name) keeps \(kept) available pods of \(wanted), "
            + "but may miss only \(unavailable)")
      }
    }
  }

  /// How many pods of a ReplicaSet are surely, or may be taken for, available that it keeps at a size.
  private func available(_ replicaSet: Value, _ size: Int64, _ picture: Picture, _ now: Instant, _ sureOnly: Bool) -> Int64 {
    let pods = picture.pods(ownedBy: replicaSet.uid).filter { pod in
      guard Facts.isActive(pod) else { return false }
      if sureOnly { return Facts.isAvailable(pod, minReady: Facts.minReady(replicaSet) + 2, at: now) }
      if Facts.isAvailable(pod, minReady: Facts.minReady(replicaSet), at: now) { return true }
      return lost[pod.uid].map { now - $0 < RolloutChecker.grace } ?? false
    }
    return min(Int64(pods.count), size)
  }
}
