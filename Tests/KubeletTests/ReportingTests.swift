import API
import APIMachinery
import Client
import Formats
import Testing

@testable import Kubelet

// The kubelet with a runtime that reports: whatever a real process can do, on a clock of our own.

/// A cluster whose containers do what the programs say.
private func cluster(_ programs: [String: Program] = [:]) throws -> ProcessCluster {
  let cluster = try ProcessCluster()
  cluster.runtime.programs = programs
  return cluster
}

// MARK: - Starting and ending

@Test func aStartTakesItsTimeAndIsToldAtOnce() throws {
  let c = try cluster(["c": Program(startTakes: .milliseconds(300))])
  try c.create()
  c.run(for: .milliseconds(100))
  #expect(c.phase == "Pending")
  #expect(c.waiting == "ContainerCreating")
  c.run(for: .milliseconds(200))
  #expect(c.phase == "Running")
  #expect(c.isReady)
  #expect(c.pod["status"]["podIP"] == "127.64.0.9")
  #expect(c.pod["status"]["hostIP"] == "127.0.0.1")
  #expect(c.status["containerID"].text.hasPrefix("process://"))
  #expect(c.status["containerID"].text.hasSuffix(c.runtime.held.first?.run.id ?? "?"))
  #expect(c.events == ["Created: Created container c", "Started: Started container c"])
  #expect(c.runtime.starts.first?.request.address == "127.64.0.9")
}

@Test func whatRunsCostsNothing() throws {
  let c = try cluster()
  try c.create()
  c.run(for: .seconds(1))
  let (works, revision) = (c.works, c.store.revision)
  c.run(for: .seconds(3600))
  #expect(c.works == works)
  #expect(c.store.revision == revision)
}

@Test func aCrashIsRestartedAtOnceAndThenBacksOff() throws {
  let c = try cluster(["c": Program(ends: (.seconds(5), 3))])
  try c.create()
  c.run(for: .seconds(1))
  let took = c.run(until: { c.restarts == 1 && c.isRunning })
  #expect(took == .seconds(4))
  let status = c.status["lastState"]["terminated"]
  #expect(status["exitCode"] == 3)
  #expect(status["reason"] == "Error")
  // The second crash waits ten seconds, to the nanosecond, and says so.
  c.run(for: .seconds(5))
  #expect(c.waiting == "CrashLoopBackOff")
  #expect(c.status["state"]["waiting"]["message"].text.hasPrefix("back-off 10s restarting failed container=c pod=p_default("))
  #expect(c.run(until: { c.restarts == 2 && c.isRunning }) == .seconds(10))
  c.run(for: .seconds(5))
  #expect(c.run(until: { c.restarts == 3 && c.isRunning }) == .seconds(20))
  #expect(c.runtime.starts.map(\.request.attempt) == [0, 1, 2, 3])
  #expect(c.events.filter { $0.hasPrefix("BackOff: ") }.count == 1)
  // Of the runs before, the last is kept for its log.
  #expect(c.runtime.held.count == 2)
}

@Test func aProgramKilledByHandIsBackInNoTime() throws {
  let c = try cluster()
  try c.create()
  c.run(for: .seconds(60))
  c.runtime.kill("c")
  #expect(c.run(until: { c.restarts == 1 && c.isRunning && c.isReady }) == .zero)
}

@Test(arguments: [("Never", 0, "Succeeded"), ("Never", 7, "Failed"), ("OnFailure", 0, "Succeeded"), ("OnFailure", 7, "Running")])
func aPodThatEnds(_ policy: String, _ code: Int, _ phase: String) throws {
  let c = try cluster(["c": Program(ends: (.seconds(2), code))])
  try c.create([:], ["restartPolicy": .string(policy)])
  c.run(for: .milliseconds(2500))
  #expect(c.phase == phase)
  #expect(c.restarts == (phase == "Running" ? 1 : 0))
  if phase != "Running" {
    #expect(c.status["state"]["terminated"]["exitCode"].int == Int64(code))
    let works = c.works
    c.run(for: .seconds(600))
    #expect(c.works == works)
    #expect(c.runtime.held.count == 1)
  }
}

