import API
import APIMachinery
import Arguments
import Client
import Formats
import Posix
import Printers

// kctl sim: the simulation's own affairs, which are an object of its API.

/// `kctl sim`
enum SimCommand {
  struct Options: Sendable {
    var output = OutputOptions()
    var nodes: Int?
    var files = FileOptions()
    var seed: UInt64?
    var container: String?
  }

  static var row: Command<Session> {
    Command(
      "sim", "Steer the simulated cluster: its clock, its faults, its nodes", section: CommandTable.Section.cluster,
      about: "A simulated cluster's time follows the machine's, or stands still until it is advanced or a command waits (clock manual).",
      commands: [
        Command(
          "advance", "Let simulated time pass", usage: "DURATION", examples: [Example("Half a minute", "kctl sim advance 30s")],
          options: { Options() }, flags: { [] }, run: { options, words, session in try advance(words.words, session) }),
        Command(
          "clock", "Let the clock follow the machine's, or stand still", usage: "(follow | manual)",
          examples: [Example("Time moves only when asked to", "kctl sim clock manual")], completes: .words(["follow", "manual"]),
          options: { Options() }, flags: { [] }, run: { options, words, session in try clock(words.words, session) }),
        Command(
          "crash", "Crash a container of a pod", usage: "pod NAME [-c CONTAINER]",
          examples: [Example("Crash a pod's container", "kctl sim crash pod web")], completes: .asked("sim-pod"), options: { Options() },
          flags: {
            [
              .text(
                "container", "c", \Options.container, value: "CONTAINER", completes: .asked("containers"),
                "the container; the first that runs where left out")
            ]
          },
          run: { try crash($0, $1.words, $2) }),
        Command(
          "export", "Write the whole cluster to a file", usage: "FILE", completes: .files, options: { Options() }, flags: { [] },
          run: { options, words, session in try export(words.words, session) }),
        strike("fail", "Silence a node, as if it had lost power", "Silence a node", "failed"),
        strike("heal", "End a node's silence", "Bring it back", "healed"),
        Command(
          "import", "Replace the cluster by one that was exported", usage: "FILE", completes: .files, options: { Options() }, flags: { [] },
          run: { options, words, session in try importState(words.words, session) }),
        Command(
          "reset", "Begin with a new, empty cluster", usage: "[--nodes=N | -f FILE] [--seed=N]",
          examples: [Example("Five nodes", "kctl sim reset --nodes=5")], options: { Options() },
          flags: {
            [
              .number("nodes", nil, \Options.nodes, default: "3", "how many nodes the new cluster has"),
              .number("seed", nil, \.seed, default: "", "where chance begins; the same seed gives the same cluster"),
            ] + FileOptions.flags("the Node objects of the new cluster").inside(\.files)
          }, run: { options, _, session in try reset(options, session) }),
        Command(
          "status", "Show the simulation's clock and what it holds", options: { Options() },
          flags: { OutputOptions.flags.inside(\Options.output) }, run: { options, _, session in try status(options, session) }),
      ])
  }

  private static var key: ObjectKey { ObjectKey(Kinds.simulation, "", Kinds.simulationName) }

  /// The cluster, if it simulates.
  private static func client(_ session: Session) throws -> any Client {
    let client = try session.client()
    guard try client.kinds().contains(Kinds.simulation) else {
      throw Failure("context \"\(try session.context().name)\" is no simulated cluster")
    }
    return client
  }

  private static func housekeeping(_ session: Session) throws -> any ClusterHousekeeping {
    guard let cluster = try client(session) as? any ClusterHousekeeping else {
      throw Failure("context \"\(try session.context().name)\": this cluster can't be replaced from here")
    }
    return cluster
  }

  private static func post(_ session: Session, _ subresource: String, _ body: Value) throws -> Value {
    try client(session).create(key, subresource: subresource, body, WriteOptions())
  }

  private static func exactly(_ words: [String], _ usage: String, _ command: String) throws -> String {
    guard words.count == 1 else { throw UsageFailure("expected '\(command) \(usage)', got \(words.count) arguments", command) }
    return words[0]
  }

  private static func advance(_ words: [String], _ session: Session) throws {
    let text = try exactly(words, "DURATION", "sim advance")
    let duration: Duration
    do { duration = try Read.duration(text) } catch { throw Failure("invalid duration \(Read.quoted(text)): \(error.text)") }
    if duration < .zero { throw Failure("invalid duration \(Read.quoted(text)): time does not run backwards") }
    let after = try post(session, "advance", ["duration": .string(text)])
    session.print("advanced by \(duration.goText) to \(after["status"]["now"].text)")
  }

  private static func clock(_ words: [String], _ session: Session) throws {
    let mode = try exactly(words, "(follow | manual)", "sim clock")
    guard mode == "follow" || mode == "manual" else { throw Failure("invalid clock \(Read.quoted(mode)): expected follow or manual") }
    _ = try client(session).patch(key, subresource: nil, .merge(["spec": ["clock": .string(mode)]]), WriteOptions())
    session.print("clock \(mode)")
  }

