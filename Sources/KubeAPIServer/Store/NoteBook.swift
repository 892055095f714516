// The workers' own small memories.

import Formats

/// Notes by worker and key, with what has changed since the last commit.
final class NoteBook {
  struct Note {
    var value: Value?
    var stored = false
    var dirty = false
  }
  private var byWorker: [String: [String: Note]] = [:]
  private var dirty: [(worker: String, key: String)] = []

  func note(_ worker: String, _ key: String) -> Value? { byWorker[worker]?[key]?.value }

  func set(_ worker: String, _ key: String, _ value: Value?) {
    let before = byWorker[worker]?[key]
    if before == nil, value == nil { return }
    var note = before ?? Note()
    note.value = value
    if !note.dirty {
      if value == nil, !note.stored {
        byWorker[worker]?[key] = nil
        return
      }
      note.dirty = true
      dirty.append((worker, key))
    }
    byWorker[worker, default: [:]][key] = note
  }

  func restore(_ worker: String, _ key: String, _ value: Value?) {
    byWorker[worker, default: [:]][key] = value.map { Note(value: $0, stored: true) }
  }

  func keys(_ worker: String) -> [String] {
    (byWorker[worker] ?? [:]).filter { $0.value.value != nil }.keys.sorted()
  }

  var workers: [String] { byWorker.keys.sorted() }

  /// Hands over what has changed since the last call, in the order it was first touched.
  func takeChanges(_ body: (_ worker: String, _ key: String, _ value: Value?) -> Void) {
    for (worker, key) in dirty {
      guard var note = byWorker[worker]?[key], note.dirty else { continue }
      note.dirty = false
      if let value = note.value {
        body(worker, key, value)
        note.stored = true
        byWorker[worker]?[key] = note
      } else {
        if note.stored { body(worker, key, nil) }
        byWorker[worker]?[key] = nil
      }
    }
    dirty.removeAll(keepingCapacity: true)
  }
}
