// What is due when: the agenda's heap.

import APIMachinery
import Formats

/// One entry a (worker, key), in order of (time, sequence). Entries that were forgotten stay in the heap until they surface.
final class DueList {
  struct Slot {
    var worker: Int32
    var key: String
    var time: Int64
    var sequence: UInt64
    var live: Bool
    /// Written to disk in its present or an earlier form.
    var stored: Bool
    var dirty: Bool
  }
  private struct Item {
    var time: Int64
    var sequence: UInt64
    var slot: Int32
  }

  private(set) var slots: [Slot] = []
  private var free: [Int32] = []
  private var heap: [Item] = []
  private(set) var workers: [String] = []
  private var numbers: [String: Int32] = [:]
  private var byKey: [[String: Int32]] = []
  private var dirty: [Int32] = []
  private(set) var sequence: UInt64 = 0
  private(set) var count = 0

  private func number(_ worker: String) -> Int {
    if let n = numbers[worker] { return Int(n) }
    let n = workers.count
    workers.append(worker)
    numbers[worker] = Int32(truncatingIfNeeded: n)
    byKey.append([:])
    return n
  }

  func note(_ key: String, _ worker: String, _ time: Instant) {
    let n = number(worker)
    if let slot = byKey[n][key] {
      let i = Int(slot)
      if slots[i].live {
        guard time.nanoseconds < slots[i].time else { return }
      } else {
        count += 1
      }
      schedule(i, time.nanoseconds)
      return
    }
    let i: Int
    let slot = Slot(
      worker: Int32(truncatingIfNeeded: n), key: key, time: 0, sequence: 0, live: false, stored: false, dirty: false)
    if let reused = free.popLast() {
      i = Int(reused)
      slots[i] = slot
    } else {
      i = slots.count
      slots.append(slot)
    }
    byKey[n][key] = Int32(truncatingIfNeeded: i)
    count += 1
    schedule(i, time.nanoseconds)
  }

  /// Puts back what was on disk; `time` nil: it was forgotten there.
  func restore(_ key: String, _ worker: String, time: Int64?) {
    if let n = numbers[worker], let slot = byKey[Int(n)][key] {
      let i = Int(slot)
      if slots[i].live { count -= 1 }
      slots[i].live = false
      slots[i].dirty = false
      release(i)
    }
    guard let time else { return }
    note(key, worker, Instant(nanoseconds: time))
    guard let slot = byKey[number(worker)][key] else { return }
    slots[Int(slot)].stored = true
    slots[Int(slot)].dirty = false
  }

  private func schedule(_ i: Int, _ time: Int64) {
    sequence += 1
    slots[i].time = time
    slots[i].sequence = sequence
    slots[i].live = true
    soil(i)
    push(Item(time: time, sequence: sequence, slot: Int32(truncatingIfNeeded: i)))
  }

  private func soil(_ i: Int) {
    guard !slots[i].dirty else { return }
    if dirty.count > 2 * slots.count + 4096 { tidyDirty() }
    slots[i].dirty = true
    dirty.append(Int32(truncatingIfNeeded: i))
  }

  /// Slots that came and went between two commits leave their numbers behind.
  private func tidyDirty() {
    var kept: [Int32] = []
    for slot in dirty where slots[Int(slot)].dirty {
      slots[Int(slot)].dirty = false
      kept.append(slot)
    }
    for slot in kept { slots[Int(slot)].dirty = true }
    dirty = kept
  }

  /// Whether something has changed since `takeChanges`.
  var hasChanges: Bool { dirty.contains { slots[Int($0)].dirty } }

  func forget(_ key: String, _ worker: String) {
    guard let n = numbers[worker], let slot = byKey[Int(n)][key], slots[Int(slot)].live else { return }
    retire(Int(slot))
    // Entries that never surface would grow the heap for ever.
    if heap.count > 1024, heap.count > 4 * count { rebuild() }
  }

  func due(_ key: String, _ worker: String) -> Instant? {
    guard let n = numbers[worker], let slot = byKey[Int(n)][key], slots[Int(slot)].live else { return nil }
    return Instant(nanoseconds: slots[Int(slot)].time)
  }

  /// When the next entry is due.
  func next() -> Instant? {
    surface()
    return heap.first.map { Instant(nanoseconds: $0.time) }
  }

  /// Takes the first entry out that is due by then.
  func pop(notLaterThan limit: Instant) -> (worker: String, key: String, time: Instant)? {
    surface()
    guard let first = heap.first, first.time <= limit.nanoseconds else { return nil }
    let i = Int(first.slot)
    let answer = (workers[Int(slots[i].worker)], slots[i].key, Instant(nanoseconds: first.time))
    popHeap()
    retire(i)
    return answer
  }

  private func retire(_ i: Int) {
    count -= 1
    slots[i].live = false
    if slots[i].stored {
      soil(i)
    } else {
      // The disk has never heard of it, and need not.
      slots[i].dirty = false
      release(i)
    }
  }

  private func release(_ i: Int) {
    byKey[Int(slots[i].worker)][slots[i].key] = nil
    slots[i].key = ""
    free.append(Int32(truncatingIfNeeded: i))
  }

  private func surface() {
    while let first = heap.first {
      let slot = slots[Int(first.slot)]
      if slot.live, slot.sequence == first.sequence { return }
      popHeap()
    }
  }

  private func rebuild() {
    let all = heap
    heap.removeAll(keepingCapacity: true)
    for item in all where slots[Int(item.slot)].live && slots[Int(item.slot)].sequence == item.sequence { push(item) }
  }

  /// Hands over what has changed since the last call, in the order it was first touched; `time` nil: forgotten.
  func takeChanges(_ body: (_ worker: String, _ key: String, _ time: Int64?) -> Void) {
    for slot in dirty {
      let i = Int(slot)
      guard slots[i].dirty else { continue }
      slots[i].dirty = false
      let worker = workers[Int(slots[i].worker)]
      if slots[i].live {
        slots[i].stored = true
        body(worker, slots[i].key, slots[i].time)
      } else {
        body(worker, slots[i].key, nil)
        release(i)
      }
    }
    dirty.removeAll(keepingCapacity: true)
  }

  /// Everything that is due, in order.
  var all: [(worker: String, key: String, time: Int64)] {
    var live = slots.filter(\.live)
    live.sort { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
    return live.map { (workers[Int($0.worker)], $0.key, $0.time) }
  }

  private static func precedes(_ a: Item, _ b: Item) -> Bool {
    a.time != b.time ? a.time < b.time : a.sequence < b.sequence
  }

  private func push(_ item: Item) {
    heap.append(item)
    var i = heap.count - 1
    while i > 0 {
      let parent = (i - 1) / 2
      guard DueList.precedes(item, heap[parent]) else { break }
      heap[i] = heap[parent]
      i = parent
    }
    heap[i] = item
  }

  private func popHeap() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    var i = 0
    let count = heap.count
    while true {
      var child = 2 * i + 1
      guard child < count else { break }
      if child + 1 < count, DueList.precedes(heap[child + 1], heap[child]) { child += 1 }
      guard DueList.precedes(heap[child], last) else { break }
      heap[i] = heap[child]
      i = child
    }
    heap[i] = last
  }
}
