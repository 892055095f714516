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

  /// How long this process has had a processor, in seconds; nil where the system doesn't say.
  static var processorSeconds: Double? {
    guard let bytes = try? Machine.readFile("/proc/self/schedstat") else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: " ").first.flatMap { Double($0) }.map { $0 / 1e9 }
  }

  /// How long a process's threads have had a processor, in seconds.
  static func processorSeconds(of process: Int32) -> Double {
    let threads = (try? Machine.entries(of: "/proc/\(process)/task")) ?? []
    return threads.compactMap { thread in
      guard let bytes = try? Machine.readFile("/proc/\(process)/task/\(thread)/schedstat") else { return nil }
      return String(decoding: bytes, as: UTF8.self).split(separator: " ").first.flatMap { Double($0) }.map { $0 / 1e9 }
    }.reduce(0, +)
  }

  /// The most memory this process has had, in MB; nil where the system doesn't say.
  static var peakMemory: Double? { peakMemory(of: "self") }

  /// The most memory a process has had, in MB.
  static func peakMemory(of process: String) -> Double? { memory("VmHWM:", of: process) }

  /// A figure of a process's memory as the system names it, in MB.
  static func memory(_ figure: String, of process: String) -> Double? {
    guard let bytes = try? Machine.readFile("/proc/\(process)/status") else { return nil }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix(figure) {
      return line.split(separator: " ").dropFirst().first.flatMap { Double($0) }.map { $0 / 1024 }
    }
    return nil
  }

  /// The kctl binary beside this one, built first where this one stands in a build folder.
  static let kctl: String = {
    let own = CommandLine.arguments.first ?? ""
    guard let slash = own.lastIndex(of: "/") else { return "kctl" }
    let folder = String(own[..<slash])
    if folder.hasSuffix("/release") || folder.hasSuffix("/debug") {
      let configuration = folder.hasSuffix("/release") ? "release" : "debug"
      BenchProgram.complain("building the kctl product (\(configuration))")
      let built = try? Child.run("swift", ["build", "-c", configuration, "--product", "kctl"])
      if built?.code != 0 { BenchProgram.complain("swift build failed: what is measured may be old") }
    }
    return "\(folder)/kctl"
  }()

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
