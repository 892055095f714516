import APIMachinery
import Formats

// An event's line in a table.

let eventColumns = [
  Column("Last Seen") { event, now in EventLine(event).lastSeen(now) },
  Column("Type") { event, _ in event["type"].text },
  Column("Reason") { event, _ in event["reason"].text },
  Column("Object") { event, _ in EventLine(event).object },
  Column("Subobject", wide: true) { event, _ in event["involvedObject"]["fieldPath"].text },
  Column("Source", wide: true) { event, _ in EventLine(event).source },
  Column("Message") { event, _ in EventLine(event).message },
  Column("First Seen", wide: true) { event, now in EventLine(event).firstSeen(now) },
  Column("Count", wide: true) { event, _ in String(EventLine(event).count) },
  Column("Name", wide: true) { event, _ in event.name },
]

/// What an event's line says, whether it was reported the old way (timestamps and a count) or the new (a time and a series).
public struct EventLine {
  private let event: Value

  public init(_ event: Value) { self.event = event }

  public func firstSeen(_ now: Instant) -> String {
    ageText(event["firstTimestamp"].isNull ? event["eventTime"] : event["firstTimestamp"], now)
  }

  public func lastSeen(_ now: Instant) -> String {
    if event.has("series") { return ageText(event["series"]["lastObservedTime"], now) }
    return event["lastTimestamp"].isNull ? firstSeen(now) : ageText(event["lastTimestamp"], now)
  }

  public var count: Int64 { event.has("series") ? event["series"]["count"].int ?? 0 : max(event["count"].int ?? 0, 1) }

  /// `pod/web`
  public var object: String {
    let name = event["involvedObject"]["name"].text
    let kind = event["involvedObject"]["kind"].text.lowercased()
    return name.isEmpty ? kind : "\(kind)/\(name)"
  }

  /// `kubelet, node-1`
  public var source: String {
    let component = event["source"]["component"].text.isEmpty ? event["reportingComponent"].text : event["source"]["component"].text
    let instance = event["source"]["host"].text.isEmpty ? event["reportingInstance"].text : event["source"]["host"].text
    return instance.isEmpty ? component : "\(component), \(instance)"
  }

  public var message: String {
    let text = event["message"].text
    let isSpace: (Character) -> Bool = { $0.isWhitespace }
    let head = text.drop(while: isSpace)
    guard let last = head.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(head[...last])
  }

  /// `5s (x3 over 2m)`: when it was last seen, as `describe` and `kubectl events` say it.
  public func interval(_ now: Instant) -> String {
    let first = ageText(event["eventTime"].isNull ? event["firstTimestamp"] : event["eventTime"], now)
    if event.has("series") {
      return "\(ageText(event["series"]["lastObservedTime"], now)) (x\(event["series"]["count"].int ?? 0) over \(first))"
    }
    guard let count = event["count"].int, count > 1 else { return first }
    return "\(ageText(event["lastTimestamp"], now)) (x\(count) over \(first))"
  }
}
