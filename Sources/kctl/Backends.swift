import Client
import RemoteCluster
import SimulatedCluster

// Every backend, a row each.

/// The clusters that this build can reach.
enum Backends {
  static func all() -> [any Backend] { [SimulatedBackend(), HTTPBackend(), UnixBackend(), KubectlBackend()] }
}
