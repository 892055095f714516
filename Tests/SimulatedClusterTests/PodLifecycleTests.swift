import API
import APIMachinery
import Client
import Formats
import SimulatedCluster
import Testing

@testable import ControlPlane

// Pods' lives as `get pods`, events and logs tell them, on a manual clock.

@Test func aPodIsReadyWithinTwoSeconds() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("plain"))
  try session.advance("2500ms")
  #expect(try session.state("plain") == "ready")
  #expect(
    try session.told("plain").map { $0.prefix(9) }
      == ["Scheduled", "Pulling: ", "Pulled: S", "Created: ", "Started: "])
  try session.create(Kinds.pod, pod("second", [:], ["nodeName": try session.pod("plain")["spec"]["nodeName"]]))
  try session.advance("2500ms")
  #expect(
    try session.told("second") == [
      "Pulled: Container image \"nginx:1\" already present on machine", "Created: Created container c", "Started: Started container c",
    ])
}

@Test func aPodStartsWithTwoStatusWrites() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("warm"))
  try session.advance("5s")
  let node = try session.pod("warm")["spec"]["nodeName"]
  let stream = try session.cluster.watch(Kinds.pod, namespace: "default", ListOptions())
  while case .event = try session.cluster.next(of: [stream], until: session.cluster.now) {}
  try session.create(Kinds.pod, pod("p", [:], ["nodeSelector": ["kubernetes.io/hostname": node]]))
  var seen: [String] = []
  let deadline = session.cluster.now + .seconds(10)
  while case .event(_, let event) = try session.cluster.next(of: [stream], until: deadline) {
    if case .added(let pod) = event { seen.append("added " + pod["status"]["phase"].text) }
    if case .modified(let pod) = event { seen.append("\(pod["spec"]["nodeName"].text.isEmpty) " + pod["status"]["phase"].text) }
  }
  #expect(seen == ["added Pending", "false Pending", "false Pending", "false Running"])
}

@Test func aCommandThatEndsCompletes() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("once", script("echo done; exit 0"), ["restartPolicy": "Never"]))
  try session.create(Kinds.pod, pod("bad", script("echo bad; exit 7"), ["restartPolicy": "Never"]))
  try session.advance("5s")
  let once = try session.pod("once")["status"]
  #expect(once["phase"] == "Succeeded")
  #expect(once["containerStatuses"][0]["state"]["terminated"]["reason"] == "Completed")
  #expect(try session.condition("once", "Initialized")["reason"] == "PodCompleted")
  #expect(try session.condition("once", "Ready")["reason"] == "PodCompleted")
  let bad = try session.pod("bad")["status"]
  #expect(bad["phase"] == "Failed")
  #expect(bad["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 7)
  #expect(try session.condition("bad", "Ready")["reason"] == "PodFailed")
  #expect(try session.logs("bad") == "bad\n")
  #expect(session.cluster.store.due("default/once", for: "kubelet") == nil)
}

@Test func aCrashLoopBacksOff() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("crash", script("echo starting; exit 1")))
  try session.advance("4s")
  #expect(try session.state("crash") == "Error")
  #expect(try session.pod("crash")["status"]["containerStatuses"][0]["restartCount"] == 1)
  #expect(try session.pod("crash")["status"]["phase"] == "Running")
  #expect(try session.told("crash").contains { $0.hasPrefix("BackOff: Back-off restarting failed container c in pod crash_default(") })
  try session.advance("16s")
  #expect(try session.pod("crash")["status"]["containerStatuses"][0]["restartCount"] == 2)
  #expect(try session.logs("crash") == "starting\n")
  #expect(try session.logs("crash") { $0.previous = true } == "starting\n")
  try session.advance("10m")
  let status = try session.pod("crash")["status"]["containerStatuses"][0]
  // 10, 20, 40, 80, 160, 300, 300 seconds apart, and up to 15 more each.
  #expect((6...8).contains(status["restartCount"].int ?? 0))
  try session.advance("168h")
  #expect(session.cluster.figures.fired < 60_000)
}

@Test func aCrashLoopTellsItsWait() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("crash", script("exit 1")))
  var messages: [String] = []
  for _ in 0..<600 {
    try session.advance("1s")
    let message = try session.pod("crash")["status"]["containerStatuses"][0]["state"]["waiting"]["message"].text
    if !message.isEmpty, messages.last != message { messages.append(message) }
  }
  #expect(
    messages.map { String($0.prefix(13)) } == [
      "back-off 10s ", "back-off 20s ", "back-off 40s ", "back-off 1m20", "back-off 2m40", "back-off 5m0s",
    ])
}

