import APIMachinery
import Arguments
import Client
import Formats
import Printers

// kctl config: contexts, shown and changed.

/// `kctl config`
enum ConfigCommand {
  struct Options: Sendable {
    var output = OutputOptions()
    var minify = false
    var noHeaders = false
    var current = false
    var cluster: String?
    var user: String?
    var namespace: String?
    var server: String?
    var runtime: String?
    var runtimeArguments: [String] = []
    var refused: [String] = []
  }

  static var row: Command<Session> {
    Command(
      "config", "Modify the configuration: clusters and contexts", section: CommandTable.Section.settings,
      about:
        "Contexts are kept in $KCTL_HOME/config in kubeconfig's own format. The contexts sim and process are there from the start; those of your kubeconfig can be named, and are never written; kubectl reaches theirs for kctl where they want credentials.",
      commands: [
        plain("current-context", "Display the current-context", "", currentContext),
        plain("delete-cluster", "Delete the specified cluster", "NAME", { try delete("clusters", "cluster", $1, $2) }),
        plain(
          "delete-context", "Delete the specified context", "NAME", { try delete("contexts", "context", $1, $2) },
          completes: .asked("contexts")),
        plain("get-clusters", "Display clusters defined in the configuration", "", { try names("clusters", $2) }),
        Command(
          "get-contexts", "Describe one or many contexts", usage: "[NAME...]", completes: .asked("contexts"), options: { Options() },
          flags: {
            [
              .toggle("no-headers", nil, \Options.noHeaders, "leave the table's header out"),
              .text("output", "o", \.output.output, value: "name", completes: .words(["name"]), "print only names"),
            ]
          }, run: { try getContexts($0, $1.words, $2) }),
        plain("rename-context", "Rename a context", "OLD NEW", rename, completes: .asked("contexts")),
        Command(
          "set-cluster", "Set a cluster entry", usage: "NAME [--server=ADDRESS] [--runtime=ENGINE]",
          about:
            "A cluster of real processes runs the pods that name no runtimeClassName by its --runtime: podman or docker, where that is installed, or process, which is programs of this machine and what it is from the start. That is kept with the cluster, not in the configuration: a daemon that runs heeds it, and pods that have begun stay with what they have.",
          examples: [
            Example(
              "Run images by podman", "kctl config set-cluster process --runtime=podman --runtime-arg=--cgroup-manager=cgroupfs")
          ],
          options: { Options() },
          flags: {
            [
              .text(
                "server", nil, \Options.server, value: "ADDRESS",
                "the address: sim:NAME, http://HOST:PORT, unix:PATH, or kubectl:CONTEXT for what your kubectl reaches"),
              .text(
                "runtime", nil, \.runtime, value: "ENGINE", completes: .words(["podman", "docker", "process"]),
                "what runs the pods of a process cluster: podman, docker or process"),
              .each(
                "runtime-arg", nil, \.runtimeArguments, value: "ARGUMENT",
                "an argument of the engine, as it is called for each container; may be repeated"),
            ]
              + ["certificate-authority", "insecure-skip-tls-verify", "tls-server-name", "proxy-url", "embed-certs"].map { name in
                Flag(FlagWords(name, value: "VALUE", bare: "true", hidden: true, "")) { options, _ in options.refused.append(name) }
              }
          }, run: { try setCluster($0, $1.words, $2) }),
        Command(
          "set-context", "Set a context entry", usage: "[NAME | --current] [--cluster=CLUSTER] [--namespace=NAMESPACE]",
          examples: [Example("Work in another namespace from now on", "kctl config set-context --current --namespace=demo")],
          completes: .asked("contexts"), options: { Options() },
          flags: {
            [
              .toggle("current", nil, \Options.current, "change the current context"),
              .text("cluster", nil, \.cluster, value: "CLUSTER", completes: .asked("clusters"), "the context's cluster"),
              .text("user", nil, \.user, value: "USER", "the context's user"),
              .text("namespace", "n", \.namespace, value: "NAMESPACE", completes: .asked("namespaces"), "the context's namespace"),
            ]
          }, run: { try setContext($0, $1.words, $2) }),
        plain("use-context", "Set the current-context", "NAME", use, aliases: ["use"], completes: .asked("contexts")),
        Command(
          "view", "Display the configuration", options: { Options() },
          flags: {
            OutputOptions.flags.inside(\Options.output) + [
              .toggle("minify", nil, \.minify, "only what the current context uses"),
              Flag(FlagWords("raw", bare: "true", "show it as it is")) { _, _ in },
              Flag(FlagWords("flatten", bare: "true", "as one file that needs no other")) { _, _ in },
            ]
          }, run: { options, _, session in try view(options, session) }),
      ])
  }

