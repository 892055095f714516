import API
import APIMachinery
import Client
import Formats
import Kubelet
import Posix

// Containers as processes of this machine.

/// The runtime of a process cluster: each container is a program with a shim above it. All that it knows outlives it in the pods' folders.
final class ProcessRuntime: ReportingRuntime {
  let scheme = "process"
  /// The folder of all pods.
  let folder: String
  let surroundings: Surroundings
  let node: Value
  let times: ClusterTimes
  private let controlGroups = ControlGroups.ofThisProcess
  private let inherited: [(name: String, value: String)]
  private(set) var loop: (any EventLoop)?
  private(set) var handlers: ProbeRunner?
  private(set) weak var reports: (any RuntimeReports)?
  /// The engines that pods can be handed to.
  let engines: PodEngines
  private var addresses: PodAddresses
  private var ports: GivenPorts
  var portJudge = PortJudge()
  private(set) var live: [RunKey: LiveRun] = [:]
  /// Pods that are to be removed once nothing of theirs runs.
  private var leaving: Set<String> = []
  /// Nothing is started any more: the machine's pods are being stopped.
  private var isClosing = false

  /// - Parameters:
  ///   - cluster: the cluster's folder.
  ///   - folder: that of all its pods.
  ///   - block: which addresses are its pods'.
  init(
    _ surroundings: Surroundings, cluster: String, folder: String, node: Value, block: AddressBlock, environment: (String) -> String?
  ) {
    self.surroundings = surroundings
    self.folder = folder
    self.node = node
    engines = PodEngines(folder: cluster, pods: folder, environment: environment)
    times = ClusterTimes(surroundings.agenda)
    inherited = PodPlace.inherited(from: environment)
    let pods = surroundings.lister.list(Kinds.pod, namespace: nil)
    addresses = PodAddresses(inUseBy: pods, block: block.pods)
    ports = GivenPorts(inUseBy: pods)
    claimAddresses(ofAllBut: Set(pods.map(\.uid)))
  }

  /// Pods whose objects are gone while nobody saw it have their addresses until their processes are gone too.
  private func claimAddresses(ofAllBut known: Set<String>) {
    for uid in pods where !known.contains(uid) {
      guard let address = RunFolder.all(folder, uid).last?.address else { continue }
      addresses.claim(address, for: uid)
    }
  }

  /// From now on it watches what it has started, and tells.
  func attach(to loop: any EventLoop, reports: any RuntimeReports) {
    self.loop = loop
    self.reports = reports
    handlers = ProbeRunner(loop)
    engines.attach(to: loop)
  }

  func address(of pod: Value) -> String? { addresses.address(for: pod.uid) }

  // MARK: Starting

  func start(_ run: RunKey, _ request: ContainerRequest) {
    guard !isClosing else { return }
    if case .engine(let engine) = engines.choice(for: request.pod) { return start(run, request, in: engine) }
    engines.begin(run.container.uid, with: EngineChoice.plainName)
    do throws(StartFailure) {
      var (launch, setup, plan) = try prepare(run, request)
      for notice in setup.notices { tell(request.pod, notice.reason, notice.message) }
      for notice in plan.notices { tell(request.pod, notice.reason, notice.message, container: run.container.container) }
      let place = RunFolder(folder, run, attempt: request.attempt)
      try place.make(image: request.spec["image"].text, address: request.address)
      if let path = launch.terminationMessage.path, plan.mounts(path) { place.makeMessage() }
      bound(&launch, by: ContainerLimits(request.spec), place)
      let one = LiveRun(run, place, setup)
      one.plan = plan
      try begin(one, launch)
    } catch {
      reports?.failed(run, error)
    }
  }

  /// Has a shim start a program.
  func begin(_ one: LiveRun, _ launch: ContainerLaunch) throws(StartFailure) {
    let pending: PendingLaunch
    do throws(LaunchFailure) {
      pending = try PendingLaunch(launch, folder: one.place.path)
    } catch {
      one.place.removeControlGroups()
      throw .create(error.description)
    }
    live[one.run] = one
    one.pending = pending
    guard let loop else { return finish(one) }
    do throws(SystemFailure) {
      try loop.watch(pending.descriptor, .read) { [weak self, weak one] _ in
        guard let self, let one, one.pending != nil else { return }
        self.loop?.unwatch(pending.descriptor)
        self.finish(one)
      }
    } catch {
      finish(one)
    }
  }

  /// A run is under way before it has a program.
  func hold(_ one: LiveRun) { live[one.run] = one }
  func drop(_ one: LiveRun) { live[one.run] = nil }

