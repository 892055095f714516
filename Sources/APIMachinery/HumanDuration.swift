// Lengths of time as people read them: ages as kubectl prints them, durations as Go writes and reads them.

/// An age as `get` prints it: `119s`, `2m1s`, `10m`, `3h5m`, `2d3h`, `5y10d`.
public func humanDuration(_ d: Duration) -> String {
  let seconds = d.wholeSeconds
  if seconds < -1 { return "<invalid>" }
  if seconds < 0 { return "0s" }
  if seconds < 120 { return "\(seconds)s" }
  let minutes = seconds / 60
  if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
  if minutes < 180 { return "\(minutes)m" }
  let hours = minutes / 60
  if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
  if hours < 48 { return "\(hours)h" }
  let days = hours / 24
  if hours < 24 * 8 { return pair(days, "d", hours % 24, "h") }
  if days < 365 * 2 { return "\(days)d" }
  let years = days / 365
  if days < 365 * 8 { return pair(years, "y", days % 365, "d") }
  return "\(years)y"
}

/// An age by its largest unit alone: `59s`, `3h`, `12d`.
public func shortHumanDuration(_ d: Duration) -> String {
  let seconds = d.wholeSeconds
  if seconds < -1 { return "<invalid>" }
  if seconds < 0 { return "0s" }
  if seconds < 60 { return "\(seconds)s" }
  if seconds < 3600 { return "\(seconds / 60)m" }
  let hours = seconds / 3600
  if hours < 24 { return "\(hours)h" }
  if hours < 24 * 365 { return "\(hours / 24)d" }
  return "\(hours / 24 / 365)y"
}

private func pair(_ a: Int64, _ unit: String, _ b: Int64, _ small: String) -> String {
  b == 0 ? "\(a)\(unit)" : "\(a)\(unit)\(b)\(small)"
}

extension Duration {
  /// As Go prints a `time.Duration`: `1h2m3.5s`, `300ms`, `1m0s`, `0s`.
  public var goText: String {
    let total = nanoseconds
    if total == 0 { return "0s" }
    let sign = total < 0 ? "-" : ""
    let n = total.magnitude
    if n < 1000 { return "\(sign)\(n)ns" }
    if n < 1_000_000 { return sign + decimal(n, 1000, 3) + "µs" }
    if n < 1_000_000_000 { return sign + decimal(n, 1_000_000, 6) + "ms" }
    let seconds = n / 1_000_000_000
    var text = decimal(seconds % 60 * 1_000_000_000 + n % 1_000_000_000, 1_000_000_000, 9) + "s"
    if seconds >= 60 { text = "\(seconds / 60 % 60)m" + text }
    if seconds >= 3600 { text = "\(seconds / 3600)h" + text }
    return sign + text
  }

  /// Reads a duration as Go's `time.ParseDuration` does: `1h30m`, `-1.5s`, `0`.
  public init(goText text: String) throws(Malformed) {
    let invalid = Malformed("time: invalid duration \(goQuoted(text))")
    let bytes = Array(text.utf8)
    var i = 0
    var negative = false
    if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      negative = first == UInt8(ascii: "-")
      i = 1
    }
    if bytes.count == i + 1, bytes[i] == UInt8(ascii: "0") {
      self = .zero
      return
    }
    if i == bytes.count { throw invalid }
    var total: UInt64 = 0
    while i < bytes.count {
      guard bytes[i] == UInt8(ascii: ".") || isDigit(bytes[i]) else { throw invalid }
      // Whole digits, then a fraction.
      var whole: UInt64 = 0
      let start = i
      while i < bytes.count, isDigit(bytes[i]) {
        let (times, over) = whole.multipliedReportingOverflow(by: 10)
        let (sum, over2) = times.addingReportingOverflow(UInt64(bytes[i] - UInt8(ascii: "0")))
        if over || over2 || sum > 1 << 63 { throw invalid }
        whole = sum
        i += 1
      }
      var digits = i > start
      var fraction: UInt64 = 0
      var scale = 1.0
      if i < bytes.count, bytes[i] == UInt8(ascii: ".") {
        i += 1
        while i < bytes.count, isDigit(bytes[i]) {
          digits = true
          if fraction <= (1 << 63) / 10 - 1 {
            fraction = fraction * 10 + UInt64(bytes[i] - UInt8(ascii: "0"))
            scale *= 10
          }
          i += 1
        }
      }
      guard digits else { throw invalid }
      let unitStart = i
      while i < bytes.count, bytes[i] != UInt8(ascii: "."), !isDigit(bytes[i]) { i += 1 }
      if i == unitStart { throw Malformed("time: missing unit in duration \(goQuoted(text))") }
      let name = String(decoding: bytes[unitStart..<i], as: UTF8.self)
      guard let unit = unitLength(name) else {
        throw Malformed("time: unknown unit \(goQuoted(name)) in duration \(goQuoted(text))")
      }
      let (product, over) = whole.multipliedReportingOverflow(by: unit)
      if over || product > 1 << 63 { throw invalid }
      let rest: UInt64 = fraction > 0 ? UInt64(Double(fraction) * (Double(unit) / scale)) : 0
      let (part, over2) = product.addingReportingOverflow(rest)
      let (sum, over3) = total.addingReportingOverflow(part)
      if over2 || over3 || sum > 1 << 63 { throw invalid }
      total = sum
    }
    if negative {
      self = .nanoseconds(total == 1 << 63 ? Int64.min : -Int64(total))
    } else {
      guard let positive = Int64(exactly: total) else { throw invalid }
      self = .nanoseconds(positive)
    }
  }
}

/// `n / unit` with the fraction's trailing zeros gone.
private func decimal(_ n: UInt64, _ unit: UInt64, _ places: Int) -> String {
  let rest = n % unit
  if rest == 0 { return String(n / unit) }
  var digits = String(rest)
  digits = String(repeating: "0", count: places - digits.utf8.count) + digits
  while digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
  return "\(n / unit).\(digits)"
}

private func unitLength(_ unit: String) -> UInt64? {
  switch unit {
  case "ns": 1
  case "us", "µs", "μs": 1000
  case "ms": 1_000_000
  case "s": 1_000_000_000
  case "m": 60_000_000_000
  case "h": 3_600_000_000_000
  default: nil
  }
}

@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
