// How many pods of some sort stand on each node, kept as pods come and go.

/// What a counter counts.
enum CounterKey: Hashable {
  /// Pods of a namespace that a selector matches, those being deleted aside (topology spread).
  case spread(namespace: String, LabelTest)
  /// Pods that match every one of these terms (pod affinity).
  case terms([AffinityTerm])
  /// Pods of one shape.
  case shape(Int)
}

/// A count for each node, a list of the nodes where it isn't zero, and a journal of which have changed.
final class Counter {
  let key: CounterKey
  let skipsTerminating: Bool
  private(set) var counts: [Int32]
  private(set) var present: [Int32] = []
  /// Nodes whose count has changed, oldest first, from `journalBase` on.
  private(set) var journal: [Int32] = []
  private(set) var journalBase = 0
  var version: Int { journalBase + journal.count }
  private(set) var total = 0
  /// The highest count any node has had.
  private(set) var peak: Int32 = 0

  init(_ key: CounterKey, nodes: Int) {
    self.key = key
    if case .spread = key { skipsTerminating = true } else { skipsTerminating = false }
    counts = Array(repeating: 0, count: nodes)
  }

  func add(_ node: Int, _ n: Int32) {
    let before = counts[node]
    let after = before &+ n
    let place = Int32(truncatingIfNeeded: node)
    counts[node] = after
    total += Int(n)
    if after > peak { peak = after }
    if before == 0, after != 0 {
      present.append(place)
    } else if before != 0, after == 0, let at = present.firstIndex(of: place) {
      present.swapAt(at, present.count - 1)
      present.removeLast()
    }
    if journal.count >= 64 + 2 * present.count {
      journalBase += journal.count
      journal.removeAll(keepingCapacity: true)
    }
    journal.append(place)
  }

  /// The counts by domain of a topology label; nodes that `counts` says no to are left out.
  func byDomain(_ domains: Domains, where counted: (Int) -> Bool) -> [Int64] {
    var sums = Array<Int64>(repeating: 0, count: domains.values.count)
    for node in present {
      let i = Int(node)
      let domain = Int(domains.of[i])
      if domain >= 0, counted(i) { sums[domain] += Int64(counts[i]) }
    }
    return sums
  }
}
