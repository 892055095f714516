import API
import APIMachinery
import Client
import Formats
import Kubelet
import Posix

// What a runtime tells in events, of containers that run nevertheless.

extension ProcessRuntime {
  /// How often a log is looked at for what it lacks: its shim tells nobody.
  private static let logInterval = Duration.seconds(30)

  /// A warning about a pod, or about one of its containers.
  func tell(_ pod: Value, _ reason: String, _ message: String, container: String? = nil) {
    surroundings.recorder.event(
      pod, .warning, reason, message, source: "kubelet", host: node.name,
      fieldPath: container.map { ProcessRuntime.fieldPath($0, in: pod) } ?? "", style: .counted)
  }

  /// A container's pod; nil once its object is gone.
  func pod(of container: ContainerKey) -> Value? {
    let pod = surroundings.lister.get(ObjectKey(Kinds.pod, container.namespace, container.pod))
    return pod?.uid == container.uid ? pod : nil
  }

  private static func fieldPath(_ container: String, in pod: Value) -> String {
    let isInitial = pod["spec"]["initContainers"].items.contains { $0["name"].text == container }
    return "spec.\(isInitial ? "initContainers" : "containers"){\(container)}"
  }

  /// Looks at a container's log now and then until something is missing in it, or the container has ended.
  func watchLog(of one: LiveRun) {
    loop?.after(nanoseconds: ProcessRuntime.logInterval.nanoseconds) { [weak self, weak one] in
      guard let self, let one, !one.hasEnded else { return }
      tellDropped(by: one)
      if !one.hasToldDropped { watchLog(of: one) }
    }
  }

  /// Tells, once for a run, that its log had no room for all that it wrote.
  func tellDropped(by one: LiveRun) {
    guard !one.hasToldDropped, let dropped = one.process?.dropped, dropped.bytes > 0 else { return }
    one.hasToldDropped = true
    let container = one.run.container
    guard let pod = pod(of: container) else { return }
    tell(pod, "LogDropped", dropped.notice, container: container.container)
  }
}

extension DroppedOutput {
  /// What an event says of it.
  var notice: String {
    let lines = "\(records) \(records == 1 ? "line" : "lines")"
    return "\(lines) of output (\(bytes) bytes) so far could not be written to the log and are lost: is the disk full?"
  }
}
