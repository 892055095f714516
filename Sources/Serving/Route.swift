import APIMachinery
import HTTP

// Paths of Kubernetes' API, taken apart.

/// What a path means.
enum Route {
  /// `/apis/apps/v1/namespaces/default/deployments/web/scale`
  case resource(Target)
  /// `/api`, `/apis`, `/apis/apps`, `/apis/apps/v1`
  case discovery([String])
  case openAPI([String])
  case version
  /// `livez`, `readyz` or `healthz`, and the one check that is asked for.
  case health(String, check: String?)
  case metrics
  case unknown

  /// What a request is about.
  struct Target {
    var group: String
    var version: String
    var plural: String
    /// nil: all namespaces, or a kind that has none.
    var namespace: String?
    var name: String?
    var subresource: String?
    /// `/api/v1/watch/…`: an old way to ask for a watch.
    var watches = false
  }

  init(_ path: String) {
    var parts: [String] = []
    for part in path.utf8.split(separator: 47) {
      guard let text = URLText.decoded(Substring(part)), !text.utf8.contains(47) || parts.count > 3 else {
        self = .unknown
        return
      }
      parts.append(text)
    }
    guard let first = parts.first else {
      self = .discovery([])
      return
    }
    switch first {
    case "api" where parts.count > 2: self = Route(resource: parts[2...], group: "", version: parts[1])
    case "apis" where parts.count > 3: self = Route(resource: parts[3...], group: parts[1], version: parts[2])
    case "api", "apis": self = .discovery(parts)
    case "openapi": self = .openAPI(Array(parts.dropFirst()))
    case "version" where parts.count == 1: self = .version
    case "healthz", "livez", "readyz": self = parts.count <= 2 ? .health(first, check: parts.dropFirst().first) : .unknown
    case "metrics" where parts.count == 1: self = .metrics
    default: self = .unknown
    }
  }

  /// `namespaces/NS/RESOURCE/NAME/SUB`, `RESOURCE/NAME/SUB`; a Namespace is a resource of its own.
  private init(resource parts: ArraySlice<String>, group: String, version: String) {
    var parts = parts
    var target = Target(group: group, version: version, plural: "")
    if parts.first == "watch", parts.count > 1 {
      target.watches = true
      parts = parts.dropFirst()
    }
    let below = parts.dropFirst(2).first
    if parts.first == "namespaces", let below, !(group.isEmpty && ["status", "finalize"].contains(below)) {
      target.namespace = parts[parts.startIndex + 1]
      parts = parts.dropFirst(2)
    }
    guard let plural = parts.popFirst(), parts.count <= 2 else {
      self = .unknown
      return
    }
    target.plural = plural
    target.name = parts.popFirst()
    target.subresource = parts.popFirst()
    self = .resource(target)
  }
}
