import APIMachinery
import Arguments
import Client
import Formats

// kctl delete: objects by name, selector or file, and waiting until they are gone.

/// `--cascade`
enum Cascade {
  static func propagation(_ text: String) throws -> DeleteOptions.Propagation {
    switch text {
    case "background", "true": return .background
    case "foreground": return .foreground
    case "orphan", "false": return .orphan
    default: throw Failure("invalid cascade value (\(text)). Must be \"background\", \"foreground\", or \"orphan\"")
    }
  }
}

/// `kctl delete`
enum DeleteCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var dryRun = DryRunOptions()
    var output = ""
    var cascade = "background"
    var gracePeriod: Int64 = -1
    var force = false
    var now = false
    var wait = true
    var timeout = Duration.zero
    var ignoreNotFound: Bool?
    var interactive = false
    var raw: String?
  }

  static var row: Command<Session> {
    Command(
      "delete", "Delete objects by file name, standard input, name, or label selector", section: CommandTable.Section.basic,
      usage: "([-f FILE] | TYPE [(NAME | -l SELECTOR | --all)])",
      about: "Waits until the objects are gone: pods are given their grace period to end, dependents follow their owners.",
      examples: [
        Example("Delete what a file says", "kctl delete -f web.yaml"), Example("Delete two objects by name", "kctl delete pod/a svc/b"),
        Example("Delete all pods with a label", "kctl delete pods -l app=web"),
      ], completes: .asked("resources"), options: { Options() }, flags: { flags }, run: { try run($0, $1.words, $2) })
  }

  /// - Parameter isQuiet: nothing is told of what was deleted.
  static func run(_ options: Options, _ words: [String], _ session: Session, isQuiet: Bool = false) throws {
    try Delete(options, words, session, isQuiet: isQuiet).run()
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("what to delete").inside(\.files)
      + [SelectorOptions.label, SelectorOptions.field, SelectorOptions.everything, SelectorOptions.everywhere].inside(\.selector)
      + DryRunOptions.flags.inside(\.dryRun) + [
        .text("output", "o", \.output, value: "name", completes: .words(["name"]), "print only type/name"),
        .text(
          "cascade", nil, \.cascade, value: "background|orphan|foreground", default: "background", bare: "background",
          completes: .words(["background", "orphan", "foreground"]), "what happens to dependents: pods of a ReplicaSet, for example"),
        .number("grace-period", nil, \.gracePeriod, value: "SECONDS", default: "-1", "how long the object may take to end; -1 is its own"),
        .toggle("force", nil, \.force, "with --grace-period=0: take the object away at once, whatever still runs"),
        .toggle("now", nil, \.now, "as --grace-period=1"), .toggle("wait", nil, \.wait, default: true, "wait until the objects are gone"),
        .duration("timeout", nil, \.timeout, default: "0s", "how long to wait; 0 is long enough"),
        .toggle("ignore-not-found", nil, \.ignoreNotFound, "missing objects are no error; default with --all"),
        .toggle("interactive", "i", \.interactive, "ask before deleting"), .text("raw", nil, \.raw, value: "PATH", hidden: true, ""),
      ]
  }
}

/// One run of `kctl delete`.
private struct Delete {
  var options: DeleteCommand.Options
  let words: [String]
  let session: Session
  let dryRun: DryRun
  let propagation: DeleteOptions.Propagation
  let isQuiet: Bool

  init(_ options: DeleteCommand.Options, _ words: [String], _ session: Session, isQuiet: Bool) throws {
    self.isQuiet = isQuiet
    var options = options
    if options.raw != nil { throw Failure("--raw is not supported by this build") }
    dryRun = try options.dryRun.strategy(session)
    propagation = try Cascade.propagation(options.cascade)
    if options.now {
      if options.gracePeriod != -1 { throw Failure("--now and --grace-period cannot be specified together") }
      options.gracePeriod = 1
    }
    if options.gracePeriod == 0, !options.force { options.gracePeriod = 1 }
    if options.force, options.gracePeriod < 0 { options.gracePeriod = 0 }
    if !options.output.isEmpty, options.output != "name" {
      throw Failure("unexpected -o output mode: \(options.output). We only support '-o name'")
    }
    if options.selector.all, !options.selector.labels.isEmpty { throw Failure("cannot set --all and --selector at the same time") }
    if options.selector.all, !options.selector.fields.isEmpty { throw Failure("cannot set --all and --field-selector at the same time") }
    self.options = options
    self.words = words
    self.session = session
  }

