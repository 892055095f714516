import APIMachinery
import Posix

// One probe or hook, from the asking to its end.

/// A probe or hook that was asked for.
public final class RunningProbe {
  private enum State {
    case waiting
    case running(any ProbeAttempt)
    case over
  }

  private weak var runner: ProbeRunner?
  let lane: ProbeRunner.Lane
  var make: (() -> any ProbeAttempt)?
  private let timeout: Duration?
  private var done: ((ProbeOutcome) -> Void)?
  private var state = State.waiting
  private var timer: LoopTimer?
  private weak var loop: (any EventLoop)?

  init(_ runner: ProbeRunner, _ lane: ProbeRunner.Lane, _ timeout: Duration?, _ done: @escaping (ProbeOutcome) -> Void) {
    self.runner = runner
    self.lane = lane
    self.timeout = timeout
    self.done = done
  }

  var isWaiting: Bool { if case .waiting = state { true } else { false } }

  /// Ends it wherever it is; a command is killed with its group. `done` is not told any more.
  public func cancel() {
    done = nil
    end()
  }

  func begin(on loop: any EventLoop) {
    guard isWaiting, let attempt = make?() else { return end() }
    self.loop = loop
    state = .running(attempt)
    if let timeout {
      timer = loop.after(nanoseconds: timeout.nanoseconds) { [self] in finish(attempt.timeoutOutcome) }
    }
    var hasBegun = false
    attempt.begin { [self] outcome in
      // Never within the call of who asked.
      if hasBegun { finish(outcome) } else { loop.after(nanoseconds: 0) { [self] in finish(outcome) } }
    }
    hasBegun = true
  }

  private func finish(_ outcome: ProbeOutcome) {
    let tell = done
    done = nil
    end()
    tell?(outcome)
  }

  private func end() {
    if let timer { loop?.cancel(timer) }
    timer = nil
    make = nil
    let before = state
    state = .over
    if case .running(let attempt) = before {
      attempt.cancel()
      runner?.ended(self)
    }
  }
}
