import API
import APIMachinery
import Client
import Formats
import Testing

@testable import KubeControllerManager

private func service(_ name: String, _ spec: Value) -> Value { ["metadata": ["name": .string(name)], "spec": spec] }

@Test func aServiceListsItsReadyPods() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 3))
  try cluster.create(
    Kinds.service, service("web", ["selector": ["app": "web"], "ports": [["name": "http", "port": 80, "targetPort": "http"]]]))
  cluster.run(for: .milliseconds(50))
  #expect(cluster.get(Kinds.endpoints, "web").has("metadata"))
  #expect(!cluster.get(Kinds.endpoints, "web").has("subsets"))
  let empty = try #require(cluster.list(Kinds.endpointSlice).first { $0.label("kubernetes.io/service-name") == "web" })
  #expect(empty["endpoints"].items.isEmpty && empty["ports"].items.isEmpty && empty.name.hasPrefix("web-"))
  cluster.run(for: .seconds(2))
  let subsets = cluster.get(Kinds.endpoints, "web")["subsets"].items
  #expect(subsets.count == 1)
  #expect(subsets[0]["addresses"].items.count == 3)
  #expect(subsets[0]["ports"] == [["name": "http", "port": 80, "protocol": "TCP"]])
  #expect(subsets[0]["addresses"][0]["targetRef"]["kind"] == "Pod")
  let ips = subsets[0]["addresses"].items.map { $0["ip"].text }
  #expect(ips == ips.sorted())
  let slice = cluster.get(Kinds.endpointSlice, empty.name)
  #expect(slice["endpoints"].items.count == 3)
  #expect(slice["endpoints"][0]["conditions"] == ["ready": true, "serving": true, "terminating": false])
  #expect(slice["endpoints"][0]["zone"].text.hasPrefix("zone-"))
  #expect(slice.annotation("endpoints.kubernetes.io/last-change-trigger-time") != nil)
  try cluster.patch(Kinds.deployment, "web", ["spec": ["replicas": 0]])
  cluster.run(for: .milliseconds(50))
  #expect(
    cluster.get(Kinds.endpointSlice, empty.name)["endpoints"][0]["conditions"] == ["ready": false, "serving": true, "terminating": true])
  #expect(!cluster.get(Kinds.endpoints, "web").has("subsets"))
  cluster.run(for: .seconds(2))
  #expect(cluster.get(Kinds.endpointSlice, empty.name)["endpoints"].items.isEmpty)
  #expect(!cluster.get(Kinds.endpoints, "web")["metadata"].has("annotations"))
  try cluster.delete(Kinds.service, "web")
  cluster.run(for: .seconds(1))
  #expect(cluster.get(Kinds.endpoints, "web").isNull)
  #expect(cluster.get(Kinds.endpointSlice, empty.name).isNull)
}

@Test func headlessServicesAreLabelledAndExternalNamesHaveNone() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.service, service("h", ["clusterIP": "None", "selector": ["app": "x"], "ports": [["port": 80]]]))
  try cluster.create(Kinds.service, service("e", ["type": "ExternalName", "externalName": "example.com"]))
  cluster.run(for: .seconds(1))
  #expect(cluster.get(Kinds.endpoints, "h").label("service.kubernetes.io/headless") == "")
  #expect(cluster.get(Kinds.endpoints, "e").isNull)
  let labels = cluster.list(Kinds.endpointSlice).map { $0.label("kubernetes.io/service-name") ?? "" }
  #expect(labels == ["h", "kubernetes"])
}

@Test func handWrittenEndpointsAreMirrored() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.service, service("db", ["ports": [["port": 5432]]]))
  try cluster.create(
    Kinds.endpoints,
    ["metadata": ["name": "db"], "subsets": [["addresses": [["ip": "192.168.1.9"], ["ip": "192.168.1.8"]], "ports": [["port": 5432]]]]])
  cluster.run(for: .seconds(1))
  func slices() -> [Value] { cluster.list(Kinds.endpointSlice).filter { $0.label("kubernetes.io/service-name") == "db" } }
  #expect(slices().count == 1)
  #expect(slices().first?.label("endpointslice.kubernetes.io/managed-by") == "endpointslicemirroring-controller.k8s.io")
  #expect(slices().first?["endpoints"].items.count == 2)
  #expect(slices().first?.controllerReference?["kind"] == "Endpoints")
  try cluster.delete(Kinds.endpoints, "db")
  cluster.run(for: .seconds(1))
  #expect(slices().isEmpty)
}

