// How an engine says that a container is.

/// What an engine knows of a container.
struct EngineState: Equatable {
  /// `created`, `running`, `exited`, …
  let status: String
  /// Whether its program was ever run.
  let hasStarted: Bool
  let code: Int
  let wasOutOfMemory: Bool
  /// The signal by which its image is asked to end, as `kill` takes it.
  let stopSignal: String

  /// For `inspect`: a line of what both engines have.
  static let format = "{{.State.Status}}|{{.State.StartedAt}}|{{.State.ExitCode}}|{{.State.OOMKilled}}|{{.Config.StopSignal}}"

  /// Nil where that is no such line.
  init?(_ output: [UInt8]) {
    let parts = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline).first?.split(
      separator: "|", omittingEmptySubsequences: false)
    guard let parts, parts.count == 5, let code = Int(parts[2]) else { return nil }
    status = parts[0].lowercased()
    // Go's time of nothing.
    hasStarted = !parts[1].hasPrefix("0001-01-01")
    self.code = code
    wasOutOfMemory = parts[3] == "true"
    stopSignal = parts[4].isEmpty ? "TERM" : String(parts[4])
  }

  var isRunning: Bool { status == "running" }
}
