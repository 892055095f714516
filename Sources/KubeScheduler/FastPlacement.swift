import Client

// Placement the fast way: pods that fit and score alike share one class, which keeps every node's score in
// tournament trees, one a zone. Each pod is scored against every feasible node, exactly as the plain way does;
// only what has changed since the last pod is computed anew.

/// What pods of one placement class have in common.
struct PlacementKey: Hashable {
  let requests: PodRequests
  let nodeSelector: [LabelRule]
  let nodeTerms: [NodeTerm]?
  let tolerations: [Toleration]
  let images: [String]

  init(_ shape: PodShape) {
    requests = shape.requests
    nodeSelector = shape.nodeSelector
    nodeTerms = shape.requiredNodeTerms
    tolerations = shape.tolerations
    images = shape.images
  }
}

enum FastPlacement {
  /// Where a pod goes; nil where only the plain way can tell (the pod has constraints of its own, or no node will do).
  static func place(_ shape: PodShape, in cluster: ClusterState, _ dice: Dice) -> Int? {
    guard applies(shape, cluster) else { return nil }
    let made = cluster.placementClass(shape)
    if let selector = cluster.defaultSelector(shape) {
      guard cluster.nodes.allHaveHostname else { return nil }
      return made.place(spreading: cluster.counter(.spread(namespace: shape.namespace, selector)), dice)
    }
    return made.place(dice)
  }

  private static func applies(_ shape: PodShape, _ cluster: ClusterState) -> Bool {
    shape.isPlain && !cluster.nodes.anyPrefers && cluster.shapesTouching(shape).isEmpty
  }
}

extension PodShape {
  /// Whether nothing but requests, node labels, taints and images decides on this pod's node, default spreading aside.
  var isPlain: Bool {
    spread.isEmpty && !hasAffinityTerms && hostPorts.isEmpty && claims.isEmpty && preferredNodeTerms.isEmpty && parts.resourceClaims.isNull
  }
}

/// All nodes' scores for pods of one class.
final class PlacementClass {
  private let nodes: NodeTable
  private let shape: PodShape
  private let toleratesCordon: Bool
  private var isAllowed: [Bool] = []
  private var acceptsLabels: [Bool]?
  private var imageScore: [Int32]?
  /// Each node's score, spreading aside; -1 where the pod can't go.
  private var base: [Int32]
  private var zoneOf: [Int32] = []
  private var feasibleInZone: [Int] = []
  private var feasible = 0
  private var seen = 0
  private var seenLayout = -1

  // While pods are spread away from those that a counter counts, nodes stand on levels: on level 2 are the nodes with
  // two like pods. Each level has trees of its own, as its nodes score alike for spreading within a zone.
  private var levels: [ZoneTrees?] = []
  private var levelOf: [Int32]
  private var raised: [Int32] = []
  private var followed: Counter?
  private var followedTo = 0
  /// Like pods by zone, where the pod's node affinity lets them count.
  private var inZone: [Int64] = []
  private var zones: Int { feasibleInZone.count }

  private static let highestLevel: Int32 = 255

  init(_ shape: PodShape, _ nodes: NodeTable) {
    self.shape = shape
    toleratesCordon = shape.tolerations.tolerate(NodeUnschedulable.taint)
    self.nodes = nodes
    base = Array(repeating: -1, count: nodes.count)
    levelOf = Array(repeating: 0, count: nodes.count)
  }

  // MARK: Keeping up

  private func catchUp() {
    if seenLayout != nodes.layout || seen < nodes.logBase {
      rebuild()
    } else {
      var at = seen - nodes.logBase
      while at < nodes.log.count {
        let entry = nodes.log[at]
        if entry < 0 { allow(Int(~entry), isNew: false) }
        refresh(Int(entry < 0 ? ~entry : entry))
        at += 1
      }
    }
    seen = nodes.version
  }

  /// Reads anew what of a node doesn't depend on its pods.
  private func allow(_ node: Int, isNew: Bool) {
    let accepts = shape.acceptsLabels(nodes.labels[node], name: nodes.names[node])
    if !isNew, acceptsLabels?[node] != accepts { unfollow() }
    acceptsLabels?[node] = accepts
    isAllowed[node] =
      accepts && (toleratesCordon || !nodes.isUnschedulable[node])
      && TaintToleration(nodes: nodes, tolerations: shape.tolerations).rejection(of: node) == nil
  }

  private func rebuild() {
    seenLayout = nodes.layout
    unfollow()
    let count = nodes.count
    let hasAffinity = !(shape.nodeSelector.isEmpty && shape.requiredNodeTerms == nil)
    acceptsLabels = hasAffinity ? Array(repeating: false, count: count) : nil
    isAllowed = Array(repeating: false, count: count)
    imageScore =
      ImageLocality.applies(shape, nodes)
      ? (0..<count).map { Int32(truncatingIfNeeded: ImageLocality.score(shape.images, on: $0, of: nodes)) } : nil
    let zones = nodes.domains(NodeTable.zoneKey)
    zoneOf = zones.of.map { $0 + 1 }
    feasibleInZone = Array(repeating: 0, count: zones.values.count + 1)
    feasible = 0
    inZone = Array(repeating: 0, count: zones.values.count + 1)
    levels = [ZoneTrees(zoneOf, zones: zones.values.count + 1)]
    for node in 0..<count {
      base[node] = -1
      allow(node, isNew: true)
      refresh(node)
    }
  }

