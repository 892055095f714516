import APIMachinery
import Arguments
import Client
import Formats

// kctl create: objects from files, and the frame of the commands that make objects from flags.

/// `kctl create`
enum CreateCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var making = MakingOptions()
    var refused: [String] = []
  }

  static var row: Command<Session> {
    Command(
      "create", "Create a resource from a file or from standard input", section: CommandTable.Section.basic, usage: "-f FILE",
      examples: [Example("Create what a file says", "kctl create -f web.yaml")],
      commands: [
        CreateConfigMap.row, CreateDeployment.row, CreateNamespace.row, CreateSecret.row, CreateService.row, CreateServiceAccount.row,
      ],
      options: { Options() },
      flags: {
        FileOptions.flags("what to create").inside(\Options.files) + [SelectorOptions.label.inside(\.selector)]
          + MakingOptions.flags("kubectl-create").inside(\.making)
          + [
            Flag(FlagWords("edit", bare: "true", hidden: true, "")) { options, text in if text != "false" { options.refused.append("edit") }
            },
            Flag(FlagWords("raw", value: "PATH", hidden: true, "")) { options, _ in options.refused.append("raw") },
            Flag(FlagWords("windows-line-endings", bare: "true", hidden: true, "")) { options, _ in
              options.refused.append("windows-line-endings")
            },
          ]
      }, run: { try run($0, $1.words, $2) })
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    if !words.isEmpty { throw UsageFailure("Unexpected args: [\(words.joined(separator: " "))]", "create") }
    if let flag = options.refused.first { throw Failure("--\(flag) is not supported by this build") }
    try options.files.checkGiven()
    let maker = try Maker(session, options.making)
    var query = ResourceQuery(session)
    query.files = options.files
    query.selector.labels = options.selector.labels
    query.validation = maker.write.fieldValidation
    query.fetches = false
    var count = 0
    try query.find().visit { item in
      count += 1
      try maker.make(item) { item.failed("creating", $0) }
    }
    if count == 0 { throw Failure("no objects passed to create") }
  }
}

/// What all commands that create take.
struct MakingOptions: Sendable {
  var output = OutputOptions()
  var dryRun = DryRunOptions()
  var validation = ValidationOptions()
  var fieldManager = "kubectl-create"
  var saveConfig = false

  static func flags(_ manager: String) -> [Flag<MakingOptions>] {
    OutputOptions.flags.inside(\.output) + DryRunOptions.flags.inside(\.dryRun) + ValidationOptions.flags.inside(\.validation) + [
      .text("field-manager", nil, \.fieldManager, value: "NAME", default: manager, "who is noted as the owner of the fields"),
      .toggle("save-config", nil, \.saveConfig, "keep the object in its own annotation, for a later apply"),
    ]
  }
}

/// Creates objects and prints what came of it.
struct Maker {
  let session: Session
  let options: MakingOptions
  let dryRun: DryRun
  let printer: ResultPrinter
  let write: WriteOptions

  init(_ session: Session, _ options: MakingOptions) throws {
    self.session = session
    self.options = options
    let dryRun = try options.dryRun.strategy(session)
    self.dryRun = dryRun
    printer = try ResultPrinter(session, options.output, dryRun: dryRun)
    var write = WriteOptions()
    write.dryRun = dryRun == .server
    write.fieldManager = options.fieldManager
    write.fieldValidation = try options.validation.directive()
    self.write = write
  }

  /// - Parameter told: an error as the command tells it.
  func make(_ item: Item, typed: Bool = false, told: (any Error) -> any Error) throws {
    try printer.print(try stored(item, told: told), "created", typed: typed)
  }

  private func stored(_ item: Item, told: (any Error) -> any Error) throws -> Item {
    var item = item
    if options.saveConfig || item.object?.annotation(ApplyCommand.annotation) != nil, let object = item.object {
      item.object = ApplyCommand.annotated(object)
    }
    if dryRun != .client {
      do {
        item.object = try session.client().create(item.kind, namespace: item.namespace, item.object ?? .null, write)
      } catch {
        throw told(error)
      }
      item.name = item.object?.name ?? item.name
    }
    return item
  }

  /// Makes an object that the command itself has thought of.
  func make(apiVersion: String, kind: String, _ object: Value, failing: String? = nil) throws {
    try make(try item(apiVersion: apiVersion, kind: kind, object), typed: true) { error in
      guard let failing else { return error }
      let message = (error as? Status)?.message ?? Complaint.line(error)
      return Failure("\(failing) \(message)", hints: Complaint.hints(error))
    }
  }

  /// Makes an object that the command itself has thought of, and tells nothing of it.
  func makeQuietly(apiVersion: String, kind: String, _ object: Value) throws -> Item {
    try stored(try item(apiVersion: apiVersion, kind: kind, object)) { $0 }
  }

