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

  /// Takes the lock if nobody has it; throws EWOULDBLOCK otherwise.
  public init(ifFree path: String) throws(SystemFailure) {
    let opened = try Descriptor(path, .create)
    guard cposix_try_lock(opened.number) == 0 else { throw .last }
    descriptor = opened
  }
}

extension SystemFailure {
  /// Somebody else has the lock.
  public var isBusy: Bool { code == EWOULDBLOCK }
  /// A signal came.
  public static var interrupted: SystemFailure { SystemFailure(code: EINTR) }
}