@Test func initContainersComeOneAfterTheOther() throws {
  let c = try cluster(["i": Program(ends: (.seconds(1), 0)), "j": Program(startTakes: .seconds(1), ends: (.seconds(1), 0))])
  let more: Value = [
    "initContainers": [
      ["name": "i", "image": "program", "command": ["x"]], ["name": "j", "image": "program", "command": ["x"]],
    ]
  ]
  try c.create([:], more)
  #expect(c.run(until: { c.isReady }) == .seconds(3))
  #expect(c.runtime.asked == ["start i", "start j", "start c"])
}

@Test func containersStartOneAfterTheOther() throws {
  let c = try cluster(["a": Program(startTakes: .seconds(1)), "b": Program(startTakes: .seconds(1))])
  try c.create(containers: [
    ["name": "a", "image": "program", "command": ["x"]], ["name": "b", "image": "program", "command": ["x"]],
  ])
  #expect(c.run(until: { c.isReady }) == .seconds(2))
  #expect(c.runtime.starts.count == 2)
  #expect(c.events.filter { $0.hasPrefix("Started") }.count == 2)
}

@Test func aProgramThatIsNotThere() throws {
  let c = try cluster(["c": Program(failure: .create("exec: \"serve\": No such file or directory"))])
  try c.create()
  c.run(for: .seconds(1))
  #expect(c.phase == "Pending")
  #expect(c.waiting == "CreateContainerError")
  #expect(c.status["state"]["waiting"]["message"] == "exec: \"serve\": No such file or directory")
  #expect(c.restarts == 0)
  #expect(c.events == ["Failed: Error: exec: \"serve\": No such file or directory"])
  // It is tried again, and runs once it is there.
  c.runtime.programs["c"] = Program()
  let took = c.run(until: { c.isReady })
  #expect(took >= .seconds(9) && took <= .seconds(15))
  #expect(c.restarts == 0)
}

@Test func aVolumeThatCanNotBeMountedIsTriedAgain() throws {
  let message = "MountVolume.SetUp failed for volume \"v\" : no space left on device"
  let c = try cluster(["c": Program(failure: .mount(message))])
  try c.create()
  c.run(for: .milliseconds(1600))
  #expect(c.phase == "Pending")
  #expect(c.waiting == "ContainerCreating")
  // At once, after half a second, and a second later.
  #expect(c.runtime.starts.count == 3)
  #expect(c.events.allSatisfy { $0 == "FailedMount: \(message)" } && !c.events.isEmpty, "\(c.events)")
  c.runtime.programs["c"] = Program()
  #expect(c.run(until: { c.isReady }) <= .seconds(2))
  #expect(c.restarts == 0)
}

@Test func aContainerThatIsMadeAndCanNotRun() throws {
  let c = try cluster(["c": Program(startTakes: .milliseconds(10), failure: .run("out of memory"))])
  try c.create()
  c.run(for: .seconds(1))
  // Once more at once, then it backs off like any crash.
  #expect(c.waiting == "CrashLoopBackOff")
  #expect(c.restarts == 1)
  #expect(c.status["lastState"]["terminated"]["reason"] == "StartError")
  #expect(c.events.contains("Failed: Error: out of memory"))
}

@Test func aContainerWithoutACommandIsToldWhatToWrite() throws {
  let c = try cluster()
  c.runtime.use = .refused(reason: "ErrImageNeverPull", message: "images are not run here: give the container a command")
  try c.create()
  c.run(for: .seconds(1))
  #expect(c.waiting == "ErrImageNeverPull")
  #expect(c.status["state"]["waiting"]["message"] == "images are not run here: give the container a command")
  #expect(
    c.events == ["ErrImageNeverPull: images are not run here: give the container a command", "Failed: Error: ErrImageNeverPull"])
  #expect(c.runtime.asked.isEmpty)
  let works = c.works
  c.run(for: .seconds(3600))
  #expect(c.works - works <= 24)
}

@Test func anEngineOfImagesPullsThem() throws {
  let c = try cluster()
  c.runtime.use = .pulled
  c.runtime.pull = (.seconds(2), "no such image")
  try c.create(["image": "web:1"])
  c.run(for: .seconds(3))
  #expect(c.waiting == "ErrImagePull")
  #expect(c.status["state"]["waiting"]["message"] == "no such image")
  c.runtime.pull.error = nil
  c.run(for: .seconds(60))
  #expect(c.isReady)
  #expect(c.events.contains("Pulled: Successfully pulled image \"web:1\" in 2s (2s including waiting)"))
}

