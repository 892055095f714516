import APIMachinery
import Formats
import Printers

// Texts of objects: JSON or YAML, one document or several.

/// Reads and writes manifests.
public enum Manifest {
  /// The first document of a text; null where it is empty.
  public static func only(_ bytes: [UInt8]) throws -> Value { try YAML.parse(bytes) }

  /// A tree as YAML.
  public static func yaml(_ tree: Value) -> String { yamlText(tree) }

  /// Hands on every document that is not empty. A text that can't be read ends it, behind the documents before.
  static func each(_ bytes: [UInt8], source: String, _ body: (Value, Origin) throws -> Void) throws {
    if bytes.first(where: { $0 != 32 && $0 != 10 && $0 != 13 && $0 != 9 }) == 0x7B, try eachJSON(bytes, source, body) { return }
    let read = YAML.read(bytes)
    for document in read.documents where !document.value.isNull {
      try body(document.value, Origin(source: source, bytes: bytes, document: document))
    }
    if let error = read.error {
      throw Failure(
        "error parsing \(source): error converting YAML to JSON: \(error.goMessage)",
        hints: [Origin.pointer(source, error.position, error.message, bytes)])
    }
  }

  /// Reads JSON values one after another; false where the first is none.
  private static func eachJSON(_ bytes: [UInt8], _ source: String, _ body: (Value, Origin) throws -> Void) throws -> Bool {
    var reader = JSON.Reader(bytes)
    var first = true
    while true {
      let next: Value?
      do throws(ParseError) {
        next = try reader.next()
      } catch {
        if first { return false }
        throw Failure("error parsing \(source): \(error.goMessage)", hints: [Origin.pointer(source, error.position, error.message, bytes)])
      }
      guard let next else { return true }
      // A single JSON document is a YAML document too, whose places can be shown.
      if !next.isNull { try body(next, Origin(source: source, bytes: bytes, document: first ? YAML.read(bytes).documents.first : nil)) }
      first = false
    }
  }
}
