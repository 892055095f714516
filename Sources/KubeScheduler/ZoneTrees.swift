// Tournament trees, one a zone: which node scores highest, and how many share that score.

/// The nodes' scores by zone. A change costs the tree's height; the best of a zone is at its root.
struct ZoneTrees {
  /// Score + 1 in the upper half (0: none), how many have it in the lower.
  private var cells: [UInt64] = []
  /// Where a zone's tree begins, and how many leaves it has (a power of two).
  private var start: [Int] = []
  private var width: [Int] = []
  private var members: [[Int32]] = []
  private var zoneOf: [Int32] = []
  /// A node's leaf within its tree.
  private var leaf: [Int32] = []

  init(_ zoneOf: [Int32], zones: Int) {
    self.zoneOf = zoneOf
    members = Array(repeating: [], count: zones)
    leaf = Array(repeating: 0, count: zoneOf.count)
    for node in zoneOf.indices {
      let zone = Int(zoneOf[node])
      leaf[node] = Int32(members[zone].count)
      members[zone].append(Int32(node))
    }
    var size = 0
    for zone in 0..<zones {
      var leaves = 1
      while leaves < members[zone].count { leaves *= 2 }
      start.append(size)
      width.append(leaves)
      size += 2 * leaves
    }
    cells = Array(repeating: 0, count: size)
  }

  /// Trees of the same form with no node in them.
  func emptied() -> ZoneTrees {
    var copy = self
    copy.cells = Array(repeating: 0, count: cells.count)
    return copy
  }

  /// Sets a node's score; -1 takes it out.
  mutating func set(_ node: Int, _ score: Int32) {
    let zone = Int(zoneOf[node])
    let origin = start[zone]
    var at = width[zone] + Int(leaf[node])
    let cell = score < 0 ? 0 : UInt64(score + 1) << 32 | 1
    if cells[origin + at] == cell { return }
    cells[origin + at] = cell
    while at > 1 {
      at /= 2
      let a = cells[origin + 2 * at]
      let b = cells[origin + 2 * at + 1]
      let joined = a >> 32 == b >> 32 ? a + (b & 0xFFFF_FFFF) : max(a, b)
      if cells[origin + at] == joined { return }
      cells[origin + at] = joined
    }
  }

  /// A zone's best score, -1 where it has none, and how many nodes have it.
  func best(_ zone: Int) -> (score: Int32, count: Int) {
    let root = cells[start[zone] + 1]
    return (Int32(truncatingIfNeeded: root >> 32) - 1, Int(root & 0xFFFF_FFFF))
  }

  /// The `k`th of a zone's best nodes, in the nodes' order.
  func node(_ zone: Int, _ k: Int) -> Int {
    let origin = start[zone]
    let score = cells[origin + 1] >> 32
    var at = 1
    var left = UInt64(k)
    while at < width[zone] {
      at *= 2
      let cell = cells[origin + at]
      let own = cell >> 32 == score ? cell & 0xFFFF_FFFF : 0
      if left >= own {
        left -= own
        at += 1
      }
    }
    return Int(members[zone][at - width[zone]])
  }

  /// All of a zone's best nodes, in the nodes' order.
  func nodes(_ zone: Int) -> [Int32] {
    let score = cells[start[zone] + 1] >> 32
    return members[zone].indices.filter { cells[start[zone] + width[zone] + $0] >> 32 == score }.map { members[zone][$0] }
  }
}
