import APIMachinery
import Formats

// What the kinds' printer columns have in common.

extension Column {
  static let name = Column("Name") { object, _ in object.name }
  static let age = Column("Age") { object, now in ageText(object["metadata"]["creationTimestamp"], now) }

  /// A text field, `<none>` where it is empty.
  static func text(_ name: String, wide: Bool = false, _ read: @escaping @Sendable (Value) -> Value) -> Column {
    Column(name, wide: wide) { object, _ in orNone(read(object).text) }
  }

  /// A number, 0 where there is none.
  static func number(_ name: String, type: String = "integer", _ read: @escaping @Sendable (Value) -> Value) -> Column {
    Column(name, type: type) { object, _ in String(read(object).int ?? 0) }
  }
}

/// How long ago a time of meta/v1 was, `<unknown>` where it is none.
public func ageText(_ time: Value, _ now: Instant) -> String {
  guard let text = time.string, let then = Instant(rfc3339: text) else { return "<unknown>" }
  return humanDuration(now - then)
}

func orNone(_ text: String) -> String { text.isEmpty ? "<none>" : text }

/// Columns of what runs pods from a template: containers, images and selector.
let templateColumns = [
  Column("Containers", wide: true) { object, _ in templateContainers(object, "name") },
  Column("Images", wide: true) { object, _ in templateContainers(object, "image") },
  Column("Selector", wide: true) { object, _ in
    (try? Selector(labelSelector: object["spec"]["selector"]))?.description ?? "<none>"
  },
]

private func templateContainers(_ object: Value, _ field: String) -> String {
  object["spec"]["template"]["spec"]["containers"].items.map { $0[field].text }.joined(separator: ",")
}

/// At most three entries; then how many more there are.
func firstThree(_ list: [String]) -> String {
  list.count > 3 ? list.prefix(3).joined(separator: ",") + " + \(list.count - 3) more..." : list.joined(separator: ",")
}
