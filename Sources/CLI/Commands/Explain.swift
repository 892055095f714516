import APIMachinery
import Arguments
import Printers

// kctl explain: what a kind's fields are for.

/// `kctl explain`
enum ExplainCommand {
  struct Options: Sendable {
    var recursive = false
    var apiVersion = ""
    var output = "plaintext"
  }

  static var row: Command<Session> {
    Command(
      "explain", "Explain the fields of a type", section: CommandTable.Section.basic, usage: "TYPE[.FIELD...]",
      examples: [
        Example("The fields of a pod", "kctl explain pods"), Example("One field of it", "kctl explain pods.spec.containers"),
      ], completes: .asked("types"), options: { Options() },
      flags: {
        [
          .toggle("recursive", nil, \.recursive, "name the fields of fields too"),
          .text("api-version", nil, \.apiVersion, value: "VERSION", "the version of the type: apps/v1"),
          .text(
            "output", "o", \.output, value: "FORMAT", default: "plaintext", completes: .words(["plaintext"]), "the format: plaintext"),
        ]
      }, run: { try run($0, $1.words, $2) })
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    guard let word = words.first else {
      session.say(
        "You must specify the type of resource to explain. Use \"\(session.program) api-resources\" for a complete list of supported resources.\n"
      )
      throw UsageFailure("one resource argument is required", "explain")
    }
    if words.count > 1 {
      throw UsageFailure("We accept only this format: explain RESOURCE", "explain")
    }
    guard options.output == "plaintext" else {
      throw Failure("--output=\(options.output) is not supported: explanations are plaintext")
    }
    let parts = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let (kind, path) = try resolve(parts, options.apiVersion, session)
    session.console.write(Explain.heading(kind))
    do {
      session.console.write(try Explain.text(kind, path: path, recursive: options.recursive))
    } catch {
      let meant = nearest(error.name, among: error.candidates)
      throw Failure("field \(Read.quoted(error.name)) does not exist", hints: meant.map { ["did you mean \($0)?"] } ?? [])
    }
  }

  /// The kind and the fields behind it: `deployments.apps.spec` names a group, `deployment.spec` none.
  private static func resolve(_ parts: [String], _ version: String, _ session: Session) throws -> (Kind, [String]) {
    let resources = try session.resources()
    if !version.isEmpty {
      let plain = try resources.kind(parts[0])
      guard let kind = resources.versions.first(where: { $0.name == plain.name && $0.apiVersion == version }) else {
        throw Failure("couldn't find resource for \(Read.quoted("\(version), Resource=\(plain.plural)"))")
      }
      return (kind, Array(parts.dropFirst()))
    }
    for length in stride(from: parts.count, through: 2, by: -1) {
      let group = parts[1..<length].joined(separator: ".")
      if let kind = try? resources.kind(parts[..<length].joined(separator: ".")), kind.group == group {
        return (kind, Array(parts.dropFirst(length)))
      }
    }
    do {
      return (try resources.kind(parts[0]), Array(parts.dropFirst()))
    } catch let failure as Failure {
      throw PlainFailure(failure.text, hints: failure.hints)
    }
  }
}
