import API
import APIMachinery
import Client
import Formats

// Does for one pod what its state, its containers and the time ask for, and says when to look again.

/// One step of one pod's worker: made for it, thrown away after it.
struct PodWorker {
  let kubelet: Kubelet
  let key: ObjectKey
  var pod: Value
  let state: PodState
  let node: NodeFacts
  let now: Instant
  /// Containers that were stopped to start them anew: their back-off counts from the run before.
  var stopped: [Int] = []

  init(_ kubelet: Kubelet, _ key: ObjectKey, _ pod: Value, _ state: PodState, _ node: NodeFacts) {
    self.kubelet = kubelet
    self.key = key
    self.pod = pod
    self.state = state
    self.node = node
    now = kubelet.now
  }

  static func containers(_ pod: Value) -> [Value] {
    let initials = pod["spec"]["initContainers"].items
    return initials.isEmpty ? pod["spec"]["containers"].items : initials + pod["spec"]["containers"].items
  }

  var isTerminal: Bool {
    let phase = pod["status"]["phase"]
    return phase == "Failed" || phase == "Succeeded"
  }

  /// Does what is due; returns when to look again, nil: when something changes.
  consuming func step() -> Instant? {
    let hasResumed = takeReports()
    if pod.isBeingDeleted { return terminate() }
    if isTerminal { return stopLeftovers() }
    if !state.admitted {
      if let rejection = PodAdmission(kubelet.surroundings.lister).rejection(of: pod, node: node.name) {
        reject(rejection)
        return nil
      }
      state.admitted = true
      sync()
      return next()
    }
    if state.ending != nil { return end() }
    if let busy = state.busy {
      guard busy.until <= now else {
        tellVerdict()
        return next()
      }
      state.busy = nil
      switch busy.what {
      case .pulling(let index, let began, let asked, let error): finishPull(index, began: began, asked: asked, error: error)
      case .creating(let index): run(index)
      case .hooking, .stopping: break
      }
      startQueue()
      return next()
    }
    if hasResumed {
      startQueue()
      if state.busy != nil { return next() }
    }
    if probe() || isSyncDue { sync() }
    return next()
  }

  private var isSyncDue: Bool {
    if let due = state.relist, due <= now { return true }
    if let due = state.resync, due <= now { return true }
    if let due = state.remount, due <= now { return true }
    if !state.mounted, state.remount == nil { return true }
    if let deadline, deadline <= now { return true }
    let told = pod["status"]["containerStatuses"].items
    let specs = PodWorker.containers(pod)
    for (i, container) in state.containers.enumerated() {
      guard let run = container.run else { continue }
      if run.isRunning(at: now) {
        if run.image != specs[i]["image"].text { return true }
      } else {
        // An end that the status doesn't tell yet.
        let statuses = i < state.initCount ? pod["status"]["initContainerStatuses"].items : told
        let index = i < state.initCount ? i : i - state.initCount
        if index < statuses.count, statuses[index]["state"]["running"].object != nil { return true }
        if index >= statuses.count || statuses[index]["containerID"].text.utf8.count < 64 { return true }
      }
    }
    return pod["spec"].has("readinessGates") || wasDeclaredUnready
  }

  /// Whether someone else, who took the node for lost, has told the pod not ready while its containers are.
  private var wasDeclaredUnready: Bool {
    var ready = Value.null
    var containersReady = Value.null
    for condition in pod["status"]["conditions"].items {
      switch condition["type"] {
      case "Ready": ready = condition["status"]
      case "ContainersReady": containersReady = condition["status"]
      default: break
      }
    }
    return ready == "False" && containersReady == "True"
  }

  private var deadline: Instant? {
    guard let seconds = pod["spec"]["activeDeadlineSeconds"].int else { return nil }
    return state.since + .seconds(min(seconds, 1_000_000_000))
  }

  // MARK: Sync

