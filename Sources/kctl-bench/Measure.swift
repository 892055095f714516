import Posix

// Times and memory, measured.

enum Measure {
  /// How long a piece of work takes, in seconds.
  static func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = Machine.steadyNanoseconds
    try work()
    return Double(Machine.steadyNanoseconds - start) / 1e9
  }

  /// The median of several times, after one run to warm up.
  static func median(of runs: Int, _ work: () throws -> Void) rethrows -> Double {
    try work()
    let times = try (0..<runs).map { _ in try seconds(work) }.sorted()
    return times[times.count / 2]
  }

  /// How long a program takes to start, do its work and end, in seconds; nil where it isn't there or fails.
  static func program(_ program: String, _ words: [String], environment: [String: String] = [:], runs: Int = 21) -> Double? {
    guard let first = try? Child.run(program, words, environment: environment), first.code == 0 else { return nil }
    return try? median(of: runs) { _ = try Child.run(program, words, environment: environment) }
  }

  /// The most memory this process has had, in MB; nil where the system doesn't say.
  static var peakMemory: Double? {
    guard let bytes = try? Machine.readFile("/proc/self/status") else { return nil }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmHWM:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Double($0) }.map { $0 / 1024 }
    }
    return nil
  }

  /// The kctl binary beside this one.
  static var kctl: String {
    let own = CommandLine.arguments.first ?? ""
    guard let slash = own.lastIndex(of: "/") else { return "kctl" }
    return own[...slash] + "kctl"
  }

  /// A fresh folder that is gone afterwards.
  static func withFolder(_ body: (String) throws -> Void) throws {
    let path = "\(Machine.environment("TMPDIR") ?? "/tmp")/kctl-bench-\(Machine.processID)"
    try Folder.make(path)
    defer { _ = try? Child.run("rm", ["-rf", path]) }
    try body(path)
  }
}

/// Why a benchmark could not be run.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
