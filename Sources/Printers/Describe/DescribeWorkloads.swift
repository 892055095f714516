import APIMachinery
import Formats

// Deployments and ReplicaSets.

extension DescribeText {
  mutating func deployment(_ deployment: Value, replicaSets: [Value]) {
    let spec = deployment["spec"]
    let status = deployment["status"]
    line(0, "Name:\t\(deployment.name)")
    line(0, "Namespace:\t\(deployment.namespace)")
    line(0, "CreationTimestamp:\t\(DescribeText.date(deployment["metadata", "creationTimestamp"]))")
    labels("Labels", deployment.labels)
    annotations("Annotations", deployment.annotations)
    line(0, "Selector:\t\(Selector.format(labelSelector: spec["selector"]))")
    let counts = ["updatedReplicas", "replicas", "availableReplicas", "unavailableReplicas"].map { status[$0].int ?? 0 }
    line(
      0,
      "Replicas:\t\(spec["replicas"].int ?? 0) desired | \(counts[0]) updated | \(counts[1]) total | \(counts[2]) available | "
        + "\(counts[3]) unavailable")
    line(0, "StrategyType:\t\(spec["strategy", "type"].text)")
    line(0, "MinReadySeconds:\t\(spec["minReadySeconds"].int ?? 0)")
    let rolling = spec["strategy", "rollingUpdate"]
    if !rolling.isNull {
      line(
        0,
        "RollingUpdateStrategy:\t\(rolling["maxUnavailable"].goValue) max unavailable, \(rolling["maxSurge"].goValue) max surge")
    }
    template(spec["template"])
    conditions(status["conditions"].items)
    let owned = replicaSets.filter { $0.controllerReference?["uid"].text == deployment.uid }
    let current = DescribeText.current(of: owned, template: spec["template"])
    let old = owned.filter { $0.uid != current?.uid }
    line(0, "OldReplicaSets:\t\(DescribeText.counted(old))")
    line(0, "NewReplicaSet:\t\(DescribeText.counted(current.map { [$0] } ?? []))")
  }

  /// The oldest of the ReplicaSets whose template is the Deployment's, its hash aside.
  static func current(of replicaSets: [Value], template: Value) -> Value? {
    func plain(_ template: Value) -> Value {
      var template = template
      if template["metadata"].has("labels") { template["metadata", "labels"].remove("pod-template-hash") }
      if template["metadata", "creationTimestamp"].isNull, template["metadata"].has("creationTimestamp") {
        template["metadata"].remove("creationTimestamp")
      }
      return template
    }
    let wanted = plain(template)
    return replicaSets.enumerated().filter { plain($0.element["spec", "template"]) == wanted }.min { a, b in
      let (x, y) = (a.element["metadata", "creationTimestamp"].text, b.element["metadata", "creationTimestamp"].text)
      return x == y ? Members.precedes(a.element.name, b.element.name) : Members.precedes(x, y)
    }?.element
  }

  private static func counted(_ replicaSets: [Value]) -> String {
    orNone(
      replicaSets.map { "\($0.name) (\($0["status", "replicas"].int ?? 0)/\($0["spec", "replicas"].int ?? 0) replicas created)" }
        .joined(separator: ", "))
  }

  mutating func replicaSet(_ replicaSet: Value, pods: [Value]) {
    let spec = replicaSet["spec"]
    line(0, "Name:\t\(replicaSet.name)")
    line(0, "Namespace:\t\(replicaSet.namespace)")
    line(0, "Selector:\t\(Selector.format(labelSelector: spec["selector"]))")
    labels("Labels", replicaSet.labels)
    annotations("Annotations", replicaSet.annotations)
    controller(of: replicaSet)
    line(0, "Replicas:\t\(replicaSet["status", "replicas"].int ?? 0) current / \(spec["replicas"].int ?? 0) desired")
    let own = pods.filter { $0.controllerReference?["uid"].text == replicaSet.uid }
    func count(_ phase: String) -> Int { own.count { $0["status", "phase"].text == phase } }
    line(
      0,
      "Pods Status:\t\(count("Running")) Running / \(count("Pending")) Waiting / \(count("Succeeded")) Succeeded / \(count("Failed")) Failed"
    )
    template(spec["template"])
    conditions(replicaSet["status", "conditions"].items)
  }
}
