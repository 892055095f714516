import API
import APIMachinery
import Client
import Formats

@testable import KubeScheduler

// A cluster of the least: objects in a dictionary, an agenda, events in a list. What a write changes is seen at once.

final class FakeCluster: Client, Lister, Agenda, Notes, EventRecorder {
  var now = Instant(seconds: 1_000)
  var onWarning: ((String) -> Void)?
  var objects: [ObjectKey: Value] = [:]
  var revision: Int64 = 0
  var due: [String: Instant] = [:]
  var stored: [String: Value] = [:]
  var events: [(pod: String, reason: String, message: String)] = []
  let dice = Dice(Random(seed: 7))
  private(set) lazy var scheduler = Scheduler(around)

  var around: Surroundings { Surroundings(client: self, lister: self, agenda: self, notes: self, recorder: self, dice: dice) }

  /// Another process opens the cluster.
  func reopen() { scheduler = Scheduler(around) }

  func put(_ kind: Kind, _ object: Value) {
    let key = ObjectKey(kind, object.namespace, object.name)
    let old = objects[key]
    revision += 1
    var new = object
    new["metadata", "resourceVersion"] = .string(String(revision))
    if new.uid.isEmpty { new["metadata", "uid"] = .string("uid-\(old == nil ? String(revision) : old?.uid ?? "")") }
    objects[key] = new
    scheduler.observe(Change(old == nil ? .added : .modified, key, old: old, new: new))
  }

  func remove(_ kind: Kind, _ namespace: String, _ name: String) {
    let key = ObjectKey(kind, namespace, name)
    guard let old = objects.removeValue(forKey: key) else { return }
    scheduler.observe(Change(.deleted, key, old: old, new: old))
  }

  /// Lets what is due happen, up to a time from now.
  func advance(_ time: Duration) {
    let end = now + time
    while let next = due.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }), next.value <= end {
      due[next.key] = nil
      now = max(now, next.value)
      scheduler.work(on: next.key)
    }
    now = end
  }

  func node(of pod: String) -> String { objects[ObjectKey(Kinds.pod, "default", pod)]?["spec"]["nodeName"].text ?? "?" }
  func condition(of pod: String) -> Value {
    objects[ObjectKey(Kinds.pod, "default", pod)]?["status"]["conditions"].items.first { $0["type"].text == "PodScheduled" } ?? nil
  }
  func messages(_ pod: String) -> [String] { events.filter { $0.pod == pod }.map(\.message) }

  // MARK: Lister

  func get(_ key: ObjectKey) -> Value? { objects[key] }
  func list(_ kind: Kind, namespace: String?) -> [Value] {
    objects.filter { $0.key.kind == kind && (namespace == nil || $0.key.namespace == namespace) }.map(\.value)
      .sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
  }
  func count(_ kind: Kind, namespace: String?) -> Int { list(kind, namespace: namespace).count }
  func owned(_ kind: Kind, by uid: String) -> [Value] { [] }
  func dependents(of uid: String) -> [ObjectKey] { [] }
  func holder(of uid: String) -> ObjectKey? { nil }
  func pods(onNode node: String) -> [Value] { list(Kinds.pod, namespace: nil).filter { $0["spec"]["nodeName"].text == node } }
  func labelled(_ kind: Kind, namespace: String, _ key: String, _ value: String) -> [Value] { [] }

  // MARK: Agenda, notes, events

  func note(_ key: String, for worker: String, at time: Instant) { due[key] = due[key].map { min($0, time) } ?? time }
  func forget(_ key: String, for worker: String) { due[key] = nil }
  func due(_ key: String, for worker: String) -> Instant? { due[key] }
  func note(_ worker: String, _ key: String) -> Value? { stored[key] }
  func setNote(_ worker: String, _ key: String, _ value: Value?) { stored[key] = value }
  func noteKeys(_ worker: String) -> [String] { stored.keys.sorted() }
  func event(
    _ object: Value, _ type: EventType, _ reason: String, _ message: String, source: String, host: String, fieldPath: String,
    style: EventStyle
  ) { events.append((object.name, reason, message)) }

  // MARK: Client

  func create(_ key: ObjectKey, subresource: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    guard var pod = objects[key], subresource == "binding" else { throw Status.notFound(key.kind, key.name) }
    pod["spec", "nodeName"] = object["target"]["name"]
    put(key.kind, pod)
    return pod
  }
  func update(_ key: ObjectKey, subresource: String?, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    put(key.kind, object)
    return object
  }
  private static let missing = Status(.methodNotAllowed, "not in this fake")
  func kinds() throws(Status) -> [Kind] { Kinds.all }
  func version() throws(Status) -> Value { throw Self.missing }
  func get(_ key: ObjectKey, subresource: String?) throws(Status) -> Value { throw Self.missing }
  func list(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> ObjectList { throw Self.missing }
  func watch(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> any EventStream { throw Self.missing }
  func create(_ kind: Kind, namespace: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value { throw Self.missing }
  func patch(_ key: ObjectKey, subresource: String?, _ patch: Patch, _ options: WriteOptions) throws(Status) -> Value { throw Self.missing }
  func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(Status) -> Value { throw Self.missing }
  func deleteCollection(_ kind: Kind, namespace: String?, _ options: DeleteOptions, _ list: ListOptions) throws(Status) {}
  func logs(namespace: String, pod: String, _ options: LogOptions) throws(Status) -> any EventStream { throw Self.missing }
  func next(of streams: [any EventStream], until deadline: Instant?) throws(Status) -> Next { .stuck }
  func commit() throws(Status) {}
}

/// Objects of tests, short to write.
enum Make {
  static func node(_ name: String, cpu: String = "4", memory: String = "16Gi", pods: String = "110", zone: String = "") -> Value {
    var labels: Value = ["kubernetes.io/hostname": .string(name)]
    if !zone.isEmpty { labels["topology.kubernetes.io/zone"] = .string(zone) }
    return [
      "metadata": ["name": .string(name), "labels": labels],
      "status": ["allocatable": ["cpu": .string(cpu), "memory": .string(memory), "pods": .string(pods)]],
    ]
  }

  static func pod(
    _ name: String, cpu: String? = nil, memory: String? = nil, labels: [String: String] = [:], _ change: (inout Value) -> Void = { _ in }
  )
    -> Value
  {
    var requests: Value = [:]
    if let cpu { requests["cpu"] = .string(cpu) }
    if let memory { requests["memory"] = .string(memory) }
    var pod: Value = [
      "metadata": ["name": .string(name), "namespace": "default"],
      "spec": [
        "containers": [["name": "c", "image": "nginx", "resources": ["requests": requests]]], "schedulerName": "default-scheduler",
      ],
      "status": ["phase": "Pending"],
    ]
    if !labels.isEmpty { pod["metadata", "labels"] = .object(Members(labels.map { ($0.key, Value.string($0.value)) })) }
    change(&pod)
    return pod
  }
}
