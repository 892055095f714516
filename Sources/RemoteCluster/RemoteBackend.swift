import APIMachinery
import Client
import HTTP
import Posix

// Where clusters of others come from: http://HOST:PORT, unix:PATH.

/// Clusters whose API is plain HTTP over TCP: `kubectl proxy`, `kctl serve`.
public final class HTTPBackend: Backend {
  public let scheme = "http"
  public let form = "http://HOST:PORT"
  private let time: RemoteTime

  public init(time: RemoteTime = .real) { self.time = time }

  public func open(_ address: String, _ options: BackendOptions) throws -> any Client {
    let place = try RemoteAddress(address)
    let http = HTTPClient(try place.socketAddress(), host: place.shown, timeout: options.requestTimeout)
    return RemoteClient(http, prefix: place.prefix, time: time, trace: options.requestTrace)
  }
}

/// Clusters whose API is plain HTTP over a Unix socket.
public final class UnixBackend: Backend {
  public let scheme = "unix"
  public let form = "unix:PATH"
  private let time: RemoteTime

  public init(time: RemoteTime = .real) { self.time = time }

  public func open(_ address: String, _ options: BackendOptions) throws -> any Client {
    guard !address.isEmpty else { throw Status.unanswered("error: invalid address \"unix:\": expected a socket's path") }
    guard address.utf8.count <= SocketAddress.longestPath else {
      throw Status.unanswered(
        "error: invalid address \"unix:\(address)\": a socket's path has at most \(SocketAddress.longestPath) bytes")
    }
    let http = HTTPClient(.unix(path: address), timeout: options.requestTimeout)
    return RemoteClient(http, time: time, trace: options.requestTrace)
  }
}

extension RemoteClient {
  /// A client of another process of ours; nil where nobody listens, or somebody who isn't this user.
  public convenience init?(ifServedAt address: SocketAddress, _ options: BackendOptions) {
    guard let socket = try? Socket.connect(to: address), socket.peerUser == Machine.userID else { return nil }
    self.init(HTTPClient(address, over: socket, timeout: options.requestTimeout), trace: options.requestTrace)
  }
}

extension BackendOptions {
  /// Where requests are told of, if they are (`-v=6`).
  var requestTrace: ((String) -> Void)? { verbosity >= 6 ? trace : nil }
}
