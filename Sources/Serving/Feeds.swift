import APIMachinery
import Client
import Formats
import HTTP
import Posix

// Watches and logs that are being delivered.

/// A stream on its way to a client.
class Feed {
  let exchange: Exchange
  let stream: any EventStream
  /// What the client calls it; empty: it doesn't.
  let name: String
  /// Events, or a log's bytes, that were sent.
  fileprivate(set) var sent = 0
  /// When it may have something without anything having been written.
  fileprivate(set) var due: Instant?

  init(_ exchange: Exchange, _ stream: any EventStream, name: String) {
    self.exchange = exchange
    self.stream = stream
    self.name = name
  }

  var isOver: Bool { !exchange.isOpen }

  /// Sends what has come.
  func deliver(_ cluster: any ServedCluster, _ cache: EventCache) {}
}

/// A watch.
final class WatchFeed: Feed {
  private let kind: Kind
  private let form: Form
  private let table: TableMaker?
  private let bookmarks: Bool
  private var headed = true

  init(_ exchange: Exchange, _ stream: any EventStream, _ kind: Kind, _ form: Form, bookmarks: Bool, name: String) {
    self.kind = kind
    self.form = form
    self.bookmarks = bookmarks
    if case .table(let rows) = form { table = TableMaker(kind, rows: rows) } else { table = nil }
    super.init(exchange, stream, name: name)
  }

  override func deliver(_ cluster: any ServedCluster, _ cache: EventCache) {
    while exchange.isOpen {
      switch cluster.poll(stream) {
      case .event(.error(let status)):
        send("ERROR", status.object)
        exchange.end()
      case .event(.added(let object)): send("ADDED", object, cluster.now, cache)
      case .event(.modified(let object)): send("MODIFIED", object, cluster.now, cache)
      case .event(.deleted(let object)): send("DELETED", object, cluster.now, cache)
      case .event: break
      case .ended:
        if bookmarks { bookmark(cluster.revision) }
        exchange.end()
      case .nothing(let until):
        due = until
        return
      }
    }
  }

  /// Tells the client how far it has seen all there was.
  func bookmark(_ revision: Int64) {
    guard bookmarks else { return }
    send(
      "BOOKMARK",
      [
        "kind": .string(kind.name), "apiVersion": .string(kind.apiVersion),
        "metadata": ["resourceVersion": .string(String(revision)), "creationTimestamp": nil],
      ])
  }

  private func send(_ type: String, _ object: Value, _ now: Instant, _ cache: EventCache) {
    sent += 1
    switch form {
    case .object: exchange.send(cache.bytes(type, object))
    case .metadata: exchange.send(EventCache.encoded(type, TableMaker.partial(object)))
    case .table:
      guard let table else { return }
      let metadata: Value = ["resourceVersion": .string(object.resourceVersion)]
      exchange.send(EventCache.encoded(type, table.table([object], now: now, metadata: metadata, headed: headed)))
      headed = false
    }
  }

  private func send(_ type: String, _ object: Value) {
    sent += 1
    exchange.send(EventCache.encoded(type, object))
  }
}

/// A log.
final class LogFeed: Feed {
  override func deliver(_ cluster: any ServedCluster, _ cache: EventCache) {
    while exchange.isOpen {
      if exchange.isFull {
        due = nil
        return
      }
      switch cluster.poll(stream) {
      case .event(.log(let bytes)):
        sent += bytes.count
        exchange.send(bytes)
      case .event: break
      case .ended: exchange.end()
      case .nothing(let until):
        due = until
        return
      }
    }
  }
}

/// One event's bytes, made once for all who watch.
final class EventCache {
  private struct Key: Hashable {
    let type: String
    let revision: String
    let uid: String
  }
  private var made: [Key: [UInt8]] = [:]
  private let encoded: EncodedObjects

  init(_ encoded: EncodedObjects) { self.encoded = encoded }

  func clear() { if !made.isEmpty { made.removeAll(keepingCapacity: true) } }

