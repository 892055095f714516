import APIMachinery
import Client
import Formats
import HTTP

// Where things are in Kubernetes' API, and what is asked of them in queries.

/// Paths and queries of the API.
enum RemotePath {
  /// `/api/v1`, `/apis/apps/v1`
  static func version(_ kind: Kind) -> String {
    kind.group.isEmpty ? "/api/\(part(kind.version))" : "/apis/\(part(kind.group))/\(part(kind.version))"
  }

  /// All objects of a kind, or those of a namespace.
  static func collection(_ kind: Kind, namespace: String?) -> String {
    let place = kind.namespaced ? namespace.flatMap { $0.isEmpty ? nil : "/namespaces/\(part($0))" } ?? "" : ""
    return "\(version(kind))\(place)/\(part(kind.plural))"
  }

  static func object(_ key: ObjectKey, subresource: String? = nil) -> String {
    let path = "\(collection(key.kind, namespace: key.namespace))/\(part(key.name))"
    return subresource.map { "\(path)/\($0.split(separator: "/").map { part(String($0)) }.joined(separator: "/"))" } ?? path
  }

  static func query(_ options: ListOptions) -> [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    func add(_ name: String, _ value: String) { if !value.isEmpty { pairs.append((name, value)) } }
    add("labelSelector", options.labelSelector)
    add("fieldSelector", options.fieldSelector)
    if options.limit > 0 { add("limit", String(options.limit)) }
    add("continue", options.continue)
    add("resourceVersion", options.resourceVersion)
    if let timeout = options.timeout { add("timeoutSeconds", String(seconds(timeout))) }
    if options.allowBookmarks { add("allowWatchBookmarks", "true") }
    return pairs
  }

  /// - Parameter applies: whether it is an apply patch, which alone may be forced.
  static func query(_ options: WriteOptions, applies: Bool = false) -> [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    if options.dryRun { pairs.append(("dryRun", "All")) }
    if !options.fieldManager.isEmpty { pairs.append(("fieldManager", options.fieldManager)) }
    pairs.append(("fieldValidation", options.fieldValidation.rawValue))
    if applies { pairs.append(("force", options.force ? "true" : "false")) }
    return pairs
  }

  static func query(_ options: LogOptions) -> [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    if !options.container.isEmpty { pairs.append(("container", options.container)) }
    if options.follow { pairs.append(("follow", "true")) }
    if let bytes = options.limitBytes { pairs.append(("limitBytes", String(bytes))) }
    if options.previous { pairs.append(("previous", "true")) }
    if let since = options.since {
      pairs.append(("sinceTime", since.nanoseconds % 1_000_000_000 == 0 ? since.rfc3339 : since.rfc3339Micro))
    }
    if let lines = options.tailLines { pairs.append(("tailLines", String(lines))) }
    if options.timestamps { pairs.append(("timestamps", "true")) }
    return pairs
  }

  static func body(_ options: DeleteOptions) -> Value {
    var body: Value = ["apiVersion": "v1", "kind": "DeleteOptions"]
    if let grace = options.gracePeriodSeconds { body["gracePeriodSeconds"] = .int(grace) }
    if let propagation = options.propagation { body["propagationPolicy"] = .string(propagation.rawValue) }
    if let uid = options.uid { body["preconditions", "uid"] = .string(uid) }
    if let version = options.resourceVersion { body["preconditions", "resourceVersion"] = .string(version) }
    if options.dryRun { body["dryRun"] = ["All"] }
    return body
  }

  /// Whole seconds, rounded up: nobody is to wait for less than was asked.
  private static func seconds(_ length: Duration) -> Int64 {
    let whole = length.wholeSeconds
    return length > .seconds(whole) ? whole + 1 : whole
  }

  private static func part(_ text: String) -> String { URLText.encoded(text) }
}

extension Patch {
  /// The body and the type that says how it is meant.
  var content: (type: String, body: Value) {
    switch self {
    case .json(let body): ("application/json-patch+json", body)
    case .merge(let body): ("application/merge-patch+json", body)
    case .strategic(let body): ("application/strategic-merge-patch+json", body)
    // JSON is YAML.
    case .apply(let body): ("application/apply-patch+yaml", body)
    }
  }

  var applies: Bool { if case .apply = self { true } else { false } }
}
