// Bytes to tokens: indentation, indicators and simple keys.

/// Which reader's rules hold where they differ.
enum YAMLDialect {
  /// What Kubernetes reads with (go-yaml 2, YAML 1.1): its lenience and its refusals.
  case go
  /// The YAML 1.2 specification.
  case spec
}

/// Turns a text into tokens, as many ahead as a simple key (`key:` without `?`) needs to be known for one.
struct YAMLScanner {
  /// Where a key may have begun that only a later `:` will prove to be one.
  struct SimpleKey {
    var possible = false
    /// Whether only a key can stand here: it begins at the indentation of the mapping.
    var required = false
    var tokenNumber = 0
    var offset = 0
    var line = 0
    var column = 0
  }

  let base: UnsafePointer<UInt8>
  let limit: Int
  let isGo: Bool
  let classes = CharacterClass.table
  /// What stands at the limit, if that is not the text's end.
  let readerProblem: String?

  var at: Int
  var line = 0
  var lineStart: Int
  /// The column of the innermost block collection, -1 outside of any.
  var indent = -1
  private var indents: [Int] = []
  var flowLevel = 0
  private var simpleKeys = [SimpleKey()]
  var simpleKeyAllowed = true
  /// Whether the last token was a quoted scalar or the end of a flow collection, which `:` may follow directly.
  private var afterJSON = false
  private var directivesAllowed = true

  /// The tokens that are known and not yet taken, from `head` to `tail`. The storage is kept for the next ones.
  private var tokens: [YAMLToken] = []
  private var head = 0
  private var tail = 0
  private var taken = 0
  private var ready = false
  var texts: [[UInt8]] = []
  var tags: [(handle: String, suffix: String)] = []
  var directives: [YAMLDirective] = []
  var failure: YAMLFailure?

  /// A scanner over a part of a text. `problem` is what stands at the end of the part, if it cannot be read further.
  init(_ bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>, problem: String?, dialect: YAMLDialect) {
    // An empty buffer may have no address; nothing is ever read through the stand-in.
    base = bytes.baseAddress ?? classes
    limit = range.upperBound
    readerProblem = problem
    isGo = dialect == .go
    at = range.lowerBound
    lineStart = range.lowerBound
    if starts(at, 0xEF, 0xBB, 0xBF) {
      at += 3
      lineStart += 3
    }
  }

  // MARK: Tokens

  /// The kind of the next token.
  @inline(__always) mutating func peek() throws(Stop) -> YAMLToken.Kind {
    if !ready { try fill() }
    return tokens[head].kind
  }

  /// The next token, after `peek`.
  var current: YAMLToken { @inline(__always) get { tokens[head] } }

  /// Steps over the next token, after `peek`.
  @inline(__always) mutating func take() {
    head += 1
    taken += 1
    ready = false
  }

  private mutating func fill() throws(Stop) {
    if head == tail {
      head = 0
      tail = 0
      if !texts.isEmpty { texts.removeAll(keepingCapacity: true) }
      if !tags.isEmpty { tags.removeAll(keepingCapacity: true) }
    }
    while true {
      if head < tail {
        var undecided = false
        for i in simpleKeys.indices where simpleKeys[i].possible && simpleKeys[i].tokenNumber == taken {
          if try isStillPossible(i) { undecided = true }
        }
        if !undecided { break }
      }
      try fetch()
    }
    ready = true
  }

  @inline(__always) mutating func emit(_ kind: YAMLToken.Kind, from start: Int, to end: Int) {
    emit(YAMLToken(kind: kind, start: start, end: end, line: line))
  }

  @inline(__always) mutating func emit(_ token: YAMLToken) {
    if tail < tokens.count { tokens[tail] = token } else { tokens.append(token) }
    tail += 1
  }

  /// Puts a token before those from a number on, which counts from the text's first token.
  private mutating func insert(_ token: YAMLToken, at number: Int) {
    emit(token)
    var i = tail - 1
    while i > head + number - taken {
      tokens.swapAt(i, i - 1)
      i -= 1
    }
  }

