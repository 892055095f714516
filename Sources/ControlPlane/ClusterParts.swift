import APIMachinery
import Client
import Formats
import KubeAPIServer
import Kubelet

// What clusters are made of.

/// What sets one sort of cluster apart from another: its nodes and what runs containers on them.
public struct ClusterParts {
  /// How long before its first command a new cluster was made: its nodes are ready, its namespaces have their accounts.
  public var foundingTime: Duration
  /// The nodes of a new cluster, where none are given.
  public var nodes: () -> [Value]
  /// What runs containers: a kubelet with its runtime. Asked for whenever the workers are made anew.
  public var kubelet: (Surroundings, Store) -> Kubelet
  /// The addresses of Services.
  public var services = ServiceRange.simulated
  /// Whether its runtime expands the ports of probes: `$(PORT)`.
  public var expandsPorts = false
  /// Who else works in the cluster.
  public var workers: (Surroundings) -> [any Worker] = { _ in [] }

  public init(foundingTime: Duration, nodes: @escaping () -> [Value], kubelet: @escaping (Surroundings, Store) -> Kubelet) {
    self.foundingTime = foundingTime
    self.nodes = nodes
    self.kubelet = kubelet
  }
}
