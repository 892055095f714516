import APIMachinery
import Formats

// The arithmetic of rolling updates: pure functions over a Deployment and its ReplicaSets.

/// How many pods a Deployment may have over and under what it asks for.
struct Fenceposts: Equatable {
  let surge: Int
  let unavailable: Int

  init(surge: Int, unavailable: Int) {
    self.surge = surge
    self.unavailable = unavailable
  }

  /// deploymentutil.ResolveFenceposts: percentages round up for surge and down for unavailable; not both can be zero.
  init(maxSurge: Value, maxUnavailable: Value, desired: Int) {
    let surge = Fenceposts.scaled(maxSurge, of: desired, roundUp: true) ?? 0
    let unavailable = Fenceposts.scaled(maxUnavailable, of: desired, roundUp: false) ?? 0
    self.surge = surge
    self.unavailable = surge == 0 && unavailable == 0 ? 1 : unavailable
  }

  /// intstr.GetScaledValueFromIntOrPercent; nil for what is neither a number nor a percentage.
  static func scaled(_ value: Value, of total: Int, roundUp: Bool) -> Int? {
    switch value {
    case .null: return 0
    case .int(let n): return Int(Int32(clamping: n))
    case .string(let text):
      guard text.utf8.last == UInt8(ascii: "%"), let percent = Int32(text.dropLast()) else { return nil }
      let share = Double(percent) * Double(total) / 100
      return Int(Int32(clamping: Int64((roundUp ? share.rounded(.up) : share.rounded(.down)))))
    default: return nil
    }
  }
}

/// A Deployment as its rollout reads it.
struct DeploymentView {
  let replicas: Int
  let isRolling: Bool
  let fenceposts: Fenceposts
  let progressDeadline: Int?
  let statusReplicas: Int

  init(_ deployment: Value) {
    let spec = deployment["spec"]
    replicas = spec.int32("replicas", or: 1)
    isRolling = spec["strategy"]["type"].text != "Recreate"
    let rolling = spec["strategy"]["rollingUpdate"]
    fenceposts = Fenceposts(maxSurge: rolling["maxSurge"], maxUnavailable: rolling["maxUnavailable"], desired: replicas)
    let deadline = spec["progressDeadlineSeconds"].int.map { Int(Int32(clamping: $0)) }
    progressDeadline = deadline == Int(Int32.max) ? nil : deadline
    statusReplicas = deployment["status"].int32("replicas")
  }

  var maxSurge: Int { isRolling ? fenceposts.surge : 0 }
  var maxUnavailable: Int { isRolling && replicas > 0 ? min(fenceposts.unavailable, replicas) : 0 }
  var minAvailable: Int { replicas - maxUnavailable }
}

/// A ReplicaSet as its Deployment's rollout reads it.
struct ReplicaSetView {
  let object: Value

  init(_ object: Value) { self.object = object }

  var name: String { object.name }
  var uid: String { object.uid }
  var replicas: Int { object["spec"].int32("replicas", or: 1) }
  var actual: Int { object["status"].int32("replicas") }
  var ready: Int { object["status"].int32("readyReplicas") }
  var available: Int { object["status"].int32("availableReplicas") }
  var isActive: Bool { replicas > 0 }
  var desiredAnnotation: Int? { RevisionAnnotations.number(object, RevisionAnnotations.desiredReplicas) }
  var maxAnnotation: Int? { RevisionAnnotations.number(object, RevisionAnnotations.maxReplicas) }

  /// Older first, then by name.
  func isOlder(than other: ReplicaSetView) -> Bool {
    let (a, b) = (object.creationTime, other.object.creationTime)
    if a != b { return (a ?? Instant(nanoseconds: .min)) < (b ?? Instant(nanoseconds: .min)) }
    return Members.precedes(name, other.name)
  }
}

extension Array where Element == ReplicaSetView {
  var replicas: Int { reduce(0) { $0 + $1.replicas } }
  var actual: Int { reduce(0) { $0 + $1.actual } }
  var ready: Int { reduce(0) { $0 + $1.ready } }
  var available: Int { reduce(0) { $0 + $1.available } }
  var active: [ReplicaSetView] { filter(\.isActive) }
  var byAge: [ReplicaSetView] { sorted { $0.isOlder(than: $1) } }
  /// Larger first, of equals the newer.
  var bySizeNewer: [ReplicaSetView] { sorted { $0.replicas != $1.replicas ? $0.replicas > $1.replicas : $1.isOlder(than: $0) } }
  /// Larger first, of equals the older.
  var bySizeOlder: [ReplicaSetView] { sorted { $0.replicas != $1.replicas ? $0.replicas > $1.replicas : $0.isOlder(than: $1) } }
}