  /// What a container is started with.
  private func prepare(
    _ run: RunKey, _ request: ContainerRequest
  ) throws(StartFailure) -> (ContainerLaunch, ContainerSetup, MountPlan) {
    let (pod, spec) = (request.pod, request.spec)
    let setup = try setup(run, pod, spec, request.address, isNew: true)
    let words = setup.command + setup.arguments
    guard let first = words.first else { throw .create("the container has no command") }
    let path = setup.environment.first { $0.name == "PATH" }?.value
    let workingFolder = workingFolder(of: spec, run)
    let message = RunFolder(folder, run, attempt: request.attempt).messageFile
    let plan = mountPlan(spec, setup, message: message)
    let program: String
    do throws(ProgramMissing) {
      // What is in a volume is seen by the container alone.
      program = plan.shows(first) ? first : try ProgramPath.find(first, path: path, workingFolder: workingFolder)
    } catch {
      throw .run(error.description)
    }
    var launch = ContainerLaunch(program: program, arguments: words)
    launch.environment = setup.environment
    launch.workingFolder = workingFolder
    launch.label = "\(run.container.namespace)/\(run.container.pod)/\(run.container.container)"
    launch.hasInput = spec["stdin"].bool == true
    launch.hasTerminal = spec["tty"].bool == true
    if launch.hasTerminal { launch.environment = ContainerEnvironment.forTerminal(launch.environment) }
    let owner = ProcessOwner(spec, pod)
    launch.user = owner.user
    launch.group = owner.group
    launch.supplementaryGroups = owner.supplementaryGroups
    launch.noNewPrivileges = spec["securityContext"]["allowPrivilegeEscalation"].bool == false
    launch.mounts = plan.steps
    launch.environment.append(("KCTL_TERMINATION_LOG", message))
    launch.terminationMessage.path = message
    launch.terminationMessage.fallsBackToLog = spec["terminationMessagePolicy"].text == "FallbackToLogsOnError"
    return (launch, setup, plan)
  }

  /// Where a container's programs start: as its manifest says, else the pod's own folder.
  func workingFolder(of spec: Value, _ run: RunKey) -> String {
    let given = spec["workingDir"].text
    return given.isEmpty ? "\(folder)/\(run.container.uid)" : given
  }

  /// Bounds what a container uses: by control groups, and where there are none, each process's data.
  private func bound(_ launch: inout ContainerLaunch, by limits: ContainerLimits, _ place: RunFolder) {
    let made = controlGroups.make("kctl-" + place.id.prefix(16), limits)
    launch.controlGroups = made.folders
    place.note(controlGroups: made.folders)
    guard let bytes = limits.memoryBytes, !made.boundsMemory else { return }
    launch.limits.append(ResourceLimit(.dataBytes, soft: bytes, hard: bytes))
  }

  /// - Parameters:
  ///   - isNew: whether its volumes are to be made, and a port given where it asks for one.
  ///   - inEngine: whether it sees its volumes where they are mounted, and nothing of this machine's environment.
  func setup(
    _ run: RunKey, _ pod: Value, _ spec: Value, _ address: String, isNew: Bool, inEngine: Bool = false
  ) throws(StartFailure) -> ContainerSetup {
    let place = PodPlace(address: address, node: node, inherited: inEngine ? [] : inherited)
    let volumes = PodVolumes(
      of: pod, pods: folder, lister: surroundings.lister, place: place, wantsToken: inEngine || TokenVolume.isInSight)
    var port = GivenPorts.port(of: run.container.container, in: pod)
    if isNew {
      do throws(MountFailure) {
        try volumes.prepare(now: surroundings.agenda.now)
      } catch {
        throw .mount(error.description)
      }
      if port == nil, PortWish(spec) == .anyFree { port = givePort(run.container, address) }
    }
    do throws(ContainerProblem) {
      return try ContainerSetup(spec, of: pod, place: place, volumes: volumes, port: port, seesMounts: inEngine)
    } catch {
      throw .create(error.description)
    }
  }

  /// What a container was started with; of one that was taken over it is made again.
  func setup(of one: LiveRun, _ pod: Value, _ spec: Value, _ address: String) throws(StartFailure) -> ContainerSetup {
    if let known = one.setup { return known }
    let made = try setup(one.run, pod, spec, address, isNew: false, inEngine: one.engine != nil)
    one.setup = made
    return made
  }

