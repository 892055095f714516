// What a scheduling plugin is: a filter that says which nodes can't have a pod and why, a score that ranks the rest, or both.

/// Plugins by name, as a set: which of them turned a pod away.
struct PluginSet: OptionSet, Hashable, Sendable {
  let rawValue: Int
  static let nodeUnschedulable = PluginSet(rawValue: 1)
  static let taintToleration = PluginSet(rawValue: 2)
  static let nodeAffinity = PluginSet(rawValue: 4)
  static let nodePorts = PluginSet(rawValue: 8)
  static let nodeResourcesFit = PluginSet(rawValue: 16)
  static let volumeBinding = PluginSet(rawValue: 32)
  static let podTopologySpread = PluginSet(rawValue: 64)
  static let interPodAffinity = PluginSet(rawValue: 128)
  static let balancedAllocation = PluginSet(rawValue: 256)
  static let imageLocality = PluginSet(rawValue: 512)
  static let resourceClaims = PluginSet(rawValue: 1024)
}

/// What may let a pod that was turned away in.
struct Wakes: OptionSet, Sendable {
  let rawValue: Int
  static let nodeAdded = Wakes(rawValue: 1)
  static let nodeUpdated = Wakes(rawValue: 2)
  static let nodeTaintUpdated = Wakes(rawValue: 4)
  static let nodeLabelUpdated = Wakes(rawValue: 8)
  static let nodeDeleted = Wakes(rawValue: 16)
  static let podDeleted = Wakes(rawValue: 32)
  static let podPlaced = Wakes(rawValue: 64)
  static let claimChanged = Wakes(rawValue: 128)
  static let nodeAny: Wakes = [.nodeAdded, .nodeUpdated, .nodeTaintUpdated, .nodeLabelUpdated]
}

/// Why a node can't have a pod.
struct Rejection: Equatable {
  let reasons: [String]
  /// Whether taking other pods away could help (Kubernetes' Unschedulable against UnschedulableAndUnresolvable).
  let isResolvable: Bool

  static func resolvable(_ reason: String) -> Rejection { Rejection(reasons: [reason], isResolvable: true) }
  static func final(_ reason: String) -> Rejection { Rejection(reasons: [reason], isResolvable: false) }
}

/// Why no node at all can have a pod, whatever the nodes are.
struct Refusal: Error {
  let message: String
}

/// A plugin's filter for one pod.
protocol NodeFilter {
  /// nil: the node can have the pod.
  func rejection(of node: Int) -> Rejection?
}

/// A plugin's score for one pod.
protocol NodeScore {
  func score(_ node: Int) -> Int64
  /// Brings raw scores to 0 to 100; the nodes are those the pod could go to.
  func normalize(_ scores: inout [Int64], of nodes: [Int])
}

extension NodeScore {
  func normalize(_ scores: inout [Int64], of nodes: [Int]) {}

  /// Kubernetes' DefaultNormalizeScore.
  func normalizeByGreatest(_ scores: inout [Int64], reversed: Bool = false) {
    let greatest = scores.max() ?? 0
    for i in scores.indices {
      let score = greatest == 0 ? 0 : scores[i] * 100 / greatest
      scores[i] = reversed ? 100 - score : score
    }
  }
}

/// A plugin: its row in the table.
struct Plugin: Sendable {
  let id: PluginSet
  var weight: Int64 = 0
  var wakes: Wakes = []
  /// The filter for a pod; nil where it has nothing to say. Throws where no node can ever do.
  var filter: (@Sendable (Cycle) throws(Refusal) -> (any NodeFilter)?)?
  /// The score for a pod among feasible nodes; nil where it would be the same for all.
  var score: (@Sendable (Cycle, [Int]) -> (any NodeScore)?)?
}

/// One pod's placement: what plugins judge.
final class Cycle {
  let cluster: ClusterState
  let shape: PodShape
  var nodes: NodeTable { cluster.nodes }
  /// Which nodes the pod's node selector and required node affinity accept, asked once.
  private(set) lazy var acceptsLabels: [Bool] = nodes.names.indices.map { shape.acceptsLabels(nodes.labels[$0], name: nodes.names[$0]) }

  init(_ cluster: ClusterState, _ shape: PodShape) {
    self.cluster = cluster
    self.shape = shape
  }
}
