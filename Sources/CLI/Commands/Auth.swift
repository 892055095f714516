import API
import APIMachinery
import Arguments
import Client
import Formats
import Printers

// kctl auth: who one is, and what one may do.

/// `kctl auth`
enum AuthCommand {
  struct Options: Sendable {
    var allNamespaces = false
    var quiet = false
    var list = false
    var noHeaders = false
    var subresource = ""
    var output = OutputOptions()
  }

  static var row: Command<Session> {
    Command("auth", "Inspect authorization", section: CommandTable.Section.inspect, commands: [canI, whoAmI])
  }

  private static var canI: Command<Session> {
    Command(
      "can-i", "Check whether an action is allowed", usage: "VERB (TYPE | TYPE/NAME | NONRESOURCEURL)",
      about: "VERB is get, list, watch, delete or any other verb of the API, NONRESOURCEURL a path that begins with /.",
      examples: [
        Example("May I create pods in any namespace", "kctl auth can-i create pods --all-namespaces"),
        Example("May I read the logs of pods", "kctl auth can-i get pods --subresource=log"),
        Example("Everything that I may do in a namespace", "kctl auth can-i --list -n demo"),
      ], completes: .asked("actions"), options: { Options() },
      flags: {
        [
          .toggle("all-namespaces", "A", \Options.allNamespaces, "ask about all namespaces"),
          .toggle("quiet", "q", \.quiet, "print nothing: the exit code tells"),
          .text("subresource", nil, \.subresource, value: "NAME", "ask about a part of the objects: log, scale, status"),
          .toggle("list", nil, \.list, "list everything that is allowed"),
          .toggle("no-headers", nil, \.noHeaders, "leave the list's header out"),
        ]
      }, run: { try CanI($0, $1.words, $2).run() })
  }

  private static var whoAmI: Command<Session> {
    Command(
      "whoami", "Show who the cluster takes you for", examples: [Example("The user and its groups", "kctl auth whoami")],
      options: { Options() }, flags: { OutputOptions.flags.inside(\Options.output) },
      run: { options, _, session in try whoAmI(options, session) })
  }

  /// Verbs of objects, as kubectl knows them.
  static let verbs = [
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "impersonate", "*", "approve",
    "sign", "escalate", "attest",
  ]

  private static func whoAmI(_ options: Options, _ session: Session) throws {
    let printer = try ResultPrinter(session, options.output, dryRun: .none)
    let kind = try session.resources().kinds.first { $0.group == Kinds.selfSubjectReview.group && $0.name == "SelfSubjectReview" }
    let missing = Failure(
      "the selfsubjectreviews API is not enabled in the cluster\n"
        + "enable APISelfSubjectReview feature gate and authentication.k8s.io/v1alpha1 or authentication.k8s.io/v1beta1 API")
    guard let kind else { throw missing }
    let review: Value
    do {
      review = try session.client().create(
        kind, namespace: "", ["apiVersion": .string(kind.apiVersion), "kind": .string(kind.name)], WriteOptions())
    } catch let status as Status where status.reason == .forbidden {
      throw Failure("the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it")
    } catch let status as Status where status.reason == .notFound {
      throw missing
    }
    guard printer.format == nil else {
      return try printer.print(Item(kind, namespace: "", name: ""), "", object: review, typed: true)
    }
    let user = review["status", "userInfo"]
    var writer = TableWriter()
    writer.add(["ATTRIBUTE", "VALUE"])
    for (title, key) in [("Username", "username"), ("UID", "uid")] where !user[key].text.isEmpty { writer.add([title, user[key].text]) }
    if !user["groups"].items.isEmpty { writer.add(["Groups", user["groups"].goValue]) }
    for extra in user["extra"].members { writer.add(["Extra: \(extra.key)", extra.value.goValue]) }
    session.console.write(writer.flush())
  }
}

/// One run of `kctl auth can-i`.
private struct CanI {
  let options: AuthCommand.Options
  let session: Session
  private let namespace: String
  /// What is asked: `resourceAttributes` or `nonResourceAttributes` of a review.
  private var spec: Value = [:]

  private static let pathVerbs = ["get", "put", "post", "head", "options", "delete", "patch", "*"]
  /// Resources that no discovery lists: one may impersonate them.
  private static let undiscovered = ["users", "groups"]

