import CPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Terminals that we make for others.

/// The two ends of a terminal, closed when it goes; -1 where an end is closed.
final class TerminalPair {
  /// The end that whoever stands for the person has. It never waits.
  private(set) var ours: Int32 = -1
  /// The end that programs have.
  private(set) var theirs: Int32 = -1

  /// - Parameter user: whose it is to be, as far as that is permitted.
  init(user: UInt32?) throws(SystemFailure) {
    var ends: [Int32] = [-1, -1]
    guard cposix_open_terminal(&ends) == 0 else { throw .last }
    (ours, theirs) = (ends[0], ends[1])
    if let user { _ = fchown(theirs, user, gid_t.max) }
  }

  deinit {
    closeOurs()
    closeTheirs()
  }

  func closeOurs() {
    if ours >= 0 { close(ours) }
    ours = -1
  }
  func closeTheirs() {
    if theirs >= 0 { close(theirs) }
    theirs = -1
  }
}
