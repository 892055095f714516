import APIMachinery
import Client
import Foundation
import HTTP
import Posix
import RemoteCluster
import Serving
import SimulatedCluster

// The clusters of MemoryBackend behind HTTP: whoever opens one speaks to a server of its own over a Unix socket.

/// Serves each cluster on a thread of its own for as long as the backend lasts.
final class ServedBackend: Backend {
  let scheme = "sim"
  private let memory: MemoryBackend
  private let folder: String
  private var servers: [String: TestServer] = [:]

  init(_ memory: MemoryBackend, folder: String) {
    self.memory = memory
    self.folder = folder
  }

  deinit { for server in servers.values { server.stop() } }

  func open(_ address: String, _ options: BackendOptions) throws -> any Client {
    let served: TestServer
    if let known = servers[address] {
      served = known
    } else {
      guard let cluster = try memory.open(address, options) as? SimulatedCluster else {
        throw Status(.internalError, "no simulated cluster")
      }
      served = try TestServer(cluster, at: .unix(path: "\(folder)/\(servers.count).s"))
      servers[address] = served
    }
    guard case .unix(let path) = served.address else { throw Status(.internalError, "no Unix socket") }
    return try UnixBackend().open(path, options)
  }
}

/// A cluster behind HTTP on a thread of its own.
final class TestServer: @unchecked Sendable {
  let address: SocketAddress
  private let lock = NSLock()
  private var stopping = false
  private var isStopping: Bool { lock.withLock { stopping } }

  init(_ cluster: any ServedCluster, at wanted: SocketAddress) throws {
    let listener = try Listener(wanted)
    address = listener.address
    nonisolated(unsafe) let server = try HTTPServer([listener])
    let service = try APIService(cluster, gate: Gate(listening: [address], token: nil), address: "\(address)")
    nonisolated(unsafe) let responder = Stoppable(service) { [self] in if isStopping { server.stop() } }
    Thread.detachNewThread { server.run(responder) }
  }

  func stop() { lock.withLock { stopping = true } }

  /// A responder that looks about between its answers.
  private final class Stoppable: Responder {
    private let service: APIService
    private let look: () -> Void

    init(_ service: APIService, _ look: @escaping () -> Void) {
      self.service = service
      self.look = look
    }

    func bodyLimit(of head: RequestHead, at address: SocketAddress) -> Int { service.bodyLimit(of: head, at: address) }
    func refusal(_ problem: HTTPProblem) -> Response { service.refusal(problem) }
    func respond(to request: Request, _ exchange: Exchange) { service.respond(to: request, exchange) }
    func stopping() { service.stopping() }
    func turn() {
      look()
      service.turn()
    }
    var wakeAfter: Int64? { min(service.wakeAfter ?? .max, 20_000_000) }
  }
}
