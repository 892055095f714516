import APIMachinery
import Arguments
import Client
import Formats

// kctl replace: whole objects in the place of those that are there.

/// `kctl replace`
enum ReplaceCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var output = OutputOptions()
    var dryRun = DryRunOptions()
    var validation = ValidationOptions()
    var force = false
    var gracePeriod: Int64 = -1
    var timeout = Duration.zero
    var wait = false
    var cascade = "background"
    var saveConfig = false
    var subresource = ""
    var fieldManager = "kubectl-replace"
    var raw: String?
  }

  static var row: Command<Session> {
    Command(
      "replace", "Replace objects by what a file says", section: CommandTable.Section.advanced, usage: "-f FILE",
      about: "Unlike apply, replace writes the whole object: what the file does not say is gone.",
      examples: [
        Example("Replace a Deployment", "kctl replace -f web.yaml"),
        Example("Delete it and create it anew", "kctl replace --force -f web.yaml"),
      ], options: { Options() }, flags: { flags },
      run: { options, positionals, session in
        if options.raw != nil { throw Failure("--raw is not supported by this build") }
        try Replace(options, positionals.words, session).run()
      })
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("what to put in place").inside(\.files) + OutputOptions.flags.inside(\.output) + DryRunOptions.flags.inside(\.dryRun)
      + ValidationOptions.flags.inside(\.validation) + [
        .text("raw", nil, \.raw, value: "PATH", hidden: true, ""),
        .toggle("force", nil, \.force, "delete the object and create it anew"),
        .number("grace-period", nil, \.gracePeriod, value: "SECONDS", default: "-1", "how long deleted objects may take to end"),
        .duration("timeout", nil, \.timeout, default: "0s", "how long to wait for deleted objects; 0 is without end"),
        .toggle("wait", nil, \.wait, "wait until deleted objects are gone"),
        .text(
          "cascade", nil, \.cascade, value: "background|orphan|foreground", default: "background", bare: "background",
          completes: .words(["background", "orphan", "foreground"]), "what happens to a deleted object's dependents"),
        .toggle("save-config", nil, \.saveConfig, "keep the configuration in the object's annotation, for apply"),
        .text(
          "subresource", nil, \.subresource, value: "status|scale", completes: .words(["status", "scale"]),
          "replace a part of the object by itself"),
        .text("field-manager", nil, \.fieldManager, value: "NAME", default: "kubectl-replace", "the name under which fields are noted"),
      ]
  }
}

/// One run of `kctl replace`.
private struct Replace {
  let options: ReplaceCommand.Options
  let session: Session
  let dryRun: DryRun
  let printer: ResultPrinter
  let write: WriteOptions

  init(_ options: ReplaceCommand.Options, _ words: [String], _ session: Session) throws {
    if !words.isEmpty { throw UsageFailure("Unexpected args: [\(words.joined(separator: " "))]", "replace") }
    self.options = options
    self.session = session
    dryRun = try options.dryRun.strategy(session)
    printer = try ResultPrinter(session, options.output, dryRun: dryRun)
    var write = WriteOptions()
    write.dryRun = dryRun == .server
    write.fieldManager = options.fieldManager
    write.fieldValidation = try options.validation.directive()
    self.write = write
    try options.files.checkGiven()
    if options.gracePeriod >= 0, !options.force { throw Failure("--grace-period must have --force specified") }
    if options.timeout != .zero, !options.force { throw Failure("--timeout must have --force specified") }
    if options.force, dryRun != .none { throw Failure("--dry-run can not be used when --force is set") }
    if !options.subresource.isEmpty, !["status", "scale"].contains(options.subresource) {
      throw Failure("invalid subresource value: \(Read.quoted(options.subresource)). Must be one of [status scale]")
    }
  }

  func run() throws {
    var query = ResourceQuery(session)
    query.files = options.files
    query.validation = write.fieldValidation
    query.fetches = false
    let found = try query.find()
    if found.items.isEmpty, found.errors.isEmpty { throw Failure("no objects passed to replace") }
    if options.force { for item in found.items { try delete(item) } }
    try found.visit { item in
      var object = item.object ?? .null
      if options.saveConfig || object.annotation(ApplyCommand.annotation) != nil { object = ApplyCommand.annotated(object) }
      if dryRun == .client { return try printer.print(item, "replaced", object: object) }
      do {
        let stored =
          options.force
          ? try session.client().create(item.kind, namespace: item.namespace, object, write)
          : try update(item, object)
        try printer.print(item, "replaced", object: stored)
      } catch {
        throw options.force ? error : item.failed("replacing", error)
      }
    }
  }

  /// Puts an object in the place of what is there, whichever version that is unless the object names one.
  private func update(_ item: Item, _ given: Value) throws -> Value {
    var object = given
    let subresource = options.subresource.isEmpty ? nil : options.subresource
    if object.resourceVersion.isEmpty, let stored = try? session.client().get(item.key, subresource: subresource) {
      object["metadata", "resourceVersion"] = .string(stored.resourceVersion)
    }
    return try session.client().update(item.key, subresource: subresource, object, write)
  }

  /// Deletes what is there and waits until it is gone.
  private func delete(_ item: Item) throws {
    var delete = DeleteOptions()
    delete.gracePeriodSeconds = options.gracePeriod < 0 ? nil : options.gracePeriod
    delete.propagation = try Cascade.propagation(options.cascade)
    do { _ = try session.client().delete(item.key, delete) } catch let status as Status where status.reason == .notFound { return }
    session.print("\(item.kind.qualifiedSingular) \"\(item.name)\" deleted")
    switch try Follower(session, item, timeout: options.timeout == .zero ? nil : options.timeout).follow({ $0 == nil ? .done : .goOn }) {
    case .done: break
    case .deadline: throw Failure("timed out waiting for the condition on \(item.kind.plural)/\(item.name)")
    case .stuck: throw Session.stuck("timed out waiting for the condition on \(item.kind.plural)/\(item.name)")
    }
  }
}
