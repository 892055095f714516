import CPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// One process at a time.

/// An exclusive lock on a file, held until it goes. A child never inherits it.
public struct FileLock: ~Copyable {
  private let descriptor: Descriptor

  /// Waits for the lock on a file, which is made where it is missing.
  public init(_ path: String) throws(SystemFailure) {
    let opened = try Descriptor(path, .create)
    guard cposix_lock(opened.number, 1) == 0 else { throw .last }
    descriptor = opened
  }

  /// Takes the lock if nobody has it; throws EWOULDBLOCK otherwise.
  public init(ifFree path: String) throws(SystemFailure) {
    let opened = try Descriptor(path, .create)
    guard cposix_lock(opened.number, 0) == 0 else { throw .last }
    descriptor = opened
  }
}