  private mutating func fetch() throws(Stop) {
    try skipToNextToken()
    unroll(to: column)
    let wasJSON = afterJSON
    afterJSON = false
    guard at < limit else { return try fetchStreamEnd() }
    let byte = base[at]
    if at == lineStart {
      if byte == UInt8(ascii: "%") && (isGo || (directivesAllowed && flowLevel == 0)) { return try fetchDirective() }
      if let kind = documentIndicator(at) { return try fetchDocumentIndicator(kind) }
    }
    directivesAllowed = false
    switch byte {
    case UInt8(ascii: "["): try fetchFlowStart(.flowSequenceStart)
    case UInt8(ascii: "{"): try fetchFlowStart(.flowMappingStart)
    case UInt8(ascii: "]"): try fetchFlowEnd(.flowSequenceEnd)
    case UInt8(ascii: "}"): try fetchFlowEnd(.flowMappingEnd)
    case UInt8(ascii: ","): try fetchFlowEntry()
    case UInt8(ascii: "-"):
      if endsWord(at + 1) {
        try fetchBlockEntry()
      } else if !isGo && flowLevel > 0 && isFlowIndicator(at + 1) {
        throw fail("block sequence entries are not allowed in this context")
      } else {
        try fetchPlain()
      }
    case UInt8(ascii: "?"):
      if endsWord(at + 1) || (flowLevel > 0 && (isGo || isFlowIndicator(at + 1))) { try fetchKey() } else { try fetchPlain() }
    case UInt8(ascii: ":"):
      if endsWord(at + 1) || (flowLevel > 0 && (isGo || wasJSON || isFlowIndicator(at + 1))) {
        try fetchValue()
      } else {
        try fetchPlain()
      }
    case UInt8(ascii: "*"): try fetchAnchor(.alias)
    case UInt8(ascii: "&"): try fetchAnchor(.anchor)
    case UInt8(ascii: "!"): try fetchTag()
    case UInt8(ascii: "|") where flowLevel == 0: try fetchBlockScalar(.literal)
    case UInt8(ascii: ">") where flowLevel == 0: try fetchBlockScalar(.folded)
    case UInt8(ascii: "'"): try fetchQuoted(.singleQuoted)
    case UInt8(ascii: "\""): try fetchQuoted(.doubleQuoted)
    case UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "#"), 0x09:
      throw fail("found character that cannot start any token")
    default: try fetchPlain()
    }
  }

  // MARK: Simple keys

  private mutating func isStillPossible(_ index: Int) throws(Stop) -> Bool {
    let key = simpleKeys[index]
    guard key.possible else { return false }
    if key.line < line || key.offset + 1024 < at {
      if key.required { throw failKey(key) }
      simpleKeys[index].possible = false
      return false
    }
    return true
  }

  private mutating func failKey(_ key: SimpleKey) -> Stop {
    fail("could not find expected ':'", contextLine: key.line, hint: key.offset)
  }

  /// Notes that a key may begin here, if it may.
  mutating func saveSimpleKey() throws(Stop) {
    guard simpleKeyAllowed else { return }
    try removeSimpleKey()
    simpleKeys[simpleKeys.count - 1] = simpleKeyHere()
  }

  func simpleKeyHere() -> SimpleKey {
    SimpleKey(
      possible: true, required: flowLevel == 0 && indent == column, tokenNumber: taken + tail - head, offset: at, line: line,
      column: column)
  }

  mutating func setSimpleKey(_ key: SimpleKey) { simpleKeys[simpleKeys.count - 1] = key }

  mutating func removeSimpleKey() throws(Stop) {
    let last = simpleKeys.count - 1
    guard simpleKeys[last].possible else { return }
    if simpleKeys[last].required { throw failKey(simpleKeys[last]) }
    simpleKeys[last].possible = false
  }

  // MARK: Indentation

  /// Opens a block collection at a column that is deeper than the innermost one; its token goes before that number.
  private mutating func roll(to column: Int, _ kind: YAMLToken.Kind, before number: Int?, from offset: Int, line: Int) {
    guard flowLevel == 0 && indent < column else { return }
    indents.append(indent)
    indent = column
    let token = YAMLToken(kind: kind, start: offset, end: offset, line: line)
    if let number { insert(token, at: number) } else { emit(token) }
  }

  private mutating func unroll(to column: Int) {
    guard flowLevel == 0 else { return }
    while indent > column {
      emit(.blockEnd, from: at, to: at)
      indent = indents.popLast() ?? -1
    }
  }

  /// In YAML 1.2 a tab may part words, but not indent a block collection.
  private mutating func refuseTab(before offset: Int) throws(Stop) {
    guard !isGo && flowLevel == 0 else { return }
    var i = offset
    while i > lineStart, isBlank(i - 1) {
      i -= 1
      if base[i] == 0x09 { throw fail("found a tab character that violates indentation", hint: i) }
    }
  }

  // MARK: Structure

  private mutating func fetchStreamEnd() throws(Stop) {
    if readerProblem != nil { throw fail("") }
    if column != 0 {
      line += 1
      lineStart = at
    }
    unroll(to: -1)
    try removeSimpleKey()
    simpleKeyAllowed = false
    emit(.streamEnd, from: at, to: at)
  }

  private mutating func fetchDirective() throws(Stop) {
    unroll(to: -1)
    try removeSimpleKey()
    simpleKeyAllowed = false
    try scanDirective()
  }

  private mutating func fetchDocumentIndicator(_ kind: YAMLToken.Kind) throws(Stop) {
    unroll(to: -1)
    try removeSimpleKey()
    simpleKeyAllowed = false
    directivesAllowed = kind == .documentEnd
    emit(kind, from: at, to: at + 3)
    at += 3
    if !isGo && kind == .documentEnd {
      skipBlanks()
      if at < limit && breakWidth(at) == 0 && !(base[at] == UInt8(ascii: "#") && isBlank(at - 1)) {
        throw fail("did not find expected comment or line break")
      }
    }
  }

  private mutating func fetchFlowStart(_ kind: YAMLToken.Kind) throws(Stop) {
    try saveSimpleKey()
    simpleKeys.append(SimpleKey())
    flowLevel += 1
    simpleKeyAllowed = true
    emit(kind, from: at, to: at + 1)
    at += 1
  }

  private mutating func fetchFlowEnd(_ kind: YAMLToken.Kind) throws(Stop) {
    try removeSimpleKey()
    if flowLevel > 0 {
      flowLevel -= 1
      simpleKeys.removeLast()
    }
    simpleKeyAllowed = false
    emit(kind, from: at, to: at + 1)
    at += 1
    afterJSON = true
  }

  private mutating func fetchFlowEntry() throws(Stop) {
    try removeSimpleKey()
    simpleKeyAllowed = true
    emit(.flowEntry, from: at, to: at + 1)
    at += 1
  }

  private mutating func fetchBlockEntry() throws(Stop) {
    if flowLevel == 0 {
      if !simpleKeyAllowed { throw fail("block sequence entries are not allowed in this context") }
      try refuseTab(before: at)
      roll(to: column, .blockSequenceStart, before: nil, from: at, line: line)
    }
    try removeSimpleKey()
    simpleKeyAllowed = true
    emit(.blockEntry, from: at, to: at + 1)
    at += 1
  }

  private mutating func fetchKey() throws(Stop) {
    if flowLevel == 0 {
      if !simpleKeyAllowed { throw fail("mapping keys are not allowed in this context") }
      try refuseTab(before: at)
      roll(to: column, .blockMappingStart, before: nil, from: at, line: line)
    }
    try removeSimpleKey()
    simpleKeyAllowed = flowLevel == 0
    emit(.key, from: at, to: at + 1)
    at += 1
  }

  private mutating func fetchValue() throws(Stop) {
    let last = simpleKeys.count - 1
    if try isStillPossible(last) {
      let key = simpleKeys[last]
      try refuseTab(before: key.offset)
      insert(YAMLToken(kind: .key, start: key.offset, end: key.offset, line: key.line), at: key.tokenNumber)
      roll(to: key.column, .blockMappingStart, before: key.tokenNumber, from: key.offset, line: key.line)
      simpleKeys[last].possible = false
      simpleKeyAllowed = false
    } else {
      if flowLevel == 0 {
        if !simpleKeyAllowed { throw fail("mapping values are not allowed in this context") }
        try refuseTab(before: at)
        roll(to: column, .blockMappingStart, before: nil, from: at, line: line)
      }
      simpleKeyAllowed = flowLevel == 0
    }
    emit(.value, from: at, to: at + 1)
    at += 1
  }

  /// Plain scalars. Most are keys or values on one line, and a key is known at once by the `:` after it.
  private mutating func fetchPlain() throws(Stop) {
    let mayBeKey = simpleKeyAllowed
    if mayBeKey { try removeSimpleKey() }
    let key = simpleKeyHere()
    simpleKeyAllowed = false
    let (token, endedByBreak) = try scanPlain()
    if mayBeKey && flowLevel == 0 && token.line == line && byte(at) == UInt8(ascii: ":") && at - token.start <= 1024 {
      return try emitKey(key, token)
    }
    if mayBeKey { setSimpleKey(key) }
    emit(token)
    if endedByBreak { simpleKeyAllowed = true }
  }

  private mutating func fetchQuoted(_ style: ScalarStyle) throws(Stop) {
    let mayBeKey = simpleKeyAllowed
    if mayBeKey { try removeSimpleKey() }
    let key = simpleKeyHere()
    simpleKeyAllowed = false
    let token = try scanQuoted(style)
    if mayBeKey && flowLevel == 0 && token.line == line {
      var i = at
      while isBlank(i) { i += 1 }
      if byte(i) == UInt8(ascii: ":") && endsWord(i + 1) && i - token.start <= 1024 {
        at = i
        return try emitKey(key, token)
      }
    }
    if mayBeKey { setSimpleKey(key) }
    emit(token)
    afterJSON = true
  }

  /// A scalar that the `:` at hand makes a block mapping's key.
  private mutating func emitKey(_ key: SimpleKey, _ scalar: YAMLToken) throws(Stop) {
    try refuseTab(before: key.offset)
    roll(to: key.column, .blockMappingStart, before: nil, from: key.offset, line: key.line)
    emit(.key, from: key.offset, to: key.offset)
    emit(scalar)
    emit(.value, from: at, to: at + 1)
    at += 1
  }

  private mutating func fetchBlockScalar(_ style: ScalarStyle) throws(Stop) {
    try removeSimpleKey()
    simpleKeyAllowed = true
    emit(try scanBlockScalar(style))
  }

  private mutating func fetchAnchor(_ kind: YAMLToken.Kind) throws(Stop) {
    try saveSimpleKey()
    simpleKeyAllowed = false
    try scanAnchor(kind)
  }

  private mutating func fetchTag() throws(Stop) {
    try saveSimpleKey()
    simpleKeyAllowed = false
    try scanTag()
  }

  // MARK: Between tokens

  private mutating func skipToNextToken() throws(Stop) {
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

  // MARK: Characters

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
