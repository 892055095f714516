import API
import APIMachinery
import Arguments
import Client
import Formats
import Printers

// kctl get: objects in a table, or in whichever format.

/// `kctl get`
enum GetCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var output = OutputOptions()
    var sortBy: String?
    var noHeaders = false
    var showLabels = false
    var showKind = false
    var labelColumns: [String] = []
    var watch = false
    var watchOnly = false
    var watchEvents = false
    var ignoreNotFound = false
    var chunkSize: Int64 = 500
    var subresource: String?
    var serverPrint = true
    var raw: String?
  }

  static var row: Command<Session> {
    Command(
      "get", "Display one or many resources", section: CommandTable.Section.basic, usage: "(TYPE [NAME | -l SELECTOR] | TYPE/NAME ...)",
      about:
        "Prints a table of the most important information. Types may be short (po), joined by commas (deploy,rs) or a group of types (all).",
      examples: [
        Example("List all pods", "kctl get pods"), Example("List a Deployment with more columns", "kctl get deployment web -o wide"),
        Example("Print one field", "kctl get deploy/web -o jsonpath='{.status.readyReplicas}'"),
      ], completes: .asked("resources"), options: { Options() }, flags: { flags }, run: { try Get($0, $1.words, $2).run() })
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("the objects to get").inside(\.files)
      + [SelectorOptions.label, SelectorOptions.field, SelectorOptions.everywhere].inside(\.selector)
      + OutputOptions.flags(OutputFormat.names + extraFormats).inside(\.output) + [
        .text("sort-by", nil, \.sortBy, value: "JSONPATH", "sort by a field: .metadata.creationTimestamp"),
        .toggle("no-headers", nil, \.noHeaders, "leave the table's header out"),
        .toggle("show-labels", nil, \.showLabels, "show all labels in the last column"),
        .toggle("show-kind", nil, \.showKind, "show the type before each name"),
        .list("label-columns", "L", \.labelColumns, value: "LABEL", "labels to show in a column each"),
        .toggle("watch", "w", \.watch, "after listing, watch for changes"),
        .toggle("watch-only", nil, \.watchOnly, "watch for changes without listing first"),
        .toggle("output-watch-events", nil, \.watchEvents, "show what happened to each object that a watch brings"),
        .toggle("ignore-not-found", nil, \.ignoreNotFound, "missing objects are no error"),
        .number("chunk-size", nil, \.chunkSize, default: "500", "list in chunks of this many objects; 0 lists all at once"),
        .text(
          "subresource", nil, \.subresource, value: "status|scale", completes: .words(["status", "scale"]),
          "get a part of the object by itself"),
        .toggle("server-print", nil, \.serverPrint, default: true, "use the columns of the type"),
        .text("raw", nil, \.raw, value: "PATH", "ask for a path of the API as it is"),
      ]
  }

  static let extraFormats = ["custom-columns", "custom-columns-file", "wide"]
}

/// One run of `kctl get`.
private struct Get {
  let options: GetCommand.Options
  let words: [String]
  let session: Session
  let format: OutputFormat?
  let wide: Bool

  init(_ options: GetCommand.Options, _ words: [String], _ session: Session) throws {
    self.options = options
    self.words = words
    self.session = session
    wide = options.output.output == "wide"
    format = wide ? nil : try options.output.format(session, extra: GetCommand.extraFormats)
  }

  func run() throws {
    if let raw = options.raw {
      throw Failure(
        "--raw is not supported: the simulated cluster has no HTTP paths such as \(Read.quoted(raw))", hints: ["use get TYPE -o json"])
    }
    try check()
    if options.watch || options.watchOnly { return try watch() }
    var found = try query().find()
    if !found.errors.isEmpty && found.items.isEmpty { return try fail(found) }
    if let path = options.sortBy {
      do { found.items = try Sorting(path).sorted(found.items) } catch let problem as Sorting.Problem { throw Failure(problem.text) }
    }
    if let format { try print(found, format) } else { try table(found) }
    try fail(found)
  }

