import APIMachinery
import Formats
import Posix

// Ports for containers that name none: told in an annotation of the pod, which is where they are remembered.

/// The ports that containers were given. A container keeps its port as long as its pod lives, over restarts of either it or the daemon.
public struct GivenPorts: Sendable {
  /// Below those that systems take for outgoing connections.
  public static let range: ClosedRange<UInt16> = 20000...29999

  private var holders: [Place: String] = [:]
  private var last: UInt16

  /// Two pods may have one port if each has an address of its own.
  private struct Place: Hashable {
    let address: String
    let port: UInt16
  }

  /// The annotation that tells a container's port: `process.kctl.dev/port.web`.
  public static func annotation(_ container: String) -> String { "process.kctl.dev/port." + container }

  /// The port that a container of a pod was given.
  public static func port(of container: String, in pod: Value) -> UInt16? {
    pod.annotation(annotation(container)).flatMap { UInt16($0) }.flatMap { range.contains($0) ? $0 : nil }
  }

  public init(inUseBy pods: [Value] = []) {
    last = GivenPorts.range.upperBound
    for pod in pods { claim(pod) }
    last = holders.keys.map(\.port).max() ?? last
  }

  /// Notes the ports that a pod's annotations tell.
  public mutating func claim(_ pod: Value) {
    let containers = pod["spec"]["containers"].items + pod["spec"]["initContainers"].items
    for container in containers {
      guard let port = GivenPorts.port(of: container["name"].text, in: pod) else { continue }
      let place = Place(address: pod["status"]["podIP"].text, port: port)
      if holders[place] == nil { holders[place] = pod.uid }
    }
  }

  /// A free port at an address, the next after the last given; nil where there is none.
  /// - Parameter isFree: whether nobody else on the machine has it: see `isFree(_:at:)`.
  public mutating func give(at address: String, to uid: String, isFree: (UInt16) -> Bool) -> UInt16? {
    for _ in GivenPorts.range {
      last = last < GivenPorts.range.upperBound ? last + 1 : GivenPorts.range.lowerBound
      let place = Place(address: address, port: last)
      guard holders[place] == nil, isFree(last) else { continue }
      holders[place] = uid
      return last
    }
    return nil
  }

  public mutating func release(_ uid: String) { holders = holders.filter { $0.value != uid } }

  /// Whether a program could listen on a TCP port of an address now; a wildcard's listener counts as one there.
  public static func isFree(_ port: UInt16, at address: String) -> Bool {
    guard let listener = try? Listener(.tcp(host: address, port: port)) else { return false }
    listener.end()
    return true
  }
}
