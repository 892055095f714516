// Nodes to events: what a text is made of, before any meaning.

extension YAML {
  /// An event in the notation of the YAML test suite: `+MAP`, `=VAL &a <tag> :text`, `=ALI *a`, `-DOC ...`.
  public struct Event: Hashable, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// A text's events up to its end, or up to where it cannot be read.
  public static func events(_ bytes: [UInt8], resolution: Resolution = .core12) -> (events: [Event], error: ParseError?) {
    let (bytes, problem) = TextEncoding.utf8(bytes)
    return bytes.withUnsafeBufferPointer { buffer in
      let limit = TextEncoding.firstProblem(buffer, from: 0)
      let scanner = YAMLScanner(
        buffer, range: 0..<(limit?.offset ?? buffer.count), problem: limit?.problem ?? problem, dialect: resolution.dialect)
      var parser = YAMLParser(scanner, YAMLEventBuilder())
      var error: ParseError?
      do throws(Stop) {
        while try parser.nextDocument() != nil {}
        parser.builder.events.append(Event(description: "-STR"))
      } catch {
        let failure = parser.failure
        return (parser.builder.events, ParseError(failure, in: buffer))
      }
      error = nil
      return (parser.builder.events, error)
    }
  }
}

/// Writes events down.
struct YAMLEventBuilder: YAMLBuilder {
  var events = [YAML.Event(description: "+STR")]
  var failure: YAMLFailure? { nil }

  private mutating func note(_ words: [String]) {
    events.append(YAML.Event(description: words.filter { !$0.isEmpty }.joined(separator: " ")))
  }

  private func text(_ properties: YAMLProperties) -> [String] {
    [properties.anchor.map { "&\($0)" } ?? "", properties.tag.map { "<\($0)>" } ?? ""]
  }

  mutating func startDocument(isExplicit: Bool) { note(["+DOC", isExplicit ? "---" : ""]) }
  mutating func endDocument(isExplicit: Bool) { note(["-DOC", isExplicit ? "..." : ""]) }

  mutating func scalar(_ text: UnsafeBufferPointer<UInt8>, _ style: ScalarStyle, _ properties: YAMLProperties) throws(Stop) {
    var shown = ""
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\\": shown += "\\\\"
      case "\n": shown += "\\n"
      case "\t": shown += "\\t"
      case "\r": shown += "\\r"
      case "\u{8}": shown += "\\b"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    let mark =
      switch style {
      case .plain: ":"
      case .singleQuoted: "'"
      case .doubleQuoted: "\""
      case .literal: "|"
      case .folded: ">"
      }
    note(["=VAL"] + self.text(properties) + [mark + shown])
  }

  mutating func scalarKey(_ text: UnsafeBufferPointer<UInt8>, _ style: ScalarStyle, _ properties: YAMLProperties) throws(Stop) {
    try scalar(text, style, properties)
  }

  mutating func alias(_ name: String, at offset: Int) throws(Stop) { note(["=ALI", "*\(name)"]) }
  mutating func key(_ node: Void, at offset: Int) throws(Stop) {}
  mutating func startSequence(_ properties: YAMLProperties, isFlow: Bool) { note(["+SEQ", isFlow ? "[]" : ""] + text(properties)) }
  mutating func append(_ node: Void, to sequence: inout Void) {}
  mutating func endSequence(_ sequence: Void) { note(["-SEQ"]) }
  mutating func startMapping(_ properties: YAMLProperties, isFlow: Bool) { note(["+MAP", isFlow ? "{}" : ""] + text(properties)) }
  mutating func append(_ key: Void, _ node: Void, to mapping: inout Void) throws(Stop) {}
  mutating func endMapping(_ mapping: Void) { note(["-MAP"]) }
}
