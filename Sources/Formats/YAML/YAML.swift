// YAML text: documents, their values and their places.

/// YAML text, read as Kubernetes reads it (YAML 1.1 with go-yaml's rules) or by the YAML 1.2 specification.
public enum YAML {
  /// One document of a text.
  public struct Document: Sendable {
    public let value: Value
    /// Whether nothing stands between the document's markers (its value is null).
    public let isEmpty: Bool
    /// The lines from the document's first word to the next document, counted from 1.
    public let lines: ClosedRange<Int>
    /// The bytes from the document's first word to the next document.
    public let range: Range<Int>
    let bytes: [UInt8]
    let resolution: Resolution
    let mayHaveDuplicates: Bool

    /// Keys that stand twice in a mapping; in the value the last one counts.
    public var duplicates: [Duplicate] { mayHaveDuplicates ? positions.duplicates : [] }

    /// Where everything stands: reads the document again, so keep it for several questions.
    public var positions: Positions {
      bytes.withUnsafeBufferPointer { buffer in
        let scanner = YAMLScanner(buffer, range: range, problem: nil, dialect: resolution.dialect)
        var parser = YAMLParser(scanner, YAMLPositionBuilder(resolution))
        let root = try? parser.nextDocument()
        let duplicates = parser.builder.twice.map {
          Duplicate(
            path: $0.path, key: $0.key, first: Position(of: $0.first, in: buffer), second: Position(of: $0.second, in: buffer))
        }
        return Positions(root: root, bytes: bytes, duplicates: duplicates)
      }
    }

    /// Where a member's key or an element stands.
    public func position(of path: [PathStep]) -> Position? { positions.position(of: path) }
  }

  /// What could be read of a text: its documents, and why there are no more.
  public struct Documents: Sendable {
    public var documents: [Document]
    public var error: ParseError?
  }

  /// A text's documents up to its end, or up to the one that cannot be read.
  public static func read(_ bytes: [UInt8], resolution: Resolution = .yaml11) -> Documents {
    let (bytes, problem) = TextEncoding.utf8(bytes)
    return bytes.withUnsafeBufferPointer { buffer in
      var reader = Reader(buffer, bytes, problem, resolution)
      return reader.all()
    }
  }

  /// A text's documents.
  public static func documents(_ bytes: [UInt8], resolution: Resolution = .yaml11) throws(ParseError) -> [Document] {
    let result = read(bytes, resolution: resolution)
    if let error = result.error { throw error }
    return result.documents
  }

  /// The value of a text's first document; null where there is none.
  public static func parse(_ bytes: [UInt8], resolution: Resolution = .yaml11) throws(ParseError) -> Value {
    try documents(bytes, resolution: resolution).first?.value ?? .null
  }

  /// The value of a text's first document; null where there is none.
  public static func parse(_ text: String, resolution: Resolution = .yaml11) throws(ParseError) -> Value {
    try parse(Array(text.utf8), resolution: resolution)
  }

  /// Reads documents from borrowed bytes.
  struct Reader {
    let buffer: UnsafeBufferPointer<UInt8>
    let bytes: [UInt8]
    let resolution: Resolution
    let limit: Int
    let problem: String?

    init(_ buffer: UnsafeBufferPointer<UInt8>, _ bytes: [UInt8], _ problem: String?, _ resolution: Resolution) {
      self.buffer = buffer
      self.bytes = bytes
      self.resolution = resolution
      let first = TextEncoding.firstProblem(buffer, from: 0)
      limit = first?.offset ?? buffer.count
      self.problem = first?.problem ?? problem
    }

    mutating func all() -> Documents {
      let scanner = YAMLScanner(buffer, range: 0..<limit, problem: problem, dialect: resolution.dialect)
      var parser = YAMLParser(scanner, YAMLValueBuilder(resolution))
      var found: [(value: Value, isEmpty: Bool, twice: Bool, start: Int, line: Int)] = []
      var error: ParseError?
      do throws(Stop) {
        while let value = try parser.nextDocument() {
          found.append(
            (value, parser.isEmptyDocument, parser.builder.mayHaveDuplicates, parser.documentStart, parser.documentStartLine))
        }
      } catch {
        return Documents(documents: documents(found, end: parser.scanner), error: ParseError(parser.failure, in: buffer))
      }
      error = nil
      return Documents(documents: documents(found, end: parser.scanner), error: error)
    }

    private func documents(
      _ found: [(value: Value, isEmpty: Bool, twice: Bool, start: Int, line: Int)], end: YAMLScanner
    ) -> [Document] {
      found.indices.map { i in
        let next = i + 1 < found.count ? (found[i + 1].start, found[i + 1].line) : (limit, max(end.line, found[i].line + 1))
        return Document(
          value: found[i].value, isEmpty: found[i].isEmpty, lines: (found[i].line + 1)...max(next.1, found[i].line + 1),
          range: found[i].start..<max(next.0, found[i].start), bytes: bytes, resolution: resolution,
          mayHaveDuplicates: found[i].twice)
      }
    }
  }
}

extension YAML.Resolution {
  var dialect: YAMLDialect { self == .yaml11 ? .go : .spec }
}

extension ParseError {
  /// go-yaml's message names the line that it counts: the scanner's own, the parser's one less.
  init(_ failure: YAMLFailure, in bytes: UnsafeBufferPointer<UInt8>, addingLines: Int = 0) {
    var line = 0
    switch failure.origin {
    case .scanner: line = failure.line != 0 ? failure.line + 1 : failure.contextLine
    case .parser: line = failure.line != 0 ? failure.line : failure.contextLine
    case .reader: break
    }
    // What goes wrong after YAML is read has another voice.
    let isYAML = !failure.problem.hasPrefix("json: ") && !failure.problem.hasPrefix("unsupported map key")
    let place = line != 0 ? "line \(line): " : ""
    self.init(
      failure.problem, at: Position(of: failure.offset, in: bytes), goMessage: isYAML ? "yaml: \(place)\(failure.problem)" : failure.problem
    )
  }
}
