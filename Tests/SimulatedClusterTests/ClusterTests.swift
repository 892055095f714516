import API
import APIMachinery
import Client
import Formats
import SimulatedCluster
import Testing

@testable import ControlPlane

// The cluster as a whole: its clock, its faults, its logs.

@Test func theSameSeedGivesTheSameCluster() throws {
  func run() throws -> [String] {
    let session = try Session(seed: 7)
    try session.create(Kinds.deployment, deployment("web", replicas: 6))
    try session.advance("20s")
    try session.cluster.strike(.failNode("node-2"))
    try session.advance("10m")
    let pods = try session.cluster.list(Kinds.pod, namespace: nil, ListOptions()).items
    let events = try session.cluster.list(Kinds.event, namespace: nil, ListOptions()).items
    return (pods + events).map { JSON.text($0) }
  }
  let first = try run()
  #expect(first.count > 12)
  #expect(try run() == first)
}

@Test func scalingAndRollingEndReady() throws {
  let session = try Session()
  try session.create(Kinds.deployment, deployment("web", replicas: 3))
  try session.advance("10s")
  let key = ObjectKey(Kinds.deployment, "default", "web")
  _ = try session.cluster.patch(key, subresource: nil, .merge(["spec": ["replicas": 8]]), WriteOptions())
  try session.advance("10s")
  #expect(try session.cluster.get(key, subresource: nil)["status"]["readyReplicas"] == 8)
  _ = try session.cluster.patch(
    key, subresource: nil, .strategic(["spec": ["template": ["spec": ["containers": [["name": "c", "image": "nginx:2"]]]]]]), WriteOptions()
  )
  try session.advance("1m")
  let web = try session.cluster.get(key, subresource: nil)
  #expect(web["status"]["updatedReplicas"] == 8)
  #expect(web["status"]["replicas"] == 8)
  #expect(try session.pods().count == 8)
  #expect(try session.pods().allSatisfy { $0["status"]["containerStatuses"][0]["image"] == "nginx:2" })
}

@Test func aSilentNodeKeepsItsPodsAsTheyWere() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("stays", [:], ["tolerations": [["operator": "Exists"]], "nodeName": "node-2"]))
  try session.create(Kinds.pod, pod("dies", script("sleep 20; exit 1"), ["tolerations": [["operator": "Exists"]], "nodeName": "node-2"]))
  try session.advance("5s")
  try session.cluster.strike(.failNode("node-2"))
  try session.advance("30s")
  #expect(try session.pod("dies")["status"]["containerStatuses"][0]["restartCount"] == 0)
  #expect(try session.cluster.get(ObjectKey(Kinds.simulation, "", "cluster"), subresource: nil)["status"]["failedNodes"] == ["node-2"])
  try session.cluster.strike(.healNode("node-2"))
  try session.advance("10s")
  #expect(try session.pod("dies")["status"]["containerStatuses"][0]["restartCount"] == 1)
  #expect(try session.state("stays") == "ready")
  #expect(throws: Status.notFound(Kinds.node, "node-9")) { try session.cluster.strike(.failNode("node-9")) }
}

@Test func aFailedNodesPodsComeBackElsewhere() throws {
  let session = try Session()
  try session.create(Kinds.deployment, deployment("web", replicas: 6))
  try session.advance("10s")
  #expect(try session.pods().contains { $0["spec"]["nodeName"] == "node-2" })
  try session.cluster.strike(.failNode("node-2"))
  try session.advance("50s")
  let key = ObjectKey(Kinds.node, "", "node-2")
  let ready = try session.cluster.get(key, subresource: nil)["status"]["conditions"].items.first { $0["type"] == "Ready" }
  #expect(ready?["status"] == "Unknown")
  try session.advance("6m")
  let alive = try session.pods().filter { !$0.isBeingDeleted }
  #expect(alive.count == 6)
  #expect(alive.allSatisfy { $0["spec"]["nodeName"] != "node-2" })
  let web = try session.cluster.get(ObjectKey(Kinds.deployment, "default", "web"), subresource: nil)
  #expect(web["status"]["readyReplicas"] == 6)
  try session.cluster.strike(.healNode("node-2"))
  try session.advance("1m")
  #expect(try session.pods().count == 6)
  let healed = try session.cluster.get(key, subresource: nil)
  #expect(healed["status"]["conditions"].items.first { $0["type"] == "Ready" }?["status"] == "True")
  #expect(healed["spec"]["taints"].items.isEmpty)
}

@Test func logsFollowTheContainer() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("talker", script("i=0; while true; do echo \"$i: tick\"; i=$((i+1)); sleep 1; done")))
  try session.advance("5s")
  let all = try session.logs("talker")
  #expect(all.hasPrefix("0: tick\n1: tick\n"))
  #expect(try session.logs("talker") { $0.tailLines = 1 } == all.split(separator: "\n").last.map { $0 + "\n" })
  var options = LogOptions()
  options.follow = true
  options.tailLines = 0
  let stream = try session.cluster.logs(namespace: "default", pod: "talker", options)
  var lines: [String] = []
  while lines.count < 3, case .event(_, .log(let bytes)) = try session.cluster.next(of: [stream], until: nil) {
    lines.append(String(decoding: bytes, as: UTF8.self))
  }
  let next = all.split(separator: "\n").count
  #expect(lines == (next..<next + 3).map { "\($0): tick\n" })
  _ = try session.cluster.delete(ObjectKey(Kinds.pod, "default", "talker"), DeleteOptions())
  var ended = false
  for _ in 0..<100 {
    if case .ended = try session.cluster.next(of: [stream], until: nil) {
      ended = true
      break
    }
  }
  #expect(ended)
}

