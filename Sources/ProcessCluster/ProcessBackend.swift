import APIMachinery
import Client
import ControlPlane
import Posix
import Serving

// Where clusters of real processes come from: `process:NAME`, each kept by a daemon.

/// Opens clusters of real processes by name. The first who asks for one starts its daemon: this program again, in a session of its own.
public final class ProcessBackend: DaemonBackend {
  public let scheme = "process"
  private let release: String
  /// A client of whoever listens at an address; nil: nobody does.
  private let client: (SocketAddress, BackendOptions) -> (any Client)?

  /// - Parameter release: this program's version: a daemon of another one is replaced.
  public init(release: String, client: @escaping (SocketAddress, BackendOptions) -> (any Client)?) {
    self.release = release
    self.client = client
  }

  public func open(_ address: String, _ options: BackendOptions) throws -> any Client {
    if let found = try running(address, options) { return found }
    return try alone(address, options) {
      // Whoever stood before us at the door may have started it.
      if let found = try running(address, options) { return found }
      _ = try stop(address, pods: false, options)
      try launch(address, listen: nil, options)
      guard let found = try running(address, options) else {
        throw Status(.serviceUnavailable, "the daemon of cluster \"\(address)\" does not answer")
      }
      return found
    }
  }

  /// A client of the daemon, where one of this program's version runs.
  private func running(_ address: String, _ options: BackendOptions) throws -> (any Client)? {
    guard let server = try rendezvous(address, options).server, server.version == release else { return nil }
    return client(server.address, options)
  }

  /// Does what only one process at a time may do: start a cluster's daemon, or put it in another's place.
  private func alone<T>(_ address: String, _ options: BackendOptions, _ body: () throws -> T) throws -> T {
    let path = try folder(address, options) + "/starting"
    var held: FileLock?
    while held == nil {
      do throws(SystemFailure) {
        held = try FileLock(ifFree: path)
      } catch {
        guard error.isBusy else { throw Status(.unknown, "\(path): \(error.text)") }
        Machine.sleep(nanoseconds: 2_000_000)
      }
    }
    defer { held = nil }
    return try body()
  }

  public func status(_ address: String, _ options: BackendOptions) throws -> DaemonStatus? {
    guard let server = try rendezvous(address, options).server, client(server.address, options) != nil else { return nil }
    return DaemonStatus(process: server.process, at: "\(server.address)", version: server.version)
  }

  /// How long a daemon may take until it answers, or has ended.
  private static let patience: Int64 = 20_000_000_000

  public func start(_ address: String, listen: String?, _ options: BackendOptions) throws {
    try alone(address, options) { if try status(address, options) == nil { try launch(address, listen: listen, options) } }
  }

  private func launch(_ address: String, listen: String?, _ options: BackendOptions) throws {
    let rendezvous = try rendezvous(address, options)
    let log = try self.log(address, options)
    guard let program = Machine.ownProgram else { throw Status(.unknown, "cannot find this program's own file, to start a daemon by it") }
    do throws(SystemFailure) {
      let words = ["agent", "run", "--cluster", address] + (listen.map { ["--listen", $0] } ?? [])
      try Detached.start(program, words, log: log, environment: ["KCTL_HOME": options.home])
    } catch {
      throw Status(.unknown, "cannot start the daemon of cluster \"\(address)\": \(error.text)")
    }
    let deadline = Machine.steadyNanoseconds + ProcessBackend.patience
    var pause: Int64 = 1_000_000
    while Machine.steadyNanoseconds < deadline {
      if let server = rendezvous.server, ProcessBackend.listens(server), client(server.address, options) != nil { return }
      Machine.sleep(nanoseconds: pause)
      pause = min(pause * 2, 20_000_000)
    }
    var status = Status(.unknown, "the daemon of cluster \"\(address)\" does not come up")
    status.hints = ["see what it says: kctl agent logs"]
    throw status
  }

  /// Whether it is who it says: a daemon that was killed has left its word, and the next one listens before it gives its own.
  private static func listens(_ server: Rendezvous.Server) -> Bool {
    (try? Socket.connect(to: server.address))?.peerProcess == server.process
  }

  public func stop(_ address: String, pods: Bool, _ options: BackendOptions) throws -> Bool {
    if try end(address, pods: pods, options) { return true }
    // Pods outlive a daemon that was killed: another one ends them as they are to be ended.
    guard pods, try runsPods(address, options) else { return false }
    try start(address, listen: nil, options)
    return try end(address, pods: true, options)
  }

  private func end(_ address: String, pods: Bool, _ options: BackendOptions) throws -> Bool {
    let rendezvous = try rendezvous(address, options)
    guard let server = rendezvous.server, let socket = try? Socket.connect(to: server.address), let process = socket.peerProcess,
      process == server.process
    else { return false }
    socket.end()
    Machine.tell(process, pods ? .stopAll : .stop)
    // Pods have their own grace, however long that is.
    let deadline = pods ? Int64.max : Machine.steadyNanoseconds + ProcessBackend.patience
    while Machine.isAlive(process) {
      guard Machine.steadyNanoseconds < deadline else {
        throw Status(.timeout, "the daemon of cluster \"\(address)\", process \(process), does not end")
      }
      Machine.sleep(nanoseconds: 5_000_000)
    }
    return true
  }

  public func log(_ address: String, _ options: BackendOptions) throws -> String { try folder(address, options) + "/agent.log" }

  public var runtimes: [String] { [EngineChoice.plainName] + EngineKind.allCases.map(\.rawValue) }

  public func runtime(_ address: String, _ options: BackendOptions) throws -> DaemonRuntime {
    DaemonRuntime.read(from: try folder(address, options)) ?? DaemonRuntime(name: EngineChoice.plainName)
  }

  public func setRuntime(_ runtime: DaemonRuntime, _ address: String, _ options: BackendOptions) throws {
    let folder = try folder(address, options)
    do throws(SystemFailure) {
      // What needs no saying is forgotten.
      try DaemonRuntime.write(runtime.name == EngineChoice.plainName ? nil : runtime, to: folder)
    } catch {
      throw Status(.unknown, "\(folder): \(error.text)")
    }
  }

  public func run(_ address: String, listen: String?, _ options: BackendOptions) throws {
    Machine.newSession()
    try ProcessDaemon(folder: try folder(address, options), name: address, release: release, options).run(listen: listen)
  }

  /// Whether any container runs, with a daemon or without.
  private func runsPods(_ address: String, _ options: BackendOptions) throws -> Bool {
    let pods = try folder(address, options) + "/pods"
    let known = (try? Machine.entries(of: pods)) ?? []
    return known.contains { RunFolder.all(pods, $0).contains { ContainerProcess.lockIsHeld($0.path) } }
  }

  private func rendezvous(_ address: String, _ options: BackendOptions) throws -> Rendezvous {
    Rendezvous(folder: try folder(address, options))
  }

  private func folder(_ address: String, _ options: BackendOptions) throws -> String {
    guard ClusterName.isValid(address) else { throw ClusterName.refusal(address) }
    let folder = "\(options.home)/processes/\(address)"
    do throws(SystemFailure) {
      try Folder.make(folder)
    } catch {
      throw Status(.unknown, "\(folder): \(error.text)")
    }
    return folder
  }
}
