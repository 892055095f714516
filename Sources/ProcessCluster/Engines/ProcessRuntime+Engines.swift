import APIMachinery
import Formats
import Kubelet
import Posix

// Containers of engines: made by calls, started and kept by a shim whose program is the engine's client, and removed when they have ended.

extension ProcessRuntime {
  // MARK: Starting

  /// Makes a container, and has a shim start it.
  func start(_ run: RunKey, _ request: ContainerRequest, in engine: ContainerEngine) {
    let place = RunFolder(folder, run, attempt: request.attempt)
    do throws(StartFailure) {
      guard let calls = engines.calls else { throw .create("the cluster is not open yet") }
      let setup = try setup(run, request.pod, request.spec, request.address, isNew: true, inEngine: true)
      for notice in setup.notices { tell(request.pod, notice.reason, notice.message) }
      try place.make(image: request.spec["image"].text, address: request.address)
      let key = run.container
      let name = EngineContainer.name(key.container, pod: key.pod, namespace: key.namespace, id: run.id)
      let container = EngineContainer(engine: engine, name: name, sandbox: sandbox(of: request.pod, engine)?.name)
      let whole = PodPlace(address: request.address, node: node, inherited: [])
      let around = EngineCreation.Place(
        address: request.address, hostname: whole.hostname(of: request.pod), cluster: folder, environmentFile: place.path + "/environment",
        messageFile: place.messageFile)
      let creation = try EngineCreation(container, request.spec, of: request.pod, setup: setup, around)
      try prepare(place, container, creation, around)
      engines.begin(key.uid, with: engine.kind.rawValue)
      let one = LiveRun(run, place, setup)
      one.engine = EngineRun(container, .making)
      hold(one)
      engines.whenSwept { [weak self, weak one] in
        guard let self, let one else { return }
        holdNetwork(of: request.pod, image: request.spec["image"].text, around, engine) { [weak self, weak one] problem in
          guard let self, let one else { return }
          if let problem { return giveUp(one, .create(problem)) }
          make(one, request, creation, calls, around)
        }
      }
    } catch {
      place.remove()
      reports?.failed(run, error)
    }
  }

  private func make(
    _ one: LiveRun, _ request: ContainerRequest, _ creation: EngineCreation, _ calls: EngineCalls, _ around: EngineCreation.Place
  ) {
    guard let container = one.engine?.container else { return }
    calls.run(container.engine.words(creation.words), .long, more: creation.environment) { [weak self, weak one] answer in
      guard let self, let one else { return }
      if Folder.exists(around.environmentFile) { try? Folder.remove(around.environmentFile) }
      if answer.isWell { return keep(one, request) }
      guard answer.isSilence else { return giveUp(one, .create(answer.reason)) }
      // It may be there all the same.
      calls.run(container.remove, .short) { [weak self, weak one] _ in if let one { self?.giveUp(one, .create(answer.reason)) } }
    }
  }

  /// Writes the files that a container is made with.
  private func prepare(
    _ place: RunFolder, _ container: EngineContainer, _ creation: EngineCreation, _ around: EngineCreation.Place
  ) throws(StartFailure) {
    do throws(SystemFailure) {
      try engines.sweep.note(container.engine)
      try container.note(in: place.path)
      // Whoever the program runs as may write its message; nobody else gets to where it is.
      try Machine.replaceFile(around.messageFile, with: [], mode: 0o666)
      guard !creation.file.isEmpty else { return }
      let text = creation.file.map { "\($0.name)=\($0.value)\n" }.joined()
      try Machine.replaceFile(around.environmentFile, with: Array(text.utf8), mode: 0o600)
    } catch {
      throw .create("\(place.path): \(error.text)")
    }
  }

  /// Nothing comes of a run.
  private func giveUp(_ one: LiveRun, _ failure: StartFailure) {
    drop(one)
    // Where it failed to start, its log is all that there is to look at.
    if case .create = failure { one.place.remove() }
    reports?.failed(one.run, failure)
    settle(one.run.container.uid)
  }

  /// Has a shim start a container that was made, and keep it.
  private func keep(_ one: LiveRun, _ request: ContainerRequest) {
    guard let container = one.engine?.container else { return }
    let words = container.start(withInput: request.spec["stdin"].bool == true)
    var launch = ContainerLaunch(program: words[0], arguments: words)
    launch.hasTerminal = request.spec["tty"].bool == true
    launch.environment = launch.hasTerminal ? engines.environment.inTerminal : engines.environment.variables
    launch.label = "\(one.run.container.namespace)/\(one.run.container.pod)/\(one.run.container.container)"
    launch.hasInput = request.spec["stdin"].bool == true
    // The engine's own keeper tidies up after the client has gone.
    launch.leavesOthers = true
    launch.terminationMessage.path = one.place.messageFile
    launch.terminationMessage.fallsBackToLog = request.spec["terminationMessagePolicy"].text == "FallbackToLogsOnError"
    one.engine?.phase = .starting
    do throws(StartFailure) {
      try begin(one, launch)
    } catch {
      engines.calls?.run(container.remove, .short) { [weak self, weak one] _ in if let one { self?.giveUp(one, error) } }
    }
  }

  /// Asks until a container runs, or its shim has ended.
  func awaitRunning(_ one: LiveRun) {
    guard let run = one.engine, run.phase == .starting else { return }
    engines.calls?.run(run.container.inspect, .short) { [weak self, weak one] answer in
      guard let self, let one, one.engine?.phase == .starting else { return }
      guard let state = EngineState(answer.output), state.hasStarted else {
        let pause = one.engine?.nextPause() ?? .zero
        loop?.after(nanoseconds: pause.nanoseconds) { [weak self, weak one] in if let one { self?.awaitRunning(one) } }
        return
      }
      one.engine?.phase = .running
      one.engine?.stopSignal = state.stopSignal
      tellStarted(one)
    }
  }

