// The kinds' tables as OpenAPI documents: where clients look up what fields and operations a cluster has.

import API
import APIMachinery
import Formats

/// A cluster's kinds as Kubernetes publishes them: version 3 with a document for each group version, version 2 with one
/// for all. The same kinds give the same bytes. Documents are built at each call: whoever serves them keeps them.
public enum OpenAPI {
  /// `/openapi/v3`'s answer: where each group version's document is. The address changes with the document's contents.
  public static func index(_ kinds: [Kind]) -> Value {
    var paths = Members()
    for path in kinds.map(groupPath) where paths[path] == nil {
      guard let document = document(path, kinds) else { continue }
      paths[path] = ["serverRelativeURL": "/openapi/v3/\(path)?hash=\(hash(document))"]
    }
    return ["paths": .object(paths)]
  }

  /// The document of a group version; nil where it isn't served.
  /// - Parameter path: `api/v1`, `apis/apps/v1`.
  public static func document(_ path: String, _ kinds: [Kind]) -> Value? {
    let served = kinds.filter { groupPath($0) == path }
    guard !served.isEmpty else { return nil }
    let resources = resources(served, among: kinds)
    return [
      "openapi": "3.0.0", "info": information, "paths": Dialect.three.paths(resources),
      "components": ["schemas": Schemas.all(resources, .three)],
    ]
  }

  /// `/openapi/v2`'s answer as JSON: all group versions in one document.
  public static func swagger(_ kinds: [Kind]) -> Value {
    let resources = resources(kinds, among: kinds)
    return [
      "swagger": "2.0", "info": information, "paths": Dialect.two.paths(resources), "definitions": Schemas.all(resources, .two),
    ]
  }

  /// What is served for some of a cluster's kinds.
  private static func resources(_ served: [Kind], among kinds: [Kind]) -> [Resource] {
    let deletion = Model.deleteOptions(of: kinds)
    return served.flatMap { Resource.all($0, deletion) }
  }

  private static let information: Value = ["title": "Kubernetes", "version": "unversioned"]

  private static func hash(_ document: Value) -> String {
    let digits = String(FNV.hash64a(JSON.text(document).utf8), radix: 16, uppercase: true)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  // MARK: Names

  /// Where a kind's group version is served: `api/v1`, `apis/apps/v1`.
  static func groupPath(_ kind: Kind) -> String { kind.group.isEmpty ? "api/\(kind.version)" : "apis/\(kind.group)/\(kind.version)" }

  /// The name that a definition is published by: `io.k8s.api.core.v1.PodSpec`. The tables shorten the names of Kubernetes'
  /// own packages and leave others whole.
  static func publishedName(_ definition: Definition) -> String {
    let name = definition.name
    let parts = name.split(separator: ".")
    guard parts.count == 3 else { return name }
    return parts[0] == "meta" ? "io.k8s.apimachinery.pkg.apis.\(name)" : "io.k8s.api.\(name)"
  }

  /// A kind as `x-kubernetes-group-version-kind` names it.
  static func groupVersionKind(_ group: String, _ version: String, _ name: String) -> Value {
    ["group": .string(group), "version": .string(version), "kind": .string(name)]
  }
}
