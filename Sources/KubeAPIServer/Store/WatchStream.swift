// A watch: a buffer that the store fills and its reader pulls from.

import APIMachinery
import Client
import Formats

/// A watch on one kind. The store fills it as it writes; the reader polls.
public final class WatchStream: EventStream {
  let filter: ObjectFilter
  private var buffer: [StreamEvent] = []
  private var read = 0
  /// Whether bookmarks were asked for.
  public let wantsBookmarks: Bool
  /// When the stream's time is up.
  public let deadline: Instant?
  public private(set) var cancelled = false
  weak var table: Table?

  init(_ filter: ObjectFilter, table: Table, deadline: Instant? = nil, bookmarks: Bool = false) {
    self.filter = filter
    self.table = table
    self.deadline = deadline
    wantsBookmarks = bookmarks
  }

  /// What has come, oldest first; nil: nothing new.
  public func poll() -> StreamEvent? {
    guard read < buffer.count else { return nil }
    let event = buffer[read]
    read += 1
    if read == buffer.count {
      buffer.removeAll(keepingCapacity: true)
      read = 0
    } else if read >= 1024, read * 2 > buffer.count {
      buffer.removeFirst(read)
      read = 0
    }
    return event
  }

  /// Whether something has come.
  public var isReady: Bool { read < buffer.count }

  public func cancel() {
    cancelled = true
    buffer = []
    read = 0
    table?.streams.removeAll { $0 === self }
  }

  func push(_ event: StreamEvent) {
    guard !cancelled else { return }
    buffer.append(event)
  }

  /// A change as this watch sees it: an object that begins or ceases to match is added or deleted.
  func see(_ verb: Change.Verb, namespace: String, old: Value?, new: Value) {
    guard !cancelled, filter.namespace == nil || filter.namespace == namespace else { return }
    let before = old.map { filter.matches($0) } ?? false
    let after = verb != .deleted && filter.matches(new)
    switch (before, after) {
    case (false, true): push(.added(new))
    case (true, true): push(.modified(new))
    case (true, false): push(.deleted(verb == .deleted ? new : stale(old, new)))
    case (false, false): break
    }
  }

  /// An object that has left the selector is shown as it was, at the revision at which it left.
  private func stale(_ old: Value?, _ new: Value) -> Value {
    guard var shown = old else { return new }
    shown["metadata", "resourceVersion"] = new["metadata"]["resourceVersion"]
    return shown
  }
}
