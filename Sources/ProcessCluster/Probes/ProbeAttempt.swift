import APIMachinery
import Posix

// One asking, whatever its kind.

/// One probe or hook being run. It tells its outcome once, perhaps within `begin`.
protocol ProbeAttempt: AnyObject {
  func begin(_ done: @escaping (ProbeOutcome) -> Void)
  /// What is told where its time is over now.
  var timeoutOutcome: ProbeOutcome { get }
  /// Lets go of everything; nothing is told any more.
  func cancel()
}

/// Connects, which is all that is asked.
final class ConnectAttempt: ProbeAttempt {
  private let dial: Dial

  init(_ dial: Dial) { self.dial = dial }

  func begin(_ done: @escaping (ProbeOutcome) -> Void) {
    dial.begin { result in
      switch result {
      case .success(let socket):
        socket.end()
        done(.success)
      case .failure(let problem): done(problem.outcome)
      }
    }
  }

  var timeoutOutcome: ProbeOutcome { .failure(dial.timeoutText) }
  func cancel() { dial.cancel() }
}

/// Waits.
final class SleepAttempt: ProbeAttempt {
  private let loop: any EventLoop
  private let length: Duration
  private var timer: LoopTimer?

  init(_ loop: any EventLoop, _ length: Duration) {
    self.loop = loop
    self.length = length
  }

  func begin(_ done: @escaping (ProbeOutcome) -> Void) {
    timer = loop.after(nanoseconds: length.nanoseconds) { done(.success) }
  }

  var timeoutOutcome: ProbeOutcome { .failure("container terminated before sleep hook finished") }
  func cancel() { if let timer { loop.cancel(timer) } }
}

/// Is over before it begins.
final class SettledAttempt: ProbeAttempt {
  let timeoutOutcome: ProbeOutcome

  init(_ outcome: ProbeOutcome) { timeoutOutcome = outcome }
  func begin(_ done: @escaping (ProbeOutcome) -> Void) { done(timeoutOutcome) }
  func cancel() {}
}
