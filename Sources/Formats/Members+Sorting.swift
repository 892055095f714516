// Members from a text's order into their own, and keys that share their storage.

extension Members {
  /// Members from a list in any order; of two with one key the last stays. `twice` hears the places of such two in `list`.
  static func sorting(_ list: [Member], twice: (_ earlier: Int, _ later: Int) -> Void) -> Members {
    var order = Array(list.indices)
    if list.count <= 24 {
      // Few members, mostly in order already: insertion sort, which is stable.
      for i in order.indices.dropFirst() {
        let moved = order[i]
        var j = i
        while j > 0, precedes(list[moved].key, list[order[j - 1]].key) {
          order[j] = order[j - 1]
          j -= 1
        }
        order[j] = moved
      }
    } else {
      order.sort { a, b in
        if precedes(list[a].key, list[b].key) { return true }
        return a < b && !precedes(list[b].key, list[a].key)
      }
    }
    var sorted: [Member] = []
    sorted.reserveCapacity(list.count)
    for i in order.indices {
      if i > 0, !precedes(list[order[i - 1]].key, list[order[i]].key) {
        twice(order[i - 1], order[i])
        sorted[sorted.count - 1] = list[order[i]]
      } else {
        sorted.append(list[order[i]])
      }
    }
    return Members(sorted: sorted)
  }
}

/// Shares the storage of long keys that come again and again.
struct KeyCache {
  private var slots: [String] = []

  /// The string of some bytes, from the cache if it was met lately.
  mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    // Up to 15 bytes live in the string itself.
    guard bytes.count > 15 && bytes.count <= 64 else { return String(decoding: bytes, as: UTF8.self) }
    if slots.isEmpty { slots = Array(repeating: "", count: 256) }
    let hash = Int(bytes[0]) &+ Int(bytes[bytes.count - 1]) &* 31 &+ Int(bytes[bytes.count / 2]) &* 7 &+ Int(bytes[4]) &* 3 &+ bytes.count
    let slot = hash & 255
    let known = slots[slot].utf8.withContiguousStorageIfAvailable { $0.elementsEqual(bytes) } ?? false
    if known { return slots[slot] }
    let string = String(decoding: bytes, as: UTF8.self)
    slots[slot] = string
    return string
  }
}
