import API
import APIMachinery
import Client
import Formats
import KubeAPIServer

@testable import KubeControllerManager

/// A control plane in memory with all controllers, and a kubelet and scheduler that do the least: bind, run, end.
final class TestCluster {
  let store: Store
  let server: APIServer
  let client: ServerClient
  var workers: [any Worker]
  let kubelet: FakeKubelet
  private(set) var worked: [String: Int] = [:]

  init(nodes: [String] = ["node-1", "node-2", "node-3"], seed: UInt64 = 1) throws {
    let dice = Dice(Random(seed: seed))
    store = Store(now: Instant(year: 2026, month: 11, day: 23), dice: dice)
    server = APIServer(store: store, clock: store, dice: dice)
    client = ServerClient(server)
    let surroundings = Surroundings(client: client, lister: store, agenda: store, notes: store, recorder: store, dice: dice)
    kubelet = FakeKubelet(surroundings, nodes: nodes)
    workers = controllers(surroundings) + [kubelet]
    try server.bootstrap()
    for (i, name) in nodes.enumerated() {
      _ = try server.create(
        Kinds.node, namespace: "",
        [
          "metadata": ["name": .string(name), "labels": ["topology.kubernetes.io/zone": .string("zone-\(i + 1)")]],
          "status": ["conditions": [["type": "Ready", "status": "True", "reason": "KubeletReady"]]],
        ], WriteOptions())
      try setReady(name, "True")
    }
    run(for: .seconds(1))
  }

  func setReady(_ node: String, _ status: String) throws {
    guard var object = store.get(ObjectKey(Kinds.node, "", node)) else { return }
    object["status", "conditions"] = [
      [
        "type": "Ready", "status": .string(status), "reason": "KubeletReady", "lastTransitionTime": .string(store.now.rfc3339),
        "lastHeartbeatTime": .string(store.now.rfc3339),
      ]
    ]
    _ = try server.update(ObjectKey(Kinds.node, "", node), subresource: "status", object, WriteOptions())
  }

  /// Makes all workers anew, as the next command does.
  func restart() {
    let surroundings = Surroundings(client: client, lister: store, agenda: store, notes: store, recorder: store, dice: store.dice)
    workers = controllers(surroundings) + [kubelet]
  }

  func run(for time: Duration) {
    let end = store.now + time
    deliver()
    while let item = store.popDue(notLaterThan: end) {
      if item.time > store.now { store.now = item.time }
      worked[item.worker, default: 0] += 1
      workers.first { $0.name == item.worker }?.work(on: item.key)
      deliver()
    }
    store.now = end
  }

  private func deliver() {
    for change in store.takeChanges() {
      for worker in workers where worker.watches.contains(change.key.kind) { worker.observe(change) }
    }
  }

  // MARK: Short words

  @discardableResult func create(_ kind: Kind, _ object: Value) throws -> Value {
    try server.create(kind, namespace: kind.namespaced ? "default" : "", object, WriteOptions())
  }

  func patch(_ kind: Kind, _ name: String, _ patch: Value) throws {
    _ = try server.patch(ObjectKey(kind, kind.namespaced ? "default" : "", name), subresource: nil, .merge(patch), WriteOptions())
  }

  func delete(_ kind: Kind, _ name: String, _ propagation: DeleteOptions.Propagation? = .background) throws {
    var options = DeleteOptions()
    options.propagation = propagation
    _ = try server.delete(ObjectKey(kind, kind.namespaced ? "default" : "", name), options)
  }

  func get(_ kind: Kind, _ name: String) -> Value { store.get(ObjectKey(kind, kind.namespaced ? "default" : "", name)) ?? .null }
  func list(_ kind: Kind) -> [Value] { store.list(kind, namespace: kind.namespaced ? "default" : nil) }

  /// The events of an object, oldest first: `reason: message`.
  func events(_ kind: String, _ name: String = "") throws -> [String] {
    try server.list(Kinds.event, namespace: nil, ListOptions()).items
      .filter { $0["involvedObject"]["kind"].text == kind && (name.isEmpty || $0["involvedObject"]["name"].text == name) }
      .sorted { (Int64($0.resourceVersion) ?? 0) < (Int64($1.resourceVersion) ?? 0) }
      .map { "\($0["reason"].text): \($0["message"].text)" }
  }

  static func deployment(_ name: String, replicas: Int, image: String = "nginx:1", spec: Value = [:]) -> Value {
    var object: Value = [
      "metadata": ["name": .string(name)],
      "spec": [
        "replicas": Value(replicas), "selector": ["matchLabels": ["app": .string(name)]],
        "template": [
          "metadata": ["labels": ["app": .string(name)]],
          "spec": ["containers": [["name": "c", "image": .string(image), "ports": [["name": "http", "containerPort": 80]]]]],
        ],
      ],
    ]
    for member in spec.members { object["spec"][member.key] = member.value }
    return object
  }
}

/// Binds pods in turn, makes them ready after a tenth of a second, ends deleted ones as fast.
final class FakeKubelet: Worker {
  let name = "fake-kubelet"
  let watches = [Kinds.pod]
  let surroundings: Surroundings
  let nodes: [String]
  var turn = 0
  /// Pods whose image holds this never become ready.
  let unpullable = "no-such"
  /// Nodes that do nothing.
  var dead: Set<String> = []
  var startTime = Duration.milliseconds(100)

  init(_ surroundings: Surroundings, nodes: [String]) {
    self.surroundings = surroundings
    self.nodes = nodes
  }

  func observe(_ change: Change) {
    if change.verb == .deleted { return }
    if change.verb == .added || change.new.isBeingDeleted { surroundings.agenda.note(change.new.queueKey, for: name, after: startTime) }
  }

  func work(on key: String) {
    let (namespace, podName) = splitKey(key)
    let key = ObjectKey(Kinds.pod, namespace, podName)
    guard let pod = surroundings.lister.get(key) else { return }
    let node = pod["spec"]["nodeName"].text
    if dead.contains(node) { return }
    do {
      if pod.isBeingDeleted {
        var options = DeleteOptions()
        options.gracePeriodSeconds = 0
        _ = try surroundings.client.delete(key, options)
      } else if node.isEmpty {
        let live = nodes.filter { !dead.contains($0) }
        guard !live.isEmpty else { return }
        turn += 1
        let target: Value = ["target": ["kind": "Node", "name": .string(live[turn % live.count])], "metadata": ["name": .string(podName)]]
        _ = try surroundings.client.create(key, subresource: "binding", target, WriteOptions())
        surroundings.agenda.note(pod.queueKey, for: name, after: startTime)
      } else if !pod["spec"]["containers"][0]["image"].text.contains(unpullable) {
        let now = Value.string(surroundings.agenda.now.rfc3339)
        var running = pod
        let uid = Array(pod.uid.utf8)
        running["status", "phase"] = "Running"
        running["status", "podIP"] = "10.64.\(uid[0]).\(uid[1])"
        running["status", "podIPs"] = [["ip": running["status"]["podIP"]]]
        running["status", "conditions"] = [["type": "Ready", "status": "True", "lastTransitionTime": now]]
        _ = try surroundings.client.update(key, subresource: "status", running, WriteOptions())
      }
    } catch {}
  }
}

/// The server as a client; time does not pass in it.
final class ServerClient: Client {
  let server: APIServer
  var onWarning: ((String) -> Void)?
  /// Refuses pods with this error.
  var podError: Status?

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
    if kind == Kinds.pod, let podError { throw podError }
    return try server.create(kind, namespace: namespace, object, options)
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
