import CPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A program that runs beside us and is ended with all that it has started.

/// A program in a session and process group of its own, whose output we read and whose end we are told of, all without waiting.
///
/// Its owner reads `output` and `complaint` while they are readable, reaps it once `endDescriptor` is (or asks `hasEnded` now and then
/// where there is none), and never lets go of it before it was reaped.
public final class GroupChild {
  /// What it is started with.
  public struct Program: Sendable {
    /// The program first: found in the environment's PATH where it has no slash.
    public var words: [String]
    /// All of it: nothing of ours is inherited.
    public var environment: [(name: String, value: String)] = []
    /// Nil: where we are.
    public var folder: String?
    /// Nil leaves ours, which is all that is permitted without root.
    public var user: UInt32?
    public var group: UInt32?
    public var supplementaryGroups: [UInt32]?
    /// A process whose mounts it sees, where they aren't ours.
    public var mountsOf: Int32?
    /// Whether there is something for it to read; else it reads nothing.
    public var hasInput = false
    /// Whether it has a terminal of its own, over which all three of its streams go.
    public var hasTerminal = false
    /// Folders of control groups that it joins.
    public var controlGroups: [String] = []
    /// Whether no program that it starts may gain privileges, where the system knows such a thing.
    public var noNewPrivileges = false
    /// How many bytes of data it may have; nil: as many as we.
    public var dataLimit: UInt64?
    /// Whether it is killed when we end, however we end, where the system can do that.
    public var endsWithUs = false

    public init(_ words: [String]) { self.words = words }
  }

  /// Why it could not be started.
  public struct StartFailure: Error, Hashable, Sendable {
    public enum Step: Sendable { case resources, user, folder, exec }
    public let step: Step
    public let problem: SystemFailure
  }

  public let process: Int32
  /// Readable once it has ended; -1 where the system has nothing of the kind.
  public private(set) var endDescriptor: Int32
  private let inPipe: Pipe
  private let outPipe: Pipe
  private let errorPipe: Pipe
  private let terminal: TerminalPair?
  private var code: Int32?

  public init(_ program: Program) throws(StartFailure) {
    guard
      !(program.words + program.environment.map { $0.name + $0.value } + [program.folder ?? ""]).contains(where: { $0.utf8.contains(0) })
    else { throw StartFailure(step: .exec, problem: SystemFailure(code: EINVAL)) }
    do throws(SystemFailure) {
      terminal = program.hasTerminal ? try TerminalPair(user: program.user) : nil
      inPipe = try Pipe(oneSided: program.hasInput && !program.hasTerminal, weRead: false)
      outPipe = try Pipe(oneSided: !program.hasTerminal, weRead: true)
      errorPipe = try Pipe(oneSided: !program.hasTerminal, weRead: true)
    } catch { throw StartFailure(step: .resources, problem: error) }
    let streams = terminal.map { ($0.theirs, $0.theirs, $0.theirs) } ?? (inPipe.reader, outPipe.writer, errorPipe.writer)
    process = try GroupChild.start(program, streams)
    terminal?.closeTheirs()
    inPipe.closeReader()
    outPipe.closeWriter()
    errorPipe.closeWriter()
    endDescriptor = cposix_child_end_descriptor(process)
  }

  deinit { if endDescriptor >= 0 { close(endDescriptor) } }

  private static func start(_ program: Program, _ streams: (Int32, Int32, Int32)) throws(StartFailure) -> pid_t {
    let words = program.words.map { strdup($0) } + [nil]
    let environment = program.environment.map { strdup($0.name + "=" + $0.value) } + [nil]
    let folder = program.folder.flatMap { strdup($0) }
    let controlGroups = program.controlGroups.map { UnsafePointer(strdup($0)) }
    defer {
      for text in controlGroups { free(UnsafeMutablePointer(mutating: text)) }
      for text in words + environment { free(text) }
      free(folder)
    }
    var process: pid_t = 0
    var step: Int32 = 0
    let groups = program.supplementaryGroups
    let mounts = program.mountsOf.flatMap { OtherMounts(of: $0) }
    let failure = words.withUnsafeBufferPointer { words in
      environment.withUnsafeBufferPointer { environment in
        (groups ?? []).withUnsafeBufferPointer { list in
          controlGroups.withUnsafeBufferPointer { controlGroups in
            var child = cposix_child(
              words: words.baseAddress, environment: environment.baseAddress, folder: folder, streams: streams,
              user: program.user.map(Int64.init) ?? -1, group: program.group.map(Int64.init) ?? -1,
              group_count: groups.map { Int32($0.count) } ?? -1, groups: list.baseAddress, cgroups: controlGroups.baseAddress,
              cgroup_count: Int32(controlGroups.count), has_terminal: program.hasTerminal ? 1 : 0,
              mounts: mounts?.number ?? -1,
              no_privileges: program.noNewPrivileges ? 1 : 0, data_limit: program.dataLimit ?? 0,
              ends_with_us: program.endsWithUs ? 1 : 0)
            return cposix_child_start(&child, &process, &step)
          }
        }
      }
    }
    guard failure != 0 else { return process }
    let what: StartFailure.Step =
      switch Int(step) {
      case CPOSIX_CHILD_USER: .user
      case CPOSIX_CHILD_FOLDER: .folder
      case CPOSIX_CHILD_EXEC: .exec
      default: .resources
      }
    throw StartFailure(step: what, problem: SystemFailure(code: failure))
  }

  // MARK: Its streams

  /// What we write for it to read; -1 where there is nothing, or it is closed.
  public var input: Int32 { terminal?.ours ?? inPipe.writer }
  /// Its standard output; -1 once closed. A terminal is its input and its output at once.
  public var output: Int32 { terminal?.ours ?? outPipe.reader }
  /// Its standard error; -1 once closed, and where it has a terminal.
  public var complaint: Int32 { errorPipe.reader }

  /// Writes what can be written at once.
  public func write(_ bytes: UnsafeRawBufferPointer) -> Socket.Moved { Machine.writeSome(input, bytes) }

  /// Says that nothing more comes. A terminal's input does not end.
  public func closeInput() { inPipe.closeWriter() }
  public func closeOutput() {
    outPipe.closeReader()
    terminal?.closeOurs()
  }
  public func closeComplaint() { errorPipe.closeReader() }

  /// Reads what is there of one of its streams.
  public func read(_ stream: Int32, into bytes: UnsafeMutableRawBufferPointer) -> Socket.Moved { Machine.readSome(stream, into: bytes) }

  /// Tells its terminal, if it has one, how large it is.
  public func resize(columns: Int, rows: Int) {
    if let terminal, terminal.ours >= 0 { cposix_resize_terminal(terminal.ours, Int32(clamping: columns), Int32(clamping: rows)) }
  }

  // MARK: Its end

  /// Kills it and whatever of its group is left; nothing once it was reaped, as its number may be another's then.
  public func killGroup() { if code == nil { kill(-process, SIGKILL) } }

  /// Whether it has ended; its number stays its own until it is reaped.
  public var hasEnded: Bool { code != nil || cposix_child_has_ended(process) != 0 }

  /// Its exit code, or 128 and the signal's number; nil while it runs.
  public func reap() -> Int32? {
    if code == nil { code = Spawn.endIfEnded(of: process) }
    return code
  }

  /// Closes `endDescriptor`, which must not be watched any more.
  public func closeEndDescriptor() {
    if endDescriptor >= 0 { close(endDescriptor) }
    endDescriptor = -1
  }
}
