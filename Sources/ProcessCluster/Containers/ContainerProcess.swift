import APIMachinery
import CPosix
import Posix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A container's process: a program with a shim above it, whichever daemon started it.

/// A container's program and all that it has started, reached through the shim that keeps them. It outlives this object and this process.
///
/// The shim holds the lock of the container's folder for as long as it lives; whoever finds the lock free knows that it is gone.
/// While it lives everything is asked of it through the FIFO `control`, so that no process is ever signalled by its number.
public final class ContainerProcess {
  /// The variable by which its processes are known.
  public static let tokenName = "KCTL_TOKEN"

  /// The container's folder, with the files `state`, `exit`, `control`, perhaps `stdin`, and the log.
  public let folder: String
  /// The shim.
  public let shim: Int32
  /// The program; 0 where it never ran.
  public let program: Int32
  public let started: Instant
  /// Readable once the container has ended and its end is written down; nil where the system has no such thing for somebody else's child
  /// (Darwin, after an adoption: ask `isRunning` now and then).
  public var descriptor: Int32? {
    #if os(Linux)
      // There may have been none to be had; a child that was not waited for keeps its number.
      if watch < 0, isOurChild, record == nil { watch = cposix_process_descriptor(shim) }
    #endif
    return watch >= 0 ? watch : nil
  }

  private let token: String
  private let isOurChild: Bool
  private var watch: Int32
  private var record: ExitRecord?

  init(folder: String, shim: Int32, program: Int32, started: Instant, token: String, isOurChild: Bool, watch: Int32) {
    self.folder = folder
    self.shim = shim
    self.program = program
    self.started = started
    self.token = token
    self.isOurChild = isOurChild
    self.watch = watch
  }

  deinit {
    if watch >= 0 { close(watch) }
    if isOurChild, record == nil { _ = waitpid(shim, nil, WNOHANG) }
  }

  /// Starts a program, and waits no longer than its exec takes. The folder exists and no container has used it before.
  /// - Parameter executable: what is run as the shim: nil is this program itself.
  public static func launch(
    _ launch: ContainerLaunch, folder: String, executable: String? = nil
  ) throws(LaunchFailure) -> ContainerProcess {
    try PendingLaunch(launch, folder: folder, executable: executable).finish()
  }

  /// Whether the shim lives.
  public var isRunning: Bool {
    if record != nil { return false }
    guard let watched = descriptor else { return Self.lockIsHeld(folder) }
    var wait = pollfd(fd: watched, events: Int16(POLLIN), revents: 0)
    return poll(&wait, 1, 0) == 0
  }

  /// How it ended, once it has.
  public var ended: ExitRecord? {
    if let record { return record }
    guard !isRunning else { return nil }
    if isOurChild { _ = waitpid(shim, nil, 0) }
    let found = Self.exit(in: folder, token: token) ?? lost()
    record = found
    return found
  }

  /// Lets go of the descriptor, once it has told of the end and nobody waits for it any more.
  func dropDescriptor() {
    guard record != nil, watch >= 0 else { return }
    close(watch)
    watch = -1
  }

  /// What its log had no room for so far.
  public var dropped: DroppedOutput { record?.dropped ?? RecordFile(folder + "/state", kind: "kctl-shim")?.dropped ?? DroppedOutput() }

  /// Signals the program's process group; false where nobody is left to do so.
  @discardableResult
  public func signal(_ number: Int32) -> Bool { order(CPOSIX_CONTROL_SIGNAL, UInt8(truncatingIfNeeded: number)) }

  /// Ends the program and whatever has come of it, wherever it has gone: SIGKILL to all of them. Its end is told as any other.
  /// False: the shim lives and could not be asked, for want of a descriptor; ask again.
  @discardableResult
  public func kill() -> Bool {
    if order(CPOSIX_CONTROL_KILL, 0) { return true }
    guard !isRunning else { return false }
    ProcessTree.endMarked(token: token)
    return true
  }

  /// Lets the program's input end, once those who still write to the FIFO `stdin` have ended too.
  public func closeInput() { _ = order(CPOSIX_CONTROL_CLOSE_INPUT, 0) }

  /// Lets the shim write its output to the FIFOs `attach-PLACE-1` and `attach-PLACE-2` of the folder too, as long as they are read.
  /// False where nobody is left to do so.
  func attach(at place: Int) -> Bool { order(CPOSIX_CONTROL_ATTACH, UInt8(truncatingIfNeeded: place)) }

  /// Gives its terminal, if it has one, a size.
  func resize(columns: Int, rows: Int) {
    let size = [columns & 255, columns >> 8 & 255, rows & 255, rows >> 8 & 255]
    _ = order(size.flatMap { [UInt8(CPOSIX_CONTROL_SIZE), UInt8($0)] })
  }

