#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// The machine's clock, and waiting by it.

/// The machine's clock.
public enum WallClock {
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  public static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Sleeps; a signal may end it early.
  public static func sleep(nanoseconds: Int64) {
    guard nanoseconds > 0 else { return }
    var length = timespec(tv_sec: numericCast(nanoseconds / 1_000_000_000), tv_nsec: numericCast(nanoseconds % 1_000_000_000))
    nanosleep(&length, nil)
  }
}
