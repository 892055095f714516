// delete, with grace, finalizers and propagation.

import API
import APIMachinery
import Client
import Formats

extension APIServer {
  public func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(Status) -> Value {
    if key.kind == Kinds.event, let i = store.eventLog.index(key.namespace, key.name, now) { return deleteEvent(i, options) }
    let row = try row(key, to: "delete")
    return try delete(row, key, options)
  }

  public func deleteCollection(_ kind: Kind, namespace: String?, _ options: DeleteOptions, _ list: ListOptions) throws(Status) {
    let table = try table(kind, to: "deletecollection")
    let filter = try ObjectFilter(kind, namespace: namespace, list)
    if kind == Kinds.event {
      for event in store.eventLog.list(filter.namespace, now) where filter.matches(event) {
        if let i = store.eventLog.index(event.namespace, event.name, now) { _ = deleteEvent(i, options) }
      }
    }
    for row in table.rows(filter.namespace) where row.alive && filter.matches(row.value) {
      _ = try delete(row, ObjectKey(kind, row.namespace, row.name), options)
    }
  }

  private func deleteEvent(_ i: Int, _ options: DeleteOptions) -> Value {
    let event = store.eventLog.value(i)
    if options.dryRun { return event }
    store.removeEvent(i)
    return event
  }

  private func delete(_ row: Row, _ key: ObjectKey, _ given: DeleteOptions) throws(Status) -> Value {
    var options = given
    let kind = key.kind
    var object = row.value
    let metadata = object["metadata"]
    if let uid = options.uid, uid != metadata["uid"].text {
      throw .conflict(kind, key.name, "Precondition failed: UID in precondition: \(uid), UID in object meta: \(metadata["uid"].text)")
    }
    if let version = options.resourceVersion, version != metadata["resourceVersion"].text {
      throw .conflict(
        kind, key.name,
        "Precondition failed: ResourceVersion in precondition: \(version), ResourceVersion in object meta: \(metadata["resourceVersion"].text)"
      )
    }
    try admitDeletion(key)
    if kind == Kinds.namespace { return try deleteNamespace(row, key, options) }

    // Decide: gracefully, not again, or at once.
    var graceful = false
    if metadata["deletionTimestamp"].string != nil {
      let pending = metadata["deletionGracePeriodSeconds"].int ?? 0
      if pending > 0 {
        guard let wanted = clamped(options.gracePeriodSeconds, object, kind), wanted < pending else { return object }
        let began = (object.deletionTime ?? now) - .seconds(pending)
        object["metadata", "deletionTimestamp"] = .string((began + .seconds(wanted)).rfc3339)
        object["metadata", "deletionGracePeriodSeconds"] = .int(wanted)
        options.gracePeriodSeconds = wanted
        graceful = true
      }
    } else if let grace = gracePeriod(object, kind, options) {
      object["metadata", "deletionTimestamp"] = .string((now + .seconds(grace)).rfc3339)
      object["metadata", "deletionGracePeriodSeconds"] = .int(grace)
      if object.generation > 0 { object["metadata", "generation"] = .int(object.generation &+ 1) }
      options.gracePeriodSeconds = grace
      graceful = true
    }
    let finalizers = propagationFinalizers(object, options)
    if finalizers != object.finalizers {
      object["metadata", "finalizers"] = .array(finalizers.map(Value.string))
      if finalizers.isEmpty { object["metadata"].remove("finalizers") }
    }
    if !graceful, !finalizers.isEmpty {
      if object["metadata"]["deletionTimestamp"].string == nil {
        object["metadata", "deletionTimestamp"] = .string(now.rfc3339)
        if object.generation > 0 { object["metadata", "generation"] = .int(object.generation &+ 1) }
      }
      object["metadata", "deletionGracePeriodSeconds"] = 0
    }
    // Act.
    if options.dryRun { return object }
    if !finalizers.isEmpty || (graceful && (options.gracePeriodSeconds ?? 0) > 0) {
      return object == row.value ? object : store.replace(row, with: object)
    }
    release(row.value, kind)
    return store.remove(row, last: object)
  }

