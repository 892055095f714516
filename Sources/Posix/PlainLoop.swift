// An event loop that serves nobody.

/// An event loop and nothing else.
public final class PlainLoop: EventLoop {
  private let poller: Poller
  private let watches: LoopWatches

  public init() throws(SystemFailure) {
    poller = try Poller()
    watches = LoopWatches(poller)
  }

  public var now: Int64 { Machine.steadyNanoseconds }
  /// How many descriptors are watched.
  public var watchCount: Int { watches.count }
  /// How many timers are set.
  public var timerCount: Int { watches.timerCount }

  public func watch(
    _ descriptor: Int32, _ interest: Poller.Interest, _ handler: @escaping (Poller.Interest) -> Void
  ) throws(SystemFailure) { try watches.watch(descriptor, interest, handler) }
  public func change(_ descriptor: Int32, _ interest: Poller.Interest) { watches.change(descriptor, interest) }
  public func unwatch(_ descriptor: Int32) { watches.unwatch(descriptor) }
  @discardableResult public func after(nanoseconds: Int64, _ handler: @escaping () -> Void) -> LoopTimer {
    watches.after(nanoseconds: nanoseconds, handler)
  }
  public func cancel(_ timer: LoopTimer) { watches.cancel(timer) }

  /// Runs until `isDone`, looked at after each round; false where so many nanoseconds have passed first (nil: however long it takes).
  @discardableResult public func run(nanoseconds: Int64? = nil, until isDone: () -> Bool) -> Bool {
    let end = nanoseconds.map { now + $0 }
    while !isDone() {
      let left = end.map { $0 - now }
      if let left, left <= 0 { return false }
      round(nanoseconds: [left, watches.patience].compactMap(\.self).min())
    }
    return true
  }

  private func round(nanoseconds: Int64?) {
    let events = poller.wait(nanoseconds: nanoseconds)
    watches.beginRound()
    for event in events { watches.deliver(event) }
    watches.fire()
  }
}
