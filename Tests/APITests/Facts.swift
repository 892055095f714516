import Foundation

@testable import API
@testable import APIMachinery
@testable import Formats

// Data beside the tests, and how they read it.

enum Facts {
  static func lines(_ name: String) throws -> [String] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Facts").appendingPathComponent(name)
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
  }

  /// Objects as a real server stored and printed them.
  static func stored() throws -> [Value] { try lines("stored.jsonl").map { try JSON.parse($0) } }

  static func kind(of object: Value) -> Kind? {
    (Kinds.all + [Kinds.scale]).first { $0.apiVersion == object.apiVersion && $0.name == object.kind }
  }
}

/// JSON as a value; a test's own mistake shows as null.
func json(_ text: String) -> Value { (try? JSON.parse(text)) ?? .null }
