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

  init(_ container: EngineContainer, _ phase: Phase) {
    self.container = container
    self.phase = phase
  }
}