@Test func anUnpullableImageBacksOff() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("badimage", ["image": "no-such/image:1"]))
  try session.advance("1200ms")
  #expect(try session.state("badimage") == "ErrImagePull")
  try session.advance("14s")
  let status = try session.pod("badimage")["status"]
  #expect(status["phase"] == "Pending")
  #expect(!status["podIP"].text.isEmpty)
  try session.advance("20s")
  let told = try session.told("badimage")
  #expect(told.contains("Failed: Error: ErrImagePull"))
  #expect(told.contains("Failed: Error: ImagePullBackOff"))
  #expect(told.contains("BackOff: Back-off pulling image \"no-such/image:1\""))
  #expect(
    told.contains(
      "Failed: Failed to pull image \"no-such/image:1\": rpc error: code = NotFound desc = failed to pull and unpack image \"no-such/image:1\": failed to resolve reference \"no-such/image:1\": no-such/image:1: not found"
    ))
  #expect(throws: Status.self) { try session.logs("badimage") }
}

@Test func whatIsMissingIsWaitedFor() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("badconfig", ["envFrom": [["configMapRef": ["name": "missing-cm"]]]]))
  try session.create(
    Kinds.pod,
    pod(
      "badsecret", ["volumeMounts": [["name": "s", "mountPath": "/s"]]],
      ["volumes": [["name": "s", "secret": ["secretName": "missing-secret"]]]]))
  try session.advance("16s")
  let config = try session.pod("badconfig")["status"]["containerStatuses"][0]["state"]["waiting"]
  #expect(config["reason"] == "CreateContainerConfigError")
  #expect(config["message"] == "configmap \"missing-cm\" not found")
  #expect(try session.state("badsecret") == "ContainerCreating")
  #expect(try session.pod("badsecret")["status"]["podIP"].isNull)
  let mount = try session.events("badsecret").filter { $0["reason"] == "FailedMount" }
  #expect(mount.map { $0["message"].text } == ["MountVolume.SetUp failed for volume \"s\" : secret \"missing-secret\" not found"])
  #expect(mount.first?["count"] == 6)
  try session.create(Kinds.configMap, ["metadata": ["name": "missing-cm"], "data": ["a": "b"]])
  try session.create(Kinds.secret, ["metadata": ["name": "missing-secret"]])
  try session.advance("40s")
  #expect(try session.state("badconfig") == "ready")
  #expect(try session.state("badsecret") == "ready")
}

@Test func initContainersRunInOrder() throws {
  let session = try Session()
  let wait = script("echo hi; sleep 3; exit 0")
  func named(_ name: String, _ container: Value) -> Value {
    var one = container
    one["name"] = .string(name)
    return one
  }
  try session.create(Kinds.pod, pod("initpod", [:], ["initContainers": [named("i1", wait), named("i2", wait)]]))
  try session.advance("2s")
  #expect(try session.state("initpod") == "PodInitializing")
  #expect(
    try session.condition("initpod", "Initialized")["message"] == "containers with incomplete status: [i1 i2]")
  #expect(throws: Status(.badRequest, "container \"c\" in pod \"initpod\" is waiting to start: PodInitializing")) {
    try session.logs("initpod") { $0.container = "c" }
  }
  #expect(try session.logs("initpod") { $0.container = "i1" } == "hi\n")
  try session.advance("3s")
  #expect(try session.condition("initpod", "Initialized")["message"] == "containers with incomplete status: [i2]")
  try session.advance("6s")
  #expect(try session.state("initpod") == "ready")
  #expect(try session.pod("initpod")["status"]["initContainerStatuses"].items.allSatisfy { $0["ready"] == true && $0["started"] == false })
  try session.create(
    Kinds.pod, pod("initfail", [:], ["initContainers": [named("i1", script("exit 2"))], "restartPolicy": "Never"]))
  try session.advance("4s")
  #expect(try session.pod("initfail")["status"]["phase"] == "Failed")
}

