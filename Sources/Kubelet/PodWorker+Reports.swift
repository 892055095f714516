import APIMachinery
import Formats

// A pod's worker with a runtime that reports: it asks, waits without waiting, and goes on with what comes back.

extension PodWorker {
  /// The least that remains of a grace after its preStop hook.
  private static let leastAfterHook = Duration.seconds(2)

  func containerKey(_ index: Int) -> ContainerKey {
    ContainerKey(namespace: key.namespace, pod: key.name, uid: state.uid, container: spec(index)["name"].text)
  }

  private func runKey(_ index: Int, _ run: Run) -> RunKey { RunKey(containerKey(index), id: run.id) }

  /// Whether a container runs, or was asked to.
  func isAlive(_ index: Int) -> Bool { state.containers[index].isRunning(at: now) || state.outstanding?.starting?.index == index }

  // MARK: Asking

  mutating func ask(_ runtime: any ReportingRuntime, _ index: Int, _ request: ContainerRequest) {
    let id = ContainerID.make(&kubelet.surroundings.dice.random, startedAt: now)
    let run = Run(id: id, image: request.spec["image"].text, startedAt: now)
    state.outstanding?.starting = (index, run)
    state.busy = (.creating(index: index), .never)
    runtime.start(runKey(index, run), request)
  }

  mutating func ask(_ runtime: any ReportingRuntime, _ index: Int, postStart handler: Value) {
    guard let run = state.containers[index].run, state.outstanding?.stops[index] == nil else { return }
    state.busy = (.hooking(index: index), .never)
    runtime.hook(.postStart, handlerRequest(index, run, handler, timeout: nil))
  }

  /// Begins a container's stop, with its preStop hook; returns when it will have ended: nobody knows.
  func ask(toStop index: Int, _ spec: Value, grace: Duration) -> Instant {
    guard case .reporting(let runtime) = kubelet.runtime, let outstanding = state.outstanding, isAlive(index) else { return now }
    let isStarting = outstanding.starting?.index == index
    let hook = isStarting ? .null : spec["lifecycle"]["preStop"]
    outstanding.stops[index] = .init(grace: grace, until: now + grace, isHooking: hook.object != nil)
    if hook.object != nil, let run = state.containers[index].run {
      runtime.hook(.preStop, handlerRequest(index, run, hook, timeout: grace))
    } else {
      tellRuntime(toStop: index, grace: grace)
    }
    return .never
  }

  private func handlerRequest(_ index: Int, _ run: Run, _ handler: Value, timeout: Duration?) -> HandlerRequest {
    HandlerRequest(run: runKey(index, run), handler: handler, spec: spec(index), pod: pod, address: state.ip, timeout: timeout)
  }

  /// After a preStop hook, or its time: what remains of the grace, two seconds at least.
  private func endHook(_ index: Int) {
    guard let stop = state.outstanding?.stops[index], stop.isHooking else { return }
    let left = max(stop.until - now, PodWorker.leastAfterHook)
    state.outstanding?.stops[index] = .init(grace: stop.grace, until: now + left, isHooking: false)
    tellRuntime(toStop: index, grace: left)
  }

  /// Cuts stops that are under way: to the grace that the pod has now, a later deletion may have given it less; and to a moment.
  func shortenStops(to limit: Instant? = nil) {
    guard let outstanding = state.outstanding else { return }
    for (index, spec) in PodWorker.containers(pod).enumerated() {
      guard let stop = outstanding.stops[index] else { continue }
      let grace = grace(index, spec)
      var until = grace < stop.grace ? min(stop.until, now + grace) : stop.until
      // A limit is told in whole seconds.
      if let limit, until > limit + .seconds(1) { until = max(limit, now) }
      guard until < stop.until else { continue }
      outstanding.stops[index] = .init(grace: min(grace, stop.grace), until: until, isHooking: stop.isHooking)
      if stop.isHooking {
        if until <= now { endHook(index) }
      } else {
        tellRuntime(toStop: index, grace: until - now)
      }
    }
  }

  private func tellRuntime(toStop index: Int, grace: Duration) {
    guard case .reporting(let runtime) = kubelet.runtime else { return }
    let starting = state.outstanding?.starting.flatMap { $0.index == index ? $0.run : nil }
    if let run = starting ?? state.containers[index].run { runtime.stop(runKey(index, run), grace: grace) }
  }

  // MARK: Hearing

  /// Takes in what the runtime has reported; true where the worker can go on with what it was in the middle of.
  mutating func takeReports() -> Bool {
    guard let outstanding = state.outstanding else { return false }
    let wasBusy = state.busy != nil
    let inbox = outstanding.inbox
    outstanding.inbox = []
    for (name, report) in inbox {
      guard let index = state.containers.indices.first(where: { spec($0)["name"].text == name }) else { continue }
      switch report {
      case .looked(let presence):
        guard case .pulling(index, _, _, _) = state.busy?.what else { continue }
        state.busy = nil
        // A pod that ends meanwhile needs no image.
        if !pod.isBeingDeleted, !isTerminal, state.ending == nil { obtainImage(index, presence) }
      case .pulled(let error):
        if case .pulling(index, let began, let asked, _) = state.busy?.what {
          state.busy = (.pulling(index: index, began: began, asked: asked, error: error), now)
        }
      case .started(let id, let time): begun(index, id, at: time, outstanding)
      case .failed(let id, let failure): notBegun(index, id, failure, outstanding)
      case .ended(let id, let exit): ended(index, id, exit, outstanding)
      case .hookEnded(let hook, let id, let failure): hookEnded(hook, index, id, failure)
      }
    }
    for (index, stop) in outstanding.stops.sorted(by: { $0.key < $1.key }) where stop.isHooking && stop.until <= now { endHook(index) }
    return wasBusy && state.busy == nil
  }

