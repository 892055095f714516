#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// The process's own surroundings: standard streams, environment, folder, clock, and the few file calls of a command line.

/// A failed call of the system, by its errno.
public struct SystemFailure: Error, Hashable, Sendable {
  public let code: Int32
  public init(code: Int32) { self.code = code }
  /// What the last call of this thread has left, to be asked at once.
  public static var last: SystemFailure { SystemFailure(code: errno) }

  /// `no such file or directory`: the system's words as Go prints them.
  public var text: String {
    let words = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    return words.prefix(1).lowercased() + words.dropFirst()
  }
  /// Nobody reads any more.
  public static var brokenPipe: SystemFailure { SystemFailure(code: EPIPE) }
  public var isMissing: Bool { code == ENOENT || code == ENOTDIR }
  /// The disk is full, or as full as its user may make it.
  public var isLackOfRoom: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
}

/// The process, as whoever started it set it up.
public enum Machine {
  public static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  public static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  /// Nanoseconds since 1970.
  public static var wallNanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  /// Nanoseconds of a clock that never goes back.
  public static var steadyNanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  public static var processID: Int32 { getpid() }
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Writes all; false where the reader has gone.
  public static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        guard let start = buffer.baseAddress else { return true }
        #if canImport(Glibc)
          let n = Glibc.write(descriptor, start + done, buffer.count - done)
        #else
          let n = Darwin.write(descriptor, start + done, buffer.count - done)
        #endif
        if n < 0 {
          if errno == EINTR { continue }
          if errno == EAGAIN {
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&wait, 1, -1)
            continue
          }
          return false
        }
        done += n
      }
      return true
    }
  }

  /// Reads to the end.
  public static func readAll(_ descriptor: Int32) throws(SystemFailure) -> [UInt8] {
    var out: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let n = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if n < 0 {
        if errno == EINTR { continue }
        throw .last
      }
      if n == 0 { return out }
      out += chunk[0..<n]
    }
  }

  public static func readFile(_ path: String) throws(SystemFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last }
    defer { close(descriptor) }
    return try readAll(descriptor)
  }

  public enum PathKind: Sendable { case file, folder, other }

  /// What is at a path.
  public static func kind(of path: String) throws(SystemFailure) -> PathKind {
    var info = stat()
    guard stat(path, &info) == 0 else { throw .last }
    switch info.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file
    default: return .other
    }
  }

  public static func isExecutable(_ path: String) -> Bool { (try? kind(of: path)) == .file && access(path, X_OK) == 0 }

  /// A folder's entries, sorted.
  public static func entries(of folder: String) throws(SystemFailure) -> [String] {
    guard let stream = opendir(folder) else { throw .last }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes a folder and those above it.
  public static func makeFolder(_ path: String, mode: UInt32) throws(SystemFailure) {
    if mkdir(path, mode_t(mode)) == 0 { return }
    if errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw .last }
    try makeFolder(String(path[..<slash]), mode: mode)
    guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else { throw .last }
  }

  /// Replaces a file whole: a reader sees the old or the new one.
  public static func replaceFile(_ path: String, with bytes: [UInt8], mode: UInt32) throws(SystemFailure) {
    let aside = "\(path).\(getpid())"
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(mode))
    guard descriptor >= 0 else { throw .last }
    let written = write(bytes, to: descriptor) && fsync(descriptor) == 0
    let failure = SystemFailure.last
    close(descriptor)
    guard written else {
      unlink(aside)
      throw failure
    }
    guard rename(aside, path) == 0 else {
      let failure = SystemFailure.last
      unlink(aside)
      throw failure
    }
  }

  /// Becomes another program; returns only where that fails.
  public static func become(_ path: String, _ arguments: [String]) -> SystemFailure {
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    execv(path, words)
    let failure = SystemFailure.last
    for word in words { free(word) }
    return failure
  }

  /// Lets a closed reader show as a failed write, not as a signal.
  public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Ends the process at once.
  public static func exit(_ code: Int32) -> Never { _exit(code) }
}
