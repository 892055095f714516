// NodePorts: a host port is taken once on a node.

struct NodePorts: NodeFilter {
  static let plugin = Plugin(
    id: .nodePorts, wakes: [.nodeAny, .podDeleted],
    filter: { $0.shape.hostPorts.isEmpty ? nil : NodePorts(nodes: $0.nodes, wanted: $0.shape.hostPorts) })

  let nodes: NodeTable
  let wanted: [HostPort]

  func rejection(of node: Int) -> Rejection? {
    for port in nodes.usedPorts[node] where wanted.contains(where: { $0.conflicts(with: port) }) {
      return .resolvable("node(s) didn't have free ports for the requested pod ports")
    }
    return nil
  }
}
