#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What the system tells of a file without opening it.

extension Machine {
  /// Gives a file one more name.
  public static func link(_ path: String, as name: String) throws(SystemFailure) {
    #if canImport(Glibc)
      guard Glibc.link(path, name) == 0 else { throw .last }
    #else
      guard Darwin.link(path, name) == 0 else { throw .last }
    #endif
  }
}

/// A file as an archive describes it.
public struct FileFacts: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case file, folder
    /// A symbolic link, and where it leads.
    case link(String)
    case other
  }

  public let kind: Kind
  public let size: Int
  /// Permissions, without the kind.
  public let mode: UInt32
  /// Seconds since 1970.
  public let modified: Int64
  public let user: UInt32
  public let group: UInt32

  /// Of the path itself: a link is not followed.
  public init(at path: String) throws(SystemFailure) {
    var info = stat()
    guard lstat(path, &info) == 0 else { throw .last }
    switch info.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    case S_IFLNK:
      var target = [UInt8](repeating: 0, count: 4096)
      let count = target.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { readlink(path, $0.assumingMemoryBound(to: CChar.self), bytes.count) } ?? -1
      }
      guard count >= 0 else { throw .last }
      kind = .link(String(decoding: target.prefix(count), as: UTF8.self))
    default: kind = .other
    }
    size = Int(info.st_size)
    mode = UInt32(info.st_mode & 0o7777)
    #if canImport(Glibc)
      modified = Int64(info.st_mtim.tv_sec)
    #else
      modified = Int64(info.st_mtimespec.tv_sec)
    #endif
    user = info.st_uid
    group = info.st_gid
  }
}
