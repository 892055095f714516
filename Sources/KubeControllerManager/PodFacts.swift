import APIMachinery
import Formats

// What controllers ask of a pod, read off its tree.

extension Value {
  var isTerminalPod: Bool {
    let phase = self["status"]["phase"].text
    return phase == "Succeeded" || phase == "Failed"
  }

  /// Neither finished nor being deleted.
  var isActivePod: Bool { !isBeingDeleted && !isTerminalPod }

  /// The Ready condition.
  var readyCondition: Value? { condition("Ready") }

  var isReadyPod: Bool { readyCondition?["status"].text == "True" }

  /// When the Ready condition last changed.
  var readyTransition: Instant? { readyCondition?["lastTransitionTime"].string.flatMap(Instant.init(rfc3339:)) }

  /// Ready for longer than `seconds`.
  func isAvailablePod(minReadySeconds seconds: Int, now: Instant) -> Bool {
    guard let condition = readyCondition, condition["status"].text == "True" else { return false }
    if seconds == 0 { return true }
    guard let since = condition["lastTransitionTime"].string.flatMap(Instant.init(rfc3339:)) else { return false }
    return since + .seconds(seconds) < now
  }

  /// Sets a pod's or node's condition; its transition time stays where its status does. False where nothing changed.
  mutating func setCondition(_ type: String, _ status: String, reason: String? = nil, message: String? = nil, now: Instant) -> Bool {
    var fresh: Value = ["type": .string(type), "status": .string(status), "lastTransitionTime": .string(now.rfc3339)]
    if let reason { fresh["reason"] = .string(reason) }
    if let message { fresh["message"] = .string(message) }
    guard let at = self["status"]["conditions"].items.firstIndex(where: { $0["type"].text == type }) else {
      self["status", "conditions"].append(fresh)
      return true
    }
    let old = self["status"]["conditions"][at]
    for (key, value) in [("lastProbeTime", old["lastProbeTime"]), ("lastHeartbeatTime", old["lastHeartbeatTime"])] where old.has(key) {
      fresh[key] = value
    }
    if old["status"].text == status { fresh["lastTransitionTime"] = old["lastTransitionTime"] }
    if fresh == old { return false }
    self["status", "conditions"][at] = fresh
    return true
  }
}
