// Tokens to nodes: the grammar, for whoever wants to build something from it.

/// An anchor and a tag before a node.
struct YAMLProperties {
  var anchor: String?
  var tag: String?
  /// Where the node begins, properties included.
  var start = 0

  var isEmpty: Bool { anchor == nil && tag == nil }
}

/// What is made of a document's nodes: values, events, positions.
protocol YAMLBuilder {
  associatedtype Node
  associatedtype Key
  associatedtype Sequence
  associatedtype Mapping

  /// Why the builder stopped.
  var failure: YAMLFailure? { get }

  mutating func startDocument(isExplicit: Bool)
  mutating func endDocument(isExplicit: Bool)
  mutating func scalar(_ text: UnsafeBufferPointer<UInt8>, _ style: ScalarStyle, _ properties: YAMLProperties) throws(Stop) -> Node
  /// A scalar that is a mapping's key.
  mutating func scalarKey(_ text: UnsafeBufferPointer<UInt8>, _ style: ScalarStyle, _ properties: YAMLProperties) throws(Stop) -> Key
  mutating func alias(_ name: String, at offset: Int) throws(Stop) -> Node
  /// A key that is no scalar.
  mutating func key(_ node: Node, at offset: Int) throws(Stop) -> Key
  mutating func startSequence(_ properties: YAMLProperties, isFlow: Bool) -> Sequence
  mutating func append(_ node: Node, to sequence: inout Sequence)
  mutating func endSequence(_ sequence: consuming Sequence) -> Node
  mutating func startMapping(_ properties: YAMLProperties, isFlow: Bool) -> Mapping
  /// Hears a key before its value is read.
  mutating func willRead(valueOf key: Key, in mapping: borrowing Mapping)
  mutating func append(_ key: Key, _ node: Node, to mapping: inout Mapping) throws(Stop)
  mutating func endMapping(_ mapping: consuming Mapping) -> Node
}

extension YAMLBuilder {
  mutating func startDocument(isExplicit: Bool) {}
  mutating func endDocument(isExplicit: Bool) {}
  mutating func willRead(valueOf key: Key, in mapping: borrowing Mapping) {}
}

/// Reads a text's documents one by one, giving their nodes to a builder.
struct YAMLParser<Builder: YAMLBuilder> {
  /// How deeply collections may stand in each other.
  static var depthLimit: Int { JSON.depthLimit }

  var scanner: YAMLScanner
  var builder: Builder
  var depth = 0
  private var isFirst = true
  /// Whether the last document was ended by `...`, so that the next one needs no `---`.
  private var endedExplicitly = true
  private var tagPrefixes: [(handle: String, prefix: String)] = []
  private(set) var documentStart = 0
  private(set) var documentStartLine = 0
  private(set) var isEmptyDocument = false

  init(_ scanner: YAMLScanner, _ builder: Builder) {
    self.scanner = scanner
    self.builder = builder
  }

  var failure: YAMLFailure {
    scanner.failure ?? builder.failure ?? YAMLFailure(problem: "unknown problem parsing YAML content", origin: .parser, offset: scanner.at)
  }

  mutating func fail(_ problem: String, _ token: YAMLToken, contextLine: Int = 0) -> Stop {
    scanner.failure = YAMLFailure(
      problem: problem, origin: .parser, line: token.line, contextLine: contextLine, offset: token.place)
    return Stop()
  }

  // MARK: Documents

  /// The next document's root, or nil at the end of the text.
  mutating func nextDocument() throws(Stop) -> Builder.Node? {
    if !isFirst || !scanner.isGo {
      while try scanner.peek() == .documentEnd {
        scanner.take()
        endedExplicitly = true
      }
    }
    let kind = try scanner.peek()
    let first = scanner.current
    if kind == .streamEnd { return nil }
    let isExplicit = kind == .directive || kind == .documentStart
    documentStart = first.start
    documentStartLine = first.line
    if isExplicit {
      try readDirectives()
      guard try scanner.peek() == .documentStart else { throw fail("did not find expected <document start>", scanner.current) }
      scanner.take()
    } else if !(isFirst || (endedExplicitly && !scanner.isGo)) {
      throw fail("did not find expected <document start>", first)
    } else {
      setDefaultTags()
    }
    isFirst = false
    builder.startDocument(isExplicit: isExplicit)
    let root: Builder.Node
    isEmptyDocument = false
    switch try scanner.peek() {
    case .directive, .documentStart, .documentEnd, .streamEnd:
      if !isExplicit { throw fail("did not find expected node content", scanner.current, contextLine: scanner.current.line) }
      isEmptyDocument = true
      root = try emptyNode(YAMLProperties(start: scanner.current.place))
    default:
      root = try node(inBlock: true)
    }
    endedExplicitly = try scanner.peek() == .documentEnd
    if endedExplicitly { scanner.take() }
    builder.endDocument(isExplicit: endedExplicitly)
    tagPrefixes.removeAll()
    return root
  }

  private mutating func setDefaultTags() {
    if !tagPrefixes.contains(where: { $0.handle == "!" }) { tagPrefixes.append(("!", "!")) }
    if !tagPrefixes.contains(where: { $0.handle == "!!" }) { tagPrefixes.append(("!!", "tag:yaml.org,2002:")) }
  }

