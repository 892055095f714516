import API
import APIMachinery
import Client
import ControlPlane
import Formats
import KubeProxy
import Kubelet
import Posix
import Serving

// A cluster whose containers are processes of this machine.

/// A cluster of real processes: the control plane of all our clusters, on the machine's time, with one node that is this machine.
public final class ProcessCluster: LocalCluster, LoopDriven {
  /// What runs its containers, and what forwards to them: given once, when it has been opened.
  private(set) var runtime: ProcessRuntime?
  private(set) var proxy: ServiceProxy?
  private(set) var measurements: Measurements?

  func take(_ runtime: ProcessRuntime?, _ proxy: ServiceProxy?) {
    self.runtime = runtime
    self.proxy = proxy
    measurements = runtime.map(Measurements.init)
  }

  public func attach(to loop: any EventLoop) {
    runtime?.attach(to: loop, reports: kubelet)
    super.catchUp()
    kubelet.takeOver()
    proxy?.start()
  }

  // MARK: Time

  public override var nextDue: Instant? {
    guard let probe = kubelet.nextProbe else { return super.nextDue }
    return min(probe, super.nextDue ?? probe)
  }

  public override func catchUp() {
    super.catchUp()
    kubelet.probeWhatIsDue()
  }

  // MARK: Requests

  public override func kinds() throws(Status) -> [Kind] { try super.kinds() + Kinds.measured }

  public override func get(_ key: ObjectKey, subresource: String?) throws(Status) -> Value {
    guard ProcessCluster.isMeasured(key.kind) else { return try super.get(key, subresource: subresource) }
    tick()
    return try measured(key)
  }

  public override func list(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> ObjectList {
    guard ProcessCluster.isMeasured(kind) else { return try super.list(kind, namespace: namespace, options) }
    tick()
    return try measured(kind, namespace: namespace, options)
  }

  public override func measuring(_ kind: Kind) -> Duration? { ProcessCluster.isMeasured(kind) ? measurements?.pause(kind) : nil }

  // MARK: Streams

  public override var streams: (any ContainerStreams)? { runtime }

  // MARK: Logs

  public override func logs(namespace: String, pod: String, _ options: LogOptions) throws(Status) -> any EventStream {
    try openLog(namespace: namespace, pod: pod, options)
  }

  public override func pollOwn(_ stream: any EventStream) -> Polled {
    guard let stream = stream as? ProcessLog, !stream.isCancelled else { return .ended }
    return stream.poll(now: now)
  }

  public override func isCancelled(_ stream: any EventStream) -> Bool { (stream as? ProcessLog)?.isCancelled ?? super.isCancelled(stream) }
}
