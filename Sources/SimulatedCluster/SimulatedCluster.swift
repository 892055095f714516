import API
import APIMachinery
import Client
import ControlPlane
import Formats
import KubeAPIServer
import Kubelet

// A cluster whose containers are foretold.

/// A simulated cluster. Same seed, same requests at the same moments: same cluster, byte by byte.
public final class SimulatedCluster: LocalCluster {
  /// The longest step that time takes at once.
  static let longestAdvance = Duration.seconds(400 * 86400)

  /// Simulated nodes and containers.
  public static var parts: ClusterParts {
    ClusterParts(
      foundingTime: .seconds(60), nodes: { Nodes.three }, kubelet: { Kubelet($0, runtime: SimulatedRuntime(notes: $1, dice: $1.dice)) })
  }

  /// A cluster in memory: new, with three nodes of its own or those given.
  public convenience init(
    clock mode: ClockMode = .manual, seed: UInt64 = 1, nodes: [Value]? = nil, machine: MachineClock = .real
  ) throws(Status) {
    let parts = SimulatedCluster.parts
    self.init(
      store: LocalCluster.newStore(mode, seed: seed, machine: machine, foundingTime: parts.foundingTime), settings: nil, mode: mode,
      seed: seed, machine: machine, parts: parts)
    try found(nodes: nodes)
  }

  /// A cluster kept in a folder, or a new one.
  public static func open(
    folder: String, clock mode: ClockMode?, seed: UInt64, machine: MachineClock = .real, isServed: @escaping () -> Bool = { false },
    onWarning: (String) -> Void = { _ in }
  ) throws(Status) -> SimulatedCluster {
    try open(
      folder: folder, clock: mode, seed: seed, machine: machine, parts: parts, isServed: isServed, onWarning: onWarning)
  }

  // MARK: Requests

  public override func kinds() throws(Status) -> [Kind] { try super.kinds() + [Kinds.simulation] }

  public override func get(_ key: ObjectKey, subresource: String?) throws(Status) -> Value {
    guard key.kind == Kinds.simulation else { return try super.get(key, subresource: subresource) }
    tick()
    try checkSimulation(key)
    return simulationObject()
  }

  public override func list(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> ObjectList {
    guard kind == Kinds.simulation else { return try super.list(kind, namespace: namespace, options) }
    tick()
    return ObjectList(items: [simulationObject()], resourceVersion: String(store.revision))
  }

  public override func create(_ key: ObjectKey, subresource: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    guard key.kind == Kinds.simulation else { return try super.create(key, subresource: subresource, object, options) }
    tick()
    return try createOnSimulation(key, subresource, object, options)
  }

  public override func patch(_ key: ObjectKey, subresource: String?, _ patch: Patch, _ options: WriteOptions) throws(Status) -> Value {
    guard key.kind == Kinds.simulation else { return try super.patch(key, subresource: subresource, patch, options) }
    tick()
    return try patchSimulation(key, patch, options)
  }

  public override func standardNodes(_ count: Int) -> [Value] { Nodes.make(count) }

  // MARK: Logs

  public override func logs(namespace: String, pod: String, _ options: LogOptions) throws(Status) -> any EventStream {
    try openLog(namespace: namespace, pod: pod, options)
  }

  public override func pollOwn(_ stream: any EventStream) -> Polled {
    guard let stream = stream as? LogStream, !stream.cancelled else { return .ended }
    return stream.poll()
  }

  public override func isCancelled(_ stream: any EventStream) -> Bool { (stream as? LogStream)?.cancelled ?? super.isCancelled(stream) }
}
