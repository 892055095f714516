import APIMachinery
import Formats

// A pod as controllers, scheduler and kubelet read it.

/// A thin view of a pod's tree.
public struct PodView {
  public let object: Value

  public init(_ object: Value) { self.object = object }

  public var spec: Value { object["spec"] }
  public var status: Value { object["status"] }
  public var phase: String { object["status"]["phase"].text }
  public var nodeName: String { object["spec"]["nodeName"].text }
  public var containers: [Value] { object["spec"]["containers"].items }
  public var initContainers: [Value] { object["spec"]["initContainers"].items }

  /// Whether it has ended for good.
  public var isTerminal: Bool {
    let phase = phase
    return phase == "Succeeded" || phase == "Failed"
  }

  public var isReady: Bool { condition("Ready")?["status"].text == "True" }

  /// A condition by its type.
  public func condition(_ type: String) -> Value? { object["status"]["conditions"].items.first { $0["type"].text == type } }

  /// Since when it has been ready.
  public var readySince: Instant? {
    guard let ready = condition("Ready"), ready["status"].text == "True" else { return nil }
    return ready["lastTransitionTime"].string.flatMap(Instant.init(rfc3339:))
  }

  /// What the node must set aside of a resource: the containers together, or the largest init container, and the overhead.
  public func request(_ resource: String) -> Quantity {
    var sum = Quantity.zero
    for container in containers { sum += PodView.amount(container["resources"]["requests"][resource]) }
    var peak = Quantity.zero
    var sidecars = Quantity.zero
    for container in initContainers {
      let amount = PodView.amount(container["resources"]["requests"][resource])
      if container["restartPolicy"].text == "Always" {
        sum += amount
        sidecars += amount
        peak = larger(peak, sidecars)
      } else {
        peak = larger(peak, sidecars + amount)
      }
    }
    return larger(sum, peak) + PodView.amount(object["spec"]["overhead"][resource])
  }

  private func larger(_ a: Quantity, _ b: Quantity) -> Quantity { a < b ? b : a }

  private static func amount(_ value: Value) -> Quantity { value.string.flatMap { try? Quantity($0) } ?? .zero }
}