  private func refresh(_ node: Int) {
    let before = base[node]
    var after: Int32 = -1
    if isAllowed[node], NodeResourcesFit.fits(shape.requests, on: node, of: nodes) {
      let own =
        NodeResourcesFit.leastAllocated(shape.requests, on: node, of: nodes)
        + NodeResourcesBalancedAllocation.balance(shape.requests, on: node, of: nodes)
      after = Int32(truncatingIfNeeded: own) + (imageScore?[node] ?? 0)
    }
    if before == after { return }
    base[node] = after
    if (before < 0) != (after < 0) {
      let step = after < 0 ? -1 : 1
      feasible += step
      feasibleInZone[Int(zoneOf[node])] += step
    }
    levels[Int(levelOf[node])]?.set(node, after)
  }

  // MARK: Placing

  /// Where a pod without spreading goes.
  func place(_ dice: Dice) -> Int? {
    catchUp()
    if followed != nil { unfollow() }
    return pick(dice) { score, _, _ in Int64(score) }
  }

  /// Where a pod goes that is to be spread away from those that `counter` counts.
  func place(spreading counter: Counter, _ dice: Dice) -> Int? {
    if counter.peak > PlacementClass.highestLevel { return nil }
    catchUp()
    follow(counter)
    let hostWeight = naturalLogarithm(Double(feasible + 2))
    let zoneWeight = naturalLogarithm(Double(feasibleInZone.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } + 2))
    let inZone = inZone
    func raw(_ zone: Int, _ level: Int) -> Int64 {
      var score = 0.0
      score += Double(level) * hostWeight + 2
      if zone > 0 { score += Double(inZone[zone]) * zoneWeight + 4 }
      return nearest(score)
    }
    var least = Int64.max
    var greatest: Int64 = 0
    for level in levels.indices {
      guard let trees = levels[level] else { continue }
      for zone in 0..<zones where trees.best(zone).count > 0 {
        let score = raw(zone, level)
        least = min(least, score)
        greatest = max(greatest, score)
      }
    }
    return pick(dice) { score, zone, level in
      Int64(score) + 2 * PodTopologySpread.normalized(raw(zone, level), least: least, greatest: greatest)
    }
  }

  /// The best of each zone's and level's best by `total`; among equals chance decides, counted zone by zone, by name within a zone.
  @inline(__always) private func pick(_ dice: Dice, _ total: (_ score: Int32, _ zone: Int, _ level: Int) -> Int64) -> Int? {
    var best: Int64 = -1
    var ties = 0
    for level in levels.indices {
      guard let trees = levels[level] else { continue }
      for zone in 0..<zones {
        let (score, count) = trees.best(zone)
        if count == 0 { continue }
        let sum = total(score, zone, level)
        if sum > best {
          best = sum
          ties = count
        } else if sum == best {
          ties += count
        }
      }
    }
    if ties == 0 { return nil }
    var k = ties > 1 ? dice.random.below(ties) : 0
    for zone in 0..<zones {
      var tied: [Int] = []
      var count = 0
      for level in levels.indices {
        guard let (score, own) = levels[level]?.best(zone), own > 0, total(score, zone, level) == best else { continue }
        tied.append(level)
        count += own
      }
      if k >= count {
        k -= count
        continue
      }
      if tied.count == 1 { return levels[tied[0]]?.node(zone, k) }
      let all = tied.flatMap { levels[$0]?.nodes(zone) ?? [] }.sorted()
      return Int(all[k])
    }
    return nil
  }

  // MARK: Levels

  /// Puts every node back on level 0.
  func unfollow() {
    followed = nil
    for node in raised { move(Int(node), to: 0) }
    raised.removeAll(keepingCapacity: true)
  }

  private func follow(_ counter: Counter) {
    if followed !== counter || followedTo < counter.journalBase {
      unfollow()
      followed = counter
      for node in counter.present { move(Int(node), to: counter.counts[Int(node)]) }
    } else {
      var at = followedTo - counter.journalBase
      while at < counter.journal.count {
        let node = Int(counter.journal[at])
        move(node, to: counter.counts[node])
        at += 1
      }
    }
    followedTo = counter.version
  }

  private func move(_ node: Int, to level: Int32) {
    let from = levelOf[node]
    if from == level { return }
    levels[Int(from)]?.set(node, -1)
    if from == 0 { raised.append(Int32(truncatingIfNeeded: node)) }
    while levels.count <= Int(level) { levels.append(nil) }
    if levels[Int(level)] == nil { levels[Int(level)] = levels[0]?.emptied() }
    levels[Int(level)]?.set(node, base[node])
    levelOf[node] = level
    if acceptsLabels?[node] != false { inZone[Int(zoneOf[node])] += Int64(level) - Int64(from) }
  }
}
