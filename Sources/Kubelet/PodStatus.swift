import APIMachinery
import Client
import Formats

// A pod's status as the kubelet writes it, made from what it knows of the pod's containers.

/// Moments as text, the latest few remembered: one second's pods share one string.
final class Stamps {
  private var seconds: [Int64] = [.min, .min, .min, .min]
  private var values: [Value] = [.null, .null, .null, .null]

  func callAsFunction(_ instant: Instant) -> Value {
    let second = instant.seconds
    let slot = Int(truncatingIfNeeded: second & 3)
    if seconds[slot] != second {
      seconds[slot] = second
      values[slot] = .string(instant.rfc3339)
    }
    return values[slot]
  }
}

/// Writes statuses of pods.
struct PodStatusWriter {
  let stamps: Stamps
  /// What precedes containers' ids.
  let scheme: String

  /// The status that a pod is to have now.
  func status(of pod: Value, _ state: PodState, hostIP: String, now: Instant) -> Value {
    let spec = pod["spec"]
    let old = pod["status"]
    let policy = RestartPolicy(spec)
    let initials = spec["initContainers"].items
    let regulars = spec["containers"].items
    let terminal = state.gone != nil || state.ending != nil && state.stopping && state.containers.allSatisfy { !$0.isRunning(at: now) }

    var initSummary = Summary()
    var summary = Summary()
    var initStatuses: [Value] = []
    if !initials.isEmpty {
      let told = old["initContainerStatuses"].items
      for (i, container) in initials.enumerated() {
        initStatuses.append(
          containerStatus(
            container, state.containers[i], old: i < told.count ? told[i] : .null, initial: true, creating: "PodInitializing",
            policy: policy,
            willRestart: !terminal, now: now, &initSummary))
      }
    }
    var statuses: [Value] = []
    statuses.reserveCapacity(regulars.count)
    let told = old["containerStatuses"].items
    let creating = initials.isEmpty ? "ContainerCreating" : "PodInitializing"
    for (i, container) in regulars.enumerated() {
      statuses.append(
        containerStatus(
          container, state.containers[initials.count + i], old: i < told.count ? told[i] : .null, initial: false, creating: creating,
          policy: policy, willRestart: !terminal, now: now, &summary))
    }

    var phase = PodStatusWriter.phase(initial: initSummary, regular: summary, policy: policy, terminal: terminal)
    if state.ending != nil { phase = "Failed" }
    let before = old["phase"].text
    if before == "Failed" || before == "Succeeded" { phase = before }

    var members: [Members.Member] = []
    members.reserveCapacity(12)
    members.append(
      .init("conditions", conditions(spec, old, phase: phase, incomplete: initSummary.unready, unready: summary.unready, now: now)))
    members.append(.init("containerStatuses", .array(statuses)))
    if !hostIP.isEmpty { members.append(.init("hostIP", .string(hostIP))) }
    if !initStatuses.isEmpty { members.append(.init("initContainerStatuses", .array(initStatuses))) }
    let reason = state.ending.map { ($0.reason, $0.message) } ?? (old["reason"].text, old["message"].text)
    if !reason.1.isEmpty { members.append(.init("message", .string(reason.1))) }
    if let nominated = old["nominatedNodeName"].string { members.append(.init("nominatedNodeName", .string(nominated))) }
    members.append(.init("phase", .string(phase)))
    let ip = spec["hostNetwork"].bool == true ? hostIP : state.ip
    if !ip.isEmpty {
      if old["podIP"].text == ip {
        members.append(.init("podIP", old["podIP"]))
        members.append(.init("podIPs", old["podIPs"]))
      } else {
        let text = Value.string(ip)
        members.append(.init("podIP", text))
        members.append(.init("podIPs", .array([.object(Members(sorted: [.init("ip", text)]))])))
      }
    }
    let qos = old["qosClass"]
    members.append(.init("qosClass", qos.string == nil ? .string(QualityOfService.of(spec)) : qos))
    if !reason.0.isEmpty { members.append(.init("reason", .string(reason.0))) }
    let start = old["startTime"]
    members.append(.init("startTime", start.string == nil ? stamps(state.since) : start))
    return .object(Members(sorted: members))
  }

