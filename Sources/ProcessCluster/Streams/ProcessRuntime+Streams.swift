import API
import APIMachinery
import CPosix
import Client
import Formats
import Kubelet
import Posix

// Streams into containers, given as a kubelet gives them.

extension ProcessRuntime: ContainerStreams {
  public func check(_ request: StreamRequest) throws(Status) {
    let pod = try pod(request)
    if case .port = request.purpose { try checkRuns(pod) } else { _ = try running(request, of: pod) }
  }

  public func open(_ request: StreamRequest, _ peer: any StreamPeer) throws(Status) -> any StreamSource {
    let pod = try pod(request)
    switch request.purpose {
    case .exec(let words): return try exec(words, in: try running(request, of: pod), of: pod, request, peer)
    case .attach: return try attach(to: try running(request, of: pod), of: pod, request, peer)
    case .port(let port): return try forward(port, to: pod, peer)
    }
  }

  /// What a kubelet says where it can't begin.
  private static func nobody(_ why: String) -> Status { Status(.notFound, why) }

  private func pod(_ request: StreamRequest) throws(Status) -> Value {
    guard let pod = surroundings.lister.get(ObjectKey(Kinds.pod, request.namespace, request.pod)) else {
      throw ProcessRuntime.nobody("pod does not exist")
    }
    return pod
  }

  /// The container's run that is going on.
  private func running(_ request: StreamRequest, of pod: Value) throws(Status) -> LiveRun {
    let one = running.first { $0.run.container.uid == pod.uid && $0.run.container.container == request.container }
    if let one { return one }
    // As a kubelet has it, each of the two in its own words.
    if request.purpose == .attach {
      throw ProcessRuntime.nobody("container \(request.container) not found in pod \(pod.name)_\(pod.namespace)")
    }
    throw ProcessRuntime.nobody("container not found (\"\(request.container)\")")
  }

  // MARK: Commands

  private func exec(
    _ words: [String], in one: LiveRun, of pod: Value, _ request: StreamRequest, _ peer: any StreamPeer
  ) throws(Status) -> any StreamSource {
    guard let loop else { throw ProcessRuntime.nobody("the cluster is just starting") }
    var program: GroupChild.Program
    do throws(StartFailure) {
      program = try self.program(words, in: one, of: pod, request)
    } catch {
      throw Status(.internalError, error.message)
    }
    program.hasInput = request.hasInput
    program.hasTerminal = request.hasTerminal
    program.endsWithUs = true
    // An engine's end with its container.
    if one.engine == nil { one.place.noteCommand() }
    var stream: ExecStream?
    do throws(GroupChild.StartFailure) {
      let made = try ExecStream(loop, program, request, peer) { [weak one] in one?.commands.removeAll { $0 === stream } }
      stream = made
      one.commands.append(made)
      return made
    } catch {
      let text = "Internal error occurred: error executing command in container: " + ExecAttempt.text(error, program)
      return FailedStream(loop, peer, .failed(text))
    }
  }

  /// A command as it runs beside a container's program: with its environment, its user, its limits, its mounts.
  private func program(
    _ words: [String], in one: LiveRun, of pod: Value, _ request: StreamRequest
  ) throws(StartFailure) -> GroupChild.Program {
    let spec = ProcessRuntime.spec(of: request.container, in: pod)
    if let inside = exec(words, in: one.run, input: request.hasInput, terminal: request.hasTerminal) {
      var program = GroupChild.Program(inside.words)
      program.environment = inside.environment
      program.folder = "/"
      return program
    }
    var program = GroupChild.Program(words)
    program.environment = try setup(of: one, pod, spec, address(of: pod) ?? "").environment
    if let mark = one.process?.mark { program.environment.append(mark) }
    if request.hasTerminal { program.environment = ContainerEnvironment.forTerminal(program.environment) }
    program.environment.append(("KCTL_TERMINATION_LOG", one.place.messageFile))
    program.folder = workingFolder(of: spec, one.run)
    let owner = ProcessOwner(spec, pod)
    program.user = owner.user
    program.group = owner.group
    program.supplementaryGroups = owner.supplementaryGroups
    program.mountsOf = one.process?.program
    program.noNewPrivileges = spec["securityContext"]["allowPrivilegeEscalation"].bool == false
    program.controlGroups = one.place.controlGroups
    // As its program has it: what no control group bounds is bounded by itself.
    if program.controlGroups.isEmpty { program.dataLimit = ContainerLimits(spec).memoryBytes }
    return program
  }

  // MARK: A container's own streams

  private func attach(
    to one: LiveRun, of pod: Value, _ request: StreamRequest, _ peer: any StreamPeer
  ) throws(Status) -> any StreamSource {
    guard let loop, let process = one.process else { throw ProcessRuntime.nobody("the cluster is just starting") }
    guard let place = (0..<Int(CPOSIX_ATTACH_PLACES)).first(where: { one.attached[$0] == nil }) else {
      throw Status(.tooManyRequests, "\(CPOSIX_ATTACH_PLACES) are attached to the container already")
    }
    let spec = ProcessRuntime.spec(of: request.container, in: pod)
    var request = request
    request.hasInput = request.hasInput && spec["stdin"].bool == true
    request.hasTerminal = spec["tty"].bool == true
    // A terminal's input goes on without whoever typed.
    let endsInput = spec["stdinOnce"].bool == true && !request.hasTerminal
    do throws(SystemFailure) {
      let made = try AttachStream(loop, process, place: place, request, peer, endsInput: endsInput) { [weak one] in
        one?.attached[place] = nil
      }
      one.attached[place] = made
      return made
    } catch {
      throw Status(.internalError, "the container can't be attached to: \(error.text)")
    }
  }

  private static func spec(of container: String, in pod: Value) -> Value {
    (pod["spec"]["containers"].items + pod["spec"]["initContainers"].items).first { $0["name"].text == container } ?? .null
  }

  /// A container has ended: so do the commands in it, and whatever they have started.
  func endStreams(of one: LiveRun) {
    for command in one.commands { command.end() }
    for stream in one.attached.values { stream.containerEnded() }
    if one.place.hadCommands { one.process?.endMarked() }
  }
}

/// A stream that could not begin: it says so, and nothing else.
private final class FailedStream: StreamSource {
  private weak var peer: (any StreamPeer)?

  init(_ loop: any EventLoop, _ peer: any StreamPeer, _ end: StreamEnd) {
    self.peer = peer
    loop.after(nanoseconds: 0) { [weak peer] in peer?.ended(end) }
  }

  var isFull: Bool { false }
  func input(_ bytes: [UInt8]) {}
  func endInput() {}
  func resize(columns: Int, rows: Int) {}
  func resume() {}
  func cancel() {}
}
