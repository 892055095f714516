import API
import APIMachinery
import Client
import ControlPlane
import Formats
import KubeProxy
import Kubelet
import Posix
import Serving

// The daemon that keeps a cluster of real processes running.

/// One cluster's daemon: its control plane, its runtime and its forwarder, behind its Unix socket.
struct ProcessDaemon {
  let folder: String
  let name: String
  let release: String
  let options: BackendOptions

  init(folder: String, name: String, release: String, _ options: BackendOptions) {
    self.folder = folder
    self.name = name
    self.release = release
    self.options = options
  }

  /// Whether another daemon answers for the cluster: this one would wait for its end, and then be one that nobody asked for.
  private func isServed() -> Bool {
    guard let server = Rendezvous(folder: folder).server else { return false }
    return (try? Socket.connect(to: server.address)) != nil
  }

  /// - Parameter listen: where it listens besides its own socket.
  func run(listen: String?) throws {
    let forwarder = try SocketForwarder()
    let pods = folder + "/pods"
    try Folder.makePrivate(pods)
    let claim = try AddressClaim.take(folder)
    defer { withExtendedLifetime(claim) {} }
    let node = MachineNode.make(home: folder, podRange: claim.block.podRange)
    var runtime: ProcessRuntime?
    var proxy: ServiceProxy?
    var parts = ClusterParts(foundingTime: .zero, nodes: { [node] }) { around, _ in
      let made = ProcessRuntime(
        around, cluster: folder, folder: pods, node: node, block: claim.block, environment: Machine.environment)
      runtime = made
      return Kubelet(around, runtime: made)
    }
    parts.services = claim.block.services
    parts.expandsPorts = true
    parts.workers = { around in
      let made = ServiceProxy(around, forwarder: forwarder, node: ServiceTable.Node(name: node.name))
      proxy = made
      return [made, VolumeUpdates(around, folder: pods, node: node)]
    }
    let cluster = try ProcessCluster.open(
      folder: folder, clock: .follow, seed: UInt64(bitPattern: WallClock.now), parts: parts, isServed: isServed,
      onWarning: { options.trace("warning: \($0)") })
    cluster.take(runtime, proxy)
    runtime?.engines.warn = { options.trace("warning: \($0)") }
    if !claim.isAlone { cluster.tellShared(claim.block, node) }
    var serve = ServeOptions()
    serve.listen = listen ?? ""
    serve.name = "process:\(name)"
    let ended = try LocalServer(version: release).serve(cluster, serve)
    forwarder.stop()
    if ended == .withAll { cluster.stopPods() }
  }
}

extension ProcessCluster {
  /// Tells that another cluster's daemon has the same addresses to give.
  func tellShared(_ block: AddressBlock, _ node: Value) {
    let who = block.holder.map { ", \($0.program) (process \($0.process))," } ?? ""
    store.event(
      store.get(ObjectKey(Kinds.node, "", node.name)) ?? node, .warning, "AddressesShared",
      "another cluster's daemon\(who) gives pods the same addresses, \(block.podRange): programs of both that listen on one port "
        + "are in each other's way; hint: without pods, this cluster takes others when its daemon starts",
      source: "kubelet", host: node.name, fieldPath: "", style: .counted)
  }

  /// Ends what runs, each pod with its own grace, and waits for it.
  func stopPods() {
    let graces = Dictionary(
      store.list(Kinds.pod, namespace: nil).map { ($0.uid, Duration.seconds($0["spec"]["terminationGracePeriodSeconds"].int ?? 30)) },
      uniquingKeysWith: { first, _ in first })
    // What it has not taken over yet is told to end with the others.
    for uid in runtime?.pods ?? [] { _ = runtime?.runs(ofPod: uid) }
    runtime?.stopAll { graces[$0] ?? .seconds(30) }
  }
}
