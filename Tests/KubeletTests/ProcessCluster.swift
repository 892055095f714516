import API
import APIMachinery
import Client
import Formats
import KubeAPIServer
import Testing

@testable import Kubelet

// An API server, a kubelet and a runtime that reports, on a clock that a test moves.

final class ProcessCluster {
  let store: Store
  let server: APIServer
  let client: ServerClient
  let runtime: FakeRuntime
  private(set) var kubelet: Kubelet?
  /// How often the kubelet was woken.
  private(set) var works = 0

  init() throws {
    let dice = Dice(Random(seed: 1))
    store = Store(now: Instant(year: 2026, month: 11, day: 23), dice: dice)
    server = APIServer(store: store, clock: store, dice: dice)
    client = ServerClient(server)
    runtime = FakeRuntime(store)
    try server.bootstrap()
    _ = try server.create(
      Kinds.node, namespace: "",
      [
        "metadata": ["name": "localhost"],
        "status": [
          "allocatable": ["cpu": "4", "memory": "8Gi", "pods": "500"], "capacity": ["cpu": "4", "memory": "8Gi", "pods": "500"],
          "addresses": [["type": "InternalIP", "address": "127.0.0.1"]],
        ],
      ], WriteOptions { $0.fieldManager = "kubelet" })
    _ = try server.create(
      Kinds.serviceAccount, namespace: "default", ["metadata": ["name": "default", "namespace": "default"]], WriteOptions())
    begin()
    run(for: .seconds(1))
  }

  // MARK: The daemon

  /// A daemon comes.
  func begin() {
    let around = Surroundings(client: client, lister: store, agenda: store, notes: store, recorder: store, dice: store.dice)
    let kubelet = Kubelet(around, runtime: runtime)
    self.kubelet = kubelet
    runtime.reports = kubelet
    kubelet.takeOver()
  }

  /// The daemon dies, having written down what it knew or not.
  func die(flushing: Bool = true) {
    if flushing { kubelet?.flush() }
    kubelet = nil
  }

  // MARK: Time

  func run(for time: Duration, _ place: SourceLocation = #_sourceLocation) {
    let end = store.now + time
    pass(until: end, place) { false }
    store.now = end
  }

  /// Lets time pass until something holds; returns how long that took.
  func run(atMost limit: Duration = .seconds(600), _ place: SourceLocation = #_sourceLocation, until holds: () -> Bool) -> Duration {
    let begin = store.now
    pass(until: begin + limit, place, or: holds)
    if !holds() { Issue.record("it does not come to pass", sourceLocation: place) }
    return store.now - begin
  }

  private func pass(until end: Instant, _ place: SourceLocation, or holds: () -> Bool) {
    deliver()
    var turns = 0
    while !holds(), let next, next <= end {
      turns += 1
      guard turns < 50_000 else {
        Issue.record("the kubelet does not come to rest", sourceLocation: place)
        return
      }
      if next > store.now { store.now = next }
      turn()
    }
  }

  private var next: Instant? {
    [kubelet == nil ? nil : store.nextDue, kubelet?.nextProbe, runtime.nextDue].compactMap { $0 }.min()
  }

  private func turn() {
    runtime.runDue()
    guard let kubelet else { return }
    kubelet.probeWhatIsDue()
    if let due = store.popDue(notLaterThan: store.now), due.worker == kubelet.name {
      works += 1
      kubelet.work(on: due.key)
    }
    deliver()
  }

  private func deliver() {
    guard let kubelet else { return }
    while store.hasChanges {
      for change in store.takeChanges() where kubelet.watches.contains(change.key.kind) { kubelet.observe(change) }
    }
  }

  // MARK: Short words

  /// Creates a pod `p` of one container `c`, with what is given of its spec.
  func create(_ container: Value = [:], _ spec: Value = [:], containers: [Value]? = nil) throws {
    var one: Value = ["name": "c", "image": "program", "command": ["serve"]]
    for member in container.members { one[member.key] = member.value }
    var pod: Value = [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p", "namespace": "default"],
      "spec": ["nodeName": "localhost", "containers": .array(containers ?? [one])],
    ]
    for member in spec.members { pod["spec", member.key] = member.value }
    _ = try server.create(Kinds.pod, namespace: "default", pod, WriteOptions())
  }

  func delete(grace: Int64? = nil) throws {
    var options = DeleteOptions()
    options.gracePeriodSeconds = grace
    _ = try server.delete(ObjectKey(Kinds.pod, "default", "p"), options)
  }

  var pod: Value { store.get(ObjectKey(Kinds.pod, "default", "p")) ?? .null }
  var exists: Bool { store.get(ObjectKey(Kinds.pod, "default", "p")) != nil }
  var phase: String { pod["status"]["phase"].text }
  var status: Value { pod["status"]["containerStatuses"][0] }
  var restarts: Int64 { status["restartCount"].int ?? -1 }
  var isRunning: Bool { status["state"]["running"].object != nil }
  var waiting: String { status["state"]["waiting"]["reason"].text }
  var isReady: Bool { pod["status"]["conditions"].items.contains { $0["type"] == "Ready" && $0["status"] == "True" } }

  /// The pod's events, oldest first, each as often as it was told: `reason: message`.
  var events: [String] {
    let events = (try? server.list(Kinds.event, namespace: nil, ListOptions()).items) ?? []
    return events.filter { $0["involvedObject"]["kind"] == "Pod" }
      .sorted { (Int64($0.resourceVersion) ?? 0) < (Int64($1.resourceVersion) ?? 0) }
      .map { "\($0["reason"].text): \($0["message"].text)" }
  }
}

/// The server as a client; time does not pass in it.
final class ServerClient: Client {
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
    try server.create(kind, namespace: namespace, object, options)
  }
  func create(_ key: ObjectKey, subresource: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    try server.create(key, subresource: subresource, object, options)
  }
  func update(_ key: ObjectKey, subresource: String?, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    try server.update(key, subresource: subresource, object, options)
  }
  func patch(_ key: ObjectKey, subresource: String?, _ patch: Patch, _ options: WriteOptions) throws(Status) -> Value {
    try server.patch(key, subresource: subresource, patch, options)
  }
  func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(Status) -> Value { try server.delete(key, options) }
  func deleteCollection(_ kind: Kind, namespace: String?, _ options: DeleteOptions, _ list: ListOptions) throws(Status) {
    try server.deleteCollection(kind, namespace: namespace, options, list)
  }
  func logs(namespace: String, pod: String, _ options: LogOptions) throws(Status) -> any EventStream { throw Status(.notFound, "no logs") }
  func next(of streams: [any EventStream], until deadline: Instant?) throws(Status) -> Next { .stuck }
  func commit() throws(Status) {}
}
