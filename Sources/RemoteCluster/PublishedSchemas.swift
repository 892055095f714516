import APIMachinery
import Formats

// What a server publishes of its kinds at /openapi/v3, fetched when first asked for, a document a group version.

/// A server's schemas. Kinds may be sent anywhere and hold on to it, but as everything of a client it is used by one thread.
final class PublishedSchemas: @unchecked Sendable {
  private let ask: (String) -> Value?
  private var index: Value?
  private var documents: [String: SchemaDocument?] = [:]

  /// - Parameter ask: gets a path's document; nil where it can't be had, and then there is no schema.
  init(_ ask: @escaping (String) -> Value?) { self.ask = ask }

  func schema(_ group: String, _ version: String, _ name: String) -> any PublishedSchema {
    KindSchema(schemas: self, group: group, version: version, name: name)
  }

  fileprivate func document(_ group: String, _ version: String) -> SchemaDocument? {
    let path = group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
    if let known = documents[path] { return known }
    let paths = index ?? ask("/openapi/v3")?["paths"] ?? .null
    index = paths
    let document = paths[path]["serverRelativeURL"].string.flatMap { $0.hasPrefix("/") ? ask($0) : nil }.map(SchemaDocument.init)
    documents[path] = document
    return document
  }
}

/// One kind's.
private struct KindSchema: PublishedSchema {
  let schemas: PublishedSchemas
  let group: String
  let version: String
  let name: String

  var documentation: Definition? { schemas.document(group, version)?.definition(group: group, version: version, kind: name) }

  var patching: Definition? {
    guard let document = schemas.document(group, version), document.takesStrategicPatches(group: group, version: version, kind: name) else {
      return nil
    }
    return document.definition(group: group, version: version, kind: name)
  }
}