  private mutating func begun(_ index: Int, _ id: String, at time: Instant, _ outstanding: Outstanding) {
    guard let starting = outstanding.starting, starting.index == index, starting.run.id == id else { return }
    var run = starting.run
    run.startedAt = min(time, now)
    state.mounts = MountBackoff()
    settle(index, run, outstanding)
  }

  /// What was asked for runs, or did.
  private mutating func settle(_ index: Int, _ run: Run, _ outstanding: Outstanding) {
    outstanding.starting = nil
    if case .creating(index) = state.busy?.what { state.busy = nil }
    let oldest = state.containers[index].run == nil ? nil : state.containers[index].last
    let waits = state.relist == .never
    hasStarted(index, spec(index), run)
    if waits { state.relist = .never }
    if let oldest, case .reporting(let runtime) = kubelet.runtime { runtime.remove(runKey(index, oldest)) }
  }

  private mutating func notBegun(_ index: Int, _ id: String, _ failure: StartFailure, _ outstanding: Outstanding) {
    guard var run = outstanding.starting?.run, outstanding.starting?.index == index, run.id == id else { return }
    outstanding.stops[index] = nil
    switch failure {
    case .mount(let message):
      outstanding.starting = nil
      if case .creating(index) = state.busy?.what { state.busy = nil }
      retryMounts(message)
    case .create(let message):
      outstanding.starting = nil
      if case .creating(index) = state.busy?.what { state.busy = nil }
      if state.telling.take(at: now) { tell(.warning, "Failed", "Error: \(message)", container: index) }
      fail(index, "CreateContainerError", message)
    case .run(let message):
      run.exit = Exit(at: now, code: 128, reason: "StartError", message: message)
      settle(index, run, outstanding)
    }
    if state.stopping { lookAgain() }
  }

  private mutating func ended(_ index: Int, _ id: String, _ exit: Exit, _ outstanding: Outstanding) {
    if let starting = outstanding.starting, starting.index == index, starting.run.id == id { settle(index, starting.run, outstanding) }
    guard let run = state.containers[index].run, run.id == id, run.exit == nil else { return }
    var exit = exit
    // The machine's clock may be elsewhere.
    exit.at = min(max(exit.at, run.startedAt), now)
    state.containers[index].run?.exit = exit
    outstanding.stops[index] = nil
    switch state.busy?.what {
    case .hooking(index): state.busy = nil
    case .stopping where outstanding.stops.isEmpty:
      state.busy = nil
      stopped = outstanding.restarting
      outstanding.restarting = []
    default: break
    }
    lookAgain()
  }

  /// An end asks for a look at the pod: at once, or where the whole pod is to end, once all of it has.
  private func lookAgain() {
    state.relist = state.stopping && state.containers.indices.contains(where: isAlive) ? .never : now
  }

  private mutating func hookEnded(_ hook: Hook, _ index: Int, _ id: String, _ failure: String?) {
    guard let run = state.containers[index].run, run.id == id, run.exit == nil else { return }
    switch hook {
    case .postStart:
      guard case .hooking(index) = state.busy?.what else { return }
      state.busy = nil
      guard let failure else { return }
      tell(.warning, "FailedPostStartHook", failure, container: index)
      tell(.normal, "Killing", "FailedPostStartHook", container: index)
      let spec = spec(index)
      state.busy = (.stopping, ask(toStop: index, spec, grace: grace(index, spec)))
    case .preStop:
      guard state.outstanding?.stops[index]?.isHooking == true else { return }
      if let failure { tell(.warning, "FailedPreStopHook", failure, container: index) }
      endHook(index)
    }
  }

  /// Tells a probe's verdict while the worker is in the middle of something else.
  mutating func tellVerdict() {
    guard let outstanding = state.outstanding, outstanding.hasVerdict, !isTerminal else { return }
    // A container whose postStart hook runs is not told yet; the sync after it tells all.
    if case .hooking = state.busy?.what { return }
    outstanding.hasVerdict = false
    writeStatus()
  }

  // MARK: Failing

  /// No container of the pod is started before its volumes can be mounted: that is tried again, later and later.
  private func retryMounts(_ message: String) {
    tell(.warning, "FailedMount", message)
    state.queue = []
    state.mounted = false
    state.mounts.next()
    state.remount = now + state.mounts.wait
    kubelet.await(key)
  }

  /// A container that can't run here, and won't as long as neither the machine nor its spec changes.
  mutating func refuse(_ index: Int, _ reason: String, _ message: String) {
    if state.telling.take(at: now) {
      tell(.warning, reason, message, container: index)
      tell(.warning, "Failed", "Error: \(reason)", container: index)
    }
    state.containers[index].waiting = .init(reason: reason, message: message)
    state.resync = now + TellingBudget.refill
    writeStatus()
  }

  /// How long after a failed sync the next one comes: as soon as the first back-off ends; else as in Kubernetes, ten to fifteen seconds.
  func exactDelay() -> Duration {
    var delay: Duration?
    func consider(_ other: Duration) { delay = min(delay ?? other, other) }
    for container in state.containers {
      switch container.waiting?.reason {
      case nil: continue
      case "CrashLoopBackOff":
        if let exit = container.ended(by: now)?.exit { consider(exit.at + container.crashes.wait - now) }
      case "ImagePullBackOff": consider(container.pulls.since + container.pulls.wait - now)
      case "CreateContainerConfigError":
        kubelet.await(key)
        consider(.seconds(10) + .milliseconds(kubelet.surroundings.dice.random.below(5000)))
      default: consider(.seconds(10) + .milliseconds(kubelet.surroundings.dice.random.below(5000)))
      }
    }
    return max(delay ?? .seconds(10), .zero)
  }
}
