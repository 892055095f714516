import APIMachinery
import Formats

// What every description is written with: indented lines whose tabs become columns.

/// A description on its way: lines of text with tabs, two blanks a level.
struct DescribeText {
  var text = ""
  let now: Instant

  init(now: Instant) { self.now = now }

  mutating func line(_ level: Int, _ words: String) {
    text += String(repeating: "  ", count: level)
    text += words
    text += "\n"
  }

  /// The text with its columns aligned.
  var aligned: String { TabWriter().format(text) }

  // Labels, one a line under their title.
  mutating func labels(_ title: String, _ labels: Members, indent: String = "") {
    list(title, labels.map { "\($0.key)=\($0.value.text)" }, indent: indent)
  }

  /// Lines beside a title, the first on its line.
  mutating func list(_ title: String, _ lines: [String], indent: String = "") {
    guard let first = lines.first else {
      line(0, "\(indent)\(title):\t<none>")
      return
    }
    line(0, "\(indent)\(title):\t\(first)")
    for more in lines.dropFirst() { line(0, "\t\(more)") }
  }

  static let longestAnnotation = 140

  mutating func annotations(_ title: String, _ annotations: Members) {
    let shown = annotations.filter { $0.key != "kubectl.kubernetes.io/last-applied-configuration" }
    guard !shown.isEmpty else {
      line(0, "\(title):\t<none>")
      return
    }
    text += "\(title):\t"
    for (i, annotation) in shown.enumerated() {
      if i > 0 { text += "\t" }
      var value = annotation.value.text
      if value.hasSuffix("\n") { value.removeLast() }
      let length = value.utf8.count + annotation.key.utf8.count + 2
      if length > DescribeText.longestAnnotation || value.utf8.contains(10) {
        line(0, "\(annotation.key):")
        for part in value.split(separator: "\n", omittingEmptySubsequences: false) {
          line(0, "\t  " + DescribeText.shorten(String(part), DescribeText.longestAnnotation - 2))
        }
      } else {
        line(0, "\(annotation.key): \(value)")
      }
    }
  }

  static func shorten(_ text: String, _ length: Int) -> String {
    text.utf8.count > length ? String(decoding: text.utf8.prefix(length), as: UTF8.self) + "..." : text
  }

  mutating func tolerations(_ title: String, _ tolerations: [Value], indent: String = "") {
    let sorted = tolerations.enumerated().sorted {
      $0.element["key"].text == $1.element["key"].text
        ? $0.offset < $1.offset : Members.precedes($0.element["key"].text, $1.element["key"].text)
    }
    list(
      title,
      sorted.map { _, toleration in
        var shown = toleration["key"].text
        let value = toleration["value"].text
        let effect = toleration["effect"].text
        if !value.isEmpty { shown += "=\(value)" }
        if !effect.isEmpty { shown += ":\(effect)" }
        if toleration["operator"].text == "Exists", value.isEmpty { shown += shown.isEmpty ? "op=Exists" : " op=Exists" }
        if let seconds = toleration["tolerationSeconds"].int { shown += " for \(seconds)s" }
        return shown
      }, indent: indent)
  }

  /// The object's name, namespace, labels and annotations, as most descriptions begin.
  mutating func heading(_ object: Value, namespace: Bool = true) {
    line(0, "Name:\t\(object.name)")
    if namespace { line(0, "Namespace:\t\(object.namespace)") }
    labels("Labels", object.labels)
    annotations("Annotations", object.annotations)
  }

  mutating func conditions(_ conditions: [Value]) {
    guard !conditions.isEmpty else { return }
    line(0, "Conditions:\n  Type\tStatus\tReason")
    line(1, "----\t------\t------")
    for condition in conditions { line(1, "\(condition["type"].text) \t\(condition["status"].text)\t\(condition["reason"].text)") }
  }

  // Times.

  /// `Mon, 23 Nov 2026 01:46:23 +0000`; Go's zero time where there is none.
  static func date(_ time: Value) -> String {
    guard let instant = time.string.flatMap(Instant.init(rfc3339:)) else { return "Mon, 01 Jan 0001 00:00:00 +0000" }
    return instant.rfc1123z
  }

  /// How long ago a time is.
  func since(_ time: Value) -> String {
    guard let instant = time.string.flatMap(Instant.init(rfc3339:)) else { return "<unknown>" }
    return humanDuration(now - instant)
  }

  // Events.

  /// The table of events, oldest first; `Events: <none>` where there are none.
  mutating func events(_ events: [Value]) {
    guard !events.isEmpty else {
      line(0, "Events:\t<none>")
      return
    }
    line(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage")
    line(1, "----\t------\t----\t----\t-------")
    let sorted = events.enumerated().sorted { a, b in
      let (x, y) = (a.element["lastTimestamp"].text, b.element["lastTimestamp"].text)
      return x == y ? a.offset < b.offset : Members.precedes(x, y)
    }
    for (_, event) in sorted {
      let first = event["eventTime"].string != nil ? since(event["eventTime"]) : since(event["firstTimestamp"])
      var interval = first
      if let count = event["series", "count"].int {
        interval = "\(since(event["series", "lastObservedTime"])) (x\(count) over \(first))"
      } else if let count = event["count"].int, count > 1 {
        interval = "\(since(event["lastTimestamp"])) (x\(count) over \(first))"
      }
      let component = event["source", "component"].text
      let from = component.isEmpty ? event["reportingComponent"].text : component
      line(1, "\(event["type"].text)\t\(event["reason"].text)\t\(interval)\t\(from)\t\(trimmed(event["message"].text))")
    }
  }

  private func trimmed(_ text: String) -> String {
    var view = Substring(text)
    while let first = view.first, first.isWhitespace { view.removeFirst() }
    while let last = view.last, last.isWhitespace { view.removeLast() }
    return String(view)
  }
}

extension Instant {
  /// `Mon, 23 Nov 2026 01:46:23 +0000`
  var rfc1123z: String {
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let c = civil
    let day = Int(((seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400) % 7 + 7) % 7)
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    let year = String(repeating: "0", count: max(0, 4 - String(c.year).count)) + String(c.year)
    return "\(days[day]), \(two(c.day)) \(months[c.month - 1]) \(year) \(two(c.hour)):\(two(c.minute)):\(two(c.second)) +0000"
  }
}

/// The text, or `<none>` where it is empty.
func orNone(_ text: String) -> String { text.isEmpty ? "<none>" : text }
func orUnset(_ text: String) -> String { text.isEmpty ? "<unset>" : text }
