// Bytes to tokens: the queue, simple keys and indentation.

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
  var indents: [Int] = []
  var flowLevel = 0
  var simpleKeys = [SimpleKey()]
  var simpleKeyAllowed = true
  /// Whether the last token was a quoted scalar or the end of a flow collection, which `:` may follow directly.
  var afterJSON = false
  var directivesAllowed = true

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
  mutating func insert(_ token: YAMLToken, at number: Int) {
    emit(token)
    var i = tail - 1
    while i > head + number - taken {
      tokens.swapAt(i, i - 1)
      i -= 1
    }
  }

  // MARK: Simple keys

  mutating func isStillPossible(_ index: Int) throws(Stop) -> Bool {
    let key = simpleKeys[index]
    guard key.possible else { return false }
    if key.line < line || key.offset + 1024 < at {
      if key.required { throw failKey(key) }
      simpleKeys[index].possible = false
      return false
    }
    return true
  }

  mutating func failKey(_ key: SimpleKey) -> Stop {
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
  mutating func roll(to column: Int, _ kind: YAMLToken.Kind, before number: Int?, from offset: Int, line: Int) {
    guard flowLevel == 0 && indent < column else { return }
    indents.append(indent)
    indent = column
    let token = YAMLToken(kind: kind, start: offset, end: offset, line: line)
    if let number { insert(token, at: number) } else { emit(token) }
  }

  mutating func unroll(to column: Int) {
    guard flowLevel == 0 else { return }
    while indent > column {
      emit(.blockEnd, from: at, to: at)
      indent = indents.popLast() ?? -1
    }
  }

  /// In YAML 1.2 a tab may part words, but not indent a block collection.
  mutating func refuseTab(before offset: Int) throws(Stop) {
    guard !isGo && flowLevel == 0 else { return }
    var i = offset
    while i > lineStart, isBlank(i - 1) {
      i -= 1
      if base[i] == 0x09 { throw fail("found a tab character that violates indentation", hint: i) }
    }
  }
}
