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
  /// What is on disk and nobody has asked for yet.
  private var unread: ((NoteBook) -> Void)?

  /// Takes what was on disk, to be read when somebody asks.
  func restore(_ body: @escaping (NoteBook) -> Void) { unread = body }

  private func read() {
    guard let body = unread else { return }
    unread = nil
    body(self)
  }

  func note(_ worker: String, _ key: String) -> Value? {
    read()
    return byWorker[worker]?[key]?.value
  }

  func set(_ worker: String, _ key: String, _ value: Value?) {
    read()
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
    read()
    byWorker[worker, default: [:]][key] = value.map { Note(value: $0, stored: true) }
  }

  func keys(_ worker: String) -> [String] {
    read()
    return (byWorker[worker] ?? [:]).filter { $0.value.value != nil }.keys.sorted()
  }

  /// Every note, by worker and key.
  var all: [(worker: String, key: String, value: Value)] {
    read()
    return byWorker.keys.sorted().flatMap { worker in
      keys(worker).compactMap { key in note(worker, key).map { (worker, key, $0) } }
    }
  }

  /// Whether something has changed since `takeChanges`.
  var hasChanges: Bool { dirty.contains { byWorker[$0.worker]?[$0.key]?.dirty == true } }

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
