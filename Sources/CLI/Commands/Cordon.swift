import APIMachinery
import Arguments
import Client
import Formats

// kctl cordon, uncordon: whether pods may be placed on nodes.

/// `kctl cordon`, `kctl uncordon`
enum CordonCommand {
  struct Options: Sendable {
    var selector = SelectorOptions()
    var dryRun = DryRunOptions()
  }

  static var cordon: Command<Session> { row("cordon", "Mark node as unschedulable", "No new pods on a node", true) }
  static var uncordon: Command<Session> { row("uncordon", "Mark node as schedulable", "New pods may come again", false) }

  private static func row(_ verb: String, _ summary: String, _ why: String, _ unschedulable: Bool) -> Command<Session> {
    Command(
      verb, summary, section: CommandTable.Section.cluster, usage: "NODE", examples: [Example(why, "kctl \(verb) node-1")],
      completes: .asked("nodes"), options: { Options() },
      flags: { [SelectorOptions.label.inside(\Options.selector)] + DryRunOptions.flags.inside(\.dryRun) },
      run: { _ = try run(verb, unschedulable, $0, $1.words, $2) })
  }

  /// Marks nodes.
  /// - Parameter usage: the command that mistakes are told of, where it is another one.
  /// - Returns: the nodes.
  static func run(
    _ verb: String, _ unschedulable: Bool, _ options: Options, _ words: [String], _ session: Session, usage: String? = nil
  ) throws -> [Item] {
    if words.isEmpty, options.selector.labels.isEmpty { throw UsageFailure("USAGE: \(usage ?? verb) NODE [flags]", usage ?? verb) }
    if !words.isEmpty, !options.selector.labels.isEmpty {
      throw Failure("error: cannot specify both a node name and a --selector option")
    }
    let dryRun = try options.dryRun.strategy(session)
    var query = ResourceQuery(session)
    query.words = words.isEmpty ? ["nodes"] : words.contains { $0.contains("/") } ? words : ["nodes"] + words
    query.selector = options.selector
    let found = try query.find()
    if found.items.isEmpty, found.errors.isEmpty {
      session.say("No resources found")
      return []
    }
    try Several.check(found.errors)
    for item in found.items {
      guard item.kind.name == "Node" else {
        throw Failure("unable to \(verb) node \(Read.quoted(item.name)): unable to convert runtime object to node")
      }
      let was = item.object?["spec"]["unschedulable"].bool ?? false
      if was == unschedulable {
        session.print("\(item.spelled) already \(verb)ed\(dryRun.suffix)")
        continue
      }
      if dryRun != .client {
        var write = WriteOptions()
        write.dryRun = dryRun == .server
        _ = try session.client().patch(
          item.key, subresource: nil, .strategic(["spec": ["unschedulable": unschedulable ? true : nil]]), write)
      }
      session.print("\(item.spelled) \(verb)ed\(dryRun.suffix)")
    }
    return found.items
  }
}
