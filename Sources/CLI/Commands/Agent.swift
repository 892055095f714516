import APIMachinery
import Arguments
import Client
import Posix

// kctl agent: the daemon that keeps a process cluster running.

/// `kctl agent`
enum AgentCommand {
  struct Options: Sendable {
    var pods = false
    var cluster = "default"
    var name: String?
    var tail: Int64?
    var listen: String?
    var kubeconfig: String?
  }

  static var row: Command<Session> {
    Command(
      "agent", "Manage the daemon that runs a process cluster", section: CommandTable.Section.cluster,
      about:
        "A cluster of real processes has a daemon, which the first command on its context starts. Its pods run on without it: the next daemon takes them over, with their logs and exit codes.",
      commands: [
        Command(
          "logs", "Print the daemon's log", options: { Options() },
          flags: { [.number("tail", nil, \Options.tail, default: "-1", "only so many lines of its end; -1 is all")] },
          run: { try logs($0, $1.words, $2) }),
        Command(
          "restart", "End the daemon and start it anew; pods run on", examples: [Example("After an upgrade", "kctl agent restart")],
          options: { Options() }, flags: { listening },
          run: { given, positionals, session in
            try none(positionals.words, "restart")
            let (backend, address, options) = try daemon(session)
            _ = try backend.stop(address, pods: false, options)
            try start(backend, address, given, options, session)
            try say(try backend.status(address, options), "restarted", session)
          }),
        Command(
          "run", "Be the daemon", hidden: true, options: { Options() },
          flags: {
            [
              .text("cluster", nil, \Options.cluster, value: "NAME", default: "default", "the cluster's name"),
              .text("listen", nil, \.listen, value: "ADDRESS", "where to listen besides the cluster's own socket"),
            ]
          },
          run: { options, _, session in
            guard let backend = backends(session).first else { throw unsupported }
            try backend.run(options.cluster, listen: options.listen, session.backendOptions())
          }),
        Command(
          "start", "Start the daemon where none runs",
          examples: [Example("With kubectl at its door", "kctl agent start --listen=127.0.0.1:8001 --kubeconfig-out=kubeconfig")],
          options: { Options() }, flags: { listening },
          run: { given, positionals, session in
            try none(positionals.words, "start")
            let (backend, address, options) = try daemon(session)
            if let running = try backend.status(address, options) {
              guard given.listen == nil else {
                throw Failure(
                  "the daemon runs already, process \(running.process)",
                  hints: ["to let it listen elsewhere: kctl agent restart --listen=…"])
              }
              return session.print("running already, process \(running.process)")
            }
            try start(backend, address, given, options, session)
            try say(try backend.status(address, options), "started", session)
          }),
        Command(
          "status", "Show whether the daemon runs", options: { Options() }, flags: { [] },
          run: { _, positionals, session in
            try none(positionals.words, "status")
            let (backend, address, options) = try daemon(session)
            guard let status = try backend.status(address, options) else {
              session.print("not running")
              throw QuietExit()
            }
            let runtime = try backend.runtime(address, options)
            let how = runtime.name == backend.runtimes.first ? "" : ", pods are run by \(runtime.name)"
            session.print("running, process \(status.process), version \(status.version), at \(status.address)\(how)")
          }),
        Command(
          "stop", "End the daemon", examples: [Example("End everything", "kctl agent stop --pods")], options: { Options() },
          flags: { [.toggle("pods", nil, \Options.pods, "stop the pods too, with their grace; else they run on")] },
          run: { given, positionals, session in
            try none(positionals.words, "stop")
            let (backend, address, options) = try daemon(session)
            session.print(try backend.stop(address, pods: given.pods, options) ? "stopped" : "not running")
          }),
        Command(
          "unit", "Print what starts the daemon at boot: a systemd unit, or launchd's on macOS",
          examples: [
            Example("As root", "kctl agent unit > /etc/systemd/system/kctl-default.service && systemctl enable --now kctl-default")
          ], options: { Options() }, flags: { [] },
          run: { _, positionals, session in
            try none(positionals.words, "unit")
            let (_, address, options) = try daemon(session)
            let unit = DaemonUnit(
              cluster: address, home: options.home, program: Machine.ownProgram ?? "/usr/local/bin/kctl",
              path: session.console.environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
            session.console.write(unit.text(unitSort))
          }),
      ])
  }

  private static var listening: [Flag<Options>] {
    [
      .text(
        "listen", nil, \Options.listen, value: "ADDRESS",
        "where kubectl and other clients reach the cluster, too: an address of this machine and a port, as long as this daemon runs"),
      .text("kubeconfig-out", nil, \.kubeconfig, value: "FILE", completes: .files, "write a configuration that kubectl can use"),
    ]
  }

  private static func start(
    _ backend: any DaemonBackend, _ address: String, _ given: Options, _ options: BackendOptions, _ session: Session
  ) throws {
    if let listen = given.listen {
      guard case .tcp(_, let port)? = SocketAddress(listen), port > 0, SocketAddress(listen)?.isLocal == true else {
        throw Failure(
          "invalid value \(Read.quoted(listen)) for --listen: expected an address of this machine and a port like 127.0.0.1:8001")
      }
    } else if given.kubeconfig != nil {
      throw Failure("--kubeconfig-out needs --listen: kubectl can't reach Unix sockets")
    }
    try backend.start(address, listen: given.listen, options)
    if let file = given.kubeconfig, let listen = given.listen, let place = SocketAddress(listen) {
      try ServeCommand.write(session.absolute(file), "\(place)", nil)
    }
  }

  private static let unsupported = Failure("this build runs no daemons")

  private static func backends(_ session: Session) -> [any DaemonBackend] { session.backends.compactMap { $0 as? any DaemonBackend } }

  /// The daemon of the context's cluster; of the context `process` where the current one has none.
  private static func daemon(_ session: Session) throws -> (any DaemonBackend, String, BackendOptions) {
    guard let first = backends(session).first else { throw unsupported }
    let context = try session.context()
    for backend in backends(session) where context.server.hasPrefix(backend.scheme + ":") {
      return (backend, String(context.server.dropFirst(backend.scheme.utf8.count + 1)), try session.backendOptions())
    }
    if session.globals.context != nil || session.globals.server != nil {
      throw Failure(
        "the cluster of context \(Read.quoted(context.name)) has no daemon", hints: ["clusters of real processes have: --context=process"])
    }
    return (first, "default", try session.backendOptions())
  }

  private static func none(_ words: [String], _ command: String) throws {
    if !words.isEmpty { throw UsageFailure("unexpected arguments: [\(words.joined(separator: " "))]", "agent \(command)") }
  }

  private static func say(_ status: DaemonStatus?, _ what: String, _ session: Session) throws {
    guard let status else { throw Failure("the daemon has ended at once", hints: ["see what it says: kctl agent logs"]) }
    session.print("\(what), process \(status.process)")
  }

  private static func logs(_ options: Options, _ words: [String], _ session: Session) throws {
    try none(words, "logs")
    let (backend, address, given) = try daemon(session)
    let path = try backend.log(address, given)
    guard let bytes = try? Machine.readFile(path) else { return }
    guard let tail = options.tail, tail >= 0 else { return session.console.write(String(decoding: bytes, as: UTF8.self)) }
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    let shown = lines.dropLast(lines.last?.isEmpty == true ? 1 : 0).suffix(Int(clamping: tail))
    for line in shown { session.print(String(decoding: line, as: UTF8.self)) }
  }

  private static var unitSort: DaemonUnit.Sort {
    #if os(Linux)
      .systemd(isSystem: Machine.userID == 0)
    #else
      .launchd
    #endif
  }
}
