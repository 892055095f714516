import APIMachinery
import Client
import Formats
import Posix

// Ports of pods.

extension ProcessRuntime {
  /// Begins a connection to a port of a pod. Kubernetes connects to the pod's localhost, which a pod of processes shares with all: after the
  /// pod's own address a program there is taken where it is one of the pod's.
  func forward(_ port: UInt16, to pod: Value, _ peer: any StreamPeer) throws(Status) -> any StreamSource {
    try checkRuns(pod)
    guard let loop, let address = address(of: pod) else { throw ProcessRuntime.missing(pod) }
    var places = [PortStream.Place(address: .tcp(host: address, port: port))]
    for host in ["127.0.0.1", "::1"] where host != address {
      places.append(
        PortStream.Place(
          address: .tcp(host: host, port: port), isOurs: { [weak self] in self?.isHolder(pod, host: host, port: port) ?? false }))
    }
    return PortStream(loop, places, peer)
  }

  private func runs(of pod: Value) -> [LiveRun] {
    live.values.filter { $0.run.container.uid == pod.uid && $0.process != nil && !$0.hasEnded }
  }

  /// Throws what a kubelet says of a pod that runs nothing.
  func checkRuns(_ pod: Value) throws(Status) { if runs(of: pod).isEmpty { throw ProcessRuntime.missing(pod) } }

  private static func missing(_ pod: Value) -> Status { Status(.notFound, "pod not found (\"\(pod.name)_\(pod.namespace)\")") }

  /// Whether a program of the pod listens there.
  private func isHolder(_ pod: Value, host: String, port: UInt16) -> Bool {
    guard let holder = PortHolder.find(address: host, port: port, isDatagram: false) else { return false }
    return runs(of: pod).contains { run in
      run.process.map { ProcessTree.descendants(of: $0.shim).contains(holder.process) } ?? false
    }
  }
}
