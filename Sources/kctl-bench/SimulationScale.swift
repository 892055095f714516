import API
import APIMachinery
import Client
import ControlPlane
import Formats
import Posix
import SimulatedCluster

// The simulation at Kubernetes' own tested limit: 150,000 pods on 5,000 nodes.

enum SimulationScale {
  static let nodes = 5000
  static let deployments = 1500
  static let replicas = 100

  static func run(_ words: [String], _ tell: (Figure) -> Void) throws {
    let cluster = try SimulatedCluster(clock: .manual, seed: 1, nodes: Nodes.make(nodes))
    var passed = Duration.zero
    let options = WriteOptions { $0.fieldManager = "kctl-bench" }
    let before = Measure.processorSeconds ?? 0
    let seconds = try Measure.seconds {
      for i in 0..<deployments {
        _ = try cluster.create(Kinds.deployment, namespace: "default", Samples.deployment("web-\(i)", replicas: replicas), options)
      }
      let start = cluster.now
      while try ready(cluster) < deployments {
        guard cluster.now - start < .seconds(3600) else { throw BenchFailure("not all Deployments are ready after an hour") }
        _ = try cluster.next(of: [], until: cluster.now + .seconds(1))
      }
      passed = cluster.now - start
    }
    let pods = Double(deployments * replicas)
    tell(
      Figure(
        what: "150,000 pods on 5,000 nodes, to all Ready", value: seconds, unit: "s",
        beside: "at most 30; \(passed.wholeSeconds) s simulated"))
    let worked = Measure.processorSeconds.map { $0 - before } ?? seconds
    tell(Figure(what: "processor time of it", value: worked, unit: "s"))
    tell(Figure(what: "processor time for one pod", value: worked / pods * 1e6, unit: "us"))
    if let memory = Measure.peakMemory { tell(Figure(what: "peak memory", value: memory, unit: "MB", beside: "at most 3000")) }
    let figures = cluster.figures
    tell(Figure(what: "changes seen by workers", value: Double(figures.changes) / pods, unit: "a pod"))
    tell(Figure(what: "agenda entries worked on", value: Double(figures.fired) / pods, unit: "a pod"))
    try check(cluster)
  }

  private static func ready(_ cluster: SimulatedCluster) throws -> Int {
    try cluster.list(Kinds.deployment, namespace: "default", ListOptions()).items.count {
      $0["status"]["readyReplicas"].int == Int64(replicas)
    }
  }

  /// The pods are there, ready and spread.
  private static func check(_ cluster: SimulatedCluster) throws {
    let pods = try cluster.list(Kinds.pod, namespace: "default", ListOptions()).items
    guard pods.count == deployments * replicas else { throw BenchFailure("\(pods.count) pods instead of \(deployments * replicas)") }
    var counts: [String: Int] = [:]
    for pod in pods { counts[pod["spec"]["nodeName"].text, default: 0] += 1 }
    guard counts[""] == nil, counts.count == nodes, (counts.values.max() ?? 0) <= 110 else {
      throw BenchFailure("pods are not spread over the nodes")
    }
  }
}
