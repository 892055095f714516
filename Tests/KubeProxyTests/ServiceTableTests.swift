import Formats
import KubeProxy
import Testing

struct ServiceTableTests {
  @Test func aServiceLeadsToItsReadyEndpoints() throws {
    let table = ServiceTable(
      Sample.service(),
      Sample.slice([Sample.endpoint("127.64.0.2"), Sample.endpoint("127.64.0.1"), Sample.endpoint("127.64.0.3", Sample.notReady)]))
    let rule = try #require(table.web?.rules.first)
    #expect(table.web?.rules.count == 1)
    #expect(rule.listens == [ListenAddress("127.96.0.5", 80)])
    #expect(rule.openPlaces == ["127.64.0.1:8080", "127.64.0.2:8080"])
    #expect(rule.endpoints.map(\.condition) == [.ready, .ready, .notReady])
    #expect(rule.balance == .roundRobin)
    #expect(rule.affinity == nil)
    #expect(table.web?.problems == [])
  }

  @Test func whatIsNotSaidIsReady() {
    let table = ServiceTable(Sample.service(), Sample.slice([Sample.endpoint("127.64.0.1", [:])]))
    #expect(table.web?.rules.first?.openPlaces == ["127.64.0.1:8080"])
  }

  @Test func endingOnesAreTheLastResort() {
    var table = ServiceTable(
      Sample.service(), Sample.slice([Sample.endpoint("127.64.0.1", Sample.ending), Sample.endpoint("127.64.0.2")]))
    #expect(table.web?.rules.first?.openPlaces == ["127.64.0.2:8080"])
    table.set(slice: Sample.slice([Sample.endpoint("127.64.0.1", Sample.ending), Sample.endpoint("127.64.0.2", Sample.notReady)]))
    #expect(table.web?.rules.first?.openPlaces == ["127.64.0.1:8080"])
    // One that is ending and does not answer any more is none.
    table.set(slice: Sample.slice([Sample.endpoint("127.64.0.1", ["ready": false, "serving": false, "terminating": true])]))
    #expect(table.web?.rules.first?.openPlaces == [])
  }

  @Test func publishNotReadyAddressesMeansAllOfThem() {
    let table = ServiceTable(
      Sample.service("web", ["publishNotReadyAddresses": true]), Sample.slice([Sample.endpoint("127.64.0.1", Sample.notReady)]))
    #expect(table.web?.rules.first?.openPlaces == ["127.64.0.1:8080"])
  }

  @Test func namedTargetPortsComeFromTheSlices() {
    let service = Sample.service(
      "web",
      [
        "ports": [
          ["name": "http", "port": 80, "protocol": "TCP", "targetPort": "web"],
          ["name": "dns", "port": 53, "protocol": "UDP", "targetPort": "dns"],
        ]
      ])
    // Two pods whose containers name different numbers are in two slices.
    let table = ServiceTable(
      service,
      Sample.slice(
        "web-1", [Sample.endpoint("127.64.0.1")],
        ports: [["name": "http", "port": 8080, "protocol": "TCP"], ["name": "dns", "port": 5353, "protocol": "UDP"]]),
      Sample.slice("web-2", [Sample.endpoint("127.64.0.2")], ports: [["name": "http", "port": 9090, "protocol": "TCP"]]))
    #expect(table.web?.rules.map(\.openPlaces) == [["127.64.0.1:8080", "127.64.0.2:9090"], ["127.64.0.1:5353"]])
    #expect(table.web?.rules.map(\.listens) == [[ListenAddress("127.96.0.5", 80)], [ListenAddress("127.96.0.5", 53, .udp)]])
  }

