// InterPodAffinity: pods that must or would like to stand beside or apart from others, theirs and ours.

struct InterPodAffinity: NodeFilter {
  static let plugin = Plugin(
    id: .interPodAffinity, weight: 2, wakes: [.nodeAny, .podDeleted, .podPlaced],
    filter: { cycle in
      let filter = InterPodAffinity(cycle)
      return filter.isIdle ? nil : filter
    },
    score: { cycle, _ in Score(cycle) })

  /// Counts by domain of one topology label.
  private struct Tally {
    let domains: Domains
    let counts: [Int64]

    func at(_ node: Int) -> Int64? {
      let domain = Int(domains.of[node])
      return domain < 0 ? nil : counts[domain]
    }
  }

  private let required: [Tally]
  /// The pod may be the first of a series that wants its own kind beside it.
  private let mayBeFirst: Bool
  private let anti: [Tally]
  private let existing: [Tally]
  var isIdle: Bool { required.isEmpty && anti.isEmpty && existing.isEmpty }

  init(_ cycle: Cycle) {
    let cluster = cycle.cluster
    let shape = cycle.shape
    func tally(_ counter: Counter, _ key: String) -> Tally {
      let domains = cluster.nodes.domains(key)
      return Tally(domains: domains, counts: counter.byDomain(domains) { _ in true })
    }
    if shape.requiredAffinity.isEmpty {
      required = []
      mayBeFirst = false
    } else {
      // Only pods that match every term count for any of them.
      let counter = cluster.counter(.terms(shape.requiredAffinity))
      required = shape.requiredAffinity.map { tally(counter, $0.key) }
      mayBeFirst =
        required.allSatisfy { $0.counts.allSatisfy { $0 == 0 } } && shape.requiredAffinity.allSatisfy { cluster.matches($0, shape) }
    }
    anti = shape.requiredAntiAffinity.map { tally(cluster.counter(.terms([$0])), $0.key) }
    var existing: [Tally] = []
    for other in cluster.shapesTouching(shape) {
      for term in other.requiredAntiAffinity where cluster.matches(term, shape) {
        existing.append(tally(cluster.counter(.shape(other.id)), term.key))
      }
    }
    self.existing = existing
  }

  func rejection(of node: Int) -> Rejection? {
    if !required.isEmpty {
      var arePodsThere = true
      for tally in required {
        guard let count = tally.at(node) else { return .final("node(s) didn't match pod affinity rules") }
        if count <= 0 { arePodsThere = false }
      }
      if !arePodsThere, !mayBeFirst { return .final("node(s) didn't match pod affinity rules") }
    }
    for tally in anti where (tally.at(node) ?? 0) > 0 { return .resolvable("node(s) didn't match pod anti-affinity rules") }
    for tally in existing where (tally.at(node) ?? 0) > 0 {
      return .resolvable("node(s) didn't satisfy existing pods anti-affinity rules")
    }
    return nil
  }

  /// The wishes of both sides: ours about the pods that are there, theirs about ours.
  struct Score: NodeScore {
    private let tallies: [(weight: Int64, tally: Tally)]

    init?(_ cycle: Cycle) {
      let cluster = cycle.cluster
      let shape = cycle.shape
      var tallies: [(Int64, Tally)] = []
      func add(_ weight: Int64, _ counter: Counter, _ key: String) {
        if counter.total == 0 || weight == 0 { return }
        let domains = cluster.nodes.domains(key)
        tallies.append((weight, Tally(domains: domains, counts: counter.byDomain(domains) { _ in true })))
      }
      for wish in shape.preferredAffinity { add(wish.weight, cluster.counter(.terms([wish.term])), wish.term.key) }
      for other in cluster.shapesTouching(shape) {
        let counter = cluster.counter(.shape(other.id))
        // A pod's hard affinity counts for one point towards those that it wants beside it.
        for term in other.requiredAffinity where cluster.matches(term, shape) { add(1, counter, term.key) }
        for wish in other.preferredAffinity where cluster.matches(wish.term, shape) { add(wish.weight, counter, wish.term.key) }
      }
      if tallies.isEmpty { return nil }
      self.tallies = tallies
    }

    func score(_ node: Int) -> Int64 { tallies.reduce(0) { $0 + $1.weight * ($1.tally.at(node) ?? 0) } }

    func normalize(_ scores: inout [Int64], of nodes: [Int]) {
      guard let least = scores.min(), let greatest = scores.max() else { return }
      let range = greatest - least
      for i in scores.indices { scores[i] = range > 0 ? Int64(100 * (Double(scores[i] - least) / Double(range))) : 0 }
    }
  }
}