  private func check() throws {
    if words.isEmpty, options.files.isEmpty {
      session.say(
        "You must specify the type of resource to get. Use \"\(session.program) api-resources\" for a complete list of supported resources.\n"
      )
      throw UsageFailure(
        "Required resource not specified.\nUse \"\(session.program) explain <resource>\" for a detailed description of that resource (e.g. \(session.program) explain pods).",
        "get")
    }
    if options.showLabels, !options.output.output.isEmpty, !wide {
      throw Failure("--show-labels option cannot be used with \(options.output.output) printer")
    }
    if options.watchEvents, !options.watch, !options.watchOnly {
      throw UsageFailure("--output-watch-events option can only be used with --watch or --watch-only", "get")
    }
    if options.chunkSize < 0 { throw UsageFailure("--chunk-size must be zero or more, got \(options.chunkSize)", "get") }
    if let subresource = options.subresource, subresource != "status", subresource != "scale" {
      throw Failure("invalid subresource value: \(Read.quoted(subresource)). Must be one of [status scale]")
    }
  }

  private func query() -> ResourceQuery {
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.selector = options.selector
    query.emptySelectsAll = true
    query.latest = true
    query.subresource = options.subresource
    query.chunk = Int(clamping: options.chunkSize)
    query.ignoresMissing = options.ignoreNotFound
    query.wantsPrinted = wantsPrinted
    return query
  }

  /// kubectl tells each failure once, in order.
  private func fail(_ found: ResourceQuery.Found) throws {
    var seen = Set<String>()
    try Several.check(found.errors.filter { seen.insert(Complaint.line($0)).inserted })
  }

  // Tables.

  private func tableOptions(kinds: Int) -> TableOptions {
    var table = TableOptions()
    table.wide = wide
    table.headers = !options.noHeaders
    table.withKind = options.showKind || kinds > 1
    table.withNamespace = false
    table.showLabels = options.showLabels
    table.labelColumns = options.labelColumns
    table.ownColumns = options.serverPrint
    return table
  }

  /// Whether names stand with their types: several types were asked for, or there are several.
  private var namesSeveralKinds: Int {
    var types = Set<String>()
    for word in words {
      if let slash = word.firstIndex(of: "/") { types.insert(String(word[..<slash])) }
    }
    let listed = words.first.map { $0.split(separator: ",").count } ?? 0
    if let first = words.first, let resources = try? session.resources(), !first.contains("/"), !resources.category(first).isEmpty {
      return 2
    }
    return max(listed, types.count)
  }

  /// Whether the cluster's own columns are shown, where it has some.
  private var wantsPrinted: Bool { format == nil && options.serverPrint }

  /// - Parameter object: the first one; all of a kind come with the same columns.
  private func printer(_ kind: Kind, _ object: Value, several: Int) -> TablePrinter {
    var table = tableOptions(kinds: several)
    table.withNamespace = options.selector.allNamespaces && kind.namespaced
    let printed = wantsPrinted ? PrintedCells.columns(of: object) : nil
    let columns = printed ?? (options.subresource == "scale" ? Kinds.scale.columns : nil)
    return TablePrinter(kind, columns: columns, table)
  }

  private func table(_ found: ResourceQuery.Found) throws {
    let now = try session.client().now
    let several = max(namesSeveralKinds, found.kinds.count)
    var writer = TableWriter()
    var last: Kind?
    var printed = false
    var current: TablePrinter?
    for item in found.items {
      guard let object = item.object else { continue }
      if item.kind != last {
        session.console.write(writer.flush())
        if printed, !options.noHeaders { session.print("") }
        let next = printer(item.kind, object, several: several)
        writer = TableWriter()
        if !options.noHeaders { writer.add(next.header) }
        current = next
        last = item.kind
      }
      if let current { writer.add(current.row(object, now: now)) }
      printed = true
    }
    session.console.write(writer.flush())
    if !printed, found.errors.isEmpty, !options.ignoreNotFound { try nothing(found.kinds) }
  }

  private func nothing(_ kinds: [Kind]) throws {
    if options.selector.allNamespaces || kinds.contains(where: { !$0.namespaced }) {
      session.say("No resources found")
    } else {
      session.say("No resources found in \(try session.namespace()) namespace.")
    }
  }

  // Other formats.

