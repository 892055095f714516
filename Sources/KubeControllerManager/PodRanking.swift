import APIMachinery
import Formats

// Which of a ReplicaSet's pods go first when it shrinks.

/// A pod's place in the order of deletion: controller.ActivePodsWithRanks.
struct PodRank {
  let isAssigned: Bool
  /// Pending 0, Unknown 1, Running 2.
  let phase: Int
  let isReady: Bool
  let deletionCost: Int32
  /// How many active pods of the same owner's ReplicaSets share its node.
  let crowd: Int
  let readySince: Instant?
  let restarts: Int
  let created: Instant?
  let uid: String

  init(_ pod: Value, crowd: Int) {
    isAssigned = !pod["spec"]["nodeName"].text.isEmpty
    switch pod["status"]["phase"].text {
    case "Unknown": phase = 1
    case "Running": phase = 2
    default: phase = 0
    }
    let condition = pod.readyCondition
    isReady = condition?["status"].text == "True"
    readySince = condition?["lastTransitionTime"].string.flatMap(Instant.init(rfc3339:))
    deletionCost = PodRank.cost(pod.annotation("controller.kubernetes.io/pod-deletion-cost"))
    self.crowd = crowd
    restarts = pod["status"]["containerStatuses"].items.reduce(0) { max($0, $1.int32("restartCount")) }
    created = pod.creationTime
    uid = pod.uid
  }

  /// A cost that is no plain int32 (`+1`, `01`) counts as none.
  static func cost(_ text: String?) -> Int32 {
    guard let text, let cost = Int32(text), String(cost) == text || text == "-0" else { return 0 }
    return cost
  }

  /// Whether this pod goes before `other`.
  func goesBefore(_ other: PodRank, now: Instant) -> Bool {
    if isAssigned != other.isAssigned { return !isAssigned }
    if phase != other.phase { return phase < other.phase }
    if isReady != other.isReady { return !isReady }
    if deletionCost != other.deletionCost { return deletionCost < other.deletionCost }
    if crowd != other.crowd { return crowd > other.crowd }
    if isReady, readySince != other.readySince { return PodRank.younger(readySince, uid, other.readySince, other.uid, now) }
    if restarts != other.restarts { return restarts > other.restarts }
    if created != other.created { return PodRank.younger(created, uid, other.created, other.uid, now) }
    return false
  }

  /// Younger by powers of two, so that within a power chance (the uid) decides.
  private static func younger(_ a: Instant?, _ uidA: String, _ b: Instant?, _ uidB: String, _ now: Instant) -> Bool {
    guard let a else { return true }
    guard let b else { return false }
    let (left, right) = (logarithm(now - a), logarithm(now - b))
    return left == right ? Members.precedes(uidA, uidB) : left < right
  }

  static func logarithm(_ age: Duration) -> Int {
    let n = age.nanoseconds
    return n > 0 ? 63 - n.leadingZeroBitCount : -1
  }

  /// The first `count` of `pods` to delete. `related` are all pods of the ReplicaSets with the same owner.
  static func toDelete(_ pods: [Value], related: [Value], count: Int, now: Instant) -> [Value] {
    guard count < pods.count else { return pods }
    var crowds: [String: Int] = [:]
    for pod in related where pod.isActivePod { crowds[pod["spec"]["nodeName"].text, default: 0] += 1 }
    return pods.map { (rank: PodRank($0, crowd: crowds[$0["spec"]["nodeName"].text] ?? 0), pod: $0) }
      .sorted { $0.rank.goesBefore($1.rank, now: now) }
      .prefix(max(0, count)).map(\.pod)
  }
}
