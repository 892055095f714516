// Resolves a pod's priority class to its number.

import API
import APIMachinery
import Client
import Formats

enum PriorityAdmission {
  /// The two classes that every cluster has.
  private static let classes: [(name: String, value: Int64)] = [
    ("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000),
  ]

  static func admit(_ server: APIServer, _ pod: inout Value, _ old: Value?, _ namespace: String) throws(Status) {
    if let old {
      if pod["spec"]["priority"].isNull, let priority = old["spec"]["priority"].int { pod["spec", "priority"] = .int(priority) }
      if pod["spec"]["preemptionPolicy"].isNull, let policy = old["spec"]["preemptionPolicy"].string {
        pod["spec", "preemptionPolicy"] = .string(policy)
      }
      return
    }
    let name = pod["spec"]["priorityClassName"].text
    var priority: Int64 = 0
    let policy = "PreemptLowerPriority"
    if !name.isEmpty {
      guard let known = classes.first(where: { $0.name == name }) else {
        throw .forbidden(Kinds.pod, pod.name, "no PriorityClass with name \(name) was found")
      }
      priority = known.value
    }
    if let given = pod["spec"]["priority"].int, given != priority {
      throw .forbidden(
        Kinds.pod, pod.name,
        "the integer value of priority (\(given)) must not be provided in pod spec; priority admission controller computed \(priority) from the given PriorityClass name"
      )
    }
    if let given = pod["spec"]["preemptionPolicy"].string, given != policy {
      throw .forbidden(
        Kinds.pod, pod.name,
        "the string value of PreemptionPolicy (\(given)) must not be provided in pod spec; priority admission controller computed \(policy) from the given PriorityClass name"
      )
    }
    pod["spec", "priority"] = .int(priority)
    pod["spec", "preemptionPolicy"] = .string(policy)
  }
}
