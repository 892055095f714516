import APIMachinery
import Arguments
import Client
import Formats

// kctl exec: a command in a container.

/// `kctl exec`
enum ExecCommand {
  struct Options: Sendable {
    var stream = StreamOptions()
    var files = FileOptions()
  }

  static var row: Command<Session> {
    Command(
      "exec", "Execute a command in a container", section: CommandTable.Section.inspect,
      usage: "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
      about:
        "Of a workload, one of its pods is taken. The command's exit code becomes kctl's. Simulated containers run no programs, so that nothing can be run in them.",
      examples: [
        Example("A command in a pod", "kctl exec web -- date"),
        Example("A shell in a Deployment's pod", "kctl exec -it deploy/web -- sh"),
      ], completes: .asked("logs"), options: { Options() },
      flags: { StreamOptions.flags.inside(\.stream) + [file] }, run: { try run($0, $1, $2) })
  }

  private static var file: Flag<Options> {
    .list("filename", "f", \.files.paths, value: "FILE", completes: .files, "the workload as it stands in a file")
  }

  static func run(_ options: Options, _ positionals: Positionals, _ session: Session) throws {
    let words = positionals.words
    let split = positionals.beforeDashes ?? words.count
    if positionals.beforeDashes == nil, words.count > 1 || words.count == 1 && !options.files.isEmpty {
      throw UsageFailure("exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead", "exec")
    }
    try options.stream.check("exec")
    let command = Array(words[min(split, words.count)...])
    if split == 0, options.files.isEmpty { throw Failure("pod, type/name or --filename must be specified") }
    if command.isEmpty { throw Failure("you must specify at least one command for the container") }
    var query = ResourceQuery(session)
    query.files = options.files
    if split > 0 { query.words = words[0].contains("/") ? [words[0]] : ["pods", words[0]] }
    guard let pod = try WorkloadPods(session, patience: options.stream.podTimeout).pod(query, to: "attach to") else { return }
    try ExecRun(session, pod, options.stream).run(command)
  }
}

/// Commands in a container of one pod.
struct ExecRun {
  let session: Session
  let pod: Value
  let options: StreamOptions

  init(_ session: Session, _ pod: Value, _ options: StreamOptions) {
    self.session = session
    self.pod = pod
    self.options = options
  }

  /// Runs a command at the console, to its end.
  func run(_ command: [String]) throws {
    var request = try self.request(command)
    request.hasTerminal = options.isRaw(session)
    try options.run(request, session)
  }

  /// A command that reads and tells nothing yet.
  func request(_ command: [String]) throws -> StreamRequest {
    if pod.podHasEnded {
      throw Failure("cannot exec into a container in a completed pod; current phase is \(pod["status"]["phase"].text)")
    }
    var request = StreamRequest(.exec(command), namespace: pod.namespace, pod: pod.name)
    request.container = options.container
    if request.container.isEmpty {
      guard let chosen = ContainerNames(pod).chosen(telling: options.quiet ? nil : session) else {
        throw Failure("pod \(pod.namespace)/\(pod.name) does not have any containers")
      }
      request.container = chosen
    }
    return request
  }
}