  /// The seconds that a kind with graceful deletion is given; nil: the kind has none.
  private func gracePeriod(_ object: Value, _ kind: Kind, _ options: DeleteOptions) -> Int64? {
    guard kind == Kinds.pod else { return kind.rules.gracefulDeletion.map { options.gracePeriodSeconds ?? $0(object) } }
    let asked = options.gracePeriodSeconds ?? object["spec"]["terminationGracePeriodSeconds"].int ?? 0
    return clamped(asked, object, kind)
  }

  /// Pods that no kubelet runs get no grace.
  private func clamped(_ seconds: Int64?, _ object: Value, _ kind: Kind) -> Int64? {
    guard let seconds else { return nil }
    guard kind == Kinds.pod else { return seconds }
    if object["spec"]["nodeName"].text.isEmpty { return 0 }
    let phase = object["status"]["phase"].text
    if phase == "Succeeded" || phase == "Failed" { return 0 }
    return seconds < 0 ? 1 : min(seconds, 1 << 32)
  }

  /// The finalizers by which the garbage collector is told what to do with dependents.
  private func propagationFinalizers(_ object: Value, _ options: DeleteOptions) -> [String] {
    var finalizers = object.finalizers
    let orphan = "orphan"
    let foreground = "foregroundDeletion"
    switch options.propagation {
    case nil: break
    case .background: finalizers.removeAll { $0 == orphan || $0 == foreground }
    case .orphan:
      finalizers.removeAll { $0 == foreground }
      if !finalizers.contains(orphan) { finalizers.append(orphan) }
    case .foreground:
      finalizers.removeAll { $0 == orphan }
      if !finalizers.contains(foreground) { finalizers.append(foreground) }
    }
    return finalizers
  }

  private func deleteNamespace(_ row: Row, _ key: ObjectKey, _ options: DeleteOptions) throws(Status) -> Value {
    var object = row.value
    if object["metadata"]["deletionTimestamp"].string == nil {
      object["metadata", "deletionTimestamp"] = .string(now.rfc3339)
      object["status", "phase"] = "Terminating"
      let finalizers = propagationFinalizers(object, options)
      if finalizers != object.finalizers { object["metadata", "finalizers"] = .array(finalizers.map(Value.string)) }
      return options.dryRun ? object : store.replace(row, with: object)
    }
    guard object["spec"]["finalizers"].items.isEmpty, object.finalizers.isEmpty else { return object }
    return options.dryRun ? object : store.remove(row, last: object)
  }

  /// The `finalize` subresource: takes what holds a namespace away.
  func finalize(_ key: ObjectKey, _ given: Value, _ options: WriteOptions) throws(Status) -> Value {
    let row = try row(key)
    var object = row.value
    let version = given["metadata"]["resourceVersion"].text
    if !version.isEmpty, version != object.resourceVersion {
      throw .conflict(key.kind, key.name, "the object has been modified; please apply your changes to the latest version and try again")
    }
    let finalizers = given["spec"]["finalizers"].items
    object["spec"] = finalizers.isEmpty ? .object(Members()) : ["finalizers": .array(finalizers)]
    if object == row.value || options.dryRun { return object }
    if object["metadata"]["deletionTimestamp"].string != nil, finalizers.isEmpty, object.finalizers.isEmpty {
      return store.remove(row, last: object)
    }
    return store.replace(row, with: object)
  }
}

extension Store {
  func removeEvent(_ i: Int) {
    revision += 1
    let value = eventLog.value(i)
    eventLog.remove(i)
    guard let table = table(Kinds.event) else { return }
    for stream in table.streams { stream.see(.deleted, namespace: value.namespace, old: value, new: value) }
  }

  func rows(onNode node: String) -> [Row] { nodeRows(node) }
}
