import CPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// The person in front of the process.

/// A terminal's size, and its interrupt key.
public enum Terminal {
  /// Columns and rows of a descriptor's terminal; nil where it is none.
  public static func size(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
    var columns: Int32 = 0
    var rows: Int32 = 0
    guard cposix_terminal_size(descriptor, &columns, &rows) != 0 else { return nil }
    return (Int(columns), Int(rows))
  }

  /// From now on the first SIGINT only sets `isInterrupted`.
  public static func watchInterrupts() { cposix_watch_interrupts() }
  public static var isInterrupted: Bool { cposix_interrupted() != 0 }
}

extension Machine {
  /// Sleeps; less where a signal comes.
  public static func sleep(nanoseconds: Int64) {
    guard nanoseconds > 0 else { return }
    var time = timespec()
    time.tv_sec = .init(nanoseconds / 1_000_000_000)
    time.tv_nsec = .init(nanoseconds % 1_000_000_000)
    _ = nanosleep(&time, nil)
  }
}