  /// A free port for a container that asks for one, told in an annotation of its pod.
  private func givePort(_ container: ContainerKey, _ address: String) -> UInt16? {
    guard let port = ports.give(at: address, to: container.uid, isFree: { GivenPorts.isFree($0, at: address) }) else { return nil }
    let key = ObjectKey(Kinds.pod, container.namespace, container.pod)
    let change: Value = ["metadata": ["annotations": [GivenPorts.annotation(container.container): .string(String(port))]]]
    _ = try? surroundings.client.patch(key, subresource: nil, .merge(change), WriteOptions { $0.fieldManager = "kubelet" })
    return port
  }

  /// The program runs, or doesn't.
  private func finish(_ one: LiveRun) {
    guard let pending = one.pending else { return }
    one.pending = nil
    defer { tellUnmounted(of: one, pending) }
    do throws(LaunchFailure) {
      let process = try pending.finish()
      one.process = process
      watch(one)
      watchLog(of: one)
      guard one.engine != nil else { return tellStarted(one) }
      if let grace = one.wantedStop { stop(one, grace: grace) }
      awaitRunning(one)
    } catch {
      live[one.run] = nil
      one.place.removeControlGroups()
      reports?.failed(one.run, .run(error.description))
      settle(one.run.container.uid)
    }
  }

  /// It runs, and is told of a stop that was asked for meanwhile.
  func tellStarted(_ one: LiveRun) {
    guard let process = one.process else { return }
    reports?.started(one.run, at: times.cluster(process.started))
    if let grace = one.wantedStop { stop(one, grace: grace) }
  }

  private func watch(_ one: LiveRun) {
    guard let process = one.process, let loop else { return }
    guard let descriptor = process.descriptor, (try? loop.watch(descriptor, .read, { [weak self] _ in self?.look(one) })) != nil else {
      // No descriptor tells of its end: it is asked now and then.
      loop.after(nanoseconds: 500_000_000) { [weak self] in
        if process.ended == nil { self?.watch(one) } else { self?.look(one) }
      }
      return
    }
    one.watched = descriptor
  }

  /// Whether a container has ended.
  private func look(_ one: LiveRun) {
    guard let record = one.process?.ended, !one.hasEnded else { return }
    if let watched = one.watched { loop?.unwatch(watched) }
    one.watched = nil
    one.process?.dropDescriptor()
    if let timer = one.killTimer { loop?.cancel(timer) }
    for handler in one.handlers { handler.cancel() }
    one.handlers = []
    if one.engine == nil { ended(one, record, exit(record)) } else { clear(one, record) }
  }

  /// Nothing is left of it.
  func ended(_ one: LiveRun, _ record: ExitRecord, _ exit: Exit) {
    one.hasEnded = true
    endStreams(of: one)
    one.place.removeControlGroups()
    tellDropped(by: one)
    if exit.code != 0 { tellConflict(of: one) }
    reports?.ended(one.run, exit)
    settle(one.run.container.uid)
  }

  // MARK: Stopping

  func stop(_ run: RunKey, grace: Duration) {
    guard let one = live[run], !one.hasEnded else { return }
    stop(one, grace: grace)
  }

  private func stop(_ one: LiveRun, grace: Duration) {
    let isStarting = one.engine?.phase == .starting
    if one.process == nil || isStarting { one.wantedStop = min(one.wantedStop ?? grace, grace) }
    guard let process = one.process else { return }
    // One that does not run can't be asked yet, but its time is up all the same.
    if !isStarting, !one.isAsked {
      one.isAsked = true
      ask(one, process, grace)
    }
    let until = (loop?.now ?? 0) + grace.nanoseconds
    if let killAt = one.killAt, killAt <= until { return }
    one.killAt = until
    if let timer = one.killTimer { loop?.cancel(timer) }
    guard grace > .zero, let loop else { return kill(one) }
    one.killTimer = loop.after(nanoseconds: grace.nanoseconds) { [weak self, weak one] in if let one { self?.kill(one) } }
  }

  private func kill(_ one: LiveRun) {
    guard !one.hasEnded else { return }
    if let engine = one.engine { kill(one, engine.container) } else { one.process?.kill() }
  }

  /// How long a container that is to end goes on as it was: its Services stop sending it anything meanwhile, and what it was sent is answered.
  private static let drain = Duration.milliseconds(200)

  /// Asks a program to end.
  private func ask(_ one: LiveRun, _ process: ContainerProcess, _ grace: Duration) {
    let tell: () -> Void
    if one.engine == nil {
      tell = { process.signal(ProcessSignal.terminate) }
    } else {
      tell = { [weak self, weak one] in if let one { self?.ask(one) } }
    }
    guard let loop, grace > .seconds(1) else { return tell() }
    loop.after(nanoseconds: ProcessRuntime.drain.nanoseconds, tell)
  }

