import APIMachinery
import Arguments
import Formats
import Posix

// Any error to text and exit code: the one place that does.

/// How a command ends.
public struct ExitCode: RawRepresentable, Hashable, Sendable {
  public let rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let success = ExitCode(rawValue: 0)
  public static let failure = ExitCode(rawValue: 1)
  /// What diff says where it could not compare.
  public static let trouble = ExitCode(rawValue: 2)
  /// What a shell says of a program that Ctrl-C ended.
  public static let interrupted = ExitCode(rawValue: 130)
}

/// A command's own failure: `error: TEXT`, then hints.
public struct Failure: Error, CustomStringConvertible {
  public var description: String { text }
  public var text: String
  public var hints: [String]
  public var exit: ExitCode

  public init(_ text: String, hints: [String] = [], exit: ExitCode = .failure) {
    self.text = text
    self.hints = hints
    self.exit = exit
  }
}

/// A failure whose text stands as it is, without `error: ` before it.
public struct PlainFailure: Error, CustomStringConvertible {
  public var description: String { text }
  public var text: String
  public var hints: [String]
  public init(_ text: String, hints: [String] = []) {
    self.text = text
    self.hints = hints
  }
}

/// A command line that is understood but makes no sense: `error: TEXT`, then where help is.
public struct UsageFailure: Error {
  public var text: String
  /// `get`, `rollout status`
  public var command: String
  public init(_ text: String, _ command: String) {
    self.text = text
    self.command = command
  }
}

/// Several things that went wrong; each is told on a line of its own.
public struct Several: Error {
  public var errors: [any Error]
  public init(_ errors: [any Error]) { self.errors = errors }

  /// Throws what there is to throw: nothing, the only error, or all.
  public static func check(_ errors: [any Error]) throws {
    if errors.count == 1, let only = errors.first { throw only }
    if errors.count > 1 { throw Several(errors) }
  }
}

/// An end that has told all it has to tell.
public struct QuietExit: Error {
  public var code: ExitCode
  public init(_ code: ExitCode = .failure) { self.code = code }
}

/// What is told of an error, and how the command ends by it.
public struct Complaint: Sendable {
  public var text: String
  public var exit: ExitCode

  /// - Parameter program: how the program calls itself (`kctl`).
  public init(_ error: any Error, program: String = "kctl") {
    exit = .failure
    switch error {
    case let quiet as QuietExit:
      text = ""
      exit = quiet.code
    case let several as Several where several.errors.count == 1:
      self = Complaint(several.errors[0], program: program)
    case let several as Several:
      text = several.errors.map { Complaint.line($0) + "\n" }.joined() + Complaint.lines(hints: several.errors.flatMap(Complaint.hints))
    case let status as Status where status.reason == .invalid:
      text = Complaint.invalid(status) + "\n" + Complaint.lines(hints: status.hints)
    case let failure as Failure:
      text = "error: \(failure.text)\n" + Complaint.lines(hints: failure.hints)
      exit = failure.exit
    case let usage as UsageFailure:
      text = "error: \(usage.text)\nSee '\(program) \(usage.command) -h' for help and examples\n"
    case let usage as UsageProblem:
      text = Complaint.usage(usage)
    default:
      let line = Complaint.line(error)
      let told = error is Status || error is PlainFailure || line.hasPrefix("error: ")
      text = (told ? "" : "error: ") + line + "\n" + Complaint.lines(hints: Complaint.hints(error))
    }
  }

  /// An error in one line, as it stands in a list of several.
  public static func line(_ error: any Error) -> String {
    switch error {
    case let status as Status where status.isUnanswered: status.message
    case let status as Status where status.reason == .unauthorized: "error: You must be logged in to the server (\(status.message))"
    case let status as Status where status.reason == .unknown: "Error from server: \(status.message)"
    case let status as Status: "Error from server (\(status.reason.rawValue)): \(status.message)"
    case let failure as Failure: failure.text
    case let failure as PlainFailure: failure.text
    case let failure as UsageFailure: failure.text
    case let several as Several:
      several.errors.count == 1 ? line(several.errors[0]) : "[" + several.errors.map(line).joined(separator: ", ") + "]"
    case let failure as SystemFailure: failure.text
    case let problem as ValueProblem: problem.text
    case let error as ParseError: error.goMessage
    default: "\(error)"
    }
  }

  static func hints(_ error: any Error) -> [String] {
    switch error {
    case let status as Status: status.hints
    case let failure as Failure: failure.hints
    case let failure as PlainFailure: failure.hints
    case let several as Several: several.errors.flatMap(hints)
    default: []
    }
  }

  /// Hints, a line each; further lines of one (a source line, a caret) stand behind `  | `.
  static func lines(hints: [String]) -> String {
    var seen = Set<String>()
    return hints.filter { seen.insert($0).inserted }.map { hint in
      hint.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { ($0 == 0 ? "hint: " : "  | ") + $1 + "\n" }.joined()
    }.joined()
  }

  /// `The Pod "x" is invalid: …`: one cause stays on the line, several are a list.
  static func invalid(_ status: Status) -> String {
    if status.kind.isEmpty && status.name.isEmpty && status.causes.isEmpty { return "The request is invalid: \(status.message)" }
    let about =
      status.kind.isEmpty && status.name.isEmpty ? "The request is invalid" : "The \(status.kind) \(Read.quoted(status.name)) is invalid"
    var seen = Set<String>()
    let causes = status.causes.map { "\($0.field): \($0.message)" }.filter { seen.insert($0).inserted }
    switch causes.count {
    case 0: return about
    case 1: return "\(about): \(causes[0])"
    default: return "\(about): \n" + causes.map { "* \($0)" }.joined(separator: "\n")
    }
  }

  static func usage(_ problem: UsageProblem) -> String {
    switch problem {
    case .flags(let text, let command, let meant):
      "error: \(text)\nSee '\(command) --help' for usage.\n" + lines(hints: meant.map { ["did you mean \($0)?"] } ?? [])
    case .unknownCommand(let word, let under, let meant):
      "error: unknown command \(Read.quoted(word)) for \(Read.quoted(under))\n"
        + (meant.isEmpty ? "" : "\nDid you mean this?\n" + meant.map { "\t\($0)\n" }.joined())
    case .missingFlags(let names, _):
      "error: required flag(s) \(names.map { "\"\($0)\"" }.joined(separator: ", ")) not set\n"
    }
  }
}
