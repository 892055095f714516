// The five scalar styles: plain, quoted by ' and ", literal and folded.

extension YAMLScanner {
  // MARK: Plain

  /// Whether a plain scalar ends before what stands here (not a blank, not a line break).
  @inline(__always) private func endsPlain(_ i: Int) -> Bool {
    guard i < limit else { return true }
    switch base[i] {
    case UInt8(ascii: ":"): return endsWord(i + 1) || (!isGo && flowLevel > 0 && isFlowIndicator(i + 1))
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): return flowLevel > 0
    case UInt8(ascii: "?"): return flowLevel > 0 && isGo
    default: return false
    }
  }

  /// Steps to the end of a run of characters without blanks.
  @inline(__always) private func endOfPlainRun(from start: Int) -> Int {
    let stops = flowLevel > 0 ? CharacterClass.flowStop : CharacterClass.plainStop
    var i = start
    while true {
      while i < limit && classes[Int(base[i])] & stops == 0 { i += 1 }
      guard i < limit else { return i }
      switch base[i] {
      case 0x20, 0x09, 0x0A, 0x0D: return i
      case 0xC2, 0xE2: if breakWidth(i) > 0 { return i }
      default: if endsPlain(i) { return i }
      }
      i += 1
    }
  }

  mutating func scanPlain() throws(Stop) -> (token: YAMLToken, endedByBreak: Bool) {
    let start = at
    var end = start
    while true {
      end = endOfPlainRun(from: end)
      at = end
      skipBlanks()
      if breakWidth(at) > 0 { return try scanPlainLines(start: start, firstEnd: end) }
      if at == end || at >= limit || base[at] == UInt8(ascii: "#") || endsPlain(at) { break }
      end = at
    }
    return (YAMLToken(kind: .scalar, start: start, end: end, line: line), false)
  }

  /// Goes on at the end of a plain scalar's first line; lines that belong to it are folded.
  private mutating func scanPlainLines(start: Int, firstEnd: Int) throws(Stop) -> (token: YAMLToken, endedByBreak: Bool) {
    var token = YAMLToken(kind: .scalar, start: start, end: firstEnd, line: line)
    var out: [UInt8] = []
    var runStart = start
    var isFolded = false
    var endedByBreak = false
    var breaks: [UInt8] = []
    lines: while true {
      breaks.removeAll(keepingCapacity: true)
      var first = true
      var firstWidth = 0
      while true {
        let width = breakWidth(at)
        guard width > 0 else { break }
        if first { firstWidth = width }
        if !first || width == 3 { appendBreak(width, at: at, to: &breaks) }
        first = false
        newLine(width)
        if isGo {
          while isBlank(at) {
            if column <= indent && base[at] == 0x09 {
              throw fail("found a tab character that violates indentation", contextLine: token.line)
            }
            at += 1
          }
        } else {
          skipBlanks()
        }
      }
      endedByBreak = true
      guard at < limit else { break }
      if !isGo && base[at] == UInt8(ascii: "#") { break }
      let depth = isGo ? column : leadingSpaces()
      if flowLevel == 0 ? depth <= indent : (!isGo && depth <= indent) {
        if flowLevel > 0 { throw failFlowIndentation() }
        break
      }
      if (at == lineStart && documentIndicator(at) != nil) || base[at] == UInt8(ascii: "#") || endsPlain(at) { break }
      // The line belongs to the scalar.
      out.append(contentsOf: UnsafeBufferPointer(start: base + runStart, count: token.end - runStart))
      if breaks.isEmpty && firstWidth != 3 { out.append(0x20) } else { out.append(contentsOf: breaks) }
      isFolded = true
      endedByBreak = false
      runStart = at
      while true {
        token.end = endOfPlainRun(from: at)
        at = token.end
        skipBlanks()
        if breakWidth(at) > 0 { continue lines }
        if at == token.end || at >= limit || base[at] == UInt8(ascii: "#") || endsPlain(at) { break lines }
      }
    }
    if isFolded {
      out.append(contentsOf: UnsafeBufferPointer(start: base + runStart, count: token.end - runStart))
      token.extra = note(out)
    }
    return (token, endedByBreak)
  }

  private mutating func note(_ text: [UInt8]) -> Int32 {
    texts.append(text)
    return Int32(texts.count - 1)
  }

  // MARK: Quoted

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

  // MARK: Literal and folded

  private enum Chomping { case strip, clip, keep }

  mutating func scanBlockScalar(_ style: ScalarStyle) throws(Stop) -> YAMLToken {
    var token = YAMLToken(kind: .scalar, style: style, start: at, end: at, line: line)
    at += 1
    let (chomping, increment) = try scanBlockHeader(token)
    var depth: Int? = increment > 0 ? max(indent, 0) + increment : nil
    var out: [UInt8] = []
    var lead: [UInt8] = []
    var breaks: [UInt8] = []
    token.end = at
    try skipBlockBreaks(&depth, &breaks, &token)
    let content = depth ?? 0
    var wasBlank = false
    while column == content && at < limit && !(at == lineStart && !isGo && documentIndicator(at) != nil) {
      let isBlankLine = isBlank(at)
      if style == .folded && !wasBlank && !isBlankLine && lead.count == 1 {
        if breaks.isEmpty { out.append(0x20) }
      } else {
        out.append(contentsOf: lead)
      }
      out.append(contentsOf: breaks)
      lead.removeAll(keepingCapacity: true)
      breaks.removeAll(keepingCapacity: true)
      wasBlank = isBlankLine
      let start = at
      skipToLineEnd()
      out.append(contentsOf: UnsafeBufferPointer(start: base + start, count: at - start))
      let width = breakWidth(at)
      if width > 0 {
        appendBreak(width, at: at, to: &lead)
        newLine(width)
      } else if !isGo {
        // The end of the text ends its last line.
        lead.append(0x0A)
      }
      try skipBlockBreaks(&depth, &breaks, &token)
    }
    if chomping != .strip { out.append(contentsOf: lead) }
    if chomping == .keep { out.append(contentsOf: breaks) }
    token.extra = note(out)
    return token
  }

  private mutating func scanBlockHeader(_ token: YAMLToken) throws(Stop) -> (Chomping, increment: Int) {
    var chomping = Chomping.clip
    var increment = 0
    for _ in 0..<2 {
      let byte = byte(at)
      if (byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")) && chomping == .clip {
        chomping = byte == UInt8(ascii: "+") ? .keep : .strip
      } else if byte >= 0x30 && byte <= 0x39 && increment == 0 {
        if byte == 0x30 { throw fail("found an indentation indicator equal to 0", contextLine: token.line) }
        increment = Int(byte - 0x30)
      } else {
        break
      }
      at += 1
    }
    skipBlanks()
    if byte(at) == UInt8(ascii: "#") && (isGo || isBlank(at - 1)) { skipToLineEnd() }
    let width = breakWidth(at)
    if width == 0 && at < limit { throw fail("did not find expected comment or line break", contextLine: token.line) }
    if width > 0 { newLine(width) }
    return (chomping, increment)
  }

  /// Steps over empty lines and the next line's indentation; the first line with content sets the depth where none is known.
  private mutating func skipBlockBreaks(_ depth: inout Int?, _ breaks: inout [UInt8], _ token: inout YAMLToken) throws(Stop) {
    var deepest = 0
    var deepestBlank = 0
    token.end = at
    while true {
      while depth.map({ column < $0 }) ?? true, at < limit, base[at] == 0x20 { at += 1 }
      deepest = max(deepest, column)
      if depth.map({ column < $0 }) ?? (isGo || column <= indent), byte(at) == 0x09 {
        throw fail("found a tab character where an indentation space is expected", contextLine: token.line)
      }
      let width = breakWidth(at)
      if width == 0 { break }
      deepestBlank = max(deepestBlank, column)
      appendBreak(width, at: at, to: &breaks)
      newLine(width)
      token.end = at
    }
    if !isGo && at >= limit && column > 0 && column <= depth ?? Int.max { breaks.append(0x0A) }
    guard depth == nil else { return }
    if isGo {
      depth = max(deepest, indent + 1, 1)
    } else if at < limit && column > indent {
      if deepestBlank > column { throw fail("found an empty line that is indented deeper than the text after it", contextLine: token.line) }
      depth = column
    } else {
      depth = max(deepest, indent + 1)
    }
  }
}
