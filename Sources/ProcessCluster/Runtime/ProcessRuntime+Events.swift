import API
import APIMachinery
import Client
import Formats
import Kubelet
import Posix

// What a runtime tells of containers in events.

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

  // MARK: Addresses in use

  /// How much of a log's end is looked at for the reason of a failure.
  private static let logTail = 4096

  /// Tells why a program that could not listen where it wanted to could not, where its last words say that it was this.
  func tellConflict(of one: LiveRun) {
    let container = one.run.container
    guard one.place.lastWords(ProcessRuntime.logTail).saysAddressInUse, let pod = pod(of: container),
      let spec = (pod["spec"]["containers"].items + pod["spec"]["initContainers"].items).first(where: {
        $0["name"].text == container.container
      })
    else { return }
    let address = pod["status"]["podIP"].text
    var ports = spec["ports"].items.compactMap { $0["containerPort"].int.flatMap { UInt16(exactly: $0) } }
    if let given = GivenPorts.port(of: container.container, in: pod) { ports.append(given) }
    let holder = ports.lazy.compactMap { PortHolder.find(address: address, port: $0, isDatagram: false) }.first
    let who = holder.map { "\($0.program) (process \($0.process)) listens on \($0.address)" } ?? "another program listens there already"
    tell(
      pod, "AddressInUse",
      "Container \(container.container) found its address in use: \(who); programs get along where each listens "
        + "on its own $(POD_IP), \(address), and not on all addresses", container: container.container)
  }
}

extension [UInt8] {
  /// Whether a program says here, in the words of any of the usual languages, that it could not listen.
  fileprivate var saysAddressInUse: Bool {
    let text = String(decoding: self, as: UTF8.self).lowercased()
    return text.contains("address already in use") || text.contains("address in use") || text.contains("eaddrinuse")
  }
}

extension DroppedOutput {
  /// What an event says of it.
  var notice: String {
    let lines = "\(records) \(records == 1 ? "line" : "lines")"
    return "\(lines) of output (\(bytes) bytes) so far could not be written to the log and are lost: is the disk full?"
  }
}
