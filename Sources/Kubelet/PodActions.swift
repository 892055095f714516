import APIMachinery
import Formats

// What to do with a pod's containers: a pure decision, as the kubelet's computePodActions makes it.

/// When a pod's containers are run again.
public enum RestartPolicy: String, Sendable {
  case always = "Always"
  case onFailure = "OnFailure"
  case never = "Never"

  public init(_ spec: Value) { self = RestartPolicy(rawValue: spec["restartPolicy"].text) ?? .always }
}

/// What is known of one container when a pod is decided on.
public struct ContainerFacts: Equatable, Sendable {
  public enum State: Equatable, Sendable { case absent, running, exited(code: Int) }
  public var state: State
  public var name: String
  /// The spec's image is no more the one that runs.
  public var changed = false
  public var livenessFailed = false
  public var startupFailed = false

  public init(_ name: String, _ state: State, changed: Bool = false, livenessFailed: Bool = false, startupFailed: Bool = false) {
    self.name = name
    self.state = state
    self.changed = changed
    self.livenessFailed = livenessFailed
    self.startupFailed = startupFailed
  }
}

/// What to do with a pod's containers now. Indexes count init containers first.
public struct PodActions: Equatable, Sendable {
  public struct Stop: Equatable, Sendable {
    public let index: Int
    /// The Killing event's text.
    public let why: String
  }
  /// To be started, in order.
  public var start: [Int] = []
  public var stop: [Stop] = []
  /// Nothing is to run any more.
  public var over = false

  public static func decide(initial: [ContainerFacts], regular: [ContainerFacts], policy: RestartPolicy) -> PodActions {
    var actions = PodActions()
    let begun = regular.contains { $0.state == .running }
    if !begun, let next = nextInitial(initial) {
      if next.failed, policy == .never {
        actions.over = true
      } else if let index = next.index {
        actions.start = [index]
      }
      return actions
    }
    var kept = 0
    for (i, container) in regular.enumerated() {
      let index = initial.count + i
      switch container.state {
      case .absent: actions.start.append(index)
      case .exited(let code):
        if policy == .always || policy == .onFailure && code != 0 { actions.start.append(index) }
      case .running:
        var restart = policy != .never
        let why: String
        if container.changed {
          why = "Container \(container.name) definition changed"
          restart = true
        } else if container.livenessFailed {
          why = "Container \(container.name) failed liveness probe"
        } else if container.startupFailed {
          why = "Container \(container.name) failed startup probe"
        } else {
          kept += 1
          continue
        }
        if restart { actions.start.append(index) }
        actions.stop.append(Stop(index: index, why: restart ? why + ", will be restarted" : why))
      }
    }
    actions.over = kept == 0 && actions.start.isEmpty && actions.stop.isEmpty
    return actions
  }

  /// The init container whose turn it is; nil once all have succeeded.
  private static func nextInitial(_ initial: [ContainerFacts]) -> (index: Int?, failed: Bool)? {
    for (i, container) in initial.enumerated().reversed() {
      if case .exited(let code) = container.state, code != 0 { return (i, true) }
    }
    for (i, container) in initial.enumerated().reversed() {
      switch container.state {
      case .absent: continue
      case .running: return (nil, false)
      case .exited: return i + 1 == initial.count ? nil : (i + 1, false)
      }
    }
    return initial.isEmpty ? nil : (0, false)
  }
}
