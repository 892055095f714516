import API
import APIMachinery
import Client
import Formats
import KubeAPIServer
import KubeProxy
import Testing

/// A forwarder that only remembers.
final class FakeForwarder: Forwarder {
  var tables: [ServiceTable.Snapshot] = []
  var appliedRevision: Int { tables.last?.revision ?? -1 }
  var problems: [ListenProblem] = []
  var occupant: Occupant?
  func apply(_ table: ServiceTable.Snapshot) { tables.append(table) }
  func occupant(of listen: ListenAddress) -> Occupant? { occupant }
}

/// A store with a kube-proxy and nothing else.
final class ProxyCluster {
  let store: Store
  let server: APIServer
  let forwarder = FakeForwarder()
  let proxy: ServiceProxy

  init() throws {
    let dice = Dice(Random(seed: 1))
    store = Store(now: Instant(year: 2026, month: 11, day: 23), dice: dice)
    server = APIServer(store: store, clock: store, dice: dice)
    proxy = ServiceProxy(lister: store, agenda: store, recorder: store, forwarder: forwarder, node: .init(name: "localhost"))
    try server.bootstrap()
    proxy.start()
    run()
  }

  func run(for time: Duration = .seconds(1)) {
    let end = store.now + time
    deliver()
    while let item = store.popDue(notLaterThan: end) {
      if item.time > store.now { store.now = item.time }
      if item.worker == proxy.name { proxy.work(on: item.key) }
      deliver()
    }
    store.now = end
  }

  private func deliver() {
    for change in store.takeChanges() where proxy.watches.contains(change.key.kind) { proxy.observe(change) }
  }

  @discardableResult func create(_ kind: Kind, _ object: Value) throws -> Value {
    try server.create(kind, namespace: "default", object, WriteOptions())
  }

  func events() throws -> [String] {
    try server.list(Kinds.event, namespace: nil, ListOptions()).items
      .filter { ["Service", "Pod"].contains($0["involvedObject"]["kind"].text) }
      .sorted { (Int64($0.resourceVersion) ?? 0) < (Int64($1.resourceVersion) ?? 0) }
      .map { "\($0["type"].text) \($0["reason"].text): \($0["message"].text)" }
  }
}

struct ServiceProxyTests {
  static let service: Value = [
    "metadata": ["name": "web"],
    "spec": [
      "type": "NodePort", "selector": ["app": "web"], "ports": [["name": "http", "port": 80, "targetPort": 8080, "nodePort": 30080]],
    ],
  ]

  @Test func rulesFollowTheCluster() throws {
    let cluster = try ProxyCluster()
    let handed = cluster.forwarder.tables.count
    try cluster.create(Kinds.service, Self.service)
    try cluster.create(
      Kinds.endpointSlice, Sample.slice([Sample.endpoint("127.64.0.1")]))
    cluster.run()
    #expect(cluster.forwarder.tables.count == handed + 1, "changes of one moment are one table")
    let rules = cluster.forwarder.tables.last?[ServiceKey("default", "web")]?.rules
    #expect(rules?.map(\.openPlaces) == [["127.64.0.1:8080"]])
    var options = DeleteOptions()
    options.propagation = .background
    _ = try cluster.server.delete(ObjectKey(Kinds.service, "default", "web"), options)
    cluster.run()
    #expect(cluster.forwarder.tables.last?[ServiceKey("default", "web")] == nil)
  }

  @Test func whatStandsAlreadyIsReadAtTheStart() throws {
    let cluster = try ProxyCluster()
    try cluster.create(Kinds.service, Self.service)
    cluster.run()
    let forwarder = FakeForwarder()
    ServiceProxy(lister: cluster.store, agenda: cluster.store, recorder: cluster.store, forwarder: forwarder).start()
    #expect(forwarder.tables.last?[ServiceKey("default", "web")] != nil)
  }

  @Test func aPortThatIsNotPermittedOffersTheNodePort() throws {
    let cluster = try ProxyCluster()
    try cluster.create(Kinds.service, Self.service)
    let listen = ListenAddress("127.96.0.5", 80)
    cluster.forwarder.problems = [ListenProblem(ServiceKey("default", "web"), listen, .notPermitted)]
    cluster.run(for: .seconds(30))
    #expect(
      try cluster.events() == [
        "Warning FailedToListen: failed to listen on 127.96.0.5:80: ports below 1024 are not permitted to this user; "
          + "hint: use its node port, 127.0.0.1:30080"
      ], "told once")
    cluster.forwarder.problems = []
    cluster.run(for: .seconds(30))
    #expect(try cluster.events().last == "Normal Listening: listening on all of its addresses")
  }

  @Test(arguments: [
    (
      ListenProblem.Cause.inUse,
      "address already in use by python3 (process 77), which listens on 0.0.0.0:8080; hint: let it listen on its own address, $(POD_IP) in a pod"
    ),
    (.takenBy(ServiceKey("shop", "db")), "Service shop/db listens there"), (.noSuchAddress, "this machine has no such address"),
    (.noDescriptors, "too many open files; hint: raise the limit (ulimit -n)"), (.other("no way"), "no way"),
  ])
  func otherCausesAreTold(_ cause: ListenProblem.Cause, _ words: String) throws {
    let cluster = try ProxyCluster()
    try cluster.create(Kinds.service, Self.service)
    cluster.forwarder.occupant = Occupant(program: "python3", process: 77, address: "0.0.0.0:8080")
    cluster.forwarder.problems = [ListenProblem(ServiceKey("default", "web"), ListenAddress("127.96.0.5", 8080), cause)]
    cluster.run()
    #expect(try cluster.events() == ["Warning FailedToListen: failed to listen on 127.96.0.5:8080: \(words)"])
  }

  @Test func whatIsNotDoneIsAnEvent() throws {
    let cluster = try ProxyCluster()
    var service = Self.service
    service["metadata", "annotations"] = ["service.kctl.dev/balance": "random"]
    try cluster.create(Kinds.service, service)
    cluster.run()
    #expect(try cluster.events().map { $0.prefix(22) } == ["Warning InvalidBalance"])
  }
}
