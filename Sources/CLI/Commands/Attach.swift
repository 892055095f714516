import APIMachinery
import Arguments
import Client
import Formats

// kctl attach: a running container's own streams.

/// `kctl attach`
enum AttachCommand {
  struct Options: Sendable {
    var stream = StreamOptions()
  }

  static var row: Command<Session> {
    Command(
      "attach", "Attach to a running container", section: CommandTable.Section.inspect, usage: "(POD | TYPE/NAME) -c CONTAINER",
      about:
        "What the container writes from now on is shown, and with --stdin what is typed is its input. Ctrl-P Ctrl-Q leaves a terminal's session and lets the program run on.",
      examples: [
        Example("A pod's output", "kctl attach web"),
        Example("A container with a terminal", "kctl attach -it shell -c sh"),
      ], completes: .asked("logs"), options: { Options() }, flags: { StreamOptions.flags.inside(\.stream) },
      run: { try run($0, $1.words, $2) })
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    try options.stream.check("attach")
    if words.isEmpty { throw Failure("at least 1 argument is required for attach") }
    if words.count > 2 {
      let seen = "saw \(words.count): [\(words.joined(separator: " "))]"
      throw Failure("expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) \(seen)")
    }
    var query = ResourceQuery(session)
    query.words = words.count == 1 && !words[0].contains("/") ? ["pods", words[0]] : words
    guard let pod = try WorkloadPods(session, patience: options.stream.podTimeout).pod(query, to: "attach to") else { return }
    if pod.podHasEnded { throw Failure("cannot attach a container in a completed pod; current phase is \(pod["status"]["phase"].text)") }
    try AttachRun(session, pod, options.stream).run()
  }
}

/// A session with a container's own program.
struct AttachRun {
  let session: Session
  let pod: Value
  let options: StreamOptions

  init(_ session: Session, _ pod: Value, _ options: StreamOptions) {
    self.session = session
    self.pod = pod
    self.options = options
  }

  func run() throws {
    var options = options
    let names = ContainerNames(pod)
    if options.container.isEmpty {
      guard let chosen = names.chosen(telling: options.quiet ? nil : session) else {
        throw Failure("cannot attach to the container: pod \(pod.namespace)/\(pod.name) does not have any containers")
      }
      options.container = chosen
    }
    let all = ["containers", "initContainers", "ephemeralContainers"].flatMap { pod["spec"][$0].items }
    guard let container = all.first(where: { $0["name"].text == options.container }) else {
      throw Failure(
        "cannot attach to the container: container \(options.container) not found in pod \(pod.name)",
        hints: names.hints(for: options.container))
    }
    let hasTerminal = container["tty"].bool == true
    if options.tty, !hasTerminal, !options.quiet {
      session.say("error: Unable to use a TTY - container \(options.container) did not allocate one")
    }
    options.tty = hasTerminal
    var request = StreamRequest(.attach, namespace: pod.namespace, pod: pod.name)
    request.container = options.container
    request.hasTerminal = options.isRaw(session)
    if !options.quiet { session.say("If you don't see a command prompt, try pressing enter.") }
    try options.run(request, session, detaches: request.hasTerminal)
    if !options.quiet, request.hasTerminal {
      session.print(
        "Session ended, resume using '\(session.program) attach \(pod.name) -c \(options.container) -i -t' command when the pod is running")
    }
  }
}
