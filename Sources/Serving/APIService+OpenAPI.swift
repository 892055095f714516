import APIMachinery
import HTTP

// OpenAPI documents, made when first asked for.

extension APIService {
  /// The document at a path below `/openapi`; nil where there is none.
  func openAPI(_ parts: [String], _ head: RequestHead) throws(Status) -> Response? {
    switch parts.first {
    case "v3" where parts.count == 1: return kept("v3") { OpenAPI.index(discovery.kinds) }
    case "v3":
      let path = parts.dropFirst().joined(separator: "/")
      return kept("v3/\(path)") { OpenAPI.document(path, discovery.kinds) }
    case "v2" where parts.count == 1:
      // client-go asks for protobuf only, which nothing here speaks; told so, it reads version 3 or goes without.
      let accept = head.header["Accept"] ?? "*/*"
      guard accept.contains("application/json") || accept.contains("*/*") else {
        throw Status(.notAcceptable, "only the following media types are accepted: application/json")
      }
      return kept("v2") { OpenAPI.swagger(discovery.kinds) }
    default: return nil
    }
  }
}