@Test func anImageIsLookedForBeforeItIsPulled() throws {
  let c = try cluster()
  c.runtime.use = .pulled
  c.runtime.looks = .milliseconds(100)
  c.runtime.presence = .present
  try c.create(["image": "web:1", "imagePullPolicy": "IfNotPresent"])
  c.run(for: .seconds(1))
  #expect(c.isReady)
  #expect(c.runtime.asked == ["look web:1", "start c"])
  #expect(c.events.contains("Pulled: Container image \"web:1\" already present on machine"))
}

@Test func anImageThatMayNotBePulled() throws {
  let c = try cluster()
  c.runtime.use = .pulled
  try c.create(["image": "web:1", "imagePullPolicy": "Never"])
  c.run(for: .seconds(1))
  #expect(c.waiting == "ErrImageNeverPull")
  // It is there by the next look.
  c.runtime.presence = .present
  c.run(for: .seconds(20))
  #expect(c.isReady)
}

@Test func anEngineThatCanNotBeAskedForAnImage() throws {
  let c = try cluster()
  c.runtime.use = .pulled
  c.runtime.presence = .unknown("it does not answer")
  try c.create(["image": "web:1", "imagePullPolicy": "IfNotPresent"])
  c.run(for: .seconds(1))
  #expect(c.waiting == "ImageInspectError")
  #expect(c.events == ["InspectFailed: Failed to inspect image \"web:1\": it does not answer", "Failed: Error: ImageInspectError"])
}

@Test func deletionWhileAnImageIsLookedFor() throws {
  let c = try cluster()
  c.runtime.use = .pulled
  c.runtime.looks = .seconds(5)
  c.runtime.presence = .present
  try c.create(["imagePullPolicy": "IfNotPresent"])
  c.run(for: .seconds(1))
  try c.delete()
  #expect(c.run(until: { !c.exists }) == .zero)
  c.run(for: .seconds(60))
  #expect(c.runtime.starts.isEmpty)
}

// MARK: - Stopping

@Test func aSlowStopIsWaitedFor() throws {
  let c = try cluster(["c": Program(endsOnTerm: .seconds(4))])
  try c.create()
  c.run(for: .seconds(1))
  try c.delete()
  c.run(for: .milliseconds(3999))
  #expect(c.exists)
  #expect(c.isRunning)
  c.run(for: .milliseconds(1))
  #expect(!c.exists)
  #expect(c.runtime.asked == ["start c", "stop c 30s"])
  #expect(c.events.last == "Killing: Stopping container c")
  #expect(c.runtime.held.isEmpty)
  #expect(c.runtime.released.count == 1)
}

@Test func whoIgnoresSIGTERMIsKilledAfterTheGrace() throws {
  let c = try cluster(["c": Program(endsOnTerm: nil)])
  try c.create([:], ["terminationGracePeriodSeconds": 7])
  c.run(for: .seconds(1))
  try c.delete()
  #expect(c.run(until: { !c.exists }) == .seconds(7))
}

@Test func aSecondDeletionCutsTheGrace() throws {
  let c = try cluster(["c": Program(endsOnTerm: nil)])
  try c.create()
  c.run(for: .seconds(1))
  try c.delete()
  c.run(for: .seconds(5))
  try c.delete(grace: 2)
  #expect(c.run(until: { !c.exists }) == .seconds(2))
  #expect(c.runtime.asked == ["start c", "stop c 30s", "stop c 2s"])
}

@Test func aDeletionWithoutGraceLeavesNothing() throws {
  let c = try cluster(["c": Program(endsOnTerm: nil)])
  try c.create()
  c.run(for: .seconds(1))
  try c.delete(grace: 0)
  #expect(!c.exists)
  c.run(for: .seconds(1))
  #expect(c.runtime.held.allSatisfy { $0.run.exit?.code == 137 })
  #expect(c.runtime.asked == ["start c", "stop c 1s"])
}

