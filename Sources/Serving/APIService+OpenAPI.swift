import APIMachinery
import HTTP

// OpenAPI documents, made when first asked for.

extension APIService {
  /// The document at a path below `/openapi`; nil where there is none.
  func openAPI(_ parts: [String], _ head: RequestHead) -> Response? { nil }
}
