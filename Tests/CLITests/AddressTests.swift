import CLI
import Client
import Foundation
import SimulatedCluster
import Testing

// Which backend a context's cluster is opened by, and with which address.

/// Opens nothing, and remembers what it was asked for.
private final class RecordingBackend: Backend {
  let scheme: String
  private(set) var opened: [(address: String, kubeconfig: [String])] = []

  init(_ scheme: String) { self.scheme = scheme }

  func open(_ address: String, _ options: BackendOptions) throws -> any Client {
    opened.append((address, options.kubeconfig))
    return try SimulatedCluster(clock: .manual)
  }
}

final class AddressTests {
  private let folder = NSTemporaryDirectory() + "kctl-addresses-" + UUID().uuidString
  private let backends = [RecordingBackend("sim"), RecordingBackend("http"), RecordingBackend("unix"), RecordingBackend("kubectl")]

  init() throws {
    try FileManager.default.createDirectory(atPath: folder + "/.kube", withIntermediateDirectories: true)
    try """
    apiVersion: v1
    kind: Config
    current-context: secure
    clusters:
    - {name: secure, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: eA==}}
    - {name: plain, cluster: {server: "http://127.0.0.1:8080/base"}}
    contexts:
    - {name: secure, context: {cluster: secure, user: me, namespace: theirs}}
    - {name: plain, context: {cluster: plain, user: nobody}}
    - {name: plain-with-token, context: {cluster: plain, user: me}}
    users:
    - {name: me, user: {token: secret}}
    - {name: nobody, user: {}}
    """.write(toFile: folder + "/.kube/config", atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func run(_ line: String) -> (opened: [String], complaints: String) {
    let console = TestConsole(in: folder)
    console.variables = ["HOME": folder, "KCTL_HOME": folder + "/home"]
    let before = backends.map(\.opened.count)
    _ = KctlProgram(backends: backends).run(Shell.words(line), on: console)
    let opened = zip(backends, before).flatMap { backend, count in
      backend.opened[count...].map { one in
        "\(backend.scheme):\(one.address)"
          + (one.kubeconfig.isEmpty ? "" : " \(one.kubeconfig.map { $0.replacingOccurrences(of: folder, with: "~") })")
      }
    }
    return (opened, console.complaints)
  }

  @Test func nothingRealIsChosenByItself() {
    #expect(run("get pods").opened == ["sim:default"])
  }

  @Test func contextsThatWantCredentialsGoThroughKubectl() {
    #expect(run("get pods --context secure").opened == ["kubectl:secure"])
    #expect(run("get pods --context plain").opened == ["http://127.0.0.1:8080/base"])
    #expect(run("get pods --context plain-with-token").opened == ["kubectl:plain-with-token"])
    #expect(run("get pods --kubeconfig .kube/config").opened == ["kubectl:secure [\"~/.kube/config\"]"])
    #expect(run("get pods --kubeconfig .kube/config --context plain").opened == ["http://127.0.0.1:8080/base"])
    let other = run("get pods --context plain --cluster secure")
    #expect(other.opened.isEmpty)
    #expect(other.complaints.hasPrefix("error: cluster \"secure\" is reached by kubectl, which takes a context\n"))
  }

  @Test func aContextOfOursOnTheirClusterGoesThroughKubectlWithBothFiles() {
    #expect(run("config set-context mine --cluster=secure --user=me").complaints == "")
    #expect(run("get pods --context mine").opened == ["kubectl:mine [\"~/home/config\", \"~/.kube/config\"]"])
    #expect(run("config set-cluster k --server=kubectl:secure").complaints == "")
    #expect(run("config set-context k --cluster=k").complaints == "")
    #expect(run("get pods --context k").opened == ["kubectl:secure"])
  }

  @Test func serversAreNamedDirectly() {
    #expect(run("get pods --server http://127.0.0.1:8001").opened == ["http://127.0.0.1:8001"])
    #expect(run("get pods --server localhost:8080").opened == ["http://localhost:8080"])
    #expect(run("get pods --server [::1]:8080").opened == ["http://[::1]:8080"])
    #expect(run("get pods --server unix:/run/x.sock").opened == ["unix:/run/x.sock"])
    #expect(run("get pods --server kubectl:secure").opened == ["kubectl:secure"])
    let secure = run("get pods --server https://10.0.0.1:6443")
    #expect(secure.opened.isEmpty)
    #expect(
      secure.complaints
        == "error: context \"sim\": clusters at \"https:\" are only reached by contexts of your kubeconfig\nhint: choose one by --context, see kctl config get-contexts\n"
    )
    #expect(run("get pods --server nonsense").complaints.contains("is no cluster's address"))
  }
}