  private static func strike(_ verb: String, _ summary: String, _ why: String, _ done: String) -> Command<Session> {
    Command(
      verb, summary, usage: "node NAME", examples: [Example(why, "kctl sim \(verb) node node-2")], completes: .asked("sim-node"),
      options: { Options() }, flags: { [] },
      run: { options, positionals, session in
        let node = try named("node", ["nodes", "no"], positionals.words, "sim \(verb)")
        _ = try post(session, verb, ["node": .string(node)])
        session.print("node/\(node) \(done)")
      })
  }

  private static func crash(_ options: Options, _ words: [String], _ session: Session) throws {
    let pod = try named("pod", ["pods", "po"], words, "sim crash")
    var body: Value = ["namespace": .string(try session.namespace()), "pod": .string(pod)]
    if let container = options.container { body["container"] = .string(container) }
    _ = try post(session, "crash", body)
    session.print("pod/\(pod) crashed")
  }

  /// `node NAME`, `node/NAME`
  private static func named(_ type: String, _ others: [String], _ words: [String], _ command: String) throws -> String {
    let parts = words.count == 1 ? words[0].split(separator: "/", maxSplits: 1).map(String.init) : words
    guard parts.count == 2, parts[0] == type || others.contains(parts[0]) else {
      throw UsageFailure("expected '\(command) \(type) NAME'", command)
    }
    return parts[1]
  }

  private static func reset(_ options: Options, _ session: Session) throws {
    if options.nodes != nil, !options.files.isEmpty { throw Failure("only one of --nodes and -f can be specified") }
    var nodes: [Value]?
    if !options.files.isEmpty {
      var query = ResourceQuery(session)
      query.files = options.files
      query.validation = .strict
      query.fetches = false
      let found = try query.find()
      try Several.check(found.errors)
      if let other = found.items.first(where: { $0.kind != Kinds.node }) { throw Failure("\(other.spelled) is no node") }
      nodes = found.items.compactMap(\.object)
    } else if let count = options.nodes {
      guard (1...5000).contains(count) else { throw Failure("invalid value \"\(count)\" for --nodes: expected a number from 1 to 5000") }
      nodes = try housekeeping(session).standardNodes(count)
    }
    try housekeeping(session).reset(nodes: nodes, seed: options.seed)
    let now = try client(session).get(key, subresource: nil)
    let total = now["status"]["nodes"].int ?? 0
    session.print("reset: a new cluster with \(total) \(total == 1 ? "node" : "nodes"), seed \(now["spec"]["seed"].text)")
  }

  private static func status(_ options: Options, _ session: Session) throws {
    let object = try client(session).get(key, subresource: nil)
    let printer = try ResultPrinter(session, options.output, dryRun: .none)
    if printer.format != nil { return try printer.print(object: object, kind: Kinds.simulation) }
    let status = object["status"]
    var rows: [(String, String)] = [
      ("Context", try session.context().name), ("Clock", object["spec"]["clock"].text), ("Now", status["now"].text),
      ("Age", age(status["age"].text)), ("Seed", object["spec"]["seed"].text), ("Nodes", String(status["nodes"].int ?? 0)),
    ]
    let failed = status["failedNodes"].items.compactMap(\.string)
    if !failed.isEmpty { rows.append(("Failed nodes", failed.joined(separator: ", "))) }
    let phases = status["podPhases"].members.map { "\($0.value.int ?? 0) \($0.key)" }.joined(separator: ", ")
    rows.append(("Pods", "\(status["pods"].int ?? 0)" + (phases.isEmpty ? "" : " (\(phases))")))
    rows.append(("Due", "\(status["due"].int ?? 0)" + (status["nextDue"].string.map { " (next at \($0))" } ?? "")))
    let width = (rows.map(\.0.count).max() ?? 0) + 3
    for (name, value) in rows { session.print("\(name):\(String(repeating: " ", count: width - name.count - 1))\(value)") }
  }

  /// `26h3m4.5s` as people say it: `26h`.
  private static func age(_ text: String) -> String { (try? Duration(goText: text)).map(humanDuration) ?? text }

  private static func export(_ words: [String], _ session: Session) throws {
    let path = try exactly(words, "FILE", "sim export")
    let text = JSON.text(try housekeeping(session).export()) + "\n"
    if path == "-" { return session.console.write(text) }
    do throws(SystemFailure) {
      try Posix.Machine.replaceFile(session.absolute(path), with: Array(text.utf8), mode: 0o600)
    } catch {
      throw Failure("cannot write \"\(path)\": \(error.text)")
    }
    session.print("exported to \(path)")
  }

  private static func importState(_ words: [String], _ session: Session) throws {
    let path = try exactly(words, "FILE", "sim import")
    let bytes: [UInt8]
    do throws(SystemFailure) {
      bytes = try Posix.Machine.readFile(session.absolute(path))
    } catch {
      throw Failure("cannot read \"\(path)\": \(error.text)")
    }
    let state: Value
    do throws(ParseError) { state = try JSON.parse(bytes) } catch { throw Failure("cannot read \"\(path)\": \(error.goMessage)") }
    try housekeeping(session).importState(state)
    session.print("imported from \(path)")
  }
}
