import Posix

// How processes find whoever serves the cluster kept in a folder.

/// The Unix socket of a folder's server, beside the folder's other files or, where that path would be too long, in a private folder of
/// the user's; the file `served` in the folder says where.
public struct Rendezvous {
  private let folder: String
  private var note: String { folder + "/served" }

  public init(folder: String) { self.folder = folder }

  /// Who says that it serves.
  public struct Server: Hashable, Sendable {
    public let address: SocketAddress
    public let process: Int32
    public let version: String
  }

  /// Who listens, if one may be running: whether it is, only connecting tells.
  public var server: Server? {
    guard let bytes = try? Machine.readFile(note) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    guard lines.count == 3, let address = SocketAddress(lines[0]), let process = Int32(lines[1]) else { return nil }
    return Server(address: address, process: process, version: lines[2])
  }

  /// Listens, and says so.
  public func listen(version: String) throws(SystemFailure) -> Listener {
    let path = try socketPath()
    let listener = try Listener(.unix(path: path))
    let text = "\(listener.address)\n\(Machine.processID)\n\(version)\n"
    try Machine.replaceFile(note, with: Array(text.utf8), mode: 0o600)
    return listener
  }

  /// Says that nobody listens any more.
  public func end() { try? Folder.remove(note) }

  private func socketPath() throws(SystemFailure) -> String {
    let near = folder + "/socket"
    if near.utf8.count <= SocketAddress.longestPath { return near }
    let runtime = Machine.environment("XDG_RUNTIME_DIR") ?? ""
    let base = runtime.isEmpty || runtime.utf8.count > 60 ? "/tmp/kctl-\(Machine.userID)" : "\(runtime)/kctl"
    try Folder.makePrivate(base)
    return "\(base)/\(String(Rendezvous.hash(folder), radix: 16)).socket"
  }

  /// FNV-1a, 64 bits: a name that is the same for every process.
  private static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
