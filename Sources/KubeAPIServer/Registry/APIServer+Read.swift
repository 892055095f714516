// get, list and watch.

import API
import APIMachinery
import Client
import Formats

extension APIServer {
  public func get(_ key: ObjectKey, subresource: String?) throws(Status) -> Value {
    switch subresource {
    case nil, "", "status":
      if key.kind == Kinds.event, let event = store.eventLog.get(key.namespace, key.name, now) { return event }
      return try row(key, to: "get").value
    case "scale" where key.kind.subresources.contains("scale"): return Scale.of(try row(key).value, key.kind)
    default: throw refuse(key, subresource: subresource ?? "")
    }
  }

  public func list(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> ObjectList {
    let table = try table(kind, to: "list")
    let filter = try ObjectFilter(kind, namespace: namespace, options)
    if !options.resourceVersion.isEmpty {
      guard let wanted = Int64(options.resourceVersion), wanted >= 0 else { throw badRevision(options.resourceVersion) }
      if wanted > store.revision { throw tooLarge(wanted) }
    }
    var after: (String, String)?
    var began = store.revision
    if !options.continue.isEmpty {
      let token = try ContinueToken.read(options.continue)
      after = token.start
      // A watch from where the first page was read tells what has changed since, the later pages' objects included.
      began = min(began, token.revision)
    }
    let revision = String(began)

    if kind == Kinds.event {
      var items = store.list(kind, namespace: filter.namespace)
      if !filter.takesAll { items = items.filter(filter.matches) }
      if let after { items = items.filter { ($0.namespace, $0.name) > after } }
      return page(items, filter, options, began)
    }
    var rows: [Row]
    if let name = filter.name, let namespace = filter.namespace ?? (kind.namespaced ? nil : "") {
      rows = table.row(namespace, name).map { [$0] } ?? []
    } else if let node = filter.node {
      rows = store.rows(onNode: node).filter { filter.namespace == nil || $0.namespace == filter.namespace }
    } else if let namespace = filter.namespace, let label = filter.labelEquality {
      rows = table.labelled(namespace, label.key, label.value)
    } else {
      rows = table.rows(filter.namespace)
    }
    if let after {
      let start = rows.firstIndex { ($0.namespace, $0.name) > after } ?? rows.count
      rows.removeFirst(start)
    }
    if filter.takesAll {
      guard options.limit > 0, rows.count > options.limit else {
        return ObjectList(items: rows.map(\.value), resourceVersion: revision)
      }
      let shown = rows.prefix(options.limit)
      return ObjectList(
        items: shown.map(\.value), resourceVersion: revision,
        continue: shown.last.map { ContinueToken.write(began, $0.namespace, $0.name) } ?? "",
        remainingItemCount: rows.count - options.limit)
    }
    var items: [Value] = []
    for row in rows {
      let value = row.value
      if filter.matches(value) { items.append(value) }
      if options.limit > 0, items.count > options.limit { break }
    }
    return page(items, filter, options, began)
  }

  private func page(_ items: [Value], _ filter: ObjectFilter, _ options: ListOptions, _ began: Int64) -> ObjectList {
    let revision = String(began)
    guard options.limit > 0, items.count > options.limit else { return ObjectList(items: items, resourceVersion: revision) }
    let shown = Array(items.prefix(options.limit))
    return ObjectList(
      items: shown, resourceVersion: revision,
      continue: shown.last.map { ContinueToken.write(began, $0.namespace, $0.name) } ?? "",
      remainingItemCount: filter.takesAll ? items.count - options.limit : nil)
  }

  /// A watch, as a stream to be polled. An empty or zero resourceVersion begins with what is there.
  public func watch(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> any EventStream {
    try stream(kind, namespace: namespace, options)
  }

  /// `watch` with its own type.
  public func stream(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> WatchStream {
    let table = try table(kind, to: "watch")
    let filter = try ObjectFilter(kind, namespace: namespace, options)
    let deadline = options.timeout.map { now + $0 }
    let stream = WatchStream(filter, table: table, deadline: deadline, bookmarks: options.allowBookmarks)
    if options.resourceVersion.isEmpty || options.resourceVersion == "0" {
      var plain = ListOptions()
      plain.labelSelector = options.labelSelector
      plain.fieldSelector = options.fieldSelector
      for object in try list(kind, namespace: namespace, plain).items { stream.push(.added(object)) }
    } else {
      guard let since = Int64(options.resourceVersion), since >= 0 else { throw badRevision(options.resourceVersion) }
      if since > store.revision { throw tooLarge(since) }
      guard let changes = store.changes(kind, since: since) else {
        stream.push(.error(Status(.expired, "too old resource version: \(since) (\(store.compacted))")))
        return stream
      }
      for change in changes { stream.see(change.verb, namespace: change.key.namespace, old: change.old, new: change.new) }
    }
    table.streams.append(stream)
    return stream
  }

  private func badRevision(_ text: String) -> Status {
    Status(
      .badRequest, "resourceVersion: Invalid value: \(JSON.quoted(text)): strconv.ParseUint: parsing \(JSON.quoted(text)): invalid syntax")
  }

  private func tooLarge(_ wanted: Int64) -> Status {
    var status = Status(.timeout, "Too large resource version: \(wanted), current: \(store.revision)")
    status.causes = [.init(reason: "ResourceVersionTooLarge", message: "Too large resource version", field: "")]
    status.retryAfterSeconds = 1
    return status
  }
}

/// Where a limited list goes on.
enum ContinueToken {
  static func write(_ revision: Int64, _ namespace: String, _ name: String) -> String {
    let start = namespace.isEmpty ? name : "\(namespace)/\(name)"
    let object: Value = ["v": "meta.k8s.io/v1", "rv": .int(revision), "start": .string(start + "\u{0}")]
    var text = Base64.encode(Array(JSON.text(object).utf8))
    while text.hasSuffix("=") { text.removeLast() }
    return text
  }

  static func read(_ token: String) throws(Status) -> (revision: Int64, start: (String, String)) {
    let padded = token + String(repeating: "=", count: (4 - token.utf8.count % 4) % 4)
    guard let bytes = try? Base64.decode(padded), let object = try? JSON.parse(String(decoding: bytes, as: UTF8.self)),
      object["v"].text == "meta.k8s.io/v1", let revision = object["rv"].int,
      object["start"].text.hasSuffix("\u{0}")
    else { throw Status(.badRequest, "continue key is not valid: \(token)") }
    let start = object["start"].text.dropLast()
    guard let slash = start.firstIndex(of: "/") else { return (revision, ("", String(start))) }
    return (revision, (String(start[..<slash]), String(start[start.index(after: slash)...])))
  }
}
