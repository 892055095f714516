import Formats
import Foundation
import Posix
import Testing

// Clusters whose pods are handed to an engine: one of the tests' own, and podman where it is installed and can start anything.

@Suite(.serialized, .enabled(if: ProcessHome.canRun && FakeEngine.canRun, "kctl or python3 is missing, or this is not Linux"))
struct EngineClusterTests {
  private func home(_ engine: FakeEngine) throws -> ProcessHome {
    let home = try ProcessHome(nil, ["PATH": engine.path])
    let set = try home.run("config", "set-cluster", "process", "--runtime=podman", "--runtime-arg=--log-level=error")
    try #require(set.code == 0, "\(set)")
    return home
  }

  private static func pod(_ name: String, _ container: String, _ spec: String = "") -> String {
    "{apiVersion: v1, kind: Pod, metadata: {name: \(name)}, spec: {terminationGracePeriodSeconds: 1, \(spec) containers: [{name: c, \(container)}]}}"
  }

  private static let state = "{.status.containerStatuses[0].state}"

  @Test func podsAreHandedToTheClustersEngine() throws {
    let engine = try FakeEngine()
    let home = try home(engine)
    // Its name, its output, its end; one that stays plain; one that can't be had.
    try home.apply(
      Self.pod(
        "says", "image: local/web:1, command: [sh, -c], args: [echo $WHO; exit 127], env: [{name: WHO, value: me}]", "restartPolicy: Never,"
      ))
    try home.apply(Self.pod("runs", "image: 'far/web:1', readinessProbe: {exec: {command: [test, -d, /]}, periodSeconds: 1}"))
    try home.apply(Self.pod("plain", "image: any, command: [sleep, '1000']", "runtimeClassName: process,"))
    try home.apply(Self.pod("never", "image: 'far/other:1', imagePullPolicy: Never"))
    try home.apply(Self.pod("gone", "image: 'nowhere/web:1'"))
    try home.apply(Self.pod("bad", "image: local/web:1, command: [/no/such/program]", "restartPolicy: Never,"))
    try home.apply(Self.pod("other", "image: local/web:1", "runtimeClassName: gvisor,"))

    try home.until("an exit code of its own") { try home.value("get", "pod", "says", path: Self.state).contains("\"exitCode\":127") }
    #expect(try home.run("logs", "says").output == "me\n")
    try home.until("a pulled image's readiness") {
      try home.value("get", "pod", "runs", path: "{.status.containerStatuses[0].ready}") == "true"
    }
    #expect(engine.calls.contains("--log-level=error pull --quiet far/web:1"))
    try home.until("what never comes") { try home.value("get", "pod", "never", path: Self.state).contains("\"ErrImageNeverPull\"") }
    try home.until("what can't be pulled") { try home.value("get", "pod", "gone", path: Self.state).contains("no such host") }
    try home.until("an engine's refusal") { try home.value("get", "pod", "bad", path: Self.state).contains("\"StartError\"") }
    #expect(try home.value("get", "pod", "bad", path: Self.state).contains("unable to start container"))
    try home.until("an unknown runtime") { try home.value("get", "pod", "other", path: Self.state).contains("gvisor") }
    try home.until("a plain one") { try home.value("get", "pod", "plain", path: "{.status.phase}") == "Running" }
    #expect(engine.containers.map { $0.split(separator: "_")[2] } == ["runs"])
    // Commands run inside.
    let ended = try home.run("exec", "-i", "runs", "--", "sh", "-c", "cat; exit 5", input: "typed")
    #expect(ended.code == 5 && ended.output == "typed")
    #expect(engine.calls.contains { $0.contains(" exec --detach-keys= --interactive kctl_c_runs_default_") })

    // Nothing of theirs is left when they go.
    try home.run("delete", "pods", "--all", "--wait=false")
    try home.until("their end") { try home.run("get", "pods").output.isEmpty }
    try home.until("their containers' end") { engine.containers.isEmpty }
  }

