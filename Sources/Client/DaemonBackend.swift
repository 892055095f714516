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
  /// Is the daemon, until a signal ends it.
  func run(_ address: String, listen: String?, _ options: BackendOptions) throws
}
