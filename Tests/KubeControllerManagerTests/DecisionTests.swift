import APIMachinery
import Formats
import Testing

@testable import KubeControllerManager

@Test(
  arguments: [
    // surge, unavailable, desired → surge, unavailable: deploymentutil's own table and its edges.
    ("25%", "25%", 3, 1, 0), ("25%", "25%", 1, 1, 0), ("25%", "25%", 10, 3, 2), ("0", "0", 10, 0, 1), ("1", "0", 10, 1, 0),
    ("0%", "0%", 10, 0, 1),
    ("100%", "100%", 7, 7, 7), ("2", "1", 10, 2, 1), ("50%", "0", 3, 2, 0), ("0", "25%", 3, 0, 1), ("25%", "25%", 0, 0, 1),
  ] as [(String, String, Int, Int, Int)])
func fencepostsRoundAsKubernetesRounds(_ surge: String, _ unavailable: String, _ desired: Int, _ maxSurge: Int, _ maxUnavailable: Int) {
  func value(_ text: String) -> Value { Int64(text).map(Value.int) ?? .string(text) }
  #expect(
    Fenceposts(maxSurge: value(surge), maxUnavailable: value(unavailable), desired: desired)
      == Fenceposts(surge: maxSurge, unavailable: maxUnavailable))
}

@Test func hostileFencepostsDoNotTrap() {
  for text in ["99999999999999%", "-5%", "%", "x", "2147483647%"] {
    _ = Fenceposts(maxSurge: .string(text), maxUnavailable: .int(.max), desired: Int(Int32.max))
  }
}

private func set(_ name: String, _ replicas: Int, available: Int = 0, max: Int? = nil, age: Int = 0) -> ReplicaSetView {
  var object: Value = [
    "metadata": ["name": .string(name), "uid": .string(name), "creationTimestamp": .string(Instant(seconds: Int64(1000 - age)).rfc3339)],
    "spec": ["replicas": Value(replicas)], "status": ["availableReplicas": Value(available)],
  ]
  if let max { object["metadata", "annotations", RevisionAnnotations.maxReplicas] = .string(String(max)) }
  return ReplicaSetView(object)
}

private func deployment(_ replicas: Int, surge: Value = 0, unavailable: Value = 0) -> DeploymentView {
  DeploymentView([
    "spec": [
      "replicas": Value(replicas),
      "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": surge, "maxUnavailable": unavailable]],
    ]
  ])
}

@Test(
  arguments: [
    // Cases of Kubernetes' TestScale: desired, surge, sizes of (newest … oldest), the maximum they were made for → sizes.
    (12, 0, [10, 0], 10, [12, 0]), (20, 0, [10, 0], 10, [20, 0]), (20, 0, [5, 5], 10, [10, 10]), (5, 0, [5, 5], 10, [3, 2]),
    (30, 0, [6, 4], 10, [18, 12]), (0, 0, [10, 10], 20, [0, 0]), (40, 0, [20, 10, 0], 30, [27, 13, 0]),
  ] as [(Int, Int, [Int], Int, [Int])])
