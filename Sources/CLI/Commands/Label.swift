import APIMachinery
import Arguments
import Client
import Formats

// kctl label and kctl annotate: one command for two maps of metadata.

/// `kctl label`, `kctl annotate`
enum LabelCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var output = OutputOptions()
    var dryRun = DryRunOptions()
    var overwrite = false
    var list = false
    var local = false
    var resourceVersion = ""
    var fieldManager = ""
  }

  /// Which of the two maps.
  enum Map: String, Sendable {
    case labels, annotations

    var noun: String { self == .labels ? "label" : "annotation" }
    var verb: String { self == .labels ? "label" : "annotate" }
  }

  static var row: Command<Session> {
    row(
      .labels, "Change the labels of objects",
      [
        Example("Add a label", "kctl label deploy/web tier=front"), Example("Change one", "kctl label deploy/web tier=back --overwrite"),
        Example("Remove one", "kctl label deploy/web tier-"),
      ])
  }

  static var annotateRow: Command<Session> {
    row(
      .annotations, "Change the annotations of objects",
      [
        Example("Say why", "kctl annotate deploy/web kubernetes.io/change-cause='new image'"),
        Example("Remove an annotation", "kctl annotate deploy/web note-"),
      ])
  }

  private static func row(_ map: Map, _ summary: String, _ examples: [Example]) -> Command<Session> {
    Command(
      map.verb, summary, section: CommandTable.Section.settings,
      usage: "[--overwrite] (-f FILE | TYPE NAME) KEY=VALUE ... KEY- ...", examples: examples, completes: .asked("resources"),
      options: { Options() }, flags: { flags }, run: { try Labelling(map, $0, $1.words, $2).run() })
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("the objects to change").inside(\.files)
      + [SelectorOptions.label, SelectorOptions.field, SelectorOptions.everything, SelectorOptions.everywhere].inside(\.selector)
      + OutputOptions.flags.inside(\.output) + DryRunOptions.flags.inside(\.dryRun) + [
        .toggle("overwrite", nil, \.overwrite, "change what is there already"),
        .toggle("list", nil, \.list, "print what is there"),
        .toggle("local", nil, \.local, "change files' objects without asking the cluster"),
        .text("resource-version", nil, \.resourceVersion, value: "VERSION", "change only an object of this version"),
        .text("field-manager", nil, \.fieldManager, value: "NAME", "the name under which changed fields are noted"),
      ]
  }
}

/// One run.
private struct Labelling {
  let map: LabelCommand.Map
  let options: LabelCommand.Options
  let session: Session
  private var resources: [String] = []
  private var set: [(key: String, value: String)] = []
  private var removed: [String] = []

  init(_ map: LabelCommand.Map, _ options: LabelCommand.Options, _ words: [String], _ session: Session) throws {
    self.map = map
    self.options = options
    self.session = session
    for word in words {
      if let equals = word.firstIndex(of: "="), equals > word.startIndex {
        let key = String(word[..<equals])
        let value = String(word[word.index(after: equals)...])
        if map == .labels, let problem = Names.labelValue(value).first {
          throw Failure("invalid label value: \(Read.quoted(word)): \(problem)")
        }
        set.removeAll { $0.key == key }
        set.append((key, value))
      } else if word.hasSuffix("-"), word.count > 1, !resources.isEmpty || !options.files.isEmpty {
        removed.append(String(word.dropLast()))
      } else if set.isEmpty, removed.isEmpty {
        resources.append(word)
      } else {
        throw Failure("all resources must be specified before \(map.noun) changes: \(word)")
      }
    }
    set.sort { Members.precedes($0.key, $1.key) }
  }

  func run() throws {
    if resources.isEmpty, options.files.isEmpty {
      throw Failure("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    }
    if set.isEmpty, removed.isEmpty, !options.list { throw Failure("at least one \(map.noun) update is required") }
    if let both = set.first(where: { removed.contains($0.key) }) {
      let shown =
        map == .labels
        ? "can not both modify and remove a label in the same command"
        : "can not both modify and remove the following annotation(s) in the same command: \(both.key)"
      throw Failure(shown)
    }
    let dryRun = try options.dryRun.strategy(session)
    let printer = try ResultPrinter(session, options.output, dryRun: dryRun)
    var query = ResourceQuery(session)
    query.words = resources
    query.files = options.files
    query.selector = options.selector
    query.latest = !options.local
    let found = try query.find()
    if !options.resourceVersion.isEmpty, found.items.count > 1 {
      throw Failure("--resource-version may only be used with a single resource")
    }
    try found.visit { item in
      guard let object = item.object else { return }
      if options.list { return list(item, object, several: found.items.count > 1) }
      try change(item, object, dryRun, printer)
    }
  }

  private func list(_ item: Item, _ object: Value, several: Bool) {
    if several { session.print("Listing \(map.rawValue) for \(item.kind.qualifiedName)/\(item.name):") }
    for member in object["metadata"][map.rawValue].members {
      session.print("\(several ? " " : "")\(member.key)=\(member.value.text)")
    }
  }

  private func change(_ item: Item, _ object: Value, _ dryRun: DryRun, _ printer: ResultPrinter) throws {
    let before = object["metadata"][map.rawValue].members
    if !options.overwrite { try refuseOverwriting(before) }
    var after = before
    for (key, value) in set { after[key] = .string(value) }
    for key in removed {
      if after[key] == nil, map == .labels { session.print("label \(Read.quoted(key)) not found.") }
      after[key] = nil
    }
    var changed = object
    changed["metadata", map.rawValue] = .object(after)
    if dryRun != .client, !options.local, after != before || !options.resourceVersion.isEmpty {
      var write = WriteOptions()
      write.dryRun = dryRun == .server
      write.fieldManager = options.fieldManager.isEmpty ? "kubectl-\(map.verb)" : options.fieldManager
      var metadata: Value = [:]
      for (key, value) in set { metadata[map.rawValue, key] = .string(value) }
      for key in removed where before[key] != nil { metadata[map.rawValue, key] = .null }
      if !options.resourceVersion.isEmpty { metadata["resourceVersion"] = .string(options.resourceVersion) }
      changed = try session.client().patch(item.key, subresource: nil, .merge(["metadata": metadata]), write)
    }
    try printer.print(item, message(before, after), object: changed)
  }

  private func message(_ before: Members, _ after: Members) -> String {
    guard map == .labels else { return "annotated" }
    if before == after { return "not labeled" }
    return !options.overwrite && after.count < before.count ? "unlabeled" : "labeled"
  }

  private func refuseOverwriting(_ before: Members) throws {
    let clashes = set.filter { pair in before[pair.key].map { $0.text != pair.value } ?? false }
    guard !clashes.isEmpty else { return }
    func told(_ key: String) -> String { "'\(key)' already has a value (\(before[key]?.text ?? ""))" }
    if map == .labels { throw Failure("\(told(clashes[0].key)), and --overwrite is false") }
    throw Failure(
      "--overwrite is false but found the following declared annotation(s): "
        + clashes.map { told($0.key) }.joined(separator: "; "))
  }
}

extension Kind {
  /// `Deployment.apps`, `Pod`
  var qualifiedName: String { group.isEmpty ? name : "\(name).\(group)" }
}
