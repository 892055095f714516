#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// The mounts of another process.

/// The mounts that a process sees, where they aren't our own: for a child that is to see them, too.
public final class OtherMounts {
  public let number: Int32

  /// Nil: it sees what we see, or is gone, or the system has no such thing.
  public init?(of process: Int32) {
    let path = "/proc/\(process)/ns/mnt"
    guard let its = OtherMounts.name(path), its != OtherMounts.name("/proc/self/ns/mnt") else { return nil }
    number = open(path, O_RDONLY | O_CLOEXEC)
    if number < 0 { return nil }
  }

  deinit { if number >= 0 { close(number) } }

  /// `mnt:[4026531840]`
  private static func name(_ path: String) -> [CChar]? {
    var bytes = [CChar](repeating: 0, count: 64)
    let count = readlink(path, &bytes, bytes.count)
    return count > 0 ? Array(bytes[..<count]) : nil
  }
}
