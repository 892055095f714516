import Foundation
import Testing

// The real kubectl, in a home of its own.

/// kubectl, pointed at a server.
struct Kubectl {
  static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/kubectl" }.first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  let server: RunningServer

  private func start(_ words: [String], input: String?, _ environment: [String: String]) throws -> Subprocess {
    let program = try #require(Self.path)
    let home = server.home.path
    let inherited = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let own = ["HOME": home, "KUBECONFIG": server.kubeconfig, "PATH": inherited, "TMPDIR": home]
    let file = try input.map { try server.home.write("input-\(UUID().uuidString)", $0) }
    return try Subprocess(
      program, words, environment: own.merging(environment) { $1 }, out: "\(home)/kubectl-\(UUID().uuidString)", input: file)
  }

  /// Runs one command to its end.
  func callAsFunction(_ words: String..., input: String? = nil, environment: [String: String] = [:]) throws -> Subprocess.Outcome {
    try start(words, input: input, environment).wait()
  }

  /// Runs a command that waits for something; simulated time passes as long as it does.
  func advancing(_ words: String..., by step: String = "1s") throws -> Subprocess.Outcome {
    let process = try start(words, input: nil, [:])
    try Patience.until("the end of kubectl \(words.joined(separator: " "))") {
      try server.advance(step)
      return !process.isRunning
    }
    return try process.wait()
  }

  /// What a command prints, which must succeed.
  func output(_ words: String..., input: String? = nil, at location: SourceLocation = #_sourceLocation) throws -> String {
    let ended = try start(words, input: input, [:]).wait()
    #expect(ended.code == 0, "kubectl \(words.joined(separator: " ")): \(ended)", sourceLocation: location)
    return ended.output
  }
}
