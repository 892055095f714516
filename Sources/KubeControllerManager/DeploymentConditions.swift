import APIMachinery
import Formats

// A Deployment's conditions: deploymentutil's rules for when a condition changes and when it only moves.

struct DeploymentConditions: Equatable {
  private(set) var list: [Value]

  init(_ status: Value) { list = status["conditions"].items }

  subscript(type: String) -> Value? { list.first { $0["type"].text == type } }

  static func condition(_ type: String, _ status: String, _ reason: String, _ message: String, now: Instant) -> Value {
    [
      "type": .string(type), "status": .string(status), "lastUpdateTime": .string(now.rfc3339),
      "lastTransitionTime": .string(now.rfc3339), "reason": .string(reason), "message": .string(message),
    ]
  }

  /// Same status and reason: nothing changes, not even the message. Otherwise the condition moves to the end.
  mutating func set(_ condition: Value) {
    var condition = condition
    if let current = self[condition["type"].text] {
      if current["status"] == condition["status"], current["reason"] == condition["reason"] { return }
      if current["status"] == condition["status"] { condition["lastTransitionTime"] = current["lastTransitionTime"] }
    }
    remove(condition["type"].text)
    list.append(condition)
  }

  mutating func remove(_ type: String) { list.removeAll { $0["type"].text == type } }

  /// Writes the conditions into a status.
  func write(into status: inout Value) {
    if list.isEmpty { status.remove("conditions") } else { status["conditions"] = .array(list) }
  }
}