  private static func plain(
    _ name: String, _ summary: String, _ usage: String, _ run: @escaping @Sendable (Options, [String], Session) throws -> Void,
    aliases: [String] = [], completes: Completion = .nothing
  ) -> Command<Session> {
    Command(
      name, aliases: aliases, summary, usage: usage, completes: completes, options: { Options() }, flags: { [] },
      run: { try run($0, $1.words, $2) })
  }

  private static func one(_ words: [String], _ command: String) throws -> String {
    guard words.count == 1 else { throw UsageFailure("Unexpected args: [\(words.joined(separator: " "))]", "config \(command)") }
    return words[0]
  }

  private static func currentContext(_ options: Options, _ words: [String], _ session: Session) throws {
    let current = try session.configuration().currentContext
    if current.isEmpty { throw Failure("current-context is not set") }
    session.print(current)
  }

  private static func use(_ options: Options, _ words: [String], _ session: Session) throws {
    let name = try one(words, "use-context")
    var configuration = try session.configuration()
    guard configuration.context(name) != nil else {
      let meant = Arguments.nearest(name, among: configuration.contextNames)
      throw Failure("no context exists with the name: \(Read.quoted(name))", hints: meant.map { ["did you mean \"\($0)\"?"] } ?? [])
    }
    configuration.tree["current-context"] = .string(name)
    try session.save(configuration)
    session.print("Switched to context \(Read.quoted(name)).")
  }

  private static func names(_ list: String, _ session: Session) throws {
    session.print("NAME")
    for name in try session.configuration().names(list) { session.print(name) }
  }

