import APIMachinery

// Waiting longer after each failure, as client-go's flowcontrol.Backoff does for one key.

/// A back-off of one key: grows by doubling, forgets after twice its longest wait.
public struct Backoff: Equatable, Sendable {
  /// The wait that is in force; zero before the first failure.
  public private(set) var wait: Duration
  public private(set) var since: Instant

  public init(wait: Duration = .zero, since: Instant = Instant(nanoseconds: 0)) {
    self.wait = wait
    self.since = since
  }

  /// Kubernetes' numbers for crashes and pulls.
  public static let first = Duration.seconds(10)
  public static let longest = Duration.seconds(300)

  private func hasExpired(at time: Instant) -> Bool { time - since > Backoff.longest * 2 }

  /// Doubles the wait (or begins anew where the last failure is long past).
  public mutating func next(at now: Instant) {
    wait = wait == .zero || hasExpired(at: now) ? Backoff.first : min(wait * 2, Backoff.longest)
    since = now
  }

  /// Whether what failed at `failure` must still wait.
  public func isWaiting(since failure: Instant, now: Instant) -> Bool {
    guard wait > .zero, !hasExpired(at: failure) else { return false }
    return now - failure < wait
  }

  /// Whether the wait that began with the last `next` is still on.
  public func isWaiting(now: Instant) -> Bool {
    guard wait > .zero, !hasExpired(at: now) else { return false }
    return now - since < wait
  }
}

/// How long a mount waits after its failures: half a second, doubling to two minutes and two seconds.
public struct MountBackoff: Equatable, Sendable {
  public private(set) var wait: Duration

  public init(wait: Duration = .zero) { self.wait = wait }

  public mutating func next() { wait = wait == .zero ? .milliseconds(500) : min(wait * 2, .seconds(122)) }
}

/// How often a repeating event is worth telling: a burst of 25, then one each five minutes, as client-go's spam filter passes them.
public struct TellingBudget: Equatable, Sendable {
  public private(set) var left: Int
  public private(set) var last: Instant

  public init(left: Int = 25, last: Instant = Instant(nanoseconds: 0)) {
    self.left = left
    self.last = last
  }

  public static let refill = Duration.seconds(300)

  /// Whether one may be told now; takes it.
  public mutating func take(at now: Instant) -> Bool {
    if left > 0 {
      left -= 1
      last = now
      return true
    }
    guard now - last >= TellingBudget.refill else { return false }
    last = now
    return true
  }

  /// The earliest moment from `now` on at which one may be told.
  public func next(from now: Instant) -> Instant { left > 0 ? now : max(now, last + TellingBudget.refill) }
}
