import APIMachinery
import Formats
import Posix

// Probes and lifecycle hooks of real containers, all at once in one thread.

/// Asks containers how they are, and runs their hooks, on an event loop and never waiting.
///
/// So many may be asked for at once as there are containers: those that need a child of ours, and those that need a connection, are begun a
/// bounded number at a time, first come, first served. A probe's time counts from its begin.
public final class ProbeRunner {
  /// How much is done at once.
  public struct Limits: Sendable {
    public var children = 64
    public var connections = 512
    public init() {}
  }

  /// What a probe waits for room in.
  enum Lane: CaseIterable { case free, children, connections }

  private let loop: any EventLoop
  private let tools: ProbeTools
  private let limits: Limits
  private let children: Children
  private var connections = 0
  private var waiting: [Lane: ProbeQueue] = [:]
  private var running: [ObjectIdentifier: RunningProbe] = [:]
  private var isPumping = false

  public init(_ loop: any EventLoop, limits: Limits = Limits(), tools: ProbeTools = ProbeTools()) {
    self.loop = loop
    self.limits = limits
    self.tools = tools
    children = Children(loop)
    children.onEnd = { [weak self] in self?.pump() }
  }

  /// How many children there are, those that were killed and are not gone yet among them.
  public var childCount: Int { children.count }
  /// How many have begun.
  public var runningCount: Int { running.count }
  /// How many have not begun yet.
  public var waitingCount: Int { waiting.values.reduce(0) { $0 + $1.count } }

  /// Runs a handler of a probe or hook: `exec`, `httpGet`, `tcpSocket`, `grpc` or `sleep`.
  /// - Parameters:
  ///   - timeout: how long it may take from its begin; nil: as long as it likes.
  ///   - done: told once and never within this call, unless it is cancelled before.
  @discardableResult public func run(
    _ handler: Value, _ context: ProbeContext, as purpose: ProbePurpose = .probe, timeout: Duration?,
    done: @escaping (ProbeOutcome) -> Void
  ) -> RunningProbe {
    let plan = ProbePlan(handler, context, purpose)
    let timeout = timeout.map { max($0, .milliseconds(1)) }
    let probe = RunningProbe(self, ProbeRunner.lane(of: plan), timeout, done)
    probe.make = { [children, tools, loop] in
      switch plan {
      case .exec(let words): ExecAttempt(children, words, context, purpose)
      case .http(let request): HTTPAttempt(children, tools, request, timeout: timeout)
      case .connect(let host, let port): ConnectAttempt(Dial(children, tools, host: host, port: port))
      case .grpc(let host, let port, let service):
        GRPCAttempt(children, tools, .tcp(host: host, port: port), service: service, timeout: timeout)
      case .sleep(let length): SleepAttempt(loop, length)
      case .refused(let text): SettledAttempt(.unknown(text))
      }
    }
    waiting[probe.lane, default: ProbeQueue()].push(probe)
    pump()
    return probe
  }

  /// Cancels all that runs or waits. Children are killed; they are gone when the loop has run on.
  public func cancelAll() {
    for lane in Lane.allCases { while let probe = waiting[lane]?.pop() { probe.cancel() } }
    for probe in Array(running.values) { probe.cancel() }
  }

  private static func lane(of plan: ProbePlan) -> Lane {
    switch plan {
    case .exec, .grpc: .children
    case .http(let request): request.url.scheme == "https" || needsLookup(request.url.host) ? .children : .connections
    case .connect(let host, _): needsLookup(host) ? .children : .connections
    case .sleep, .refused: .free
    }
  }

  private static func needsLookup(_ host: String) -> Bool { host != "localhost" && !SocketAddress.isNumeric(host) }

  // MARK: Beginning and ending

  /// Begins what there is room for.
  private func pump() {
    guard !isPumping else { return }
    isPumping = true
    defer { isPumping = false }
    for lane in Lane.allCases {
      while hasRoom(lane), let probe = waiting[lane]?.pop() {
        running[ObjectIdentifier(probe)] = probe
        if lane == .connections { connections += 1 }
        probe.begin(on: loop)
      }
    }
  }

  private func hasRoom(_ lane: Lane) -> Bool {
    switch lane {
    case .free: true
    case .children: children.count < limits.children
    case .connections: connections < limits.connections
    }
  }

  func ended(_ probe: RunningProbe) {
    guard running.removeValue(forKey: ObjectIdentifier(probe)) != nil else { return }
    if probe.lane == .connections { connections -= 1 }
    pump()
  }
}

/// Probes in the order in which they came.
private struct ProbeQueue {
  private var probes: [RunningProbe] = []
  private var first = 0

  /// Those that were not cancelled.
  var count: Int { probes[first...].count { $0.isWaiting } }

  mutating func push(_ probe: RunningProbe) { probes.append(probe) }

  mutating func pop() -> RunningProbe? {
    while first < probes.count {
      let probe = probes[first]
      first += 1
      if first == probes.count || first > 1024 && first > probes.count / 2 {
        probes.removeFirst(first)
        first = 0
      }
      if probe.isWaiting { return probe }
    }
    return nil
  }
}