@Test func aPodOfTheSameNameIsAnother() throws {
  let c = try cluster(["c": Program(endsOnTerm: nil)])
  try c.create()
  c.run(for: .seconds(1))
  try c.delete(grace: 0)
  try c.create()
  c.run(for: .seconds(3))
  #expect(c.isReady)
  #expect(c.restarts == 0)
  #expect(c.runtime.starts.count == 2)
}

@Test func deletionWhileItStarts() throws {
  let c = try cluster(["c": Program(startTakes: .seconds(3))])
  try c.create()
  c.run(for: .seconds(1))
  try c.delete()
  c.run(for: .seconds(5))
  #expect(!c.exists)
  #expect(c.runtime.asked.contains("stop c 30s"))
  #expect(c.runtime.held.isEmpty)
}

@Test func deletionWhileAStartFails() throws {
  let c = try cluster(["c": Program(startTakes: .seconds(3), failure: .create("no"), endsOnTerm: nil)])
  try c.create()
  c.run(for: .seconds(1))
  try c.delete()
  #expect(c.run(until: { !c.exists }) == .seconds(2))
}

@Test func deletionOfWhatBacksOff() throws {
  let c = try cluster(["c": Program(ends: (.zero, 1))])
  try c.create()
  c.run(for: .seconds(1))
  #expect(c.waiting == "CrashLoopBackOff")
  try c.delete()
  #expect(c.run(until: { !c.exists }) == .zero)
}

@Test func thePodsDeadlineEndsIt() throws {
  let c = try cluster(["c": Program(endsOnTerm: .seconds(2))])
  try c.create([:], ["activeDeadlineSeconds": 10])
  #expect(c.run(until: { c.phase == "Failed" }) == .seconds(12))
  #expect(c.pod["status"]["reason"] == "DeadlineExceeded")
  c.run(for: .seconds(600))
  #expect(c.runtime.starts.count == 1)
}

@Test func deletionWhileAnImageIsPulled() throws {
  let c = try cluster()
  c.runtime.use = .pulled
  c.runtime.pull.takes = .seconds(20)
  try c.create()
  c.run(for: .seconds(1))
  try c.delete()
  #expect(c.run(until: { !c.exists }) == .zero)
  c.run(for: .seconds(60))
  #expect(c.runtime.starts.isEmpty)
}

@Test func aContainerThatIsCrashedOnPurpose() throws {
  let c = try cluster(["c": Program(endsOnTerm: nil)])
  try c.create()
  c.run(for: .seconds(5))
  #expect(c.kubelet?.crash(c.pod, container: "c") == true)
  #expect(c.kubelet?.crash(c.pod, container: "d") == false)
  #expect(c.run(until: { c.restarts == 1 && c.isRunning }) == .zero)
  #expect(c.status["lastState"]["terminated"]["exitCode"] == 137)
}

@Test func aPodThatSomebodyDeclaredFailedIsStopped() throws {
  let c = try cluster()
  try c.create()
  c.run(for: .seconds(1))
  var failed = c.pod
  failed["status", "phase"] = "Failed"
  _ = try c.server.update(ObjectKey(Kinds.pod, "default", "p"), subresource: "status", failed, WriteOptions())
  c.store.note("default/p", for: "kubelet", at: c.store.now)
  c.run(for: .seconds(1))
  #expect(c.runtime.held.first?.run.exit?.code == 143)
  #expect(c.phase == "Failed")
}

// MARK: - Hooks

private let sleepHook: Value = ["exec": ["command": ["drain"]]]

@Test func preStopCountsAgainstTheGrace() throws {
  let c = try cluster(["c": Program(endsOnTerm: nil, hooks: [(.preStop, .seconds(4), nil)])])
  try c.create(["lifecycle": ["preStop": sleepHook]], ["terminationGracePeriodSeconds": 10])
  c.run(for: .seconds(1))
  try c.delete()
  c.run(for: .seconds(3))
  #expect(c.runtime.asked == ["start c", "preStop c"])
  #expect(c.run(until: { !c.exists }) == .seconds(7))
  #expect(c.runtime.asked == ["start c", "preStop c", "stop c 6s"])
}

