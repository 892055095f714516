import API
import APIMachinery
import Client
import ControlPlane
import Formats
import Foundation
import Posix
import RemoteCluster
import SimulatedCluster
import Testing

@testable import CLI

// What `top` prints, and that a server may take its time to measure.

struct TopTests {
  private func usage(_ cpu: String, _ memory: String) -> MetricsV1beta1.Usage {
    MetricsV1beta1.Usage(["cpu": .string(cpu), "memory": .string(memory)])
  }

  private var pods: [PodUsage] {
    [
      PodUsage(
        namespace: "shop", name: "web",
        containers: [.init(name: "nginx", usage: usage("1500n", "10Mi")), .init(name: "app", usage: usage("250m", "1Gi"))]),
      PodUsage(namespace: "default", name: "xylophone", containers: [.init(name: "main", usage: usage("2", "1023Ki"))]),
    ]
  }

  @Test func podsStandInOrder() {
    #expect(
      UsageTable(.name, headed: true).pods(pods, byContainer: false, sum: true) == """
        NAME        CPU(cores)   MEMORY(bytes)   \n\
        web         251m         1034Mi          \n\
        xylophone   2000m        0Mi             \n\
                    ________     ________        \n\
                    2251m        1034Mi          \n
        """)
    let busiest = UsageTable(.processor, headed: false).pods(pods, byContainer: false, sum: false)
    #expect(busiest.hasPrefix("xylophone"))
  }

  @Test func containersStandBelowTheirPods() {
    var table = UsageTable(.memory, headed: true)
    table.withNamespace = true
    #expect(
      table.pods(pods, byContainer: true, sum: true) == """
        NAMESPACE   POD         NAME    CPU(cores)   MEMORY(bytes)   \n\
        shop        web         app     250m         1024Mi          \n\
        shop        web         nginx   1m           10Mi            \n\
        default     xylophone   main    2000m        0Mi             \n\
                                        ________     ________        \n\
                                        2251m        1034Mi          \n
        """)
  }

  @Test func nodesAreComparedWithWhatTheyHave() {
    let nodes = [
      NodeUsage("b", usage("1500m", "3Gi"), of: ["cpu": "4", "memory": "16Gi"]), NodeUsage("a", usage("1", "1Gi"), of: ["cpu": "0"]),
    ]
    #expect(
      UsageTable(.name, headed: true).nodes(nodes, silent: ["c"]) == """
        NAME   CPU(cores)   CPU(%)      MEMORY(bytes)   MEMORY(%)   \n\
        a      1000m        0%          1024Mi          \n\
        b      1500m        37%         3072Mi          18%         \n\
        c      <unknown>    <unknown>   <unknown>       <unknown>   \n
        """)
  }

  /// Measures each kind for a moment before it answers.
  private final class Measured: LocalCluster {
    nonisolated(unsafe) var asked = 0

    override func measuring(_ kind: Kind) -> Duration? {
      asked += 1
      return kind == Kinds.node ? .milliseconds(1) : nil
    }
  }

  @Test func aServerAnswersOnceItHasMeasured() throws {
    let store = LocalCluster.newStore(.manual, seed: 1, machine: .real, foundingTime: .zero)
    let cluster = Measured(
      store: store, settings: nil, mode: .manual, seed: 1, machine: .real, parts: SimulatedCluster.parts)
    try cluster.found(nodes: nil)
    let folder = NSTemporaryDirectory() + "kctl-top-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try TestServer(cluster, at: .unix(path: "\(folder)/s"))
    defer { server.stop() }
    let client = try UnixBackend().open("\(folder)/s", BackendOptions())
    #expect(try client.list(Kinds.node, namespace: nil, ListOptions()).items.count == 3)
    #expect(cluster.asked == 1, "asked once, and not again when its time had come")
  }
}
