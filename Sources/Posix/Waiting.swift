#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Waiting for a few descriptors at once, without a poller.

extension Machine {
  /// Waits until one of the descriptors is ready, a signal comes or so many nanoseconds have passed (nil: for ever); returns what each is
  /// ready for. An empty interest is not waited for. A file is always ready.
  public static func wait(for wanted: [(descriptor: Int32, interest: Poller.Interest)], nanoseconds: Int64? = nil) -> [Poller.Interest] {
    var waits = wanted.map { descriptor, interest in
      let events = (interest.contains(.read) ? POLLIN : 0) | (interest.contains(.write) ? POLLOUT : 0)
      return pollfd(fd: interest.isEmpty ? -1 : descriptor, events: Int16(events), revents: 0)
    }
    let patience = nanoseconds.map { $0 <= 0 ? 0 : Int32(clamping: ($0 - 1) / 1_000_000 + 1) } ?? -1
    guard poll(&waits, nfds_t(waits.count), patience) > 0 else { return wanted.map { _ in [] } }
    return waits.map { wait in
      var ready: Poller.Interest = []
      let told = Int32(wait.revents)
      if told & Int32(POLLIN) != 0 { ready.insert(.read) }
      if told & Int32(POLLOUT) != 0 { ready.insert(.write) }
      if told & Int32(POLLHUP | POLLERR | POLLNVAL) != 0 { ready.insert(.gone) }
      return ready
    }
  }
}
