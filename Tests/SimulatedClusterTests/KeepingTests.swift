import API
import APIMachinery
import Client
import Formats
import Foundation
import SimulatedCluster
import Testing

@testable import ControlPlane

// Clusters in folders: each test opens one several times, as commands do.

/// A folder of its own, gone with the test.
private final class Home {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("kctl-\(UUID().uuidString)").path
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func open(_ mode: ClockMode? = .manual, _ machine: MachineClock = .real) throws -> SimulatedCluster {
    try SimulatedCluster.open(folder: path + "/clusters/default", clock: mode, seed: 5, machine: machine)
  }
}

/// What one command does: opens, acts, commits, and is gone.
private func command<T>(_ home: Home, _ body: (SimulatedCluster) throws -> T) throws -> T {
  let cluster = try home.open()
  let result = try body(cluster)
  try cluster.commit()
  return result
}

private func advance(_ cluster: SimulatedCluster, _ duration: String) throws {
  _ = try cluster.create(
    ObjectKey(Kinds.simulation, "", "cluster"), subresource: "advance", ["duration": .string(duration)], WriteOptions())
}

@Test func aClusterGoesOnWhereTheLastCommandLeftIt() throws {
  let home = Home()
  try command(home) { _ = try $0.create(Kinds.deployment, namespace: "default", deployment("web", replicas: 3), WriteOptions()) }
  try command(home) { _ = try $0.create(Kinds.pod, namespace: "default", pod("crash", script("exit 1")), WriteOptions()) }
  // Each step is a command of its own: nothing is remembered but what is stored.
  for _ in 0..<40 { try command(home) { try advance($0, "500ms") } }
  try command(home) { cluster in
    let pods = try cluster.list(Kinds.pod, namespace: "default", ListOptions()).items
    let ready = pods.filter { $0["status"]["containerStatuses"][0]["ready"] == true }.count
    let crash = pods.first { $0.name == "crash" }
    #expect(ready == 3)
    #expect(crash?["status"]["containerStatuses"][0]["restartCount"] == 2)
  }
}

@Test func stepsMakeNoDifference() throws {
  func run(_ steps: [String]) throws -> [String] {
    let home = Home()
    try command(home) { cluster in
      _ = try cluster.create(Kinds.pod, namespace: "default", pod("crash", script("echo x; exit 1")), WriteOptions())
      _ = try cluster.create(
        Kinds.pod, namespace: "default", pod("probed", ["readinessProbe": ["httpGet": ["path": "/500", "port": 80]]]), WriteOptions())
      _ = try cluster.create(Kinds.pod, namespace: "default", pod("badimage", ["image": "no-such:1"]), WriteOptions())
    }
    for step in steps { try command(home) { try advance($0, step) } }
    return try command(home) { cluster in
      try cluster.list(Kinds.pod, namespace: nil, ListOptions()).items.map { pod in
        var pod = pod
        pod["metadata"].remove("resourceVersion")
        return JSON.text(pod)
      }
    }
  }
  let once = try run(["60s"])
  let stepped = try run(Array(repeating: "3s", count: 20))
  #expect(once == stepped)
}

@Test func aResetClusterIsKept() throws {
  let home = Home()
  try command(home) { _ = try $0.create(Kinds.pod, namespace: "default", pod("plain"), WriteOptions()) }
  try command(home) { try $0.reset(nodes: Nodes.make(5), seed: 9) }
  try command(home) { cluster in
    let nodes = try cluster.list(Kinds.node, namespace: nil, ListOptions()).items
    let pods = try cluster.list(Kinds.pod, namespace: nil, ListOptions()).items
    #expect(nodes.count == 5)
    #expect(pods.isEmpty)
    _ = try cluster.create(Kinds.pod, namespace: "default", pod("plain"), WriteOptions())
    try advance(cluster, "5s")
  }
  try command(home) { cluster in
    let plain = try cluster.get(ObjectKey(Kinds.pod, "default", "plain"), subresource: nil)
    #expect(plain["status"]["phase"] == "Running")
    let simulation = try cluster.get(ObjectKey(Kinds.simulation, "", "cluster"), subresource: nil)
    #expect(simulation["spec"]["seed"] == "9")
  }
}

@Test func theClocksModeIsKept() throws {
  let home = Home()
  let toy = Toy()
  do {
    let cluster = try home.open(nil, toy.machine)
    #expect(cluster.settings.clock == .follow)
    _ = try cluster.patch(
      ObjectKey(Kinds.simulation, "", "cluster"), subresource: nil, .merge(["spec": ["clock": "manual"]]), WriteOptions())
    try cluster.commit()
  }
  toy.now = toy.now + .seconds(100)
  let now: Instant
  do {
    let cluster = try home.open(nil, toy.machine)
    #expect(cluster.settings.clock == .manual)
    now = cluster.now
    _ = try cluster.patch(
      ObjectKey(Kinds.simulation, "", "cluster"), subresource: nil, .merge(["spec": ["clock": "follow"]]), WriteOptions())
    try cluster.commit()
  }
  toy.now = toy.now + .seconds(10)
  let cluster = try home.open(nil, toy.machine)
  _ = try cluster.list(Kinds.pod, namespace: nil, ListOptions())
  #expect(cluster.now == now + .seconds(10))
}

@Test func aWaitLetsOthersWrite() throws {
  let home = Home()
  let toy = Toy()
  let waiting = try home.open(.follow, toy.machine)
  let stream = try waiting.watch(Kinds.configMap, namespace: "kube-public", ListOptions())
  while case .event = try waiting.next(of: [stream], until: waiting.now) {}
  var wrote = false
  // While the first sleeps, a second process opens the cluster and writes.
  toy.onSleep = {
    guard !wrote else { return }
    wrote = true
    do {
      let other = try home.open(.follow, toy.machine)
      _ = try other.create(Kinds.configMap, namespace: "kube-public", ["metadata": ["name": "hello"]], WriteOptions())
      try other.commit()
    } catch {
      Issue.record(error)
    }
  }
  guard case .event(_, .added(let seen)) = try waiting.next(of: [stream], until: waiting.now + .seconds(60)) else {
    Issue.record("expected the other's object")
    return
  }
  #expect(seen.name == "hello")
}

@Test func clusterNamesAreNoPaths() throws {
  let backend = SimulatedBackend()
  for name in ["", ".", "..", "a/b", "../x", "a\0b", String(repeating: "x", count: 300)] {
    #expect(throws: Status.self) { try backend.open(name, BackendOptions()) }
  }
}

@Test func anUnreadableClusterSaysWhatToDo() throws {
  let home = Home()
  try command(home) { _ in }
  let log = home.path + "/clusters/default/log"
  try Data("not a log at all".utf8).write(to: URL(fileURLWithPath: log))
  let failure = #expect(throws: Status.self) { _ = try home.open() }
  #expect(failure?.hints.first?.contains("mv '\(home.path)/clusters/default'") == true)
  #expect(try Data(contentsOf: URL(fileURLWithPath: log)) == Data("not a log at all".utf8))
}
