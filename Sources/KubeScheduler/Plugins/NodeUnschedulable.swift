// NodeUnschedulable: cordoned nodes take only pods that tolerate it.

struct NodeUnschedulable: NodeFilter {
  static let plugin = Plugin(
    id: .nodeUnschedulable, wakes: [.nodeAdded, .nodeTaintUpdated],
    filter: { $0.shape.tolerations.tolerate(taint) ? nil : NodeUnschedulable(nodes: $0.nodes) })

  static let taint = Taint(key: "node.kubernetes.io/unschedulable", value: "", effect: .noSchedule)

  let nodes: NodeTable

  func rejection(of node: Int) -> Rejection? { nodes.isUnschedulable[node] ? .final("node(s) were unschedulable") : nil }
}