@Test func aPreStopThatNeverEndsIsLeftAfterTheGrace() throws {
  let c = try cluster(["c": Program(endsOnTerm: nil, hooks: [(.preStop, .seconds(4000), nil)])])
  try c.create(["lifecycle": ["preStop": sleepHook]], ["terminationGracePeriodSeconds": 10])
  c.run(for: .seconds(1))
  try c.delete()
  #expect(c.run(until: { !c.exists }) == .seconds(12))
  #expect(c.runtime.asked == ["start c", "preStop c", "stop c 2s"])
}

@Test func aSecondDeletionCutsThePreStopToo() throws {
  let c = try cluster(["c": Program(endsOnTerm: .zero, hooks: [(.preStop, .seconds(4000), nil)])])
  try c.create(["lifecycle": ["preStop": sleepHook]])
  c.run(for: .seconds(1))
  try c.delete()
  c.run(for: .seconds(1))
  try c.delete(grace: 3)
  #expect(c.run(until: { !c.exists }) == .seconds(3))
}

@Test func aPreStopThatFailsIsTold() throws {
  let c = try cluster(["c": Program(hooks: [(.preStop, .seconds(1), "command 'drain' exited with 1")])])
  try c.create(["lifecycle": ["preStop": sleepHook]])
  c.run(for: .seconds(1))
  try c.delete()
  #expect(c.run(until: { !c.exists }) == .seconds(1))
  #expect(c.events.last == "FailedPreStopHook: command 'drain' exited with 1")
}

@Test func aContainerIsRunningWhenItsPostStartIsOver() throws {
  let c = try cluster(["c": Program(hooks: [(.postStart, .seconds(5), nil)])])
  try c.create(["lifecycle": ["postStart": sleepHook]])
  c.run(for: .seconds(4))
  #expect(!c.isRunning)
  c.run(for: .seconds(1))
  #expect(c.isReady)
}

@Test func aPostStartThatFailsEndsTheContainer() throws {
  let c = try cluster(["c": Program(endsOnTerm: .seconds(1), hooks: [(.postStart, .seconds(1), "command 'warm' exited with 1")])])
  try c.create(["lifecycle": ["postStart": sleepHook]], ["restartPolicy": "Never"])
  c.run(for: .seconds(3))
  #expect(c.phase == "Failed")
  #expect(c.status["state"]["terminated"]["exitCode"] == 143)
  #expect(Array(c.events.suffix(2)) == ["FailedPostStartHook: command 'warm' exited with 1", "Killing: FailedPostStartHook"])
}

@Test func aContainerThatEndsDuringItsPostStart() throws {
  let c = try cluster(["c": Program(ends: (.seconds(1), 1), hooks: [(.postStart, .seconds(9), nil)])])
  try c.create(["lifecycle": ["postStart": sleepHook]], ["restartPolicy": "Never"])
  #expect(c.run(until: { c.phase == "Failed" }) == .seconds(1))
}

// MARK: - Probes

private func probe(_ more: Value = [:]) -> Value {
  var probe: Value = ["httpGet": ["path": "/", "port": 80]]
  for member in more.members { probe[member.key] = member.value }
  return probe
}

@Test func readinessIsSeenSoonAndToldAtOnce() throws {
  let c = try cluster()
  let begin = c.store.now
  c.runtime.programs["c"] = Program(probe: { _, now in now >= begin + .milliseconds(300) ? .success : .failure("connection refused") })
  try c.create(["readinessProbe": probe()])
  let took = c.run(until: { c.isReady })
  // Between the ticks of ten seconds: at 0, 50, 150 and 350 ms.
  #expect(took == .milliseconds(350))
  // What failed before the first tick is no failure.
  #expect(!c.events.contains { $0.hasPrefix("Unhealthy") })
}

@Test func readinessFlaps() throws {
  let c = try cluster()
  let begin = c.store.now
  func isWell(_ now: Instant) -> Bool { now < begin + .seconds(25) || now >= begin + .seconds(45) }
  c.runtime.programs["c"] = Program(probe: { _, now in isWell(now) ? .success : .failure("HTTP probe failed with statuscode: 503") })
  try c.create(["readinessProbe": probe(["periodSeconds": 5, "failureThreshold": 2, "successThreshold": 1])])
  c.run(for: .seconds(1))
  #expect(c.isReady)
  let revision = c.store.revision
  c.run(for: .seconds(23))
  #expect(c.store.revision == revision)
  // Fails at 25 and 30 s.
  #expect(c.run(until: { !c.isReady }) == .seconds(6))
  #expect(c.status["ready"] == false)
  #expect(c.isRunning)
  #expect(c.run(until: { c.isReady }) == .seconds(15))
  #expect(c.events.contains("Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503"))
  #expect(c.restarts == 0)
}

