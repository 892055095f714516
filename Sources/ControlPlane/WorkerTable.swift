import API
import APIMachinery
import Client
import KubeControllerManager
import KubeScheduler
import Kubelet

// Who works in a cluster: one row each.

/// The workers of a cluster, and which kinds each of them watches.
struct WorkerTable {
  private let workers: [any Worker]
  private var byName: [String: Int] = [:]
  private var watchers: [ObjectIdentifier: [Int]] = [:]

  init(_ around: Surroundings, kubelet: Kubelet, others: [any Worker]) {
    workers = controllers(around) + [Scheduler(around), kubelet] + others
    for (i, worker) in workers.enumerated() {
      byName[worker.name] = i
      for kind in worker.watches { watchers[ObjectIdentifier(kind), default: []].append(i) }
    }
  }

  func observe(_ change: Change) {
    guard let indexes = watchers[ObjectIdentifier(change.key.kind)] else { return }
    for i in indexes { workers[i].observe(change) }
  }

  /// An entry for a worker that there is no more is passed over.
  func work(_ name: String, on key: String) {
    guard let i = byName[name] else { return }
    workers[i].work(on: key)
  }
}
