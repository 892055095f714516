// Times and numbers to the base of 60, which YAML 1.1's readers may take strings for.

/// Strings that look like YAML 1.1's times.
enum YAMLTimestamp {
  typealias Bytes = UnsafeBufferPointer<UInt8>

  /// `2001-12-14`, `2001-12-14t21:59:43.10-05:00`, `2001-12-14 21:59:43.10`, as go-yaml parses them.
  static func isTimestamp(_ text: Bytes) -> Bool {
    guard text.count >= 8, text[0] >= 0x30, text[0] <= 0x39, text[4] == UInt8(ascii: "-") else { return false }
    var i = 0
    func isDigit() -> Bool { i < text.count && text[i] >= 0x30 && text[i] <= 0x39 }
    func number(_ limit: Int) -> Int? {
      guard isDigit() else { return nil }
      var number = 0
      let start = i
      while i < start + limit, isDigit() {
        number = number * 10 + Int(text[i] - 0x30)
        i += 1
      }
      return number
    }
    func step(_ byte: UInt8) -> Bool {
      guard i < text.count, text[i] == byte else { return false }
      i += 1
      return true
    }
    guard let year = number(4), i == 4, step(UInt8(ascii: "-")), let month = number(2), (1...12).contains(month),
      step(UInt8(ascii: "-")), let day = number(2), day >= 1, day <= days(in: month, of: year)
    else { return false }
    if i == text.count { return true }
    let separator = text[i]
    guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: "t") || separator == 0x20 else { return false }
    i += 1
    guard let hour = number(2), hour < 24, step(UInt8(ascii: ":")), let minute = number(2), minute < 60, step(UInt8(ascii: ":")),
      let second = number(2), second < 60
    else { return false }
    if i + 1 < text.count, text[i] == UInt8(ascii: ".") || text[i] == UInt8(ascii: ","), text[i + 1] >= 0x30, text[i + 1] <= 0x39 {
      i += 1
      while isDigit() { i += 1 }
    }
    if separator == 0x20 { return i == text.count }
    if step(UInt8(ascii: "Z")) { return i == text.count }
    guard step(UInt8(ascii: "+")) || step(UInt8(ascii: "-")) else { return false }
    let start = i
    guard let hours = number(2), i == start + 2, hours <= 24, step(UInt8(ascii: ":")), let minutes = number(2), i == start + 5,
      minutes < 60
    else { return false }
    return i == text.count
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  /// `190:20:30.15`, a number to the base of 60: `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`.
  static func isBase60(_ text: Bytes) -> Bool {
    var i = 0
    func isDigit(_ i: Int) -> Bool { i < text.count && text[i] >= 0x30 && text[i] <= 0x39 }
    if i < text.count, text[i] == UInt8(ascii: "+") || text[i] == UInt8(ascii: "-") { i += 1 }
    guard isDigit(i) else { return false }
    while isDigit(i) || (i < text.count && text[i] == UInt8(ascii: "_")) { i += 1 }
    var groups = 0
    while i < text.count, text[i] == UInt8(ascii: ":") {
      guard isDigit(i + 1) else { return false }
      if isDigit(i + 2) {
        guard text[i + 1] <= 0x35 else { return false }
        i += 3
      } else {
        i += 2
      }
      groups += 1
    }
    guard groups > 0 else { return false }
    if i < text.count, text[i] == UInt8(ascii: ".") {
      i += 1
      while isDigit(i) || (i < text.count && text[i] == UInt8(ascii: "_")) { i += 1 }
    }
    return i == text.count
  }
}
