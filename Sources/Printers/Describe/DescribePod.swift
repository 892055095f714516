import APIMachinery
import Formats

// A pod, and the template of one.

extension DescribeText {
  mutating func pod(_ pod: Value) {
    let spec = pod["spec"]
    let status = pod["status"]
    line(0, "Name:\t\(pod.name)")
    line(0, "Namespace:\t\(pod.namespace)")
    if let priority = spec["priority"].int { line(0, "Priority:\t\(priority)") }
    for (title, key) in [
      ("Priority Class Name", "priorityClassName"), ("Runtime Class Name", "runtimeClassName"), ("Service Account", "serviceAccountName"),
    ] {
      if let name = spec[key].string, !name.isEmpty { line(0, "\(title):\t\(name)") }
    }
    let node = spec["nodeName"].text
    line(0, "Node:\t\(node.isEmpty ? "<none>" : "\(node)/\(status["hostIP"].text)")")
    if !status["startTime"].isNull { line(0, "Start Time:\t\(DescribeText.date(status["startTime"]))") }
    labels("Labels", pod.labels)
    annotations("Annotations", pod.annotations)
    let phase = status["phase"].text
    if pod.isBeingDeleted, phase != "Failed", phase != "Succeeded" {
      line(0, "Status:\tTerminating (lasts \(since(pod["metadata", "deletionTimestamp"])))")
      line(0, "Termination Grace Period:\t\(pod["metadata", "deletionGracePeriodSeconds"].int ?? 0)s")
    } else {
      line(0, "Status:\t\(phase)")
    }
    if let reason = status["reason"].string, !reason.isEmpty { line(0, "Reason:\t\(reason)") }
    if let message = status["message"].string, !message.isEmpty { line(0, "Message:\t\(message)") }
    let seccomp = spec["securityContext", "seccompProfile"]
    if !seccomp.isNull {
      line(0, "SeccompProfile:\t\(seccomp["type"].text)")
      if seccomp["type"].text == "Localhost" { line(0, "LocalhostProfile:\t\(seccomp["localhostProfile"].text)") }
    }
    line(0, "IP:\t\(status["podIP"].text)")
    let ips = status["podIPs"].items
    line(0, ips.isEmpty ? "IPs:\t<none>" : "IPs:")
    for ip in ips { line(1, "IP:\t\(ip["ip"].text)") }
    controller(of: pod)
    if let nominated = status["nominatedNodeName"].string, !nominated.isEmpty { line(0, "NominatedNodeName:\t\(nominated)") }
    if !spec["initContainers"].items.isEmpty {
      containers(
        "Init Containers", spec["initContainers"].items, statuses: status["initContainerStatuses"].items, pod: pod, space: "")
    }
    containers("Containers", spec["containers"].items, statuses: status["containerStatuses"].items, pod: pod, space: "")
    if !spec["ephemeralContainers"].items.isEmpty {
      containers(
        "Ephemeral Containers", spec["ephemeralContainers"].items, statuses: status["ephemeralContainerStatuses"].items, pod: pod, space: ""
      )
    }
    podConditions(spec, status)
    volumes(spec["volumes"].items, space: "")
    line(0, "QoS Class:\t\(status["qosClass"].text)")
    labels("Node-Selectors", spec["nodeSelector"].members)
    tolerations("Tolerations", spec["tolerations"].items)
    topologySpread(spec["topologySpreadConstraints"].items, space: "")
  }

  mutating func controller(of object: Value) {
    if let owner = object.controllerReference { line(0, "Controlled By:\t\(owner["kind"].text)/\(owner["name"].text)") }
  }

  private mutating func podConditions(_ spec: Value, _ status: Value) {
    let conditions = status["conditions"].items
    let gates = spec["readinessGates"].items
    if !gates.isEmpty {
      line(0, "Readiness Gates:\n  Type\tStatus")
      for gate in gates {
        let type = gate["conditionType"].text
        let found = conditions.first { $0["type"].text == type }
        line(1, "\(type) \t\(found?["status"].text ?? "<none>") ")
      }
    }
    guard !conditions.isEmpty else { return }
    line(0, "Conditions:\n  Type\tStatus")
    for condition in conditions { line(1, "\(condition["type"].text) \t\(condition["status"].text) ") }
  }

  mutating func topologySpread(_ constraints: [Value], space: String) {
    guard !constraints.isEmpty else { return }
    let sorted = constraints.enumerated().sorted {
      $0.element["topologyKey"].text == $1.element["topologyKey"].text
        ? $0.offset < $1.offset : Members.precedes($0.element["topologyKey"].text, $1.element["topologyKey"].text)
    }
    list(
      "Topology Spread Constraints",
      sorted.map { _, constraint in
        var shown =
          "\(constraint["topologyKey"].text):\(constraint["whenUnsatisfiable"].text) when max skew "
          + "\(constraint["maxSkew"].int ?? 0) is exceeded"
        if !constraint["labelSelector"].isNull { shown += " for selector \(Selector.format(labelSelector: constraint["labelSelector"]))" }
        return shown
      }, indent: space)
  }

  mutating func template(_ template: Value) {
    let spec = template["spec"]
    line(0, "Pod Template:")
    labels("Labels", template.labels, indent: "  ")
    if !template.annotations.isEmpty { annotations("  Annotations", template.annotations) }
    if let account = spec["serviceAccountName"].string, !account.isEmpty { line(0, "  Service Account:\t\(account)") }
    if !spec["initContainers"].items.isEmpty {
      containers("Init Containers", spec["initContainers"].items, statuses: [], pod: nil, space: "  ")
    }
    containers("Containers", spec["containers"].items, statuses: [], pod: nil, space: "  ")
    volumes(spec["volumes"].items, space: "  ")
    topologySpread(spec["topologySpreadConstraints"].items, space: "  ")
    if let priority = spec["priorityClassName"].string, !priority.isEmpty { line(0, "  Priority Class Name:\t\(priority)") }
    labels("Node-Selectors", spec["nodeSelector"].members, indent: "  ")
    tolerations("Tolerations", spec["tolerations"].items, indent: "  ")
  }
}
