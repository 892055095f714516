// What begins a token: indicators, and what they do to keys and indentation.

extension YAMLScanner {
  mutating func fetch() throws(Stop) {
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
}
