import CPosix
import Posix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Processes as /proc shows them: who descends from whom, what they use, and which carry a container's token.

/// The machine's processes. Darwin has no /proc: nothing is found there.
public enum ProcessTree {
  /// What a container uses.
  public struct Usage: Equatable, Sendable {
    /// Since its start, with those of its processes that have ended.
    public var cpuNanoseconds: Int64 = 0
    /// Memory shared by several processes is counted once where the system tells.
    public var memoryBytes = 0
    public var processes = 0
  }

  /// What all the descendants of a process use; nil where there is none.
  public static func usage(below process: Int32) -> Usage? {
    var usage = Usage()
    for each in descendants(of: process) {
      guard let line = Line(each) else { continue }
      usage.processes += 1
      usage.cpuNanoseconds += nanoseconds(ticks: line.ownTicks + line.childrenTicks)
      usage.memoryBytes += memory(of: each) ?? 0
    }
    guard usage.processes > 0 else { return nil }
    // Those that it has waited for.
    if let line = Line(process) { usage.cpuNanoseconds += nanoseconds(ticks: line.childrenTicks) }
    return usage
  }

  /// Every living process that descends from one.
  public static func descendants(of process: Int32) -> [Int32] {
    let hasChildren = access("/proc/thread-self/children", R_OK) == 0
    var parents: [Int32: [Int32]] = [:]
    if !hasChildren {
      for each in all() { if let line = Line(each) { parents[line.parent, default: []].append(each) } }
    }
    var found: [Int32] = []
    var next = hasChildren ? children(of: process) : parents[process] ?? []
    var seen: Set<Int32> = [process]
    while let each = next.popLast() {
      guard seen.insert(each).inserted else { continue }
      found.append(each)
      next += hasChildren ? children(of: each) : parents[each] ?? []
    }
    return found
  }

  /// When a process began, in the kernel's own count since boot; nil where it is gone.
  static func start(of process: Int32) -> Int? { Line(process)?.start }

  /// Whether a process has a container's token in the environment that it began with.
  static func isMarked(_ process: Int32, token: String) -> Bool {
    guard let bytes = contents("/proc/\(process)/environ") else { return false }
    let mark = Array("\(ContainerProcess.tokenName)=\(token)".utf8)
    return bytes.split(separator: 0).contains { $0.elementsEqual(mark) }
  }

  /// Ends all that carry a token: SIGKILL to each that is proved to by a descriptor that was opened before it was looked at.
  /// Those who have cleared their environment, whose shim was killed, are not found.
  static func endMarked(token: String) {
    // As long as some are found: one may have forked between the look and the signal.
    for _ in 0..<100 {
      var found = 0
      for process in all() where isMarked(process, token: token) {
        let descriptor = cposix_process_descriptor(process)
        guard descriptor >= 0 else { continue }
        if isMarked(process, token: token), cposix_signal_process(descriptor, SIGKILL) == 0 { found += 1 }
        close(descriptor)
      }
      guard found > 0 else { return }
      WallClock.sleep(nanoseconds: 1_000_000)
    }
  }

  private static func children(of process: Int32) -> [Int32] {
    numbers(in: "/proc/\(process)/task").flatMap { thread in
      contents("/proc/\(process)/task/\(thread)/children").map { bytes in
        bytes.split(separator: 32).compactMap { Int32(Substring(decoding: $0, as: UTF8.self)) }
      } ?? []
    }
  }

  private static func all() -> [Int32] { numbers(in: "/proc") }

  /// The names in a folder that are numbers.
  private static func numbers(in path: String) -> [Int32] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var found: [Int32] = []
    while let entry = readdir(folder) {
      let number = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 1) { Int32(String(cString: $0)) }
      }
      if let number, number > 0 { found.append(number) }
    }
    return found
  }

  private static func nanoseconds(ticks: Int64) -> Int64 { ticks * (1_000_000_000 / Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))) }

  /// The proportional share where we may see it, else what is resident.
  private static func memory(of process: Int32) -> Int? {
    if let bytes = contents("/proc/\(process)/smaps_rollup") {
      for line in bytes.split(separator: 10) where line.starts(with: Array("Pss:".utf8)) {
        let words = line.split(separator: 32)
        if words.count > 1, let kilobytes = Int(Substring(decoding: words[1], as: UTF8.self)) { return kilobytes << 10 }
      }
    }
    guard let words = contents("/proc/\(process)/statm")?.split(separator: 32), words.count > 1 else { return nil }
    return Int(Substring(decoding: words[1], as: UTF8.self)).map { $0 * Int(getpagesize()) }
  }

  /// A file of /proc, whose size is only known by reading it.
  private static func contents(_ path: String) -> [UInt8]? {
    guard let file = try? Descriptor(path, .read) else { return nil }
    var bytes: [UInt8] = []
    while let more = try? file.read(at: bytes.count, count: 8192) {
      bytes += more
      if more.count < 8192 { return bytes }
    }
    return nil
  }

  /// What we need of `/proc/PID/stat`.
  private struct Line {
    let parent: Int32
    let ownTicks: Int64
    let childrenTicks: Int64
    let start: Int

    init?(_ process: Int32) {
      // The name, in parentheses, may hold anything.
      guard let bytes = contents("/proc/\(process)/stat"), let end = bytes.lastIndex(of: 41) else { return nil }
      let fields = bytes[(end + 1)...].split(separator: 32).map { Int(Substring(decoding: $0, as: UTF8.self)) ?? 0 }
      guard fields.count > 19 else { return nil }
      parent = Int32(truncatingIfNeeded: fields[1])
      ownTicks = Int64(fields[11] + fields[12])
      childrenTicks = Int64(fields[13] + fields[14])
      start = fields[19]
    }
  }
}
