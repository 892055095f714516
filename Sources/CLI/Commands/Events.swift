import APIMachinery
import Arguments
import Client
import Formats
import Printers

// kctl events: what has happened, oldest first.

/// `kctl events`
enum EventsCommand {
  struct Options: Sendable {
    var selector = SelectorOptions()
    var output = OutputOptions()
    var watch = false
    var about = ""
    var types: [String] = []
    var noHeaders = false
    var chunkSize: Int64 = 500
  }

  static var row: Command<Session> {
    Command(
      "events", "List events", section: CommandTable.Section.inspect, usage: "[--for TYPE/NAME] [--types=Normal,Warning]",
      examples: [
        Example("What happened in the namespace", "kctl events"), Example("What happened to a Deployment", "kctl events --for deploy/web"),
        Example("Warnings everywhere", "kctl events -A --types=Warning"),
      ], options: { Options() }, flags: { flags }, run: { try Events($0, $1.words, $2).run() })
  }

  static var flags: [Flag<Options>] {
    [SelectorOptions.everywhere].inside(\.selector) + OutputOptions.flags.inside(\.output) + [
      .toggle("watch", "w", \.watch, "after listing, watch for more"),
      .text("for", nil, \.about, value: "TYPE/NAME", completes: .asked("resources"), "only events about this object"),
      .list("types", nil, \.types, value: "TYPE", completes: .words(["Normal", "Warning"]), "only events of these types"),
      .toggle("no-headers", nil, \.noHeaders, "leave the table's header out"),
      .number("chunk-size", nil, \.chunkSize, default: "500", "list in chunks of this many objects; 0 lists all at once"),
    ]
  }
}

/// One run of `kctl events`.
private struct Events {
  let options: EventsCommand.Options
  let session: Session
  let format: OutputFormat?

  init(_ options: EventsCommand.Options, _ words: [String], _ session: Session) throws {
    if let word = words.first { throw UsageFailure("unknown command \(Read.quoted(word)) for \"\(session.program) events\"", "events") }
    self.options = options
    self.session = session
    format = try options.output.format(session)
    for type in options.types where !["normal", "warning"].contains(type.lowercased()) {
      throw Failure("valid --types are Normal or Warning")
    }
  }

  func run() throws {
    let client = try session.client()
    let kind = try session.resources().kind("events")
    var list = ListOptions()
    list.limit = Int(clamping: options.chunkSize)
    list.fieldSelector = try about()
    let namespace: String? = options.selector.allNamespaces ? nil : try session.namespace()
    var all = try client.list(kind, namespace: namespace, list)
    let version = all.resourceVersion
    var events = all.items
    while !all.continue.isEmpty {
      list.continue = all.continue
      all = try client.list(kind, namespace: namespace, list)
      events += all.items
    }
    events = events.filter(isWanted).enumerated().sorted { a, b in
      let (x, y) = (Events.time(a.element), Events.time(b.element))
      return x == y ? a.offset < b.offset : Members.precedes(x, y)
    }.map(\.element)
    if events.isEmpty, !options.watch {
      session.say(options.selector.allNamespaces ? "No events found." : "No events found in \(try session.namespace()) namespace.")
      return
    }
    try show(events, headed: false, kind)
    guard options.watch else { return }
    list.limit = 0
    list.continue = ""
    list.resourceVersion = version
    let stream = try client.watch(kind, namespace: namespace, list)
    let deadline = try session.requestTimeout().map { client.now + $0 }
    var headed = !events.isEmpty
    while true {
      switch try session.next(of: [stream], until: deadline) {
      case .event(_, .added(let event)), .event(_, .modified(let event)):
        if isWanted(event) {
          try show([event], headed: headed, kind)
          headed = true
        }
      case .event(_, .error(let status)): throw status
      case .event: break
      case .ended, .deadline: return
      case .stuck: return session.say("hint: the clock is manual and nothing that is due can bring an event")
      }
    }
  }

  /// The field selector of `--for`.
  private func about() throws -> String {
    guard !options.about.isEmpty else { return "" }
    let parts = options.about.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw Failure("--for must be in resource/name form")
    }
    let kind = try session.resources().kind(parts[0])
    return "involvedObject.kind=\(kind.name),involvedObject.name=\(parts[1])"
  }

  private func isWanted(_ event: Value) -> Bool {
    options.types.isEmpty || options.types.contains { $0.lowercased() == event["type"].text.lowercased() }
  }

  private static func time(_ event: Value) -> String {
    for path in [event["series"]["lastObservedTime"], event["lastTimestamp"], event["eventTime"], event["metadata"]["creationTimestamp"]] {
      if let text = path.string { return text }
    }
    return ""
  }

  private func show(_ events: [Value], headed: Bool, _ kind: Kind) throws {
    if let format {
      if events.count == 1, headed {
        return session.console.write(try format.text(options.output.shown(events[0]), kind: kind, first: false))
      }
      let items = events.map(options.output.shown)
      let list: Value = ["apiVersion": "v1", "items": .array(items), "kind": "EventList", "metadata": [:]]
      return session.console.write(try format.text(list, kind: nil))
    }
    let now = try session.client().now
    var writer = TableWriter()
    let everywhere = options.selector.allNamespaces
    if !headed, !options.noHeaders {
      writer.add((everywhere ? ["NAMESPACE"] : []) + ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"])
    }
    for event in events {
      let object = event["involvedObject"]
      var message = Substring(event["message"].text)
      while let last = message.last, last.isWhitespace { message.removeLast() }
      writer.add(
        (everywhere ? [event.namespace] : []) + [
          interval(event, now), event["type"].text, event["reason"].text, "\(object["kind"].text)/\(object["name"].text)", String(message),
        ])
    }
    session.console.write(writer.flush())
  }

  private func interval(_ event: Value, _ now: Instant) -> String {
    func since(_ time: Value) -> String { TablePrinter.age(time.string.flatMap(Instant.init(rfc3339:)), now) }
    let first = event["firstTimestamp"].isNull ? since(event["eventTime"]) : since(event["firstTimestamp"])
    if let count = event["series"]["count"].int { return "\(since(event["series"]["lastObservedTime"])) (x\(count) over \(first))" }
    if let count = event["count"].int, count > 1 { return "\(since(event["lastTimestamp"])) (x\(count) over \(first))" }
    return first
  }
}
