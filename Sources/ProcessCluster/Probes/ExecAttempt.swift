import APIMachinery
import Posix

// Commands, as a container runtime runs them in a container.

/// Runs a command beside a container and judges it by its exit code.
final class ExecAttempt: ProbeAttempt {
  private let children: Children
  private let program: GroupChild.Program
  /// The command itself.
  private let command: [String]
  private let isInside: Bool
  private let purpose: ProbePurpose
  private var run: ChildRun?

  init(_ children: Children, _ words: [String], _ context: ProbeContext, _ purpose: ProbePurpose) {
    self.children = children
    self.purpose = purpose
    command = words
    let inside = context.exec(words)
    isInside = inside != nil
    var program = GroupChild.Program(inside?.words ?? words)
    if let inside {
      program.environment = inside.environment
    } else {
      program.environment = context.environment
      program.folder = context.workingFolder
      program.user = context.user
      program.group = context.group
      program.supplementaryGroups = context.supplementaryGroups
      program.mountsOf = context.program
    }
    program.endsWithUs = purpose == .probe
    self.program = program
  }

  func begin(_ done: @escaping (ProbeOutcome) -> Void) {
    let (program, command, purpose, isInside) = (program, command, purpose, isInside)
    do throws(GroupChild.StartFailure) {
      run = try children.start(program, leavesGroup: purpose == .hook) { [self] end in
        run = nil
        done(isInside && EngineExec.isOwn(end) ? EngineExec.refused(end) : ExecAttempt.outcome(end, command, purpose))
      }
    } catch {
      done(ExecAttempt.outcome(error, program))
    }
  }

  var timeoutOutcome: ProbeOutcome { .failure("command \(goQuoted(command.joined(separator: " "))) timed out") }

  func cancel() {
    run?.cancel()
    run = nil
  }

  // MARK: Judging

  static func outcome(_ end: ChildRun.End, _ words: [String], _ purpose: ProbePurpose) -> ProbeOutcome {
    guard end.code != 0 else { return .success }
    switch purpose {
    case .probe: return .failure(String(decoding: (end.output + end.complaint).prefix(ChildRun.kept), as: UTF8.self))
    case .hook:
      let complaint = String(decoding: end.complaint, as: UTF8.self)
      return .failure("command '\(words.joined(separator: " "))' exited with \(end.code): \(complaint)")
    }
  }

  static func outcome(_ failure: GroupChild.StartFailure, _ program: GroupChild.Program) -> ProbeOutcome {
    .unknown("rpc error: code = Unknown desc = " + text(failure, program))
  }

  /// What runc says through containerd, whose number for the attempt is left out: it would make each event another one.
  static func text(_ failure: GroupChild.StartFailure, _ program: GroupChild.Program) -> String {
    let name = program.words.first ?? ""
    let why =
      switch failure.step {
      case .resources: "fork/exec \(name): \(failure.problem.text)"
      case .user: "unable to setup user: \(failure.problem.text)"
      case .folder: "chdir to cwd (\(goQuoted(program.folder ?? ""))) set in config.json failed: \(failure.problem.text)"
      case .exec where failure.problem.isMissing && !name.contains("/"): "exec: \(goQuoted(name)): executable file not found in $PATH"
      case .exec where failure.problem.isMissing: "exec: \(goQuoted(name)): stat \(name): \(failure.problem.text)"
      case .exec: "exec: \(goQuoted(name)): \(failure.problem.text)"
      }
    return "failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: "
      + "unable to start container process: \(why): unknown"
  }
}
