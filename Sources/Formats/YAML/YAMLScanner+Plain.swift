// Plain scalars: runs of characters, folded where they go over several lines.

extension YAMLScanner {
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

  /// Keeps a text that is not the source's bytes; its place goes into the token.
  mutating func note(_ text: [UInt8]) -> Int32 {
    texts.append(text)
    return Int32(texts.count - 1)
  }
}
