// How far a run in an engine is.

/// A run's container in its engine, and how far it is.
struct EngineRun {
  enum Phase {
    /// It is being made.
    case making
    /// Its shim starts it; whether it runs is not known yet.
    case starting
    case running
    /// Its shim has ended; what is left of it is being cleared away.
    case ending
  }

  let container: EngineContainer
  var phase: Phase
  /// What asks it to end, once its engine has told.
  var stopSignal: String?
  private var pause = Duration.milliseconds(50)

  init(_ container: EngineContainer, _ phase: Phase) {
    self.container = container
    self.phase = phase
  }

  /// How long to wait before it is asked again whether it runs: longer each time, as each question is a client of its own.
  mutating func nextPause() -> Duration {
    defer { pause = min(pause * 3 / 2, .seconds(2)) }
    return pause
  }
}
