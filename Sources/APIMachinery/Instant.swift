// A moment, and Kubernetes' two ways of writing it.

/// A moment: nanoseconds since 1970-01-01T00:00:00Z.
public struct Instant: Comparable, Hashable, Sendable {
  public var nanoseconds: Int64

  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  @inlinable public init(seconds: Int64) { nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue }

  /// Whole seconds since the epoch, rounded down.
  @inlinable public var seconds: Int64 { nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds - 999_999_999) / 1_000_000_000 }

  @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
  @inlinable public static func + (a: Instant, d: Duration) -> Instant { Instant(nanoseconds: a.nanoseconds &+ d.nanoseconds) }
  @inlinable public static func - (a: Instant, d: Duration) -> Instant { Instant(nanoseconds: a.nanoseconds &- d.nanoseconds) }
  @inlinable public static func - (a: Instant, b: Instant) -> Duration { .nanoseconds(a.nanoseconds &- b.nanoseconds) }
}

extension Duration {
  /// The length in nanoseconds, held to what an Int64 can say.
  @inlinable public var nanoseconds: Int64 {
    let (s, atto) = components
    let (product, over) = s.multipliedReportingOverflow(by: 1_000_000_000)
    if over { return s < 0 ? .min : .max }
    let (sum, over2) = product.addingReportingOverflow(atto / 1_000_000_000)
    return over2 ? (s < 0 ? .min : .max) : sum
  }
  /// The length in whole seconds, rounded towards zero.
  @inlinable public var wholeSeconds: Int64 { components.seconds }
}

extension Instant {
  /// `2026-11-23T05:11:51Z`, as meta/v1 Time is written.
  public var rfc3339: String { Instant.format(seconds: seconds, micros: nil) }

  /// With nine digits, as logs tell time.
  public var rfc3339Nano: String {
    let digits = String(Int((nanoseconds % 1000 + 1000) % 1000))
    return "\(rfc3339Micro.dropLast())\(String(repeating: "0", count: 3 - digits.utf8.count))\(digits)Z"
  }

  /// `2026-11-23T05:11:51.000123Z`, as meta/v1 MicroTime is written.
  public var rfc3339Micro: String {
    let whole = seconds
    return Instant.format(seconds: whole, micros: Int((nanoseconds - whole * 1_000_000_000) / 1000))
  }

  /// Year, month, day, hour, minute, second in UTC.
  public var civil: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    let whole = seconds
    let days = whole >= 0 ? whole / 86400 : (whole - 86399) / 86400
    let rest = Int(whole - days * 86400)
    // Days to a date, by eras of 400 years that begin on 1 March.
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = Int(dayOfYear - (153 * shifted + 2) / 5 + 1)
    let month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
    let year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    return (year, month, day, rest / 3600, rest / 60 % 60, rest % 60)
  }

  private static func format(seconds: Int64, micros: Int?) -> String {
    let c = Instant(seconds: seconds).civil
    var out: [UInt8] = []
    out.reserveCapacity(27)
    func put(_ n: Int, _ width: Int) {
      var divisor = 1
      for _ in 1..<width { divisor *= 10 }
      while divisor > 0 {
        out.append(48 + UInt8(n / divisor % 10))
        divisor /= 10
      }
    }
    put(max(0, c.year), 4)
    out.append(45)
    put(c.month, 2)
    out.append(45)
    put(c.day, 2)
    out.append(84)
    put(c.hour, 2)
    out.append(58)
    put(c.minute, 2)
    out.append(58)
    put(c.second, 2)
    if let micros {
      out.append(46)
      put(micros, 6)
    }
    out.append(90)
    return String(decoding: out, as: UTF8.self)
  }

  /// The moment of a UTC date and time of day.
  public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    let y = Int64(month <= 2 ? year - 1 : year)
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let shifted = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shifted + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    self.init(seconds: days * 86400 + Int64(hour * 3600 + minute * 60 + second))
  }

  /// Reads RFC 3339 (`2026-11-23T05:11:51.5+01:00`); nil for anything else.
  public init?(rfc3339 text: String) {
    let b = Array(text.utf8)
    func number(_ from: Int, _ count: Int) -> Int? {
      guard from + count <= b.count else { return nil }
      var n = 0
      for c in b[from..<from + count] {
        guard c >= 48, c <= 57 else { return nil }
        n = n * 10 + Int(c - 48)
      }
      return n
    }
    guard b.count >= 20, b[4] == 45, b[7] == 45, b[10] == 84 || b[10] == 116, b[13] == 58, b[16] == 58,
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    var i = 19
    var nanos: Int64 = 0
    if b[i] == 46 {
      i += 1
      var scale: Int64 = 100_000_000
      let start = i
      while i < b.count, b[i] >= 48, b[i] <= 57 {
        nanos += Int64(b[i] - 48) * scale
        scale /= 10
        i += 1
      }
      guard i > start, i < b.count else { return nil }
    }
    var offset = 0
    if b[i] == 90 || b[i] == 122 {
      guard i + 1 == b.count else { return nil }
    } else {
      guard b[i] == 43 || b[i] == 45, i + 6 == b.count, b[i + 3] == 58, let h = number(i + 1, 2), let m = number(i + 4, 2)
      else { return nil }
      offset = (h * 60 + m) * (b[i] == 45 ? -60 : 60)
    }
    self = Instant(year: year, month: month, day: day, hour: hour, minute: minute, second: second) - .seconds(offset)
    nanoseconds &+= nanos
  }
}
