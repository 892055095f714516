import APIMachinery
import Arguments
import Client
import Formats
import Posix

// kctl serve: the cluster behind Kubernetes' API over HTTP.

/// `kctl serve`
enum ServeCommand {
  struct Options: Sendable {
    var listen = "127.0.0.1:8001"
    var kubeconfig: String?
    var tokenFile: String?
  }

  static var row: Command<Session> {
    Command(
      "serve", "Serve the cluster's API over HTTP, for kubectl and client libraries", section: CommandTable.Section.cluster,
      usage: "[--listen=ADDRESS]",
      about:
        "Serves the context's cluster as Kubernetes' REST API until it is interrupted. There is no TLS: only this machine's own addresses and Unix sockets are listened on, unless a token is given; to reach it from elsewhere, use an SSH tunnel or a reverse proxy. kubectl sends no tokens over plain HTTP and can't reach Unix sockets. While it runs, other kctl commands on the cluster go through it.",
      examples: [
        Example("Serve, and let kubectl find it", "kctl serve --kubeconfig-out=kubeconfig"),
        Example("Serve on a free port", "kctl serve --listen=127.0.0.1:0"),
        Example("Serve on a Unix socket", "kctl serve --listen=unix:/tmp/kctl.socket"),
      ], options: { Options() },
      flags: {
        [
          .text(
            "listen", nil, \Options.listen, value: "ADDRESS", default: "127.0.0.1:8001",
            "where to listen: a numeric address and a port, or unix:PATH"),
          .text("kubeconfig-out", nil, \.kubeconfig, value: "FILE", completes: .files, "write a configuration that kubectl can use"),
          .text(
            "token-file", nil, \.tokenFile, value: "FILE", completes: .files,
            "what clients must send as a bearer token: the file's first line; other addresses than this machine's are allowed then"),
        ]
      }, run: { try run($0, $1.words, $2) })
  }

  private static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    if !words.isEmpty { throw UsageFailure("unexpected arguments: [\(words.joined(separator: " "))]", "serve") }
    if options.kubeconfig != nil, options.listen.hasPrefix("unix:") {
      throw Failure(
        "--kubeconfig-out can't be used with --listen=unix:PATH: kubectl can't reach Unix sockets",
        hints: ["listen on 127.0.0.1:8001, or reach it by kctl --server=\(options.listen)"])
    }
    var serve = ServeOptions()
    serve.listen = options.listen
    serve.token = try options.tokenFile.map { try token(session.absolute($0)) }
    let context = try session.context()
    let client = try session.client()
    guard let server = session.server, let cluster = client as? any ServedCluster else {
      if context.server.hasPrefix("process:") {
        throw Failure(
          "the cluster of context \(Read.quoted(context.name)) is served by its daemon, on a Unix socket only",
          hints: ["see where it listens: kctl agent status"])
      }
      let elsewhere = context.server.hasPrefix("sim:")
      throw Failure(
        elsewhere
          ? "the cluster of context \(Read.quoted(context.name)) is served already"
          : "the cluster of context \(Read.quoted(context.name)) is none of ours: it can't be served from here",
        hints: elsewhere ? ["end the other kctl serve first"] : [])
    }
    serve.name = context.server
    try server.serve(cluster, serve) { address in
      if let file = options.kubeconfig { try write(session.absolute(file), address, options.tokenFile.map(session.absolute)) }
      session.print("Starting to serve on \(address)")
      try session.settle()
    }
  }

  /// The first line of a file.
  private static func token(_ path: String) throws -> [UInt8] {
    let bytes: [UInt8]
    do throws(SystemFailure) {
      bytes = try Machine.readFile(path)
    } catch {
      throw Failure("cannot read the token: open \(path): \(error.text)")
    }
    let token = Array(bytes.prefix { $0 != 10 && $0 != 13 })
    guard !token.isEmpty else { throw Failure("\(Read.quoted(path)) holds no token: its first line is empty") }
    guard token.allSatisfy({ $0 > 32 && $0 < 127 }) else { throw Failure("\(Read.quoted(path)) holds no token: expected printable ASCII") }
    return token
  }

  private static func write(_ path: String, _ address: String, _ tokenFile: String?) throws {
    var user: Value = ["name": "kctl", "user": [:]]
    if let tokenFile { user["user", "tokenFile"] = .string(tokenFile) }
    let tree: Value = [
      "apiVersion": "v1", "kind": "Config", "preferences": [:], "current-context": "kctl",
      "clusters": [["name": "kctl", "cluster": ["server": .string("http://\(address)")]]],
      "contexts": [["name": "kctl", "context": ["cluster": "kctl", "user": "kctl"]]], "users": [user],
    ]
    do throws(SystemFailure) {
      try Machine.replaceFile(path, with: Array(Manifest.yaml(tree).utf8), mode: 0o600)
    } catch {
      throw Failure("cannot write \(Read.quoted(path)): \(error.text)")
    }
  }
}
