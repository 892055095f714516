import APIMachinery
import Foundation
import Posix
import Testing

@testable import ProcessCluster

// What the tests of containers share: a folder of their own, real processes, and waiting for them, bounded.

/// Containers in a folder of one test's own. Whatever it started is gone when it goes.
final class ContainerScene {
  let folder: String
  private var containers: [ContainerProcess] = []
  private var count = 0

  /// A static executable that holds the shim, built beside the tests.
  static let shim: String = {
    let ours = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    return [ours, bundle ?? ours].map { $0 + "/kctl-shim" }.first(where: Folder.exists) ?? "/proc/self/exe"
  }()

  init() throws { folder = try Folder.makeNew(FileManager.default.temporaryDirectory.path + "/kctl-containers-") }

  deinit {
    for container in containers where container.isRunning {
      container.kill()
      _ = try? end(of: container)
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// A new container's folder.
  func place() throws -> String {
    count += 1
    let path = folder + "/\(count)"
    try Folder.make(path)
    return path
  }

  /// A launch of a program with its words.
  func launch(of words: [String]) -> ContainerLaunch {
    var launch = ContainerLaunch(program: words[0], arguments: words)
    launch.environment = [("PATH", "/usr/bin:/bin")]
    return launch
  }
  func shell(_ script: String) -> ContainerLaunch { launch(of: ["/bin/sh", "-c", script]) }

  func start(_ launch: ContainerLaunch, in place: String? = nil) throws -> ContainerProcess {
    let container = try ContainerProcess.launch(launch, folder: place ?? self.place(), executable: Self.shim)
    containers.append(container)
    return container
  }

  /// Runs a program to its end.
  func run(_ launch: ContainerLaunch) throws -> (exit: ExitRecord, container: ContainerProcess) {
    let container = try start(launch)
    return (try end(of: container), container)
  }
}

/// Waits until something holds; a test that waits ten seconds has failed.
func wait<T>(for what: String, _ body: () throws -> T?) throws -> T {
  for _ in 0..<2000 {
    if let found = try body() { return found }
    WallClock.sleep(nanoseconds: 5_000_000)
  }
  throw Waited(what: what)
}

struct Waited: Error { let what: String }

func end(of container: ContainerProcess) throws -> ExitRecord { try wait(for: "the container's end") { container.ended } }

/// What a container has written so far.
func lines(_ container: ContainerProcess) -> [LogLine] { all(LogReader(folder: container.folder)) }

func all(_ reader: LogReader) -> [LogLine] {
  var lines: [LogLine] = []
  while true {
    let more = reader.next()
    if more.isEmpty { return lines }
    lines += more
  }
}

func text(_ lines: [LogLine]) -> [String] { lines.map { String(decoding: $0.bytes, as: UTF8.self) } }

/// Waits for a line, and returns it.
func line(of container: ContainerProcess, _ matches: (String) -> Bool = { _ in true }) throws -> String {
  try wait(for: "a line") { text(lines(container).filter(\.endsLine)).first(where: matches) }
}

/// Whether a process is there and no zombie.
func lives(_ process: Int32) -> Bool {
  guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = stat.lastIndex(of: ")") else {
    return false
  }
  return !stat[end...].hasPrefix(") Z")
}

/// The processes whose command line holds a text.
func processes(with mark: String) -> [Int32] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return names.compactMap(Int32.init).filter { process in
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
    return String(decoding: bytes, as: UTF8.self).contains(mark) && lives(process)
  }
}
