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
          options: { Options() }, flags: { [] },
          run: { _, positionals, session in
            try none(positionals.words, "restart")
            let (backend, address, options) = try daemon(session)
            _ = try backend.stop(address, pods: false, options)
            try backend.start(address, options)
            try say(try backend.status(address, options), "restarted", session)
          }),
        Command(
          "run", "Be the daemon", hidden: true, options: { Options() },
          flags: { [.text("cluster", nil, \Options.cluster, value: "NAME", default: "default", "the cluster's name")] },
          run: { options, _, session in
            guard let backend = backends(session).first else { throw unsupported }
            try backend.run(options.cluster, session.backendOptions())
          }),
        Command(
          "start", "Start the daemon where none runs", options: { Options() }, flags: { [] },
          run: { _, positionals, session in
            try none(positionals.words, "start")
            let (backend, address, options) = try daemon(session)
            if let running = try backend.status(address, options) { return session.print("running already, process \(running.process)") }
            try backend.start(address, options)
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
            session.print("running, process \(status.process), version \(status.version), at \(status.address)")
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
          "unit", "Print a systemd unit that starts the daemon at boot", options: { Options() }, flags: { [] },
          run: { _, positionals, session in
            try none(positionals.words, "unit")
            let (_, address, options) = try daemon(session)
            session.console.write(unit(address, home: options.home, program: Machine.ownProgram ?? "/usr/local/bin/kctl"))
          }),
      ])
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

  private static func unit(_ address: String, home: String, program: String) -> String {
    """
    # Put this into ~/.config/systemd/user/kctl-\(address).service, then: systemctl --user enable --now kctl-\(address)
    [Unit]
    Description=kctl cluster \(address)

    [Service]
    Environment=KCTL_HOME=\(home)
    ExecStart=\(program) agent run --cluster=\(address)
    # Pods outlive their daemon.
    KillMode=process
    Restart=always

    [Install]
    WantedBy=default.target

    """
  }
}
