import CPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Waiting for many descriptors at once.

/// epoll or kqueue, level-triggered. It owns none of the descriptors that it watches.
public final class Poller {
  public struct Interest: OptionSet, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    /// Something to read, or the end.
    public static let read = Interest(rawValue: 1)
    public static let write = Interest(rawValue: 2)
    /// The other end is gone altogether; always told.
    public static let gone = Interest(rawValue: 4)
  }

  public struct Event: Sendable {
    public let descriptor: Int32
    public let ready: Interest
  }

  private let poller: Int32
  private var found = [cposix_event](repeating: cposix_event(descriptor: 0, ready: 0), count: 256)

  public init() throws(SystemFailure) {
    poller = cposix_poller_open()
    guard poller >= 0 else { throw .last }
  }

  deinit { close(poller) }

  public func add(_ descriptor: Int32, _ interest: Interest) throws(SystemFailure) {
    guard cposix_poller_set(poller, descriptor, interest.rawValue, 1) == 0 else { throw .last }
  }
  public func change(_ descriptor: Int32, _ interest: Interest) { _ = cposix_poller_set(poller, descriptor, interest.rawValue, 0) }
  public func remove(_ descriptor: Int32) { _ = cposix_poller_remove(poller, descriptor) }

  /// What is ready, after at most so many nanoseconds (rounded up to milliseconds; nil: for ever). A signal ends the wait with nothing.
  public func wait(nanoseconds: Int64?) -> [Event] {
    let milliseconds = nanoseconds.map { $0 <= 0 ? 0 : Int32(clamping: ($0 - 1) / 1_000_000 + 1) } ?? -1
    let count = found.withUnsafeMutableBufferPointer { cposix_poller_wait(poller, $0.baseAddress, Int32($0.count), milliseconds) }
    guard count > 0 else { return [] }
    return found[..<Int(count)].map { Event(descriptor: $0.descriptor, ready: Interest(rawValue: $0.ready)) }
  }
}
