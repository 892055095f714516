import APIMachinery
import Client
import HTTP
import Posix

// `kctl serve`: a cluster behind its addresses, until a signal comes.

/// Serves a cluster on the address that is asked for, and on the Unix socket where other kctl processes look.
public final class LocalServer: ClusterServer {
  private let version: String

  /// - Parameter version: what it tells those who look for it.
  public init(version: String) { self.version = version }

  public func serve(_ cluster: any ServedCluster, _ options: ServeOptions, started: (String) throws -> Void) throws {
    let listener = try LocalServer.listener(options)
    _ = try serve(cluster, options, on: listener) { try started("\(listener.address)") }
  }

  /// How it was told to end.
  public enum End: Sendable {
    case plainly
    /// What runs in the cluster is to end, too.
    case withAll
  }

  /// Serves a cluster where other kctl processes look for it, and at the address of the options, if they name one.
  public func serve(_ cluster: any ServedCluster, _ options: ServeOptions) throws -> End {
    try serve(cluster, options, on: options.listen.isEmpty ? nil : try LocalServer.listener(options), started: {})
  }

  /// Listens where it is wanted and allowed.
  private static func listener(_ options: ServeOptions) throws -> Listener {
    guard let wanted = SocketAddress(options.listen) else {
      throw Status(
        .badRequest,
        "invalid value \"\(options.listen)\" for --listen: expected a numeric address and a port like 127.0.0.1:8001, or unix:PATH")
    }
    guard wanted.isLocal || options.token != nil else {
      throw Status(
        .badRequest, "invalid value \"\(options.listen)\" for --listen: other machines could reach it, which needs a --token-file")
    }
    return try LocalServer.listen(wanted)
  }

  private func serve(_ cluster: any ServedCluster, _ options: ServeOptions, on listener: Listener?, started: () throws -> Void) throws
    -> End
  {
    var limits = HTTPServer.Limits()
    // Half of the descriptors are left to what else there is to do: without any, whoever knocks could not even be turned away.
    limits.connections = min(limits.connections, max(16, Machine.raiseDescriptorLimit() / 2))
    let stops = try StopSignals()
    var listeners = listener.map { [$0] } ?? []
    let rendezvous = cluster.folder.map(Rendezvous.init(folder:))
    defer { rendezvous?.end() }
    if let rendezvous {
      do throws(SystemFailure) {
        listeners.append(try rendezvous.listen(version: version))
      } catch {
        throw Status(.unknown, "cannot listen for other processes: \(error.text)")
      }
    }
    let server = try HTTPServer(listeners, limits: limits, stops: stops)
    let gate = Gate(listening: listener.map { [$0.address] } ?? [], token: options.token)
    let address = listener.map { "\($0.address)" } ?? options.name
    let service = try APIService(cluster, gate: gate, address: address)
    service.loop = server
    (cluster as? any LoopDriven)?.attach(to: server)
    try cluster.commit()
    try started()
    server.run(service)
    try cluster.commit()
    return stops.taken.contains(Machine.Notice.stopAll.number) ? .withAll : .plainly
  }

  private static func listen(_ address: SocketAddress) throws(Status) -> Listener {
    do throws(SystemFailure) {
      return try Listener(address)
    } catch {
      var status = Status(.unknown, "cannot listen on \(address): \(error.text)")
      if case .tcp = address, error.isAddressInUse { status.hints = ["choose another port by --listen, or 127.0.0.1:0 for a free one"] }
      throw status
    }
  }
}

/// A cluster that waits for descriptors of its own in its server's thread.
public protocol LoopDriven: AnyObject {
  /// Called once, before anything is served.
  func attach(to loop: any EventLoop)
}