  private func print(_ found: ResourceQuery.Found, _ format: OutputFormat) throws {
    let objects = found.items.compactMap { $0.object.map(options.output.shown) }
    if case .name = format {
      for item in found.items { session.print(item.spelled) }
      return
    }
    if found.single {
      guard let object = objects.first, let item = found.items.first else { return }
      return session.console.write(try told { try format.text(object, kind: item.kind, first: !leavesHeadersOut) })
    }
    if objects.isEmpty, !found.errors.isEmpty { return }
    let list: Value = ["apiVersion": "v1", "items": .array(objects), "kind": "List", "metadata": ["resourceVersion": ""]]
    session.console.write(try told { try format.text(list, kind: nil, first: !leavesHeadersOut) })
  }

  /// Whether a table of one's own goes without its header.
  private var leavesHeadersOut: Bool {
    if case .customColumns = format { return options.noHeaders }
    return false
  }

  private func told<T>(_ body: () throws -> T) throws -> T {
    do { return try body() } catch let problem as OutputFormat.Problem { throw Failure(problem.text) }
  }

  // Watching.

  private func watch() throws {
    var query = query()
    if try session.resources().kindsOf(words).count > 1 { throw Failure("you may only specify a single resource type") }
    query.ignoresMissing = false
    let found = try query.find()
    try fail(found)
    guard let kind = found.kinds.first, found.kinds.count == 1 else { throw Failure("you may only specify a single resource type") }
    if !found.lists, found.items.count != 1 {
      throw Failure("watch is only supported on individual resources and resource collections - \(found.items.count) resources were found")
    }
    var writer = TableWriter()
    var headed = options.noHeaders
    let several = namesSeveralKinds
    var table: TablePrinter?
    var first = !leavesHeadersOut

    func show(_ event: String, _ object: Value) throws {
      let now = try session.client().now
      if let format {
        var shown = options.output.shown(object)
        if options.watchEvents { shown = ["type": .string(event), "object": shown] }
        session.console.write(try told { try format.text(shown, kind: kind, first: first) })
        first = false
        return
      }
      let printer = table ?? self.printer(kind, object, several: several)
      table = printer
      if !headed {
        writer.add((options.watchEvents ? ["EVENT   "] : []) + printer.header)
        headed = true
      }
      writer.add(
        (options.watchEvents ? [event + String(repeating: " ", count: 8 - min(8, event.count))] : []) + printer.row(object, now: now))
    }

    if !options.watchOnly {
      for item in found.items {
        if let object = item.object { try show("ADDED", object) }
      }
      session.console.write(writer.flush())
    }
    var list = ListOptions()
    list.labelSelector = options.selector.labels
    list.fieldSelector = options.selector.fields
    list.wantsPrinted = wantsPrinted
    var namespace: String? = kind.namespaced && !options.selector.allNamespaces ? try session.namespace() : nil
    if !found.lists, let item = found.items.first {
      list.fieldSelector = "metadata.name=\(item.name)"
      if kind.namespaced { namespace = item.namespace }
      list.resourceVersion = item.object?.resourceVersion ?? ""
    } else {
      list.resourceVersion = found.resourceVersion
    }
    let client = try session.client()
    let stream = try client.watch(kind, namespace: namespace, list)
    let deadline = try session.requestTimeout().map { client.now + $0 }
    while true {
      switch try session.next(of: [stream], until: deadline) {
      case .event(_, .added(let object)): try show("ADDED", object)
      case .event(_, .modified(let object)): try show("MODIFIED", object)
      case .event(_, .deleted(let object)): try show("DELETED", object)
      case .event(_, .error(let status)): throw status
      case .event(_, .bookmark), .event(_, .log): break
      case .ended, .deadline: return
      case .stuck: return session.say("hint: the clock is manual and nothing that is due can change what is watched")
      }
      session.console.write(writer.flush())
    }
  }
}

extension Resources {
  /// The kinds that positional arguments name.
  func kindsOf(_ words: [String]) throws -> [Kind] {
    var out: [Kind] = []
    for word in words.contains(where: { $0.contains("/") }) ? words.map({ String($0.prefix { $0 != "/" }) }) : Array(words.prefix(1)) {
      for kind in try kinds(word) where !out.contains(kind) { out.append(kind) }
    }
    return out
  }
}
