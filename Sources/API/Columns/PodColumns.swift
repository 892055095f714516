import APIMachinery
import Formats

// A pod's line in a table: printers.go's printPod.

let podColumns = [
  Column.name,
  Column("Ready") { pod, _ in
    let line = PodLine(pod)
    return "\(line.ready)/\(line.total)"
  },
  Column("Status") { pod, _ in PodLine(pod).reason },
  Column("Restarts") { pod, now in
    let line = PodLine(pod)
    guard line.restarts != 0, let last = line.lastRestart else { return String(line.restarts) }
    return "\(line.restarts) (\(humanDuration(now - last)) ago)"
  },
  Column.age,
  Column("IP", wide: true) { pod, _ in
    let first = pod["status"]["podIPs"][0]["ip"].text
    return orNone(first.isEmpty ? pod["status"]["podIP"].text : first)
  },
  Column.text("Node", wide: true) { $0["spec"]["nodeName"] },
  Column.text("Nominated Node", wide: true) { $0["status"]["nominatedNodeName"] },
  Column("Readiness Gates", wide: true) { pod, _ in
    let gates = pod["spec"]["readinessGates"].items
    guard !gates.isEmpty else { return "<none>" }
    let conditions = pod["status"]["conditions"].items
    let met = gates.filter { gate in conditions.contains { $0["type"] == gate["conditionType"] && $0["status"].text == "True" } }
    return "\(met.count)/\(gates.count)"
  },
]

/// What a pod's line says: a summary of its phase and its containers' states.
public struct PodLine {
  /// `Running`, `Init:0/1`, `CrashLoopBackOff`, `Terminating` …
  public private(set) var reason: String
  public private(set) var ready = 0
  public private(set) var total: Int
  public private(set) var restarts: Int64 = 0
  public private(set) var lastRestart: Instant?

  public init(_ pod: Value) {
    let status = pod["status"]
    let initContainers = pod["spec"]["initContainers"].items
    reason = status["reason"].text.isEmpty ? status["phase"].text : status["reason"].text
    let conditions = status["conditions"].items
    if conditions.contains(where: { $0["type"].text == "PodScheduled" && $0["reason"].text == "SchedulingGated" }) {
      reason = "SchedulingGated"
    }
    func isSidecar(_ name: String) -> Bool {
      initContainers.contains { $0["name"].text == name && $0["restartPolicy"].text == "Always" }
    }
    total = pod["spec"]["containers"].items.count + initContainers.count { $0["restartPolicy"].text == "Always" }

    var initializing = false
    var sidecarRestarts: Int64 = 0
    var lastSidecarRestart: Instant?
    for (i, container) in status["initContainerStatuses"].items.enumerated() {
      let state = container["state"]
      let sidecar = isSidecar(container["name"].text)
      let ended = container["lastState"]["terminated"]["finishedAt"].string.flatMap(Instant.init(rfc3339:))
      restarts += container["restartCount"].int ?? 0
      lastRestart = later(lastRestart, ended)
      if sidecar {
        sidecarRestarts += container["restartCount"].int ?? 0
        lastSidecarRestart = later(lastSidecarRestart, ended)
      }
      let terminated = state["terminated"]
      if !terminated.isNull, terminated["exitCode"].int ?? 0 == 0 { continue }
      if sidecar, container["started"].bool == true {
        if container["ready"].bool == true { ready += 1 }
        continue
      }
      let waiting = state["waiting"]["reason"].text
      if !terminated.isNull {
        reason = "Init:" + endReason(terminated)
      } else if !waiting.isEmpty, waiting != "PodInitializing" {
        reason = "Init:" + waiting
      } else {
        reason = "Init:\(i)/\(initContainers.count)"
      }
      initializing = true
      break
    }

    if !initializing || conditions.contains(where: { $0["type"].text == "Initialized" && $0["status"].text == "True" }) {
      restarts = sidecarRestarts
      lastRestart = lastSidecarRestart
      var hasRunning = false
      for container in status["containerStatuses"].items.reversed() {
        let state = container["state"]
        restarts += container["restartCount"].int ?? 0
        lastRestart = later(lastRestart, container["lastState"]["terminated"]["finishedAt"].string.flatMap(Instant.init(rfc3339:)))
        let waiting = state["waiting"]["reason"].text
        if !waiting.isEmpty {
          reason = waiting
        } else if !state["terminated"].isNull {
          reason = endReason(state["terminated"])
        } else if container["ready"].bool == true, !state["running"].isNull {
          hasRunning = true
          ready += 1
        }
      }
      if reason == "Completed", hasRunning {
        let isReady = conditions.contains { $0["type"].text == "Ready" && $0["status"].text == "True" }
        reason = isReady ? "Running" : "NotReady"
      }
    }

    if pod.isBeingDeleted { reason = status["reason"].text == "NodeLost" ? "Unknown" : "Terminating" }
  }
}

/// `Error`, or by signal or exit code where no reason is given.
private func endReason(_ terminated: Value) -> String {
  let reason = terminated["reason"].text
  if !reason.isEmpty { return reason }
  if let signal = terminated["signal"].int, signal != 0 { return "Signal:\(signal)" }
  return "ExitCode:\(terminated["exitCode"].int ?? 0)"
}

private func later(_ a: Instant?, _ b: Instant?) -> Instant? {
  guard let a else { return b }
  guard let b else { return a }
  return max(a, b)
}
