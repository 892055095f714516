import APIMachinery

// Whoever puts a cluster behind the API over HTTP: the composition root gives it to the command line.

/// How a cluster is served.
public struct ServeOptions: Sendable {
  /// `127.0.0.1:8001`, `[::1]:0`, `unix:PATH`
  public var listen = "127.0.0.1:8001"
  /// What clients over TCP must send as `Authorization: Bearer …`; nil: nothing, which only this machine's own addresses allow.
  public var token: [UInt8]?
  /// What the cluster is called, for those who serve it already: `sim:default`.
  public var name = ""

  public init() {}
}

/// Serves clusters.
public protocol ClusterServer: AnyObject {
  /// Serves a cluster until the process is told to end (SIGINT, SIGTERM); it is committed then.
  /// - Parameter started: called once it listens, with the address (a port 0 of the options is a real one in it).
  func serve(_ cluster: any ServedCluster, _ options: ServeOptions, started: (String) throws -> Void) throws
}
