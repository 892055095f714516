import CPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Programs that outlive us.

/// A program that goes on when we end.
public enum Detached {
  /// Starts a program that reads nothing and writes to the end of a file. It makes a session of its own (`Machine.newSession`).
  /// - Returns: its number; nobody waits for its end.
  @discardableResult
  public static func start(
    _ program: String, _ arguments: [String], log: String, environment: [String: String]
  ) throws(SystemFailure) -> Int32 {
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer {
      if nothing >= 0 { close(nothing) }
      if output >= 0 { close(output) }
    }
    guard nothing >= 0, output >= 0 else { throw .last }
    return try Spawn.start(program, arguments, descriptors: [nothing, output, output], ownGroup: false, environment: environment)
  }
}

extension Machine {
  /// What a process can be told.
  public enum Notice: Sendable {
    /// End.
    case stop
    /// End, and all that was started by it too.
    case stopAll
    /// Nothing: it ends at once.
    case kill

    /// The signal's number.
    public var number: Int32 {
      switch self {
      case .stop: SIGTERM
      case .stopAll: SIGUSR1
      case .kill: SIGKILL
      }
    }
  }

  public static func tell(_ process: Int32, _ notice: Notice) { kill(process, notice.number) }

  /// Whether a process has not ended; one that has, and that nobody has waited for, is none.
  public static func isAlive(_ process: Int32) -> Bool {
    guard kill(process, 0) == 0 || errno == EPERM else { return false }
    #if os(Linux)
      // `4711 (its name) S …`
      guard let bytes = try? readFile("/proc/\(process)/stat"), let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return true }
      let fields = bytes.dropFirst(end + 2).split(separator: UInt8(ascii: " "))
      if fields.first?.first != UInt8(ascii: "Z") { return true }
      // Its first thread may end before the others do, and they hold its sockets and locks until then.
      return fields.count > 17 && (Int(String(decoding: fields[17], as: UTF8.self)) ?? 0) > 1
    #else
      return true
    #endif
  }

  /// Leaves the session and the terminal of whoever started us.
  public static func newSession() { _ = setsid() }

  /// The file of the program that this process runs; nil where the system doesn't tell.
  public static var ownProgram: String? {
    #if os(Linux)
      var bytes = [CChar](repeating: 0, count: 4097)
      let count = readlink("/proc/self/exe", &bytes, 4096)
      guard count > 0 else { return nil }
      return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #else
      var size = UInt32(4096)
      var bytes = [CChar](repeating: 0, count: 4097)
      guard _NSGetExecutablePath(&bytes, &size) == 0 else { return nil }
      return String(cString: bytes)
    #endif
  }
}