  @Test func nodePortsListenOnTheNode() {
    let service = Sample.service(
      "web", ["type": "NodePort", "ports": [["name": "http", "port": 80, "protocol": "TCP", "nodePort": 30080]]])
    let table = ServiceTable(
      service, Sample.slice([Sample.endpoint("127.64.0.1")]),
      node: .init(name: "localhost", addresses: ["127.0.0.1", "192.0.2.1", "127.0.0.1"]))
    #expect(
      table.web?.rules.map(\.listens) == [
        [ListenAddress("127.96.0.5", 80), ListenAddress("127.0.0.1", 30080), ListenAddress("192.0.2.1", 30080)]
      ])
    #expect(table.web?.nodePorts == [80: 30080])
  }

  @Test func localPoliciesPassOverOtherNodes() {
    let service = Sample.service(
      "web",
      [
        "type": "NodePort", "externalTrafficPolicy": "Local",
        "ports": [["name": "http", "port": 80, "protocol": "TCP", "nodePort": 30080]],
      ])
    let table = ServiceTable(
      service, Sample.slice([Sample.endpoint("127.64.0.1"), Sample.endpoint("192.0.2.7", node: "elsewhere")]),
      node: .init(name: "localhost"))
    #expect(table.web?.rules.map(\.openPlaces) == [["127.64.0.1:8080", "192.0.2.7:8080"], ["127.64.0.1:8080"]])
    #expect(table.web?.rules.map(\.listens) == [[ListenAddress("127.96.0.5", 80)], [ListenAddress("127.0.0.1", 30080)]])
  }

  @Test func eachFamilyHasItsOwnEndpoints() {
    let service = Sample.service("web", ["clusterIPs": ["127.96.0.5", "fd00::5"]])
    let table = ServiceTable(
      service, Sample.slice("web-1", [Sample.endpoint("127.64.0.1")]), Sample.slice("web-2", [Sample.endpoint("fd00::1")], family: "IPv6"))
    #expect(table.web?.rules.map(\.openPlaces) == [["127.64.0.1:8080"], ["[fd00::1]:8080"]])
    #expect(table.web?.rules.last?.listens.first?.description == "[fd00::5]:80")
  }

  @Test(
    arguments: [
      ["clusterIP": "None", "clusterIPs": ["None"]],
      ["type": "ExternalName", "clusterIP": "", "clusterIPs": [], "externalName": "example.com"],
      // Nobody's endpoints: those of the Kubernetes API itself, say.
      ["selector": [:]],
    ] as [Value])
  func someListenNowhere(_ spec: Value) {
    #expect(ServiceTable(Sample.service("web", spec)).web?.rules.isEmpty == true)
  }

  @Test func affinityAndBalanceAreRead() {
    let service = Sample.service(
      "web", ["sessionAffinity": "ClientIP", "sessionAffinityConfig": ["clientIP": ["timeoutSeconds": 60]]],
      annotations: ["service.kctl.dev/balance": "least-connections"])
    let rule = ServiceTable(service).web?.rules.first
    #expect(rule?.affinity == .seconds(60))
    #expect(rule?.balance == .leastConnections)
    #expect(ServiceTable(Sample.service("web", ["sessionAffinity": "ClientIP"])).web?.rules.first?.affinity == .seconds(10800))
  }

  @Test func whatIsNotDoneIsTold() {
    let service = Sample.service(
      "web",
      [
        "externalIPs": ["192.0.2.9"],
        "ports": [["name": "http", "port": 80, "protocol": "TCP"], ["name": "signal", "port": 3868, "protocol": "SCTP"]],
      ], annotations: ["service.kctl.dev/balance": "random"])
    #expect(
      ServiceTable(service).web?.problems.map { "\($0.reason): \($0.message)" } == [
        "InvalidBalance: invalid value \"random\" for annotation service.kctl.dev/balance: expected round-robin or least-connections; "
          + "round-robin is used",
        "UnsupportedExternalIP: spec.externalIPs (192.0.2.9) are not listened on: use the cluster address or a node port",
        "UnsupportedProtocol: port \"signal\" 3868/SCTP is not forwarded: only TCP and UDP are",
      ])
    #expect(ServiceTable(service).web?.rules.count == 1)
  }

  // MARK: Changes

  @Test func slicesMayComeFirstAndStayBehind() {
    var table = ServiceTable()
    table.set(slice: Sample.slice([Sample.endpoint("127.64.0.1")]))
    #expect(table.web == nil)
    table.set(service: Sample.service())
    #expect(table.web?.rules.first?.openPlaces == ["127.64.0.1:8080"])
    table.remove(service: ServiceKey("default", "web"))
    #expect(table.web == nil)
    table.removeSlice(namespace: "default", name: "web-1")
    table.set(service: Sample.service())
    #expect(table.web?.rules.first?.openPlaces == [])
  }

  @Test func aSliceMayChangeItsService() {
    var table = ServiceTable(Sample.service(), Sample.slice([Sample.endpoint("127.64.0.1")]))
    table.set(service: Sample.service("other", ["clusterIP": "127.96.0.6", "clusterIPs": ["127.96.0.6"]]))
    table.set(slice: Sample.slice("web-1", of: "other", [Sample.endpoint("127.64.0.1")]))
    #expect(table.web?.rules.first?.openPlaces == [])
    #expect(table.snapshot[ServiceKey("default", "other")]?.rules.first?.openPlaces == ["127.64.0.1:8080"])
  }

  @Test func anEndpointInTwoSlicesCountsOnce() {
    let table = ServiceTable(
      Sample.service(), Sample.slice("web-1", [Sample.endpoint("127.64.0.1", Sample.notReady)]),
      Sample.slice("web-2", [Sample.endpoint("127.64.0.1")]))
    #expect(table.web?.rules.first?.endpoints.map(\.condition) == [.ready])
  }

  @Test func whatMakesNoDifferenceIsNoChange() {
    var table = ServiceTable(Sample.service(), Sample.slice([Sample.endpoint("127.64.0.1")]))
    let before = table.snapshot
    var slice = Sample.slice([Sample.endpoint("127.64.0.1")])
    slice["metadata", "resourceVersion"] = "77"
    table.set(slice: slice)
    #expect(table.snapshot.revision == before.revision)
    #expect(table.snapshot.changes(since: before).isEmpty)
  }

  @Test func onlyWhatHasChangedIsLookedAt() {
    var table = ServiceTable()
    for i in 0..<2000 {
      let address = Value.string("127.96.\(i / 200).\(i % 200 + 1)")
      table.set(service: Sample.service("web-\(i)", ["clusterIP": address, "clusterIPs": [address]]))
    }
    let before = table.snapshot
    #expect(before.services.count == 2000)
    table.set(slice: Sample.slice("s", of: "web-77", [Sample.endpoint("127.64.0.1")]))
    table.remove(service: ServiceKey("default", "web-1234"))
    let changes = table.snapshot.changes(since: before)
    #expect(changes.map(\.service.name) == ["web-1234", "web-77"])
    #expect(changes.map { $0.new == nil } == [true, false])
    #expect(before[ServiceKey("default", "web-1234")] != nil, "an earlier state stays as it was")
    #expect(table.snapshot.changes(since: .empty).count == 1999)
  }
}

/// The API server is not reached by its Service here: nobody listens there, and nobody is told that he can't.
@Test func theServiceOfTheAPIServerIsNotListenedFor() {
  var service = Sample.service("kubernetes", ["selector": [:], "clusterIP": "127.96.0.1", "clusterIPs": ["127.96.0.1"]])
  let slice = Sample.slice("kubernetes", of: "kubernetes", [Sample.endpoint("192.0.2.2")])
  #expect(ServiceTable(service, slice).snapshot[ServiceKey("default", "kubernetes")]?.rules.isEmpty == true)
  service["metadata"]["name"] = "other"
  #expect(ServiceTable(service, Sample.slice("o", of: "other", [Sample.endpoint("127.64.0.1")])).snapshot.services.first?.rules.count == 1)
}
