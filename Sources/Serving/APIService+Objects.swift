import API
import APIMachinery
import Client
import Formats
import HTTP

// Requests for objects, carried out.

extension APIService {
  /// Carries a request out; nil where its answer is being streamed.
  func perform(_ call: Call, _ request: Request, _ query: Query, _ exchange: Exchange) throws(Status) -> Response? {
    if call.kind == Kinds.simulation, let response = try simulation(call, request, query) { return response }
    if let subresource = call.target.subresource, call.kind == Kinds.pod, APIService.streams.contains(subresource) {
      return try stream(call, request, query, exchange)
    }
    switch call.verb {
    case .get:
      if call.target.subresource == "log" { return try log(call, query, exchange, request) }
      let form = try Form.wanted(request.head.header, query)
      let object = try cluster.get(call.key, subresource: call.target.subresource)
      return shown(object, call, form)
    case .list: return try list(call, request, query, exchange)
    case .watch: return try watch(call, request, query, exchange)
    case .create: return try create(call, request, query)
    case .update:
      let options = try writeOptions(request, query)
      let object = try Bodies.object(request, call.kind, options.fieldValidation) { self.cluster.onWarning?($0) }
      return shown(
        try cluster.update(call.key, subresource: call.target.subresource, object, options), call,
        try Form.wanted(request.head.header, query))
    case .patch:
      let options = try writeOptions(request, query)
      let patch = try Bodies.patch(request)
      var isNew = false
      if case .apply = patch {
        guard query["fieldManager"]?.isEmpty == false else {
          throw Status(.invalid, "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")
        }
        isNew = (try? cluster.get(call.key, subresource: nil)) == nil
      } else if options.force {
        throw Status(.invalid, "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch")
      }
      let object = try cluster.patch(call.key, subresource: call.target.subresource, patch, options)
      return shown(object, call, try Form.wanted(request.head.header, query), status: isNew ? 201 : 200)
    case .delete:
      guard call.target.subresource == nil else { throw APIService.notAllowed }
      let options = try query.delete(try Bodies.deleteOptions(request))
      let object = try cluster.delete(call.key, options)
      // What is gone at once is told by a Status, save the kinds that Kubernetes shows once more.
      let shows = [Kinds.pod, Kinds.service, Kinds.serviceAccount].contains(call.kind)
      if !shows, options.dryRun || (try? cluster.get(call.key, subresource: nil).uid) != object.uid {
        return Answers.object(Answers.success(call.key, uid: object.uid))
      }
      return shown(object, call, try Form.wanted(request.head.header, query))
    case .deletecollection:
      let options = try query.delete(try Bodies.deleteOptions(request))
      try cluster.deleteCollection(call.kind, namespace: call.target.namespace, options, try query.list)
      return Answers.object(["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success"])
    }
  }

  private func writeOptions(_ request: Request, _ query: Query) throws(Status) -> WriteOptions {
    try query.write(agent: request.head.header["User-Agent"] ?? "unknown")
  }

  /// An object in the form that is wanted.
  private func shown(_ object: Value, _ call: Call, _ form: Form, status: Int = 200) -> Response {
    if object.kind == "Status" { return Answers.object(object, status: status) }
    switch form {
    case .object: return Response(status, lines: Answers.jsonLines, body: encoded.bytes(object))
    case .metadata: return Answers.object(TableMaker.partial(object), status: status)
    case .table(let rows):
      let maker = TableMaker(call.kind, rows: rows, subresource: call.target.subresource)
      return Answers.object(
        maker.table([object], now: cluster.now, metadata: ["resourceVersion": .string(object.resourceVersion)]), status: status)
    }
  }

  private func list(_ call: Call, _ request: Request, _ query: Query, _ exchange: Exchange) throws(Status) -> Response? {
    let form = try Form.wanted(request.head.header, query)
    let options = try query.list
    if query.wantsExactRevision, options.continue.isEmpty, let wanted = Int64(options.resourceVersion), wanted < cluster.revision {
      throw Status(.expired, "The provided resource version is too old: \(wanted) (\(cluster.revision))")
    }
    let list = try cluster.list(call.kind, namespace: call.target.namespace, options)
    switch form {
    case .object:
      let writer = ListWriter(call.kind, list)
      if list.items.count <= 64 {
        var body: [UInt8] = []
        while let piece = writer.piece() { body += piece }
        return Response(200, lines: Answers.jsonLines, body: body)
      }
      exchange.begin(200, Answers.json + stamp)
      exchange.send(from: writer.piece)
      return nil
    case .metadata:
      return Answers.object([
        "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": Answers.metadata(list),
        "items": .array(list.items.map(TableMaker.partial)),
      ])
    case .table(let rows):
      return Answers.object(TableMaker(call.kind, rows: rows).table(list.items, now: cluster.now, metadata: Answers.metadata(list)))
    }
  }

  private func watch(_ call: Call, _ request: Request, _ query: Query, _ exchange: Exchange) throws(Status) -> Response? {
    let form = try Form.wanted(request.head.header, query)
    var options = try query.list
    if let name = call.target.name {
      options.fieldSelector = (options.fieldSelector.isEmpty ? "" : options.fieldSelector + ",") + "metadata.name=\(name)"
    }
    let stream = try cluster.watch(call.kind, namespace: call.target.namespace, options)
    exchange.begin(200, Answers.json + stamp)
    feeds.add(
      WatchFeed(
        exchange, stream, call.kind, form, bookmarks: options.allowBookmarks, name: request.head.header[Wire.stream] ?? ""))
    return nil
  }

  private func log(_ call: Call, _ query: Query, _ exchange: Exchange, _ request: Request) throws(Status) -> Response? {
    guard call.kind == Kinds.pod, let pod = call.target.name else {
      throw Status(.notFound, "the server could not find the requested resource")
    }
    let options = try query.logs(now: cluster.now)
    let stream = try cluster.logs(namespace: call.target.namespace ?? "", pod: pod, options)
    exchange.begin(200, [Header.Field("Content-Type", "text/plain"), Header.Field("Cache-Control", "no-cache, private")] + stamp)
    feeds.add(LogFeed(exchange, stream, name: request.head.header[Wire.stream] ?? ""))
    return nil
  }

  private func create(_ call: Call, _ request: Request, _ query: Query) throws(Status) -> Response {
    let options = try writeOptions(request, query)
    if let subresource = call.target.subresource {
      let body = try Bodies.options(request)
      return shown(try cluster.create(call.key, subresource: subresource, body, options), call, .object, status: 201)
    }
    let object = try Bodies.object(request, call.kind, options.fieldValidation) { self.cluster.onWarning?($0) }
    if call.kind == Kinds.binding {
      let key = ObjectKey(Kinds.pod, call.target.namespace ?? "", object.name)
      return Answers.object(try cluster.create(key, subresource: "binding", object, options), status: 201)
    }
    let made = try cluster.create(call.kind, namespace: call.target.namespace ?? "", object, options)
    return shown(made, call, try Form.wanted(request.head.header, query), status: 201)
  }
}
