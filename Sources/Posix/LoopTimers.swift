// The moments that an event loop waits for.

/// Timers by when they are due, those of one moment in the order in which they were set: a heap, from which what was cancelled is taken late.
struct LoopTimers {
  private struct Entry {
    let due: Int64
    let number: UInt64
    func precedes(_ other: Entry) -> Bool { (due, number) < (other.due, other.number) }
  }

  private var heap: [Entry] = []
  private var handlers: [UInt64: () -> Void] = [:]
  /// The number of the next timer.
  private(set) var next: UInt64 = 0

  var count: Int { handlers.count }
  /// When the first timer is due; nil: none is set.
  var firstDue: Int64? { heap.first?.due }

  mutating func add(due: Int64, _ handler: @escaping () -> Void) -> LoopTimer {
    let number = next
    next += 1
    handlers[number] = handler
    push(Entry(due: due, number: number))
    return LoopTimer(number: number)
  }

  mutating func cancel(_ timer: LoopTimer) {
    guard handlers.removeValue(forKey: timer.number) != nil else { return }
    if heap.count > 2 * handlers.count + 64 {
      // Sorted entries are a heap.
      heap = heap.filter { handlers[$0.number] != nil }.sorted { $0.precedes($1) }
    }
    dropCancelled()
  }

  /// The next handler that is due and was set before timer `limit`.
  mutating func take(by now: Int64, before limit: UInt64) -> (() -> Void)? {
    guard let first = heap.first, first.due <= now, first.number < limit else { return nil }
    pop()
    let handler = handlers.removeValue(forKey: first.number)
    dropCancelled()
    return handler
  }

  mutating func removeAll() {
    heap = []
    handlers = [:]
  }

  private mutating func dropCancelled() { while let first = heap.first, handlers[first.number] == nil { pop() } }

  private mutating func push(_ entry: Entry) {
    heap.append(entry)
    var i = heap.count - 1
    while i > 0, heap[i].precedes(heap[(i - 1) / 2]) {
      heap.swapAt(i, (i - 1) / 2)
      i = (i - 1) / 2
    }
  }

  private mutating func pop() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    var i = 0
    while true {
      var least = i
      for child in [2 * i + 1, 2 * i + 2] where child < heap.count && heap[child].precedes(heap[least]) { least = child }
      if least == i { return }
      heap.swapAt(i, least)
      i = least
    }
  }
}
