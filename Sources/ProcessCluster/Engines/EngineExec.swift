import Formats
import Kubelet

// Commands inside the containers of engines.

/// What runs a command inside a container: its words, and all of its environment.
struct EngineExec {
  let words: [String]
  let environment: [(name: String, value: String)]

  /// Whether an engine's client that ended so tells of itself, and not of the command: it could not be run.
  static func isOwn(_ end: ChildRun.End) -> Bool {
    switch end.code {
    case 125: return true
    case 126, 127:
      let text = String(decoding: end.complaint, as: UTF8.self)
      return text.hasPrefix("Error: ") || text.contains("OCI runtime") || text.contains("exec failed")
    default: return false
    }
  }

  /// A command that its engine could not run: that says nothing of the container.
  static func refused(_ end: ChildRun.End) -> ProbeOutcome {
    let answer = EngineAnswer(code: end.code, output: end.output, complaint: end.complaint)
    return .unknown("rpc error: code = Unknown desc = failed to exec in container: \(answer.reason)")
  }
}

extension ProcessRuntime {
  /// What runs a command inside a live container; nil where a container is a program of this machine, beside which the command just runs.
  /// - Parameters:
  ///   - input: whether the command reads what its caller writes.
  ///   - terminal: whether it has a terminal of its own there; the caller's streams are one then.
  func exec(_ words: [String], in run: RunKey, input: Bool = false, terminal: Bool = false) -> EngineExec? {
    guard let container = live[run]?.engine?.container else { return nil }
    return EngineExec(
      words: container.exec(words, input: input, terminal: terminal),
      environment: terminal ? engines.environment.inTerminal : engines.environment.variables)
  }
}
