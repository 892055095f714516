#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What this process takes of the machine.

/// What this process takes of the machine; what the system doesn't tell is nil.
public struct ProcessFigures: Sendable {
  /// Processor time, its own and the system's for it.
  public let processorSeconds: Double
  public let residentBytes: Int?
  public let openDescriptors: Int?

  public init() {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    processorSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    // Pages in memory stand second.
    let pages = (try? Machine.readFile("/proc/self/statm")).flatMap { bytes in
      String(decoding: bytes, as: UTF8.self).split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
    residentBytes = pages.map { $0 * Int(getpagesize()) }
    openDescriptors = (try? Machine.entries(of: "/proc/self/fd"))?.count
  }
}
