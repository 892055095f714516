// Nodes to values: meaning, anchors, merge keys, and a bound on what aliases may grow into.

/// Makes a document's value.
struct YAMLValueBuilder: YAMLBuilder {
  struct Key {
    var text: String
    var isMerge = false
  }
  struct Sequence {
    let base: Int
    let anchor: String?
    let nodesBefore: Int
  }
  struct Mapping {
    let base: Int
    let anchor: String?
    let nodesBefore: Int
    var isInOrder = true
    var hasMerge = false
  }
  private enum Anchor {
    case open
    case done(Value, nodes: Int)
  }

  let resolution: YAML.Resolution
  private(set) var failure: YAMLFailure?
  /// Whether some mapping of this document may hold a key twice.
  private(set) var mayHaveDuplicates = false
  private var anchors: [String: Anchor] = [:]
  private var nodes = 0
  private var aliasedNodes = 0
  private var keys = KeyCache()
  private let values = MoveStack<Value>()
  private let members = MoveStack<Members.Member>()

  init(_ resolution: YAML.Resolution) { self.resolution = resolution }

  /// Forgets what a document that could not be read has left.
  mutating func reset() {
    failure = nil
    mayHaveDuplicates = false
    anchors.removeAll()
    nodes = 0
    aliasedNodes = 0
    values.removeAll()
    members.removeAll()
  }

  private mutating func fail(_ problem: String, at offset: Int) -> Stop {
    failure = YAMLFailure(problem: problem, origin: .reader, offset: offset)
    return Stop()
  }

  mutating func startDocument(isExplicit: Bool) { reset() }

  // MARK: Scalars

  mutating func scalar(_ text: UnsafeBufferPointer<UInt8>, _ style: ScalarStyle, _ properties: YAMLProperties) throws(Stop) -> Value {
    nodes += 1
    if properties.isEmpty {
      if style != .plain { return YAMLResolver.string(text) }
      if case .value(let value) = YAMLResolver.plain(text, resolution) { return value }
    }
    let value = try tagged(text, style, properties)
    if let anchor = properties.anchor { anchors[anchor] = .done(value, nodes: 1) }
    return value
  }

  private mutating func tagged(
    _ text: UnsafeBufferPointer<UInt8>, _ style: ScalarStyle, _ properties: YAMLProperties
  ) throws(Stop) -> Value {
    let outcome: YAMLResolver.Outcome
    let longPrefix = "tag:yaml.org,2002:"
    guard let tag = properties.tag else {
      if style != .plain { return YAMLResolver.string(text) }
      outcome = YAMLResolver.plain(text, resolution)
      return try writable(outcome, properties)
    }
    guard tag.hasPrefix(longPrefix) else { return YAMLResolver.string(text) }
    let name = String(tag.dropFirst(longPrefix.count))
    switch name {
    case "binary":
      guard let bytes = Base64.decode(text) else { throw fail("!!binary value contains invalid base64 data", at: properties.start) }
      return .string(String(decoding: bytes, as: UTF8.self))
    case "bool", "int", "float", "null", "timestamp":
      outcome = YAMLResolver.plain(text, resolution)
      let found = outcome.tag
      let isWanted = found == "!!" + name || (name == "float" && found == "!!int") || (name == "timestamp" && found == "!!str")
      if !isWanted {
        throw fail("cannot decode \(found) `\(String(decoding: text, as: UTF8.self))` as a !!\(name)", at: properties.start)
      }
      return try writable(outcome, properties)
    default: return YAMLResolver.string(text)
    }
  }

  private mutating func writable(_ outcome: YAMLResolver.Outcome, _ properties: YAMLProperties) throws(Stop) -> Value {
    switch outcome {
    case .value(let value): return value
    case .unwritable(let name):
      if resolution == .core12 { return .string(name) }
      failure = YAMLFailure(problem: "json: unsupported value: \(name)", origin: .reader, offset: properties.start)
      throw Stop()
    }
  }

  mutating func scalarKey(_ text: UnsafeBufferPointer<UInt8>, _ style: ScalarStyle, _ properties: YAMLProperties) throws(Stop) -> Key {
    guard properties.isEmpty else {
      let isMerge = properties.tag == "tag:yaml.org,2002:merge" && resolution == .yaml11 && text.elementsEqual("<<".utf8)
      return isMerge ? Key(text: "<<", isMerge: true) : try key(scalar(text, style, properties), at: properties.start)
    }
    nodes += 1
    guard style == .plain, let first = text.first else {
      if style == .plain { return try key(.null, at: properties.start) }
      return Key(text: keys.string(text))
    }
    // Letters that begin none of the words with a meaning, which is nearly every key.
    if first >= 0x61 && first <= 0x7A && text.count > 5 { return Key(text: keys.string(text)) }
    if resolution == .yaml11 && text.count == 2 && first == UInt8(ascii: "<") && text[1] == first { return Key(text: "<<", isMerge: true) }
    switch YAMLResolver.plain(text, resolution) {
    case .value(.string): return Key(text: keys.string(text))
    case .value(.number) where resolution == .yaml11 && YAMLResolver.isDecimalFloat(text): return floatKey(text)
    case .value(.int) where resolution == .yaml11 && !text.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && YAMLResolver.isDecimalFloat(text):
      return floatKey(text)
    case .value(let value): return try key(value, at: properties.start)
    case .unwritable(let name):
      return Key(text: name == "NaN" ? ".nan" : name == "-Inf" ? "-.inf" : ".inf")
    }
  }

