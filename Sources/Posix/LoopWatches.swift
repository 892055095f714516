// What an event loop was asked to watch: the part that every loop has.

/// The descriptors and timers that others have asked a loop to watch.
///
/// A loop waits on the poller until `patience`, begins a round, delivers the events that are not its own, and fires the timers.
public final class LoopWatches {
  private struct Watch {
    /// The round in which it was set.
    let since: UInt64
    let handler: (Poller.Interest) -> Void
  }

  private let poller: Poller
  private var watches: [Int32: Watch] = [:]
  private var timers = LoopTimers()
  private var round: UInt64 = 0

  public init(_ poller: Poller) { self.poller = poller }

  /// How many descriptors are watched.
  public var count: Int { watches.count }
  /// How many timers are set.
  public var timerCount: Int { timers.count }

  // MARK: Asking

  public func watch(
    _ descriptor: Int32, _ interest: Poller.Interest, _ handler: @escaping (Poller.Interest) -> Void
  ) throws(SystemFailure) {
    precondition(watches[descriptor] == nil, "descriptor \(descriptor) is watched already")
    try poller.add(descriptor, interest)
    watches[descriptor] = Watch(since: round, handler: handler)
  }

  public func change(_ descriptor: Int32, _ interest: Poller.Interest) {
    if watches[descriptor] != nil { poller.change(descriptor, interest) }
  }

  public func unwatch(_ descriptor: Int32) { if watches.removeValue(forKey: descriptor) != nil { poller.remove(descriptor) } }

  public func after(nanoseconds: Int64, _ handler: @escaping () -> Void) -> LoopTimer {
    let (due, isTooFar) = Machine.steadyNanoseconds.addingReportingOverflow(max(0, nanoseconds))
    return timers.add(due: isTooFar ? .max : due, handler)
  }

  public func cancel(_ timer: LoopTimer) { timers.cancel(timer) }

  // MARK: Waiting

  /// How long the loop may wait, in nanoseconds; nil: as long as it likes.
  public var patience: Int64? { timers.firstDue.map { max(0, $0 - Machine.steadyNanoseconds) } }

  /// To be called between waiting and delivering.
  public func beginRound() { round += 1 }

  /// Hands an event on. A watch that was set since the round began takes its number from one that had it when the event came, so it is not
  /// told; what is true of itself it will be told in the next round.
  public func deliver(_ event: Poller.Event) {
    guard let watch = watches[event.descriptor], watch.since < round else { return }
    watch.handler(event.ready)
  }

  /// Fires what is due; timers that are set meanwhile wait for the next round.
  public func fire() {
    guard let due = timers.firstDue else { return }
    let now = Machine.steadyNanoseconds
    guard due <= now else { return }
    let limit = timers.next
    while let handler = timers.take(by: now, before: limit) { handler() }
  }

  /// Ends all watches and timers.
  public func end() {
    for descriptor in watches.keys { poller.remove(descriptor) }
    watches = [:]
    timers.removeAll()
  }
}
