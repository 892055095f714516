import APIMachinery
import Arguments
import Client
import Formats

// kctl apply: files' objects, created or changed until the cluster has what they say.

/// `kctl apply`
enum ApplyCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var output = OutputOptions()
    var dryRun = DryRunOptions()
    var validation = ValidationOptions()
    var fieldManager: String?
    var serverSide = false
    var forceConflicts = false
    var overwrite = true
    var force = false
    var gracePeriod: Int64 = -1
    var cascade = "background"
    var wait = false
    var timeout = Duration.zero
    var refused: [String] = []
  }

  static var row: Command<Session> {
    Command(
      "apply", "Apply a configuration to objects by file name or standard input", section: CommandTable.Section.advanced, usage: "-f FILE",
      about:
        "Objects that are not there are created; of those that are there, exactly what changed since they were last applied is changed. What was applied is kept in the annotation kubectl.kubernetes.io/last-applied-configuration.",
      examples: [
        Example("Apply what a file says", "kctl apply -f web.yaml"), Example("Apply standard input", "cat web.yaml | kctl apply -f -"),
      ],
      commands: [ViewLastAppliedCommand.row],
      options: { Options() }, flags: { flags }, run: { try Apply($0, $1.words, $2).run() })
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("what to apply").inside(\.files) + [
      SelectorOptions.label.inside(\.selector), SelectorOptions.everything.inside(\.selector),
    ]
      + OutputOptions.flags.inside(\.output) + DryRunOptions.flags.inside(\.dryRun) + ValidationOptions.flags.inside(\.validation) + [
        .text(
          "field-manager", nil, \.fieldManager, value: "NAME",
          "who is noted as the owner of the fields; kubectl-client-side-apply or, with --server-side, kubectl where left out"),
        .toggle("server-side", nil, \.serverSide, "let the cluster merge the file, by who owns which fields"),
        .toggle("force-conflicts", nil, \.forceConflicts, "with --server-side: take over fields that others own"),
        .toggle("overwrite", nil, \.overwrite, default: true, "resolve conflicts in favour of the file"),
        .toggle("force", nil, \.force, "delete and create anew what can't be changed"),
        .number("grace-period", nil, \.gracePeriod, value: "SECONDS", default: "-1", "how long objects deleted by --force may take to end"),
        .text(
          "cascade", nil, \.cascade, value: "background|orphan|foreground", default: "background", bare: "background",
          completes: .words(["background", "orphan", "foreground"]), "what happens to the dependents of objects deleted by --force"),
        .toggle("wait", nil, \.wait, "wait until objects deleted by --force are gone"),
        .duration("timeout", nil, \.timeout, default: "0s", "how long to wait for objects deleted by --force; 0 is without end"),
      ]
      + ["prune", "openapi-patch"].map { name in
        Flag(FlagWords(name, bare: "true", hidden: true, "")) { options, text in if text != "false" { options.refused.append(name) } }
      }
      + ["prune-allowlist", "applyset", "subresource"].map { name in
        Flag(FlagWords(name, value: "VALUE", hidden: true, "")) { options, _ in options.refused.append(name) }
      }
  }

  static let annotation = "kubectl.kubernetes.io/last-applied-configuration"

  /// An object without the annotation, but with annotations: what was applied always has some.
  static func bare(_ object: Value) -> Value {
    var object = object
    if object["metadata"]["annotations"].object == nil { object["metadata", "annotations"] = [:] }
    object["metadata", "annotations"].remove(annotation)
    return object
  }

  /// What was last applied to an object; nothing where nothing was.
  static func lastApplied(to object: Value) -> Value {
    object.annotation(annotation).flatMap { try? JSON.parse($0) } ?? .object(Members())
  }

  /// What changes an object into what a file says, beside what was last applied; empty where nothing does.
  static func change(of current: Value, to modified: Value, _ kind: Kind) throws -> Value {
    let original = lastApplied(to: current)
    guard let schema = kind.schema else { return MergePatch.threeWay(original: original, modified: modified, current: current) }
    return try StrategicMergePatch.threeWay(original: original, modified: modified, current: current, schema: schema)
  }

  /// A change as a patch: a merge patch where the kind's fields are not known.
  static func patch(_ change: Value, _ kind: Kind) -> Patch { kind.schema == nil ? .merge(change) : .strategic(change) }

  /// An object with its own text in the annotation.
  static func annotated(_ object: Value) -> Value {
    var object = bare(object)
    let text = JSON.text(object) + "\n"
    object["metadata", "annotations", annotation] = .string(text)
    return object
  }
}

/// One run of `kctl apply`.
private struct Apply {
  let options: ApplyCommand.Options
  let session: Session
  let dryRun: DryRun
  let printer: ResultPrinter
  let write: WriteOptions

