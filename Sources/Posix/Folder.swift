#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Names in folders.

/// Names in folders: making, moving, removing, and making that durable.
public enum Folder {
  /// Makes a folder and those above it; mode 0700 keeps others out.
  public static func make(_ path: String) throws(SystemFailure) { try Machine.makeFolder(path, mode: 0o700) }

  /// Makes a new folder of mode 0700 whose name begins so; returns its path.
  public static func makeNew(_ beginning: String) throws(SystemFailure) -> String {
    var name = Array((beginning + "XXXXXX").utf8CString)
    guard mkdtemp(&name) != nil else { throw .last }
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Makes a folder that only its owner enters; one that is there must be so already.
  public static func makePrivate(_ path: String) throws(SystemFailure) {
    try make(path)
    var info = stat()
    guard lstat(path, &info) == 0 else { throw .last }
    guard info.st_mode & S_IFMT == S_IFDIR, info.st_uid == getuid(), info.st_mode & 0o077 == 0 else { throw SystemFailure(code: EACCES) }
  }

  /// Gives a file another name, over whatever had it.
  public static func rename(_ from: String, to: String) throws(SystemFailure) {
    #if canImport(Glibc)
      let result = Glibc.rename(from, to)
    #else
      let result = Darwin.rename(from, to)
    #endif
    guard result == 0 else { throw .last }
  }

  public static func remove(_ path: String) throws(SystemFailure) {
    guard unlink(path) == 0 else { throw .last }
  }

  /// Removes a folder that holds nothing.
  public static func removeEmpty(_ path: String) throws(SystemFailure) {
    guard rmdir(path) == 0 else { throw .last }
  }

  /// Returns when a folder's names are on the disk.
  public static func sync(_ path: String) throws(SystemFailure) {
    let descriptor = try Descriptor(path, .read)
    try descriptor.sync()
  }

  /// Whether a name itself is a socket's.
  static func isSocket(_ path: String) -> Bool {
    var info = stat()
    return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFSOCK
  }

  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a path leads to a folder.
  public static func isFolder(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  /// As far as an absolute path leads: where that is, without links, and the names after it that are not there.
  public static func reached(_ path: String) -> (path: String, missing: [String]) {
    var steps = path.split(separator: "/").map(String.init)
    var missing: [String] = []
    while !steps.isEmpty {
      if let whole = realpath("/" + steps.joined(separator: "/"), nil) {
        defer { free(whole) }
        return (String(cString: whole), missing)
      }
      missing.insert(steps.removeLast(), at: 0)
    }
    return ("/", missing)
  }
}