@Test func aNamespaceHasItsBelongingsAndGoesAfterFiveSeconds() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.namespace, ["metadata": ["name": "demo"]])
  cluster.run(for: .seconds(1))
  let account = ObjectKey(Kinds.serviceAccount, "demo", "default")
  let certificate = ObjectKey(Kinds.configMap, "demo", "kube-root-ca.crt")
  #expect(cluster.store.get(account) != nil)
  #expect(cluster.store.get(certificate)?["data"]["ca.crt"].text.hasPrefix("-----BEGIN CERTIFICATE-----\nMIIC") == true)
  _ = try cluster.server.delete(certificate, DeleteOptions())
  _ = try cluster.server.delete(account, DeleteOptions())
  cluster.run(for: .seconds(1))
  #expect(cluster.store.get(account) != nil && cluster.store.get(certificate) != nil)
  try cluster.delete(Kinds.namespace, "demo")
  cluster.run(for: .milliseconds(4900))
  #expect(cluster.get(Kinds.namespace, "demo")["status"]["phase"] == "Terminating")
  #expect(cluster.store.get(certificate) != nil)
  cluster.run(for: .milliseconds(300))
  #expect(cluster.get(Kinds.namespace, "demo").isNull)
  #expect(cluster.store.get(certificate) == nil)
}

@Test func aNamespaceTellsWhatHoldsIt() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.namespace, ["metadata": ["name": "term"]])
  let held = ObjectKey(Kinds.configMap, "term", "held")
  _ = try cluster.server.create(
    Kinds.configMap, namespace: "term", ["metadata": ["name": "held", "finalizers": ["example.com/hold"]]], WriteOptions())
  cluster.run(for: .seconds(1))
  try cluster.delete(Kinds.namespace, "term")
  cluster.run(for: .seconds(6))
  let conditions = cluster.get(Kinds.namespace, "term")["status"]["conditions"].items
  #expect(
    conditions.map { "\($0["type"].text) \($0["status"].text) \($0["reason"].text): \($0["message"].text)" } == [
      "NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully discovered",
      "NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: All legacy kube types successfully parsed",
      "NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, may be waiting on finalization",
      "NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances",
      "NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
    ])
  _ = try cluster.server.patch(held, subresource: nil, .merge(["metadata": ["finalizers": nil]]), WriteOptions())
  cluster.run(for: .seconds(16))
  #expect(cluster.get(Kinds.namespace, "term").isNull)
}

@Test func aNamespaceWithPodsWaitsForThem() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.namespace, ["metadata": ["name": "demo"]])
  cluster.run(for: .seconds(1))
  _ = try cluster.server.create(Kinds.deployment, namespace: "demo", TestCluster.deployment("web", replicas: 3), WriteOptions())
  cluster.run(for: .seconds(3))
  try cluster.delete(Kinds.namespace, "demo")
  cluster.run(for: .seconds(6))
  #expect(!cluster.get(Kinds.namespace, "demo").isNull)
  cluster.run(for: .seconds(20))
  #expect(cluster.get(Kinds.namespace, "demo").isNull)
  #expect(cluster.store.count(Kinds.pod, namespace: "demo") == 0)
}

@Test(arguments: [DeleteOptions.Propagation.background, .foreground])
func ownersTakeTheirDependentsAlong(_ propagation: DeleteOptions.Propagation) throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 3))
  cluster.run(for: .seconds(2))
  try cluster.delete(Kinds.deployment, "web", propagation)
  #expect(cluster.get(Kinds.deployment, "web").isNull == (propagation == .background))
  cluster.run(for: .milliseconds(90))
  #expect(cluster.list(Kinds.pod).allSatisfy { $0.isBeingDeleted })
  #expect(cluster.list(Kinds.pod).count == 3)
  #expect(cluster.list(Kinds.replicaSet).isEmpty == (propagation == .background))
  cluster.run(for: .seconds(2))
  #expect(cluster.list(Kinds.pod).isEmpty)
  #expect(cluster.list(Kinds.replicaSet).isEmpty)
  #expect(cluster.get(Kinds.deployment, "web").isNull)
}

@Test func anOwnerThatNeverWasTakesNothingWithIt() throws {
  let cluster = try TestCluster()
  try cluster.create(
    Kinds.configMap,
    ["metadata": ["name": "a", "ownerReferences": [["apiVersion": "v1", "kind": "ConfigMap", "name": "gone", "uid": "no-such-uid"]]]])
  try cluster.create(Kinds.configMap, ["metadata": ["name": "b"]])
  cluster.run(for: .seconds(1))
  #expect(cluster.get(Kinds.configMap, "a").isNull)
  #expect(!cluster.get(Kinds.configMap, "b").isNull)
}