@Test func logsAreJudgedAsTheAPIServerDoes() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("plain", script("echo hello; echo world; sleep 3600")))
  try session.create(Kinds.pod, pod("toobig", ["resources": ["requests": ["cpu": "400"]]]))
  try session.advance("5s")
  #expect(try session.logs("plain") == "hello\nworld\n")
  let stamped = try session.logs("plain") { $0.timestamps = true }
  #expect(stamped.split(separator: "\n").allSatisfy { $0.utf8.count == 30 + 1 + 5 })
  #expect(try session.logs("toobig") == "")
  #expect(throws: Status(.badRequest, "container nosuch is not valid for pod plain")) {
    try session.logs("plain") { $0.container = "nosuch" }
  }
  #expect(throws: Status(.badRequest, "previous terminated container \"c\" in pod \"plain\" not found")) {
    try session.logs("plain") { $0.previous = true }
  }
  #expect(throws: Status.notFound(Kinds.pod, "nosuch")) { try session.logs("nosuch") }
}

@Test func aWaitWithNothingDueIsStuck() throws {
  let session = try Session()
  try session.advance("1h")
  let stream = try session.cluster.watch(Kinds.configMap, namespace: "default", ListOptions())
  while case .event = try session.cluster.next(of: [stream], until: session.cluster.now) {}
  guard case .deadline = try session.cluster.next(of: [stream], until: session.cluster.now + .seconds(5)) else {
    Issue.record("expected the deadline")
    return
  }
}

@Test func theClockIsSetByPatch() throws {
  let session = try Session()
  let key = ObjectKey(Kinds.simulation, "", "cluster")
  #expect(try session.cluster.get(key, subresource: nil)["spec"]["clock"] == "manual")
  _ = try session.cluster.patch(key, subresource: nil, .merge(["spec": ["clock": "follow"]]), WriteOptions())
  #expect(try session.cluster.get(key, subresource: nil)["spec"]["clock"] == "follow")
  #expect(throws: Status.self) { try session.cluster.patch(key, subresource: nil, .merge(["spec": ["clock": "x"]]), WriteOptions()) }
  #expect(throws: Status.self) { try session.advance("-3s") }
  #expect(throws: Status.self) { try session.advance("1000000h") }
}

/// A machine whose time tests move.
final class Toy {
  var now = Instant(seconds: 1_800_000_000)
  var onSleep: () -> Void = {}
  var machine: MachineClock {
    MachineClock(
      now: { self.now },
      sleep: {
        self.now = self.now + $0
        self.onSleep()
      })
  }
}

@Test func timeFollowsTheMachineAndNeverGoesBack() throws {
  let toy = Toy()
  let cluster = try SimulatedCluster(clock: .follow, machine: toy.machine)
  #expect(cluster.now == toy.now)
  _ = try cluster.create(Kinds.pod, namespace: "default", pod("plain"), WriteOptions())
  // What one command asks for is of one moment; the next command finds that time has passed.
  toy.now = toy.now + .seconds(10)
  #expect(cluster.now == toy.now - .seconds(10))
  try cluster.commit()
  let plain = try cluster.get(ObjectKey(Kinds.pod, "default", "plain"), subresource: nil)
  #expect(plain["status"]["phase"] == "Running")
  let before = cluster.now
  try cluster.commit()
  toy.now = toy.now - .seconds(3600)
  _ = try cluster.get(ObjectKey(Kinds.pod, "default", "plain"), subresource: nil)
  #expect(cluster.now == before)
  try cluster.commit()
  toy.now = toy.now + .seconds(5)
  _ = try cluster.get(ObjectKey(Kinds.pod, "default", "plain"), subresource: nil)
  #expect(cluster.now == before + .seconds(5))
  let deadline = cluster.now + .seconds(2)
  let stream = try cluster.watch(Kinds.service, namespace: "kube-system", ListOptions())
  guard case .deadline = try cluster.next(of: [stream], until: deadline) else {
    Issue.record("expected the deadline")
    return
  }
  #expect(cluster.now >= deadline)
}

@Test func aNodesHeartbeatIsToldWithoutBeingWritten() throws {
  let session = try Session()
  let key = ObjectKey(Kinds.node, "", "node-1")
  let first = try session.cluster.get(key, subresource: nil)
  try session.advance("11m")
  let later = try session.cluster.get(key, subresource: nil)
  #expect(later["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"])
  let beat = later["status"]["conditions"][3]["lastHeartbeatTime"].string.flatMap(Instant.init(rfc3339:))
  #expect(beat.map { session.cluster.now - $0 < .seconds(300) } == true)
}

@Test func aClusterIsResetToGivenNodes() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("plain"))
  try session.cluster.reset(nodes: Nodes.make(5), seed: 3)
  #expect(try session.cluster.list(Kinds.node, namespace: nil, ListOptions()).items.count == 5)
  #expect(try session.pods().isEmpty)
  try session.create(Kinds.pod, pod("plain"))
  try session.advance("5s")
  #expect(try session.state("plain") == "ready")
}
