import API
import APIMachinery
import Client
import Formats

// A kubelet and a runtime that reports: what it hears, what it probes, and what it takes over from the kubelet before it.

extension Kubelet: RuntimeReports {
  public func looked(for container: ContainerKey, _ presence: ImagePresence) { take(.looked(presence), container) }
  public func pulled(for container: ContainerKey, error: String?) { take(.pulled(error: error), container) }
  public func started(_ run: RunKey, at time: Instant) { take(.started(id: run.id, at: time), run.container) }
  public func failed(_ run: RunKey, _ failure: StartFailure) { take(.failed(id: run.id, failure), run.container) }
  public func ended(_ run: RunKey, _ exit: Exit) { take(.ended(id: run.id, exit), run.container) }
  public func hookEnded(_ hook: Hook, of run: RunKey, failure: String?) {
    take(.hookEnded(hook, id: run.id, failure: failure), run.container)
  }

  /// Keeps a report for the pod's worker, which looks at once: a runtime may report while it is asked, in the middle of a step.
  private func take(_ report: Outstanding.Report, _ container: ContainerKey) {
    let key = Kubelet.key(container)
    guard let state = states[key], state.uid == container.uid, let outstanding = state.outstanding else { return }
    outstanding.inbox.append((container.container, report))
    surroundings.agenda.note(key, for: name, at: now)
  }

  private static func key(_ container: ContainerKey) -> String { "\(container.namespace)/\(container.pod)" }

  // MARK: Probing

  /// When the next probe is due. It is no entry of the agenda: a probe that finds what the last one found leaves no trace in the store.
  public var nextProbe: Instant? { prober.nextDue }

  /// Has the containers asked whose probes are due.
  public func probeWhatIsDue() {
    guard case .reporting(let runtime) = runtime else { return }
    for probe in prober.takeDue(by: now) {
      let container = probe.run.container
      guard let state = states[Kubelet.key(container)], state.uid == container.uid,
        let pod = surroundings.lister.get(ObjectKey(Kinds.pod, container.namespace, container.pod)),
        let spec = pod["spec"]["containers"].items.first(where: { $0["name"].text == container.container })
      else { continue }
      runtime.probe(
        probe.kind,
        HandlerRequest(
          run: probe.run, handler: probe.spec.handler, spec: spec, pod: pod, address: state.ip, timeout: probe.spec.timeout))
    }
  }

  public func probed(_ kind: ProbeKind, of run: RunKey, _ result: ProbeResult) {
    guard let probe = prober.answer(kind, of: run, success: result == .success, at: now) else { return }
    let key = Kubelet.key(run.container)
    let podKey = ObjectKey(Kinds.pod, run.container.namespace, run.container.pod)
    guard let state = states[key], state.uid == run.container.uid, let pod = surroundings.lister.get(podKey),
      let index = PodWorker.containers(pod).firstIndex(where: { $0["name"].text == run.container.container }),
      state.containers.indices.contains(index)
    else { return }
    var found = state.containers[index][kind]
    var news: String?
    switch result {
    case .success: break
    case .failure(let why): news = "\(kind.title) probe failed: \(why)"
    case .unknown(let why): news = "\(kind.title) probe errored and resulted in unknown state: \(why)"
    }
    if let news, !probe.isEarly, found.telling.take(at: now) {
      tell(pod, .warning, "Unhealthy", news, fieldPath: "spec.containers{\(run.container.container)}", node: state.node)
    }
    var changed = false
    switch result {
    case .success: changed = found.count(true, probe.spec)
    case .failure: if !probe.isEarly { changed = found.count(false, probe.spec) }
    case .unknown: break
    }
    state.containers[index][kind] = found
    // That a container lives is no news.
    guard changed, kind != .liveness || found.passed == false else { return }
    state.outstanding?.hasVerdict = true
    surroundings.agenda.note(key, for: name, at: now)
  }