@Test func aSilentNodeLosesItsPodsAfterFiveMinutes() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 6))
  cluster.run(for: .seconds(5))
  #expect(cluster.store.pods(onNode: "node-2").count == 2)
  cluster.kubelet.dead = ["node-2"]
  cluster.store.setNote("node-heartbeat", "node-2", ["stopped": .int(cluster.store.now.nanoseconds)])
  cluster.store.note("node-2", for: "node-lifecycle", at: cluster.store.now)
  cluster.run(for: .seconds(39))
  #expect(cluster.get(Kinds.node, "node-2").condition("Ready")?["status"] == "True")
  cluster.run(for: .seconds(3))
  let node = cluster.get(Kinds.node, "node-2")
  #expect(node.condition("Ready")?["status"] == "Unknown")
  #expect(node.condition("Ready")?["message"] == "Kubelet stopped posting node status.")
  #expect(
    node["spec"]["taints"].items.map { "\($0["key"].text):\($0["effect"].text)" } == [
      "node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute",
    ])
  #expect(cluster.store.pods(onNode: "node-2").allSatisfy { !$0.isReadyPod })
  #expect(cluster.get(Kinds.deployment, "web")["status"].int32("readyReplicas") == 4)
  #expect(try cluster.events("Node", "node-2").last == "NodeNotReady: Node node-2 status is now: NodeNotReady")
  cluster.run(for: .seconds(290))
  #expect(cluster.list(Kinds.pod).count == 6)
  cluster.run(for: .seconds(15))
  #expect(cluster.store.pods(onNode: "node-2").allSatisfy { $0.isBeingDeleted })
  #expect(cluster.store.pods(onNode: "node-2").first?.condition("DisruptionTarget")?["reason"] == "DeletionByTaintManager")
  #expect(cluster.get(Kinds.deployment, "web")["status"].int32("readyReplicas") == 6)
  let evicted = try #require(cluster.store.pods(onNode: "node-2").first)
  #expect(try cluster.events("Pod", evicted.name).contains("TaintManagerEviction: Marking for deletion Pod default/\(evicted.name)"))
  // A week of silence is nothing to do.
  let before = cluster.worked
  cluster.run(for: .seconds(7 * 86400))
  #expect(cluster.worked.values.reduce(0, +) - before.values.reduce(0, +) < 50)
}

@Test func aNodeThatComesBackKeepsItsPods() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 3))
  cluster.run(for: .seconds(5))
  cluster.store.setNote("node-heartbeat", "node-2", ["stopped": .int(cluster.store.now.nanoseconds)])
  cluster.store.note("node-2", for: "node-lifecycle", at: cluster.store.now)
  cluster.run(for: .seconds(60))
  #expect(cluster.get(Kinds.node, "node-2")["spec"]["taints"].items.count == 2)
  cluster.store.setNote("node-heartbeat", "node-2", nil)
  try cluster.setReady("node-2", "True")
  cluster.run(for: .seconds(5))
  #expect(!cluster.get(Kinds.node, "node-2")["spec"].has("taints"))
  let pod = try #require(cluster.store.pods(onNode: "node-2").first)
  #expect(try cluster.events("Pod", pod.name).contains("TaintManagerEviction: Cancelling deletion of Pod default/\(pod.name)"))
  cluster.run(for: .seconds(400))
  #expect(cluster.store.pods(onNode: "node-2").contains { $0.uid == pod.uid && !$0.isBeingDeleted })
}

@Test func whenAllNodesFallSilentNothingIsEvicted() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 3))
  cluster.run(for: .seconds(5))
  for node in ["node-1", "node-2", "node-3"] {
    cluster.store.setNote("node-heartbeat", node, ["stopped": .int(cluster.store.now.nanoseconds)])
    cluster.store.note(node, for: "node-lifecycle", at: cluster.store.now)
  }
  cluster.kubelet.dead = ["node-1", "node-2", "node-3"]
  cluster.run(for: .seconds(500))
  #expect(cluster.list(Kinds.node).allSatisfy { NodeTaints.noExecute($0).isEmpty })
  #expect(cluster.list(Kinds.pod).allSatisfy { !$0.isBeingDeleted })
}

@Test func cordonedNodesAreTaintedAndNewOnesProvided() throws {
  let cluster = try TestCluster()
  #expect(cluster.list(Kinds.node).map { $0["spec"]["podCIDR"].text } == ["10.64.1.0/24", "10.64.2.0/24", "10.64.3.0/24"])
  #expect(cluster.get(Kinds.node, "node-1").annotation("node.alpha.kubernetes.io/ttl") == "0")
  try cluster.patch(Kinds.node, "node-1", ["spec": ["unschedulable": true]])
  cluster.run(for: .seconds(1))
  let taint = cluster.get(Kinds.node, "node-1")["spec"]["taints"][0]
  #expect(taint["key"] == "node.kubernetes.io/unschedulable" && taint["effect"] == "NoSchedule" && taint.has("timeAdded"))
  try cluster.patch(Kinds.node, "node-1", ["spec": ["unschedulable": nil]])
  cluster.run(for: .seconds(1))
  #expect(!cluster.get(Kinds.node, "node-1")["spec"].has("taints"))
  #expect(try cluster.events("Node", "node-1").first == "RegisteredNode: Node node-1 event: Registered Node node-1 in Controller")
}

@Test func podsOfADeletedNodeAreCollected() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 3))
  cluster.run(for: .seconds(5))
  cluster.kubelet.dead = ["node-2"]
  try cluster.delete(Kinds.node, "node-2")
  cluster.run(for: .seconds(30))
  #expect(cluster.store.pods(onNode: "node-2").count == 1)
  cluster.run(for: .seconds(30))
  #expect(cluster.store.pods(onNode: "node-2").isEmpty)
  #expect(cluster.get(Kinds.deployment, "web")["status"].int32("readyReplicas") == 3)
}
