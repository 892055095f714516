import API
import APIMachinery
import Client
import Formats
import SimulatedCluster
import Testing

@testable import ControlPlane

/// A cluster on a manual clock, with what the tests ask of it.
struct Session {
  let cluster: SimulatedCluster

  init(nodes: [Value]? = nil, seed: UInt64 = 1) throws {
    cluster = try SimulatedCluster(clock: .manual, seed: seed, nodes: nodes)
  }

  @discardableResult func create(_ kind: Kind, _ object: Value, namespace: String = "default") throws -> Value {
    try cluster.create(kind, namespace: kind.namespaced ? namespace : "", object, WriteOptions())
  }

  func advance(_ duration: String) throws {
    _ = try cluster.create(
      ObjectKey(Kinds.simulation, "", "cluster"), subresource: "advance", ["duration": .string(duration)], WriteOptions())
  }

  func pods() throws -> [Value] { try cluster.list(Kinds.pod, namespace: "default", ListOptions()).items }
  func pod(_ name: String) throws -> Value { try cluster.get(ObjectKey(Kinds.pod, "default", name), subresource: nil) }

  /// A pod's container's state, as `get pods` would tell it.
  func state(_ name: String, container: Int = 0) throws -> String {
    let status = try pod(name)["status"]
    let one = status["containerStatuses"][container]
    for kind in ["waiting", "terminated"] where one["state"].has(kind) { return one["state"][kind]["reason"].text }
    return one["ready"].bool == true ? "ready" : "running"
  }

  func condition(_ name: String, _ type: String) throws -> Value {
    try pod(name)["status"]["conditions"].items.first { $0["type"].text == type } ?? .null
  }

  func events(_ name: String) throws -> [Value] {
    try cluster.list(Kinds.event, namespace: nil, ListOptions()).items.filter { $0["involvedObject"]["name"].text == name }
  }

  /// `Pulled x2 Container image …` lines of one object.
  func told(_ name: String) throws -> [String] {
    try events(name).map { "\($0["reason"].text): \($0["message"].text)" }
  }

  func logs(_ name: String, _ change: (inout LogOptions) -> Void = { _ in }) throws -> String {
    var options = LogOptions()
    change(&options)
    let stream = try cluster.logs(namespace: "default", pod: name, options)
    var bytes: [UInt8] = []
    while case .event(_, .log(let some)) = try cluster.next(of: [stream], until: nil) { bytes += some }
    return String(decoding: bytes, as: UTF8.self)
  }
}

func pod(_ name: String, _ container: Value = [:], _ spec: Value = [:], annotations: Value = [:]) -> Value {
  var one: Value = ["name": "c", "image": "nginx:1"]
  for member in container.members { one[member.key] = member.value }
  var all: Value = ["containers": [one]]
  for member in spec.members { all[member.key] = member.value }
  return ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name), "annotations": annotations], "spec": all]
}

func script(_ text: String) -> Value { ["command": ["sh", "-c", .string(text)], "image": "busybox:1"] }

func deployment(_ name: String, replicas: Int, image: String = "nginx:1") -> Value {
  [
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
    "spec": [
      "replicas": Value(replicas), "selector": ["matchLabels": ["app": .string(name)]],
      "template": [
        "metadata": ["labels": ["app": .string(name)]], "spec": ["containers": [["name": "c", "image": .string(image)]]],
      ],
    ],
  ]
}

@Test func aNewClusterHasThreeReadyNodes() throws {
  let session = try Session()
  let nodes = try session.cluster.list(Kinds.node, namespace: nil, ListOptions()).items
  #expect(nodes.map(\.name) == ["node-1", "node-2", "node-3"])
  for node in nodes {
    #expect(node["status"]["conditions"].items.map { $0["type"].text } == ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"])
    #expect(node["status"]["conditions"][3]["status"] == "True")
  }
  #expect(session.cluster.now == VirtualClock.manualStart)
}

@Test func aPodBecomesReady() throws {
  let session = try Session()
  try session.create(Kinds.pod, pod("plain"))
  try session.advance("10s")
  let pod = try session.pod("plain")
  print(JSON.text(pod))
  print(try session.told("plain"))
  #expect(try session.state("plain") == "ready")
  #expect(pod["status"]["phase"] == "Running")
  #expect(pod["status"]["podIP"].text.hasPrefix("10.64."))
}

@Test func aDeploymentRuns() throws {
  let session = try Session()
  try session.create(Kinds.deployment, deployment("web", replicas: 5))
  try session.advance("10s")
  let web = try session.cluster.get(ObjectKey(Kinds.deployment, "default", "web"), subresource: nil)
  #expect(web["status"]["readyReplicas"] == 5)
  #expect(Set(try session.pods().map { $0["status"]["podIP"].text }).count == 5)
}
