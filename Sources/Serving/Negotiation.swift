import APIMachinery
import Formats
import HTTP

// In what form an answer is wanted.

/// The forms in which objects are shown.
enum Form: Hashable {
  case object
  /// meta/v1 Table, with whole objects, their metadata, or none in its rows.
  case table(Rows)
  /// meta/v1 PartialObjectMetadata.
  case metadata

  enum Rows: String { case object = "Object", metadata = "Metadata", none = "None" }

  static let contentType = "application/json"

  /// Reads an `Accept` header: the first range that can be given.
  static func wanted(_ header: Header, _ query: Query) throws(Status) -> Form {
    guard let accept = header["Accept"] else { return .object }
    for range in accept.split(separator: ",") {
      let parts = range.split(separator: ";").map { Header.trimmedText($0) }
      guard let type = parts.first else { continue }
      guard ["application/json", "*/*", "application/*", "text/html", "application/yaml"].contains(type), type != "application/yaml" else {
        continue
      }
      let parameters = parts.dropFirst()
      switch parameters.first(where: { $0.hasPrefix("as=") })?.dropFirst(3) {
      case nil: return .object
      case "Table" where parameters.contains("v=v1") && parameters.contains("g=meta.k8s.io"):
        let include = query["includeObject"] ?? ""
        guard let rows = include.isEmpty ? .metadata : Rows(rawValue: include) else {
          throw Status(.badRequest, "unrecognized includeObject value: \(JSON.quoted(include))")
        }
        return .table(rows)
      case "PartialObjectMetadata", "PartialObjectMetadataList": return .metadata
      default: continue
      }
    }
    throw Status(.notAcceptable, "only the following media types are accepted: application/json")
  }

  /// The one that discovery is asked for.
  static func aggregatedDiscovery(_ header: Header) -> String? {
    for range in (header["Accept"] ?? "").split(separator: ",") {
      let parts = range.split(separator: ";").map { Header.trimmedText($0) }
      guard parts.first == "application/json" else { continue }
      guard parts.contains("g=apidiscovery.k8s.io"), parts.contains("as=APIGroupDiscoveryList") else { return nil }
      if parts.contains("v=v2") { return "v2" }
      if parts.contains("v=v2beta1") { return "v2beta1" }
    }
    return nil
  }
}

extension Header {
  static func trimmedText(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
