import APIMachinery
import Client
import Formats
import Testing

@testable import Kubelet

private func absent(_ name: String = "c") -> ContainerFacts { ContainerFacts(name, .absent) }
private func running(_ name: String = "c") -> ContainerFacts { ContainerFacts(name, .running) }
private func exited(_ code: Int, _ name: String = "c") -> ContainerFacts { ContainerFacts(name, .exited(code: code)) }

@Test func podActionsByTable() {
  func decide(_ initial: [ContainerFacts], _ regular: [ContainerFacts], _ policy: RestartPolicy) -> PodActions {
    PodActions.decide(initial: initial, regular: regular, policy: policy)
  }
  #expect(decide([], [absent(), absent("d")], .always).start == [0, 1])
  #expect(decide([], [running()], .always) == PodActions())
  #expect(decide([], [exited(0)], .always).start == [0])
  #expect(decide([], [exited(0)], .onFailure).over)
  #expect(decide([], [exited(1)], .onFailure).start == [0])
  #expect(decide([], [exited(1)], .never).over)
  #expect(decide([], [exited(1), running("d")], .never) == PodActions())
  // Init containers: one after the other, before everything else.
  #expect(decide([absent("i")], [absent()], .always).start == [0])
  #expect(decide([running("i")], [absent()], .always) == PodActions())
  #expect(decide([exited(0, "i"), absent("j")], [absent()], .always).start == [1])
  #expect(decide([exited(0, "i"), exited(0, "j")], [absent()], .always).start == [2])
  #expect(decide([exited(2, "i")], [absent()], .always).start == [0])
  #expect(decide([exited(2, "i")], [absent()], .onFailure).start == [0])
  #expect(decide([exited(2, "i")], [absent()], .never).over)
  #expect(decide([exited(0, "i")], [running()], .always) == PodActions())
  // Probes and changes.
  let sick = ContainerFacts("c", .running, livenessFailed: true)
  #expect(decide([], [sick], .always).stop == [.init(index: 0, why: "Container c failed liveness probe, will be restarted")])
  #expect(decide([], [sick], .always).start == [0])
  #expect(decide([], [sick], .never).stop == [.init(index: 0, why: "Container c failed liveness probe")])
  #expect(decide([], [sick], .never).start.isEmpty)
  let slow = ContainerFacts("c", .running, startupFailed: true)
  #expect(decide([], [slow], .always).stop.first?.why == "Container c failed startup probe, will be restarted")
  let changed = ContainerFacts("c", .running, changed: true)
  #expect(decide([], [changed], .never).stop.first?.why == "Container c definition changed, will be restarted")
  #expect(decide([], [changed], .never).start == [0])
}

@Test func crashBackOffDoublesAndForgets() {
  var backoff = Backoff()
  var now = Instant(seconds: 1000)
  #expect(!backoff.isWaiting(since: now, now: now))
  var waits: [Int64] = []
  for _ in 0..<8 {
    backoff.next(at: now)
    waits.append(backoff.wait.wholeSeconds)
    #expect(backoff.isWaiting(since: now, now: now + backoff.wait - .nanoseconds(1)))
    #expect(!backoff.isWaiting(since: now, now: now + backoff.wait))
    now = now + backoff.wait
  }
  #expect(waits == [10, 20, 40, 80, 160, 300, 300, 300])
  // Ten minutes of running forgive it all.
  now = now + .seconds(601)
  #expect(!backoff.isWaiting(since: now, now: now))
  backoff.next(at: now)
  #expect(backoff.wait == .seconds(10))
}

@Test func mountBackOff() {
  var backoff = MountBackoff()
  var waits: [Duration] = []
  for _ in 0..<10 {
    backoff.next()
    waits.append(backoff.wait)
  }
  #expect(waits.first == .milliseconds(500))
  #expect(waits[1] == .seconds(1))
  #expect(waits.last == .seconds(122))
}

// MARK: - Probes

private let origin = Instant(seconds: 1000)

