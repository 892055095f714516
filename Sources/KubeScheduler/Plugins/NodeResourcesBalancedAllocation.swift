// NodeResourcesBalancedAllocation: a node scores higher the nearer its shares of CPU and memory in use are.

struct NodeResourcesBalancedAllocation: NodeScore {
  static let plugin = Plugin(
    id: .balancedAllocation, weight: 1,
    score: { cycle, _ in NodeResourcesBalancedAllocation(nodes: cycle.nodes, wanted: cycle.shape.requests) })

  let nodes: NodeTable
  let wanted: PodRequests

  func score(_ node: Int) -> Int64 { NodeResourcesBalancedAllocation.balance(wanted, on: node, of: nodes) }

  /// In floating point, step by step as Kubernetes does, so that it rounds alike.
  @inline(__always) static func balance(_ wanted: PodRequests, on node: Int, of nodes: NodeTable) -> Int64 {
    let cpu = nodes.cpu[node]
    let memory = nodes.memory[node]
    if cpu == 0 || memory == 0 { return 100 }
    let first = min(1, Double(nodes.usedCPU[node] &+ wanted.cpu) / Double(cpu))
    let second = min(1, Double(nodes.usedMemory[node] &+ wanted.memory) / Double(memory))
    return Int64((1 - abs((first - second) / 2)) * 100)
  }
}
