import APIMachinery
import Formats

// A simulated container's log: made from its script and its start whenever it is read, so that it costs no storage.

/// The log of one run of a container.
struct ContainerLog {
  struct Line {
    let at: Instant
    let text: String
  }

  private let script: Script
  private let startedAt: Instant
  /// What the annotation `log` makes a server say.
  private let greeting: String?

  /// A log file holds this much before the next one begins, and only the last is read.
  static let fileSize = 10 << 20

  init(spec: Value, pod: Value, startedAt: Instant) {
    script = Script(spec, pod: pod)
    self.startedAt = startedAt
    greeting = SimulationSettings(pod, spec).text("log")
  }

  /// Every line up to a moment that a runtime would still hold.
  func lines(until end: Instant) -> [Line] {
    var lines: [Line] = []
    var bytes = 0
    each(until: end) { line in
      bytes += line.text.utf8.count + 40
      if bytes > ContainerLog.fileSize {
        lines.removeAll(keepingCapacity: true)
        bytes = line.text.utf8.count + 40
      }
      lines.append(line)
      return true
    }
    return lines
  }

  /// Some lines that come after the first `count` ones, however far ahead.
  func lines(after count: Int, atMost: Int) -> [Line] {
    var seen = 0
    var lines: [Line] = []
    each(until: startedAt + .seconds(366 * 86400)) { line in
      seen += 1
      if seen > count { lines.append(line) }
      return lines.count < atMost
    }
    return lines
  }

  /// How many lines there are up to a moment.
  func count(until end: Instant) -> Int {
    var count = 0
    each(until: end) { _ in
      count += 1
      return true
    }
    return count
  }

  private func each(until end: Instant, _ body: @escaping (Line) -> Bool) {
    if let greeting {
      let at = startedAt + ScriptRun.start
      guard at <= end else { return }
      for line in greeting.split(separator: "\n", omittingEmptySubsequences: false) where !body(Line(at: at, text: String(line))) { return }
    }
    if case .serve = script.root { return }
    _ = ScriptRun.run(script, startedAt: startedAt, until: end) { at, text in at <= end ? body(Line(at: at, text: text)) : false }
  }
}
