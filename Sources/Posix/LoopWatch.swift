// One descriptor on an event loop, watched as long as something is wanted of it.

/// A descriptor's watch. Where nothing is wanted of it, it is not watched at all: that its other end has gone would be told again and again.
public final class LoopWatch {
  private let loop: any EventLoop
  private let descriptor: Int32
  private var handler: ((Poller.Interest) -> Void)?
  private var watched: Poller.Interest = []

  public init(_ loop: any EventLoop, _ descriptor: Int32, _ handler: @escaping (Poller.Interest) -> Void) {
    self.loop = loop
    self.descriptor = descriptor
    self.handler = handler
  }

  /// Watches for this from now on.
  public func want(_ interest: Poller.Interest) throws(SystemFailure) {
    guard interest != watched, handler != nil else { return }
    if interest.isEmpty {
      loop.unwatch(descriptor)
    } else if watched.isEmpty {
      try loop.watch(descriptor, interest) { [self] in handler?($0) }
    } else {
      loop.change(descriptor, interest)
    }
    watched = interest
  }

  /// Ends it; to be called before the descriptor is closed.
  public func end() {
    if !watched.isEmpty { loop.unwatch(descriptor) }
    watched = []
    handler = nil
  }
}