  init(_ options: ApplyCommand.Options, _ words: [String], _ session: Session) throws {
    self.options = options
    self.session = session
    if let word = words.first { throw UsageFailure("Unexpected args: [\(word)\(words.dropFirst().map { " " + $0 }.joined())]", "apply") }
    if let flag = options.refused.first {
      throw Failure(
        "--\(flag) is not supported by this build",
        hints: flag.hasPrefix("prune") || flag == "applyset" ? ["delete what is no longer wanted by name or by label"] : [])
    }
    try options.files.checkGiven()
    dryRun = try options.dryRun.strategy(session)
    if options.serverSide, dryRun == .client {
      throw Failure("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
    }
    if options.serverSide, options.force { throw Failure("--force cannot be used with --server-side") }
    if options.forceConflicts, !options.serverSide { throw Failure("--force-conflicts only works with --server-side") }
    printer = try ResultPrinter(session, options.output, dryRun: dryRun)
    var write = WriteOptions()
    write.dryRun = dryRun == .server
    write.fieldManager = options.fieldManager ?? (options.serverSide ? "kubectl" : "kubectl-client-side-apply")
    write.force = options.forceConflicts
    write.fieldValidation = try options.validation.directive()
    self.write = write
  }

  func run() throws {
    var query = ResourceQuery(session)
    query.files = options.files
    query.selector.labels = options.selector.labels
    query.validation = write.fieldValidation
    query.fetches = false
    let found = try query.find()
    var failures = found.errors
    if failures.isEmpty, found.items.isEmpty { throw Failure("no objects passed to apply") }
    var done: [Item] = []
    for item in found.items {
      do { done.append(options.serverSide ? try applyThere(item) : try apply(item)) } catch { failures.append(error) }
    }
    if failures.isEmpty, printer.printsObjects { try printer.print(all: done) }
    try Several.check(failures)
  }

  private func apply(_ item: Item) throws -> Item {
    var item = item
    let desired = item.object ?? .null
    if item.name.isEmpty, !desired["metadata"]["generateName"].text.isEmpty {
      throw Failure("from \(desired["metadata"]["generateName"].text): cannot use generate name with apply")
    }
    let modified = ApplyCommand.annotated(desired)
    let client = try session.client()
    let current: Value
    do {
      if item.name.isEmpty { throw Failure("resource name may not be empty") }
      current = try client.get(item.key, subresource: nil)
    } catch let status as Status where status.reason == .notFound {
      return try create(item, modified)
    } catch {
      throw item.failed("retrieving current configuration of:\n\(item.described)\nfrom server for:", error)
    }
    item.object = current
    if dryRun != .client {
      if current.annotation(ApplyCommand.annotation) == nil {
        session.console.complain(
          "Warning: resource \(item.kind.plural)/\(item.name) is missing the \(ApplyCommand.annotation) annotation which is required by \(session.program) apply. \(session.program) apply should only be used on resources created declaratively by either \(session.program) create --save-config or \(session.program) apply. The missing annotation will be patched automatically.\n"
        )
      }
      let (patch, patched) = try change(item, current, modified)
      item.object = patched
      if patched.isBeingDeleted {
        session.say("Warning: Detected changes to resource \(item.name) which is currently being deleted.")
      }
      if patch.members.isEmpty {
        if !printer.printsObjects { try printer.print(item, "unchanged") }
        return item
      }
    }
    if !printer.printsObjects { try printer.print(item, "configured") }
    return item
  }

  /// Lets the cluster merge what the file says.
  private func applyThere(_ item: Item) throws -> Item {
    var item = item
    if item.name.isEmpty { throw Failure("metadata.name is required for apply") }
    do {
      item.object = try session.client().patch(item.key, subresource: nil, .apply(item.object ?? .null), write)
    } catch let status as Status where status.reason == .conflict {
      throw Failure(status.message + "\n" + Apply.conflictHelp)
    } catch var status as Status {
      status.hints = (item.origin?.hints(for: status) ?? []) + status.hints
      throw status
    }
    if item.object?.isBeingDeleted == true {
      session.say("Warning: Detected changes to resource \(item.name) which is currently being deleted.")
    }
    if !printer.printsObjects { try printer.print(item, "serverside-applied") }
    return item
  }

  private static let conflictHelp = """
    Please review the fields above--they currently have other managers. Here
    are the ways you can resolve this warning:
    * If you intend to manage all of these fields, please re-run the apply
      command with the `--force-conflicts` flag.
    * If you do not intend to manage all of the fields, please edit your
      manifest to remove references to the fields that should keep their
      current managers.
    * You may co-own fields by updating your manifest to match the existing
      value; in this case, you'll become the manager if the other manager(s)
      stop managing the field (remove it from their configuration).
    See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
    """

  private func create(_ item: Item, _ modified: Value) throws -> Item {
    var item = item
    item.object = modified
    if dryRun != .client {
      do {
        item.object = try session.client().create(item.kind, namespace: item.namespace, modified, write)
      } catch {
        throw item.failed("creating", error)
      }
    }
    if !printer.printsObjects { try printer.print(item, "created") }
    return item
  }

  /// Patches the object to what the file says; the patch is empty where it says what is there.
  private func change(_ item: Item, _ live: Value, _ modified: Value) throws -> (patch: Value, patched: Value) {
    var current = live
    let client = try session.client()
    for attempt in 1... {
      let patch = try ApplyCommand.change(of: current, to: modified, item.kind)
      if patch.members.isEmpty { return (patch, current) }
      if !options.overwrite,
        let others = try StrategicMergePatch.conflictingChanges(
          with: patch, original: ApplyCommand.lastApplied(to: current), current: current, schema: item.kind.schema)
      {
        throw Failure(
          "patch:\n\(JSON.text(patch))\nconflicts with changes made from original to current:\n\(JSON.text(others))\n")
      }
      do {
        return (patch, try client.patch(item.key, subresource: nil, ApplyCommand.patch(patch, item.kind), write))
      } catch {
        if error.reason == .conflict, attempt <= 5 {
          current = try client.get(item.key, subresource: nil)
          continue
        }
        if options.force, error.reason == .conflict || error.reason == .invalid { return (patch, try replace(item, modified)) }
        let what = "applying patch:\n\(JSON.text(patch))\nto:\n\(item.described)\nfor:"
        throw item.failed(what, item.failed("patching", error))
      }
    }
    return (.null, current)
  }

  /// Deletes and creates anew.
  private func replace(_ item: Item, _ modified: Value) throws -> Value {
    let client = try session.client()
    var delete = DeleteOptions()
    delete.gracePeriodSeconds = options.gracePeriod < 0 ? nil : options.gracePeriod
    delete.propagation = try Cascade.propagation(options.cascade)
    delete.dryRun = write.dryRun
    _ = try client.delete(item.key, delete)
    if !write.dryRun {
      let follower = try Follower(session, item, timeout: options.timeout == .zero ? nil : options.timeout)
      switch try follower.follow({ $0 == nil ? .done : .goOn }) {
      case .done: break
      case .deadline: throw Failure("timed out waiting for the condition on \(item.kind.plural)/\(item.name)")
      case .stuck: throw Session.stuck("timed out waiting for the condition on \(item.kind.plural)/\(item.name)")
      }
    }
    return try client.create(item.kind, namespace: item.namespace, modified, write)
  }
}

/// `kctl apply view-last-applied`
enum ViewLastAppliedCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var output = "yaml"
  }

  static var row: Command<Session> {
    Command(
      "view-last-applied", "View what was last applied to objects", usage: "(TYPE [NAME | -l SELECTOR] | TYPE/NAME | -f FILE)",
      examples: [Example("What was last applied to a Deployment", "kctl apply view-last-applied deploy/web")],
      completes: .asked("resources"),
      options: { Options() },
      flags: {
        FileOptions.flags("the objects to view").inside(\Options.files)
          + [SelectorOptions.label.inside(\.selector), SelectorOptions.everything.inside(\.selector)] + [
            .text("output", "o", \.output, value: "json|yaml", default: "yaml", completes: .words(["json", "yaml"]), "the output format")
          ]
      }, run: { try run($0, $1.words, $2) })
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    guard options.output == "json" || options.output == "yaml" else {
      throw UsageFailure(
        "Unexpected -o output mode: \(options.output), the flag 'output' must be one of yaml|json", "apply view-last-applied")
    }
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.selector = options.selector
    query.latest = true
    let found = try query.find()
    var first = true
    try found.visit { item in
      guard let text = item.object?.annotation(ApplyCommand.annotation) else {
        throw Failure("no last-applied-configuration annotation found on resource: \(item.name)")
      }
      let object = try JSON.parse(text)
      session.console.write(options.output == "json" ? JSON.pretty(object) + "\n" : (first ? "" : "---\n") + Manifest.yaml(object))
      first = false
    }
  }
}

extension Item {
  /// As kubectl's errors describe an object.
  var described: String {
    "Resource: \(Read.quoted(kind.resourceText)), GroupVersionKind: \(Read.quoted(kind.kindText))\nName: \(Read.quoted(name)), Namespace: \(Read.quoted(namespace))"
  }
}
