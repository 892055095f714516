// Anchors, aliases, tags and directives.

extension YAMLScanner {
  private func isWord(_ i: Int) -> Bool { i < limit && classes[Int(base[i])] & CharacterClass.word != 0 }

  mutating func scanAnchor(_ kind: YAMLToken.Kind) throws(Stop) {
    let start = at
    at += 1
    if isGo {
      while isWord(at) { at += 1 }
      let follower = byte(at)
      let isEnd = endsWord(at) || "?:,]}%@`".utf8.contains(follower)
      if at == start + 1 || !isEnd { throw fail("did not find expected alphabetic or numeric character", contextLine: line) }
    } else {
      while !endsWord(at) && !isFlowIndicator(at) { at += 1 }
      if at == start + 1 { throw fail("did not find expected alphabetic or numeric character", contextLine: line) }
    }
    emit(kind, from: start, to: at)
  }

  mutating func scanTag() throws(Stop) {
    let start = at
    var handle = ""
    var suffix: String
    if byte(at + 1) == UInt8(ascii: "<") {
      at += 2
      suffix = try scanURI(isVerbatim: true)
      if byte(at) != UInt8(ascii: ">") { throw fail("did not find the expected '>'", contextLine: line) }
      at += 1
    } else {
      at += 1
      while isWord(at) { at += 1 }
      if byte(at) == UInt8(ascii: "!") {
        at += 1
        handle = string(start..<at)
        suffix = try scanURI(isVerbatim: false)
      } else {
        at = start + 1
        suffix = try scanURI(isVerbatim: false, mayBeEmpty: true)
        handle = "!"
        if suffix.isEmpty { (handle, suffix) = ("", "!") }
      }
    }
    if !endsWord(at) && !(!isGo && flowLevel > 0 && isFlowIndicator(at)) {
      throw fail("did not find expected whitespace or line break", contextLine: line)
    }
    tags.append((handle, suffix))
    emit(YAMLToken(kind: .tag, extra: Int32(tags.count - 1), start: start, end: at, line: line))
  }

  private func isURI(_ i: Int, isVerbatim: Bool) -> Bool {
    guard i < limit else { return false }
    if classes[Int(base[i])] & (CharacterClass.word | CharacterClass.uri) != 0 { return true }
    switch base[i] {
    case UInt8(ascii: "!"), UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"): return isGo || isVerbatim
    case UInt8(ascii: "#"): return !isGo
    default: return false
    }
  }

  private mutating func scanURI(isVerbatim: Bool, mayBeEmpty: Bool = false) throws(Stop) -> String {
    var out: [UInt8] = []
    while isURI(at, isVerbatim: isVerbatim) {
      if base[at] == UInt8(ascii: "%") {
        guard let high = hexValue(byte(at + 1)), let low = hexValue(byte(at + 2)) else {
          throw fail("did not find URI escaped octet", contextLine: line)
        }
        out.append(UInt8(high << 4 | low))
        at += 3
      } else {
        out.append(base[at])
        at += 1
      }
    }
    if out.isEmpty && !mayBeEmpty { throw fail("did not find expected tag URI", contextLine: line) }
    guard let text = String(validating: out, as: UTF8.self) else {
      throw fail("found an incorrect leading UTF-8 octet", contextLine: line)
    }
    return text
  }

  mutating func scanDirective() throws(Stop) {
    let start = at
    at += 1
    let nameStart = at
    while isGo ? isWord(at) : !endsWord(at) { at += 1 }
    if at == nameStart { throw fail("could not find expected directive name", contextLine: line) }
    if !endsWord(at) { throw fail("found unexpected non-alphabetical character", contextLine: line) }
    switch string(nameStart..<at) {
    case "YAML": directives.append(try scanVersion())
    case "TAG": directives.append(try scanTagDirective())
    default:
      if isGo { throw fail("found unknown directive name", contextLine: line) }
      directives.append(.unknown)
      skipToLineEnd()
    }
    skipBlanks()
    if byte(at) == UInt8(ascii: "#") && (isGo || isBlank(at - 1)) { skipToLineEnd() }
    if at < limit && breakWidth(at) == 0 { throw fail("did not find expected comment or line break", contextLine: line) }
    emit(YAMLToken(kind: .directive, extra: Int32(directives.count - 1), start: start, end: at, line: line))
    let width = breakWidth(at)
    if width > 0 { newLine(width) }
  }

  private mutating func scanVersion() throws(Stop) -> YAMLDirective {
    skipBlanks()
    let major = try scanVersionNumber()
    if byte(at) != UInt8(ascii: ".") { throw fail("did not find expected digit or '.' character", contextLine: line) }
    at += 1
    return .version(major: major, minor: try scanVersionNumber())
  }

  private mutating func scanVersionNumber() throws(Stop) -> Int {
    let start = at
    var number = 0
    while at < limit && base[at] >= 0x30 && base[at] <= 0x39 {
      if at - start == 2 { throw fail("found extremely long version number", contextLine: line) }
      number = number * 10 + Int(base[at] - 0x30)
      at += 1
    }
    if at == start { throw fail("did not find expected version number", contextLine: line) }
    return number
  }

  private mutating func scanTagDirective() throws(Stop) -> YAMLDirective {
    skipBlanks()
    let start = at
    if byte(at) != UInt8(ascii: "!") { throw fail("did not find expected '!'", contextLine: line) }
    at += 1
    while isWord(at) { at += 1 }
    if byte(at) == UInt8(ascii: "!") {
      at += 1
    } else if at > start + 1 {
      throw fail("did not find expected '!'", contextLine: line)
    }
    let handle = string(start..<at)
    if !isBlank(at) { throw fail("did not find expected whitespace", contextLine: line) }
    skipBlanks()
    let prefix = try scanURI(isVerbatim: true)
    if !endsWord(at) { throw fail("did not find expected whitespace or line break", contextLine: line) }
    return .tag(handle: handle, prefix: prefix)
  }
}
