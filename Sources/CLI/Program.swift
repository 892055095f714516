import APIMachinery
import Arguments
import Client
import Posix

// A whole run: words in, exit code out.

/// The program: every command, on whichever backends the composition root gives it.
public final class KctlProgram {
  let backends: [any Backend]
  private let server: (any ClusterServer)?

  public init(backends: [any Backend], server: (any ClusterServer)? = nil) {
    self.backends = backends
    self.server = server
  }

  /// This program's version: `0.1.0`.
  public static var version: String { VersionCommand.number }

  /// The commands and the flags they share.
  public static var words: Program<Session, Globals> { Program(CommandTable.root, globals: Globals.flags) }

  /// Commands that kubectl has and this build has not: they are no misspellings.
  static let absent: Set<String> = [
    "alpha", "auth reconcile", "autoscale", "certificate", "cluster-info", "debug", "kustomize", "proxy",
  ]

  /// Runs one command line (without the program's own name).
  public func run(_ words: [String], on console: any Console) -> ExitCode {
    var session: Session?
    do {
      var globals = Globals()
      let request = try Self.words.request(words, into: &globals)
      let running = Session(console, globals, backends: backends, server: server)
      session = running
      if let flag = globals.refused.first {
        throw Failure(
          "--\(flag) concerns clusters over HTTPS, which kubectl reaches for kctl",
          hints: ["put it into a context of your kubeconfig, or leave --\(flag) out for other clusters"])
      }
      try perform(request, words, running)
      try running.settle()
      return .success
    } catch {
      return end(error, session, console)
    }
  }

  private func end(_ error: any Error, _ session: Session?, _ console: any Console) -> ExitCode {
    var complaint = Complaint(error)
    do {
      // What was written before the failure stays written.
      try session?.clientIfOpen?.commit()
    } catch {
      complaint.text += Complaint(error).text
      complaint.exit = .failure
    }
    let reached = console.flush()
    if !complaint.text.isEmpty { console.complain(complaint.text) }
    return reached ? complaint.exit : .success
  }

  private func perform(_ request: Program<Session, Globals>.Request, _ words: [String], _ session: Session) throws {
    switch request {
    case .help(let path):
      session.console.write(HelpPage.text(path, globals: Globals.flags.map(\.words)))
    case .incomplete(let path):
      let help = HelpPage.text(path, globals: Globals.flags.map(\.words))
      if path.count == 1 { return session.console.write(help) }
      session.console.complain(help)
      throw QuietExit()
    case .run(_, let call):
      try call(session)
    case .unknown(let word, let rest, let path, let meant):
      let group = path.dropFirst().map(\.name)
      if path.count == 1 {
        try Plugins.run(words, session)
        if let first = words.first, first.hasPrefix("-"), Plugins.find("\(session.program)-\(word)", session) != nil {
          throw Failure("flags cannot be placed before plugin name: \(first)")
        }
      }
      let whole = (group + [word]).joined(separator: " ")
      if Self.absent.contains(whole) {
        throw Failure(
          "unknown command \(Read.quoted(word)) for \(Read.quoted(([session.program] + group).joined(separator: " ")))",
          hints: ["kubectl's \(whole) is not supported by this build; see \(session.program) help"])
      }
      if path.count == 1 { throw UsageProblem.unknownCommand(word, under: session.program, meant: meant) }
      throw UsageFailure(
        "unknown command \(Read.quoted(rest.filter { !$0.hasPrefix("-") }.joined(separator: " ")))", group.joined(separator: " "))
    }
  }
}