  func run() throws {
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.selector = options.selector
    query.fetches = false
    query.verb = "delete"
    query.ignoresMissing = options.ignoreNotFound ?? options.selector.all
    if options.gracePeriod == 0, options.force {
      session.warn(
        "Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely."
      )
    } else if options.gracePeriod > 0, options.force {
      throw Failure("--force and --grace-period greater than 0 cannot be specified together")
    }
    var found = try query.find()
    if options.interactive, dryRun == .none, !found.items.isEmpty { try ask(found.items) }
    var gone: [Item] = []
    let ignoresMissing = query.ignoresMissing
    var count = 0
    let items = found.items
    found.items = items
    try found.visit { item in
      count += 1
      if session.namespaceIsGiven, !options.selector.allNamespaces, !item.kind.namespaced {
        session.warn("deleting cluster-scoped resources, not scoped to the provided namespace")
      }
      if dryRun == .client { return tell(item) }
      do {
        var item = item
        item.object = try delete(item)
        tell(item)
        gone.append(item)
      } catch let status as Status {
        if ignoresMissing, status.reason == .notFound { return }
        throw item.failed("deleting", status)
      }
    }
    if count == 0 {
      session.print("No resources found")
      return
    }
    if options.wait, dryRun == .none { try wait(gone) }
  }

  private func delete(_ item: Item) throws -> Value {
    if item.name.isEmpty { throw Failure("resource name may not be empty") }
    var delete = DeleteOptions()
    if options.gracePeriod >= 0 { delete.gracePeriodSeconds = options.gracePeriod }
    delete.propagation = propagation
    delete.dryRun = dryRun == .server
    return try session.client().delete(item.key, delete)
  }

  private func tell(_ item: Item) {
    if isQuiet { return }
    let kind = item.kind.group.isEmpty ? item.kind.name.lowercased() : "\(item.kind.name.lowercased()).\(item.kind.group)"
    if options.output == "name" { return session.print("\(kind)/\(item.name)") }
    session.print("\(kind) \"\(item.name)\" \(options.gracePeriod == 0 ? "force deleted" : "deleted")\(dryRun.suffix)")
  }

  private func ask(_ items: [Item]) throws {
    session.print("You are about to delete the following \(items.count) resource(s):")
    for item in items { session.print(item.spelled) }
    session.console.write("Do you want to continue? (y/N): ")
    session.console.flush()
    let answer = String(decoding: try session.console.readInput().prefix { $0 != 10 }, as: UTF8.self).lowercased()
    guard answer == "y" || answer == "yes" else {
      session.print("deletion is cancelled")
      throw QuietExit(.success)
    }
  }

  private func wait(_ items: [Item]) throws {
    let timeout = options.timeout == .zero ? Duration.seconds(168 * 3600) : options.timeout
    let deadline = try session.client().now + timeout
    var failures: [any Error] = []
    for item in items {
      let uid = item.object?.uid
      var follower = try Follower(session, item, timeout: nil)
      follower.deadline = deadline
      session.waiting(for: "waiting for \(item.spelled) to be gone")
      let end = try follower.follow { now in now == nil || (uid != nil && now?.uid != uid) ? .done : .goOn }
      session.waited()
      let text = "timed out waiting for the condition on \(item.kind.plural)/\(item.name)"
      switch end {
      case .done: break
      case .deadline: failures.append(Failure(text))
      case .stuck: failures.append(Session.stuck(text))
      }
    }
    try Several.check(failures)
  }
}
