// Backends whose clusters live in a process of their own, and what can be asked about that process.

/// The process that keeps a cluster running.
public struct DaemonStatus: Sendable {
  public let process: Int32
  /// Where it listens.
  public let address: String
  /// `0.1.0`: the kctl that it is.
  public let version: String

  public init(process: Int32, at address: String, version: String) {
    self.process = process
    self.address = address
    self.version = version
  }
}

/// What runs the containers of pods that name no runtime themselves.
public struct DaemonRuntime: Equatable, Sendable {
  /// `podman`, `docker`
  public var name: String
  /// What it is given besides, each time it is called.
  public var arguments: [String]

  public init(name: String, arguments: [String] = []) {
    self.name = name
    self.arguments = arguments
  }
}

/// A backend that starts a daemon for each of its clusters, when one is first asked for.
public protocol DaemonBackend: Backend {
  /// The daemon of a cluster; nil: none runs.
  func status(_ address: String, _ options: BackendOptions) throws -> DaemonStatus?
  /// Starts the daemon where none runs.
  /// - Parameter listen: where it listens besides its own socket: an address of this machine and a port; nil: nowhere.
  func start(_ address: String, listen: String?, _ options: BackendOptions) throws
  /// Ends the daemon; false where none ran.
  /// - Parameter pods: whether the pods are stopped too; else they run on, and the next daemon takes them over.
  func stop(_ address: String, pods: Bool, _ options: BackendOptions) throws -> Bool
  /// The file that the daemon writes its log to.
  func log(_ address: String, _ options: BackendOptions) throws -> String
  /// The names that a cluster's runtime may have; the first is what it is where nothing is said.
  var runtimes: [String] { get }
  /// What runs the pods of a cluster that name no runtime.
  func runtime(_ address: String, _ options: BackendOptions) throws -> DaemonRuntime
  /// Says what runs them from now on; a daemon that runs heeds it, and pods that run stay with what they have.
  func setRuntime(_ runtime: DaemonRuntime, _ address: String, _ options: BackendOptions) throws
  /// Is the daemon, until a signal ends it.
  func run(_ address: String, listen: String?, _ options: BackendOptions) throws
}