  private func item(apiVersion: String, kind: String, _ object: Value) throws -> Item {
    guard let kind = try session.resources().kind(apiVersion: apiVersion, kind: kind) else {
      throw Failure("no matches for kind \"\(kind)\" in version \"\(apiVersion)\"")
    }
    var object = object
    object["apiVersion"] = .string(apiVersion)
    object["kind"] = .string(kind.name)
    if kind.namespaced, session.namespaceIsGiven { object["metadata", "namespace"] = .string(try session.namespace()) }
    return Item(kind, namespace: try session.namespace(), name: object.name, object: object)
  }
}

/// The one name that a command takes.
func oneName(_ positionals: Positionals, _ command: String) throws -> String {
  let count = positionals.beforeDashes ?? positionals.words.count
  guard count == 1, let name = positionals.words.first else {
    throw UsageFailure("exactly one NAME is required, got \(count)", command)
  }
  return name
}

/// `kctl create namespace`
enum CreateNamespace {
  static var row: Command<Session> {
    Command(
      "namespace", aliases: ["ns"], "Create a namespace with the specified name", usage: "NAME",
      examples: [Example("A namespace", "kctl create namespace demo")], options: { MakingOptions() },
      flags: { MakingOptions.flags("kubectl-create") },
      run: { options, positionals, session in
        let name = try oneName(positionals, "create namespace")
        try Maker(session, options).make(
          apiVersion: "v1", kind: "Namespace", ["metadata": ["creationTimestamp": nil, "name": .string(name)], "spec": [:], "status": [:]])
      })
  }
}

/// `kctl create serviceaccount`
enum CreateServiceAccount {
  static var row: Command<Session> {
    Command(
      "serviceaccount", aliases: ["sa"], "Create a service account with the specified name", usage: "NAME",
      examples: [Example("A service account", "kctl create serviceaccount robot")], options: { MakingOptions() },
      flags: { MakingOptions.flags("kubectl-create") },
      run: { options, positionals, session in
        let name = try oneName(positionals, "create serviceaccount")
        try Maker(session, options).make(
          apiVersion: "v1", kind: "ServiceAccount", ["metadata": ["creationTimestamp": nil, "name": .string(name)]],
          failing: "failed to create serviceaccount:")
      })
  }
}

/// `kctl create deployment`
enum CreateDeployment {
  struct Options: Sendable {
    var making = MakingOptions()
    var images: [String] = []
    var replicas: Int32 = 1
    var port: Int32 = -1
  }

  static var row: Command<Session> {
    Command(
      "deployment", aliases: ["deploy"], "Create a deployment with the specified name",
      usage: "NAME --image=IMAGE [flags] -- [COMMAND] [ARGS...]",
      examples: [
        Example("A deployment of three pods", "kctl create deployment web --image=nginx --replicas=3"),
        Example("One that runs a command", "kctl create deployment box --image=busybox -- date"),
      ], options: { Options() },
      flags: {
        MakingOptions.flags("kubectl-create").inside(\Options.making) + [
          .list("image", nil, \.images, value: "IMAGE", required: true, "the images to run, a container each"),
          .number("replicas", "r", \.replicas, default: "1", "how many pods"),
          .number("port", nil, \.port, value: "PORT", default: "-1", "the port that the container listens on"),
        ]
      }, run: { try run($0, $1, $2) })
  }

  static func run(_ options: Options, _ positionals: Positionals, _ session: Session) throws {
    let name = try oneName(positionals, "create deployment")
    let command = Array(positionals.words.dropFirst())
    if options.images.count > 1, !command.isEmpty { throw Failure("cannot specify multiple --image options and command") }
    var containers: [Value] = []
    for image in options.images {
      var container: Value = ["image": .string(image), "name": .string(containerName(image)), "resources": [:]]
      if !command.isEmpty { container["command"] = .array(command.map(Value.string)) }
      containers.append(container)
    }
    if options.port >= 0, !containers.isEmpty { containers[0]["ports"] = [["containerPort": .int(Int64(options.port))]] }
    let labels: Value = ["app": .string(name)]
    try Maker(session, options.making).make(
      apiVersion: "apps/v1", kind: "Deployment",
      [
        "metadata": ["creationTimestamp": nil, "labels": labels, "name": .string(name)],
        "spec": [
          "replicas": .int(Int64(options.replicas)), "selector": ["matchLabels": labels], "strategy": [:],
          "template": ["metadata": ["creationTimestamp": nil, "labels": labels], "spec": ["containers": .array(containers)]],
        ], "status": [:],
      ], failing: "failed to create deployment:")
  }

  /// A container's name off its image: the last part, without tag and digest.
  static func containerName(_ image: String) -> String {
    let last = image.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? image
    let bare = String(last.prefix { $0 != ":" && $0 != "@" })
    guard bare.contains(where: { $0 == "_" || $0 == "." }) else { return bare }
    // kubectl makes such names unique by chance; here the image itself is the chance.
    var random = Random(seed: image.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
    return String(bare.map { $0 == "_" || $0 == "." ? "-" : $0 }) + "-" + random.suffix()
  }
}
