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
  private var trees = ZoneTrees()
  private var seen = 0
  private var seenLayout = -1

  // Nodes with like pods, taken out of the trees while one spreading shape is placed.
  private var isMasked: [Bool]
  private var masked: [Int32] = []
  private var maskCounter: Counter?
  private var maskRemovals = 0

  init(_ shape: PodShape, _ nodes: NodeTable) {
    self.shape = shape
    toleratesCordon = shape.tolerations.tolerate(NodeUnschedulable.taint)
    self.nodes = nodes
    base = Array(repeating: -1, count: nodes.count)
    isMasked = Array(repeating: false, count: nodes.count)
  }

  // MARK: Keeping up

  private func catchUp() {
    if seenLayout != nodes.layout || seen < nodes.logBase {
      rebuild()
    } else {
      var at = seen - nodes.logBase
      while at < nodes.log.count {
        let entry = nodes.log[at]
        if entry < 0 { allow(Int(~entry)) }
        refresh(Int(entry < 0 ? ~entry : entry))
        at += 1
      }
    }
    seen = nodes.version
  }

  /// Reads anew what of a node doesn't depend on its pods.
  private func allow(_ node: Int) {
    let accepts = shape.acceptsLabels(nodes.labels[node], name: nodes.names[node])
    acceptsLabels?[node] = accepts
    isAllowed[node] =
      accepts && (toleratesCordon || !nodes.isUnschedulable[node])
      && TaintToleration(nodes: nodes, tolerations: shape.tolerations).rejection(of: node) == nil
  }

  private func rebuild() {
    seenLayout = nodes.layout
    forgetMask()
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
    trees = ZoneTrees(zoneOf, zones: zones.values.count + 1)
    for node in 0..<count {
      base[node] = -1
      allow(node)
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
    if !isMasked[node] { trees.set(node, after) }
  }

  // MARK: Placing

  /// Where a pod without spreading goes.
  func place(_ dice: Dice) -> Int? {
    catchUp()
    if maskCounter != nil { unmask() }
    if feasible == 0 { return nil }
    var best: Int32 = -1
    var ties = 0
    for zone in 0..<trees.count {
      let (score, count) = trees.best(zone)
      if score > best {
        best = score
        ties = count
      } else if score == best, score >= 0 {
        ties += count
      }
    }
    var k = ties > 1 ? dice.random.below(ties) : 0
    for zone in 0..<trees.count {
      let (score, count) = trees.best(zone)
      if score != best { continue }
      if k < count { return trees.node(zone, k) }
      k -= count
    }
    return nil
  }

  /// Where a pod goes that is to be spread away from those that `counter` counts.
  func place(spreading counter: Counter, _ dice: Dice) -> Int? {
    catchUp()
    mask(counter)
    if feasible == 0 { return nil }
    let present = counter.present
    let zones = trees.count

    // Like pods by zone, where the pod's node affinity lets them count.
    var inZone = Array(repeating: 0, count: zones)
    for node in present where acceptsLabels?[Int(node)] != false { inZone[Int(zoneOf[Int(node)])] += Int(counter.counts[Int(node)]) }
    let hostWeight = naturalLogarithm(Double(feasible + 2))
    let zoneWeight = naturalLogarithm(Double(feasibleInZone.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } + 2))
    func raw(_ zone: Int, _ count: Int32) -> Int64 {
      var score = 0.0
      score += Double(count) * hostWeight + 2
      if zone > 0 { score += Double(inZone[zone]) * zoneWeight + 4 }
      return nearest(score)
    }
    // Few (zone, count) pairs occur, so each is computed once.
    let width = Int(counter.peak) + 1
    let isTabled = zones * width <= 4096
    var table = isTabled ? Array<Int64>(repeating: -1, count: zones * width) : []
    func known(_ node: Int) -> Int64 {
      let zone = Int(zoneOf[node])
      let count = counter.counts[node]
      if !isTabled { return raw(zone, count) }
      let at = zone * width + Int(count)
      if table[at] < 0 { table[at] = raw(zone, count) }
      return table[at]
    }

    var least = Int64.max
    var greatest: Int64 = 0
    for zone in 0..<zones where trees.best(zone).score >= 0 {
      let score = raw(zone, 0)
      least = min(least, score)
      greatest = max(greatest, score)
    }
    for node in present where base[Int(node)] >= 0 {
      let score = known(Int(node))
      least = min(least, score)
      greatest = max(greatest, score)
    }
    func total(_ base: Int32, _ raw: Int64) -> Int64 {
      Int64(base) + 2 * PodTopologySpread.normalized(raw, least: least, greatest: greatest)
    }

    var best: Int64 = -1
    var ties = 0
    func offer(_ score: Int64, _ count: Int) {
      if score > best {
        best = score
        ties = count
      } else if score == best {
        ties += count
      }
    }
    for zone in 0..<zones {
      let (score, count) = trees.best(zone)
      if score >= 0 { offer(total(score, raw(zone, 0)), count) }
    }
    for i in table.indices where table[i] >= 0 {
      table[i] = 2 * PodTopologySpread.normalized(table[i], least: least, greatest: greatest)
    }
    func totalOf(_ node: Int) -> Int64 {
      if !isTabled { return total(base[node], known(node)) }
      return Int64(base[node]) + table[Int(zoneOf[node]) * width + Int(counter.counts[node])]
    }
    for node in present where base[Int(node)] >= 0 { offer(totalOf(Int(node)), 1) }

    // The chosen one of the equals, counted zone by zone, by name within a zone.
    var k = ties > 1 ? dice.random.below(ties) : 0
    var tied = present.filter { base[Int($0)] >= 0 && totalOf(Int($0)) == best }
    if !tied.isEmpty { tied.sort() }
    for zone in 0..<zones {
      let (score, count) = trees.best(zone)
      let fromTree = score >= 0 && total(score, raw(zone, 0)) == best ? count : 0
      let others = tied.filter { Int(zoneOf[Int($0)]) == zone }
      if k >= fromTree + others.count {
        k -= fromTree + others.count
        continue
      }
      if others.isEmpty { return trees.node(zone, k) }
      let all = ((fromTree > 0 ? trees.nodes(zone) : []) + others).sorted()
      return Int(all[k])
    }
    return nil
  }

  // MARK: Masks

  func forgetMask() {
    unmask()
    maskCounter = nil
  }

  private func unmask() {
    for node in masked {
      isMasked[Int(node)] = false
      trees.set(Int(node), base[Int(node)])
    }
    masked.removeAll(keepingCapacity: true)
    maskCounter = nil
  }

  private func mask(_ counter: Counter) {
    if maskCounter !== counter || maskRemovals != counter.removals {
      unmask()
      maskCounter = counter
      maskRemovals = counter.removals
    }
    while masked.count < counter.present.count {
      let node = counter.present[masked.count]
      masked.append(node)
      isMasked[Int(node)] = true
      trees.set(Int(node), -1)
    }
  }
}
