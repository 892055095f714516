// scale, binding and eviction.

import API
import APIMachinery
import Client
import Formats

/// autoscaling/v1 Scale, as deployments and replicasets show it.
enum Scale {
  static func of(_ object: Value, _ kind: Kind) -> Value {
    let metadata = object["metadata"]
    var shown = Members()
    for key in ["creationTimestamp", "name", "namespace", "resourceVersion", "uid"] where !metadata[key].isNull {
      shown[key] = metadata[key]
    }
    var spec = Members()
    if let replicas = object["spec"]["replicas"].int, replicas != 0 { spec["replicas"] = .int(replicas) }
    var status: Value = ["replicas": .int(object["status"]["replicas"].int ?? 0)]
    if let selector = try? Selector(labelSelector: object["spec"]["selector"]), !selector.isNothing {
      let text = selector.description
      if !text.isEmpty { status["selector"] = .string(text) }
    }
    return [
      "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": .object(shown), "spec": .object(spec), "status": status,
    ]
  }
}

extension APIServer {
  func updateScale(_ key: ObjectKey, _ scale: Value, _ options: WriteOptions) throws(Status) -> Value {
    let row = try row(key)
    let old = row.value
    let name = scale["metadata"]["name"].text
    if !name.isEmpty, name != key.name {
      throw Status(.badRequest, "the name of the object (\(name)) does not match the name on the URL (\(key.name))")
    }
    let version = scale["metadata"]["resourceVersion"].text
    if !version.isEmpty, version != old.resourceVersion {
      throw .conflict(key.kind, key.name, "the object has been modified; please apply your changes to the latest version and try again")
    }
    let uid = scale["metadata"]["uid"].text
    if !uid.isEmpty, uid != old.uid {
      throw .conflict(key.kind, key.name, "Precondition failed: UID in precondition: \(uid), UID in object meta: \(old.uid)")
    }
    let wanted = scale["spec"]["replicas"]
    guard wanted.isNull || wanted.int != nil else {
      throw Status(
        .badRequest,
        "Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal \(wanted.string == nil ? "number" : "string") into Go struct field ScaleSpec.spec.replicas of type int32"
      )
    }
    let replicas = wanted.int ?? 0
    guard replicas >= 0, replicas <= Int64(Int32.max) else {
      var status = Status.invalid(
        key.kind, key.name, [.invalid("spec.replicas", .int(replicas), "must be greater than or equal to 0")])
      status.message =
        "Scale.autoscaling \"\(key.name)\" is invalid: spec.replicas: Invalid value: \(replicas): must be greater than or equal to 0"
      status.kind = "Scale"
      status.group = "autoscaling"
      throw status
    }
    var object = old
    object["spec", "replicas"] = .int(replicas)
    if object == old { return Scale.of(old, key.kind) }
    if Strategy.isNewGeneration(old, object, key.kind) { object["metadata", "generation"] = .int(old.generation &+ 1) }
    if options.dryRun { return Scale.of(object, key.kind) }
    return Scale.of(store.replace(row, with: object), key.kind)
  }

  /// A Scale with a patch applied.
  func patchedScale(_ scale: Value, _ patch: Patch) throws(Status) -> Value {
    switch patch {
    case .merge(let body), .strategic(let body): return try MergePatch.apply(body, to: scale)
    case .json(let operations): return try JSONPatch.apply(operations, to: scale)
    case .apply: throw Status(.unsupportedMediaType, "a Scale can not be applied")
    }
  }

  public func create(_ key: ObjectKey, subresource: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    switch subresource {
    case "binding" where key.kind == Kinds.pod: return try bind(key, object, options)
    case "eviction" where key.kind == Kinds.pod: return try evict(key, object, options)
    default: throw refuse(key, subresource: subresource)
    }
  }

  /// Assigns a pod to a node.
  private func bind(_ key: ObjectKey, _ binding: Value, _ options: WriteOptions) throws(Status) -> Value {
    let row = try row(key)
    let node = binding["target"]["name"].text
    guard !node.isEmpty else {
      throw .invalid(Kinds.pod, key.name, [.required("target.name")])
    }
    var pod = row.value
    let uid = binding["metadata"]["uid"].text
    if !uid.isEmpty, uid != pod.uid {
      throw .conflict(key.kind, key.name, "Precondition failed: UID in precondition: \(uid), UID in object meta: \(pod.uid)")
    }
    if pod.isBeingDeleted { throw .conflict(key.kind, key.name, "pod \(key.name) is being deleted, cannot be assigned to a host") }
    let present = pod["spec"]["nodeName"].text
    if !present.isEmpty {
      throw .conflict(key.kind, key.name, "pod \(key.name) is already assigned to node \(JSON.quoted(present))")
    }
    if !pod["spec"]["schedulingGates"].items.isEmpty {
      throw .conflict(key.kind, key.name, "pod \(key.name) has non-empty .spec.schedulingGates")
    }
    pod["spec", "nodeName"] = .string(node)
    for annotation in binding["metadata"]["annotations"].members { pod["metadata", "annotations", annotation.key] = annotation.value }
    pod["status", "conditions"] = .array(scheduled(pod["status"]["conditions"].items))
    if !options.dryRun { _ = store.replace(row, with: pod) }
    return ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201]
  }

  private func scheduled(_ conditions: [Value]) -> [Value] {
    var conditions = conditions
    if let i = conditions.firstIndex(where: { $0["type"].text == "PodScheduled" }) {
      let since = conditions[i]["status"].text == "True" ? conditions[i]["lastTransitionTime"] : .string(now.rfc3339)
      conditions[i] = APIServer.scheduledCondition(since)
    } else {
      conditions.append(APIServer.scheduledCondition(.string(now.rfc3339)))
    }
    return conditions
  }

  private static func scheduledCondition(_ since: Value) -> Value {
    .object(
      Members(sorted: [
        .init("lastProbeTime", .null), .init("lastTransitionTime", since), .init("status", "True"), .init("type", "PodScheduled"),
      ]))
  }

  private func evict(_ key: ObjectKey, _ eviction: Value, _ options: WriteOptions) throws(Status) -> Value {
    var deletion = DeleteOptions()
    deletion.dryRun = options.dryRun
    let asked = eviction["deleteOptions"]
    deletion.gracePeriodSeconds = asked["gracePeriodSeconds"].int
    deletion.uid = asked["preconditions"]["uid"].string
    deletion.resourceVersion = asked["preconditions"]["resourceVersion"].string
    deletion.propagation = asked["propagationPolicy"].string.flatMap(DeleteOptions.Propagation.init(rawValue:))
    _ = try delete(key, deletion)
    return ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201]
  }
}