@Test func livenessRestarts() throws {
  let c = try cluster()
  var sick = false
  c.runtime.programs["c"] = Program(endsOnTerm: .seconds(1), probe: { kind, _ in sick ? .failure("no answer") : .success })
  try c.create(["livenessProbe": probe(["periodSeconds": 2, "failureThreshold": 3, "terminationGracePeriodSeconds": 5])])
  c.run(for: .seconds(101))
  #expect(c.restarts == 0)
  sick = true
  // At 102, 104 and 106 s; a second to end.
  #expect(c.run(until: { c.restarts == 1 }) == .seconds(6))
  sick = false
  #expect(c.isRunning)
  #expect(c.runtime.asked.contains("stop c 5s"))
  #expect(c.events.contains("Unhealthy: Liveness probe failed: no answer"))
  #expect(c.events.contains("Killing: Container c failed liveness probe, will be restarted"))
  #expect(c.status["lastState"]["terminated"]["exitCode"] == 143)
  c.run(for: .seconds(600))
  #expect(c.restarts == 1)
}

@Test func readinessIsToldWhileAnotherContainerStops() throws {
  let c = try cluster()
  var sick = false
  func well(_ kind: ProbeKind, _ now: Instant) -> ProbeResult { sick ? .failure("no answer") : .success }
  c.runtime.programs = ["a": Program(endsOnTerm: nil, probe: well), "b": Program(probe: well)]
  try c.create(
    [:], ["terminationGracePeriodSeconds": 20],
    containers: [
      ["name": "a", "image": "x", "livenessProbe": probe(["periodSeconds": 1, "failureThreshold": 1])],
      ["name": "b", "image": "x", "readinessProbe": probe(["periodSeconds": 3, "failureThreshold": 1])],
    ])
  c.run(for: .milliseconds(3500))
  #expect(c.isReady)
  sick = true
  c.run(for: .milliseconds(500))
  #expect(c.runtime.asked.last == "stop a 20s")
  c.run(for: .milliseconds(2000))
  #expect(!c.isReady)
  // The other one has crashed meanwhile: it is seen to once the stop is over.
  sick = false
  c.runtime.kill("b")
  c.run(for: .seconds(18))
  #expect(c.pod["status"]["containerStatuses"].items.map { $0["restartCount"] } == [1, 1])
  #expect(c.isReady)
}

@Test func startupHoldsTheOthersBack() throws {
  let c = try cluster()
  let begin = c.store.now
  var asked: [ProbeKind] = []
  c.runtime.programs["c"] = Program(probe: { kind, now in
    asked.append(kind)
    return kind != .startup || now >= begin + .seconds(12) ? .success : .failure("not yet")
  })
  try c.create([
    "startupProbe": probe(["periodSeconds": 5, "failureThreshold": 10]), "readinessProbe": probe(), "livenessProbe": probe(),
  ])
  c.run(for: .seconds(14))
  #expect(Set(asked) == [.startup])
  #expect(c.status["started"] == false)
  #expect(c.run(until: { c.isReady }) == .seconds(1))
  #expect(c.status["started"] == true)
  c.run(for: .seconds(60))
  #expect(Set(asked) == [.startup, .readiness, .liveness])
}

@Test func aStartupThatFailsRestarts() throws {
  let c = try cluster(["c": Program(probe: { _, _ in .failure("not yet") })])
  try c.create(["startupProbe": probe(["periodSeconds": 1, "failureThreshold": 5])])
  #expect(c.run(until: { c.restarts == 1 }) == .seconds(5))
  #expect(c.events.contains("Killing: Container c failed startup probe, will be restarted"))
}

@Test func aSlowProbeMissesItsTicks() throws {
  let c = try cluster(["c": Program(probeTakes: .milliseconds(2500))])
  try c.create(["livenessProbe": probe(["periodSeconds": 1, "timeoutSeconds": 3])])
  c.run(for: .seconds(10))
  // At 1, 4, 7 and 10 s.
  #expect(c.runtime.asked.filter { $0 == "probe liveness" }.count == 4)
}

