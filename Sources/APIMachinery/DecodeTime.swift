import Formats

// Go's words for a time that isn't written as RFC 3339 wants it.

/// Go's `time.Parse` for the two layouts of meta/v1.
enum GoTime {
  enum Layout: String {
    case seconds = "2006-01-02T15:04:05Z07:00"
    case micros = "2006-01-02T15:04:05.000000Z07:00"
  }

  /// What Go would say; nil where the text can be read.
  static func complaint(_ text: String, _ layout: Layout) -> String? {
    var parser = Parser(rest: Substring(text).utf8)
    guard let problem = parser.problem(layout) else { return nil }
    switch problem {
    case .element(let element, let rest):
      return
        "parsing time \(JSON.quoted(text)) as \(JSON.quoted(layout.rawValue)): cannot parse \(JSON.quoted(rest)) as \(JSON.quoted(element))"
    case .range(let what): return "parsing time \(JSON.quoted(text)): \(what) out of range"
    case .extra(let rest): return "parsing time \(JSON.quoted(text)): extra text: \(JSON.quoted(rest))"
    }
  }

  /// Whether a text is plainly `2026-11-23T05:11:51Z`; false only sends it the long way.
  static func isCanonical(_ text: String) -> Bool {
    var copy = text
    return copy.withUTF8 { b in
      guard b.count == 20, b[4] == 45, b[7] == 45, b[10] == 84, b[13] == 58, b[16] == 58, b[19] == 90 else { return false }
      func pair(_ i: Int) -> Int {
        guard b[i] >= 48, b[i] <= 57, b[i + 1] >= 48, b[i + 1] <= 57 else { return 99 }
        return Int(b[i] - 48) * 10 + Int(b[i + 1] - 48)
      }
      return pair(0) < 99 && pair(2) <= 99 && (1...12).contains(pair(5)) && (1...28).contains(pair(8)) && pair(11) < 24 && pair(14) < 60
        && pair(17) < 60 && b[2] >= 48 && b[2] <= 57 && b[3] >= 48 && b[3] <= 57
    }
  }

  private enum Problem {
    case element(String, String)
    case range(String)
    case extra(String)
  }

  private struct Parser {
    var rest: Substring.UTF8View

    func stuck(_ element: String) -> Problem { .element(element, String(Substring(rest))) }

    /// `count` digits; nil where they are not there.
    mutating func digits(_ count: Int) -> Int? {
      var n = 0
      var at = rest.startIndex
      for _ in 0..<count {
        guard at < rest.endIndex, rest[at] >= 48, rest[at] <= 57 else { return nil }
        n = n * 10 + Int(rest[at] - 48)
        at = rest.index(after: at)
      }
      rest = rest[at...]
      return n
    }

    mutating func skip(_ byte: UInt8) -> Bool {
      guard rest.first == byte else { return false }
      rest = rest.dropFirst()
      return true
    }

    mutating func problem(_ layout: Layout) -> Problem? {
      guard let year = digits(4) else { return stuck("2006") }
      guard skip(45) else { return stuck("-") }
      guard let month = digits(2) else { return stuck("01") }
      guard (1...12).contains(month) else { return .range("month") }
      guard skip(45) else { return stuck("-") }
      guard let day = digits(2) else { return stuck("02") }
      guard skip(84) else { return stuck("T") }
      guard let hour = digits(2) else { return stuck("15") }
      guard hour < 24 else { return .range("hour") }
      guard skip(58) else { return stuck(":") }
      guard let minute = digits(2) else { return stuck("04") }
      guard minute < 60 else { return .range("minute") }
      guard skip(58) else { return stuck(":") }
      guard let second = digits(2) else { return stuck("05") }
      guard second < 60 else { return .range("second") }
      switch layout {
      case .seconds:
        if rest.first == 46 || rest.first == 44, let next = rest.dropFirst().first, next >= 48, next <= 57 {
          rest = rest.dropFirst().drop { $0 >= 48 && $0 <= 57 }
        }
      case .micros:
        let before = rest
        guard skip(46), digits(6) != nil else {
          rest = before
          return stuck(".000000")
        }
      }
      if !skip(90) {
        let before = rest
        let signed = skip(43) || skip(45)
        guard signed, let hours = digits(2), skip(58), let minutes = digits(2) else {
          rest = before
          return stuck("Z07:00")
        }
        if hours > 24 { return .range("time zone offset hour") }
        if minutes > 60 { return .range("time zone offset minute") }
      }
      if !rest.isEmpty { return .extra(String(Substring(rest))) }
      let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
      return (1...length).contains(day) ? nil : .range("day")
    }
  }
}
