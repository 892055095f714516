import Formats
import Posix

// The API over HTTP: requests, watches, long lists, and the real kubectl.

enum Serving {
  static func run(_ words: [String], _ tell: (Figure) -> Void) throws {
    try Measure.withFolder { home in
      try requests("\(home)/requests", tell)
      try watches("\(home)/watches", tell)
      try clients("\(home)/clients", tell)
      try list("\(home)/list", tell)
    }
  }

  @discardableResult private static func kctl(_ home: String, _ words: String...) throws -> String {
    let outcome = try Child.run(Measure.kctl, words, environment: ["KCTL_HOME": home, "KCTL_SIM_CLOCK": "manual"])
    guard outcome.code == 0 else {
      throw BenchFailure("kctl \(words.joined(separator: " ")): \(String(decoding: outcome.complaint.prefix(400), as: UTF8.self))")
    }
    return String(decoding: outcome.output, as: UTF8.self)
  }

  // MARK: One pod, again and again, beside nginx

  private static func requests(_ home: String, _ tell: (Figure) -> Void) throws {
    try Folder.make(home)
    try kctl(home, "run", "web", "--image=nginx")
    try kctl(home, "wait", "pod/web", "--for=condition=Ready")
    let server = try ServedProcess(home: home)
    defer { server.stop() }
    let path = "/api/v1/namespaces/default/pods/web"
    guard let pod = try server.connect().exchange("GET", path).firstRange(of: "\r\n\r\n").map({ _ in path }) else { return }
    guard (try? Child.run("wrk", ["-v"])) != nil else {
      return tell(Figure(what: "GET of one pod: wrk is not installed", value: 0, unit: ""))
    }
    let nginx = try Nginx(folder: "\(home)/nginx", body: try body(server, pod))
    defer { nginx?.stop() }
    var ours: [Double] = []
    var theirs: [Double] = []
    for _ in 0..<3 {
      if let nginx { theirs.append(try wrk("http://127.0.0.1:\(nginx.port)/pod.json")) }
      ours.append(try wrk("http://127.0.0.1:\(server.port)\(pod)"))
    }
    let our = ours.sorted()[1]
    tell(Figure(what: "GET of one pod, keep-alive, 16 connections", value: our, unit: "a second"))
    guard theirs.count == 3 else { return }
    tell(Figure(what: "nginx, one worker, as many bytes", value: theirs.sorted()[1], unit: "a second"))
    tell(Figure(what: "kctl serve / nginx", value: our / theirs.sorted()[1], unit: "ratio", beside: "at least 0.5"))
  }

  private static func body(_ server: ServedProcess, _ path: String) throws -> String {
    let text = try server.connect().exchange("GET", path)
    return text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
  }

  private static func wrk(_ url: String) throws -> Double {
    let outcome = try Child.run("wrk", ["-t1", "-c16", "-d3s", url])
    let text = String(decoding: outcome.output, as: UTF8.self)
    guard !text.contains("Non-2xx"), let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
      let rate = line.split(separator: " ").last.flatMap({ Double($0) })
    else { throw BenchFailure("wrk \(url): \(text)") }
    return rate
  }

  // MARK: A thousand who watch

  private static let watchers = 1000
  private static let events = 1000

  private static func watches(_ home: String, _ tell: (Figure) -> Void) throws {
    _ = Machine.raiseDescriptorLimit()
    try Folder.make(home)
    try kctl(home, "version")
    let server = try ServedProcess(home: home)
    defer { server.stop() }
    let path = "/api/v1/namespaces/default/configmaps"
    let poller = try Poller()
    var sockets: [Int32: Watcher] = [:]
    for _ in 0..<watchers {
      let watcher = Watcher(try server.connect())
      try watcher.connection.send("GET", "\(path)?watch=1&resourceVersion=0&labelSelector=bench%3Dyes")
      try poller.add(watcher.connection.socket.number, .read)
      sockets[watcher.connection.socket.number] = watcher
    }
    let writer = try server.connect()
    // Each has its head before the first event.
    while sockets.values.contains(where: { $0.bytes == 0 }) { try drain(poller, sockets, nil) }
    let seconds = try Measure.seconds {
      for i in 0..<events {
        let body = "{\"metadata\":{\"name\":\"bench-\(i)\",\"labels\":{\"bench\":\"yes\"}},\"data\":{\"number\":\"\(i)\"}}"
        guard try writer.exchange("POST", path, body: body).hasPrefix("HTTP/1.1 201") else { throw BenchFailure("a ConfigMap was refused") }
        try drain(poller, sockets, 0)
      }
      let deadline = Machine.steadyNanoseconds + 60_000_000_000
      while sockets.values.contains(where: { $0.events < events }) {
        guard Machine.steadyNanoseconds < deadline else { throw BenchFailure("some watchers wait for their events in vain") }
        try drain(poller, sockets, 1_000_000_000)
      }
    }
    guard sockets.values.allSatisfy({ $0.events == events }) else { throw BenchFailure("some watchers have got too many events") }
    tell(Figure(what: "1,000 watchers have 1,000 events each, none lost", value: seconds, unit: "s", beside: "in one process beside"))
    tell(Figure(what: "events delivered", value: Double(watchers * events) / seconds, unit: "a second"))
    tell(Figure(what: "the server's peak memory", value: server.peakMemory, unit: "MB"))
  }

