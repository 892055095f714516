// What Kubernetes' registry does to a kind's objects before they are stored.

import API
import APIMachinery
import Formats

/// A kind's create and update strategy: what a request may not set, and what counts as a new generation.
enum Strategy {
  /// Resets what only the system sets, for an object about to be created.
  static func prepare(_ object: inout Value, _ kind: Kind, nodeAddress: Bool = false) {
    switch kind.qualifiedPlural {
    case "pods":
      object["status"] = ["phase": "Pending", "qosClass": .string(QualityOfService.of(object["spec"]))]
      if !object["spec"]["schedulingGates"].items.isEmpty {
        object["status", "conditions"] = [
          [
            "lastProbeTime": nil, "lastTransitionTime": nil, "message": "Scheduling is blocked due to non-empty scheduling gates",
            "reason": "SchedulingGated", "status": "False", "type": "PodScheduled",
          ]
        ]
      }
    case "deployments.apps": object["status"] = .object(Members())
    case "replicasets.apps": object["status"] = ["replicas": 0]
    case "namespaces":
      object["status"] = ["phase": "Active"]
      var finalizers = object["spec"]["finalizers"].items
      if !finalizers.contains("kubernetes") { finalizers.append("kubernetes") }
      object["spec", "finalizers"] = .array(finalizers)
      if !object.name.isEmpty { object["metadata", "labels", "kubernetes.io/metadata.name"] = .string(object.name) }
    case "services": object["status"] = ["loadBalancer": [:]]
    default: break
    }
    if hasGeneration(kind) {
      object["metadata", "generation"] = 1
    } else {
      object["metadata"].remove("generation")
    }
  }

  static func hasGeneration(_ kind: Kind) -> Bool {
    kind.rules.hasGeneration || ["deployments.apps", "replicasets.apps", "endpointslices.discovery.k8s.io"].contains(kind.qualifiedPlural)
  }

  /// Whether the status is its own subresource.
  static func hasStatus(_ kind: Kind) -> Bool { kind.subresources.contains("status") }

  /// Whether a change from `old` to `new` is a new generation.
  static func isNewGeneration(_ old: Value, _ new: Value, _ kind: Kind) -> Bool {
    guard hasGeneration(kind) else { return false }
    switch kind.qualifiedPlural {
    case "deployments.apps":
      return old["spec"] != new["spec"] || old["metadata"]["annotations"] != new["metadata"]["annotations"]
    case "endpointslices.discovery.k8s.io":
      if old["metadata"]["labels"] != new["metadata"]["labels"] { return true }
      return ["addressType", "endpoints", "ports"].contains { old[$0] != new[$0] }
    default: return old["spec"] != new["spec"]
    }
  }
}

/// A pod's quality of service class.
enum QualityOfService {
  /// `Guaranteed` where every container's limits equal its requests, `BestEffort` where there are none at all, `Burstable` between.
  static func of(_ spec: Value) -> String {
    var any = false
    var guaranteed = true
    for containers in [spec["containers"], spec["initContainers"]] {
      for container in containers.items {
        let resources = container["resources"]
        for name in ["cpu", "memory"] {
          let request = amount(resources["requests"][name])
          let limit = amount(resources["limits"][name])
          if request != nil || limit != nil { any = true }
          if limit == nil || (request ?? limit) != limit { guaranteed = false }
        }
      }
    }
    return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable"
  }

  /// A quantity that isn't nothing.
  private static func amount(_ value: Value) -> Quantity? {
    let quantity: Quantity?
    switch value {
    case .string(let text): quantity = try? Quantity(text)
    case .int(let number): quantity = Quantity(number)
    case .number(let text): quantity = try? Quantity(text)
    default: quantity = nil
    }
    guard let quantity, !quantity.isZero else { return nil }
    return quantity
  }
}
