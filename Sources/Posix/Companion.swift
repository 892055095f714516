#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Another program that runs for as long as we do.

/// Another program that runs beside us, in a group of its own, until its `Companion` goes or this process does, however it ends:
/// a shell between us reads a pipe that ends with us, ends the program then, and removes what it has left.
public final class Companion {
  private let process: pid_t
  private let input: Pipe
  private let complaints: Pipe
  private var said: [UInt8] = []
  private var code: Int32?

  /// Its arguments are the folder to remove with its files, the program and its words.
  private static let script = """
    folder=$1; shift
    exec 3<&0 </dev/null
    "$@" 3<&- &
    program=$!
    # Nobody may be there any more to read what the shell says of its end.
    exec 2>/dev/null
    { read -r nothing; kill "$program"; } <&3 &
    watcher=$!
    wait "$program"; code=$?
    kill "$watcher"
    rm -f "$folder"/*; rmdir "$folder"
    exit "$code"
    """

  /// Starts a program with nothing to read and nobody to read its output.
  /// - Parameter folder: a folder of the program's own, which goes with it.
  public init(_ program: String, _ arguments: [String], folder: String, environment: [String: String] = [:]) throws(SystemFailure) {
    input = try Pipe(wanted: true)
    complaints = try Pipe(wanted: true)
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    guard nowhere >= 0 else { throw .last }
    defer { close(nowhere) }
    process = try Spawn.start(
      "/bin/sh", ["-c", Companion.script, "sh", folder, program] + arguments,
      descriptors: [input.reader, nowhere, complaints.writer], ownGroup: true, environment: environment)
    input.closeReader()
    complaints.closeWriter()
    _ = fcntl(complaints.reader, F_SETFL, fcntl(complaints.reader, F_GETFL, 0) | O_NONBLOCK)
  }

  deinit { end() }

  /// Whether it has ended by itself.
  public var hasEnded: Bool {
    if code == nil { code = Spawn.endIfEnded(of: process) }
    return code != nil
  }

  /// What it has written to its standard error so far: the first part of it.
  public var complaint: String {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let n = chunk.withUnsafeMutableBytes { read(complaints.reader, $0.baseAddress, $0.count) }
      guard n > 0 else { break }
      if said.count < 1 << 16 { said += chunk[..<n] }
    }
    return String(decoding: said, as: UTF8.self)
  }

  /// Ends it and waits until it and its folder are gone.
  public func end() {
    input.closeWriter()
    if !hasEnded { code = try? Spawn.end(of: process) }
  }
}