func proportionsFollowSizes(_ desired: Int, _ surge: Int, _ sizes: [Int], _ max: Int, _ expected: [Int]) {
  let sets = sizes.enumerated().map { set("rs-\($0)", $1, max: max, age: $0) }
  let (result, _) = RolloutMath.proportions(deployment(desired, surge: Value(surge)), sets.active)
  var byName: [String: Int] = [:]
  for (view, size) in result { byName[view.name] = size }
  #expect(result.reduce(0) { $0 + $1.1 } == expected.reduce(0, +))
  if sizes.filter({ $0 > 0 }).count > 1 { #expect(sets.map { byName[$0.name] ?? 0 } == expected) }
}

@Test func unhealthyReplicasGoFirst() {
  let old = [set("b", 3, available: 3, age: 1), set("a", 5, available: 2, age: 9)]
  #expect(RolloutMath.withoutUnhealthy(old, limit: 2).map { "\($0.0.name) \($0.1)" } == ["a 3"])
  #expect(RolloutMath.withoutUnhealthy(old, limit: 9).map { "\($0.0.name) \($0.1)" } == ["a 2"])
  #expect(RolloutMath.scaledDown(old, available: 8, minAvailable: 2).map { "\($0.0.name) \($0.1)" } == ["a 0", "b 2"])
}

private func rankedPod(
  _ name: String, node: String = "n1", phase: String = "Running", ready: Int? = 100, cost: String? = nil, restarts: Int = 0,
  created: Int = 0
) -> Value {
  var pod: Value = [
    "metadata": ["name": .string(name), "uid": .string(name), "creationTimestamp": .string(Instant(seconds: Int64(created)).rfc3339)],
    "spec": ["nodeName": .string(node)],
    "status": ["phase": .string(phase), "containerStatuses": [["restartCount": Value(restarts)]]],
  ]
  if let ready {
    pod["status", "conditions"] = [
      ["type": "Ready", "status": "True", "lastTransitionTime": .string(Instant(seconds: Int64(ready)).rfc3339)]
    ]
  }
  if let cost { pod["metadata", "annotations", "controller.kubernetes.io/pod-deletion-cost"] = .string(cost) }
  return pod
}

@Test func podsAreDeletedInKubernetesOrder() {
  let pods = [
    rankedPod("old", created: 1), rankedPod("unassigned", node: "", phase: "Pending", ready: nil),
    rankedPod("pending", phase: "Pending", ready: nil), rankedPod("unready", ready: nil), rankedPod("cheap", cost: "-5"),
    rankedPod("young", ready: 9_000), rankedPod("restarted", restarts: 3, created: 1), rankedPod("dear", cost: "10"),
    rankedPod("crowded", node: "n2"),
  ]
  // Two more on n2 from a related set: its pods rank as more doubled up than those of n1.
  let related = pods + (0..<9).map { rankedPod("r\($0)", node: "n2") }
  let order = PodRank.toDelete(pods, related: related, count: pods.count - 1, now: Instant(seconds: 10_000)).map(\.name)
  #expect(order == ["unassigned", "pending", "unready", "cheap", "crowded", "young", "restarted", "old"])
  #expect(PodRank.toDelete(pods, related: [], count: 99, now: Instant(seconds: 0)).count == pods.count)
}

@Test func deletionCostsAreStrict() {
  #expect(["5", "-7", "+5", "05", "x", "99999999999", ""].map(PodRank.cost) == [5, -7, 0, 0, 0, 0, 0])
}

@Test func historyOfRevisionsIsKept() {
  var set: Value = ["metadata": ["annotations": ["deployment.kubernetes.io/revision": "1"]]]
  let deployment: Value = [
    "metadata": ["annotations": ["kubernetes.io/change-cause": "why", "deployment.kubernetes.io/revision": "2"]], "spec": ["replicas": 1],
  ]
  #expect(RevisionAnnotations.mark(&set, of: deployment, revision: 3, exists: true))
  #expect(RevisionAnnotations.mark(&set, of: deployment, revision: 5, exists: true))
  #expect(!RevisionAnnotations.mark(&set, of: deployment, revision: 4, exists: true))
  #expect(set.annotation("deployment.kubernetes.io/revision") == "5")
  #expect(set.annotation("deployment.kubernetes.io/revision-history") == "1,3")
  #expect(set.annotation("kubernetes.io/change-cause") == "why")
}

@Test func templatesDifferByMoreThanTheirHash() {
  let a: Value = ["metadata": ["creationTimestamp": nil, "labels": ["app": "a"]], "spec": ["containers": []]]
  var b = a
  b["metadata", "labels", "pod-template-hash"] = "x"
  #expect(RevisionAnnotations.sameTemplate(a, b))
  b["metadata", "labels", "app"] = "b"
  #expect(!RevisionAnnotations.sameTemplate(a, b))
}

@Test func md5IsMD5() {
  func hex(_ text: String) -> String { SHA256.hexadecimal(MD5.hash(text)) }
  #expect(hex("") == "d41d8cd98f00b204e9800998ecf8427e")
  #expect(hex("The quick brown fox jumps over the lazy dog") == "9e107d9d372bb6826bd81d3542a419d6")
  #expect(hex(String(repeating: "1234567890", count: 8)) == "57edf4a22be3c955ac49da2e2107b67a")
}

@Test func slicesAreFilledWithFewChanges() {
  func endpoint(_ i: Int, ready: Bool = true) -> SliceEndpoint {
    SliceEndpoint(["addresses": [.string("10.0.\(i / 250).\(i % 250)")], "conditions": ["ready": .bool(ready)]])
  }
  func slice(_ name: String, _ range: Range<Int>) -> Value {
    [
      "metadata": ["name": .string(name), "uid": .string(name)], "addressType": "IPv4",
      "endpoints": .array(range.map { endpoint($0).value }),
    ]
  }
  func plan(_ existing: [Value], _ desired: [SliceEndpoint]) -> [String] {
    let plan = EndpointSlicePacking.plan(existing: existing, desired: desired, ports: []) { ["addressType": "IPv4"] }
    return plan.create.map { "+\($0["endpoints"].items.count)" } + plan.update.map { "\($0.name) \($0["endpoints"].items.count)" }
      + plan.delete.map { "-\($0.name)" }
  }
  #expect(plan([], (0..<250).map { endpoint($0) }) == ["+100", "+100", "+50"])
  #expect(plan([slice("a", 0..<10)], (0..<10).map { endpoint($0) }) == [])
  #expect(plan([slice("a", 0..<10)], (0..<10).map { endpoint($0, ready: $0 != 3) }) == ["a 10"])
  // One more goes to the fullest that has room; what was full stays as it is.
  #expect(plan([slice("a", 0..<100), slice("b", 100..<150), slice("c", 150..<160)], (0..<161).map { endpoint($0) }) == ["b 51"])
  // One gone from a full slice makes room for the new one there.
  #expect(plan([slice("a", 0..<100), slice("b", 100..<110)], (1..<111).map { endpoint($0) }) == ["a 100"])
  #expect(plan([slice("a", 0..<10)], (10..<12).map { endpoint($0) }) == ["+2", "-a"])
}

@Test func tolerationsDecideHowLongAPodStays() {
  let taints: [Value] = [
    ["key": "node.kubernetes.io/unreachable", "effect": "NoExecute"], ["key": "x", "value": "1", "effect": "NoExecute"],
  ]
  #expect(NodeTaints.stay([], taints) == .none)
  #expect(NodeTaints.stay([["operator": "Exists"]], taints) == .forever)
  #expect(
    NodeTaints.stay([["operator": "Exists", "tolerationSeconds": 300], ["key": "x", "value": "1", "tolerationSeconds": 5]], taints)
      == .seconds(300))
  #expect(NodeTaints.stay([["key": "node.kubernetes.io/unreachable", "operator": "Exists", "tolerationSeconds": 300]], taints) == .none)
  #expect(NodeTaints.stay([["operator": "Exists", "tolerationSeconds": -1]], taints) == .none)
}

