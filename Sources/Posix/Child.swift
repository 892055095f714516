#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Another program, run to its end.

/// Another program, run to its end.
public enum Child {
  /// What came of it: its exit code (128 and the signal's number where one ended it) and what it wrote.
  public struct Outcome: Sendable {
    public let code: Int32
    public let output: [UInt8]
    public let complaint: [UInt8]
  }

  public enum Stream: Sendable { case inherited, captured }

  /// Runs a program, found on the PATH where its name has no slash. `input` nil: it reads what we read.
  public static func run(
    _ program: String, _ arguments: [String], input: [UInt8]? = nil, output: Stream = .captured, complaint: Stream = .captured,
    environment: [String: String] = [:]
  ) throws(SystemFailure) -> Outcome {
    let inPipe = try Pipe(wanted: input != nil)
    let outPipe = try Pipe(wanted: output == .captured)
    let errorPipe = try Pipe(wanted: complaint == .captured)

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
    // A child starts with every signal as the system made it.
    var all = sigset_t()
    sigfillset(&all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    if inPipe.reader >= 0 { posix_spawn_file_actions_adddup2(&actions, inPipe.reader, 0) }
    if outPipe.writer >= 0 { posix_spawn_file_actions_adddup2(&actions, outPipe.writer, 1) }
    if errorPipe.writer >= 0 { posix_spawn_file_actions_adddup2(&actions, errorPipe.writer, 2) }

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
    inPipe.closeReader()
    outPipe.closeWriter()
    errorPipe.closeWriter()
    let (written, complained) = exchange(input ?? [], inPipe, outPipe, errorPipe)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { throw .last } }
    let signal = status & 0x7f
    return Outcome(code: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: written, complaint: complained)
  }

  /// Feeds the child and reads it at once, so that neither waits for the other for ever.
  private static func exchange(_ input: [UInt8], _ inPipe: Pipe, _ outPipe: Pipe, _ errorPipe: Pipe) -> ([UInt8], [UInt8]) {
    var fed = 0
    var answers: [[UInt8]] = [[], []]
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    if inPipe.writer >= 0 { _ = fcntl(inPipe.writer, F_SETFL, fcntl(inPipe.writer, F_GETFL, 0) | O_NONBLOCK) }
    if fed == input.count { inPipe.closeWriter() }
    while true {
      var waits: [pollfd] = []
      if inPipe.writer >= 0 { waits.append(pollfd(fd: inPipe.writer, events: Int16(POLLOUT), revents: 0)) }
      for pipe in [outPipe, errorPipe] where pipe.reader >= 0 { waits.append(pollfd(fd: pipe.reader, events: Int16(POLLIN), revents: 0)) }
      guard !waits.isEmpty else { break }
      if poll(&waits, nfds_t(waits.count), -1) < 0 {
        if errno == EINTR { continue }
        break
      }
      for wait in waits where wait.revents != 0 {
        if wait.fd == inPipe.writer {
          let n = input.withUnsafeBytes { bytes in bytes.baseAddress.map { writeOnce(wait.fd, $0 + fed, input.count - fed) } ?? 0 }
          if n < 0, errno == EAGAIN || errno == EINTR { continue }
          fed += max(0, n)
          if n < 0 || fed == input.count { inPipe.closeWriter() }
          continue
        }
        let which = wait.fd == outPipe.reader ? 0 : 1
        let n = chunk.withUnsafeMutableBytes { read(wait.fd, $0.baseAddress, $0.count) }
        if n < 0, errno == EINTR { continue }
        if n <= 0 {
          (which == 0 ? outPipe : errorPipe).closeReader()
        } else {
          answers[which] += chunk[0..<n]
        }
      }
    }
    return (answers[0], answers[1])
  }
}

private func writeOnce(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int { write(descriptor, start, count) }

/// The two ends of a pipe, closed when it goes; -1 where an end is closed or none was wanted.
private final class Pipe {
  private(set) var reader: Int32 = -1
  private(set) var writer: Int32 = -1

  init(wanted: Bool) throws(SystemFailure) {
    guard wanted else { return }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .last }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reader, writer) = (ends[0], ends[1])
  }

  deinit {
    closeReader()
    closeWriter()
  }

  func closeReader() {
    if reader >= 0 { close(reader) }
    reader = -1
  }
  func closeWriter() {
    if writer >= 0 { close(writer) }
    writer = -1
  }
}