  /// Kubernetes writes a float that is a key with the precision of 32 bits.
  private func floatKey(_ text: UnsafeBufferPointer<UInt8>) -> Key {
    let string = String(decoding: text, as: UTF8.self)
    if let int = Int64(string) { return Key(text: String(int)) }
    guard let number = Float(string), number.isFinite else { return Key(text: string) }
    return Key(text: GoNumber.shortest(number.description))
  }

  mutating func key(_ node: Value, at offset: Int) throws(Stop) -> Key {
    switch node {
    case .string(let text): return Key(text: text)
    case .int(let number): return Key(text: String(number))
    case .number(let text): return Key(text: text)
    case .bool(let flag): return Key(text: flag ? "true" : "false")
    case .null:
      if resolution == .core12 { return Key(text: "") }
      throw fail("unsupported map key of type: %!s(<nil>), key: <nil>", at: offset)
    case .array, .object:
      if resolution == .core12 { return Key(text: JSON.text(node)) }
      throw fail("invalid map key: \(JSON.text(node))", at: offset)
    }
  }

  // MARK: Aliases

  mutating func alias(_ name: String, at offset: Int) throws(Stop) -> Value {
    switch anchors[name] {
    case nil: throw fail("unknown anchor '\(name)' referenced", at: offset)
    case .open: throw fail("anchor '\(name)' value contains itself", at: offset)
    case .done(let value, let size):
      nodes += size + 1
      aliasedNodes += size
      if aliasedNodes > 100 && nodes > 1000 && Double(aliasedNodes) / Double(nodes) > Self.allowedAliasShare(nodes) {
        throw fail("document contains excessive aliasing", at: offset)
      }
      return value
    }
  }

  /// How much of a document may come from aliases, as go-yaml bounds it: nearly all of a small one, a tenth of a large one.
  private static func allowedAliasShare(_ nodes: Int) -> Double {
    if nodes <= 400_000 { return 0.99 }
    if nodes >= 4_000_000 { return 0.10 }
    return 0.99 - 0.89 * (Double(nodes - 400_000) / 3_600_000)
  }

  // MARK: Collections

  mutating func startSequence(_ properties: YAMLProperties, isFlow: Bool) -> Sequence {
    nodes += 1
    if let anchor = properties.anchor { anchors[anchor] = .open }
    return Sequence(base: values.count, anchor: properties.anchor, nodesBefore: nodes - 1)
  }

  mutating func append(_ node: Value, to sequence: inout Sequence) { values.push(node) }

  mutating func endSequence(_ sequence: Sequence) -> Value {
    let value = Value.array(values.popArray(from: sequence.base))
    if let anchor = sequence.anchor { anchors[anchor] = .done(value, nodes: nodes - sequence.nodesBefore) }
    return value
  }

  mutating func startMapping(_ properties: YAMLProperties, isFlow: Bool) -> Mapping {
    nodes += 1
    if let anchor = properties.anchor { anchors[anchor] = .open }
    return Mapping(base: members.count, anchor: properties.anchor, nodesBefore: nodes - 1)
  }

  mutating func append(_ key: Key, _ node: Value, to mapping: inout Mapping) throws(Stop) {
    if key.isMerge {
      mapping.hasMerge = true
      mapping.isInOrder = false
      return try merge(node)
    }
    if mapping.isInOrder && members.count > mapping.base && !Members.precedes(members.last.key, key.text) { mapping.isInOrder = false }
    members.push(Members.Member(key.text, node))
  }

  /// Puts another mapping's members in; as in go-yaml they replace members before them, and later ones replace them.
  private mutating func merge(_ node: Value) throws(Stop) {
    switch node {
    case .object(let merged):
      for member in merged { members.push(member) }
    case .array(let items):
      // Of several mappings the earlier ones win.
      for item in items.reversed() {
        guard case .object(let merged) = item else { throw fail("map merge requires map or sequence of maps as the value", at: 0) }
        for member in merged { members.push(member) }
      }
    default: throw fail("map merge requires map or sequence of maps as the value", at: 0)
    }
  }

  mutating func endMapping(_ mapping: Mapping) -> Value {
    var sorted = Members()
    if mapping.isInOrder {
      sorted = Members(sorted: members.popArray(from: mapping.base))
    } else {
      let isUnique = members.sort(from: mapping.base) { Members.precedes($0.key, $1.key) }
      if isUnique {
        sorted = Members(sorted: members.popArray(from: mapping.base))
      } else {
        mayHaveDuplicates = true
        var list: [Members.Member] = []
        for member in members.popArray(from: mapping.base) {
          if list.last?.key == member.key { list[list.count - 1] = member } else { list.append(member) }
        }
        sorted = Members(sorted: list)
      }
    }
    let value = Value.object(sorted)
    if let anchor = mapping.anchor { anchors[anchor] = .done(value, nodes: nodes - mapping.nodesBefore) }
    return value
  }
}
