import APIMachinery
import Posix

// gRPC, which an installed grpc_health_probe speaks for us.

/// Asks a gRPC server how it is, by the health protocol.
final class GRPCAttempt: ProbeAttempt {
  private let children: Children
  private let tools: ProbeTools
  private let address: SocketAddress
  private let service: String
  private let timeout: Duration?
  private var run: ChildRun?

  init(_ children: Children, _ tools: ProbeTools, _ address: SocketAddress, service: String, timeout: Duration?) {
    self.children = children
    self.tools = tools
    self.address = address
    self.service = service
    self.timeout = timeout
  }

  func begin(_ done: @escaping (ProbeOutcome) -> Void) {
    var words = [tools.grpcHealthProbe, "-addr=\(address)", "-service=\(service)", "-user-agent=kube-probe/1.28"]
    if let timeout { words += ["-connect-timeout=\(timeout.goText)", "-rpc-timeout=\(timeout.goText)"] }
    do throws(GroupChild.StartFailure) {
      run = try children.start(tools.program(words)) { [self] end in
        run = nil
        done(end.code == 0 ? .success : .failure(GRPCAttempt.text(of: end)))
      }
    } catch {
      let why = error.problem.isMissing ? "which is not installed on this machine" : "which cannot be run: \(error.problem.text)"
      done(.unknown("grpc probes are made with \(goQuoted(tools.grpcHealthProbe)), \(why)"))
    }
  }

  private static func text(of end: ChildRun.End) -> String {
    var text = String(decoding: end.complaint.isEmpty ? end.output : end.complaint, as: UTF8.self)
    while text.last?.isNewline == true { text.removeLast() }
    return text.isEmpty ? "grpc_health_probe exited with \(end.code)" : text
  }

  var timeoutOutcome: ProbeOutcome {
    .failure("timeout: failed to connect service \"\(address)\" within \((timeout ?? .zero).goText): context deadline exceeded")
  }

  func cancel() {
    run?.cancel()
    run = nil
  }
}
