// Nodes to places: where each key, element and value of a document stands.

extension YAML {
  /// Where a document's keys, elements and values stand, and which keys stand twice.
  public struct Positions: Sendable {
    indirect enum Node: Sendable {
      case leaf(Int)
      case sequence(Int, [Node])
      case mapping(Int, [(key: String, offset: Int, value: Node)])

      var offset: Int {
        switch self {
        case .leaf(let offset), .sequence(let offset, _), .mapping(let offset, _): offset
        }
      }
    }

    let root: Node?
    let bytes: [UInt8]
    public let duplicates: [Duplicate]

    /// Where a member's key or an element stands. The empty path is the document's root.
    public func position(of path: [PathStep]) -> Position? { find(path).map { Position(of: $0.own, in: bytes) } }

    /// Where the value at the end of a path begins.
    public func valuePosition(of path: [PathStep]) -> Position? { find(path).map { Position(of: $0.value, in: bytes) } }

    private func find(_ path: [PathStep]) -> (own: Int, value: Int)? {
      guard var node = root else { return nil }
      var own = node.offset
      for step in path {
        switch (step, node) {
        case (.key(let key), .mapping(_, let members)):
          // Of a key that stands twice the last one counts, as in the value.
          guard let member = members.last(where: { $0.key == key }) else { return nil }
          own = member.offset
          node = member.value
        case (.index(let index), .sequence(_, let items)):
          guard items.indices.contains(index) else { return nil }
          node = items[index]
          own = node.offset
        default: return nil
        }
      }
      return (own, node.offset)
    }
  }
}

/// Notes offsets.
struct YAMLPositionBuilder: YAMLBuilder {
  typealias Node = YAML.Positions.Node
  struct Key {
    let text: String
    let offset: Int
    let isMerge: Bool
  }
  struct Sequence {
    let start: Int
    let depth: Int
    var items: [Node] = []
  }
  struct Mapping {
    let start: Int
    let depth: Int
    var members: [(key: String, offset: Int, value: Node)] = []
    var places: [String: Int] = [:]
  }
  struct Twice {
    let path: [PathStep]
    let key: String
    let first: Int
    let second: Int
  }

  /// Keys get the text that they have in the value.
  private var values: YAMLValueBuilder
  private(set) var twice: [Twice] = []
  private var path: [PathStep] = []

  init(_ resolution: YAML.Resolution) { values = YAMLValueBuilder(resolution) }

  var failure: YAMLFailure? { values.failure }

  mutating func scalar(_ text: UnsafeBufferPointer<UInt8>, _ style: ScalarStyle, _ properties: YAMLProperties) throws(Stop) -> Node {
    // An anchored scalar may be some later key.
    if properties.anchor != nil { _ = try values.scalar(text, style, properties) }
    return .leaf(properties.start)
  }

  mutating func scalarKey(_ text: UnsafeBufferPointer<UInt8>, _ style: ScalarStyle, _ properties: YAMLProperties) throws(Stop) -> Key {
    let key = try values.scalarKey(text, style, properties)
    return Key(text: key.text, offset: properties.start, isMerge: key.isMerge)
  }

  mutating func alias(_ name: String, at offset: Int) throws(Stop) -> Node {
    lastAlias = name
    return .leaf(offset)
  }
  private var lastAlias = ""

  mutating func key(_ node: Node, at offset: Int) throws(Stop) -> Key {
    let text = (try? values.alias(lastAlias, at: offset))?.string ?? ""
    return Key(text: text, offset: offset, isMerge: false)
  }

  mutating func startSequence(_ properties: YAMLProperties, isFlow: Bool) -> Sequence {
    path.append(.index(0))
    return Sequence(start: properties.start, depth: path.count)
  }

  mutating func append(_ node: Node, to sequence: inout Sequence) {
    sequence.items.append(node)
    path.removeLast(path.count - sequence.depth)
    path[path.count - 1] = .index(sequence.items.count)
  }

  mutating func endSequence(_ sequence: Sequence) -> Node {
    path.removeLast(path.count - sequence.depth + 1)
    return .sequence(sequence.start, sequence.items)
  }

  mutating func startMapping(_ properties: YAMLProperties, isFlow: Bool) -> Mapping {
    path.append(.key(""))
    return Mapping(start: properties.start, depth: path.count)
  }

  mutating func willRead(valueOf key: Key, in mapping: borrowing Mapping) { path[mapping.depth - 1] = .key(key.text) }

  mutating func append(_ key: Key, _ node: Node, to mapping: inout Mapping) throws(Stop) {
    if key.isMerge { return }
    if let first = mapping.places[key.text] {
      twice.append(Twice(path: Array(path.prefix(mapping.depth - 1)), key: key.text, first: first, second: key.offset))
    }
    mapping.places[key.text] = key.offset
    mapping.members.append((key.text, key.offset, node))
  }

  mutating func endMapping(_ mapping: Mapping) -> Node {
    path.removeLast(path.count - mapping.depth + 1)
    return .mapping(mapping.start, mapping.members)
  }
}
