import Client
import Serving
import SimulatedCluster

// Every backend, a row each.

/// The clusters that this build can reach.
enum Backends {
  static func all() -> [any Backend] { [SimulatedBackend()] }

  /// What puts them behind the API over HTTP.
  static var server: any ClusterServer { LocalServer() }
}
