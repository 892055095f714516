import API
import Client
import Formats
import KubeProxy
import Testing

// Pods' host ports as rules, and what is told where they can't be listened on.

struct HostPortsTests {
  private func pod(
    _ ports: Value, address: String = "127.64.0.9", phase: String = "Running", node: String = "localhost", spec: Value = [:]
  ) -> Value {
    var pod: Value = [
      "metadata": ["name": "web", "namespace": "default"],
      "spec": ["nodeName": .string(node), "containers": [["name": "main", "ports": ports]]],
      "status": ["podIP": .string(address), "phase": .string(phase)],
    ]
    for member in spec.members { pod["spec"][member.key] = member.value }
    return pod
  }

  private func rules(_ pod: Value) -> [ForwardingRule] {
    var table = ServiceTable(node: .init(name: "localhost"))
    table.set(pod: pod)
    return table.snapshot[ServiceKey("default", "web", .pod)]?.rules ?? []
  }

  @Test func hostPortsLeadToTheirContainers() {
    let found = rules(
      pod([
        ["containerPort": 8080, "hostPort": 80], ["containerPort": 53, "hostPort": 5353, "protocol": "UDP", "hostIP": "127.5.5.5"],
        ["containerPort": 9000],
      ]))
    #expect(found.flatMap(\.listens).map(\.description) == ["127.0.0.1:80", "127.5.5.5:5353/UDP"])
    #expect(found.map(\.openPlaces) == [["127.64.0.9:8080"], ["127.64.0.9:53"]])
    #expect(Set(found.map(\.id)).count == 2)
    // A pod that has no address yet has its port already: nobody else is to have it meanwhile.
    let early = rules(pod([["containerPort": 8080, "hostPort": 80]], address: "", phase: "Pending"))
    #expect(early.map(\.listens) == [[ListenAddress("127.0.0.1", 80)]] && early[0].open.isEmpty)
  }

  @Test func whatIsNotOursIsNotListenedOn() {
    let one: Value = [["containerPort": 8080, "hostPort": 8080]]
    #expect(rules(pod(one, phase: "Succeeded")).isEmpty)
    #expect(rules(pod(one, node: "")).isEmpty && rules(pod(one, node: "other")).isEmpty)
    #expect(!HostPorts.isWanted(by: pod(one, spec: ["hostNetwork": true])))
    #expect(!HostPorts.isWanted(by: pod([["containerPort": 8080]])))
    #expect(rules(pod([["containerPort": 8080, "hostPort": 8080, "hostIP": "0.0.0.0"]])).isEmpty)
    // A pod that shares the machine's address listens there itself.
    #expect(rules(pod(one, address: "127.0.0.1")).isEmpty)
  }

  @Test func whereAPodsPortIsNotPermittedItSaysSo() throws {
    let cluster = try ProxyCluster()
    try cluster.create(Kinds.serviceAccount, ["metadata": ["name": "default"]])
    let container: Value = ["name": "main", "image": "a", "ports": [["containerPort": 80, "hostPort": 80]]]
    try cluster.create(Kinds.pod, ["metadata": ["name": "web"], "spec": ["nodeName": "localhost", "containers": [container]]])
    cluster.forwarder.problems = [
      ListenProblem(ServiceKey("default", "web", .pod), ListenAddress("127.0.0.1", 80), .notPermitted)
    ]
    cluster.run()
    #expect(cluster.forwarder.tables.last?[ServiceKey("default", "web", .pod)]?.rules.count == 1)
    #expect(
      try cluster.events() == [
        "Warning FailedToListen: failed to listen on 127.0.0.1:80: ports below 1024 are not permitted to this user; "
          + "hint: use a hostPort of 1024 or above"
      ])
  }
}