  private mutating func readDirectives() throws(Stop) {
    var hasVersion = false
    tagPrefixes.removeAll()
    while try scanner.peek() == .directive {
      let token = scanner.current
      switch scanner.directives[Int(token.extra)] {
      case .version(let major, let minor):
        if hasVersion { throw fail("found duplicate %YAML directive", token) }
        if major != 1 || (scanner.isGo && minor != 1) { throw fail("found incompatible YAML document", token) }
        hasVersion = true
      case .tag(let handle, let prefix):
        if tagPrefixes.contains(where: { $0.handle == handle }) { throw fail("found duplicate %TAG directive", token) }
        tagPrefixes.append((handle, prefix))
      case .unknown: break
      }
      scanner.take()
    }
    setDefaultTags()
  }

  // MARK: Nodes

  mutating func emptyNode(_ properties: YAMLProperties) throws(Stop) -> Builder.Node {
    try builder.scalar(UnsafeBufferPointer(start: nil, count: 0), .plain, properties)
  }

  mutating func emptyKey(_ properties: YAMLProperties) throws(Stop) -> Builder.Key {
    try builder.scalarKey(UnsafeBufferPointer(start: nil, count: 0), .plain, properties)
  }

  /// A scalar token's node.
  @inline(__always) private mutating func scalarNode(_ token: YAMLToken, _ properties: YAMLProperties) throws(Stop) -> Builder.Node {
    if token.extra < 0 {
      let text = UnsafeBufferPointer(start: scanner.base + token.start, count: token.end - token.start)
      return try builder.scalar(text, token.style, properties)
    }
    let text = scanner.texts[Int(token.extra)]
    return try text.withUnsafeBufferPointer { (text) throws(Stop) in try builder.scalar(text, token.style, properties) }
  }

  @inline(__always) private mutating func scalarKey(_ token: YAMLToken, _ properties: YAMLProperties) throws(Stop) -> Builder.Key {
    if token.extra < 0 {
      let text = UnsafeBufferPointer(start: scanner.base + token.start, count: token.end - token.start)
      return try builder.scalarKey(text, token.style, properties)
    }
    let text = scanner.texts[Int(token.extra)]
    return try text.withUnsafeBufferPointer { (text) throws(Stop) in try builder.scalarKey(text, token.style, properties) }
  }

  /// Reads an anchor and a tag, in any order.
  private mutating func properties() throws(Stop) -> YAMLProperties {
    var properties = YAMLProperties(start: scanner.current.place)
    let line = scanner.current.line
    while true {
      let kind = try scanner.peek()
      let token = scanner.current
      if kind == .anchor && properties.anchor == nil {
        properties.anchor = scanner.string(token.start + 1..<token.end)
      } else if kind == .tag && properties.tag == nil {
        let (handle, suffix) = scanner.tags[Int(token.extra)]
        if handle.isEmpty {
          properties.tag = suffix
        } else if let known = tagPrefixes.first(where: { $0.handle == handle }) {
          properties.tag = known.prefix + suffix
        } else {
          throw fail("found undefined tag handle", token, contextLine: line)
        }
      } else {
        return properties
      }
      scanner.take()
    }
  }

  mutating func node(inBlock: Bool, indentless: Bool = false) throws(Stop) -> Builder.Node {
    var kind = try scanner.peek()
    var token = scanner.current
    var properties = YAMLProperties(start: token.place)
    if kind == .alias {
      scanner.take()
      return try builder.alias(scanner.string(token.start + 1..<token.end), at: token.start)
    }
    if kind == .anchor || kind == .tag {
      properties = try self.properties()
      kind = try scanner.peek()
      token = scanner.current
    }
    switch kind {
    case .scalar:
      let node = try scalarNode(token, properties)
      scanner.take()
      return node
    case .blockEntry where indentless: return try indentlessSequence(properties)
    case .flowSequenceStart: return try flowSequence(properties)
    case .flowMappingStart: return try flowMapping(properties)
    case .blockSequenceStart where inBlock: return try blockSequence(properties)
    case .blockMappingStart where inBlock: return try blockMapping(properties)
    default:
      if !properties.isEmpty { return try emptyNode(properties) }
      throw fail("did not find expected node content", token, contextLine: token.line)
    }
  }

  /// A mapping's key: nearly always a scalar.
  mutating func key(inBlock: Bool) throws(Stop) -> Builder.Key {
    let kind = try scanner.peek()
    let token = scanner.current
    if kind == .scalar {
      let key = try scalarKey(token, YAMLProperties(start: token.place))
      scanner.take()
      return key
    }
    if kind == .anchor || kind == .tag {
      let properties = try self.properties()
      let kind = try scanner.peek()
      let token = scanner.current
      switch kind {
      case .scalar:
        let key = try scalarKey(token, properties)
        scanner.take()
        return key
      case .blockEntry where inBlock: return try builder.key(indentlessSequence(properties), at: properties.start)
      case .flowSequenceStart: return try builder.key(flowSequence(properties), at: properties.start)
      case .flowMappingStart: return try builder.key(flowMapping(properties), at: properties.start)
      case .blockSequenceStart where inBlock: return try builder.key(blockSequence(properties), at: properties.start)
      case .blockMappingStart where inBlock: return try builder.key(blockMapping(properties), at: properties.start)
      default: return try emptyKey(properties)
      }
    }
    return try builder.key(node(inBlock: inBlock, indentless: inBlock), at: token.start)
  }

  mutating func enter() throws(Stop) {
    depth += 1
    if depth > Self.depthLimit { throw scanner.fail("exceeded max depth of \(Self.depthLimit)") }
  }
}
