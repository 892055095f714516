// Reading JSON: one pass over borrowed bytes.

/// The parser proper, on borrowed bytes.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  var at: Int
  let reportsDuplicates: Bool
  var duplicates: [Duplicate] = []
  private var depth = 0
  private var path: [PathStep] = []
  private var keys = KeyCache()

  init(bytes: UnsafeBufferPointer<UInt8>, at: Int, reportsDuplicates: Bool) {
    self.bytes = bytes
    self.at = at
    self.reportsDuplicates = reportsDuplicates
  }

  mutating func skipSpace() {
    while at < bytes.count {
      let byte = bytes[at]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      at += 1
    }
  }

  mutating func value() throws(ParseError) -> Value {
    skipSpace()
    guard at < bytes.count else { throw ended() }
    switch bytes[at] {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"):
      try literal("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try literal("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try literal("null")
      return .null
    case UInt8(ascii: "-"), 0x30...0x39: return try number()
    default: throw invalid("looking for beginning of value")
    }
  }

  private mutating func object() throws(ParseError) -> Value {
    try enter()
    var list: [Members.Member] = []
    var offsets: [Int] = []
    var inOrder = true
    skipSpace()
    if at < bytes.count, bytes[at] == UInt8(ascii: "}") {
      leave()
      return .object(Members())
    }
    while true {
      skipSpace()
      guard at < bytes.count else { throw ended() }
      guard bytes[at] == UInt8(ascii: "\"") else { throw invalid("looking for beginning of object key string") }
      let start = at
      let key = try string(isKey: true)
      skipSpace()
      guard at < bytes.count else { throw ended() }
      guard bytes[at] == UInt8(ascii: ":") else { throw invalid("after object key") }
      at += 1
      if reportsDuplicates {
        offsets.append(start)
        path.append(.key(key))
      }
      let value = try value()
      if reportsDuplicates { path.removeLast() }
      if inOrder, let last = list.last, !Members.precedes(last.key, key) { inOrder = false }
      list.append(Members.Member(key, value))
      skipSpace()
      guard at < bytes.count else { throw ended() }
      if bytes[at] == UInt8(ascii: ",") {
        at += 1
      } else if bytes[at] == UInt8(ascii: "}") {
        leave()
        break
      } else {
        throw invalid("after object key:value pair")
      }
    }
    if inOrder { return .object(Members(sorted: list)) }
    return .object(
      Members.sorting(list) { earlier, later in
        guard reportsDuplicates else { return }
        duplicates.append(
          Duplicate(
            path: path, key: list[later].key, first: Position(of: offsets[earlier], in: bytes),
            second: Position(of: offsets[later], in: bytes)))
      })
  }

  private mutating func array() throws(ParseError) -> Value {
    try enter()
    skipSpace()
    if at < bytes.count, bytes[at] == UInt8(ascii: "]") {
      leave()
      return .array([])
    }
    var items: [Value] = []
    while true {
      if reportsDuplicates { path.append(.index(items.count)) }
      items.append(try value())
      if reportsDuplicates { path.removeLast() }
      skipSpace()
      guard at < bytes.count else { throw ended() }
      if bytes[at] == UInt8(ascii: ",") {
        at += 1
      } else if bytes[at] == UInt8(ascii: "]") {
        leave()
        return .array(items)
      } else {
        throw invalid("after array element")
      }
    }
  }

  private mutating func enter() throws(ParseError) {
    guard depth < JSON.depthLimit else { throw ParseError("exceeded max depth", at: Position(of: at, in: bytes)) }
    depth += 1
    at += 1
  }

  private mutating func leave() {
    depth -= 1
    at += 1
  }

  private mutating func literal(_ word: StaticString) throws(ParseError) {
    for i in 0..<word.utf8CodeUnitCount {
      guard at < bytes.count else { throw ended() }
      let expected = word.utf8Start[i]
      guard bytes[at] == expected else {
        throw invalid("in literal \(word) (expecting '\(Character(Unicode.Scalar(expected)))')")
      }
      at += 1
    }
  }

  private mutating func number() throws(ParseError) -> Value {
    let start = at
    let negative = bytes[at] == UInt8(ascii: "-")
    if negative { at += 1 }
    guard at < bytes.count else { throw ended() }
    var whole: UInt64 = 0
    var fits = true
    if bytes[at] == 0x30 {
      at += 1
    } else if isDigit(at) {
      while isDigit(at) {
        let (times, overflow) = whole.multipliedReportingOverflow(by: 10)
        let (sum, carry) = times.addingReportingOverflow(UInt64(bytes[at] - 0x30))
        fits = fits && !overflow && !carry
        whole = sum
        at += 1
      }
    } else {
      throw invalid("in numeric literal")
    }
    var isInteger = true
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      isInteger = false
      at += 1
      try digits("after decimal point in numeric literal")
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
      try digits("in exponent of numeric literal")
    }
    if isInteger && fits {
      if whole <= UInt64(Int64.max) { return .int(negative ? -Int64(whole) : Int64(whole)) }
      if negative && whole == UInt64(Int64.max) + 1 { return .int(Int64.min) }
    }
    return .number(String(decoding: bytes[start..<at], as: UTF8.self))
  }

  private func isDigit(_ i: Int) -> Bool { i < bytes.count && bytes[i] >= 0x30 && bytes[i] <= 0x39 }

  private mutating func digits(_ place: String) throws(ParseError) {
    guard at < bytes.count else { throw ended() }
    guard isDigit(at) else { throw invalid(place) }
    while isDigit(at) { at += 1 }
  }

  private mutating func string(isKey: Bool = false) throws(ParseError) -> String {
    at += 1
    let start = at
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        let range = UnsafeBufferPointer(rebasing: bytes[start..<at])
        at += 1
        return isKey ? keys.string(range) : String(decoding: range, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      if byte < 0x20 { throw invalid("in string literal") }
      at += 1
    }
    throw ended()
  }

  private mutating func escapedString(from start: Int) throws(ParseError) -> String {
    var out = Array(bytes[start..<at])
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        at += 1
        return String(decoding: out, as: UTF8.self)
      }
      if byte < 0x20 { throw invalid("in string literal") }
      at += 1
      if byte != UInt8(ascii: "\\") {
        out.append(byte)
        continue
      }
      guard at < bytes.count else { throw ended() }
      switch bytes[at] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(bytes[at])
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"):
        at += 1
        var code = try hexCode()
        if code & 0xFC00 == 0xD800, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") {
          let low = at
          at += 2
          let second = try hexCode()
          if second & 0xFC00 == 0xDC00 {
            code = 0x10000 + (code & 0x3FF) << 10 + second & 0x3FF
          } else {
            at = low
          }
        }
        out.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
        continue
      default: throw invalid("in string escape code")
      }
      at += 1
    }
    throw ended()
  }

  private mutating func hexCode() throws(ParseError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard at < bytes.count else { throw ended() }
      guard let digit = hexValue(bytes[at]) else { throw invalid("in \\u hexadecimal character escape") }
      code = code << 4 | digit
      at += 1
    }
    return code
  }

  private func ended() -> ParseError { ParseError("unexpected end of JSON input", at: Position(of: bytes.count, in: bytes)) }

  func invalid(_ place: String) -> ParseError {
    ParseError("invalid character \(goQuoted(bytes[at])) \(place)", at: Position(of: at, in: bytes))
  }
}

/// The value of a hexadecimal digit.
func hexValue(_ byte: UInt8) -> UInt32? {
  switch byte {
  case 0x30...0x39: UInt32(byte - 0x30)
  case 0x41...0x46: UInt32(byte - 0x37)
  case 0x61...0x66: UInt32(byte - 0x57)
  default: nil
  }
}

/// A byte in single quotes as Go's JSON scanner shows it.
private func goQuoted(_ byte: UInt8) -> String {
  switch byte {
  case 0x27: return "'\\''"
  case 0x07: return "'\\a'"
  case 0x08: return "'\\b'"
  case 0x09: return "'\\t'"
  case 0x0A: return "'\\n'"
  case 0x0B: return "'\\v'"
  case 0x0C: return "'\\f'"
  case 0x0D: return "'\\r'"
  case 0x5C: return "'\\\\'"
  case 0x00...0x1F, 0x7F, 0x80...0xA0, 0xAD:
    let digits = String(decoding: [hexDigit(byte >> 4), hexDigit(byte & 15)], as: UTF8.self)
    return byte < 0x80 ? "'\\x\(digits)'" : "'\\u00\(digits)'"
  default: return "'\(Character(Unicode.Scalar(byte)))'"
  }
}
