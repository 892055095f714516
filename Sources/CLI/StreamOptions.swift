import Arguments
import Client
import Formats

// What exec, attach and run have in common.

/// How a command is joined to a container's streams.
struct StreamOptions: Sendable {
  var container = ""
  var stdin = false
  var tty = false
  var quiet = false
  var podTimeout = Duration.seconds(60)

  static var flags: [Flag<StreamOptions>] {
    [
      .text("container", "c", \.container, value: "CONTAINER", completes: .asked("containers"), "the container of the pod"),
      .toggle("stdin", "i", \.stdin, "pass standard input to the container"),
      .toggle("tty", "t", \.tty, "standard input is a terminal"),
      .toggle("quiet", "q", \.quiet, "print nothing but the session's output"),
      .duration("pod-running-timeout", nil, \.podTimeout, default: "1m0s", "how long to wait for a workload's first pod"),
    ]
  }

  func check(_ command: String) throws {
    if podTimeout <= .zero { throw UsageFailure("--pod-running-timeout must be higher than zero", command) }
  }

  /// Whether the keys of our terminal become the container's; says so where that was asked for and can't be.
  func isRaw(_ session: Session) -> Bool {
    guard stdin, tty else { return false }
    if session.console.inputIsTerminal { return true }
    if !quiet { session.say("Unable to use a TTY - input is not a terminal or the right kind of file") }
    return false
  }

  /// Runs a stream at the console, to its end; what a terminal shows has no errors apart.
  func run(_ request: StreamRequest, _ session: Session, detaches: Bool = false) throws {
    var request = request
    request.hasInput = stdin
    request.hasErrors = !request.hasTerminal
    try session.settle()
    var run = StreamRun(stream: try session.client().stream(request), console: session.console)
    run.passesInput = stdin
    run.isRaw = request.hasTerminal
    run.detaches = detaches
    try run.run()?.check(session)
  }
}
