import APIMachinery
import Formats

// The simulation itself as an API object, so that `kctl sim` is a client like any other.

extension Kinds {
  /// A cluster's simulation: its clock, its seed, its time. There is one, named `cluster`; it is served by clusters that simulate.
  ///
  /// `get` tells; `patch` of `spec.clock` (`follow`, `manual`) sets the clock. Subresources, by `create`:
  /// - `advance`: `{"duration": "30s"}` lets simulated time pass;
  /// - `fail`, `heal`: `{"node": "node-2"}` silences a node's kubelet, and ends its silence;
  /// - `crash`: `{"namespace": "default", "pod": "web-1", "container": "nginx"}` (without a container: its first that runs).
  public static let simulation = Kind(
    group: "sim.kctl.dev", version: "v1", name: "Simulation", plural: "simulations", namespaced: false, verbs: ["get", "patch"],
    subresources: ["advance", "fail", "heal", "crash"], summary: "The simulated cluster itself: its clock, its seed and its time.",
    hidden: true)

  /// The one Simulation's name.
  public static let simulationName = "cluster"
}