@Test func aProbeThatCanNotBeAskedCountsForNothing() throws {
  let c = try cluster(["c": Program(probe: { _, _ in .unknown("grpc_health_probe is not installed") })])
  try c.create(["livenessProbe": probe(["periodSeconds": 1])])
  c.run(for: .seconds(60))
  #expect(c.restarts == 0)
  #expect(
    c.events.contains("Unhealthy: Liveness probe errored and resulted in unknown state: grpc_health_probe is not installed"))
}

@Test func whatFailsForEverIsToldWithinBounds() throws {
  let c = try cluster(["c": Program(probe: { _, _ in .failure("no") })])
  try c.create(["readinessProbe": probe(["periodSeconds": 1])])
  c.run(for: .seconds(60))
  #expect(!c.isReady)
  let revision = c.store.revision
  c.run(for: .seconds(3600))
  // One event each five minutes.
  #expect(c.store.revision - revision <= 13)
}

@Test func readinessIsAskedWhileItStopsAndLivenessIsNot() throws {
  let c = try cluster()
  var stopping = false
  var asked: [ProbeKind] = []
  c.runtime.programs["c"] = Program(
    endsOnTerm: .seconds(20),
    probe: { kind, _ in
      asked.append(kind)
      return stopping ? .failure("draining") : .success
    })
  try c.create([
    "readinessProbe": probe(["periodSeconds": 1, "failureThreshold": 1]),
    "livenessProbe": probe(["periodSeconds": 1, "failureThreshold": 1]),
  ])
  c.run(for: .milliseconds(5500))
  stopping = true
  asked = []
  try c.delete()
  c.run(for: .seconds(2))
  #expect(!c.isReady)
  #expect(asked.allSatisfy { $0 == .readiness })
  #expect(c.run(until: { !c.exists }) == .seconds(18))
}

@Test func probesKnowThePodsAddressAndTheirTime() throws {
  let spec = try #require(ProbeSpec(["timeoutSeconds": 7]))
  #expect(spec.timeout == .seconds(7))
  #expect(try #require(ProbeSpec(["periodSeconds": 7])).timeout == .seconds(1))
}

@Test func ticksCountFromTheStart() throws {
  let start = Instant(seconds: 100)
  let spec = try #require(ProbeSpec(["initialDelaySeconds": 3, "periodSeconds": 4]))
  #expect(Prober.tick(spec, start, after: start) == start + .seconds(3))
  #expect(Prober.tick(spec, start, after: start + .seconds(3)) == start + .seconds(7))
  #expect(Prober.tick(spec, start, after: start + .milliseconds(10_999)) == start + .seconds(11))
  let plain = try #require(ProbeSpec(["periodSeconds": 4]))
  #expect(Prober.tick(plain, start, after: start) == start + .seconds(4))
}

// MARK: - The daemon's death

@Test(arguments: [true, false]) func whatRunsIsTakenOver(_ flushing: Bool) throws {
  let c = try cluster()
  try c.create(["readinessProbe": probe(), "livenessProbe": probe()])
  c.run(for: .seconds(30))
  #expect(c.isReady)
  let before = c.pod
  c.die(flushing: flushing)
  c.run(for: .seconds(100))
  c.begin()
  c.run(for: .seconds(100))
  #expect(c.pod == before)
  #expect(c.runtime.starts.count == 1)
  // And it is seen to as before.
  c.runtime.kill("c")
  #expect(c.run(until: { c.restarts == 1 && c.isReady }) == .zero)
}

@Test(arguments: [true, false]) func whatEndedMeanwhileIsDealtWith(_ flushing: Bool) throws {
  let c = try cluster()
  try c.create()
  c.run(for: .seconds(30))
  c.die(flushing: flushing)
  c.run(for: .seconds(10))
  let ended = c.store.now
  c.runtime.kill("c", code: 9)
  c.run(for: .seconds(10))
  c.begin()
  #expect(c.run(until: { c.restarts == 1 && c.isRunning }) == .zero)
  #expect(c.status["lastState"]["terminated"]["exitCode"] == 9)
  #expect(c.status["lastState"]["terminated"]["finishedAt"].text == ended.rfc3339)
}