  /// Has a pod's containers probed as they are now.
  func watchProbes(of pod: Value, _ state: PodState) {
    var wanted: [(run: RunKey, kind: ProbeKind, spec: ProbeSpec, startedAt: Instant, passed: Bool?)] = []
    for (i, spec) in pod["spec"]["containers"].items.enumerated() where PodWorker.hasProbes(spec) {
      let index = state.initCount + i
      guard state.containers.indices.contains(index), let run = state.containers[index].run, run.exit == nil else { continue }
      // A container is told to run when its postStart hook is over.
      if case .hooking(index) = state.busy?.what { continue }
      let isStopping = state.stopping || state.outstanding?.stops[index] != nil
      let key = RunKey(
        ContainerKey(namespace: pod.namespace, pod: pod.name, uid: state.uid, container: spec["name"].text), id: run.id)
      for kind in Kubelet.probes(of: spec, state.containers[index], isStopping: isStopping) {
        guard let numbers = ProbeSpec(spec[kind.field]) else { continue }
        wanted.append((key, kind, numbers, run.startedAt, state.containers[index][kind].passed))
      }
    }
    prober.watch(state.uid, wanted, at: now)
  }

  /// Which probes a running container has just now: startup holds the others back; what is being stopped is asked for no more than whether
  /// it is ready.
  static func probes(of spec: Value, _ container: ContainerState, isStopping: Bool) -> [ProbeKind] {
    if spec.has("startupProbe"), container[.startup].passed != true {
      return isStopping || container[.startup].passed == false ? [] : [.startup]
    }
    return [ProbeKind.readiness, .liveness].filter { kind in
      spec.has(kind.field) && (kind == .readiness || !isStopping && container[.liveness].passed != false)
    }
  }

  // MARK: Taking over

  /// How long what still runs of a pod has, once the pod's object is gone: it was deleted without any grace.
  static let graceOfGone = Duration.seconds(1)

  /// Takes over what a runtime has from the kubelet before: to be called once, before anything else. What runs goes on, what has ended
  /// meanwhile is dealt with, and what is of no pod any more is ended.
  public func takeOver() {
    guard case .reporting(let runtime) = runtime else { return }
    var known: Set<String> = []
    for pod in surroundings.lister.list(Kinds.pod, namespace: nil) where !pod["spec"]["nodeName"].text.isEmpty {
      known.insert(pod.uid)
      surroundings.agenda.note("\(pod.namespace)/\(pod.name)", for: name, at: now)
    }
    for uid in runtime.pods where !known.contains(uid) { runtime.release(pod: uid, grace: Kubelet.graceOfGone) }
  }

  /// Makes what is known of a pod agree with what its runtime has. What was under way is begun again.
  func adopt(_ state: PodState, _ pod: Value, _ runtime: any ReportingRuntime) {
    state.outstanding = Outstanding()
    state.busy = nil
    state.queue = []
    state.failed = false
    state.stopping = false
    state.gone = nil
    if state.admitted { state.relist = now }
    let found = runtime.runs(ofPod: state.uid)
    for (index, spec) in PodWorker.containers(pod).enumerated() where state.containers.indices.contains(index) {
      let container = ContainerKey(namespace: pod.namespace, pod: pod.name, uid: state.uid, container: spec["name"].text)
      let runs = found.filter { $0.container == container.container }
      state.containers[index].adopt(runs, at: now)
      for old in runs.dropLast(2) { runtime.remove(RunKey(container, id: old.run.id)) }
    }
  }
}

extension ContainerState {
  /// Takes the latest of the runs that a runtime has for the one that is.
  fileprivate mutating func adopt(_ found: [FoundRun], at now: Instant) {
    if let latest = found.last, latest.attempt >= restarts {
      var current = latest.run
      current.startedAt = min(current.startedAt, now)
      if let exit = current.exit { current.exit?.at = min(max(exit.at, current.startedAt), now) }
      if run?.id != current.id {
        // It was started after the last that was noted.
        last = found.dropLast().last?.run ?? run
        restarts = latest.attempt
        waiting = nil
        probes = []
        run = current
      } else if run?.exit == nil {
        run?.exit = current.exit
      }
    } else if let lost = run, lost.exit == nil {
      run?.exit = Exit(
        at: now, code: 137, reason: "ContainerStatusUnknown", message: "The container could not be located when the pod was terminated")
    }
  }
}
