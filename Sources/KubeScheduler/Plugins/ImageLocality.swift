// ImageLocality: a node that holds the pod's images scores higher, the more so the more nodes hold them.

struct ImageLocality: NodeScore {
  static let plugin = Plugin(
    id: .imageLocality, weight: 1,
    score: { cycle, _ in
      ImageLocality.applies(cycle.shape, cycle.nodes) ? ImageLocality(nodes: cycle.nodes, images: cycle.shape.images) : nil
    })

  let nodes: NodeTable
  let images: [String]

  static func applies(_ shape: PodShape, _ nodes: NodeTable) -> Bool {
    !nodes.imageSpread.isEmpty && shape.images.contains { nodes.imageSpread[$0] != nil }
  }

  func score(_ node: Int) -> Int64 { ImageLocality.score(images, on: node, of: nodes) }

  static func score(_ images: [String], on node: Int, of nodes: NodeTable) -> Int64 {
    let megabyte: Int64 = 1024 * 1024
    let floor = 23 * megabyte
    let ceiling = 1000 * megabyte * Int64(images.count)
    var sum: Int64 = 0
    for image in images {
      guard let size = nodes.images[node][image], let holders = nodes.imageSpread[image] else { continue }
      let spread = Double(holders) / Double(nodes.count)
      sum += Int64(Double(size) * spread)
    }
    sum = min(max(sum, floor), ceiling)
    return 100 * (sum - floor) / (ceiling - floor)
  }
}
