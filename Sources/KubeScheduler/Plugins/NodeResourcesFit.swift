// NodeResourcesFit: requests against what is left of a node; the emptier node scores higher (LeastAllocated).

struct NodeResourcesFit: NodeFilter {
  static let plugin = Plugin(
    id: .nodeResourcesFit, weight: 1, wakes: [.nodeAny, .podDeleted],
    filter: { NodeResourcesFit(nodes: $0.nodes, wanted: $0.shape.requests) },
    score: { cycle, _ in Score(nodes: cycle.nodes, wanted: cycle.shape.requests) })

  let nodes: NodeTable
  let wanted: PodRequests

  func rejection(of node: Int) -> Rejection? {
    if NodeResourcesFit.fits(wanted, on: node, of: nodes) { return nil }
    var reasons: [String] = []
    if nodes.usedPods[node] + 1 > nodes.pods[node] { reasons.append("Too many pods") }
    func check(_ name: String, _ wanted: Int64, _ offered: Int64, _ used: Int64) {
      if wanted > 0, wanted > offered - used { reasons.append("Insufficient \(name)") }
    }
    check("cpu", wanted.cpu, nodes.cpu[node], nodes.usedCPU[node])
    check("memory", wanted.memory, nodes.memory[node], nodes.usedMemory[node])
    check("ephemeral-storage", wanted.ephemeral, nodes.ephemeral[node], nodes.usedEphemeral[node])
    for other in wanted.others {
      check(other.name, other.amount, nodes.others[node][other.name] ?? 0, nodes.usedOthers[node][other.name] ?? 0)
    }
    return Rejection(reasons: reasons, isResolvable: true)
  }

  @inline(__always) static func fits(_ wanted: PodRequests, on node: Int, of nodes: NodeTable) -> Bool {
    if nodes.usedPods[node] >= nodes.pods[node] { return false }
    if wanted.cpu > 0, wanted.cpu > nodes.cpu[node] &- nodes.usedCPU[node] { return false }
    if wanted.memory > 0, wanted.memory > nodes.memory[node] &- nodes.usedMemory[node] { return false }
    if wanted.ephemeral > 0, wanted.ephemeral > nodes.ephemeral[node] &- nodes.usedEphemeral[node] { return false }
    for other in wanted.others where other.amount > 0 {
      if other.amount > (nodes.others[node][other.name] ?? 0) &- (nodes.usedOthers[node][other.name] ?? 0) { return false }
    }
    return true
  }

  struct Score: NodeScore {
    let nodes: NodeTable
    let wanted: PodRequests

    func score(_ node: Int) -> Int64 { NodeResourcesFit.leastAllocated(wanted, on: node, of: nodes) }
  }

  /// The mean of the hundredths of CPU and memory that would stay free.
  @inline(__always) static func leastAllocated(_ wanted: PodRequests, on node: Int, of nodes: NodeTable) -> Int64 {
    var sum: Int64 = 0
    var weight: Int64 = 0
    func count(_ offered: Int64, _ taken: Int64) {
      if offered == 0 { return }
      weight += 1
      if taken <= offered { sum += (offered - taken) * 100 / offered }
    }
    count(nodes.cpu[node], nodes.scoredCPU[node] &+ wanted.scoredCPU)
    count(nodes.memory[node], nodes.scoredMemory[node] &+ wanted.scoredMemory)
    return weight == 0 ? 0 : sum / weight
  }
}
