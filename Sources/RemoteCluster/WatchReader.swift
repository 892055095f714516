import APIMachinery
import Client
import Formats

// A watch's body: JSON objects one after another, in pieces of whatever size.

/// Finds where objects end in a text that comes in pieces.
struct ObjectSplitter {
  private var pending: [UInt8] = []
  private var looked = 0
  private var depth = 0
  private var inString = false
  private var escaped = false

  /// The longest object that is waited for.
  static let longest = 1 << 28

  /// Whether an object has begun that has not ended.
  var isInside: Bool { depth > 0 }
  var isTooLong: Bool { pending.count > ObjectSplitter.longest }

  /// Takes a piece; returns the texts of the objects that are whole now. What stands between objects is an object of its own, for
  /// its reader to refuse.
  mutating func add(_ bytes: [UInt8]) -> [[UInt8]] {
    pending += bytes
    var whole: [[UInt8]] = []
    var start = 0
    while looked < pending.count {
      let byte = pending[looked]
      looked += 1
      if inString {
        if escaped { escaped = false } else if byte == 92 { escaped = true } else if byte == 34 { inString = false }
        continue
      }
      switch byte {
      case 34: inString = true
      case 123, 91: depth += 1
      case 125, 93: depth -= 1
      case 10 where depth == 0: break
      default: continue
      }
      guard depth <= 0, !inString else { continue }
      depth = 0
      let text = pending[start..<looked]
      if text.contains(where: { $0 > 32 }) { whole.append(Array(text)) }
      start = looked
    }
    pending.removeFirst(start)
    looked -= start
    return whole
  }
}

/// Makes events of a watch's objects.
struct WatchReader {
  let kind: Kind
  private var splitter = ObjectSplitter()
  /// A watch's Tables say their columns once.
  private var columns = Value.null

  init(_ kind: Kind) { self.kind = kind }

  mutating func read(_ bytes: [UInt8]) throws(Status) -> [StreamEvent] {
    var events: [StreamEvent] = []
    for text in splitter.add(bytes) { events.append(try event(text)) }
    if splitter.isTooLong { throw WatchReader.failure("an event is too long") }
    return events
  }

  private mutating func event(_ text: [UInt8]) throws(Status) -> StreamEvent {
    let event: Value
    do throws(ParseError) { event = try JSON.parse(text) } catch { throw WatchReader.failure(error.goMessage) }
    let object = event["object"]
    guard object.object != nil else { throw WatchReader.failure("an event has no object") }
    switch event["type"].text {
    case "ADDED": return .added(shown(object))
    case "MODIFIED": return .modified(shown(object))
    case "DELETED": return .deleted(shown(object))
    case "BOOKMARK": return .bookmark(shown(object))
    case "ERROR": return .error(Status(object: object) ?? Status(.internalError, JSON.text(object)))
    case let type: throw WatchReader.failure("got invalid watch event type: \(type)")
    }
  }

  private mutating func shown(_ object: Value) -> Value {
    guard Tables.isTable(object) else { return Tables.typed(object, kind) }
    if !object["columnDefinitions"].items.isEmpty { columns = object["columnDefinitions"] }
    // A bookmark's Table may have no row: only its revision counts.
    return Tables.objects(of: object, kind, columns: columns).first ?? Tables.typed(["metadata": object["metadata"]], kind)
  }

  private static func failure(_ why: String) -> Status { .unanswered("error: unable to decode an event from the watch stream: \(why)") }
}
