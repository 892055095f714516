import APIMachinery
import Arguments
import Client
import Formats
import Printers

// kctl api-resources, api-versions, version: what the cluster and the program are.

/// `kctl api-resources`
enum ApiResourcesCommand {
  struct Options: Sendable {
    var group: String?
    var namespaced: Bool?
    var verbs: [String] = []
    var categories: [String] = []
    var output = ""
    var sortBy = ""
    var noHeaders = false
    var cached = false
  }

  static var row: Command<Session> {
    Command(
      "api-resources", "Print the supported API resources on the server", section: CommandTable.Section.other,
      examples: [Example("What has a namespace", "kctl api-resources --namespaced=true")], options: { Options() },
      flags: {
        [
          .text("api-group", nil, \Options.group, value: "GROUP", "only types of this group"),
          .toggle("namespaced", nil, \.namespaced, default: true, "only types that live in namespaces, or that do not"),
          .list("verbs", nil, \.verbs, value: "VERB", "only types that can be asked for this"),
          .list("categories", nil, \.categories, value: "CATEGORY", "only types of this group of types (all)"),
          .text("output", "o", \.output, value: "wide|name", completes: .words(["wide", "name"]), "the output format"),
          .text("sort-by", nil, \.sortBy, value: "name|kind", completes: .words(["name", "kind"]), "sort by name or kind"),
          .toggle("no-headers", nil, \.noHeaders, "leave the table's header out"),
          .toggle("cached", nil, \.cached, "take what is known already (it always is)"),
        ]
      }, run: { try run($0, $1.words, $2) })
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    if !words.isEmpty { throw UsageFailure("unexpected arguments: [\(words.joined(separator: " "))]", "api-resources") }
    guard ["", "wide", "name"].contains(options.output) else { throw Failure("--output \(options.output) is not available") }
    guard ["", "name", "kind"].contains(options.sortBy) else { throw Failure("--sort-by accepts only name or kind") }
    let kinds = try session.resources().kinds.filter { kind in
      (options.group.map { $0 == kind.group } ?? true) && (options.namespaced.map { $0 == kind.namespaced } ?? true)
        && options.verbs.allSatisfy(kind.verbs.contains) && options.categories.allSatisfy(kind.categories.contains) && !kind.verbs.isEmpty
    }
    let sorted = kinds.enumerated().sorted { a, b in
      let (x, y) = (a.element, b.element)
      let (p, q): (String, String) =
        switch options.sortBy {
        case "name": (x.plural, y.plural)
        case "kind": (x.name, y.name)
        default: (x.group, y.group)
        }
      if p != q { return p < q }
      if options.sortBy.isEmpty, x.plural != y.plural { return x.plural < y.plural }
      return a.offset < b.offset
    }.map(\.element)
    if options.output == "name" {
      for kind in sorted { session.print(kind.qualifiedPlural) }
      return
    }
    let wide = options.output == "wide"
    var writer = TableWriter()
    if !options.noHeaders {
      writer.add(["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"] + (wide ? ["VERBS", "CATEGORIES"] : []))
    }
    for kind in sorted {
      var row = [kind.plural, kind.shortNames.joined(separator: ","), kind.apiVersion, kind.namespaced ? "true" : "false", kind.name]
      if wide { row += [kind.verbs.joined(separator: ","), kind.categories.joined(separator: ",")] }
      writer.add(row)
    }
    session.console.write(writer.flush())
  }
}

/// `kctl api-versions`
enum ApiVersionsCommand {
  static var row: Command<Session> {
    Command(
      "api-versions", "Print the supported API versions on the server, in the form of \"group/version\"",
      section: CommandTable.Section.other,
      options: { NoOptions() }, flags: { [] },
      run: { _, positionals, session in
        if !positionals.words.isEmpty {
          throw UsageFailure("unexpected arguments: [\(positionals.words.joined(separator: " "))]", "api-versions")
        }
        for version in Set(try session.resources().versions.map(\.apiVersion)).sorted() { session.print(version) }
      })
  }
}

/// The options of a command without flags.
public struct NoOptions: Sendable {
  public init() {}
}

/// `kctl version`
enum VersionCommand {
  static let number = "0.1.0"

  struct Options: Sendable {
    var client = false
    var output = ""
  }

  static var row: Command<Session> {
    Command(
      "version", "Print the client and server version information", section: CommandTable.Section.other, options: { Options() },
      flags: {
        [
          .toggle("client", nil, \Options.client, "only the program's own version"),
          .text("output", "o", \.output, value: "json|yaml", completes: .words(["json", "yaml"]), "the output format"),
        ]
      },
      run: { options, positionals, session in
        if !positionals.words.isEmpty {
          throw Failure("extra arguments: [\(positionals.words.joined(separator: " "))]")
        }
        var tree: Value = ["clientVersion": ["gitVersion": .string("v\(number)"), "major": "0", "minor": "1"]]
        if !options.client { tree["serverVersion"] = try session.serverVersion() }
        switch options.output {
        case "":
          session.print("Client Version: v\(number)")
          if !options.client { session.print("Server Version: \(tree["serverVersion"]["gitVersion"].text)") }
        case "json": session.print(JSON.pretty(tree, indent: 2))
        case "yaml": session.console.write(YAML.text(tree))
        default: throw Failure("--output must be 'yaml' or 'json'")
        }
      })
  }
}
