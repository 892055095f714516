import API
import APIMachinery
import Formats

// The downward API: fields of a pod and amounts of its containers as texts.

/// What a pod's containers may ask of the pod itself, as Kubernetes' kubelet answers.
struct DownwardFields {
  let pod: Value
  let place: PodPlace

  /// A `fieldRef`'s text.
  func field(_ path: String) throws(ContainerProblem) -> String {
    if path.hasSuffix("']"), let open = path.firstIndex(of: "[") {
      let key = String(path[open...].dropFirst(2).dropLast(2))
      switch path[..<open] {
      case "metadata.labels": return pod.label(key) ?? ""
      case "metadata.annotations": return pod.annotation(key) ?? ""
      default: throw ContainerProblem("invalid field path \(goQuoted(path)): does not support subscript")
      }
    }
    switch path {
    case "metadata.name": return pod.name
    case "metadata.namespace": return pod.namespace
    case "metadata.uid": return pod.uid
    case "metadata.labels": return DownwardFields.lines(pod.labels)
    case "metadata.annotations": return DownwardFields.lines(pod.annotations)
    case "spec.nodeName": return pod["spec"]["nodeName"].text
    case "spec.serviceAccountName": return pod["spec"]["serviceAccountName"].text
    case "status.hostIP", "status.hostIPs": return place.hostAddress
    case "status.podIP", "status.podIPs": return place.address
    default: throw ContainerProblem("unsupported fieldPath: \(path)")
    }
  }

  /// `key="value"` a line, sorted.
  private static func lines(_ members: Members) -> String {
    members.map { "\($0.key)=\(goQuoted($0.value.text))" }.joined(separator: "\n")
  }

  /// A `resourceFieldRef`'s text: how many of the divisor the amount is, rounded up. A limit that isn't set is all that the node has.
  /// - Parameter container: the one that asks; nil for a volume, which names one.
  func amount(_ reference: Value, of container: Value?) throws(ContainerProblem) -> String {
    let name = reference["containerName"].text
    let all = pod["spec"]["containers"].items + pod["spec"]["initContainers"].items
    let found = name.isEmpty ? container : all.first { $0["name"].text == name }
    guard let found else { throw ContainerProblem("container \(name) not found") }

    let path = reference["resource"].text
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[0] == "limits" || parts[0] == "requests", DownwardFields.isKnown(parts[1]) else {
      throw ContainerProblem("unsupported container resource : \(path)")
    }
    var amount = DownwardFields.quantity(found["resources"][parts[0]][parts[1]])
    if parts[0] == "limits", amount.isZero, !parts[1].hasPrefix("hugepages-") {
      amount = DownwardFields.quantity(place.node["status"]["allocatable"][parts[1]])
    }
    var divisor = DownwardFields.quantity(reference["divisor"])
    if divisor.isZero { divisor = Quantity(1) }
    let isFine = parts[1] == "cpu"
    return String(DownwardFields.ceiling(isFine ? amount.milliValue : amount.value, isFine ? divisor.milliValue : divisor.value))
  }

  private static func isKnown(_ resource: String) -> Bool {
    ["cpu", "memory", "ephemeral-storage"].contains(resource) || resource.hasPrefix("hugepages-")
  }

  private static func ceiling(_ amount: Int64, _ divisor: Int64) -> Int64 {
    guard divisor > 0 else { return amount }
    return amount / divisor + (amount % divisor > 0 ? 1 : 0)
  }

  static func quantity(_ value: Value) -> Quantity {
    switch value {
    case .string(let text), .number(let text): (try? Quantity(text)) ?? .zero
    case .int(let number): Quantity(number)
    default: .zero
    }
  }
}
