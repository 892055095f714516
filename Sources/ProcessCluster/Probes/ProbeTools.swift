import Posix

// Programs of this machine that probes are made with.

/// The programs that do what we can't: by name, found in the PATH, or by path.
public struct ProbeTools: Sendable {
  /// Makes probes over https.
  public var curl = "curl"
  /// Makes probes over gRPC.
  public var grpcHealthProbe = "grpc_health_probe"
  /// Looks up names of hosts.
  public var getent = "getent"
  /// Where they are found, and what they find others by.
  public var path: String

  /// - Parameter path: nil takes our own PATH.
  public init(path: String? = nil) {
    self.path = path ?? Machine.environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
  }

  func program(_ words: [String], hasInput: Bool = false) -> GroupChild.Program {
    var program = GroupChild.Program(words)
    program.environment = [("PATH", path)]
    program.hasInput = hasInput
    program.folder = "/"
    program.endsWithUs = true
    return program
  }
}
