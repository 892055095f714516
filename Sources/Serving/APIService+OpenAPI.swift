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
      switch try OpenAPI.form(head.header["Accept"] ?? "*/*") {
      case .json: return kept("v2") { OpenAPI.swagger(discovery.kinds) }
      case .protobuf:
        return kept("v2.pb", lines: OpenAPI.protobufLines) { OpenAPI.Gnostic.bytes(OpenAPI.swagger(discovery.kinds)) }
      }
    default: return nil
    }
  }
}

extension OpenAPI {
  fileprivate enum Form { case json, protobuf }

  fileprivate static let protobufLines = Header.lines([
    Header.Field("Content-Type", Gnostic.contentTypes[0]), Header.Field("Cache-Control", "no-cache, private"),
  ])

  /// The first form of version 2 that is asked for and can be given.
  fileprivate static func form(_ accept: String) throws(Status) -> Form {
    for range in accept.split(separator: ",") {
      let type = Header.trimmedText(range.prefix { $0 != ";" })
      if Gnostic.contentTypes.contains(type) { return .protobuf }
      if ["application/json", "application/*", "*/*"].contains(type) { return .json }
    }
    throw Status(.notAcceptable, "only the following media types are accepted: application/json, \(Gnostic.contentTypes[0])")
  }
}