enum RolloutMath {
  /// How many replicas the new ReplicaSet may have now: deploymentutil.NewRSNewReplicas.
  static func newReplicas(_ deployment: DeploymentView, all: [ReplicaSetView], current: Int) -> Int {
    guard deployment.isRolling else { return deployment.replicas }
    let room = deployment.replicas + deployment.fenceposts.surge - all.replicas
    if room <= 0 { return current }
    return current + min(room, deployment.replicas - current)
  }

  /// The one ReplicaSet to scale: the only active one, or where none is active the newest. Nil while several are.
  static func activeOrLatest(new: ReplicaSetView?, old: [ReplicaSetView]) -> ReplicaSetView? {
    let active = (old + (new.map { [$0] } ?? [])).active
    switch active.count {
    case 0: return new ?? old.byAge.last
    case 1: return active[0]
    default: return nil
    }
  }

  static func isSaturated(_ deployment: DeploymentView, _ replicaSet: ReplicaSetView?) -> Bool {
    guard let replicaSet, let desired = replicaSet.desiredAnnotation else { return false }
    return replicaSet.replicas == deployment.replicas && desired == deployment.replicas && replicaSet.available == deployment.replicas
  }

  /// The sizes that share a change of scale among several active ReplicaSets, each by its part, in the order to apply them.
  static func proportions(_ deployment: DeploymentView, _ active: [ReplicaSetView]) -> (sizes: [(ReplicaSetView, Int)], isUp: Bool) {
    let allowed = deployment.replicas > 0 ? deployment.replicas + deployment.maxSurge : 0
    let toAdd = allowed - active.replicas
    let ordered = toAdd > 0 ? active.bySizeNewer : toAdd < 0 ? active.bySizeOlder : active
    var added = 0
    var sizes: [(ReplicaSetView, Int)] = []
    for replicaSet in ordered {
      let part = proportion(replicaSet, deployment, toAdd: toAdd, added: added)
      sizes.append((replicaSet, replicaSet.replicas + part))
      added += part
    }
    if !sizes.isEmpty, toAdd != 0 { sizes[0].1 = max(0, sizes[0].1 + toAdd - added) }
    return (sizes, toAdd > 0)
  }

  /// deploymentutil.GetProportion
  static func proportion(_ replicaSet: ReplicaSetView, _ deployment: DeploymentView, toAdd: Int, added: Int) -> Int {
    if replicaSet.replicas == 0 || toAdd == 0 || toAdd == added { return 0 }
    let share = fraction(replicaSet, deployment)
    return toAdd > 0 ? min(share, toAdd - added) : max(share, toAdd - added)
  }

  private static func fraction(_ replicaSet: ReplicaSetView, _ deployment: DeploymentView) -> Int {
    if deployment.replicas == 0 { return -replicaSet.replicas }
    let annotated = replicaSet.maxAnnotation ?? deployment.statusReplicas
    guard annotated != 0 else { return 0 }
    let size = Double(replicaSet.replicas) * Double(deployment.replicas + deployment.maxSurge) / Double(annotated)
    return Int(Int32(clamping: Int64(size.rounded(.toNearestOrAwayFromZero)))) - replicaSet.replicas
  }

  /// Old ReplicaSets' new sizes once their unavailable pods are let go first, at most `limit` of them.
  static func withoutUnhealthy(_ old: [ReplicaSetView], limit: Int) -> [(ReplicaSetView, Int)] {
    var total = 0
    var sizes: [(ReplicaSetView, Int)] = []
    for replicaSet in old.byAge {
      if total >= limit { break }
      if replicaSet.replicas == 0 || replicaSet.replicas == replicaSet.available { continue }
      let count = min(limit - total, replicaSet.replicas - replicaSet.available)
      if count <= 0 { continue }
      sizes.append((replicaSet, replicaSet.replicas - count))
      total += count
    }
    return sizes
  }

  /// Old ReplicaSets' new sizes where `available` pods are there and `minAvailable` must stay.
  static func scaledDown(_ old: [ReplicaSetView], available: Int, minAvailable: Int) -> [(ReplicaSetView, Int)] {
    var total = 0
    var sizes: [(ReplicaSetView, Int)] = []
    let limit = available - minAvailable
    for replicaSet in old.byAge {
      if total >= limit { break }
      if replicaSet.replicas == 0 { continue }
      let count = min(replicaSet.replicas, limit - total)
      sizes.append((replicaSet, replicaSet.replicas - count))
      total += count
    }
    return sizes
  }
}