  private static func getContexts(_ options: Options, _ words: [String], _ session: Session) throws {
    let configuration = try session.configuration()
    guard ["", "name"].contains(options.output.output) else {
      throw UsageFailure("output must be one of '' or 'name': \(options.output.output)", "config get-contexts")
    }
    var writer = TableWriter()
    if !options.noHeaders, options.output.output.isEmpty { writer.add(["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]) }
    var failures: [any Error] = []
    for name in words.isEmpty ? configuration.contextNames : words {
      guard let context = configuration.context(name) else {
        failures.append(Failure("context \(name) not found"))
        continue
      }
      if options.output.output == "name" {
        writer.add([name])
      } else {
        writer.add([name == configuration.currentContext ? "*" : "", name, context.cluster, context.user, context.namespace])
      }
    }
    session.console.write(writer.flush())
    try Several.check(failures)
  }

  private static func setContext(_ options: Options, _ words: [String], _ session: Session) throws {
    var configuration = try session.configuration()
    if options.current ? !words.isEmpty : words.count != 1 {
      throw UsageFailure("Unexpected args: [\(words.joined(separator: " "))]", "config set-context")
    }
    let name = options.current ? configuration.currentContext : words[0]
    if name.isEmpty { throw Failure("no current context is set") }
    var entry = configuration.entry("contexts", name) ?? ["name": .string(name), "context": ["cluster": "", "user": ""]]
    let isOld = configuration.entry("contexts", name) != nil
    if let cluster = options.cluster { entry["context", "cluster"] = .string(cluster) }
    if let user = options.user { entry["context", "user"] = .string(user) }
    if let namespace = options.namespace {
      if namespace.isEmpty { entry["context"].remove("namespace") } else { entry["context", "namespace"] = .string(namespace) }
    }
    put(entry, into: "contexts", of: &configuration)
    try session.save(configuration)
    session.print("Context \(Read.quoted(name)) \(isOld ? "modified" : "created").")
  }

  private static func setCluster(_ options: Options, _ words: [String], _ session: Session) throws {
    if let flag = options.refused.first {
      throw Failure(
        "--\(flag) concerns clusters over HTTPS, which kubectl reaches for kctl", hints: ["set it in your kubeconfig by kubectl config"])
    }
    let name = try one(words, "set-cluster")
    var configuration = try session.configuration()
    var entry = configuration.entry("clusters", name) ?? ["name": .string(name), "cluster": ["server": ""]]
    if let server = options.server { entry["cluster", "server"] = .string(server) }
    if let runtime = options.runtime {
      try set(DaemonRuntime(name: runtime, arguments: options.runtimeArguments), of: entry["cluster"]["server"].text, session)
    } else if !options.runtimeArguments.isEmpty {
      throw Failure("--runtime-arg needs --runtime: the engine that is given it")
    }
    put(entry, into: "clusters", of: &configuration)
    try session.save(configuration)
    session.print("Cluster \(Read.quoted(name)) set.")
  }

  /// Says what runs a cluster's pods: told to its backend, which keeps it with the cluster.
  private static func set(_ runtime: DaemonRuntime, of server: String, _ session: Session) throws {
    let daemons = session.backends.compactMap { $0 as? any DaemonBackend }
    guard let backend = daemons.first(where: { server.hasPrefix($0.scheme + ":") }) else {
      throw Failure("--runtime concerns clusters of real processes (process:NAME), and \(Read.quoted(server)) is none")
    }
    guard backend.runtimes.contains(runtime.name) else {
      throw Failure(
        "invalid value \(Read.quoted(runtime.name)) for --runtime: expected one of \(backend.runtimes.joined(separator: ", "))")
    }
    guard runtime.name != backend.runtimes.first || runtime.arguments.isEmpty else {
      throw Failure("--runtime-arg is for engines: programs of this machine are given none")
    }
    let address = String(server.dropFirst(backend.scheme.utf8.count + 1))
    try backend.setRuntime(runtime, address, try session.backendOptions())
  }

  /// An entry in its place; a list is sorted by name.
  private static func put(_ entry: Value, into list: String, of configuration: inout Configuration) {
    var entries = configuration.tree[list].items.filter { $0["name"] != entry["name"] }
    entries.append(entry)
    configuration.tree[list] = .array(entries.sorted { Members.precedes($0["name"].text, $1["name"].text) })
  }

  private static func delete(_ list: String, _ what: String, _ words: [String], _ session: Session) throws {
    let name = try one(words, "delete-\(what)")
    var configuration = try session.configuration()
    guard configuration.tree[list].items.contains(where: { $0["name"].string == name }) else {
      throw Failure("cannot delete \(what) \(name), not in \(configuration.path)")
    }
    if Configuration.initial[list].items.contains(where: { $0["name"].string == name }) {
      throw Failure("cannot delete \(what) \(name): it is built in")
    }
    if list == "contexts", configuration.currentContext == name {
      session.say(
        "warning: this removed your active context, use \"\(session.program) config use-context\" to select a different one")
      configuration.tree["current-context"] = "sim"
    }
    configuration.tree[list] = .array(configuration.tree[list].items.filter { $0["name"].string != name })
    try session.save(configuration)
    session.print("deleted \(what) \(name) from \(configuration.path)")
  }

  private static func rename(_ options: Options, _ words: [String], _ session: Session) throws {
    guard words.count == 2 else { throw UsageFailure("Unexpected args: [\(words.joined(separator: " "))]", "config rename-context") }
    var configuration = try session.configuration()
    let (old, new) = (words[0], words[1])
    guard var entry = configuration.tree["contexts"].items.first(where: { $0["name"].string == old }) else {
      throw Failure("cannot rename the context \(Read.quoted(old)), it's not in \(configuration.path)")
    }
    if configuration.context(new) != nil {
      throw Failure(
        "cannot rename the context \(Read.quoted(old)), the context \(Read.quoted(new)) already exists in \(configuration.path)")
    }
    entry["name"] = .string(new)
    configuration.tree["contexts"] = .array(configuration.tree["contexts"].items.filter { $0["name"].string != old })
    put(entry, into: "contexts", of: &configuration)
    if configuration.currentContext == old { configuration.tree["current-context"] = .string(new) }
    try session.save(configuration)
    session.print("Context \(Read.quoted(old)) renamed to \(Read.quoted(new)).")
  }

  private static func view(_ options: Options, _ session: Session) throws {
    let configuration = try session.configuration()
    var tree = configuration.tree
    if options.minify {
      let context = try configuration.chosen(session.globals, environment: session.console.environment)
      for (list, name) in [("contexts", context.name), ("clusters", context.cluster), ("users", context.user)] {
        tree[list] = .array(configuration.entry(list, name).map { [$0] } ?? [])
      }
      tree["current-context"] = .string(context.name)
    }
    var output = options.output
    if output.output.isEmpty, output.template.isEmpty { output.output = "yaml" }
    try ResultPrinter(session, output, dryRun: .none).print(object: tree, kind: nil)
  }
}
