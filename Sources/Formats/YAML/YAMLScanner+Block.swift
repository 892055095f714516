// Literal and folded scalars.

extension YAMLScanner {
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
