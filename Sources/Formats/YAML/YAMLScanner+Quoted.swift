// Scalars in quotes, single and double.

extension YAMLScanner {
  mutating func scanQuoted(_ style: ScalarStyle) throws(Stop) -> YAMLToken {
    let quote = base[at]
    let start = at
    var i = at + 1
    // Most are on one line and hold nothing to undo.
    while i < limit {
      let byte = base[i]
      if byte == quote {
        if style == .singleQuoted && self.byte(i + 1) == quote { break }
        at = i + 1
        return YAMLToken(kind: .scalar, style: style, start: start + 1, end: i, line: line)
      }
      if (byte == UInt8(ascii: "\\") && style == .doubleQuoted) || breakWidth(i) > 0 { break }
      i += 1
    }
    var token = YAMLToken(kind: .scalar, style: style, start: start, end: start, line: line)
    at = start + 1
    token.extra = note(try scanQuotedLines(style, quote, token))
    token.end = at
    return token
  }

  private mutating func scanQuotedLines(_ style: ScalarStyle, _ quote: UInt8, _ token: YAMLToken) throws(Stop) -> [UInt8] {
    var out: [UInt8] = []
    while true {
      if at == lineStart && documentIndicator(at) != nil {
        throw fail("found unexpected document indicator", contextLine: token.line, hint: token.start)
      }
      if at >= limit { throw fail("found unexpected end of stream", contextLine: token.line, hint: token.start) }
      var afterBreak = false
      // Characters up to a blank or a line break.
      while !endsWord(at) {
        let byte = base[at]
        if byte == quote {
          guard style == .singleQuoted && self.byte(at + 1) == quote else { break }
          out.append(quote)
          at += 2
        } else if byte == UInt8(ascii: "\\") && style == .doubleQuoted {
          let width = breakWidth(at + 1)
          if width > 0 {
            at += 1
            newLine(width)
            afterBreak = true
            break
          }
          try scanEscape(token, &out)
        } else {
          out.append(byte)
          at += 1
        }
      }
      if !afterBreak && byte(at) == quote {
        at += 1
        return out
      }
      // Blanks and line breaks: kept within a line, folded between lines.
      let blanks = at
      let isEscapedBreak = afterBreak
      var lead = 0
      var breaks: [UInt8] = []
      while at < limit {
        let width = breakWidth(at)
        if width > 0 {
          if afterBreak {
            appendBreak(width, at: at, to: &breaks)
          } else {
            lead = width
            if width == 3 { appendBreak(width, at: at, to: &breaks) }
          }
          newLine(width)
          afterBreak = true
        } else if isBlank(at) {
          at += 1
        } else {
          break
        }
      }
      if !afterBreak {
        out.append(contentsOf: UnsafeBufferPointer(start: base + blanks, count: at - blanks))
        continue
      }
      if !isGo && at < limit && leadingSpaces() <= indent {
        throw fail("did not find expected indentation", contextLine: token.line)
      }
      if breaks.isEmpty && lead != 3 && !isEscapedBreak { out.append(0x20) } else { out.append(contentsOf: breaks) }
    }
  }

  private mutating func scanEscape(_ token: YAMLToken, _ out: inout [UInt8]) throws(Stop) {
    var digits = 0
    switch byte(at + 1) {
    case UInt8(ascii: "0"): out.append(0)
    case UInt8(ascii: "a"): out.append(0x07)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "t"), 0x09: out.append(0x09)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "v"): out.append(0x0B)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "e"): out.append(0x1B)
    case UInt8(ascii: " "): out.append(0x20)
    case UInt8(ascii: "\""): out.append(0x22)
    case UInt8(ascii: "'") where isGo: out.append(0x27)
    case UInt8(ascii: "/") where !isGo: out.append(0x2F)
    case UInt8(ascii: "\\"): out.append(0x5C)
    case UInt8(ascii: "N"): TextEncoding.appendScalar(0x85, to: &out)
    case UInt8(ascii: "_"): TextEncoding.appendScalar(0xA0, to: &out)
    case UInt8(ascii: "L"): TextEncoding.appendScalar(0x2028, to: &out)
    case UInt8(ascii: "P"): TextEncoding.appendScalar(0x2029, to: &out)
    case UInt8(ascii: "x"): digits = 2
    case UInt8(ascii: "u"): digits = 4
    case UInt8(ascii: "U"): digits = 8
    default: throw fail("found unknown escape character", contextLine: token.line)
    }
    at += 2
    guard digits > 0 else { return }
    var code = try scanHex(digits, token)
    // JSON writes characters beyond U+FFFF as pairs; go-yaml refuses them.
    if !isGo && digits == 4 && code & 0xFC00 == 0xD800 && byte(at) == UInt8(ascii: "\\") && byte(at + 1) == UInt8(ascii: "u") {
      at += 2
      let low = try scanHex(4, token)
      guard low & 0xFC00 == 0xDC00 else { throw fail("found invalid Unicode character escape code", contextLine: token.line) }
      code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
    }
    guard Unicode.Scalar(code) != nil else { throw fail("found invalid Unicode character escape code", contextLine: token.line) }
    TextEncoding.appendScalar(code, to: &out)
  }

  private mutating func scanHex(_ digits: Int, _ token: YAMLToken) throws(Stop) -> UInt32 {
    var code: UInt32 = 0
    for i in 0..<digits {
      guard let digit = hexValue(byte(at + i)) else { throw fail("did not find expected hexdecimal number", contextLine: token.line) }
      code = code << 4 | digit
    }
    at += digits
    return code
  }
}
