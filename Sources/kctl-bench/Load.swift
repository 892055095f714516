import Posix

// Requests by wrk.

/// What wrk says of one run.
struct Load {
  let requests: Double
  /// In milliseconds.
  let p99: Double
  let failures: Double

  init(_ url: String, _ connections: Int, isKept: Bool) throws {
    let words = Load.words(url, connections, seconds: 3, isKept: isKept)
    try self.init(String(decoding: try Child.run("wrk", words).output, as: UTF8.self))
  }

  /// What wrk is told.
  static func words(_ url: String, _ connections: Int, seconds: Int, isKept: Bool) -> [String] {
    ["-t1", "-c\(connections)", "-d\(seconds)s", "--latency"] + (isKept ? [] : ["-H", "Connection: close"]) + [url]
  }

  /// Reads what wrk has written.
  init(_ text: String) throws {
    func last(_ start: String) -> Substring? {
      text.split(separator: "\n").first { $0.drop { $0 == " " }.hasPrefix(start) }.flatMap { $0.split(separator: " ").last }
    }
    guard let requests = last("Requests/sec:").flatMap({ Double($0) }), let p99 = last("99%").flatMap(Load.milliseconds) else {
      throw BenchFailure("wrk: \(text)")
    }
    self.requests = requests
    self.p99 = p99
    // `Socket errors: connect 0, read 12, write 0, timeout 0`
    let errors = text.split(separator: "\n").first { $0.contains("Socket errors:") } ?? ""
    let bad = last("Non-2xx").flatMap { Double($0) } ?? 0
    failures = errors.split { $0 == " " || $0 == "," }.compactMap { Double($0) }.reduce(bad, +)
  }

  private static func milliseconds(_ text: Substring) -> Double? {
    for (unit, scale) in [("us", 0.001), ("ms", 1), ("s", 1000)] where text.hasSuffix(unit) {
      return Double(text.dropLast(unit.count)).map { $0 * scale }
    }
    return nil
  }
}
