// What a probe has found.

/// What a probe or a hook has come to.
public enum ProbeOutcome: Equatable, Sendable {
  case success
  /// It counts as success, and people are told this (`Probe terminated redirects, …`).
  case warning(String)
  /// It fails, and says this (`HTTP probe failed with statuscode: 500`).
  case failure(String)
  /// It could not be asked: Kubernetes tells this (`Liveness probe errored: …`) and counts it for nothing.
  case unknown(String)
}

/// What something is asked for.
public enum ProbePurpose: Sendable {
  /// Whether a container is well: what a command has left running is killed, and so it is when we end.
  case probe
  /// A container's postStart or preStop: what a command has left running is the container's, any HTTP answer will do, and a command that
  /// fails is named.
  case hook
}
