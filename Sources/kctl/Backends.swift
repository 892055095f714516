import CLI
import Client
import ProcessCluster
import RemoteCluster
import Serving
import SimulatedCluster

// Every backend, a row each.

/// The clusters that this build can reach.
enum Backends {
  static func all() -> [any Backend] {
    [
      SimulatedBackend(served: served), ProcessBackend(release: KctlProgram.version, client: { RemoteClient(ifServedAt: $0, $1) }),
      HTTPBackend(),
      UnixBackend(), KubectlBackend(),
    ]
  }

  /// What puts them behind the API over HTTP.
  static var server: any ClusterServer { LocalServer(version: KctlProgram.version) }

  /// A client of the process that serves a folder's cluster; nil: nobody does.
  private static func served(_ folder: String, _ options: BackendOptions) -> (any Client)? {
    Rendezvous(folder: folder).server.flatMap { RemoteClient(ifServedAt: $0.address, options) }
  }
}
