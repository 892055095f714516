#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// An open file, closed when its owner goes.

/// An open file. Close-on-exec from its first moment.
public struct Descriptor: ~Copyable {
  public let number: Int32

  public enum Access: Sendable { case read, readWrite, create, createNew }

  /// Opens a file; `create` makes it where it is missing, `createNew` empties one that is there.
  /// - Parameter mode: of one that is made, as far as the process's mask lets it.
  public init(_ path: String, _ access: Access, mode: UInt32 = 0o600) throws(SystemFailure) {
    let flags: Int32 =
      switch access {
      case .read: O_RDONLY
      case .readWrite: O_RDWR
      case .create: O_RDWR | O_CREAT
      case .createNew: O_RDWR | O_CREAT | O_TRUNC
      }
    var opened: Int32
    repeat { opened = open(path, flags | O_CLOEXEC, mode_t(mode)) } while opened < 0 && errno == EINTR
    guard opened >= 0 else { throw .last }
    number = opened
  }

  deinit { close(number) }

  /// The file's size in bytes.
  public func size() throws(SystemFailure) -> Int {
    var info = stat()
    guard fstat(number, &info) == 0 else { throw .last }
    return Int(info.st_size)
  }

  /// What tells this file from every other one.
  public func identity() throws(SystemFailure) -> FileIdentity {
    var info = stat()
    guard fstat(number, &info) == 0 else { throw .last }
    return FileIdentity(device: UInt64(truncatingIfNeeded: info.st_dev), inode: UInt64(truncatingIfNeeded: info.st_ino))
  }

  /// Up to `count` bytes from a place; fewer only at the end of the file.
  public func read(at offset: Int, count: Int) throws(SystemFailure) -> [UInt8] {
    guard count > 0 else { return [] }
    var out = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let n = out.withUnsafeMutableBytes { pread(number, $0.baseAddress.map { $0 + done }, count - done, off_t(offset + done)) }
      if n < 0 {
        if errno == EINTR { continue }
        throw .last
      }
      if n == 0 { break }
      done += n
    }
    if done < count { out.removeLast(count - done) }
    return out
  }

  /// The whole file.
  public func read() throws(SystemFailure) -> [UInt8] { try read(at: 0, count: try size()) }

  /// Writes all of `bytes` at a place.
  public func write(_ bytes: [UInt8], at offset: Int) throws(SystemFailure) {
    var done = 0
    while done < bytes.count {
      let n = bytes.withUnsafeBytes { pwrite(number, $0.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done)) }
      if n < 0 {
        if errno == EINTR { continue }
        throw .last
      }
      done += n
    }
  }

  public func truncate(to size: Int) throws(SystemFailure) {
    while ftruncate(number, off_t(size)) != 0 { guard errno == EINTR else { throw .last } }
  }

  /// Returns when what was written is on the disk.
  public func sync() throws(SystemFailure) {
    while fsync(number) != 0 { guard errno == EINTR else { throw .last } }
  }
}

/// What tells a file from every other one, whatever its name.
public struct FileIdentity: Hashable, Sendable {
  public let device: UInt64
  public let inode: UInt64

  init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }

  /// The file that has a name now.
  public init(of path: String) throws(SystemFailure) {
    var info = stat()
    guard stat(path, &info) == 0 else { throw .last }
    self.init(device: UInt64(truncatingIfNeeded: info.st_dev), inode: UInt64(truncatingIfNeeded: info.st_ino))
  }
}

extension Machine {
  /// The file that this process runs; nil where the system doesn't tell.
  public static var program: FileIdentity? {
    #if os(Linux)
      return try? FileIdentity(of: "/proc/self/exe")
    #else
      var size: UInt32 = 4096
      var path = [CChar](repeating: 0, count: Int(size))
      guard _NSGetExecutablePath(&path, &size) == 0 else { return nil }
      return try? FileIdentity(of: String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    #endif
  }
}

extension SystemFailure {
  /// The disk did not give back what was written.
  public static var ioError: SystemFailure { SystemFailure(code: EIO) }
}
