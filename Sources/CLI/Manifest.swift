import APIMachinery
import Formats

// Texts of objects: JSON or YAML, one document or several.

/// Reads and writes manifests.
public enum Manifest {
  /// The first document of a text; null where it is empty.
  public static func only(_ bytes: [UInt8]) throws -> Value { try YAML.parse(bytes) }

  /// A tree as YAML.
  public static func yaml(_ tree: Value) -> String { YAML.text(tree) }

  /// Hands on every document that is not empty. A text that can't be read ends it, behind the documents before.
  static func each(_ bytes: [UInt8], source: String, _ body: (Value, Origin) throws -> Void) throws {
    let read = YAML.manifests(bytes)
    for document in read.documents where !document.value.isNull {
      try body(document.value, Origin(source: source, bytes: bytes, document: document))
    }
    if let error = read.error {
      let words = error.goMessage.hasPrefix("yaml:") ? "error converting YAML to JSON: \(error.goMessage)" : error.goMessage
      throw Failure("error parsing \(source): \(words)", hints: [Origin.pointer(source, error.position, error.message, bytes)])
    }
  }
}
