import APIMachinery
import Client
import Formats

@testable import Kubelet

// A runtime that reports, of programs that do what a test says, on a clock that a test moves.

/// What a container's program does.
struct Program {
  var startTakes = Duration.zero
  var failure: StartFailure?
  /// When it ends by itself, and how; nil: never.
  var ends: (after: Duration, code: Int)?
  /// How long it takes to end when it is asked to; nil: it isn't impressed.
  var endsOnTerm: Duration? = .zero
  var hooks: [(hook: Hook, takes: Duration, failure: String?)] = []
  var probe: (ProbeKind, Instant) -> ProbeResult = { _, _ in .success }
  var probeTakes = Duration.zero
}

/// Runs programs. It outlives kubelets, as processes do.
final class FakeRuntime: ReportingRuntime {
  /// One run that it has.
  final class Held {
    let key: RunKey
    let attempt: Int
    var run: Run
    var isStarted = false
    var killed: Instant?

    init(_ key: RunKey, _ attempt: Int, _ run: Run) {
      self.key = key
      self.attempt = attempt
      self.run = run
    }
  }

  let clock: any Clock
  weak var reports: (any RuntimeReports)?
  /// By the container's name.
  var programs: [String: Program] = [:]
  var use = ImageUse.recorded
  /// What it answers about images, and how long that takes.
  var presence = ImagePresence.missing
  var looks = Duration.zero
  /// How long a pull takes, and why it fails.
  var pull: (takes: Duration, error: String?) = (.seconds(1), nil)
  private(set) var held: [Held] = []
  private(set) var released: [String] = []
  /// What was asked of it.
  private(set) var asked: [String] = []
  private(set) var starts: [(time: Instant, request: ContainerRequest)] = []
  private var agenda: [(time: Instant, number: Int, action: () -> Void)] = []
  private var count = 0

  init(_ clock: any Clock) { self.clock = clock }

  // MARK: Time

  var nextDue: Instant? { agenda.map(\.time).min() }

  func runDue() {
    while let i = agenda.indices.filter({ agenda[$0].time <= clock.now }).min(by: {
      (agenda[$0].time, agenda[$0].number) < (agenda[$1].time, agenda[$1].number)
    }) {
      agenda.remove(at: i).action()
    }
  }

  private func after(_ delay: Duration, _ action: @escaping () -> Void) {
    if delay == .zero { return action() }
    count += 1
    agenda.append((clock.now + delay, count, action))
  }

  // MARK: Being a runtime

  let scheme = "process"
  func hasImage(_ image: String, node: String) -> Bool { false }
  func images(node: String) -> [String] { [] }
  func address(of pod: Value) -> String? { "127.64.0.9" }
  func image(of spec: Value, in pod: Value) -> ImageUse { use }

  func look(for image: String, for container: ContainerKey) {
    asked.append("look \(image)")
    after(looks) { [self] in reports?.looked(for: container, presence) }
  }

  func pull(_ image: String, for container: ContainerKey) {
    asked.append("pull \(image)")
    after(pull.takes) { [self] in reports?.pulled(for: container, error: pull.error) }
  }

  func start(_ run: RunKey, _ request: ContainerRequest) {
    asked.append("start \(run.container.container)")
    starts.append((clock.now, request))
    let program = programs[run.container.container] ?? Program()
    let one = Held(run, request.attempt, Run(id: run.id, image: request.spec["image"].text, startedAt: clock.now))
    held.append(one)
    after(program.startTakes) { [self] in
      if let failure = program.failure {
        held.removeAll { $0 === one }
        reports?.failed(run, failure)
      } else if one.run.exit == nil {
        one.isStarted = true
        one.run.startedAt = clock.now
        reports?.started(run, at: clock.now)
        if let (delay, code) = program.ends { after(delay) { [self] in end(one, code) } }
      }
    }
  }

  private func end(_ one: Held, _ code: Int) {
    guard one.run.exit == nil else { return }
    let exit = Exit(at: clock.now, code: code)
    one.run.exit = exit
    reports?.ended(one.key, exit)
  }

  /// Ends a container's program, as if by hand.
  func kill(_ container: String, code: Int = 137) {
    if let one = held.last(where: { $0.key.container.container == container }) { end(one, code) }
  }

  func stop(_ run: RunKey, grace: Duration) {
    asked.append("stop \(run.container.container) \(grace.goText)")
    guard let one = held.first(where: { $0.key == run }), one.run.exit == nil else { return }
    let deadline = clock.now + grace
    if let takes = programs[run.container.container, default: Program()].endsOnTerm, grace > .zero {
      after(takes) { [self] in end(one, 143) }
    }
    guard one.killed.map({ deadline < $0 }) ?? true else { return }
    one.killed = deadline
    after(grace) { [self] in end(one, 137) }
  }

  func hook(_ hook: Hook, _ request: HandlerRequest) {
    let container = request.run.container.container
    asked.append("\(hook) \(container)")
    let (_, takes, failure) = programs[container]?.hooks.first { $0.hook == hook } ?? (hook, .zero, nil)
    after(takes) { [self] in reports?.hookEnded(hook, of: request.run, failure: failure) }
  }

  func probe(_ kind: ProbeKind, _ request: HandlerRequest) {
    let program = programs[request.run.container.container] ?? Program()
    asked.append("probe \(kind)")
    after(program.probeTakes) { [self] in reports?.probed(kind, of: request.run, program.probe(kind, clock.now)) }
  }

  func remove(_ run: RunKey) {
    asked.append("remove \(run.container.container)")
    held.removeAll { $0.key == run }
  }

  func release(pod uid: String, grace: Duration) {
    released.append(uid)
    for one in held where one.key.container.uid == uid && one.run.exit == nil { stop(one.key, grace: grace) }
    held.removeAll { $0.key.container.uid == uid && $0.run.exit != nil }
  }

  func runs(ofPod uid: String) -> [FoundRun] {
    held.filter { $0.key.container.uid == uid }
      .map { FoundRun(container: $0.key.container.container, attempt: $0.attempt, run: $0.run) }
  }

  var pods: [String] {
    var out: [String] = []
    for one in held where !out.contains(one.key.container.uid) { out.append(one.key.container.uid) }
    return out
  }
}