  func bytes(_ type: String, _ object: Value) -> [UInt8] {
    let metadata = object["metadata"]
    let key = Key(type: type, revision: metadata["resourceVersion"].text, uid: metadata["uid"].text)
    if let bytes = made[key] { return bytes }
    let bytes = Array("{\"type\":\"\(type)\",\"object\":".utf8) + encoded.bytes(object) + [125, 10]
    made[key] = bytes
    return bytes
  }

  static func encoded(_ type: String, _ object: Value) -> [UInt8] {
    var bytes = Array("{\"type\":\"\(type)\",\"object\":".utf8)
    JSON.write(object, to: &bytes)
    bytes += [125, 10]
    return bytes
  }
}

/// All streams that are being delivered.
final class Feeds {
  private let cluster: any ServedCluster
  private var feeds: [Feed] = []
  private let cache: EventCache
  private var seen: Int64 = -1
  /// Whether one has something that neither a write nor a moment tells of.
  private(set) var fresh = false
  /// Streams that ended and that their client may still ask about, the last ones.
  private var ended: [(name: String, sent: Int)] = []

  /// A clock that never goes back, in nanoseconds.
  private let steady: () -> Int64
  private var bookmarked: Int64

  /// How often a watch that asked for it is told how far it has seen everything, as Kubernetes' watch cache does.
  private static let bookmarkPause: Int64 = 60_000_000_000

  init(_ cluster: any ServedCluster, _ encoded: EncodedObjects, steady: @escaping () -> Int64 = { Machine.steadyNanoseconds }) {
    self.cluster = cluster
    self.steady = steady
    bookmarked = steady()
    cache = EventCache(encoded)
  }

  var count: Int { feeds.count }

  func add(_ feed: Feed) {
    feeds.append(feed)
    fresh = true
    feed.exchange.onClose = { [unowned feed, weak self] in
      feed.stream.cancel()
      // It is let go of, and no longer counted, at the next occasion.
      self?.fresh = true
    }
  }

  /// When a stream may have something of its own.
  private(set) var nextDue: Instant?

  /// Sends what has come to whom it is for.
  func deliver() {
    sendNews()
    let now = steady()
    guard now - bookmarked >= Feeds.bookmarkPause else { return }
    bookmarked = now
    // Each has just been sent all there is.
    for case let feed as WatchFeed in feeds where !feed.isOver { feed.bookmark(cluster.revision) }
  }

  private func sendNews() {
    guard fresh || cluster.revision != seen || nextDue.map({ $0 <= cluster.now }) ?? false else { return }
    seen = cluster.revision
    fresh = false
    nextDue = nil
    var someOver = false
    for feed in feeds {
      feed.deliver(cluster, cache)
      // It goes on when there is room, which no write to the cluster tells.
      if feed is LogFeed, feed.exchange.isFull { feed.exchange.onRoom = { [weak self] in self?.fresh = true } }
      if feed.isOver { someOver = true } else if let due = feed.due { nextDue = nextDue.map { min($0, due) } ?? due }
    }
    cache.clear()
    if someOver { sweep() }
  }

  private func sweep() {
    for feed in feeds where feed.isOver {
      feed.stream.cancel()
      if !feed.name.isEmpty { ended.append((feed.name, feed.sent)) }
    }
    if ended.count > 256 { ended.removeFirst(ended.count - 256) }
    feeds.removeAll(where: \.isOver)
  }

  /// How far a named stream is; nil: nobody knows it.
  func standing(_ name: String) -> (sent: Int, isOver: Bool, due: Instant?)? {
    if let feed = feeds.last(where: { $0.name == name }) { return (feed.sent, feed.isOver, feed.due) }
    if let one = ended.last(where: { $0.name == name }) { return (one.sent, true, nil) }
    return nil
  }

  /// Ends every stream, as a server does that goes.
  func end() {
    for feed in feeds { feed.exchange.end() }
    sweep()
  }

  /// Tells every watch that its cluster is no more, and ends it.
  func breakOff(_ status: Status) {
    for feed in feeds where !feed.isOver {
      if feed is WatchFeed { feed.exchange.send(EventCache.encoded("ERROR", status.object)) }
      feed.exchange.end()
    }
    sweep()
  }
}
