import APIMachinery
import Posix

// A cluster's time: how it follows the machine's, or doesn't.

/// Whether a cluster's time follows the machine's clock, or moves only when told to.
public enum ClockMode: String, Sendable { case follow, manual }

/// The machine's time, as a cluster is to see it: given, so that tests can make their own.
public struct MachineClock {
  public var now: () -> Instant
  public var sleep: (Duration) -> Void

  public init(now: @escaping () -> Instant, sleep: @escaping (Duration) -> Void) {
    self.now = now
    self.sleep = sleep
  }

  /// The real one.
  public static var real: MachineClock {
    MachineClock(
      now: { Instant(nanoseconds: WallClock.now) }, sleep: { WallClock.sleep(nanoseconds: $0.nanoseconds) })
  }
}

/// Simulated time beside the machine's: an offset that grows when the machine's clock is set back.
public struct VirtualClock: Equatable, Sendable {
  public var mode: ClockMode
  /// Simulated time less the machine's.
  public private(set) var offset: Duration

  public init(mode: ClockMode, offset: Duration = .zero) {
    self.mode = mode
    self.offset = offset
  }

  /// The fixed instant at which a manual cluster begins.
  public static let manualStart = Instant(year: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 0)

  /// Where simulated time should be by the machine's clock: never before `now`.
  public mutating func target(now: Instant, machine: Instant) -> Instant {
    guard mode == .follow else { return now }
    let target = machine + offset
    if target < now { offset = now - machine }
    return max(target, now)
  }

  /// Time moved on its own (an `advance`): the clock goes on from there.
  public mutating func set(now: Instant, machine: Instant) { offset = now - machine }
}