  private mutating func sync() {
    if let due = state.relist, due <= now { state.relist = nil }
    if let due = state.resync, due <= now { state.resync = nil }
    if let deadline, deadline <= now {
      state.ending = ("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
      tell(.normal, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
      _ = end()
      return
    }
    lookAtReadiness()
    writeStatus()
    if isTerminal { return }
    if !state.mounted {
      if let problem = kubelet.needs.mountProblem(pod) {
        if let due = state.remount, due > now { return }
        tell(.warning, "FailedMount", "MountVolume.SetUp failed for volume \"\(problem.volume)\" : \(problem.why)")
        state.mounts.next()
        state.remount = now + state.mounts.wait
        kubelet.await(key)
        return
      }
      state.mounted = true
      state.remount = nil
    }
    if state.ip.isEmpty {
      state.ip = kubelet.address(of: pod, on: node)
      if state.outstanding == nil { state.relist = node.relist(after: now) }
    }
    act()
  }

  private mutating func act() {
    let actions = PodActions.decide(
      initial: facts(0..<state.initCount), regular: facts(state.initCount..<state.containers.count), policy: RestartPolicy(pod["spec"]))
    stopped = []
    var until = now
    let specs = actions.stop.isEmpty ? [] : PodWorker.containers(pod)
    for stop in actions.stop {
      tell(.normal, "Killing", stop.why, container: stop.index)
      until = max(until, self.stop(stop.index, specs[stop.index], grace: grace(stop.index, specs[stop.index])))
      stopped.append(stop.index)
      state.relist = node.relist(after: until)
    }
    state.outstanding?.restarting = stopped
    state.queue = actions.start
    state.failed = false
    if until > now {
      state.busy = (.stopping, until)
    } else if !state.queue.isEmpty {
      startQueue()
    }
  }

  private func facts(_ range: Range<Int>) -> [ContainerFacts] {
    if range.isEmpty { return [] }
    let specs = range.lowerBound < state.initCount ? pod["spec"]["initContainers"].items : pod["spec"]["containers"].items
    var out: [ContainerFacts] = []
    out.reserveCapacity(range.count)
    for index in range {
      let container = state.containers[index]
      let spec = specs[index - range.lowerBound]
      var fact = ContainerFacts(spec["name"].text, .absent)
      if let run = container.run {
        if let exit = run.ended(by: now) {
          fact.state = .exited(code: exit.code)
        } else {
          fact.state = .running
          fact.changed = index >= state.initCount && run.image != spec["image"].text
          if !container.probes.isEmpty {
            fact.livenessFailed = container[.liveness].passed == false
            fact.startupFailed = container[.startup].passed == false
          }
        }
      }
      out.append(fact)
    }
    return out
  }

  mutating func writeStatus() {
    let status = PodStatusWriter(stamps: kubelet.stamps, scheme: kubelet.scheme).status(of: pod, state, hostIP: node.hostIP, now: now)
    if status == pod["status"] { return }
    var changed = pod
    changed["status"] = status
    if let stored = try? kubelet.surroundings.client.update(key, subresource: "status", changed, kubelet.writeOptions) { pod = stored }
  }

  // MARK: Starting

  mutating func startQueue() {
    // What reports is asked for one container after the other.
    if state.outstanding != nil, state.busy != nil { return }
    while let index = state.queue.first {
      state.queue.removeFirst()
      begin(index)
      if state.busy != nil { return }
    }
    if state.failed {
      state.failed = false
      state.resync = node.relist(after: now + retryDelay())
      // The next sync may be the one that ends a back-off: it would be told too late.
      if state.outstanding != nil { writeStatus() }
    }
  }

  /// How long after a failed sync the next one is asked for: ten to fifteen seconds, and then it waits for the sync loop, whose
  /// ticker looks for such pods once a second. Where it could tell nothing new, it comes when
  /// a back-off ends, or when something that was missing may have appeared (`Kubelet.await`), and after five minutes at the latest.
  private func retryDelay() -> Duration {
    if state.outstanding != nil { return exactDelay() }
    let usual = Duration.seconds(10) + .milliseconds(kubelet.surroundings.dice.random.below(5000))
    guard state.telling.left == 0 else { return usual }
    var delay = TellingBudget.refill
    for (index, container) in state.containers.enumerated() {
      guard let waiting = container.waiting else { continue }
      let statuses = index < state.initCount ? pod["status"]["initContainerStatuses"] : pod["status"]["containerStatuses"]
      let told = statuses[index < state.initCount ? index : index - state.initCount]["state"]["waiting"]
      guard told["reason"].text == waiting.reason, told["message"].text == waiting.message else { return usual }
      switch waiting.reason {
      case "CrashLoopBackOff":
        guard let exit = container.ended(by: now)?.exit else { return usual }
        delay = min(delay, exit.at + container.crashes.wait - now)
      case "ImagePullBackOff", "ErrImagePull": delay = min(delay, container.pulls.since + container.pulls.wait - now)
      case "CreateContainerConfigError": kubelet.await(key)
      default: return usual
      }
    }
    return max(delay + usual - .seconds(10), usual)
  }

  mutating func fail(_ index: Int, _ reason: String, _ message: String) {
    state.containers[index].waiting = .init(reason: reason, message: message)
    state.failed = true
  }

  func spec(_ index: Int) -> Value {
    index < state.initCount ? pod["spec"]["initContainers"][index] : pod["spec"]["containers"][index - state.initCount]
  }

  private mutating func begin(_ index: Int) {
    let container = state.containers[index]
    let spec = spec(index)
    let name = spec["name"].text
    // A crash's back-off.
    if let exit = stopped.contains(index) ? container.last?.exit : container.ended(by: now)?.exit {
      if container.crashes.isWaiting(since: exit.at, now: now) {
        let wait = container.crashes.wait.wholeSeconds
        let long = wait >= 60 ? "\(wait / 60)m\(wait % 60)s" : "\(wait)s"
        if state.telling.take(at: now) {
          tell(.warning, "BackOff", "Back-off restarting failed container \(name) in pod \(podTitle(pod))", container: index)
        }
        return fail(index, "CrashLoopBackOff", "back-off \(long) restarting failed container=\(name) pod=\(podTitle(pod))")
      }
      state.containers[index].crashes.next(at: now)
    }
    // The image.
    if case .reporting(let runtime) = kubelet.runtime {
      switch runtime.image(of: spec, in: pod) {
      case .pulled:
        guard canName(spec["image"].text, index) else { return }
        if spec["imagePullPolicy"] == "Always" { return obtainImage(index, .missing) }
        state.busy = (.pulling(index: index, began: now, asked: now, error: nil), .never)
        return runtime.look(for: spec["image"].text, for: containerKey(index))
      case .recorded: return create(index, spec)
      case .refused(let reason, let message): return refuse(index, reason, message)
      }
    }
    let image = spec["image"].text
    guard canName(image, index) else { return }
    obtainImage(index, kubelet.runtime.any.hasImage(image, node: node.name) ? .present : .missing)
  }

  /// Whether an image's name can be read; where not, that is told.
  private mutating func canName(_ image: String, _ index: Int) -> Bool {
    if kubelet.canName(image) { return true }
    let message = "Failed to apply default image tag \"\(image)\": couldn't parse image name \"\(image)\": invalid reference format"
    tell(.warning, "InspectFailed", message, container: index)
    tell(.warning, "Failed", "Error: InvalidImageName", container: index)
    fail(index, "InvalidImageName", message)
    return false
  }

  /// Goes on with a container whose image is there; else has it pulled, if it may be.
  mutating func obtainImage(_ index: Int, _ presence: ImagePresence) {
    let container = state.containers[index]
    let spec = spec(index)
    let image = spec["image"].text
    if case .unknown(let why) = presence {
      let message = "Failed to inspect image \"\(image)\": \(why)"
      tell(.warning, "InspectFailed", message, container: index)
      tell(.warning, "Failed", "Error: ImageInspectError", container: index)
      return fail(index, "ImageInspectError", message)
    }
    let present = presence == .present
    let policy = spec["imagePullPolicy"].text
    if present, policy != "Always" {
      tell(.normal, "Pulled", "Container image \"\(image)\" already present on machine", container: index)
      return create(index, spec)
    }
    if policy == "Never" {
      let message = "Container image \"\(image)\" is not present with pull policy of Never"
      tell(.warning, "ErrImageNeverPull", message, container: index)
      tell(.warning, "Failed", "Error: ErrImageNeverPull", container: index)
      return fail(index, "ErrImageNeverPull", message)
    }
    if container.pulls.isWaiting(now: now) {
      let message = "Back-off pulling image \"\(image)\""
      if state.telling.take(at: now) {
        tell(.normal, "BackOff", message, container: index)
        tell(.warning, "Failed", "Error: ImagePullBackOff", container: index)
      }
      return fail(index, "ImagePullBackOff", message)
    }
    tell(.normal, "Pulling", "Pulling image \"\(image)\"", container: index)
    switch kubelet.runtime {
    case .foretelling(let runtime):
      let pull = runtime.pull(image, node: node.name, now: now)
      if pull.until > now {
        state.busy = (.pulling(index: index, began: pull.began, asked: now, error: pull.error), pull.until)
      } else {
        finishPull(index, began: pull.began, asked: now, error: pull.error)
      }
    case .reporting(let runtime):
      state.busy = (.pulling(index: index, began: now, asked: now, error: nil), .never)
      runtime.pull(image, for: containerKey(index))
    }
  }

  private mutating func finishPull(_ index: Int, began: Instant, asked: Instant, error: String?) {
    let spec = spec(index)
    let image = spec["image"].text
    if let error {
      tell(.warning, "Failed", "Failed to pull image \"\(image)\": \(error)", container: index)
      tell(.warning, "Failed", "Error: ErrImagePull", container: index)
      state.containers[index].pulls.next(at: now)
      return fail(index, "ErrImagePull", error)
    }
    let took = inMilliseconds(now - began)
    let waited = inMilliseconds(now - asked)
    tell(.normal, "Pulled", "Successfully pulled image \"\(image)\" in \(took) (\(waited) including waiting)", container: index)
    kubelet.noteImages(node.name)
    create(index, spec)
  }

  private mutating func create(_ index: Int, _ spec: Value) {
    if spec.has("env") || spec.has("envFrom") || spec.has("securityContext") || pod["spec"]["securityContext"].has("runAsNonRoot"),
      let why = kubelet.needs.configProblem(spec, of: pod)
    {
      _ = state.telling.take(at: now)
      tell(.warning, "Failed", "Error: \(why)", container: index)
      return fail(index, "CreateContainerConfigError", why)
    }
    switch kubelet.runtime {
    case .foretelling(let runtime):
      let attempt = state.containers[index].run == nil ? 0 : state.containers[index].restarts + 1
      let delay = runtime.startDelay(ContainerRequest(pod: pod, spec: spec, attempt: attempt, now: now))
      if delay > .zero {
        state.busy = (.creating(index: index), now + delay)
      } else {
        run(index)
      }
    case .reporting: run(index)
    }
  }

  private mutating func run(_ index: Int) {
    let spec = spec(index)
    let container = state.containers[index]
    let attempt = container.run == nil ? container.restarts : container.restarts + 1
    let request = ContainerRequest(pod: pod, spec: spec, attempt: attempt, now: now, address: state.ip)
    switch kubelet.runtime {
    case .foretelling(let runtime): hasStarted(index, spec, runtime.start(request))
    case .reporting(let runtime): ask(runtime, index, request)
    }
  }

  /// A container runs, or could not.
  mutating func hasStarted(_ index: Int, _ spec: Value, _ run: Run) {
    let name = spec["name"].text
    if let run = state.containers[index].run {
      state.containers[index].last = run
      state.containers[index].restarts += 1
    }
    state.containers[index].run = run
    state.containers[index].waiting = nil
    state.containers[index].probes = []
    state.relist = node.relist(after: now)
    tell(.normal, "Created", "Created container \(name)", container: index)
    if let exit = run.exit, exit.reason == "StartError" {
      tell(.warning, "Failed", "Error: \(exit.message)", container: index)
      return fail(index, "RunContainerError", exit.message)
    }
    tell(.normal, "Started", "Started container \(name)", container: index)
    let hook = spec["lifecycle"]["postStart"]
    guard hook.object != nil else { return }
    switch kubelet.runtime {
    case .foretelling(let runtime):
      guard let failure = runtime.hook(hook, spec: spec, now: now).failure else { return }
      tell(.warning, "FailedPostStartHook", failure, container: index)
      tell(.normal, "Killing", "FailedPostStartHook", container: index)
      let exit = runtime.stop(run, spec: spec, pod: pod, now: now, grace: grace(index, spec))
      state.containers[index].run?.exit = exit
    case .reporting(let runtime): ask(runtime, index, postStart: hook)
    }
  }

  // MARK: Probing

  private func timeline(_ kind: ProbeKind, _ index: Int, _ run: Run, _ spec: Value) -> ProbeTimeline? {
    guard case .foretelling(let runtime) = kubelet.runtime, index >= state.initCount, let probe = ProbeSpec(spec[kind.field]) else {
      return nil
    }
    var forecast = runtime.forecast(probe.handler, of: run, spec: spec, pod: pod)
    if forecast.failure != nil, pod["status"]["podIP"].text != state.ip {
      // The status that names the pod's address is not written yet, and the failure names it.
      var addressed = pod
      addressed["status", "podIP"] = .string(state.ip)
      forecast = runtime.forecast(probe.handler, of: run, spec: spec, pod: addressed)
    }
    // A liveness probe that can't fail is never heard of.
    if kind == .liveness, forecast.failure == nil { return nil }
    return ProbeTimeline(spec: probe, kind: kind, forecast: forecast, startedAt: run.startedAt, origin: state.since)
  }

  /// The probes that run now for a container that runs.
  private func timelines(_ index: Int, _ spec: Value) -> [ProbeTimeline] {
    guard index >= state.initCount, let run = state.containers[index].run, run.isRunning(at: now) else { return [] }
    if spec.has("startupProbe"), state.containers[index][.startup].passed != true {
      if state.containers[index][.startup].passed == false { return [] }
      return timeline(.startup, index, run, spec).map { [$0] } ?? []
    }
    var out: [ProbeTimeline] = []
    if let readiness = timeline(.readiness, index, run, spec) { out.append(readiness) }
    if state.containers[index][.liveness].passed != false, let liveness = timeline(.liveness, index, run, spec) { out.append(liveness) }
    return out
  }

  static func hasProbes(_ spec: Value) -> Bool {
    spec.has("readinessProbe") || spec.has("livenessProbe") || spec.has("startupProbe")
  }

  /// Probes what is due; true where a verdict changed.
  private func probe() -> Bool {
    if let outstanding = state.outstanding { return outstanding.takeVerdict() }
    var changed = false
    let specs = pod["spec"]["containers"].items
    for (i, spec) in specs.enumerated() where PodWorker.hasProbes(spec) {
      let index = state.initCount + i
      guard state.containers.indices.contains(index) else { continue }
      for timeline in timelines(index, spec) {
        var probe = state.containers[index][timeline.kind]
        guard let due = timeline.next(probe, from: probe.notBefore), due <= now else { continue }
        let found = timeline.look(&probe, at: now)
        state.containers[index][timeline.kind] = probe
        if let text = found.tell { tell(.warning, "Unhealthy", text, container: index) }
        if found.changed, timeline.kind != .liveness || probe.passed == false { changed = true }
      }
    }
    return changed
  }

  /// A sync that sees a container run asks for its readiness at once.
  private func lookAtReadiness() {
    let specs = pod["spec"]["containers"].items
    for (i, spec) in specs.enumerated() where spec.has("readinessProbe") {
      let index = state.initCount + i
      guard let run = state.containers[index].run, run.isRunning(at: now), state.containers[index][.readiness].passed == nil else {
        continue
      }
      if spec.has("startupProbe"), state.containers[index][.startup].passed != true { continue }
      guard let timeline = timeline(.readiness, index, run, spec),
        now >= Instant(seconds: run.startedAt.seconds) + .seconds(timeline.spec.initialDelay)
      else { continue }
      var probe = state.containers[index][.readiness]
      if probe.notBefore > now { continue }
      let found = timeline.look(&probe, at: now)
      state.containers[index][.readiness] = probe
      if let text = found.tell { tell(.warning, "Unhealthy", text, container: index) }
    }
  }

  // MARK: Stopping

  func grace(_ index: Int, _ spec: Value) -> Duration {
    var seconds = pod["metadata"]["deletionGracePeriodSeconds"].int ?? pod["spec"]["terminationGracePeriodSeconds"].int ?? 30
    if !pod.isBeingDeleted {
      let container = state.containers[index]
      if container[.liveness].passed == false, let own = spec["livenessProbe"]["terminationGracePeriodSeconds"].int { seconds = own }
      if container[.startup].passed == false, let own = spec["startupProbe"]["terminationGracePeriodSeconds"].int { seconds = own }
    }
    return .seconds(min(max(seconds, 1), 1_000_000_000))
  }

  /// Asks a container to end; returns when it will have.
  private func stop(_ index: Int, _ spec: Value, grace: Duration) -> Instant {
    guard case .foretelling(let runtime) = kubelet.runtime else { return ask(toStop: index, spec, grace: grace) }
    guard let run = state.containers[index].run, run.isRunning(at: now) else { return now }
    var left = grace
    var from = now
    let hook = spec["lifecycle"]["preStop"]
    if hook.object != nil {
      let (takes, failure) = runtime.hook(hook, spec: spec, now: now)
      if let failure { tell(.warning, "FailedPreStopHook", failure, container: index) }
      let spent = min(takes, left)
      from = now + spent
      // What remains after a hook is at least two seconds.
      left = max(left - spent, .seconds(2))
    }
    var exit = runtime.stop(run, spec: spec, pod: pod, now: from, grace: left)
    if let foretold = run.exit, foretold.at <= exit.at { exit = foretold }
    state.containers[index].run?.exit = exit
    return exit.at
  }

  private mutating func stopAll() -> Instant {
    state.busy = nil
    state.queue = []
    state.resync = nil
    state.remount = nil
    state.stopping = true
    var until = now
    for (index, spec) in PodWorker.containers(pod).enumerated() where isAlive(index) {
      if state.outstanding?.stops[index] != nil {
        until = .never
        continue
      }
      tell(.normal, "Killing", "Stopping container \(spec["name"].text)", container: index)
      until = max(until, stop(index, spec, grace: grace(index, spec)))
    }
    return until
  }

  /// Takes a pod that is being deleted through its end.
  private mutating func terminate() -> Instant? {
    if !state.stopping {
      state.relist = stopAll()
      // Some of the grace is over where the kubelet came anew.
      shortenStops(to: pod.deletionTime)
      if let relist = state.relist, relist > now { return relist }
    }
    // A later deletion may have cut the grace.
    shortenStops()
    if let limit = pod.deletionTime {
      for index in state.containers.indices {
        if let exit = state.containers[index].run?.exit, exit.at > now, exit.at > limit + .seconds(1) {
          let end = max(now, limit)
          state.containers[index].run?.exit = Exit(at: end, code: 137)
          state.relist = end
        }
      }
    }
    if let relist = state.relist, relist > now {
      tellVerdict()
      return relist
    }
    if state.gone == nil {
      // SyncTerminatingPod tells the end as soon as its kill returns; SyncTerminatedPod, which lets the object go, is queued
      // for the sync loop, whose ticker looks at the queue each second.
      state.relist = nil
      if !isTerminal { writeStatus() }
      state.gone = node.relist(after: now)
      return state.gone
    }
    if let gone = state.gone, gone > now { return gone }
    if !isTerminal { writeStatus() }
    var options = DeleteOptions()
    options.gracePeriodSeconds = 0
    options.uid = state.uid
    _ = try? kubelet.surroundings.client.delete(key, options)
    return nil
  }

  /// A pod that failed by our own decision: stops what runs, then says so.
  private mutating func end() -> Instant? {
    if !state.stopping {
      let until = stopAll()
      state.relist = until > now ? node.relist(after: until) : nil
    }
    if let relist = state.relist, relist > now { return relist }
    state.relist = nil
    writeStatus()
    return nil
  }

  /// A pod whose phase says that it is over: whatever of it still runs is stopped.
  private mutating func stopLeftovers() -> Instant? {
    guard state.containers.indices.contains(where: isAlive) else {
      state.relist = nil
      state.resync = nil
      return nil
    }
    _ = stopAll()
    state.stopping = false
    return nil
  }

  private mutating func reject(_ rejection: PodAdmission.Rejection) {
    tell(.warning, rejection.reason, rejection.message)
    var changed = pod
    changed["status", "phase"] = "Failed"
    changed["status", "reason"] = .string(rejection.reason)
    changed["status", "message"] = .string("Pod was rejected: " + rejection.message)
    changed["status", "startTime"] = kubelet.stamps(now)
    if let stored = try? kubelet.surroundings.client.update(key, subresource: "status", changed, kubelet.writeOptions) { pod = stored }
  }

  // MARK: When to look again

  private func next() -> Instant? {
    if isTerminal { return nil }
    if let busy = state.busy { return busy.until }
    var wake: Instant?
    func consider(_ time: Instant?) {
      guard let time else { return }
      wake = wake.map { min($0, time) } ?? time
    }
    consider(state.relist)
    consider(state.resync)
    consider(state.remount)
    consider(deadline)
    for container in state.containers {
      if let exit = container.run?.exit, exit.at > now { consider(node.relist(after: exit.at)) }
    }
    for (i, spec) in pod["spec"]["containers"].items.enumerated() where PodWorker.hasProbes(spec) {
      let index = state.initCount + i
      for timeline in timelines(index, spec) {
        let probe = state.containers[index][timeline.kind]
        consider(timeline.next(probe, from: max(now + .nanoseconds(1), probe.notBefore)))
      }
    }
    return wake
  }

  // MARK: Telling

  func tell(_ type: EventType, _ reason: String, _ message: String, container index: Int? = nil) {
    var path = ""
    if let index {
      path = index < state.initCount ? "spec.initContainers{\(spec(index)["name"].text)}" : "spec.containers{\(spec(index)["name"].text)}"
    }
    kubelet.tell(pod, type, reason, message, fieldPath: path, node: node.name)
  }
}

/// A length of time in Go's words, cut to milliseconds.
private func inMilliseconds(_ length: Duration) -> String {
  Duration.milliseconds(max(0, length.nanoseconds / 1_000_000)).goText
}