  private static func drain(_ poller: Poller, _ watchers: [Int32: Watcher], _ patience: Int64?) throws {
    for event in poller.wait(nanoseconds: patience) { try watchers[event.descriptor]?.take() }
  }

  /// Counts the events that come: each ends with a brace and a line end.
  private final class Watcher {
    let connection: PlainConnection
    private(set) var events = 0
    private(set) var bytes = 0
    private var last: UInt8 = 0

    init(_ connection: PlainConnection) { self.connection = connection }

    func take() throws {
      let piece = try connection.read()
      guard !piece.isEmpty else { throw BenchFailure("a watch was broken off") }
      bytes += piece.count
      for byte in piece {
        if byte == 10, last == UInt8(ascii: "}") { events += 1 }
        last = byte
      }
    }
  }

  // MARK: kubectl and kctl

  private static func clients(_ home: String, _ tell: (Figure) -> Void) throws {
    try Folder.make(home)
    try kctl(home, "create", "deployment", "web", "--image=nginx", "--replicas=10")
    try kctl(home, "rollout", "status", "deployment/web")
    let place = ["KCTL_HOME": home, "KCTL_SIM_CLOCK": "manual"]
    guard let inside = Measure.program(Measure.kctl, ["get", "pods"], environment: place) else { throw BenchFailure("kctl get pods fails") }
    tell(Figure(what: "kctl get pods, in-process", value: inside * 1000, unit: "ms"))
    let server = try ServedProcess(home: home)
    defer { server.stop() }
    if let through = Measure.program(Measure.kctl, ["get", "pods"], environment: place) {
      tell(Figure(what: "kctl get pods, through kctl serve", value: through * 1000, unit: "ms"))
    }
    let kubectl = Measure.program(
      "kubectl", ["--server=http://127.0.0.1:\(server.port)", "get", "pods"], environment: ["KUBECONFIG": "/dev/null"])
    guard let kubectl else { return }
    tell(Figure(what: "kubectl get pods, through kctl serve", value: kubectl * 1000, unit: "ms"))
    tell(Figure(what: "kctl in-process / kubectl", value: inside / kubectl, unit: "ratio"))
  }

  // MARK: A long list

  private static func list(_ home: String, _ tell: (Figure) -> Void) throws {
    try Folder.make(home)
    let path = "\(home)/deployments.json"
    try Machine.replaceFile(path, with: SavedCluster.deployments(), mode: 0o600)
    try kctl(home, "sim", "reset", "--nodes", String(SimulationScale.nodes))
    try kctl(home, "apply", "-f", path)
    try kctl(home, "sim", "advance", "10m")
    let server = try ServedProcess(home: home)
    defer { server.stop() }
    let connection = try server.connect()
    // Once for the objects to be read from the disk, then as it is measured.
    var bytes = 0
    var speeds: [Double] = []
    _ = try receive(connection)
    let before = server.peakMemory
    for _ in 0..<3 {
      let seconds = try Measure.seconds { bytes = try receive(connection) }
      speeds.append(Double(bytes) / 1e6 / seconds)
    }
    tell(Figure(what: "list of 150,000 pods", value: Double(bytes) / 1e6, unit: "MB"))
    tell(Figure(what: "as JSON, streamed", value: speeds.sorted()[1], unit: "MB/s", beside: "at least 150"))
    tell(Figure(what: "memory above that of the objects", value: server.peakMemory - before, unit: "MB"))
  }

  /// How many bytes come until the last chunk.
  private static func receive(_ connection: PlainConnection) throws -> Int {
    try connection.send("GET", "/api/v1/pods")
    var count = 0
    while true {
      let piece = try connection.read()
      guard !piece.isEmpty else { throw BenchFailure("the list was broken off") }
      count += piece.count
      if piece.suffix(5).elementsEqual("0\r\n\r\n".utf8) { return count }
    }
  }
}
