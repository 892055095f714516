import Client

// Placement the plain way: every plugin on every node. It says what the fast way must answer, and why a pod fails.

/// Where a pod goes.
enum Placement {
  case node(Int)
  case failed(Diagnosis)
}

enum PlainPlacement {
  /// Filters, scores and picks; among equals chance decides.
  static func place(_ shape: PodShape, in cluster: ClusterState, _ dice: Dice) -> Placement {
    let cycle = Cycle(cluster, shape)
    let feasible: [Int]
    switch filter(cycle) {
    case .success(let nodes): feasible = nodes
    case .failure(let diagnosis): return .failed(diagnosis)
    }
    if feasible.count == 1 { return .node(feasible[0]) }
    let totals = scores(cycle, feasible)
    let best = totals.max() ?? 0
    let ties = feasible.indices.filter { totals[$0] == best }.map { feasible[$0] }
    return .node(pick(ties, cluster.nodes, dice))
  }

  private enum Filtered {
    case success([Int])
    case failure(Diagnosis)
  }

  private static func filter(_ cycle: Cycle) -> Filtered {
    var diagnosis = Diagnosis()
    diagnosis.nodeCount = cycle.nodes.count
    if diagnosis.nodeCount == 0 { return .failure(diagnosis) }
    var filters: [(id: PluginSet, filter: any NodeFilter)] = []
    for plugin in PluginTable.rows {
      do throws(Refusal) {
        if let filter = try plugin.filter?(cycle) { filters.append((plugin.id, filter)) }
      } catch {
        diagnosis.refusal = error.message
        diagnosis.plugins = plugin.id
        diagnosis.preemption = Preemption.message(cycle, diagnosis)
        return .failure(diagnosis)
      }
    }
    var feasible: [Int] = []
    diagnosis.rejections = Array(repeating: nil, count: diagnosis.nodeCount)
    nodes: for node in 0..<diagnosis.nodeCount {
      for (id, filter) in filters {
        if let rejection = filter.rejection(of: node) {
          diagnosis.rejections[node] = rejection
          diagnosis.plugins.formUnion(id)
          continue nodes
        }
      }
      feasible.append(node)
    }
    if !feasible.isEmpty { return .success(feasible) }
    diagnosis.preemption = Preemption.message(cycle, diagnosis)
    return .failure(diagnosis)
  }

  /// Each feasible node's weighted sum.
  static func scores(_ cycle: Cycle, _ feasible: [Int]) -> [Int64] {
    var totals = Array<Int64>(repeating: 0, count: feasible.count)
    for plugin in PluginTable.rows {
      guard let score = plugin.score?(cycle, feasible) else { continue }
      var own = feasible.map(score.score)
      score.normalize(&own, of: feasible)
      for i in own.indices { totals[i] += plugin.weight * own[i] }
    }
    return totals
  }

  /// One of equals by chance, counted zone by zone.
  private static func pick(_ ties: [Int], _ nodes: NodeTable, _ dice: Dice) -> Int {
    if ties.count == 1 { return ties[0] }
    let zones = nodes.domains(NodeTable.zoneKey)
    let ordered = ties.sorted { (zones.of[$0], $0) < (zones.of[$1], $1) }
    return ordered[dice.random.below(ordered.count)]
  }
}
