// One thread that waits for many things: what others see of it.

/// A thread that waits for descriptors and for moments, and calls whoever asked. All of it is called from that thread only.
///
/// The HTTP server is one (so that a daemon has one thread), and `PlainLoop` is one that does nothing else.
public protocol EventLoop: AnyObject {
  /// A clock that never goes back, in nanoseconds: what timers go by.
  var now: Int64 { get }

  /// Calls `handler` whenever the descriptor is ready, until it is unwatched: as long as something is left to be read or written, again and
  /// again. `.gone` is always told, whatever the interest. One descriptor has one handler.
  func watch(_ descriptor: Int32, _ interest: Poller.Interest, _ handler: @escaping (Poller.Interest) -> Void) throws(SystemFailure)
  /// Changes what a watched descriptor is watched for.
  func change(_ descriptor: Int32, _ interest: Poller.Interest)
  /// Ends the watch; to be called before the descriptor is closed. What is ready already is not told any more, whoever gets the number next.
  func unwatch(_ descriptor: Int32)

  /// Calls `handler` once, after so many nanoseconds and never within this call.
  @discardableResult func after(nanoseconds: Int64, _ handler: @escaping () -> Void) -> LoopTimer
  /// A timer that has not fired yet never will.
  func cancel(_ timer: LoopTimer)
}

/// A moment that an event loop was asked to call at.
public struct LoopTimer: Hashable, Sendable {
  /// Which of its loop's timers, from the loop's beginning on.
  public let number: UInt64
  public init(number: UInt64) { self.number = number }
}
