import Posix

// The server's thread, lent to others.

/// Others can watch descriptors and moments in the server's one thread while it runs; before, they can ask for it. What they cause in a round
/// stands before the responder's `turn` of that round.
extension HTTPServer: EventLoop {
  public var now: Int64 { Machine.steadyNanoseconds }

  public func watch(
    _ descriptor: Int32, _ interest: Poller.Interest, _ handler: @escaping (Poller.Interest) -> Void
  ) throws(SystemFailure) { try watches.watch(descriptor, interest, handler) }

  public func change(_ descriptor: Int32, _ interest: Poller.Interest) { watches.change(descriptor, interest) }

  public func unwatch(_ descriptor: Int32) { watches.unwatch(descriptor) }

  @discardableResult public func after(nanoseconds: Int64, _ handler: @escaping () -> Void) -> LoopTimer {
    watches.after(nanoseconds: nanoseconds, handler)
  }

  public func cancel(_ timer: LoopTimer) { watches.cancel(timer) }
}
