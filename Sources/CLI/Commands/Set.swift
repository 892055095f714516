import API
import APIMachinery
import Arguments
import Client
import Formats

// kctl set: images, environments and resources of workloads' containers.

/// `kctl set`
enum SetCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var output = OutputOptions()
    var dryRun = DryRunOptions()
    var local = false
    var fieldManager = "kubectl-set"
    var containers = "*"
    var overwrite = true
    var list = false
    var resolve = false
    var env: [String] = []
    var from = ""
    var prefix = ""
    var keys: [String] = []
    var limits = ""
    var requests = ""
  }

  static var row: Command<Session> {
    Command(
      "set", "Set features of objects: image, environment, resources", section: CommandTable.Section.basic,
      commands: [imageRow, envRow, resourcesRow])
  }

  private static func shared(_ what: String) -> [Flag<Options>] {
    FileOptions.flags(what).inside(\.files) + [SelectorOptions.label, SelectorOptions.everything].inside(\.selector)
      + OutputOptions.flags.inside(\.output) + DryRunOptions.flags.inside(\.dryRun) + [
        .toggle("local", nil, \.local, "change files' objects without asking the cluster"),
        .text("field-manager", nil, \.fieldManager, value: "NAME", default: "kubectl-set", "the name under which changed fields are noted"),
      ]
  }

  private static let containerFlag: Flag<Options> = .text(
    "containers", "c", \.containers, value: "PATTERN", default: "*", "the containers to change; * stands for any letters")

  static var imageRow: Command<Session> {
    Command(
      "image", "Set the images of containers", usage: "(-f FILE | TYPE NAME) CONTAINER=IMAGE ...",
      examples: [
        Example("A new image", "kctl set image deploy/web nginx=nginx:1.26"),
        Example("For all containers", "kctl set image deploy/web '*=nginx:1.26'"),
      ], completes: .asked("resources"), options: { Options() }, flags: { shared("what to change") }, run: { try image($0, $1.words, $2) })
  }

  static var envRow: Command<Session> {
    Command(
      "env", "Set the environment of containers", usage: "(-f FILE | TYPE NAME) NAME=VALUE ... NAME- ...",
      examples: [
        Example("Set a variable", "kctl set env deploy/web MODE=test"), Example("Remove it", "kctl set env deploy/web MODE-"),
        Example("Take all keys of a ConfigMap", "kctl set env --from=configmap/conf deploy/web"),
      ], completes: .asked("resources"), options: { Options() },
      flags: {
        shared("what to change") + [
          containerFlag, .toggle("list", nil, \.list, "print the environment"),
          .toggle(
            "resolve", nil, \.resolve, "with --list: print the values of variables that are taken from ConfigMaps, Secrets and fields"),
          .toggle("overwrite", nil, \.overwrite, default: true, "change variables that are there already"),
          .list("env", "e", \.env, value: "NAME=VALUE", "a variable to set"),
          .text("from", nil, \.from, value: "configmap/NAME|secret/NAME", "take variables from a ConfigMap or Secret"),
          .text("prefix", nil, \.prefix, value: "PREFIX", "what stands before the names taken by --from"),
          .list("keys", nil, \.keys, value: "KEY", "the keys that --from takes; all of them where none are named"),
        ]
      }, run: { try env($0, $1.words, $2) })
  }

  static var resourcesRow: Command<Session> {
    Command(
      "resources", "Set requests and limits of containers", usage: "(-f FILE | TYPE NAME) (--limits=LIMITS & --requests=REQUESTS)",
      examples: [Example("Limits", "kctl set resources deploy/web -c=nginx --limits=cpu=200m,memory=512Mi")],
      completes: .asked("resources"), options: { Options() },
      flags: {
        shared("what to change") + [
          containerFlag, .text("limits", nil, \.limits, value: "RESOURCE=AMOUNT,...", "the limits"),
          .text("requests", nil, \.requests, value: "RESOURCE=AMOUNT,...", "the requests"),
        ]
      }, run: { try resources($0, $1.words, $2) })
  }

  // What each does.

  private static func image(_ options: Options, _ words: [String], _ session: Session) throws {
    let (resources, pairs) = try parted(words, "image") { $0.contains("=") && !$0.hasPrefix("=") }
    var images: [(name: String, image: String)] = []
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[1].isEmpty else { throw Failure("invalid image update: \(pair)") }
      images.append((parts[0], parts[1]))
    }
    if resources.isEmpty, options.files.isEmpty { throw noResources }
    if images.isEmpty { throw Failure("at least one image update is required") }
    if images.contains(where: { $0.name == "*" }), images.count > 1 {
      throw Failure("all containers are already specified by *, but saw more than one container_name=container_image pairs")
    }
    try change(options, resources, "image updated", session) { spec throws in
      for (name, image) in images {
        var found = false
        for list in ["initContainers", "containers"] {
          for i in spec[list].items.indices where name == "*" || spec[list][i]["name"].text == name {
            spec[list][i]["image"] = .string(image)
            found = true
          }
        }
        if !found { throw Failure("unable to find container named \(Read.quoted(name))") }
      }
    }
  }

  private static func env(_ options: Options, _ words: [String], _ session: Session) throws {
    let (resources, changes) = try parted(words, "environment") { $0.contains("=") || $0.hasSuffix("-") }
    if resources.isEmpty, options.files.isEmpty { throw noResources }
    var set: [Value] = []
    var removed: [String] = []
    for change in try (changes + options.env).flatMap({ $0 == "-" ? try given(session) : [$0] }) {
      if let equals = change.firstIndex(of: "=") {
        let name = String(change[..<equals])
        if let problem = Names.envVarName(name).first { throw Failure("\(Read.quoted(name)) is not a valid key name: \(problem)") }
        set.append(["name": .string(name), "value": .string(String(change[change.index(after: equals)...]))])
      } else if change.hasSuffix("-") {
        removed.append(String(change.dropLast()))
      } else {
        throw Failure("unknown argument type: \(change)")
      }
    }
    if !options.from.isEmpty { set = try taken(options, session) + set }
    if set.isEmpty, removed.isEmpty, !options.list { throw Failure("at least one environment variable must be provided") }
    if options.list { return try list(options, resources, session) }
    try change(options, resources, "env updated", session, warnsOfNone: true) { spec throws in
      for list in ["initContainers", "containers"] {
        for i in spec[list].items.indices where matches(spec[list][i]["name"].text, options.containers) {
          var variables = spec[list][i]["env"].items
          for variable in set {
            if let at = variables.firstIndex(where: { $0["name"] == variable["name"] }) {
              if !options.overwrite {
                throw Failure("'\(variable["name"].text)' already has a value (\(variables[at]["value"].text)), and --overwrite is false")
              }
              variables[at] = variable
            } else {
              variables.append(variable)
            }
          }
          variables.removeAll { removed.contains($0["name"].text) }
          if variables.isEmpty { spec[list][i].remove("env") } else { spec[list][i]["env"] = .array(variables) }
        }
      }
    }
  }

  /// The `NAME=VALUE` lines of standard input, which `-` stands for.
  private static func given(_ session: Session) throws -> [String] {
    let text = String(decoding: try session.console.readInput(), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).map(String.init).filter { $0.contains("=") && !$0.hasPrefix("=") }
  }

  /// The variables that `--from` takes.
  private static func taken(_ options: Options, _ session: Session) throws -> [Value] {
    let parts = options.from.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw Failure("--from must name a ConfigMap or Secret: configmap/NAME") }
    let kind = try session.resources().kind(parts[0])
    guard kind.name == "ConfigMap" || kind.name == "Secret" else { throw Failure("unsupported resource specified in --from") }
    let source = try session.client().get(ObjectKey(kind, try session.namespace(), parts[1]), subresource: nil)
    let reference = kind.name == "Secret" ? "secretKeyRef" : "configMapKeyRef"
    return source["data"].members.keys.filter { options.keys.isEmpty || options.keys.contains($0) }.map { key in
      let name = options.prefix + String(key.uppercased().map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" })
      return ["name": .string(name), "valueFrom": [reference: ["key": .string(key), "name": .string(parts[1])]]]
    }
  }

  private static func list(_ options: Options, _ resources: [String], _ session: Session) throws {
    try each(options, resources, session) { item, _ in
      guard let object = item.object, let path = podSpec(of: object) else { return }
      var failures: Set<String> = []
      let spec = path.reduce(object) { $0[$1] }
      for list in ["initContainers", "containers"] {
        for container in spec[list].items where matches(container["name"].text, options.containers) {
          session.print("# \(item.kind.name) \(item.name), container \(container["name"].text)")
          for variable in container["env"].items {
            let from = variable["valueFrom"]
            if options.resolve, !from.isNull {
              do {
                session.print("\(variable["name"].text)=\(try resolved(from, object, session))")
                continue
              } catch {
                failures.insert(Complaint.line(error))
              }
            }
            if from.isNull {
              session.print("\(variable["name"].text)=\(variable["value"].text)")
            } else if !from["configMapKeyRef"].isNull {
              session.print(
                "# \(variable["name"].text) from configmap \(from["configMapKeyRef"]["name"].text), key \(from["configMapKeyRef"]["key"].text)"
              )
            } else if !from["secretKeyRef"].isNull {
              session.print(
                "# \(variable["name"].text) from secret \(from["secretKeyRef"]["name"].text), key \(from["secretKeyRef"]["key"].text)")
            } else if !from["fieldRef"].isNull {
              session.print("# \(variable["name"].text) from field path \(from["fieldRef"]["fieldPath"].text)")
            } else {
              session.print("# \(variable["name"].text) from resource \(from["resourceFieldRef"]["resource"].text)")
            }
          }
        }
      }
      if failures.isEmpty { return }
      for failure in failures.sorted() { session.say(failure) }
      throw Failure("failed to retrieve valueFrom references")
    }
  }

  /// The value that a variable takes from elsewhere.
  private static func resolved(_ from: Value, _ object: Value, _ session: Session) throws -> String {
    for (member, kind) in [("configMapKeyRef", Kinds.configMap), ("secretKeyRef", Kinds.secret)] where !from[member].isNull {
      let (name, key) = (from[member]["name"].text, from[member]["key"].text)
      let namespace = object.namespace.isEmpty ? try session.namespace() : object.namespace
      let data = try session.client().get(ObjectKey(kind, namespace, name), subresource: nil)["data"]
      guard let text = data[key].string else {
        throw Failure("key \(key) not found in \(kind == Kinds.secret ? "secret" : "config map") \(name)")
      }
      if kind == Kinds.configMap { return text }
      return String(decoding: try Base64.decode(text), as: UTF8.self)
    }
    let path = from["fieldRef"]["fieldPath"].text
    switch path {
    case "metadata.name": return object.name
    case "metadata.namespace": return object.namespace
    case "metadata.uid": return object.uid
    default: throw Failure(path.isEmpty ? "resource fields are not resolved" : "unsupported fieldPath: \(path)")
    }
  }

  private static func resources(_ options: Options, _ words: [String], _ session: Session) throws {
    if words.isEmpty, options.files.isEmpty { throw noResources }
    if options.limits.isEmpty, options.requests.isEmpty {
      throw Failure("you must specify an update to requests or limits (in the form of --requests/--limits)")
    }
    let amounts = [("limits", try amounts(options.limits)), ("requests", try amounts(options.requests))]
    try change(options, words, "resource requirements updated", session) { spec throws in
      var found = false
      for list in ["initContainers", "containers"] {
        for i in spec[list].items.indices where matches(spec[list][i]["name"].text, options.containers) {
          found = true
          for (key, pairs) in amounts {
            for (name, amount) in pairs { spec[list][i]["resources", key, name] = .string(amount) }
          }
        }
      }
      if !found { throw Failure("unable to find container named \(options.containers)") }
    }
  }

  private static func amounts(_ text: String) throws -> [(String, String)] {
    try text.split(separator: ",").map { part in
      let pair = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2 else { throw Failure("invalid argument syntax \(part), expected <resource>=<quantity>") }
      let amount = try Quantity(pair[1])
      return (pair[0], amount.description)
    }
  }

  // What they share.

  private static var noResources: Failure { Failure("one or more resources must be specified as <resource> <name> or <resource>/<name>") }

  /// Resources before changes.
  private static func parted(_ words: [String], _ noun: String, isChange: (String) -> Bool) throws -> ([String], [String]) {
    var resources: [String] = []
    var changes: [String] = []
    for word in words {
      if isChange(word) {
        changes.append(word)
      } else if changes.isEmpty {
        resources.append(word)
      } else {
        throw Failure("all resources must be specified before \(noun) changes: \(word)")
      }
    }
    return (resources, changes)
  }

  /// Whether a name is meant by a pattern with `*`.
  private static func matches(_ name: String, _ pattern: String) -> Bool {
    guard let star = pattern.firstIndex(of: "*") else { return name == pattern }
    let head = pattern[..<star]
    let tail = String(pattern[pattern.index(after: star)...])
    guard name.hasPrefix(head) else { return false }
    let rest = name.dropFirst(head.count)
    return (0...rest.count).contains { matches(String(rest.dropFirst($0)), tail) }
  }

  /// The way to an object's pod spec, or nil where it has none.
  private static func podSpec(of object: Value) -> [String]? {
    switch object.kind {
    case "Pod": ["spec"]
    case "CronJob": ["spec", "jobTemplate", "spec", "template", "spec"]
    case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController": ["spec", "template", "spec"]
    default: nil
    }
  }

  private static func each(_ options: Options, _ words: [String], _ session: Session, _ body: (Item, DryRun) throws -> Void) throws {
    let dryRun = try options.dryRun.strategy(session)
    if options.local, dryRun == .server { throw Failure("cannot specify --local and --dry-run=server - did you mean --dry-run=client?") }
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.selector = options.selector
    query.latest = !options.local
    let found = try query.find()
    try found.visit { try body($0, dryRun) }
  }

  private static func change(
    _ options: Options, _ words: [String], _ operation: String, _ session: Session, warnsOfNone: Bool = false,
    _ body: (inout Value) throws -> Void
  ) throws {
    let printer = try ResultPrinter(session, options.output, dryRun: try options.dryRun.strategy(session))
    try each(options, words, session) { item, dryRun in
      guard let object = item.object else { return }
      guard let path = podSpec(of: object) else {
        throw Failure("\(item.kind.plural)/\(item.name) the object is not a pod or does not have a pod template: \(object.kind)")
      }
      var changed = object
      var spec = path.reduce(object) { $0[$1] }
      let names = (spec["initContainers"].items + spec["containers"].items).map { $0["name"].text }
      if warnsOfNone, !names.contains(where: { matches($0, options.containers) }) {
        session.say("warning: \(object.kind)/\(item.name) does not have any containers matching \(Read.quoted(options.containers))")
        return
      }
      do { try body(&spec) } catch let failure as Failure { throw Failure("error: \(failure.text)", hints: failure.hints) }
      changed = replaced(changed, path[...], spec)
      if changed == object { return }
      var result = changed
      if dryRun != .client, !options.local {
        var write = WriteOptions()
        write.dryRun = dryRun == .server
        write.fieldManager = options.fieldManager
        let patch: Patch =
          item.kind.schema == nil
          ? .merge(MergePatch.difference(from: object, to: changed))
          : .strategic(try StrategicMergePatch.difference(from: object, to: changed, schema: item.kind.schema))
        result = try session.client().patch(item.key, subresource: nil, patch, write)
      }
      try printer.print(item, operation, object: result)
    }
  }

  private static func replaced(_ object: Value, _ path: ArraySlice<String>, _ value: Value) -> Value {
    guard let first = path.first else { return value }
    var object = object
    object[first] = replaced(object[first], path.dropFirst(), value)
    return object
  }
}
