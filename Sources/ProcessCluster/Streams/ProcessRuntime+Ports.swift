import APIMachinery
import Client
import Formats
import Posix

// Ports of pods.

extension ProcessRuntime {
  /// Begins a connection to a port of a pod. Kubernetes connects to the pod's localhost, which a pod of processes shares with all: after the
  /// pod's own address a program there is taken where it is one of the pod's. At its own address others answer too, those who listen on all
  /// addresses, and are not taken.
  func forward(_ port: UInt16, to pod: Value, _ peer: any StreamPeer) throws(Status) -> any StreamSource {
    try checkRuns(pod)
    guard let loop, let address = address(of: pod) else { throw ProcessRuntime.missing(pod) }
    // What an engine's containers listen on is answered for by the engine.
    let isOfEngine = runs(of: pod).contains { $0.engine != nil }
    var places = [PortStream.Place(address: .tcp(host: address, port: port))]
    if !isOfEngine { places[0].isOurs = { [weak self] in self?.answerer(pod, address, port) != .other } }
    for host in ["127.0.0.1", "::1"] where host != address {
      places.append(
        PortStream.Place(address: .tcp(host: host, port: port), isOurs: { [weak self] in self?.answerer(pod, host, port) == .theirs }))
    }
    return PortStream(loop, places, peer)
  }

  private func runs(of pod: Value) -> [LiveRun] {
    running.filter { $0.run.container.uid == pod.uid }
  }

  /// Throws what a kubelet says of a pod that runs nothing.
  func checkRuns(_ pod: Value) throws(Status) { if runs(of: pod).isEmpty { throw ProcessRuntime.missing(pod) } }

  private static func missing(_ pod: Value) -> Status { Status(.notFound, "pod not found (\"\(pod.name)_\(pod.namespace)\")") }

  /// Whether it is a program of the pod that listens there.
  private func answerer(_ pod: Value, _ host: String, _ port: UInt16) -> PortHolder.Answerer {
    portJudge.answerer(PortJudge.Place(pod: pod.uid, host: host, port: port), now: Machine.steadyNanoseconds) {
      runs(of: pod).compactMap { $0.process?.shim }.flatMap { ProcessTree.descendants(of: $0) }
    }
  }
}
