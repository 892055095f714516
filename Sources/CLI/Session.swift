import APIMachinery
import Arguments
import Client
import Formats
import Posix

// What a running command has at hand: its console, its context and, once asked for, its cluster.

/// One run of the program.
public final class Session {
  /// How the program is called in its texts.
  public let program = "kctl"
  public let console: any Console
  public let globals: Globals
  let backends: [any Backend]
  /// What puts clusters behind the API over HTTP; nil: this build does not.
  let server: (any ClusterServer)?
  private var opened: (any Client)?
  private var known: Resources?
  private var configured: Configuration?
  private var warned = Set<String>()

  public init(_ console: any Console, _ globals: Globals, backends: [any Backend], server: (any ClusterServer)? = nil) {
    self.console = console
    self.globals = globals
    self.backends = backends
    self.server = server
  }

  // What it says.

  /// A line of data.
  public func print(_ line: String) { console.write(line + "\n") }
  /// A line of talk.
  public func say(_ line: String) { console.complain(line + "\n") }
  /// `Warning: …`, each once.
  public func warn(_ text: String) {
    if warned.insert(text).inserted { console.complain("Warning: \(text)\n") }
  }

  // Where it works.

  /// Where our own state lives.
  public var home: String {
    func set(_ name: String) -> String? { console.environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    if let home = set("KCTL_HOME") { return absolute(home) }
    if let state = set("XDG_STATE_HOME") { return state + "/kctl" }
    return (set("HOME") ?? "/") + "/.local/state/kctl"
  }

  public func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : console.workingFolder + "/" + path }

  public func configuration() throws -> Configuration {
    if let configured { return configured }
    let made = try Configuration(home: home, explicit: globals.kubeconfig.map(absolute), console: console)
    configured = made
    return made
  }

  /// Keeps a changed configuration.
  public func save(_ configuration: Configuration) throws {
    try configuration.save()
    configured = configuration
  }

  public func context() throws -> Context { try configuration().chosen(globals, environment: console.environment) }

  /// The namespace to work in.
  public func namespace() throws -> String {
    if let given = globals.namespace, !given.isEmpty { return given }
    let configured = try context().namespace
    return configured.isEmpty ? "default" : configured
  }

  /// Whether `-n` was given: objects of other namespaces are then refused.
  public var namespaceIsGiven: Bool { globals.namespace.map { !$0.isEmpty } ?? false }

  /// How long a request may take; nil: as long as it takes.
  public func requestTimeout() throws -> Duration? {
    let text = globals.requestTimeout
    if let seconds = Int64(text) { return seconds == 0 ? nil : .seconds(seconds) }
    guard let duration = try? Read.duration(text) else {
      throw Failure(
        "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
      )
    }
    return duration == .zero ? nil : duration
  }

  // The cluster.

  /// The cluster, opened when first asked for.
  public func client() throws -> any Client {
    if let opened { return opened }
    let context = try context()
    let (backend, address) = try place(context)
    var options = try backendOptions()
    options.kubeconfig = context.kubeconfig
    let client = try backend.open(address, options)
    client.onWarning = { [weak self] text in self?.warn(text) }
    opened = client
    return client
  }

  /// What a backend is told. The folder of our own state is there.
  func backendOptions() throws -> BackendOptions {
    var options = BackendOptions()
    options.home = home
    options.environment = console.environment
    options.verbosity = globals.verbosity
    options.requestTimeout = try requestTimeout()
    options.trace = { [console] text in console.complain(text + "\n") }
    do throws(SystemFailure) {
      try Machine.makeFolder(home, mode: 0o700)
    } catch {
      throw Failure(
        "cannot make \(Read.quoted(home)), where \(program) keeps its clusters: \(error.text)", hints: ["set KCTL_HOME to another folder"])
    }
    return options
  }

  /// The backend of a context's cluster, and what it is to open.
  private func place(_ context: Context) throws -> (any Backend, String) {
    let forms = backends.map(\.form).joined(separator: ", ")
    guard let address = ClusterAddress(context.server, schemes: backends.map(\.scheme)) else {
      throw Failure("context \"\(context.name)\": \"\(context.server)\" is no cluster's address", hints: ["an address is \(forms)"])
    }
    guard let backend = backends.first(where: { $0.scheme == address.scheme }) else {
      let scheme = "clusters at \"\(address.scheme):\""
      if address.scheme == "https", backends.contains(where: { $0.scheme == "kubectl" }) {
        throw Failure(
          "context \"\(context.name)\": \(scheme) are only reached by contexts of your kubeconfig",
          hints: ["choose one by --context, see \(program) config get-contexts"])
      }
      throw Failure(
        "context \"\(context.name)\": \(scheme) are not supported by this build",
        hints: ["supported are \(forms); choose one by --context or \(program) config use-context"])
    }
    return (backend, address.rest)
  }

  /// What the cluster says of its version.
  public func serverVersion() throws -> Value {
    if opened == nil, let known = try place(context()).0.version { return known }
    return try client().version()
  }

  /// Whether the cluster was asked for.
  public var clientIfOpen: (any Client)? { opened }

  /// The kinds that the cluster serves.
  public func resources() throws -> Resources {
    if let known { return known }
    let made = Resources(try client().kinds(), warn: { [weak self] in self?.warn($0) })
    known = made
    return made
  }

  /// Makes durable what was written and hands on what was printed. Streams call it before they wait.
  public func settle() throws {
    try opened?.commit()
    if !console.flush() { throw QuietExit(.success) }
  }

  /// The next event of streams, after all before it was handed on; nil at the deadline, at the end, or where nothing can come any more.
  public func next(of streams: [any EventStream], until deadline: Instant?) throws -> Next {
    try settle()
    return try client().next(of: streams, until: deadline)
  }
}
