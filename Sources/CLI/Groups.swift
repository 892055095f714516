import APIMachinery
import Arguments
import Client
import Formats
import Posix
import Printers

// Groups of flags that commands share, and what they come to.

/// `-f`, `-R`: where objects are read from.
public struct FileOptions: Sendable {
  public var paths: [String] = []
  public var kustomize: String?
  public var recursive = false
  public init() {}

  public static func flags(_ what: String) -> [Flag<FileOptions>] {
    [
      .list("filename", "f", \.paths, value: "FILE", completes: .files, "\(what): file, folder, URL, or - for standard input"),
      .toggle("recursive", "R", \.recursive, "go into the folders of a folder given by -f"),
      Flag(FlagWords("kustomize", "k", value: "FOLDER", hidden: true, "")) { options, text in options.kustomize = text },
    ]
  }

  public var isEmpty: Bool { paths.isEmpty && kustomize == nil }

  /// Refuses what can't be read, as kubectl does before it does anything.
  public func check() throws {
    if kustomize != nil {
      if !paths.isEmpty { throw Failure("only one of -f or -k can be specified") }
      throw Failure("-k is not supported: kustomizations are not built here", hints: ["build it with kustomize and pipe it to -f -"])
    }
  }

  /// As `check`, and something must be given.
  public func checkGiven() throws {
    if isEmpty { throw Failure("must specify one of -f and -k") }
    try check()
  }
}

/// `-l`, `--field-selector`, `--all`, `-A`: which objects.
public struct SelectorOptions: Sendable {
  public var labels = ""
  public var fields = ""
  public var all = false
  public var allNamespaces = false
  public init() {}

  public static let label: Flag<SelectorOptions> = .text(
    "selector", "l", \.labels, value: "SELECTOR", "only objects with these labels: a=b,c!=d,e in (f,g),!h")
  public static let field: Flag<SelectorOptions> = .text(
    "field-selector", nil, \.fields, value: "SELECTOR", "only objects with these fields: status.phase=Running,metadata.name!=web")
  public static let everything: Flag<SelectorOptions> = .toggle("all", nil, \.all, "all objects of the given types in the namespace")
  public static let everywhere: Flag<SelectorOptions> = .toggle("all-namespaces", "A", \.allNamespaces, "objects of all namespaces")
}

/// `-o`, `--template`: how results are printed.
public struct OutputOptions: Sendable {
  public var output = ""
  public var template = ""
  public var allowMissing = true
  public var showManagedFields = false
  public init() {}

  public static var flags: [Flag<OutputOptions>] { flags(OutputFormat.names) }
  public static func flags(_ names: [String]) -> [Flag<OutputOptions>] {
    [
      .text(
        "output", "o", \.output, value: "FORMAT", completes: .words(names.sorted()),
        "the output format: \(names.sorted().joined(separator: ", "))"),
      .text("template", nil, \.template, value: "TEMPLATE", "the template of -o go-template or -o jsonpath"),
      .toggle(
        "allow-missing-template-keys", nil, \.allowMissing, default: true, "take fields that a template names and an object lacks as empty"),
      .toggle("show-managed-fields", nil, \.showManagedFields, "show metadata.managedFields in JSON and YAML"),
    ]
  }

  /// The format, or nil where none was asked for.
  public func format(_ session: Session, extra: [String] = []) throws -> OutputFormat? {
    if output.isEmpty && template.isEmpty { return nil }
    do {
      let name = output.isEmpty ? "go-template" : output
      return try OutputFormat(name, template: template, allowMissing: allowMissing, extra: extra) { path in
        do throws(SystemFailure) {
          return String(decoding: try Machine.readFile(session.absolute(path)), as: UTF8.self)
        } catch {
          throw OutputFormat.Problem("open \(path): \(error.text)")
        }
      }
    } catch let problem as OutputFormat.Problem {
      throw Failure(problem.text)
    }
  }

  /// An object as it is to be shown: JSON and YAML leave managedFields out, templates see them.
  public func shown(_ object: Value) -> Value {
    if showManagedFields || !["", "json", "yaml"].contains(output) { return object }
    guard object["metadata"].has("managedFields") else { return object }
    var object = object
    object["metadata"].remove("managedFields")
    return object
  }
}

/// `--dry-run`
public enum DryRun: Sendable {
  case none, client, server

  /// What is printed behind a result.
  public var suffix: String {
    switch self {
    case .none: ""
    case .client: " (dry run)"
    case .server: " (server dry run)"
    }
  }
}

public struct DryRunOptions: Sendable {
  public var text = "none"
  public init() {}

  public static let flags: [Flag<DryRunOptions>] = [
    .text(
      "dry-run", nil, \.text, value: "none|server|client", default: "none", bare: "unchanged",
      completes: .words(["none", "server", "client"]),
      "only say what would be done: client asks nothing of the cluster, server asks and stores nothing")
  ]

  public func strategy(_ session: Session) throws -> DryRun {
    switch text {
    case "client": return .client
    case "server": return .server
    case "none": return .none
    case "unchanged":
      session.warn("--dry-run is deprecated and can be replaced with --dry-run=client.")
      return .client
    case "true", "false", "1", "0", "t", "f", "T", "F", "TRUE", "FALSE", "True", "False":
      let on = (try? Read.bool(text)) ?? false
      session.warn("--dry-run=\(text) is deprecated (boolean value) and can be replaced with --dry-run=\(on ? "client" : "none").")
      return on ? .client : .none
    default: throw Failure("Invalid dry-run value (\(text)). Must be \"none\", \"server\", or \"client\".")
    }
  }
}

/// `--validate`
public struct ValidationOptions: Sendable {
  public var text = "strict"
  public init() {}

  public static let flags: [Flag<ValidationOptions>] = [
    .text(
      "validate", nil, \.text, value: "strict|warn|ignore", default: "strict", bare: "strict",
      completes: .words(["strict", "warn", "ignore"]),
      "what unknown fields are: an error, a warning, or nothing")
  ]

  public func directive() throws -> FieldValidation {
    switch text {
    case "warn": return .warn
    case "strict": return .strict
    case "ignore": return .ignore
    default:
      guard let on = try? Read.bool(text) else {
        throw Failure("invalid - validate option \"\(text)\"; must be one of: strict (or true), warn, ignore (or false)")
      }
      return on ? .strict : .ignore
    }
  }
}