  // MARK: The network of several

  /// Holds the network of a pod of several containers, which find each other on their own localhost; nil where there is nothing to share.
  private func sandbox(of pod: Value, _ engine: ContainerEngine) -> EngineContainer? {
    guard pod["spec"]["containers"].items.count > 1, pod["spec"]["hostNetwork"].bool != true else { return nil }
    let id = String(pod.uid.utf8.filter { $0 != UInt8(ascii: "-") }.map { Character(Unicode.Scalar($0)) })
    return EngineContainer(
      engine: engine, name: EngineContainer.name("POD", pod: pod.name, namespace: pod.namespace, id: id))
  }

  /// Sees that what holds a pod's network runs; `done` is told why it can't.
  private func holdNetwork(
    of pod: Value, image: String, _ around: EngineCreation.Place, _ engine: ContainerEngine, done: @escaping (String?) -> Void
  ) {
    guard let sandbox = sandbox(of: pod, engine), let calls = engines.calls else { return done(nil) }
    let creation: EngineCreation
    do {
      let program = try EnginePause.program(in: engines.folder)
      creation = try EngineCreation(sandbox: sandbox, of: pod, image: image, program: program, around)
    } catch {
      return done("the pod's network: \((error as? StartFailure)?.message ?? (error as? SystemFailure)?.text ?? "\(error)")")
    }
    engines.sandboxes[pod.uid] = sandbox
    calls.run(sandbox.inspect, .short) { answer in
      if EngineState(answer.output)?.isRunning == true { return done(nil) }
      calls.run(sandbox.remove, .short) { _ in
        calls.run(engine.words(creation.words), .long) { answer in done(answer.isWell ? nil : "the pod's network: \(answer.reason)") }
      }
    }
  }

  // MARK: Taking over

  /// A container whose shim an earlier daemon has started. It may not have got far: a stop that comes too early is told again at its end.
  func adopt(_ one: LiveRun, _ container: EngineContainer) {
    one.engine = EngineRun(container, .running)
    guard let name = container.sandbox else { return }
    engines.sandboxes[one.run.container.uid] = EngineContainer(engine: container.engine, name: name)
  }

  // MARK: Ending

  /// Asks a container to end: the engine knows its image's own signal.
  func ask(_ one: LiveRun) {
    guard let run = one.engine, let calls = engines.calls else { return }
    if let signal = run.stopSignal { return calls.run(run.container.signal(signal), .urgent) { _ in } }
    calls.run(run.container.inspect, .urgent) { answer in
      calls.run(run.container.signal(EngineState(answer.output)?.stopSignal ?? "TERM"), .urgent) { _ in }
    }
  }

  /// Ends a container now; then its shim's program, should it not notice, whether the engine answers or not.
  func kill(_ one: LiveRun, _ container: EngineContainer) {
    engines.calls?.run(container.signal("KILL"), .urgent) { _ in }
    // Of one that is not known to run there may be nothing to notice.
    let patience = one.engine?.phase == .starting ? Duration.zero : .seconds(5)
    one.killTimer = loop?.after(nanoseconds: patience.nanoseconds) { [weak one] in if let one, !one.hasEnded { one.process?.kill() } }
  }

  /// A container's shim has ended: the engine is asked how, and told to leave nothing of it.
  func clear(_ one: LiveRun, _ record: ExitRecord) {
    guard let run = one.engine, run.phase != .ending, let calls = engines.calls else { return }
    one.engine?.phase = .ending
    calls.run(run.container.inspect, .short) { [weak self, weak one] answer in
      let state = EngineState(answer.output)
      self?.remove(run.container, attempts: 3) {
        guard let self, let one else { return }
        if run.phase == .starting {
          guard state?.hasStarted == true else { return self.giveUp(one, .run(self.lastComplaint(of: one))) }
          self.tellStarted(one)
        }
        self.ended(one, record, self.exit(record, state))
      }
    }
  }

  /// Removes a container; an engine that is busy is asked again.
  private func remove(_ container: EngineContainer, attempts: Int, done: @escaping () -> Void) {
    engines.calls?.run(container.remove, .short) { [weak self] answer in
      guard !answer.isWell, attempts > 1, let self, let loop else { return done() }
      loop.after(nanoseconds: Duration.seconds(1).nanoseconds) { [weak self] in
        self?.remove(container, attempts: attempts - 1, done: done)
      }
    }
  }

  /// What the engine's client said last, which its container never ran.
  private func lastComplaint(of one: LiveRun) -> String {
    let lines = LogReader(folder: one.place.path, from: .tail(20)).next().filter { $0.stream == .error }.map(\.bytes)
    return EngineAnswer(code: 125, output: [], complaint: Array(lines.joined(separator: [10]))).reason
  }

  /// How a container ended: the engine's word where it knows, else that of its client.
  private func exit(_ record: ExitRecord, _ state: EngineState?) -> Exit {
    var exit = exit(record)
    guard let state, record.outcome != .lost else { return exit }
    // Its client was ended, and it therefore.
    if state.isRunning { return Exit(at: exit.at, code: 137, message: exit.message) }
    exit = Exit(at: exit.at, code: state.code, reason: state.wasOutOfMemory ? "OOMKilled" : nil, message: exit.message)
    return exit
  }

  /// Removes what held a pod's network, and then goes on; true where there is such a thing.
  func letGoNetwork(of uid: String) -> Bool {
    guard let sandbox = engines.sandboxes.removeValue(forKey: uid), engines.calls != nil else { return false }
    remove(sandbox, attempts: 3) { [weak self] in self?.settle(uid) }
    return true
  }
}
