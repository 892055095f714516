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

  /// Lets every key of a terminal reach whoever reads it, as it is typed, until `restore` or the process's end by a signal.
  /// False where it is no terminal.
  public static func makeRaw(_ descriptor: Int32) -> Bool { cposix_raw_terminal(descriptor) == 0 }
  /// Makes the terminal what it was.
  public static func restore() { cposix_restore_terminal() }

  /// From now on `wasResized` tells.
  public static func watchResizes() { cposix_watch_resizes() }
  /// Whether our terminal's size has changed since this was last asked.
  public static var wasResized: Bool { cposix_was_resized() != 0 }
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
