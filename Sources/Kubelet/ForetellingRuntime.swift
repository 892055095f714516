import APIMachinery
import Formats

// A runtime that knows the future, as a simulation's does: what it is asked for, it answers with how it will go.

/// A pull that a runtime has begun.
public struct Pull: Sendable {
  public let began: Instant
  public let until: Instant
  /// Why it fails, in the runtime's words; nil where it succeeds.
  public let error: String?

  public init(began: Instant, until: Instant, error: String? = nil) {
    self.began = began
    self.until = until
    self.error = error
  }
}

/// What a probe of a run will find.
public struct ProbeForecast: Equatable, Sendable {
  /// What it says while it fails; nil: it never fails.
  public var failure: String?
  /// From when on it succeeds; nil: it never does.
  public var succeedsFrom: Instant?

  public init(failure: String?, succeedsFrom: Instant?) {
    self.failure = failure
    self.succeedsFrom = succeedsFrom
  }

  public static let success = ProbeForecast(failure: nil, succeedsFrom: Instant(nanoseconds: .min))

  public func succeeds(at time: Instant) -> Bool { failure == nil || succeedsFrom.map { time >= $0 } ?? false }
}

/// Runs containers, and foretells what becomes of them.
public protocol ForetellingRuntime: ContainerRuntime {
  /// Begins to pull an image; it is there when the pull is over.
  func pull(_ image: String, node: String, now: Instant) -> Pull
  /// How long a container takes to be created before it runs.
  func startDelay(_ request: ContainerRequest) -> Duration
  func start(_ request: ContainerRequest) -> Run
  /// How the container ends once it is asked to (SIGTERM), with `grace` to do so.
  func stop(_ run: Run, spec: Value, pod: Value, now: Instant, grace: Duration) -> Exit
  /// How long a lifecycle hook takes, and why it fails.
  func hook(_ handler: Value, spec: Value, now: Instant) -> (takes: Duration, failure: String?)
  func forecast(_ probe: Value, of run: Run, spec: Value, pod: Value) -> ProbeForecast
}
