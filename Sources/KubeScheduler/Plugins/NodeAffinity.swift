// NodeAffinity: the pod's node selector and node affinity against the nodes' labels and names.

struct NodeAffinity: NodeFilter {
  static let plugin = Plugin(
    id: .nodeAffinity, weight: 2, wakes: .nodeAny,
    filter: { cycle in cycle.shape.nodeSelector.isEmpty && cycle.shape.requiredNodeTerms == nil ? nil : NodeAffinity(cycle: cycle) },
    score: { cycle, _ in cycle.shape.preferredNodeTerms.isEmpty ? nil : Score(cycle: cycle) })

  let cycle: Cycle

  func rejection(of node: Int) -> Rejection? {
    cycle.acceptsLabels[node] ? nil : .final("node(s) didn't match Pod's node affinity/selector")
  }

  struct Score: NodeScore {
    let cycle: Cycle

    func score(_ node: Int) -> Int64 {
      let nodes = cycle.nodes
      return cycle.shape.preferredNodeTerms.reduce(0) { sum, preferred in
        // An empty preference matches every node.
        let matches = preferred.term.isEmpty || preferred.term.matches(nodes.labels[node], name: nodes.names[node])
        return matches ? sum + preferred.weight : sum
      }
    }

    func normalize(_ scores: inout [Int64], of nodes: [Int]) { normalizeByGreatest(&scores) }
  }
}
