import Formats
import Foundation
import HTTP
import Posix
import Testing

// `kctl serve` as its users start it: the executable that was built beside the tests, in an empty home.

/// The executable.
enum Executable {
  /// Beside the test bundle; where the bundle's runner stands elsewhere, below the repository.
  static let path: String? = {
    let manager = FileManager.default
    var folders = [Bundle.main.bundlePath, (CommandLine.arguments[0] as NSString).deletingLastPathComponent]
    folders += Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }.map { ($0.bundlePath as NSString).deletingLastPathComponent }
    let tests = ((#filePath as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent as NSString
    folders.append(((tests as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent + "/.build/debug")
    return folders.map { $0 + "/kctl" }.first { manager.isExecutableFile(atPath: $0) }
  }()
}

/// A server that runs, until it goes.
final class RunningServer {
  enum Door { case tcp, unix }

  let home: ScratchFolder
  let address: SocketAddress
  let process: Subprocess
  var kubeconfig: String { home.path + "/kubeconfig" }

  /// - Parameter clock: `manual` stands still until a test advances it.
  init(
    _ door: Door = .tcp, in home: ScratchFolder? = nil, clock: String = "manual", flags: [String] = [], environment: [String: String] = [:]
  ) throws {
    let home = try home ?? ScratchFolder()
    self.home = home
    var arguments = ["serve"]
    switch door {
    case .tcp: arguments += ["--listen=127.0.0.1:0", "--kubeconfig-out=\(home.path)/kubeconfig"]
    case .unix: arguments += ["--listen=unix:\(home.path)/door"]
    }
    let process = try Kctl.start(arguments + flags, in: home, ["KCTL_SIM_CLOCK": clock].merging(environment) { $1 }, out: "server")
    self.process = process
    let begin = "Starting to serve on "
    try Patience.until("\"\(begin)\"") { process.output.contains("\n") || !process.isRunning }
    let line = process.output.prefix { $0 != "\n" }
    guard line.hasPrefix(begin), let address = SocketAddress(String(line.dropFirst(begin.count))) else {
      throw Subprocess.Failure(description: "the server didn't start: \(process.output)\(process.complaint)")
    }
    self.address = address
  }

  deinit { if process.isRunning { end(by: SIGTERM) } }

  /// Ends it by a signal that asks it to; it must end well, and have complained of nothing.
  func end(by signal: Int32) {
    process.signal(signal)
    do {
      let ended = try process.wait()
      #expect(ended.code == 0 && ended.complaint == "", "\(ended)")
    } catch {
      Issue.record(error)
    }
  }

  func stop() { end(by: SIGTERM) }

  /// As a power cut would end it.
  func crash() throws {
    process.signal(SIGKILL)
    #expect(try process.wait().code == 128 + SIGKILL)
  }

  func connect() throws -> RawConnection { try RawConnection(to: address) }

  // MARK: Requests, on a connection each

  func get(_ path: String, _ header: [String: String] = [:]) throws -> Answer { try connect().ask("GET", path, header) }

  func post(_ path: String, _ body: Value, _ header: [String: String] = [:]) throws -> Answer {
    try connect().ask("POST", path, header, body)
  }

  func put(_ path: String, _ body: Value, _ header: [String: String] = [:]) throws -> Answer {
    try connect().ask("PUT", path, header, body)
  }

  func delete(_ path: String, _ body: Value? = nil) throws -> Answer { try connect().ask("DELETE", path, [:], body) }

  func patch(_ path: String, _ type: String, _ body: Value) throws -> Answer {
    try connect().ask("PATCH", path, ["Content-Type": "application/\(type)"], body)
  }

  /// Lets simulated time pass.
  func advance(_ duration: String) throws {
    let answer = try post("/apis/sim.kctl.dev/v1/simulations/cluster/advance", ["duration": .string(duration)])
    try #require(answer.status / 100 == 2, "\(answer)")
  }
}

/// The command line, as a process.
enum Kctl {
  static func start(_ arguments: [String], in home: ScratchFolder, _ environment: [String: String] = [:], out: String = "out") throws
    -> Subprocess
  {
    let program = try #require(Executable.path, "kctl is not built: run swift build")
    let own = ["KCTL_HOME": home.path + "/home", "HOME": home.path, "PATH": "/usr/bin:/bin"]
    return try Subprocess(
      program, arguments, environment: own.merging(environment) { $1 }, out: "\(home.path)/\(out)")
  }

  static func run(_ arguments: [String], in home: ScratchFolder, _ environment: [String: String] = [:]) throws -> Subprocess.Outcome {
    try start(arguments, in: home, environment).wait()
  }
}