  @Test func aKilledKeeperLeavesNoContainer() throws {
    let engine = try FakeEngine()
    let home = try home(engine)
    for name in ["one", "two"] { try home.apply(Self.pod(name, "image: local/web:1")) }
    func restarts(_ pod: String) throws -> String { try home.value("get", "pod", pod, path: "{.status.containerStatuses[0].restartCount}") }
    func runs(_ pod: String) throws -> Bool {
      try !home.value("get", "pod", pod, path: "{.status.containerStatuses[0].state.running.startedAt}").isEmpty
    }
    func container(_ pod: String) -> [String] { engine.containers.filter { $0.hasPrefix("kctl_c_\(pod)_") } }
    func shim(_ pod: String) -> [Int32] { home.shims.filter(ProcessHome.processes("kctl-shim", "default/\(pod)/c").contains) }
    try home.until("a start") { try runs("one") && runs("two") }
    let first = engine.containers
    #expect(first.count == 2)

    // The daemon alone: nothing happens to the containers.
    try home.killDaemon()
    #expect(try restarts("one") == "0" && restarts("two") == "0")
    #expect(engine.containers == first)

    // A shim: what is left is removed before there is another.
    for shim in shim("one") { kill(shim, SIGKILL) }
    try home.until("a restart") { try restarts("one") == "1" && runs("one") }
    #expect(container("one").count == 1 && !first.contains(container("one")[0]))

    // Both, so that nobody sees it.
    try home.killDaemon(with: shim("two"))
    try home.until("another") { try restarts("two") == "1" && runs("two") }
    #expect(container("two").count == 1 && !first.contains(container("two")[0]))
    #expect(try restarts("one") == "1")

    // All is stopped.
    try home.run("agent", "stop", "--pods")
    #expect(engine.containers.isEmpty)
  }

  @Test func neitherAPodsEndNorADaemonsStartWaitsForAnEngine() throws {
    let engine = try FakeEngine()
    let home = try home(engine)
    try home.apply(Self.pod("stuck", "image: local/stuck:1"))
    try home.until("its start") { engine.calls.contains { $0.contains(" start --attach ") } }
    try home.run("delete", "pod", "stuck", "--wait=false")
    try home.until("its end") { try home.run("get", "pods").output.isEmpty && engine.containers.isEmpty }
    // Nor does a daemon's start wait for an engine that hangs.
    try home.killDaemon()
    try engine.setHanging(true)
    #expect(try home.run("get", "pods").code == 0)
    try home.until("its question") { engine.calls.last?.contains("ps --all") == true }
    try engine.setHanging(false)
  }

  @Test func aClustersRuntimeIsSaid() throws {
    let home = try ProcessHome()
    func set(_ words: String...) throws -> ProcessHome.Ended { try home.run(["config", "set-cluster"] + words) }
    #expect(
      try set("process", "--runtime=runsc").complaint
        == "error: invalid value \"runsc\" for --runtime: expected one of process, podman, docker\n")
    #expect(try set("process", "--runtime-arg=-x").complaint == "error: --runtime-arg needs --runtime: the engine that is given it\n")
    #expect(
      try set("process", "--runtime=process", "--runtime-arg=-x").complaint
        == "error: --runtime-arg is for engines: programs of this machine are given none\n")
    #expect(
      try set("sim", "--runtime=podman").complaint
        == "error: --runtime concerns clusters of real processes (process:NAME), and \"sim:default\" is none\n")
    // No daemon is started for it, and one that runs tells of it.
    #expect(try set("process", "--runtime=podman").output == "Cluster \"process\" set.\n")
    #expect(try home.run("agent", "status").output == "not running\n")
    try home.run("agent", "start")
    #expect(try home.run("agent", "status").output.hasSuffix(", pods are run by podman\n"))
    _ = try set("process", "--runtime=process")
    #expect(try home.run("agent", "status").output.hasSuffix("/socket\n"))
  }

  @Test func containersOfOnePodShareANetwork() throws {
    let engine = try FakeEngine()
    let home = try home(engine)
    try home.apply(Self.pod("two", "image: local/web:1}, {name: d, image: local/web:1"))
    try home.until("both") { try home.value("get", "pod", "two", path: "{.status.containerStatuses[*].ready}") == "true true" }
    #expect(engine.containers.map { $0.split(separator: "_")[1] } == ["POD", "c", "d"])
    let shared = try #require(engine.containers.first)
    #expect(engine.calls.filter { $0.contains("--network container:\(shared)") }.count == 2)
    try home.run("delete", "pod", "two")
    try home.until("its end") { engine.containers.isEmpty }
  }
}

extension ProcessHome {
  /// The shims of its containers that have not ended.
  var shims: [Int32] {
    let pods = path + "/processes/default/pods"
    guard let all = FileManager.default.enumerator(atPath: pods) else { return [] }
    return all.compactMap { $0 as? String }.filter { $0.hasSuffix("/state") }.compactMap { state in
      let folder = pods + "/" + state.dropLast("/state".count)
      guard !Folder.exists(folder + "/exit"), let bytes = try? Machine.readFile(pods + "/" + state) else { return nil }
      let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("shim ") }
      return line.flatMap { Int32($0.dropFirst("shim ".count)) }
    }
  }

  /// SIGKILL to its daemon and to others in the same moment.
  func killDaemon(with others: [Int32] = []) throws {
    let words = try run("agent", "status").output.split { $0 == " " || $0 == "," }
    let daemon = try #require(words.indices.dropLast().first { words[$0] == "process" }.flatMap { Int32(words[$0 + 1]) })
    for process in others + [daemon] { kill(process, SIGKILL) }
    try until("the daemon's end") { !Machine.isAlive(daemon) }
  }
}