@Test(arguments: [true, false]) func aStartThatNobodyHeardOf(_ flushing: Bool) throws {
  let c = try cluster(["c": Program(startTakes: .seconds(3))])
  try c.create()
  c.run(for: .seconds(1))
  c.die(flushing: flushing)
  c.run(for: .seconds(10))
  c.begin()
  c.run(for: .seconds(1))
  #expect(c.isReady)
  #expect(c.restarts == 0)
  #expect(c.runtime.starts.count == 1)
}

@Test(arguments: [true, false]) func aRestartThatNobodyWroteDown(_ flushing: Bool) throws {
  let c = try cluster()
  try c.create()
  c.run(for: .seconds(10))
  c.runtime.kill("c", code: 3)
  c.run(for: .seconds(700))
  c.kubelet?.flush()
  c.runtime.programs["c"] = Program(startTakes: .seconds(3))
  c.runtime.kill("c", code: 4)
  c.run(for: .seconds(1))
  c.die(flushing: flushing)
  c.run(for: .seconds(10))
  c.begin()
  c.run(for: .seconds(1))
  #expect(c.isRunning)
  #expect(c.restarts == 2)
  #expect(c.status["lastState"]["terminated"]["exitCode"] == 4)
  #expect(c.runtime.starts.count == 3)
  #expect(c.runtime.held.count == 2)
}

@Test(arguments: [true, false]) func aStopGoesOn(_ flushing: Bool) throws {
  let c = try cluster(["c": Program(endsOnTerm: nil)])
  try c.create()
  c.run(for: .seconds(1))
  try c.delete()
  let begin = c.store.now
  c.run(for: .seconds(10))
  c.die(flushing: flushing)
  c.run(for: .seconds(5))
  c.begin()
  _ = c.run(until: { !c.exists })
  #expect(c.store.now - begin == .seconds(30))
  #expect(c.runtime.asked.last == "stop c 15s")
}

@Test func aPodThatWasDeletedMeanwhile() throws {
  let c = try cluster()
  try c.create()
  c.run(for: .seconds(1))
  c.die()
  try c.delete(grace: 0)
  _ = c.store.takeChanges()
  c.begin()
  c.run(for: .seconds(2))
  #expect(c.runtime.held.allSatisfy { $0.run.exit != nil })
  #expect(c.runtime.released.count == 1)
}

@Test func aMachineThatWasSwitchedOff() throws {
  let c = try cluster()
  try c.create()
  c.run(for: .seconds(1))
  c.die()
  if let run = c.runtime.held.first?.key { c.runtime.remove(run) }
  c.run(for: .seconds(60))
  c.begin()
  c.run(for: .seconds(1))
  #expect(c.isReady)
  #expect(c.restarts == 1)
  #expect(c.status["lastState"]["terminated"]["reason"] == "ContainerStatusUnknown")
  #expect(c.status["lastState"]["terminated"]["exitCode"] == 137)
}

@Test func aBackOffOutlivesTheDaemon() throws {
  let c = try cluster(["c": Program(ends: (.seconds(1), 1))])
  try c.create()
  c.run(for: .seconds(3))
  #expect(c.waiting == "CrashLoopBackOff")
  c.die()
  c.run(for: .seconds(2))
  c.begin()
  #expect(c.run(until: { c.isRunning }) == .seconds(7))
}

@Test func aPodThatIsOverIsLeftAlone() throws {
  let c = try cluster(["c": Program(ends: (.seconds(1), 0))])
  try c.create([:], ["restartPolicy": "Never"])
  c.run(for: .seconds(3))
  let before = c.pod
  c.die()
  c.begin()
  c.run(for: .seconds(60))
  #expect(c.pod == before)
  #expect(c.runtime.starts.count == 1)
}

@Test func theMachinesClockIsSetBack() throws {
  let c = try cluster()
  try c.create()
  c.run(for: .seconds(10))
  // A runtime whose clock is an hour behind, or ahead.
  for wrong in [Duration.seconds(-3600), .seconds(3600)] {
    let run = try #require(c.runtime.held.last?.key)
    c.kubelet?.ended(run, Exit(at: c.store.now + wrong, code: 1))
    c.run(for: .seconds(30))
    #expect(c.isRunning)
  }
  #expect(c.restarts == 2)
}
