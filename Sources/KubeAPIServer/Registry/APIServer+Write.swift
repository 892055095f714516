// create, update and patch.

import API
import APIMachinery
import Client
import Formats

extension APIServer {
  public func create(_ kind: Kind, namespace: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    let table = try table(kind, to: "create")
    if !table.isStored { return try answer(kind, namespace, object, options) }
    // A spec that was judged for the last pod of a controller need not be judged for the next.
    let made = kind == Kinds.pod ? made(like: object, namespace.isEmpty ? object.namespace : namespace) : nil
    let given = made == nil ? object : object.without("spec")
    var object = try decoded(given, kind, options)
    let namespace = try place(&object, kind, namespace)
    try nameIt(&object, kind)
    let name = object.name
    if let version = object["metadata"]["resourceVersion"].string, !version.isEmpty, version != "0" {
      throw Status(.unknown, "resourceVersion should not be set on objects to be created")
    }
    if kind.namespaced { try admitContent(namespace, kind, name) }

    object.withMembers { members in
      var metadata = members["metadata"] ?? .object(Members())
      members["metadata"] = .null
      metadata.withMembers { m in
        m["uid"] = .string(dice.random.uuid())
        m["creationTimestamp"] = .string(now.rfc3339)
        m["deletionTimestamp"] = nil
        m["deletionGracePeriodSeconds"] = nil
        m["resourceVersion"] = nil
        m["selfLink"] = nil
        Strategy.dropEmpty(&m)
      }
      members["metadata"] = metadata
    }
    if let made {
      object.withMembers { members in
        members["spec"] = made.made
        members["status"] = made.status
      }
    } else if kind == Kinds.pod {
      try createPod(&object, from: given["spec"], namespace)
    } else {
      object = defaulted(object, kind)
      Strategy.prepare(&object, kind)
      try admit(&object, replacing: nil, kind, namespace, options)
      let errors = problems(object, replacing: nil, kind)
      if !errors.isEmpty {
        release(object, kind)
        throw .invalid(kind, object.name, errors)
      }
    }
    guard !name.isEmpty else {
      throw .invalid(kind, name, [.required("metadata.name", "name or generateName is required")])
    }
    if table.row(namespace, name) != nil || (kind == Kinds.event && store.eventLog.index(namespace, name, now) != nil) {
      release(object, kind)
      throw .alreadyExists(kind, name)
    }
    if options.dryRun {
      release(object, kind)
      return object
    }
    return store.insert(table, namespace, name, object)
  }

  /// The namespace that an object is for.
  func place(_ object: inout Value, _ kind: Kind, _ namespace: String) throws(Status) -> String {
    let given = object["metadata"]["namespace"].text
    guard kind.namespaced else {
      if object["metadata"].has("namespace") { object["metadata"].remove("namespace") }
      return ""
    }
    if !given.isEmpty, given != namespace, !namespace.isEmpty {
      throw Status(.badRequest, "the namespace of the provided object does not match the namespace sent on the request")
    }
    let place = namespace.isEmpty ? given : namespace
    guard !place.isEmpty else { throw Status(.badRequest, "an empty namespace may not be set during creation") }
    if given.isEmpty { object["metadata", "namespace"] = .string(place) }
    return place
  }

  private func nameIt(_ object: inout Value, _ kind: Kind) throws(Status) {
    guard object["metadata"]["name"].text.isEmpty else { return }
    let prefix = object["metadata"]["generateName"].text
    guard !prefix.isEmpty else { return }
    object["metadata", "name"] = .string(String(prefix.prefix(58)) + dice.random.suffix())
  }

  public func update(_ key: ObjectKey, subresource: String?, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    switch subresource {
    case "scale" where key.kind.subresources.contains("scale"): return try updateScale(key, object, options)
    case "finalize" where key.kind == Kinds.namespace: return try finalize(key, object, options)
    case "ephemeralcontainers", "status", "", nil: break
    default: throw refuse(key, subresource: subresource ?? "")
    }
    if subresource == "status", !Strategy.hasStatus(key.kind) { throw refuse(key, subresource: "status") }
    if subresource == "ephemeralcontainers" { throw refuse(key, subresource: "ephemeralcontainers") }
    let row = try row(key, to: "update")
    let isStatus = subresource == "status"
    // Of a status update nothing else is read.
    let decodedObject = try decoded(isStatus ? object.without("spec") : object, key.kind, options)
    return try replace(row, key, with: decodedObject, status: isStatus, options)
  }

