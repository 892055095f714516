import API
import APIMachinery
import Client
import Formats
import KubeAPIServer

// The API server as the workers see it: no time passes inside a request.

/// What a cluster's own workers speak to.
final class InsideClient: Client {
  private let server: APIServer
  var onWarning: ((String) -> Void)?

  init(_ server: APIServer) { self.server = server }

  var now: Instant { server.now }
  func kinds() throws(Status) -> [Kind] { try server.kinds() }
  func version() throws(Status) -> Value { try server.version() }
  func get(_ key: ObjectKey, subresource: String?) throws(Status) -> Value { try server.get(key, subresource: subresource) }
  func list(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> ObjectList {
    try server.list(kind, namespace: namespace, options)
  }
  func watch(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> any EventStream {
    try server.watch(kind, namespace: namespace, options)
  }
  func create(_ kind: Kind, namespace: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    if kind == Kinds.lease, options.fieldManager == "kubelet" { return try server.createNodeLease(object) }
    return try server.create(kind, namespace: namespace, object, options)
  }
  func create(_ key: ObjectKey, subresource: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    try server.create(key, subresource: subresource, object, options)
  }
  func update(_ key: ObjectKey, subresource: String?, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    if subresource == "status", options.fieldManager == "kubelet", let stored = try server.replaceStatus(key, object) { return stored }
    return try server.update(key, subresource: subresource, object, options)
  }
  func patch(_ key: ObjectKey, subresource: String?, _ patch: Patch, _ options: WriteOptions) throws(Status) -> Value {
    try server.patch(key, subresource: subresource, patch, options)
  }
  func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(Status) -> Value { try server.delete(key, options) }
  func deleteCollection(_ kind: Kind, namespace: String?, _ options: DeleteOptions, _ list: ListOptions) throws(Status) {
    try server.deleteCollection(kind, namespace: namespace, options, list)
  }
  func logs(namespace: String, pod: String, _ options: LogOptions) throws(Status) -> any EventStream {
    throw Status(.methodNotAllowed, "the cluster's own workers read no logs")
  }
  func next(of streams: [any EventStream], until deadline: Instant?) throws(Status) -> Next { .stuck }
  func commit() throws(Status) {}
}
