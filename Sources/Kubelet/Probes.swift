import APIMachinery
import Formats

// Probes: whether a container has started, lives and is ready, told only when that changes.

/// A probe's numbers.
public struct ProbeSpec: Sendable {
  public let handler: Value
  public let initialDelay: Int64
  public let period: Int64
  public let successThreshold: Int
  public let failureThreshold: Int
  /// The probe's own grace period, for liveness and startup.
  public let grace: Int64?

  public init?(_ value: Value) {
    guard value.object != nil else { return nil }
    func number(_ key: String, _ fallback: Int64, atLeast least: Int64) -> Int64 {
      min(max(value[key].int ?? fallback, least), 1_000_000_000)
    }
    handler = value
    initialDelay = number("initialDelaySeconds", 0, atLeast: 0)
    period = number("periodSeconds", 10, atLeast: 1)
    successThreshold = Int(number("successThreshold", 1, atLeast: 1))
    failureThreshold = Int(number("failureThreshold", 3, atLeast: 1))
    grace = value["terminationGracePeriodSeconds"].int
  }

  /// How long one look may take.
  public var timeout: Duration { .seconds(min(max(handler["timeoutSeconds"].int ?? 1, 1), 1_000_000_000)) }
}

/// Which of a container's three probes.
public enum ProbeKind: Int, CaseIterable, Sendable {
  case startup, readiness, liveness

  var field: String {
    switch self {
    case .startup: "startupProbe"
    case .readiness: "readinessProbe"
    case .liveness: "livenessProbe"
    }
  }
  var title: String {
    switch self {
    case .startup: "Startup"
    case .readiness: "Readiness"
    case .liveness: "Liveness"
    }
  }
}

/// What a probe of one run has found so far.
public struct ProbeState: Equatable, Sendable {
  /// nil before it has decided.
  public var passed: Bool?
  public var streak = 0
  public var streakIsSuccess = false
  /// No probe before this: the last one's time and a bit.
  public var notBefore = Instant(nanoseconds: .min)
  public var telling = TellingBudget()

  public init() {}

  /// Counts what one look has found; true where it turns the verdict.
  mutating func count(_ success: Bool, _ spec: ProbeSpec) -> Bool {
    if streakIsSuccess != success {
      streak = 0
      streakIsSuccess = success
    }
    streak = min(streak + 1, 1_000_000)
    guard streak >= (success ? spec.successThreshold : spec.failureThreshold), passed != success else { return false }
    passed = success
    return true
  }
}

/// One probe of one run, with all that decides what it finds and when.
public struct ProbeTimeline {
  public let spec: ProbeSpec
  public let kind: ProbeKind
  public let forecast: ProbeForecast
  public let startedAt: Instant
  /// When the kubelet began to probe the pod: the ticks' origin.
  public let origin: Instant

  public init(spec: ProbeSpec, kind: ProbeKind, forecast: ProbeForecast, startedAt: Instant, origin: Instant) {
    self.spec = spec
    self.kind = kind
    self.forecast = forecast
    self.startedAt = startedAt
    self.origin = origin
  }

  /// The first tick at or after a time that the initial delay allows.
  func tick(from time: Instant) -> Instant {
    // Kubernetes compares whole seconds since the (whole-second) start.
    let earliest = max(time, Instant(seconds: startedAt.seconds) + .seconds(spec.initialDelay))
    let period = spec.period * 1_000_000_000
    let ahead = earliest.nanoseconds - origin.nanoseconds
    let ticks = ahead <= 0 ? 0 : (ahead + period - 1) / period
    return Instant(nanoseconds: origin.nanoseconds + ticks * period)
  }

  /// When this probe must be looked at next: its next tick that may change something or is worth telling; nil: never.
  public func next(_ state: ProbeState, from now: Instant) -> Instant? {
    let from = max(state.notBefore, now)
    // Settled success is silent.
    if state.passed == true, forecast.failure == nil { return nil }
    if state.passed == true, kind == .startup { return nil }
    let first = tick(from: from)
    if forecast.succeeds(at: first) {
      return state.passed == true ? nil : first
    }
    // Failing and known to: only what is worth telling, or the turn to success.
    if state.passed == false || (kind == .readiness && state.passed == nil && state.streak >= spec.failureThreshold) {
      var wake = tick(from: state.telling.next(from: from))
      if let turn = forecast.succeedsFrom { wake = min(wake, tick(from: max(turn, from))) }
      return wake
    }
    return first
  }

  /// What one probe at `now` finds: whether the verdict changed, and what to tell.
  public func look(_ state: inout ProbeState, at now: Instant) -> (changed: Bool, tell: String?) {
    let success = forecast.succeeds(at: now)
    state.notBefore = now + .nanoseconds(1)
    let changed = state.count(success, spec)
    var tell: String?
    if !success, let failure = forecast.failure, state.telling.take(at: now) { tell = "\(kind.title) probe failed: \(failure)" }
    return (changed, tell)
  }
}
