import Formats
import KubeProxy
import Posix
import ProcessCluster

// Requests through a Service, beside the same through haproxy.

enum Forwarding {
  /// A way to the two backends.
  private struct Way {
    let name: String
    let url: String
    var runs: [Load] = []

    /// The median of the runs, each figure by itself.
    func median(_ figure: (Load) -> Double) -> Double { runs.map(figure).sorted()[runs.count / 2] }
  }

  private static let rounds = 5
  private static let connections = 64

  static func run(_ words: [String], _ tell: (Figure) -> Void) throws {
    guard (try? Child.run("wrk", ["-v"])) != nil else { return tell(Figure(what: "wrk is not installed", value: 0, unit: "")) }
    _ = Machine.raiseDescriptorLimit()
    try Measure.withFolder { folder in
      let body = String(repeating: "x", count: 600)
      guard let first = try Nginx(folder: "\(folder)/a", body: body), let second = try Nginx(folder: "\(folder)/b", body: body) else {
        return tell(Figure(what: "nginx is not installed", value: 0, unit: ""))
      }
      defer {
        first.stop()
        second.stop()
      }
      let backends = [first.port, second.port]
      let forwarder = try SocketForwarder()
      defer { forwarder.stop() }
      let port = try Nginx.freePort()
      forwarder.apply(table(port, backends).snapshot)
      let one = try HAProxy(folder: "\(folder)/one", backends: backends, threads: 1)
      let usual = try HAProxy(folder: "\(folder)/usual", backends: backends, threads: nil)
      defer {
        one?.stop()
        usual?.stop()
      }
      for isKept in [true, false] {
        var ways = [Way(name: "kctl", url: "http://127.0.0.1:\(port)/pod.json")]
        if let one { ways.append(Way(name: "haproxy, 1 thread", url: "http://127.0.0.1:\(one.port)/pod.json")) }
        if let usual { ways.append(Way(name: "haproxy", url: "http://127.0.0.1:\(usual.port)/pod.json")) }
        ways.append(Way(name: "one backend alone", url: "http://127.0.0.1:\(first.port)/pod.json"))
        for _ in 0..<rounds { for i in ways.indices { ways[i].runs.append(try Load(ways[i].url, connections, isKept: isKept)) } }
        report(ways, isKept ? "keep-alive" : "a connection each", tell)
      }
      if one == nil { tell(Figure(what: "haproxy is not installed", value: 0, unit: "")) }
    }
  }

  private static func report(_ ways: [Way], _ kind: String, _ tell: (Figure) -> Void) {
    for way in ways {
      tell(Figure(what: "\(kind): \(way.name)", value: way.median(\.requests), unit: "a second"))
      tell(Figure(what: "\(kind): \(way.name), p99", value: way.median(\.p99), unit: "ms"))
      let failures = way.runs.map(\.failures).reduce(0, +)
      if failures > 0 { tell(Figure(what: "\(kind): \(way.name), failed", value: failures, unit: "requests")) }
    }
    guard let our = ways.first,
      let their = ways.filter({ $0.name.hasPrefix("haproxy") }).max(by: { $0.median(\.requests) < $1.median(\.requests) })
    else { return }
    tell(
      Figure(
        what: "\(kind): kctl / haproxy", value: our.median(\.requests) / their.median(\.requests), unit: "ratio", beside: "at least 0.9"))
    tell(Figure(what: "\(kind): p99, kctl / haproxy", value: our.median(\.p99) / their.median(\.p99), unit: "ratio", beside: "at most 1.2"))
  }

  private static func table(_ port: UInt16, _ backends: [UInt16]) -> ServiceTable {
    var table = ServiceTable()
    table.set(service: [
      "metadata": ["name": "web", "namespace": "bench"],
      "spec": ["clusterIP": "127.0.0.1", "selector": ["app": "web"], "ports": [["port": .int(Int64(port)), "protocol": "TCP"]]],
    ])
    for backend in backends {
      table.set(slice: [
        "metadata": ["name": "web-\(backend)", "namespace": "bench", "labels": ["kubernetes.io/service-name": "web"]],
        "addressType": "IPv4", "endpoints": [["addresses": ["127.0.0.1"], "conditions": ["ready": true]]],
        "ports": [["name": "", "port": .int(Int64(backend)), "protocol": "TCP"]],
      ])
    }
    return table
  }
}

/// A haproxy in TCP mode; nil where none is installed.
private struct HAProxy {
  let port: UInt16
  private let folder: String

  init?(folder: String, backends: [UInt16], threads: Int?) throws {
    self.folder = folder
    try Folder.make(folder)
    port = try Nginx.freePort()
    let servers = backends.enumerated().map { "  server s\($0.offset) 127.0.0.1:\($0.element)" }.joined(separator: "\n")
    let configuration = """
      global
        maxconn 4096
      \(threads.map { "  nbthread \($0)" } ?? "")
      defaults
        mode tcp
        timeout connect 5s
        timeout client 60s
        timeout server 60s
      frontend in
        bind 127.0.0.1:\(port)
        default_backend out
      backend out
        balance roundrobin
      \(servers)

      """
    try Machine.replaceFile("\(folder)/haproxy.cfg", with: Array(configuration.utf8), mode: 0o600)
    guard let started = try? Child.run("haproxy", ["-D", "-p", "\(folder)/pid", "-f", "\(folder)/haproxy.cfg"]), started.code == 0 else {
      return nil
    }
  }

  func stop() { _ = try? Child.run("sh", ["-c", "kill $(cat \"$0\")", "\(folder)/pid"]) }
}