  /// What a group of containers adds up to.
  struct Summary {
    var running = 0
    var waiting = 0
    var stopped = 0
    var succeeded = 0
    /// Not begun, or running: for init containers.
    var pending = 0
    var failed = 0
    var unready: [String] = []
  }

  static func phase(initial: Summary, regular: Summary, policy: RestartPolicy, terminal: Bool) -> String {
    if initial.failed > 0, policy == .never { return "Failed" }
    if terminal, regular.running == 0 {
      let failed = initial.failed > 0 || initial.pending > 0 || regular.waiting > 0 || regular.stopped != regular.succeeded
      return failed ? "Failed" : "Succeeded"
    }
    if initial.pending > 0 || regular.waiting > 0 { return "Pending" }
    if regular.running > 0 { return "Running" }
    guard regular.stopped > 0 else { return "Pending" }
    if policy == .always { return "Running" }
    if regular.stopped == regular.succeeded { return "Succeeded" }
    return policy == .never ? "Failed" : "Running"
  }

  private func containerStatus(
    _ spec: Value, _ container: ContainerState, old: Value, initial: Bool, creating: String, policy: RestartPolicy, willRestart: Bool,
    now: Instant, _ summary: inout Summary
  ) -> Value {
    let name = spec["name"]
    var members: [Members.Member] = []
    members.reserveCapacity(9)
    let run = container.run
    let exit = run?.ended(by: now)
    let running = run != nil && exit == nil
    var ready = false
    var started = false
    var state: Value
    var lastState: Value = PodStatusWriter.nothing
    if let run, running {
      state = .object(Members(sorted: [.init("running", .object(Members(sorted: [.init("startedAt", stamps(run.startedAt))])))]))
      if let last = container.last { lastState = terminated(last) }
      started = spec.has("startupProbe") ? container[.startup].passed == true : true
      if !initial, started { ready = spec.has("readinessProbe") ? container[.readiness].passed == true : true }
      summary.running += 1
      summary.pending += 1
    } else if let run, let exit {
      let restarts =
        willRestart && (initial ? exit.code != 0 && policy != .never : policy == .always || policy == .onFailure && exit.code != 0)
      state = terminated(run)
      if restarts, let waiting = container.waiting {
        lastState = state
        state = PodStatusWriter.waiting(waiting.reason, waiting.message)
      } else if let last = container.last {
        lastState = terminated(last)
      }
      ready = initial && exit.code == 0
      summary.stopped += 1
      if exit.code == 0 { summary.succeeded += 1 } else { summary.failed += 1 }
    } else {
      state = container.waiting.map { PodStatusWriter.waiting($0.reason, $0.message) } ?? PodStatusWriter.waiting(creating, "")
      summary.waiting += 1
      summary.pending += 1
    }
    if !ready { summary.unready.append(name.text) }
    if let run {
      let image = Value.string(taggedImage(run.image))
      members.append(.init("containerID", .string(scheme + run.id)))
      members.append(.init("image", image))
      members.append(.init("imageID", image))
    } else {
      members.append(.init("image", spec["image"]))
      members.append(.init("imageID", PodStatusWriter.empty))
    }
    members.append(.init("lastState", lastState))
    members.append(.init("name", name))
    members.append(.init("ready", .bool(ready)))
    members.append(.init("restartCount", Value(container.restarts)))
    members.append(.init("started", .bool(started)))
    members.append(.init("state", state))
    let status = Value.object(Members(sorted: members))
    return status == old ? old : status
  }

  private static let nothing = Value.object(Members())
  private static let empty = Value.string("")

  private static func waiting(_ reason: String, _ message: String) -> Value {
    var members: [Members.Member] = []
    if !message.isEmpty { members.append(.init("message", .string(message))) }
    members.append(.init("reason", .string(reason)))
    return .object(Members(sorted: [.init("waiting", .object(Members(sorted: members)))]))
  }

  private func terminated(_ run: Run) -> Value {
    guard let exit = run.exit else { return PodStatusWriter.nothing }
    var members: [Members.Member] = []
    members.append(.init("containerID", .string(scheme + run.id)))
    members.append(.init("exitCode", Value(exit.code)))
    members.append(.init("finishedAt", stamps(exit.at)))
    if !exit.message.isEmpty { members.append(.init("message", .string(exit.message))) }
    members.append(.init("reason", .string(exit.reason)))
    members.append(.init("startedAt", stamps(run.startedAt)))
    return .object(Members(sorted: [.init("terminated", .object(Members(sorted: members)))]))
  }

