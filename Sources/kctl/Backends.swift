import Client
import RemoteCluster
import Serving
import SimulatedCluster

// Every backend, a row each.

/// The clusters that this build can reach.
enum Backends {
  static func all() -> [any Backend] { [SimulatedBackend(served: served), HTTPBackend(), UnixBackend(), KubectlBackend()] }

  /// What puts them behind the API over HTTP.
  static var server: any ClusterServer { LocalServer() }

  /// A client of the process that serves a folder's cluster; nil: nobody does.
  private static func served(_ folder: String, _ options: BackendOptions) -> (any Client)? {
    Rendezvous(folder: folder).address.flatMap { RemoteClient(ifServedAt: $0, options) }
  }
}
