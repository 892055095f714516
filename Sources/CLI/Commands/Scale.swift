import APIMachinery
import Arguments
import Client
import Formats

// kctl scale: how many pods a workload is to have.

/// `kctl scale`
enum ScaleCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var output = OutputOptions()
    var dryRun = DryRunOptions()
    var replicas: Int = 0
    var current: Int = -1
    var resourceVersion = ""
    var timeout = Duration.zero
  }

  static var row: Command<Session> {
    Command(
      "scale", "Set a new size for a deployment or replica set", section: CommandTable.Section.deploy,
      usage: "[--current-replicas=N] --replicas=N (-f FILE | TYPE NAME | TYPE/NAME)",
      examples: [
        Example("Three pods", "kctl scale deploy/web --replicas=3"),
        Example("Three, if there are two", "kctl scale deploy/web --current-replicas=2 --replicas=3"),
      ], completes: .asked("resources"), options: { Options() }, flags: { flags }, run: { try run($0, $1.words, $2) })
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("what to scale").inside(\.files) + [SelectorOptions.label, SelectorOptions.everything].inside(\.selector)
      + OutputOptions.flags.inside(\.output) + DryRunOptions.flags.inside(\.dryRun) + [
        .number("replicas", nil, \.replicas, value: "N", default: "", required: true, "the new number of replicas"),
        .number("current-replicas", nil, \.current, value: "N", default: "-1", "scale only if there are so many now; -1 is any"),
        .text("resource-version", nil, \.resourceVersion, value: "VERSION", "scale only if the object is of this version"),
        .duration("timeout", nil, \.timeout, default: "0s", "how long to wait until the size is reached; 0 does not wait"),
      ]
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    guard options.replicas >= 0 else {
      throw Failure("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    }
    guard options.current >= -1 else { throw Failure("The --current-replicas must specify an integer of -1 or greater") }
    let dryRun = try options.dryRun.strategy(session)
    let printer = try ResultPrinter(session, options.output, dryRun: dryRun)
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.selector = options.selector
    let found = try query.find()
    if found.items.isEmpty {
      let why = found.errors.isEmpty ? "" : " " + found.errors.map(line).joined(separator: ", ")
      throw Failure("no objects passed to scale\(why.isEmpty ? " <nil>" : why)")
    }
    if !options.resourceVersion.isEmpty, found.items.count > 1 {
      throw Failure("cannot use --resource-version with multiple resources")
    }
    for item in found.items {
      if dryRun != .client { try scale(item, options, dryRun, session) }
      try printer.print(item, "scaled")
    }
    try Several.check(found.errors)
  }

  /// A status' own message, as it stands inside another text.
  private static func line(_ error: any Error) -> String { (error as? Status)?.message ?? Complaint.line(error) }

  private static func scale(_ item: Item, _ options: Options, _ dryRun: DryRun, _ session: Session) throws {
    let client = try session.client()
    var write = WriteOptions()
    write.dryRun = dryRun == .server
    guard item.kind.subresources.contains("scale") else {
      throw Status(.notFound, "the server could not find the requested resource")
    }
    if options.current >= 0 || !options.resourceVersion.isEmpty {
      var scale = try client.get(item.key, subresource: "scale")
      let now = scale["spec"]["replicas"].int ?? 0
      if options.current >= 0, Int64(options.current) != now { throw Failure("Expected replicas to be \(options.current), was \(now)") }
      if !options.resourceVersion.isEmpty, scale.resourceVersion != options.resourceVersion {
        throw Failure("Expected resource version to be \(options.resourceVersion), was \(scale.resourceVersion)")
      }
      scale["spec", "replicas"] = Value(options.replicas)
      _ = try client.update(item.key, subresource: "scale", scale, write)
    } else {
      _ = try client.patch(item.key, subresource: "scale", .merge(["spec": ["replicas": Value(options.replicas)]]), write)
    }
    guard options.timeout > .zero, dryRun == .none else { return }
    session.waiting(for: "waiting for \(item.spelled) to have \(options.replicas) replicas")
    let end = try Follower(session, item, timeout: options.timeout).follow { object in
      guard let object else { return .done }
      let observed = object["status"]["observedGeneration"].int ?? object.generation
      return observed >= object.generation && (object["status"]["replicas"].int ?? 0) == Int64(options.replicas) ? .done : .goOn
    }
    session.waited()
    switch end {
    case .done: break
    case .deadline: throw Failure("timed out waiting for the condition")
    case .stuck: throw Session.stuck("timed out waiting for the condition")
    }
  }
}