  // MARK: Conditions

  private func conditions(_ spec: Value, _ old: Value, phase: String, incomplete: [String], unready: [String], now: Instant) -> Value {
    let before = old["conditions"].items
    var out: [Value] = []
    out.reserveCapacity(4)
    for condition in before where !PodStatusWriter.own.contains(condition["type"].text) { out.append(condition) }
    func add(_ type: String, _ ok: Bool, _ reason: String = "", _ message: String = "") {
      let existing = before.first { $0["type"].text == type }
      out.append(condition(type, ok, reason, message, before: existing, now: now))
    }
    switch phase {
    case "Succeeded":
      add("Initialized", true, "PodCompleted")
      add("Ready", false, "PodCompleted")
      add("ContainersReady", false, "PodCompleted")
    default:
      if incomplete.isEmpty {
        add("Initialized", true)
      } else {
        add("Initialized", false, "ContainersNotInitialized", "containers with incomplete status: [\(incomplete.joined(separator: " "))]")
      }
      if phase == "Failed" {
        add("Ready", false, "PodFailed")
        add("ContainersReady", false, "PodFailed")
      } else if unready.isEmpty {
        let gates = PodStatusWriter.closedGates(spec, before)
        if gates.isEmpty { add("Ready", true) } else { add("Ready", false, "ReadinessGatesNotReady", gates) }
        add("ContainersReady", true)
      } else {
        let message = "containers with unready status: [\(unready.joined(separator: " "))]"
        add("Ready", false, "ContainersNotReady", message)
        add("ContainersReady", false, "ContainersNotReady", message)
      }
    }
    if let scheduled = before.first(where: { $0["type"].text == "PodScheduled" && $0["status"].text == "True" }) {
      out.append(scheduled)
    } else {
      add("PodScheduled", true)
    }
    return .array(out)
  }

  private static let own = ["Initialized", "Ready", "ContainersReady", "PodScheduled"]

  private func condition(_ type: String, _ ok: Bool, _ reason: String, _ message: String, before: Value?, now: Instant) -> Value {
    let status = ok ? "True" : "False"
    var since = stamps(now)
    if let before, before["status"].text == status {
      if before["reason"].text == reason, before["message"].text == message { return before }
      since = before["lastTransitionTime"]
    }
    var members: [Members.Member] = []
    members.reserveCapacity(6)
    members.append(.init("lastProbeTime", .null))
    members.append(.init("lastTransitionTime", since))
    if !message.isEmpty { members.append(.init("message", .string(message))) }
    if !reason.isEmpty { members.append(.init("reason", .string(reason))) }
    members.append(.init("status", .string(status)))
    members.append(.init("type", .string(type)))
    return .object(Members(sorted: members))
  }

  /// What the readiness gates that aren't open say; empty where all are.
  private static func closedGates(_ spec: Value, _ conditions: [Value]) -> String {
    var messages: [String] = []
    for gate in spec["readinessGates"].items {
      let type = gate["conditionType"].text
      if let condition = conditions.first(where: { $0["type"].text == type }) {
        let status = condition["status"].text
        if status != "True" { messages.append("the status of pod readiness gate \"\(type)\" is not \"True\", but \(status)") }
      } else {
        messages.append("corresponding condition of pod readiness gate \"\(type)\" does not exist.")
      }
    }
    return messages.joined(separator: ", ")
  }
}

/// A pod's quality of service class.
public enum QualityOfService {
  public static func of(_ spec: Value) -> String {
    var anything = false
    var guaranteed = true
    for container in spec["containers"].items + spec["initContainers"].items {
      let requests = container["resources"]["requests"].members
      let limits = container["resources"]["limits"].members
      for resource in ["cpu", "memory"] {
        let request = requests[resource]
        let limit = limits[resource]
        if request != nil || limit != nil { anything = true }
        if limit == nil || request != nil && request != limit { guaranteed = false }
      }
    }
    if !anything { return "BestEffort" }
    return guaranteed ? "Guaranteed" : "Burstable"
  }
}
