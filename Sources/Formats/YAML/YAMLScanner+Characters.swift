// What stands between tokens, and what single characters are.

extension YAMLScanner {
  mutating func skipToNextToken() throws(Stop) {
    var crossedLine = false
    while true {
      if at == lineStart && starts(at, 0xEF, 0xBB, 0xBF) {
        at += 3
        lineStart = at
      }
      while at < limit {
        let byte = base[at]
        guard byte == 0x20 || (byte == 0x09 && (!isGo || flowLevel > 0 || !simpleKeyAllowed)) else { break }
        at += 1
      }
      if byte(at) == UInt8(ascii: "#") {
        if !isGo && at > lineStart && !isBlank(at - 1) { throw fail("did not find expected whitespace or line break") }
        skipToLineEnd()
      }
      let width = breakWidth(at)
      if width == 0 { break }
      newLine(width)
      crossedLine = true
      if flowLevel == 0 { simpleKeyAllowed = true }
    }
    if crossedLine && !isGo && flowLevel > 0 && at < limit && leadingSpaces() <= indent { throw failFlowIndentation() }
  }

  mutating func failFlowIndentation() -> Stop { fail("did not find expected indentation") }

  mutating func skipBlanks() {
    while isBlank(at) { at += 1 }
  }

  mutating func skipToLineEnd() {
    while at < limit && (classes[Int(base[at])] & CharacterClass.lineEnd == 0 || breakWidth(at) == 0) { at += 1 }
  }

  mutating func newLine(_ width: Int) {
    at += width
    line += 1
    lineStart = at
  }

  var column: Int { @inline(__always) get { at - lineStart } }

  /// The spaces that begin the line at hand.
  func leadingSpaces() -> Int {
    var i = lineStart
    while i < limit && base[i] == 0x20 { i += 1 }
    return i - lineStart
  }

  /// A byte, 0 past the end.
  @inline(__always) func byte(_ i: Int) -> UInt8 { i < limit ? base[i] : 0 }

  @inline(__always) func isBlank(_ i: Int) -> Bool { i < limit && (base[i] == 0x20 || base[i] == 0x09) }

  func isFlowIndicator(_ i: Int) -> Bool { i < limit && classes[Int(base[i])] & CharacterClass.flowIndicator != 0 }

  /// How long the line break here is, 0 for none. go-yaml also breaks lines at NEL, LS and PS.
  @inline(__always) func breakWidth(_ i: Int) -> Int {
    guard i < limit && classes[Int(base[i])] & CharacterClass.lineEnd != 0 else { return 0 }
    switch base[i] {
    case 0x0A: return 1
    case 0x0D: return byte(i + 1) == 0x0A ? 2 : 1
    case 0xC2: return isGo && byte(i + 1) == 0x85 ? 2 : 0
    default: return isGo && byte(i + 1) == 0x80 && byte(i + 2) & 0xFE == 0xA8 ? 3 : 0
    }
  }

  /// Appends a line break in its normal form: a line feed; LS and PS stay what they are.
  func appendBreak(_ width: Int, at i: Int, to out: inout [UInt8]) {
    if width == 3 {
      out.append(contentsOf: UnsafeBufferPointer(start: base + i, count: 3))
    } else {
      out.append(0x0A)
    }
  }

  /// Whether what stands here ends a word: a blank, a line break, the end.
  @inline(__always) func endsWord(_ i: Int) -> Bool { i >= limit || isBlank(i) || breakWidth(i) > 0 }

  func starts(_ i: Int, _ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
    i + 2 < limit && base[i] == a && base[i + 1] == b && base[i + 2] == c
  }

  /// `---` or `...` at the start of a line.
  func documentIndicator(_ i: Int) -> YAMLToken.Kind? {
    if starts(i, 0x2D, 0x2D, 0x2D) && endsWord(i + 3) { return .documentStart }
    if starts(i, 0x2E, 0x2E, 0x2E) && endsWord(i + 3) { return .documentEnd }
    return nil
  }

  func string(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
  }

  /// Notes why the scanner stops. go-yaml names the line it has reached; our hint may point elsewhere.
  mutating func fail(_ problem: String, contextLine: Int = 0, hint: Int? = nil) -> Stop {
    if at >= limit, let readerProblem {
      failure = YAMLFailure(problem: readerProblem, origin: .reader, offset: limit)
    } else {
      failure = YAMLFailure(problem: problem, origin: .scanner, line: line, contextLine: contextLine, offset: hint ?? at)
    }
    return Stop()
  }
}
