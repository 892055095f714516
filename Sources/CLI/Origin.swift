import APIMachinery
import Arguments
import Formats

// Where an object stands in the text that it was read from, for hints that point there.

/// An object's place in a source.
public struct Origin {
  /// The file's name as errors show it.
  public let source: String
  let bytes: [UInt8]
  let document: YAML.Document?
  /// The way from the document to the object: empty, or a List's item.
  let path: [PathStep]

  init(source: String, bytes: [UInt8], document: YAML.Document?, path: [PathStep] = []) {
    self.source = source
    self.bytes = bytes
    self.document = document
    self.path = path
  }

  func item(_ index: Int) -> Origin {
    Origin(source: source, bytes: bytes, document: document, path: path + [.key("items"), .index(index)])
  }

  /// Where the fields stand that a status complains of: `web.yaml:7:3: spec.replica`, the line and a caret.
  func hints(for status: Status) -> [String] {
    guard let document else { return [] }
    var fields = status.causes.map(\.field)
    if fields.isEmpty { fields = Origin.quotedFields(in: status.message) }
    let positions = document.positions
    var hints: [String] = []
    for field in fields.prefix(10) where !field.isEmpty {
      var steps = path + Origin.steps(field)
      var position = positions.position(of: steps)
      while position == nil, steps.count > path.count {
        steps.removeLast()
        position = positions.position(of: steps)
      }
      if let position { hints.append(Origin.pointer(source, position, field, bytes)) }
    }
    return hints
  }

  /// The most of a line that is shown.
  private static let widest = 140

  /// A place, what is there, its line and a caret under it.
  static func pointer(_ source: String, _ position: Position, _ words: String, _ bytes: [UInt8]) -> String {
    let end = bytes[min(position.offset, bytes.count)...].firstIndex { $0 == 10 || $0 == 13 } ?? bytes.count
    let start = bytes[..<min(position.offset, bytes.count)].lastIndex { $0 == 10 || $0 == 13 }.map { $0 + 1 } ?? 0
    // Of a long line, the part around the place; nothing that would steer a terminal.
    let whole = String(decoding: bytes[start..<max(start, end)].prefix(position.column * 4 + 4 * Origin.widest), as: UTF8.self)
    let line = whole.map { $0.isASCII && ($0.asciiValue ?? 32) < 32 && $0 != "\t" || $0 == "\u{7f}" ? "\u{fffd}" : $0 }
    let from = max(0, position.column - Origin.widest / 2)
    let shown = line.dropFirst(from).prefix(Origin.widest)
    let lead = shown.prefix(max(0, position.column - 1 - from)).map { $0 == "\t" ? "\t" : " " }.joined()
    return "\(source):\(position.line):\(position.column): \(words)\n\(String(shown))\n\(lead)^"
  }

  /// The fields that a text names as `unknown field "spec.replica"`.
  static func quotedFields(in text: String) -> [String] {
    var out: [String] = []
    for mark in ["unknown field \"", "duplicate field \""] {
      var rest = Substring(text)
      while let range = rest.firstRange(of: mark) {
        rest = rest[range.upperBound...]
        out.append(String(rest.prefix { $0 != "\"" }))
      }
    }
    // A wrong type is told by Go's path: the structure's name, then the fields without the elements' numbers.
    if let mark = text.firstRange(of: "Go struct field "), let end = text[mark.upperBound...].firstRange(of: " of type") {
      out.append(text[mark.upperBound..<end.lowerBound].split(separator: ".").dropFirst().joined(separator: "."))
    }
    return out
  }

  /// `spec.containers[0].name` as steps.
  static func steps(_ field: String) -> [PathStep] {
    var steps: [PathStep] = []
    var word = ""
    var inside = false
    func end() {
      if !word.isEmpty { steps.append(inside ? Int(word).map(PathStep.index) ?? .key(word) : .key(word)) }
      word = ""
    }
    for c in field {
      switch c {
      case "." where !inside: end()
      case "[" where !inside:
        end()
        inside = true
      case "]" where inside:
        end()
        inside = false
      default: word.append(c)
      }
    }
    end()
    return steps
  }
}
