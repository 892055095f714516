import CPosix

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

    let process = try Spawn.start(
      program, arguments, descriptors: [inPipe.reader, outPipe.writer, errorPipe.writer], environment: environment)
    inPipe.closeReader()
    outPipe.closeWriter()
    errorPipe.closeWriter()
    let (written, complained) = exchange(input ?? [], inPipe, outPipe, errorPipe)
    return Outcome(code: try Spawn.end(of: process), output: written, complaint: complained)
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
final class Pipe {
  private(set) var reader: Int32 = -1
  private(set) var writer: Int32 = -1

  init(wanted: Bool) throws(SystemFailure) {
    guard wanted else { return }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .last }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reader, writer) = (ends[0], ends[1])
  }

  /// One for a child: our end never waits, the child's does.
  init(oneSided wanted: Bool, weRead: Bool) throws(SystemFailure) {
    guard wanted else { return }
    var ends: [Int32] = [-1, -1]
    guard cposix_pipe(&ends) == 0 else { throw .last }
    (reader, writer) = (ends[0], ends[1])
    let theirs = weRead ? writer : reader
    _ = fcntl(theirs, F_SETFL, fcntl(theirs, F_GETFL, 0) & ~O_NONBLOCK)
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
