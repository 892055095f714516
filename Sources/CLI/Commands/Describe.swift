import APIMachinery
import Arguments
import Client
import Formats
import Printers

// kctl describe: objects for people, with what belongs to them.

/// `kctl describe`
enum DescribeCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var showEvents = true
    var chunkSize: Int64 = 500
  }

  static var row: Command<Session> {
    Command(
      "describe", "Show the details of objects and what belongs to them", section: CommandTable.Section.inspect,
      usage: "(-f FILE | TYPE [NAME | NAME_PREFIX | -l SELECTOR] | TYPE/NAME)",
      about: "A name that no object has is taken as the beginning of names.",
      examples: [
        Example("Describe a node", "kctl describe node node-1"), Example("Describe the pods of an app", "kctl describe pods -l app=web"),
        Example("Describe the pods whose names begin with web", "kctl describe pods web"),
      ], completes: .asked("resources"), options: { Options() }, flags: { flags }, run: { try run($0, $1.words, $2) })
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("the objects to describe").inside(\.files)
      + [SelectorOptions.label, SelectorOptions.everywhere].inside(\.selector) + [
        .toggle("show-events", nil, \.showEvents, default: true, "show the events about each object"),
        .number("chunk-size", nil, \.chunkSize, default: "500", "list in chunks of this many objects; 0 lists all at once"),
      ]
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    if words.isEmpty, options.files.isEmpty {
      throw Failure(
        "You must specify the type of resource to describe. Use \"\(session.program) api-resources\" for a complete list of supported resources."
      )
    }
    if options.chunkSize < 0 { throw UsageFailure("--chunk-size must be zero or more, got \(options.chunkSize)", "describe") }
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.selector = options.selector
    query.emptySelectsAll = true
    query.latest = true
    query.chunk = Int(clamping: options.chunkSize)
    query.verb = "describe"
    let found = try query.find()
    let describe = Describe(try session.client(), showEvents: options.showEvents)
    if found.items.isEmpty, let missing = found.errors.first as? Status, found.errors.count == 1, missing.reason == .notFound {
      guard try byPrefix(words, describe, options, session) else { throw missing }
      return
    }
    var first = true
    try found.visit { item in
      guard let object = item.object else { return }
      let text = try describe.text(object, item.kind)
      session.console.write((first ? "" : "\n\n") + text)
      first = false
    }
    guard first, found.errors.isEmpty else { return }
    if options.selector.allNamespaces || found.kinds.contains(where: { !$0.namespaced }) {
      session.say("No resources found")
    } else {
      session.say("No resources found in \(try session.namespace()) namespace.")
    }
  }

  /// Describes what `TYPE PREFIX` means; false where no name begins so.
  private static func byPrefix(_ words: [String], _ describe: Describe, _ options: Options, _ session: Session) throws -> Bool {
    guard words.count == 2 || (words.count == 1 && words[0].contains("/")) else { return false }
    let parts = words.count == 2 ? words : words[0].split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, let kind = try session.resources().kinds(parts[0]).first else { return false }
    let namespace: String? = kind.namespaced && !options.selector.allNamespaces ? try session.namespace() : nil
    var matched = false
    for object in try session.client().list(kind, namespace: namespace, ListOptions()).items where object.name.hasPrefix(parts[1]) {
      session.console.write(try describe.text(object, kind) + "\n")
      matched = true
    }
    return matched
  }
}
