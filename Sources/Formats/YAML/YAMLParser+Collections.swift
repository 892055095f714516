// Sequences and mappings, in block and in flow style.

extension YAMLParser {
  // MARK: Block collections

  mutating func blockSequence(_ properties: YAMLProperties) throws(Stop) -> Builder.Node {
    try enter()
    let start = scanner.current
    scanner.take()
    var sequence = builder.startSequence(properties, isFlow: false)
    while true {
      let kind = try scanner.peek()
      if kind == .blockEntry {
        let entry = scanner.current
        scanner.take()
        let next = try scanner.peek()
        let isEmpty = next == .blockEntry || next == .blockEnd
        builder.append(isEmpty ? try emptyNode(YAMLProperties(start: entry.end)) : try node(inBlock: true), to: &sequence)
      } else if kind == .blockEnd {
        scanner.take()
        depth -= 1
        return builder.endSequence(sequence)
      } else {
        throw fail("did not find expected '-' indicator", scanner.current, contextLine: start.line)
      }
    }
  }

  /// A sequence that stands at its mapping's own indentation.
  mutating func indentlessSequence(_ properties: YAMLProperties) throws(Stop) -> Builder.Node {
    try enter()
    var sequence = builder.startSequence(properties, isFlow: false)
    while try scanner.peek() == .blockEntry {
      let entry = scanner.current
      scanner.take()
      let isEmpty =
        switch try scanner.peek() {
        case .blockEntry, .key, .value, .blockEnd: true
        default: false
        }
      builder.append(isEmpty ? try emptyNode(YAMLProperties(start: entry.end)) : try node(inBlock: true), to: &sequence)
    }
    depth -= 1
    return builder.endSequence(sequence)
  }

  mutating func blockMapping(_ properties: YAMLProperties) throws(Stop) -> Builder.Node {
    try enter()
    let start = scanner.current
    scanner.take()
    var mapping = builder.startMapping(properties, isFlow: false)
    while true {
      let kind = try scanner.peek()
      let token = scanner.current
      let key: Builder.Key
      switch kind {
      case .key:
        scanner.take()
        switch try scanner.peek() {
        case .key, .value, .blockEnd: key = try emptyKey(YAMLProperties(start: token.end))
        default: key = try self.key(inBlock: true)
        }
      case .value where !scanner.isGo: key = try emptyKey(YAMLProperties(start: token.place))
      case .blockEnd:
        scanner.take()
        depth -= 1
        return builder.endMapping(mapping)
      default: throw fail("did not find expected key", token, contextLine: start.line)
      }
      builder.willRead(valueOf: key, in: mapping)
      let value: Builder.Node
      if try scanner.peek() == .value {
        let end = scanner.current.end
        scanner.take()
        switch try scanner.peek() {
        case .key, .value, .blockEnd: value = try emptyNode(YAMLProperties(start: end))
        default: value = try node(inBlock: true, indentless: true)
        }
      } else {
        value = try emptyNode(YAMLProperties(start: scanner.current.place))
      }
      try builder.append(key, value, to: &mapping)
    }
  }

  // MARK: Flow collections

  mutating func flowSequence(_ properties: YAMLProperties) throws(Stop) -> Builder.Node {
    try enter()
    let start = scanner.current
    scanner.take()
    var sequence = builder.startSequence(properties, isFlow: true)
    var isFirst = true
    while true {
      if try scanner.peek() == .flowSequenceEnd { break }
      if !isFirst {
        guard scanner.current.kind == .flowEntry else {
          throw fail("did not find expected ',' or ']'", scanner.current, contextLine: start.line)
        }
        scanner.take()
        if try scanner.peek() == .flowSequenceEnd { break }
      }
      isFirst = false
      let kind = scanner.current.kind
      if kind == .key || (kind == .value && !scanner.isGo) {
        builder.append(try flowPair(), to: &sequence)
      } else {
        builder.append(try node(inBlock: false), to: &sequence)
      }
    }
    scanner.take()
    depth -= 1
    return builder.endSequence(sequence)
  }

  /// A mapping of one member that stands in a flow sequence without braces.
  private mutating func flowPair() throws(Stop) -> Builder.Node {
    try enter()
    let token = scanner.current
    var mapping = builder.startMapping(YAMLProperties(start: token.place), isFlow: true)
    if token.kind == .key { scanner.take() }
    let key: Builder.Key
    switch try scanner.peek() {
    case .value, .flowEntry, .flowSequenceEnd: key = try emptyKey(YAMLProperties(start: token.end))
    default: key = try self.key(inBlock: false)
    }
    builder.willRead(valueOf: key, in: mapping)
    let value = try flowValue(.flowSequenceEnd)
    try builder.append(key, value, to: &mapping)
    depth -= 1
    return builder.endMapping(mapping)
  }

  /// What stands after a flow key: `: value`, `:` or nothing.
  private mutating func flowValue(_ end: YAMLToken.Kind) throws(Stop) -> Builder.Node {
    if try scanner.peek() == .value {
      scanner.take()
      let kind = try scanner.peek()
      if kind != .flowEntry && kind != end { return try node(inBlock: false) }
    }
    return try emptyNode(YAMLProperties(start: scanner.current.place))
  }

  mutating func flowMapping(_ properties: YAMLProperties) throws(Stop) -> Builder.Node {
    try enter()
    let start = scanner.current
    scanner.take()
    var mapping = builder.startMapping(properties, isFlow: true)
    var isFirst = true
    while true {
      if try scanner.peek() == .flowMappingEnd { break }
      if !isFirst {
        guard scanner.current.kind == .flowEntry else {
          throw fail("did not find expected ',' or '}'", scanner.current, contextLine: start.line)
        }
        scanner.take()
        if try scanner.peek() == .flowMappingEnd { break }
      }
      isFirst = false
      let token = scanner.current
      var isKey = token.kind == .key
      if isKey { scanner.take() }
      let key: Builder.Key
      switch try scanner.peek() {
      case .value where isKey || !scanner.isGo:
        key = try emptyKey(YAMLProperties(start: token.place))
        isKey = true
      case .flowEntry where isKey, .flowMappingEnd where isKey: key = try emptyKey(YAMLProperties(start: token.place))
      default: key = try self.key(inBlock: false)
      }
      builder.willRead(valueOf: key, in: mapping)
      // Without a key token go-yaml takes no value; in YAML 1.2 the colon may stand on a later line.
      let value =
        isKey || !scanner.isGo ? try flowValue(.flowMappingEnd) : try emptyNode(YAMLProperties(start: try nextStart()))
      try builder.append(key, value, to: &mapping)
    }
    scanner.take()
    depth -= 1
    return builder.endMapping(mapping)
  }

  private mutating func nextStart() throws(Stop) -> Int {
    _ = try scanner.peek()
    return scanner.current.place
  }
}
