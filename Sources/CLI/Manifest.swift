import APIMachinery
import Formats

// Texts of objects: JSON or YAML, one document or several.

/// Reads and writes manifests.
public enum Manifest {
  /// The only document of a text; null where it is empty.
  public static func only(_ bytes: [UInt8]) throws -> Value {
    if bytes.allSatisfy({ $0 == 32 || $0 == 10 || $0 == 13 || $0 == 9 }) { return .null }
    return try JSON.parse(bytes)
  }

  /// A tree as text for a file.
  public static func text(_ tree: Value) -> String { JSON.pretty(tree) + "\n" }
}

extension Manifest {
  /// Hands on every document that is not empty. A text that can't be read ends it, behind the documents before.
  public static func each(_ bytes: [UInt8], source: String, _ body: (Value) throws -> Void) throws {
    var reader = JSON.Reader(bytes)
    while true {
      let next: Value?
      do {
        next = try reader.next()
      } catch {
        throw Failure("error parsing \(source): \(error)")
      }
      guard let next else { return }
      if !next.isNull { try body(next) }
    }
  }
}
