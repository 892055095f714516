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
    let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    #if DEBUG
      return now + secondsSet * 1_000_000_000
    #else
      return now
    #endif
  }

  #if DEBUG
    /// The file by which tests set a daemon's clock: it holds by how many seconds.
    private static let setting = Machine.environment("KCTL_TEST_CLOCK")

    private static var secondsSet: Int64 {
      guard let setting, let bytes = try? Machine.readFile(setting) else { return 0 }
      return Int64(String(decoding: bytes, as: UTF8.self)) ?? 0
    }
  #endif

  /// Sleeps; a signal may end it early.
  public static func sleep(nanoseconds: Int64) {
    guard nanoseconds > 0 else { return }
    var length = timespec(tv_sec: numericCast(nanoseconds / 1_000_000_000), tv_nsec: numericCast(nanoseconds % 1_000_000_000))
    nanosleep(&length, nil)
  }
}