  /// What the program and all that has come of it use; nil once that is nothing.
  public func usage() -> ProcessTree.Usage? { isRunning ? ProcessTree.usage(below: shim) : nil }

  private func order(_ what: Int, _ value: UInt8) -> Bool { order([UInt8(what), value]) }

  /// Orders of two bytes each, which no other's can get between.
  private func order(_ bytes: [UInt8]) -> Bool {
    guard record == nil else { return false }
    // Without a reader this fails, and the only reader of a container's FIFO is its shim.
    let fifo = open(folder + "/control", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
    guard fifo >= 0 else { return false }
    defer { close(fifo) }
    var info = stat()
    guard fstat(fifo, &info) == 0, info.st_mode & S_IFMT == S_IFIFO else { return false }
    return write(fifo, bytes, bytes.count) == bytes.count
  }

  /// What marks a process as one of the container's.
  var mark: (name: String, value: String) { (ContainerProcess.tokenName, token) }

  /// Ends what bears its mark and isn't below its shim: what commands beside its program have left.
  func endMarked() { ProcessTree.endMarked(token: token) }

  /// The shim was killed: what may be left of its container is known by the token.
  private func lost() -> ExitRecord {
    ProcessTree.endMarked(token: token)
    let now = Instant(nanoseconds: WallClock.now)
    // It may have died before it wrote down that the program runs.
    return ExitRecord(outcome: .lost, started: started.nanoseconds > 0 ? started : now, ended: now)
  }
}

extension ContainerProcess {
  /// The container whose folder this is, running or ended; nil where none was ever started here, or where what lives can't be proved to
  /// be it. A shim is proved by its folder's lock, its process's number and start, and the token in its environment.
  public static func adopt(folder: String) -> ContainerProcess? {
    // One that is just being started by a daemon that has died needs a moment.
    for attempt in 0..<200 {
      if attempt > 0 { WallClock.sleep(nanoseconds: 10_000_000) }
      guard lockIsHeld(folder) else { return adoptEnded(folder) }
      guard let state = RecordFile(folder + "/state", kind: "kctl-shim"), let token = state.token, state.process("program") > 0
      else { continue }
      return adopt(folder, state, token)
    }
    return nil
  }

  private static func adopt(_ folder: String, _ state: RecordFile, _ token: String) -> ContainerProcess? {
    let shim = state.process("shim")
    #if os(Linux)
      let watch = cposix_process_descriptor(shim)
      // Opened first: from now on the number can't become another's unnoticed.
      guard watch >= 0 else { return lockIsHeld(folder) ? nil : adoptEnded(folder) }
      guard ProcessTree.start(of: shim) == state.number("shim-began"), ProcessTree.isMarked(shim, token: token) else {
        close(watch)
        return lockIsHeld(folder) ? nil : adoptEnded(folder)
      }
    #else
      // Darwin shows nobody's start and environment so simply: the lock is the proof, and nothing is signalled by number.
      let watch: Int32 = -1
    #endif
    return ContainerProcess(
      folder: folder, shim: shim, program: state.process("program"), started: Instant(nanoseconds: Int64(state.number("started"))),
      token: token, isOurChild: false, watch: watch)
  }

  /// Nobody lives there: what is written down, or else the loss of it.
  private static func adoptEnded(_ folder: String) -> ContainerProcess? {
    guard let state = RecordFile(folder + "/state", kind: "kctl-shim"), let token = state.token else { return nil }
    let process = ContainerProcess(
      folder: folder, shim: state.process("shim"), program: state.process("program"),
      started: Instant(nanoseconds: Int64(state.number("started"))), token: token, isOurChild: false, watch: -1)
    process.record = exit(in: folder, token: token) ?? process.lost()
    return process
  }

  /// What the shim wrote down; on a full disk that is in `state` only.
  private static func exit(in folder: String, token: String) -> ExitRecord? {
    for (name, kind) in [("exit", "kctl-exit"), ("state", "kctl-shim")] {
      if let file = RecordFile(folder + "/" + name, kind: kind), file.token == token, let exit = file.exit { return exit }
    }
    return nil
  }

  /// Whether a shim lives in a folder.
  static func lockIsHeld(_ folder: String) -> Bool {
    do throws(SystemFailure) {
      let opened = try Descriptor(folder, .read)
      return cposix_lock_folder(opened.number) != 0 && errno == EWOULDBLOCK
    } catch {
      // Where no descriptor is to be had nobody can be declared dead.
      return !error.isMissing
    }
  }
}