  /// Replaces an object with a decoded one.
  func replace(_ row: Row, _ key: ObjectKey, with decodedObject: Value, status: Bool, _ options: WriteOptions, ownersAreNoted: Bool = false)
    throws(Status) -> Value
  {
    let kind = key.kind
    var object = decodedObject
    let old = row.value
    let before = old["metadata"]
    var metadata = object["metadata"].members
    if let name = metadata["name"]?.string, !name.isEmpty, name != key.name {
      throw Status(.badRequest, "the name of the object (\(name)) does not match the name on the URL (\(key.name))")
    }
    if kind.namespaced, let namespace = metadata["namespace"]?.string, !namespace.isEmpty, namespace != row.namespace {
      throw Status(.badRequest, "the namespace of the object (\(namespace)) does not match the namespace on the URL (\(row.namespace))")
    }
    let version = metadata["resourceVersion"]?.text ?? ""
    if version.isEmpty || version == "0" {
      if kind.rules.updatesNeedVersion { throw APIServer.lacksVersion(key) }
    } else if version != before["resourceVersion"].text {
      throw .conflict(kind, key.name, "the object has been modified; please apply your changes to the latest version and try again")
    }
    if let uid = metadata["uid"]?.string, !uid.isEmpty, uid != before["uid"].text {
      throw .conflict(
        kind, key.name, "Precondition failed: UID in precondition: \(uid), UID in object meta: \(before["uid"].text)")
    }
    // What a request may not change.
    for field in Strategy.systemFields {
      let kept = before[field]
      if kept.isNull { metadata[field] = nil } else { metadata[field] = kept }
    }
    metadata["selfLink"] = nil
    Strategy.dropEmpty(&metadata)
    if status {
      if key.kind == Kinds.deployment { metadata["labels"] = before["labels"].isNull ? Value?.none : before["labels"] }
      if key.kind == Kinds.pod { metadata["ownerReferences"] = before["ownerReferences"].isNull ? Value?.none : before["ownerReferences"] }
      // Only the status is written, on what is stored now.
      let given = object["status"]
      object = old
      object["metadata"] = .object(metadata)
      object["status"] = given
      if kind == Kinds.pod, given["qosClass"].isNull { object["status", "qosClass"] = old["status"]["qosClass"] }
    } else {
      object["metadata"] = .object(metadata)
      if Strategy.hasStatus(kind) {
        if old.has("status") { object["status"] = old["status"] } else { object.remove("status") }
      }
      if kind == Kinds.namespace { object["spec"] = old["spec"] }
      object = defaulted(object, kind)
      try admit(&object, replacing: old, kind, row.namespace, options)
    }
    if before["deletionTimestamp"].string != nil {
      let had = before["finalizers"].items
      let fresh = metadata["finalizers"]?.items.filter { !had.contains($0) } ?? []
      if !fresh.isEmpty {
        let shown = "[]string{" + fresh.map { JSON.quoted($0.text) }.joined(separator: ", ") + "}"
        throw .invalid(
          kind, key.name,
          [
            .forbidden(
              "metadata.finalizers", "no new finalizers can be added if the object is being deleted, found new finalizers \(shown)")
          ])
      }
    }
    if !ownersAreNoted { noteOwners(&object, replacing: old, status: status, options) }
    if !status {
      let errors = problems(object, replacing: old, kind)
      if !errors.isEmpty {
        var status = Status.invalid(kind, key.name, errors)
        if kind == Kinds.pod, errors.contains(where: { $0.field == "spec" && $0.problem == .forbidden }) {
          status.hints = ["changed: " + Validation.changes(old["spec"], object["spec"], "spec").joined(separator: ", ")]
        }
        throw status
      }
      if Strategy.isNewGeneration(old, object, kind) { object["metadata", "generation"] = .int(old.generation &+ 1) }
    }
    if object == old || (ownersAreNoted && APIServer.sameButForTimes(object, old)) { return old }
    if options.dryRun { return object }
    releaseDropped(old, object, kind)
    if shouldDeleteDuringUpdate(old, object, kind) { return store.remove(row, last: object) }
    return store.replace(row, with: object)
  }

  /// An update that doesn't say what it changes; Kubernetes names the resource here, not the kind.
  private static func lacksVersion(_ key: ObjectKey) -> Status {
    let error = FieldError.invalid("metadata.resourceVersion", shown: "0x0", "must be specified for an update")
    var status = Status.invalid(key.kind, key.name, [error])
    status.kind = key.kind.plural
    status.message = "\(key.kind.qualifiedPlural) \"\(key.name)\" is invalid: \(error.field): \(error.text)"
    return status
  }

  /// An object that only its finalizers held is gone with the last of them.
  private func shouldDeleteDuringUpdate(_ old: Value, _ new: Value, _ kind: Kind) -> Bool {
    guard new["metadata"]["deletionTimestamp"].string != nil, new["metadata"]["finalizers"].items.isEmpty else { return false }
    if kind == Kinds.namespace, !new["spec"]["finalizers"].items.isEmpty { return false }
    return (new["metadata"]["deletionGracePeriodSeconds"].int ?? 0) == 0
  }

  public func patch(_ key: ObjectKey, subresource: String?, _ patch: Patch, _ options: WriteOptions) throws(Status) -> Value {
    switch subresource {
    case nil, "":
      if case .apply(let configuration) = patch { return try apply(key, configuration, options) }
      if key.kind == Kinds.event, store.eventLog.get(key.namespace, key.name, now) != nil {
        throw Status.about(key.kind, key.name, .methodNotAllowed, "recorded events can not be changed")
      }
      let row = try row(key, to: "patch")
      let patched = try patched(row.value, patch, key.kind, options)
      return try replace(row, key, with: patched, status: false, options)
    case "status" where Strategy.hasStatus(key.kind):
      let row = try row(key)
      let patched = try patched(row.value, patch, key.kind, options)
      return try replace(row, key, with: patched, status: true, options)
    case "scale" where key.kind.subresources.contains("scale"):
      let row = try row(key)
      return try updateScale(key, try patchedScale(Scale.of(row.value, key.kind), patch), options)
    default: throw refuse(key, subresource: subresource ?? "")
    }
  }
}

extension Strategy {
  /// Metadata that stays as it was, whatever a request says.
  static let systemFields = [
    "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "name", "namespace", "resourceVersion",
  ]

  /// Go leaves empty lists and maps out.
  static func dropEmpty(_ metadata: inout Members) {
    for key in ["annotations", "labels", "finalizers", "ownerReferences", "managedFields", "generateName"] {
      guard let value = metadata[key] else { continue }
      switch value {
      case .null: metadata[key] = nil
      case .object(let members) where members.isEmpty: metadata[key] = nil
      case .array(let items) where items.isEmpty: metadata[key] = nil
      case .string(let text) where text.isEmpty: metadata[key] = nil
      default: break
      }
    }
  }
}

extension Value {
  /// The object without a member.
  func without(_ key: String) -> Value {
    var copy = self
    copy.remove(key)
    return copy
  }
}
