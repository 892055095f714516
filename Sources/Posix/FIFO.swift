#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Named pipes between processes that are not each other's children.

/// One end of a named pipe, which never waits; closed when it goes.
public final class FIFO {
  public let number: Int32

  private init(_ path: String, _ flags: Int32) throws(SystemFailure) {
    let opened = open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
    guard opened >= 0 else { throw .last }
    number = opened
    var info = stat()
    guard fstat(opened, &info) == 0, info.st_mode & S_IFMT == S_IFIFO else { throw SystemFailure(code: EINVAL) }
  }

  /// Makes one where nothing is yet, and is its reader.
  public convenience init(making path: String) throws(SystemFailure) {
    guard mkfifo(path, 0o600) == 0 else { throw .last }
    try self.init(path, O_RDONLY)
  }

  /// Writes to one that somebody reads.
  public convenience init(writingTo path: String) throws(SystemFailure) { try self.init(path, O_WRONLY) }

  deinit { close(number) }

  /// What is there; empty where nothing is.
  public func read(atMost count: Int) -> [UInt8] { (try? Machine.readSome(number, atMost: count)) ?? [] }

  /// Writes what can be written at once.
  public func write(_ bytes: [UInt8]) -> Socket.Moved { bytes.withUnsafeBytes { Machine.writeSome(number, $0) } }
}