private func timeline(_ kind: ProbeKind, _ probe: Value, _ forecast: ProbeForecast, startedAt: Instant = origin) throws -> ProbeTimeline {
  ProbeTimeline(spec: try #require(ProbeSpec(probe)), kind: kind, forecast: forecast, startedAt: startedAt, origin: origin)
}

/// When a probe's verdicts change, in seconds after the start, and how often it was looked at.
private func verdicts(_ timeline: ProbeTimeline, for length: Int64) -> (changes: [String], looks: Int) {
  var state = ProbeState()
  var changes: [String] = []
  var looks = 0
  var now = origin
  while let due = timeline.next(state, from: now), due < origin + .seconds(length) {
    now = due
    looks += 1
    if timeline.look(&state, at: now).changed { changes.append("\((now - origin).wholeSeconds) \(state.passed == true)") }
    now = now + .nanoseconds(1)
  }
  return (changes, looks)
}

@Test func probesAreLookedAtOnlyWhileSomethingMayChange() throws {
  let ok = ProbeForecast.success
  let never = ProbeForecast(failure: "no", succeedsFrom: nil)
  func late(_ seconds: Int64) -> ProbeForecast { ProbeForecast(failure: "no", succeedsFrom: origin + .seconds(seconds)) }
  var found = verdicts(try timeline(.readiness, ["periodSeconds": 5], ok), for: 3600)
  #expect(found.changes == ["0 true"])
  #expect(found.looks == 1)
  found = verdicts(try timeline(.readiness, ["periodSeconds": 5, "initialDelaySeconds": 12, "successThreshold": 3], ok), for: 3600)
  #expect(found.changes == ["25 true"])
  #expect(found.looks == 3)
  found = verdicts(try timeline(.readiness, ["periodSeconds": 10], late(33)), for: 3600)
  #expect(found.changes == ["20 false", "40 true"])
  found = verdicts(try timeline(.liveness, ["periodSeconds": 2, "failureThreshold": 2], never), for: 5)
  #expect(found.changes == ["2 false"])
  found = verdicts(try timeline(.startup, ["periodSeconds": 1, "failureThreshold": 30], late(12)), for: 3600)
  #expect(found.changes == ["12 true"])
  // A readiness probe that always fails: told 25 times, then every five minutes.
  found = verdicts(try timeline(.readiness, ["periodSeconds": 1], never), for: 3600)
  #expect(found.changes == ["2 false"])
  #expect((34...37).contains(found.looks))
}

@Test func probeNumbersAreBounded() throws {
  let probe = try #require(ProbeSpec(["periodSeconds": 0, "failureThreshold": -3, "initialDelaySeconds": 9_223_372_036_854_775_807]))
  #expect(probe.period == 1)
  #expect(probe.failureThreshold == 1)
  #expect(probe.initialDelay == 1_000_000_000)
  #expect(ProbeSpec(.null) == nil)
}

// MARK: - Small things

@Test func containerIDsTellTheMoment() {
  var random = Random(seed: 4)
  for nanoseconds in [0, 1, 999_999_999, 123_456_789] {
    let moment = Instant(seconds: 1_767_225_600) + .nanoseconds(nanoseconds)
    let id = ContainerID.make(&random, startedAt: moment)
    #expect(id.utf8.count == 64)
    #expect(ContainerID.moment(id, second: Instant(seconds: 1_767_225_600)) == moment)
  }
  #expect(ContainerID.moment("abc", second: origin) == origin)
}

@Test(arguments: [
  ("nginx", true), ("nginx:1.25", true), ("no-such/image:1", true), ("registry.example.com:5000/a/b:v1", true), ("localhost/x", true),
  ("a@sha256:abc", true), ("bad image", false), ("Bad", false), ("", false), ("a::b", false), ("a/", false), ("a:", false), ("-a", false),
])
func imageNames(_ image: String, _ good: Bool) {
  #expect(isImageName(image) == good)
}

@Test func imagesAreTagged() {
  #expect(taggedImage("nginx") == "nginx:latest")
  #expect(taggedImage("host:5000/nginx") == "host:5000/nginx:latest")
  #expect(taggedImage("nginx:1") == "nginx:1")
  #expect(taggedImage("a@sha256:1") == "a@sha256:1")
}

@Test func statesSurviveTheirNotes() throws {
  let state = PodState(uid: "u", node: "n", initCount: 1, count: 2, since: origin)
  state.admitted = true
  state.ip = "10.0.0.1"
  state.relist = origin + .seconds(1)
  state.queue = [1]
  state.busy = (.pulling(index: 1, began: origin, asked: origin, error: "x"), origin + .seconds(3))
  state.containers[0].run = Run(id: "i", image: "a", startedAt: origin, exit: Exit(at: origin, code: 0))
  state.containers[1].waiting = .init(reason: "r", message: "m")
  state.containers[1].crashes.next(at: origin)
  state.containers[1][.liveness].passed = false
  let again = try #require(PodState(note: state.note))
  #expect(again.note == state.note)
  #expect(again.containers == state.containers)
  #expect(PodState(note: ["x"]) == nil)
}

@Test func addressRanges() throws {
  let range = try #require(AddressRange("10.64.1.0/24"))
  #expect(range[2] == "10.64.1.2")
  #expect(range.size == 256)
  #expect(AddressRange("10.64.1.0") == nil)
  #expect(AddressRange("10.64.1/24") == nil)
  #expect(AddressRange("300.1.1.1/24") == nil)
}
