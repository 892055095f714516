// A child's end, on an event loop.

extension GroupChild {
  /// Calls `told` once it has ended and is to be reaped. It holds on to the child until then.
  public func awaitEnd(on loop: any EventLoop, _ told: @escaping () -> Void) {
    do throws(SystemFailure) {
      guard endDescriptor >= 0 else { return look(on: loop, told) }
      try loop.watch(endDescriptor, .read) { [self] _ in
        guard hasEnded else { return }
        loop.unwatch(endDescriptor)
        closeEndDescriptor()
        told()
      }
    } catch {
      closeEndDescriptor()
      look(on: loop, told)
    }
  }

  /// Where nothing tells its end: looks now and then.
  private func look(on loop: any EventLoop, _ told: @escaping () -> Void) {
    loop.after(nanoseconds: 10_000_000) { [self] in if hasEnded { told() } else { look(on: loop, told) } }
  }
}
