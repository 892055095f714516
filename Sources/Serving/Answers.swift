import APIMachinery
import Client
import Formats
import HTTP

// Answers as bytes: objects, failures, lists of any length.

/// Makes answers of values.
enum Answers {
  static let json = [
    Header.Field("Content-Type", "application/json"), Header.Field("Cache-Control", "no-cache, private"),
  ]

  static let jsonLines = Header.lines(json)

  static func object(_ value: Value, status: Int = 200) -> Response {
    var body: [UInt8] = []
    JSON.write(value, to: &body)
    body.append(10)
    return Response(status, lines: jsonLines, body: body)
  }

  static func text(_ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8") -> Response {
    Response(status, [Header.Field("Content-Type", type), Header.Field("X-Content-Type-Options", "nosniff")], body: Array(text.utf8))
  }

  /// meta/v1 Status, with the hints that only a kctl reads.
  static func failure(_ status: Status) -> Response {
    var response = object(status.object, status: status.code)
    if let seconds = status.retryAfterSeconds { response.header.append(Header.Field("Retry-After", String(seconds))) }
    for hint in status.hints { response.header.append(Header.Field(Wire.hint, URLText.encoded(hint))) }
    return response
  }

  static func success(_ key: ObjectKey, uid: String) -> Value {
    var details: Value = ["name": .string(key.name), "kind": .string(key.kind.plural), "uid": .string(uid)]
    if !key.kind.group.isEmpty { details["group"] = .string(key.kind.group) }
    return ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details]
  }

  /// A list's `metadata`.
  static func metadata(_ list: ObjectList) -> Value {
    var metadata: Value = ["resourceVersion": .string(list.resourceVersion)]
    if !list.continue.isEmpty { metadata["continue"] = .string(list.continue) }
    if let count = list.remainingItemCount { metadata["remainingItemCount"] = Value(count) }
    return metadata
  }
}

/// Objects' bytes, kept as long as they are asked for: most reads are of what was read or told before.
final class EncodedObjects {
  private struct Key: Hashable {
    let uid: String
    let revision: String
  }
  private var kept: [Key: (object: Value, bytes: [UInt8])] = [:]
  private var size = 0

  /// Beyond so many bytes all are forgotten.
  private static let limit = 16 << 20

  func bytes(_ object: Value) -> [UInt8] {
    let metadata = object["metadata"]
    let key = Key(uid: metadata["uid"].text, revision: metadata["resourceVersion"].text)
    // Equal trees share their parts: this looks at a few addresses. What is told of a node changes without a revision.
    if let known = kept[key], known.object == object { return known.bytes }
    var bytes: [UInt8] = []
    JSON.write(object, to: &bytes)
    guard !key.uid.isEmpty else { return bytes }
    if size + bytes.count > EncodedObjects.limit {
      kept.removeAll(keepingCapacity: true)
      size = 0
    }
    size += bytes.count
    kept[key] = (object, bytes)
    return bytes
  }
}

/// A list being written, a piece at a time: what it takes does not grow with its length.
final class ListWriter {
  private let items: [Value]
  private var next = 0
  private var state = State.head
  private let head: [UInt8]
  private enum State { case head, items, over }

  /// Roughly how much one piece holds.
  private static let piece = 128 << 10

  init(_ kind: Kind, _ list: ObjectList) {
    items = list.items
    var bytes = Array("{\"kind\":\"\(kind.name)List\",\"apiVersion\":\"\(kind.apiVersion)\",\"metadata\":".utf8)
    JSON.write(Answers.metadata(list), to: &bytes)
    bytes += ",\"items\":[".utf8
    head = bytes
  }

  /// The next piece; nil at the end.
  func piece() -> [UInt8]? {
    guard state != .over else { return nil }
    var bytes: [UInt8] = []
    if state == .head {
      bytes = head
      state = .items
    }
    // The kind stands at the list; each item goes without.
    next = JSON.writeItems(items, from: next, leavingOut: ["apiVersion", "kind"], to: &bytes, upTo: ListWriter.piece)
    if next == items.count {
      bytes += "]}\n".utf8
      state = .over
    }
    return bytes
  }
}