@Test func zonesSlowDownEviction() {
  #expect(ZoneStates([("a", false), ("b", false)]).allAreDisrupted)
  #expect(!ZoneStates([("a", false), ("b", true)]).allAreDisrupted)
  #expect(ZoneStates([("a", false), ("a", true)]).interval("a") == .seconds(10))
  #expect(ZoneStates([("a", false), ("a", false), ("a", false), ("a", true)]).interval("a") == nil)
  let large = (0..<40).map { _ in ("a", false) } + (0..<20).map { _ in ("a", true) }
  #expect(ZoneStates(large).interval("a") == .seconds(100))
}

@Test func podRangesAreNumbered() {
  #expect(PodRanges.text(1) == "10.64.1.0/24")
  #expect(PodRanges.number(PodRanges.text(5000)) == 5000)
  #expect(PodRanges.number("10.0.0.0/24") == nil)
  #expect(PodRanges.number("") == nil)
}

@Test func portsAreOrderedAsKubeDNSShowsThem() {
  let ports = [("dns", 53, "UDP"), ("dns-tcp", 53, "TCP"), ("metrics", 9153, "TCP")].map {
    EndpointPort(name: $0.0, port: Int64($0.1), protocolName: $0.2, appProtocol: nil)
  }
  #expect(EndpointPort.ordered(ports, by: \.endpointsHash).map(\.name) == ["dns-tcp", "dns", "metrics"])
  // `kubectl get endpointslices` shows 9153,53,53.
  #expect(EndpointPort.ordered(ports, by: \.sliceHash).map(\.name) == ["metrics", "dns", "dns-tcp"])
}
