// A stack for trees that are built from the leaves up.

/// A stack whose top part becomes an array of exactly its size without a copy of the elements.
final class MoveStack<Element> {
  private var storage: UnsafeMutablePointer<Element>
  private var capacity = 64
  private(set) var count = 0

  init() { storage = UnsafeMutablePointer.allocate(capacity: capacity) }

  deinit {
    storage.deinitialize(count: count)
    storage.deallocate()
  }

  var last: Element { storage[count - 1] }

  func push(_ element: consuming Element) {
    if count == capacity { grow() }
    (storage + count).initialize(to: element)
    count += 1
  }

  private func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: storage, count: count)
    storage.deallocate()
    storage = larger
    capacity *= 2
  }

  func removeAll() {
    storage.deinitialize(count: count)
    count = 0
  }

  /// Takes the elements from `base` on off the stack.
  func popArray(from base: Int) -> [Element] {
    let size = count - base
    if size == 0 { return [] }
    let array = [Element](unsafeUninitializedCapacity: size) { buffer, initialized in
      buffer.baseAddress?.moveInitialize(from: storage + base, count: size)
      initialized = size
    }
    count = base
    return array
  }

  /// Sorts the elements from `base` on, keeping the order of equal ones; false where two are equal.
  func sort(from base: Int, by precedes: (borrowing Element, borrowing Element) -> Bool) -> Bool {
    let size = count - base
    if size > 32 {
      let sorted = popArray(from: base).enumerated().sorted { a, b in
        if precedes(a.element, b.element) { return true }
        return a.offset < b.offset && !precedes(b.element, a.element)
      }
      for (_, element) in sorted { push(element) }
      for i in base + 1..<count where !precedes(storage[i - 1], storage[i]) { return false }
      return true
    }
    var isUnique = true
    var i = base + 1
    while i < count {
      // Moves element i down to its place.
      var place = i
      while place > base && precedes(storage[i], storage[place - 1]) { place -= 1 }
      if place > base && !precedes(storage[place - 1], storage[i]) { isUnique = false }
      if place < i {
        let moved = (storage + i).move()
        (storage + place + 1).moveInitialize(from: storage + place, count: i - place)
        (storage + place).initialize(to: moved)
      }
      i += 1
    }
    return isUnique
  }
}