@Test func probesDecide() throws {
  let session = try Session()
  try session.create(
    Kinds.pod, pod("probefail", ["readinessProbe": ["exec": ["command": ["cat", "/tmp/fail"]], "periodSeconds": 2]]))
  try session.create(
    Kinds.pod,
    pod(
      "probe500",
      [
        "readinessProbe": ["httpGet": ["path": "/500", "port": 80], "periodSeconds": 2],
        "startupProbe": ["tcpSocket": ["port": 80], "periodSeconds": 1],
      ]))
  try session.create(
    Kinds.pod,
    pod(
      "livefail", ["livenessProbe": ["exec": ["command": ["cat", "/tmp/fail"]], "periodSeconds": 2, "failureThreshold": 2]],
      ["terminationGracePeriodSeconds": 1]))
  try session.create(
    Kinds.pod,
    pod(
      "slow", ["readinessProbe": ["httpGet": ["path": "/", "port": 80], "periodSeconds": 1]],
      annotations: ["sim.kctl.dev/ready-after": "20s"]))
  try session.advance("10s")
  #expect(try session.state("probefail") == "running")
  #expect(try session.state("probe500") == "running")
  #expect(try session.pod("probe500")["status"]["containerStatuses"][0]["started"] == true)
  #expect(try session.condition("probefail", "Ready")["message"] == "containers with unready status: [c]")
  #expect(try session.told("probe500").contains("Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500"))
  #expect(try session.told("livefail").contains("Killing: Container c failed liveness probe, will be restarted"))
  #expect((try session.pod("livefail")["status"]["containerStatuses"][0]["restartCount"].int ?? 0) >= 1)
  #expect(try session.state("slow") == "running")
  try session.advance("14s")
  #expect(try session.state("slow") == "ready")
  let fired = session.cluster.figures.fired
  try session.advance("1h")
  #expect(session.cluster.figures.fired - fired < 400)
}

@Test func deletionTakesItsTime() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("plain"))
  try session.advance("5s")
  _ = try session.cluster.delete(ObjectKey(Kinds.pod, "default", "plain"), DeleteOptions())
  let stream = try session.cluster.watch(Kinds.pod, namespace: "default", ListOptions())
  var rows: [String] = []
  let deadline = session.cluster.now + .seconds(10)
  while case .event(_, let event) = try session.cluster.next(of: [stream], until: deadline) {
    switch event {
    case .added(let pod), .modified(let pod): rows.append(pod["status"]["containerStatuses"][0]["ready"].bool == true ? "1/1" : "0/1")
    case .deleted: rows.append("deleted")
    default: break
    }
  }
  #expect(rows == ["1/1", "0/1", "0/1", "deleted"])
  #expect(try session.told("plain").contains("Killing: Stopping container c"))
  #expect(session.cluster.store.due("default/plain", for: "kubelet") == nil)
}

@Test func aPostStartHookThatFailsDoesNotEndTheCluster() throws {
  let session = try Session()
  let hook: Value = ["lifecycle": ["postStart": ["exec": ["command": ["false"]]]]]
  try session.create(Kinds.pod, pod("unkind", hook, ["restartPolicy": "Never"]))
  try session.advance("5s")
  #expect(try session.told("unkind").suffix(2) == ["FailedPostStartHook: command 'false' exited with 1", "Killing: FailedPostStartHook"])
}

@Test func preStopIsWaitedForWithinTheGrace() throws {
  let session = try Session()
  let hook: Value = ["lifecycle": ["preStop": ["exec": ["command": ["sh", "-c", "sleep 20"]]]]]
  try session.create(Kinds.pod, pod("polite", hook))
  try session.create(Kinds.pod, pod("hasty", hook, ["terminationGracePeriodSeconds": 5]))
  try session.advance("5s")
  for name in ["polite", "hasty"] { _ = try session.cluster.delete(ObjectKey(Kinds.pod, "default", name), DeleteOptions()) }
  try session.advance("9s")
  #expect(try session.pods().map(\.name) == ["polite"])
  try session.advance("15s")
  #expect(try session.pods().isEmpty)
}

@Test func aDeadlineEndsAPod() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("late", [:], ["activeDeadlineSeconds": 10]))
  try session.advance("8s")
  #expect(try session.state("late") == "ready")
  try session.advance("8s")
  let status = try session.pod("late")["status"]
  #expect(status["phase"] == "Failed")
  #expect(status["reason"] == "DeadlineExceeded")
}

@Test func aPodThatDoesNotFitIsRejected() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("big", ["resources": ["requests": ["cpu": "40"]]], ["nodeName": "node-1"]))
  try session.create(Kinds.pod, pod("picky", [:], ["nodeName": "node-1", "nodeSelector": ["disk": "ssd"]]))
  try session.create(Kinds.pod, pod("ghost", [:], ["nodeName": "nosuch"]))
  try session.advance("5s")
  let big = try session.pod("big")["status"]
  #expect(big["phase"] == "Failed")
  #expect(big["reason"] == "OutOfcpu")
  #expect(big["message"] == "Pod was rejected: Node didn't have enough resource: cpu, requested: 40000, used: 0, capacity: 4000")
  #expect(try session.pod("picky")["status"]["reason"] == "NodeAffinity")
  #expect(try session.pod("ghost")["status"]["phase"] == "Pending")
}

