import APIMachinery
import Client
import HTTP
import Posix

// Clusters that the installed kubectl reaches, with its credentials: kubectl:CONTEXT.

/// Clusters by the contexts of the user's kubeconfig. kubectl's own proxy carries the requests, so that what it can do
/// (certificates, tokens, plugins for credentials) needn't be done here.
public final class KubectlBackend: Backend {
  public let scheme = "kubectl"
  public let form = "kubectl:CONTEXT"
  private let time: RemoteTime
  /// How long kubectl may take to listen.
  private static let patience = Duration.seconds(30)

  public init(time: RemoteTime = .real) { self.time = time }

  public func open(_ address: String, _ options: BackendOptions) throws -> any Client {
    guard !address.isEmpty else { throw Status.unanswered("error: invalid address \"kubectl:\": expected a context of your kubeconfig") }
    let kubectl = try KubectlBackend.find(options)
    let folder = try KubectlBackend.folder(options)
    let socket = SocketAddress.unix(path: folder + "/s")
    let proxy = try start(kubectl, address, folder, options)
    try wait(for: proxy, at: socket, context: address)
    let http = HTTPClient(socket, host: "localhost", timeout: options.requestTimeout)
    return RemoteClient(http, time: time, trace: options.requestTrace, companion: proxy)
  }

  /// The first kubectl on the PATH that isn't this program under another name.
  static func find(_ options: BackendOptions) throws(Status) -> String {
    let own = Machine.program
    for folder in (options.environment("PATH") ?? "").split(separator: ":") {
      let path = "\(folder)/kubectl"
      if Machine.isExecutable(path), own == nil || (try? FileIdentity(of: path)) != own { return path }
    }
    throw .unanswered(
      "error: kubectl is not installed, and only it reaches this cluster",
      hints: ["install kubectl, or name a cluster that needs no credentials: http://HOST:PORT, unix:PATH"])
  }

  /// A folder that only this user enters, short enough for a socket in it.
  private static func folder(_ options: BackendOptions) throws(Status) -> String {
    var failure = SystemFailure(code: 0)
    for parent in [options.environment("XDG_RUNTIME_DIR"), options.environment("TMPDIR"), "/tmp"] {
      guard let parent, parent.hasPrefix("/"), parent.utf8.count + "/kctl-XXXXXX/s".utf8.count <= SocketAddress.longestPath else {
        continue
      }
      do throws(SystemFailure) { return try Folder.makeNew(parent + "/kctl-") } catch { failure = error }
    }
    throw .unanswered("error: cannot make a folder for a socket: \(failure.text)")
  }

  private func start(_ kubectl: String, _ context: String, _ folder: String, _ options: BackendOptions) throws(Status) -> Companion {
    var words = ["--context", context, "proxy", "--unix-socket=\(folder)/s", "--reject-paths=^$"]
    var environment: [String: String] = [:]
    if options.kubeconfig.count == 1 { words = ["--kubeconfig", options.kubeconfig[0]] + words }
    if options.kubeconfig.count > 1 { environment["KUBECONFIG"] = options.kubeconfig.joined(separator: ":") }
    options.requestTrace?("running \(kubectl) \(words.joined(separator: " "))")
    do throws(SystemFailure) {
      return try Companion(kubectl, words, folder: folder, environment: environment)
    } catch {
      try? Folder.removeEmpty(folder)
      throw .unanswered("error: cannot run \(kubectl): \(error.text)")
    }
  }

  /// Waits until the proxy takes connections.
  private func wait(for proxy: Companion, at socket: SocketAddress, context: String) throws(Status) {
    let begun = time.steady()
    while (try? Socket.connect(to: socket)) == nil {
      let ended = proxy.hasEnded
      guard ended || time.steady() - begun > KubectlBackend.patience.nanoseconds else {
        time.sleep(.milliseconds(2))
        continue
      }
      let why = proxy.complaint.split(separator: "\n").last.map { $0.hasPrefix("error: ") ? String($0.dropFirst(7)) : String($0) }
      throw .unanswered(
        "error: kubectl cannot reach context \"\(context)\": \(why ?? (ended ? "its proxy has ended" : "its proxy does not listen"))")
    }
  }
}
