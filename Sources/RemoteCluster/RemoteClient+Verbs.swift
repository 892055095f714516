import API
import APIMachinery
import Client
import Formats

// What is read and written, as requests.

extension RemoteClient: Client {
  public func get(_ key: ObjectKey, subresource: String?) throws(Status) -> Value {
    try ask(RemoteCall("GET", RemotePath.object(key, subresource: subresource), kind: key.kind, name: key.name))
  }

  public func getPrinted(_ key: ObjectKey, subresource: String?) throws(Status) -> Value {
    let answer = try ask(
      RemoteCall(
        "GET", RemotePath.object(key, subresource: subresource), [("includeObject", "Object")], accept: Tables.accept, kind: key.kind,
        name: key.name))
    guard Tables.isTable(answer) else { return answer }
    guard let object = Tables.objects(of: answer, key.kind).first else {
      throw .unanswered("error: the server printed no row of \(key.name)")
    }
    return object
  }

  public func list(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> ObjectList {
    let printed: [(name: String, value: String)] = options.wantsPrinted ? [("includeObject", "Object")] : []
    let answer = try ask(
      RemoteCall(
        "GET", RemotePath.collection(kind, namespace: namespace), RemotePath.query(options) + printed,
        accept: options.wantsPrinted ? Tables.accept : "application/json", kind: kind))
    let metadata = answer["metadata"]
    return ObjectList(
      items: Tables.isTable(answer) ? Tables.objects(of: answer, kind) : answer["items"].items.map { Tables.typed($0, kind) },
      resourceVersion: metadata["resourceVersion"].text, continue: metadata["continue"].text,
      remainingItemCount: metadata["remainingItemCount"].int.map { Int(clamping: $0) })
  }

  public func watch(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> any EventStream {
    var query = RemotePath.query(options)
    query.append(("watch", "1"))
    if options.wantsPrinted { query.append(("includeObject", "Object")) }
    let (name, answer) = try open(
      RemoteCall(
        "GET", RemotePath.collection(kind, namespace: namespace), query,
        accept: options.wantsPrinted ? Tables.accept : "application/json", kind: kind))
    return RemoteStream(name, answer, .watch(kind))
  }

  public func logs(namespace: String, pod: String, _ options: LogOptions) throws(Status) -> any EventStream {
    let path = RemotePath.object(ObjectKey(Kinds.pod, namespace, pod), subresource: "log")
    let (name, answer) = try open(
      RemoteCall("GET", path, RemotePath.query(options), accept: "application/json, */*", kind: Kinds.pod, name: pod))
    return RemoteStream(name, answer, .log)
  }

  public func create(_ kind: Kind, namespace: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    try ask(
      RemoteCall("POST", RemotePath.collection(kind, namespace: namespace), RemotePath.query(options), body: object, kind: kind))
  }

  public func create(_ key: ObjectKey, subresource: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    try ask(
      RemoteCall(
        "POST", RemotePath.object(key, subresource: subresource), RemotePath.query(options), body: object, kind: key.kind, name: key.name))
  }

  public func update(_ key: ObjectKey, subresource: String?, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    try ask(
      RemoteCall(
        "PUT", RemotePath.object(key, subresource: subresource), RemotePath.query(options), body: object, kind: key.kind, name: key.name))
  }

  public func patch(_ key: ObjectKey, subresource: String?, _ patch: Patch, _ options: WriteOptions) throws(Status) -> Value {
    let content = patch.content
    return try ask(
      RemoteCall(
        "PATCH", RemotePath.object(key, subresource: subresource), RemotePath.query(options, applies: patch.applies), body: content.body,
        type: content.type, kind: key.kind, name: key.name))
  }

  public func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(Status) -> Value {
    let answer = try ask(
      RemoteCall("DELETE", RemotePath.object(key), body: RemotePath.body(options), kind: key.kind, name: key.name))
    guard answer["kind"] == "Status" else { return answer }
    // What is gone at once is not told again, only whose it was.
    var object: Value = [
      "apiVersion": .string(key.kind.apiVersion), "kind": .string(key.kind.name), "metadata": ["name": .string(key.name)],
    ]
    if key.kind.namespaced { object["metadata", "namespace"] = .string(key.namespace) }
    if let uid = answer["details"]["uid"].string { object["metadata", "uid"] = .string(uid) }
    return object
  }

  public func deleteCollection(_ kind: Kind, namespace: String?, _ options: DeleteOptions, _ list: ListOptions) throws(Status) {
    _ = try ask(
      RemoteCall(
        "DELETE", RemotePath.collection(kind, namespace: namespace), RemotePath.query(list), body: RemotePath.body(options), kind: kind))
  }
}
