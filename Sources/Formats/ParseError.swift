// Where in a text something stands, and what a reader says when it cannot go on.

/// A place in a text: a byte offset, and line and column counted from 1 (columns in characters).
public struct Position: Hashable, Sendable, CustomStringConvertible {
  public let offset: Int
  public let line: Int
  public let column: Int

  public init(offset: Int, line: Int, column: Int) {
    self.offset = offset
    self.line = line
    self.column = column
  }

  /// The place of a byte, found by counting lines from the start. An offset past the end is the end.
  public init(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    let offset = min(max(offset, 0), bytes.count)
    var line = 1
    var column = 1
    var i = 0
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { i = min(3, offset) }
    while i < offset {
      let byte = bytes[i]
      if byte == 0x0A || (byte == 0x0D && !(i + 1 < bytes.count && bytes[i + 1] == 0x0A)) {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
      i += 1
    }
    self.init(offset: offset, line: line, column: column)
  }

  /// The place of a byte, found by counting lines from the start.
  public init(of offset: Int, in bytes: [UInt8]) {
    self = bytes.withUnsafeBufferPointer { Position(of: offset, in: $0) }
  }

  public var description: String { "line \(line), column \(column)" }
}

/// One step down a tree: a member's key or an element's index.
public enum PathStep: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case key(String)
  case index(Int)

  public init(stringLiteral value: String) { self = .key(value) }
  public init(integerLiteral value: Int) { self = .index(value) }
}

/// A key that stands twice in one mapping.
public struct Duplicate: Hashable, Sendable {
  /// The way to the mapping that holds the key twice.
  public let path: [PathStep]
  public let key: String
  public let first: Position
  public let second: Position

  public init(path: [PathStep], key: String, first: Position, second: Position) {
    self.path = path
    self.key = key
    self.first = first
    self.second = second
  }
}

/// Why a text is no JSON or YAML, and where.
public struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in the words of Go's reader, without a place.
  public let message: String
  /// Where exactly the reader stopped.
  public let position: Position
  /// The whole message as Kubernetes' Go readers print it, with their own line: `yaml: line 4: did not find expected key`.
  public let goMessage: String

  public init(_ message: String, at position: Position, goMessage: String? = nil) {
    self.message = message
    self.position = position
    self.goMessage = goMessage ?? message
  }

  public var description: String { goMessage }
}
