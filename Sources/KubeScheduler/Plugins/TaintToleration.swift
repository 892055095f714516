// TaintToleration: tainted nodes take only pods that tolerate the taints; preferred taints count against a node.

struct TaintToleration: NodeFilter {
  static let plugin = Plugin(
    id: .taintToleration, weight: 3, wakes: .nodeAny, filter: { TaintToleration(nodes: $0.nodes, tolerations: $0.shape.tolerations) },
    score: { cycle, _ in cycle.nodes.anyPrefers ? Score(cycle) : nil })

  let nodes: NodeTable
  let tolerations: [Toleration]

  func rejection(of node: Int) -> Rejection? {
    for taint in nodes.taints[node] where taint.effect == .noSchedule || taint.effect == .noExecute {
      if !tolerations.tolerate(taint) { return .final("node(s) had untolerated taint \(taint.shown)") }
    }
    return nil
  }

  struct Score: NodeScore {
    let nodes: NodeTable
    let tolerations: [Toleration]

    init(_ cycle: Cycle) {
      nodes = cycle.nodes
      tolerations = cycle.shape.tolerations.filter { $0.effect == nil || $0.effect == .preferNoSchedule }
    }

    func score(_ node: Int) -> Int64 {
      nodes.taints[node].reduce(0) { $0 + ($1.effect == .preferNoSchedule && !tolerations.tolerate($1) ? 1 : 0) }
    }

    func normalize(_ scores: inout [Int64], of nodes: [Int]) { normalizeByGreatest(&scores, reversed: true) }
  }
}
