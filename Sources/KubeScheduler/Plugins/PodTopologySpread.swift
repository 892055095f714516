import Formats

// PodTopologySpread: like pods are kept evenly over zones, hosts or any other label, as a rule or as a wish.

struct PodTopologySpread: NodeFilter {
  static let plugin = Plugin(
    id: .podTopologySpread, weight: 2, wakes: [.nodeAny, .nodeDeleted, .podDeleted],
    filter: { cycle in
      let hard = cycle.shape.spread.filter(\.isHard)
      return hard.isEmpty ? nil : PodTopologySpread(cycle, hard)
    },
    score: { cycle, feasible in
      let soft = cycle.shape.spread.filter { !$0.isHard }
      if !soft.isEmpty { return Score(cycle, soft, feasible, needsAllLabels: true) }
      // A pod without constraints of its own has the system's, over its services' and controller's pods.
      guard cycle.shape.spread.isEmpty, let selector = cycle.cluster.defaultSelector(cycle.shape) else { return nil }
      return Score(cycle, defaultConstraints(selector), feasible, needsAllLabels: false)
    })

  static func defaultConstraints(_ selector: LabelTest) -> [SpreadConstraint] {
    [(NodeTable.hostnameKey, 3), (NodeTable.zoneKey, 5)].map { key, skew in
      SpreadConstraint(
        maxSkew: skew, key: key, isHard: false, selector: selector, minDomains: nil, honorsAffinity: true, honorsTaints: false)
    }
  }

  private struct Rule {
    let maxSkew: Int64
    let domains: Domains
    let counts: [Int64]
    let least: Int64
    let own: Int64
  }
  private let rules: [Rule]

  init(_ cycle: Cycle, _ constraints: [SpreadConstraint]) {
    let nodes = cycle.nodes
    let all = constraints.map { nodes.domains($0.key) }
    rules = constraints.enumerated().map { i, constraint in
      let counter = cycle.cluster.counter(.spread(namespace: cycle.shape.namespace, constraint.selector))
      let admits = PodTopologySpread.inclusion(cycle, constraint)
      func counted(_ node: Int) -> Bool { all.allSatisfy { $0.of[node] >= 0 } && admits(node) }
      let counts = counter.byDomain(all[i], where: counted)
      var isThere = Array(repeating: false, count: counts.count)
      for node in 0..<nodes.count where counted(node) { isThere[Int(all[i].of[node])] = true }
      var least = Int64(Int32.max)
      var present: Int64 = 0
      for domain in counts.indices where isThere[domain] {
        present += 1
        least = min(least, counts[domain])
      }
      if let needed = constraint.minDomains, present < needed { least = 0 }
      return Rule(
        maxSkew: constraint.maxSkew, domains: all[i], counts: counts, least: least,
        own: constraint.selector.matches(cycle.shape.labels) ? 1 : 0)
    }
  }

  func rejection(of node: Int) -> Rejection? {
    for rule in rules {
      let domain = Int(rule.domains.of[node])
      if domain < 0 { return .final("node(s) didn't match pod topology spread constraints (missing required label)") }
      if rule.counts[domain] + rule.own - rule.least > rule.maxSkew {
        return .resolvable("node(s) didn't match pod topology spread constraints")
      }
    }
    return nil
  }

  /// Whether a constraint counts the pods of a node at all.
  static func inclusion(_ cycle: Cycle, _ constraint: SpreadConstraint) -> (Int) -> Bool {
    let nodes = cycle.nodes
    let hasAffinity = constraint.honorsAffinity && !(cycle.shape.nodeSelector.isEmpty && cycle.shape.requiredNodeTerms == nil)
    let taints = constraint.honorsTaints ? TaintToleration(nodes: nodes, tolerations: cycle.shape.tolerations) : nil
    if !hasAffinity && taints == nil { return { _ in true } }
    return { node in
      if hasAffinity, !cycle.acceptsLabels[node] { return false }
      if let taints, taints.rejection(of: node) != nil { return false }
      return true
    }
  }

  /// The wish: domains with fewer like pods score higher.
  struct Score: NodeScore {
    private struct Wish {
      let domains: Domains
      /// nil: counted on each node itself (the hostname).
      let counts: [Int64]?
      let counter: Counter
      let weight: Double
      let allowance: Double
    }
    private let wishes: [Wish]
    private let isIgnored: [Bool]

    init(_ cycle: Cycle, _ constraints: [SpreadConstraint], _ feasible: [Int], needsAllLabels: Bool) {
      let nodes = cycle.nodes
      let all = constraints.map { nodes.domains($0.key) }
      func hasAll(_ node: Int) -> Bool { all.allSatisfy { $0.of[node] >= 0 } }
      var ignored = Array(repeating: false, count: nodes.count)
      var taking = 0
      for node in feasible {
        if needsAllLabels, !hasAll(node) { ignored[node] = true } else { taking += 1 }
      }
      isIgnored = ignored
      wishes = constraints.enumerated().map { i, constraint in
        let counter = cycle.cluster.counter(.spread(namespace: cycle.shape.namespace, constraint.selector))
        if constraint.key == NodeTable.hostnameKey {
          return Wish(
            domains: all[i], counts: nil, counter: counter, weight: naturalLogarithm(Double(taking + 2)),
            allowance: Double(constraint.maxSkew - 1))
        }
        var isCandidate = Array(repeating: false, count: all[i].values.count)
        var sizes = 0
        var isWithout = false
        for node in feasible where !ignored[node] {
          let domain = Int(all[i].of[node])
          if domain < 0 {
            // Nodes without the label are a domain of their own where the defaults let them in.
            if !isWithout { sizes += 1 }
            isWithout = true
          } else if !isCandidate[domain] {
            isCandidate[domain] = true
            sizes += 1
          }
        }
        let admits = PodTopologySpread.inclusion(cycle, constraint)
        var counts = counter.byDomain(all[i]) { (!needsAllLabels || hasAll($0)) && admits($0) }
        for domain in counts.indices where !isCandidate[domain] { counts[domain] = 0 }
        return Wish(
          domains: all[i], counts: counts, counter: counter, weight: naturalLogarithm(Double(sizes + 2)),
          allowance: Double(constraint.maxSkew - 1))
      }
    }

    func score(_ node: Int) -> Int64 {
      if isIgnored[node] { return 0 }
      var score = 0.0
      for wish in wishes {
        let domain = Int(wish.domains.of[node])
        if domain < 0 { continue }
        let count = wish.counts.map { $0[domain] } ?? Int64(wish.counter.counts[node])
        score += Double(count) * wish.weight + wish.allowance
      }
      return nearest(score)
    }

    func normalize(_ scores: inout [Int64], of nodes: [Int]) {
      var least = Int64.max
      var greatest: Int64 = 0
      for (i, node) in nodes.enumerated() where !isIgnored[node] {
        least = min(least, scores[i])
        greatest = max(greatest, scores[i])
      }
      for (i, node) in nodes.enumerated() {
        if isIgnored[node] { scores[i] = 0 } else { scores[i] = PodTopologySpread.normalized(scores[i], least: least, greatest: greatest) }
      }
    }
  }

  @inline(__always) static func normalized(_ score: Int64, least: Int64, greatest: Int64) -> Int64 {
    greatest == 0 ? 100 : 100 * (greatest + least - score) / greatest
  }
}