@Test func annotationsMakeTrouble() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("crasher", annotations: ["sim.kctl.dev/crash-after": "5s"]))
  try session.create(
    Kinds.pod, pod("hungry", ["resources": ["limits": ["memory": "100Mi"]]], annotations: ["sim.kctl.dev/memory": "200Mi"]))
  try session.create(Kinds.pod, pod("slow", annotations: ["sim.kctl.dev/start-time": "30s"]))
  try session.create(Kinds.pod, pod("wrong", ["command": ["no-such-program"]]))
  try session.advance("9s")
  #expect(try session.pod("crasher")["status"]["containerStatuses"][0]["restartCount"] == 1)
  #expect(try session.pod("hungry")["status"]["containerStatuses"][0]["lastState"]["terminated"]["reason"] == "OOMKilled")
  #expect(try session.state("slow") == "ContainerCreating")
  #expect(try session.pod("wrong")["status"]["containerStatuses"][0]["lastState"]["terminated"]["reason"] == "StartError")
  try session.advance("25s")
  #expect(try session.state("slow") == "ready")
}

@Test func aCrashedContainerIsRestarted() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("plain"))
  try session.advance("5s")
  try session.cluster.strike(.crash(namespace: "default", pod: "plain", container: nil))
  try session.advance("3s")
  let status = try session.pod("plain")["status"]["containerStatuses"][0]
  #expect(status["restartCount"] == 1)
  #expect(status["lastState"]["terminated"]["exitCode"] == 137)
  #expect(status["ready"] == true)
  #expect(throws: Status.self) { try session.cluster.strike(.crash(namespace: "default", pod: "plain", container: "x")) }
}

@Test func aChangedImageRestartsTheContainer() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("plain"))
  try session.advance("5s")
  _ = try session.cluster.patch(
    ObjectKey(Kinds.pod, "default", "plain"), subresource: nil, .strategic(["spec": ["containers": [["name": "c", "image": "nginx:2"]]]]),
    WriteOptions())
  try session.advance("5s")
  #expect(try session.told("plain").contains("Killing: Container c definition changed, will be restarted"))
  #expect(try session.pod("plain")["status"]["containerStatuses"][0]["image"] == "nginx:2")
  #expect(try session.state("plain") == "ready")
}

@Test func readinessGatesHoldReadiness() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("gated", [:], ["readinessGates": [["conditionType": "example.com/ok"]]]))
  try session.advance("5s")
  #expect(try session.condition("gated", "Ready")["reason"] == "ReadinessGatesNotReady")
  #expect(try session.condition("gated", "ContainersReady")["status"] == "True")
  var gated = try session.pod("gated")
  gated["status"]["conditions"].append(["type": "example.com/ok", "status": "True"])
  _ = try session.cluster.update(ObjectKey(Kinds.pod, "default", "gated"), subresource: "status", gated, WriteOptions())
  try session.advance("2s")
  #expect(try session.condition("gated", "Ready")["status"] == "True")
}

@Test func whatTheKubeletWritesIsCanonical() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("plain"))
  try session.create(Kinds.pod, pod("crash", script("exit 1")))
  try session.create(Kinds.pod, pod("once", script("exit 0"), ["restartPolicy": "Never"]))
  try session.create(Kinds.pod, pod("badimage", ["image": "no-such:1"], ["initContainers": [["name": "i", "image": "nginx:1"]]]))
  try session.create(Kinds.pod, pod("big", ["resources": ["requests": ["cpu": "40"]]], ["nodeName": "node-1"]))
  for _ in 0..<30 {
    try session.advance("700ms")
    for pod in try session.pods() {
      var bare = pod
      bare["metadata"].remove("resourceVersion")
      let options = WriteOptions { $0.dryRun = true }
      let judged = try session.cluster.update(ObjectKey(Kinds.pod, "default", pod.name), subresource: "status", bare, options)
      #expect(judged["status"] == pod["status"])
    }
  }
  let node = try session.cluster.get(ObjectKey(Kinds.node, "", "node-1"), subresource: nil)
  let judged = try session.cluster.update(
    ObjectKey(Kinds.node, "", "node-1"), subresource: "status", node, WriteOptions { $0.dryRun = true })
  #expect(judged["status"] == node["status"])
}