  func release(pod uid: String, grace: Duration) {
    leaving.insert(uid)
    for found in runs(ofPod: uid) where found.run.exit == nil {
      for one in live.values where one.run.container.uid == uid && one.run.id == found.run.id { stop(one, grace: grace) }
    }
    // Those that have no program yet are not among them.
    for one in live.values where one.run.container.uid == uid && one.process == nil { stop(one, grace: grace) }
    settle(uid)
  }

  /// Removes what is left of a pod that is leaving, once nothing of it runs.
  func settle(_ uid: String) {
    guard leaving.contains(uid), !live.values.contains(where: { $0.run.container.uid == uid && !$0.hasEnded }) else { return }
    if letGoNetwork(of: uid) { return }
    leaving.remove(uid)
    engines.forget(uid)
    for run in RunFolder.all(folder, uid) { run.removeControlGroups() }
    live = live.filter { $0.key.container.uid != uid }
    try? PodVolumes.remove(pod: uid, pods: folder)
    addresses.release(uid)
    ports.release(uid)
  }

  func remove(_ run: RunKey) {
    guard let one = live.removeValue(forKey: run) else { return }
    one.place.remove()
  }

  /// Stops all that runs, each with its pod's grace, and waits for it: the last that it does.
  func stopAll(grace: (String) -> Duration) {
    isClosing = true
    for one in live.values where one.pending != nil { finish(one) }
    let start = Machine.steadyNanoseconds
    var running = live.values.compactMap { one in one.process.map { ($0, start + grace(one.run.container.uid).nanoseconds) } }
    for one in live.values where one.engine == nil { one.process?.signal(ProcessSignal.terminate) }
    let inEngines = self.running
    engines.stopAtOnce(inEngines.compactMap { one in one.engine.map { ($0.container, grace(one.run.container.uid)) } })
    while true {
      running.removeAll { $0.0.ended != nil }
      if running.isEmpty { break }
      for (process, deadline) in running where deadline < Machine.steadyNanoseconds { process.kill() }
      Machine.sleep(nanoseconds: 10_000_000)
    }
    for one in live.values { one.place.removeControlGroups() }
    // Nothing has a keeper any more.
    engines.sweep.clearAtEnd()
  }

  // MARK: What there is

  /// The containers whose programs run.
  var running: [LiveRun] { live.values.filter { $0.process != nil && !$0.hasEnded } }

  var pods: [String] { (try? Machine.entries(of: folder)) ?? [] }

  func runs(ofPod uid: String) -> [FoundRun] {
    RunFolder.all(folder, uid).compactMap { place in
      let known = live.values.first { $0.run.container.uid == uid && $0.run.id == place.id }
      guard let process = known?.process ?? ContainerProcess.adopt(folder: place.path) else { return nil }
      let exit = process.ended.map(exit)
      if known == nil {
        // Whose it is besides is the kubelet's to know: it asks by uid and id.
        let one = LiveRun(key(uid, place), place, nil)
        one.process = process
        one.hasEnded = exit != nil
        if exit == nil, let container = EngineContainer(notedIn: place.path) { adopt(one, container) }
        live[one.run] = one
        if exit == nil {
          watch(one)
          watchLog(of: one)
        } else {
          endStreams(of: one)
          place.removeControlGroups()
        }
      }
      let run = Run(id: place.id, image: place.image, startedAt: times.cluster(process.started), exit: exit)
      return FoundRun(container: place.container, attempt: place.attempt, run: run)
    }
  }

  /// How a run ended, by the cluster's clock.
  func exit(_ record: ExitRecord) -> Exit {
    var exit = RunFolder.exit(record)
    exit.at = times.cluster(exit.at)
    return exit
  }

  private func key(_ uid: String, _ place: RunFolder) -> RunKey {
    let pod = surroundings.lister.holder(of: uid)
    return RunKey(ContainerKey(namespace: pod?.namespace ?? "", pod: pod?.name ?? "", uid: uid, container: place.container), id: place.id)
  }

  /// Where a run's log is; nil where nobody knows it.
  func logFolder(pod uid: String, run id: String) -> (path: String, isOver: () -> Bool)? {
    guard let place = RunFolder.all(folder, uid).first(where: { $0.id == id }) else { return nil }
    return (place.path, { [weak self] in self?.live.values.first { $0.run.id == id }?.hasEnded ?? true })
  }
}
