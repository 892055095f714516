import APIMachinery
import Arguments
import Client
import Formats

// kctl run with --attach: a pod that one sits at until it ends.

/// What concerns pods that one is attached to.
struct AttachingOptions: Sendable {
  var attach: Bool?
  var stream = StreamOptions()
  var leaveStdinOpen = false
  var remove = false
  var cascade = "background"
  var force = false
  var gracePeriod: Int64 = -1
  var timeout = Duration.zero
  var wait = false

  var isWanted: Bool { attach ?? stream.stdin }

  static var flags: [Flag<AttachingOptions>] {
    [
      .toggle("attach", nil, \.attach, "wait for the pod and attach to it; default with --stdin"),
      .toggle("stdin", "i", \.stream.stdin, "keep the container's input open, even if nobody is attached"),
      .toggle("tty", "t", \.stream.tty, "give the container a terminal"),
      .toggle("leave-stdin-open", nil, \.leaveStdinOpen, "leave the input open after the first session"),
      .toggle("rm", nil, \.remove, "delete the pod after the session"),
      .toggle("quiet", "q", \.stream.quiet, "print nothing but the session's output"),
      .duration("pod-running-timeout", nil, \.stream.podTimeout, default: "1m0s", "how long to wait until the pod runs"),
      .text(
        "cascade", nil, \.cascade, value: "background|orphan|foreground", default: "background", bare: "background",
        completes: .words(["background", "orphan", "foreground"]), "with --rm: what happens to dependents"),
      .number(
        "grace-period", nil, \.gracePeriod, value: "SECONDS", default: "-1", "with --rm: how long the pod may take to end; -1 is its own"),
      .toggle("force", nil, \.force, "with --rm and --grace-period=0: take the pod away at once, whatever still runs"),
      .toggle("wait", nil, \.wait, "with --rm: wait until the pod is gone"),
      .duration("timeout", nil, \.timeout, default: "0s", "with --rm: how long to wait; 0 is long enough"),
    ]
  }

  /// Refuses what makes no sense together.
  func check(dryRun: Bool) throws {
    if isWanted, dryRun {
      throw UsageFailure("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)", "run")
    }
    if remove, !isWanted { throw UsageFailure("--rm should only be used for attached containers", "run") }
    if stream.tty, !stream.stdin { throw UsageFailure("-i/--stdin is required for containers with -t/--tty=true", "run") }
    try stream.check("run")
  }
}

/// A session with a pod that was just made.
struct AttachedRun {
  let session: Session
  let pod: Item
  let options: AttachingOptions

  init(_ session: Session, _ pod: Item, _ options: AttachingOptions) {
    self.session = session
    self.pod = pod
    self.options = options
  }

  func run() throws {
    do {
      try attend()
    } catch {
      if options.remove { try remove() }
      throw error
    }
    if options.remove { try remove() }
  }

  private func attend() throws {
    let running = try follow(options.stream.podTimeout) { pod in
      let isReady = pod["status"]["conditions"].items.contains { $0["type"] == "Ready" && $0["status"] == "True" }
      return pod.podHasEnded || pod["status"]["phase"] == "Running" && isReady
    }
    if running["status"]["phase"] == "Running" { try attach(to: running) } else { try logs() }
    guard !options.leaveStdinOpen, ["Never", "OnFailure"].contains(running["spec"]["restartPolicy"].text) else { return }
    let ended = try follow(options.stream.podTimeout, \.podHasEnded)
    guard ended["status"]["phase"] == "Failed" else { return }
    let name = "\(ended.namespace)/\(ended.name)"
    let state = ended["status"]["containerStatuses"].items.first?["state"]["terminated"] ?? .null
    guard let code = state["exitCode"].int, code != 0 else { throw Failure("pod \(name) failed with unknown exit code") }
    _ = session.console.flush()
    session.console.complain("pod \(name) terminated (\(state["reason"].text))\n\(state["message"].text)")
    if let text = state["message"].string, !text.isEmpty, !text.hasSuffix("\n") { session.console.complain("\n") }
    throw QuietExit(ExitCode(rawValue: Int32(truncatingIfNeeded: code)))
  }

  /// Waits until the pod is as it should be.
  private func follow(_ patience: Duration, _ holds: (Value) -> Bool) throws -> Value {
    var found: Value?
    let follower = try Follower(session, pod, timeout: patience)
    let end = try follower.follow { now in
      guard let now else { throw Failure("pods \(Read.quoted(pod.name)) not found") }
      guard holds(now) else { return .goOn }
      found = now
      return .done
    }
    guard end == .done, let found else {
      let text = "timed out waiting for the condition"
      throw end == .stuck ? Session.stuck(text) : Failure(text)
    }
    return found
  }

  private func attach(to running: Value) throws {
    do {
      try AttachRun(session, running, options.stream).run()
    } catch let status as Status {
      let why = status.message.hasPrefix("error: ") ? String(status.message.dropFirst(7)) : status.message
      session.say("warning: couldn't attach to pod/\(running.name), falling back to streaming logs: \(why)")
      try logs()
    }
  }

  private func logs() throws { try LogsCommand.run(LogsCommand.Options(), ["pod/\(pod.name)"], session) }

  private func remove() throws {
    var delete = DeleteCommand.Options()
    (delete.cascade, delete.force, delete.gracePeriod) = (options.cascade, options.force, options.gracePeriod)
    (delete.wait, delete.timeout) = (options.wait, options.timeout)
    // Nothing but the session's output.
    try DeleteCommand.run(delete, ["pod/\(pod.name)"], session, isQuiet: options.stream.quiet)
  }
}
