#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Starting other programs.

/// Starting another program, and learning how it ended.
enum Spawn {
  /// Starts a program, found on the PATH where its name has no slash; every signal is as the system made it.
  /// - Parameters:
  ///   - descriptors: what become its standard input, output and error; -1 leaves it ours.
  ///   - ownGroup: whether a terminal's signals for us pass it by.
  static func start(
    _ program: String, _ arguments: [String], descriptors: [Int32], ownGroup: Bool = false, environment: [String: String]
  ) throws(SystemFailure) -> pid_t {
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t? = nil
      var attributes: posix_spawnattr_t? = nil
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    var all = sigset_t()
    sigfillset(&all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (ownGroup ? POSIX_SPAWN_SETPGROUP : 0)))
    for (number, descriptor) in descriptors.enumerated() where descriptor >= 0 {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }

    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    var surroundings: [UnsafeMutablePointer<CChar>?] = []
    var entry = environ
    while let text = entry.pointee {
      let name = String(cString: text).prefix { $0 != "=" }
      if environment[String(name)] == nil { surroundings.append(strdup(text)) }
      entry += 1
    }
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) { surroundings.append(strdup("\(name)=\(value)")) }
    surroundings.append(nil)
    defer {
      for word in words { free(word) }
      for text in surroundings { free(text) }
    }
    var process: pid_t = 0
    let failure = posix_spawnp(&process, program, &actions, &attributes, &words, &surroundings)
    guard failure == 0 else { throw SystemFailure(code: failure) }
    return process
  }

  /// Waits for its end: its exit code, or 128 and the signal's number where one ended it.
  static func end(of process: pid_t) throws(SystemFailure) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { throw .last } }
    return code(status)
  }

  /// How it ended; nil while it runs.
  static func endIfEnded(of process: pid_t) -> Int32? {
    var status: Int32 = 0
    return waitpid(process, &status, WNOHANG) == process ? code(status) : nil
  }

  private static func code(_ status: Int32) -> Int32 {
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }
}