  init(_ options: AuthCommand.Options, _ words: [String], _ session: Session) throws {
    self.options = options
    self.session = session
    namespace = options.allNamespaces ? "" : try session.namespace()
    if options.list {
      if !words.isEmpty { throw Failure("list option must be specified with no arguments") }
      if options.quiet || options.allNamespaces || !options.subresource.isEmpty {
        throw Failure("list option can't be specified with neither quiet, all-namespaces nor subresource options")
      }
      return
    }
    guard words.count == 2 else {
      throw Failure(
        "you must specify two arguments: verb resource or verb resource/resourceName.\n"
          + "See '\(session.program) auth can-i -h' for help and examples.")
    }
    if words[1].hasPrefix("/") { try askPath(words[0], words[1]) } else { try askResource(words[0], words[1]) }
    if options.noHeaders { throw Failure("--no-headers cannot be set without --list specified") }
  }

  func run() throws {
    if options.list { return try list() }
    let review = try created("SelfSubjectAccessReview", spec)
    let status = review["status"]
    let allowed = status["allowed"].bool == true
    if !options.quiet {
      let why = allowed ? [] : [status["reason"].text, status["evaluationError"].text].filter { !$0.isEmpty }
      session.print(([allowed ? "yes" : "no"] + why).joined(separator: " - "))
    }
    if !allowed { throw QuietExit() }
  }

  private mutating func askPath(_ verb: String, _ path: String) throws {
    if !options.subresource.isEmpty { throw Failure("--subresource can not be used with NonResourceURL") }
    if !CanI.pathVerbs.contains(verb) { warn("verb '\(verb)' is not a known verb") }
    spec = ["nonResourceAttributes": ["path": .string(path), "verb": .string(verb)]]
  }

  private mutating func askResource(_ verb: String, _ word: String) throws {
    let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let kind = try kind(parts[0])
    if let kind, !kind.namespaced, !options.allNamespaces {
      warn("resource '\(kind.plural)' is not namespace scoped" + (kind.group.isEmpty ? "" : " in group '\(kind.group)'"))
    }
    if !options.allNamespaces, !AuthCommand.verbs.contains(verb) { warn("verb '\(verb)' is not a known verb") }
    var attributes: Value = [:]
    for (key, value) in [
      ("namespace", namespace), ("verb", verb), ("group", kind?.group ?? ""), ("resource", kind?.plural ?? parts[0]),
      ("subresource", options.subresource), ("name", parts.count > 1 ? parts[1] : ""),
    ] where !value.isEmpty { attributes[key] = .string(value) }
    spec = ["resourceAttributes": attributes]
  }

  /// The kind that a word names; nil for `*`, and for what the cluster doesn't know: it may be asked about all the same.
  private func kind(_ word: String) throws -> Kind? {
    if word == "*" { return nil }
    let resources = try session.resources()
    if let kind = try? resources.kind(word) { return kind }
    let pieces = word.lowercased().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if !CanI.undiscovered.contains(word.lowercased()) {
      warn("the server doesn't have a resource type '\(pieces[0])'" + (pieces.count > 1 ? " in group '\(pieces[1])'" : ""))
    }
    return nil
  }

  /// kubectl's warnings here end a line of their own.
  private func warn(_ text: String) { session.warn(text + "\n") }

  private func created(_ name: String, _ spec: Value) throws -> Value {
    guard let kind = try session.resources().kind(apiVersion: "authorization.k8s.io/v1", kind: name) else {
      throw Status(.notFound, "the server could not find the requested resource")
    }
    let question: Value = ["apiVersion": .string(kind.apiVersion), "kind": .string(kind.name), "spec": spec]
    return try session.client().create(kind, namespace: "", question, WriteOptions())
  }

  private func list() throws {
    let status = try created("SelfSubjectRulesReview", ["namespace": .string(namespace)])["status"]
    if status["incomplete"].bool == true { session.warn("the list may be incomplete: \(status["evaluationError"].text)") }
    var writer = TableWriter()
    if !options.noHeaders { writer.add(["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]) }
    for rule in AccessRule.compact(status) { writer.add(rule.cells) }
    session.console.write(writer.flush())
  }
}
