import Foundation
import Posix
import Testing

// Ports of pods, through the daemon, as their users have them.

/// A port-forward that runs until it is ended.
private final class Forwarding {
  private let process = Process()
  private let output = Foundation.Pipe()
  private(set) var lines: [String] = []
  private var rest = ""

  init(_ program: String, _ words: [String], _ environment: [String: String]) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = words
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  deinit { if process.isRunning { process.terminate() } }

  /// The next line that is said; nil at the end.
  func line() -> String? {
    while true {
      if let end = rest.firstIndex(of: "\n") {
        defer { rest = String(rest[rest.index(after: end)...]) }
        return String(rest[..<end])
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      rest += String(decoding: more, as: UTF8.self)
    }
  }

  /// The local port of `Forwarding from 127.0.0.1:40000 -> 8080`, whose listeners are all there once the other address was told.
  func port() throws -> UInt16 {
    let said = try #require(line())
    let words = said.split(separator: " ")
    try #require(words.count == 5 && words[2].hasPrefix("127.0.0.1:"), "\(said)")
    return try #require(UInt16(words[2].dropFirst(10)))
  }

  func end() -> Int32 {
    process.interrupt()
    return wait()
  }

  func wait() -> Int32 {
    while line() != nil {}
    process.waitUntilExit()
    return process.terminationStatus
  }
}

@Suite(.serialized, .enabled(if: ProcessHome.canRun, "kctl or python3 is missing, or this is not Linux"))
struct PortForwardTests {
  /// Counts what it is sent until its end, and says so; on a line `give N` it gives so many bytes.
  private static let program = """
    import socket, sys, threading
    server = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=256)
    def serve(c):
        first = c.recv(65536)
        if first.startswith(b"give "):
            c.sendall(bytes(range(251)) * (int(first[5:]) // 251))
        else:
            count = len(first)
            while True:
                piece = c.recv(65536)
                if not piece: break
                count += len(piece)
            c.sendall(b"got %d" % count)
        c.close()
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
    """

  /// A pod that listens on its own address, one on localhost, perhaps one on all addresses; and a Service before the first.
  private func running(localPort: UInt16, widePort: UInt16? = nil) throws -> ProcessHome {
    let home = try ProcessHome()
    try Data(Self.program.utf8).write(to: URL(fileURLWithPath: home.path + "/program.py"))
    func pod(_ name: String, _ host: String, _ port: UInt16) -> String {
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: \(name), labels: {app: \(name)}}
      spec:
        terminationGracePeriodSeconds: 1
        containers:
        - name: c
          image: x
          command: [python3, \(home.path)/program.py, \(host), "\(port)"]
          ports: [{name: count, containerPort: \(port)}]
          readinessProbe: {exec: {command: [python3, -c, 'import socket; socket.create_connection(("\(host)", \(port)))']}, periodSeconds: 1}
      """
    }
    let service = """
      apiVersion: v1
      kind: Service
      metadata: {name: a}
      spec: {selector: {app: a}, ports: [{name: web, port: 80, targetPort: count}]}
      """
    let wide = widePort.map { [pod("c", "0.0.0.0", $0)] } ?? []
    try home.apply(([pod("a", "$(POD_IP)", 7000), pod("b", "127.0.0.1", localPort), service] + wide).joined(separator: "\n---\n"))
    let ready = try home.run("wait", "--for=condition=Ready", "pod", "--all", "--timeout=60s")
    try #require(ready.code == 0, "\(ready)")
    return home
  }

  private static func freePort() throws -> UInt16 {
    let held = try Listener(.tcp(host: "127.0.0.1", port: 0))
    defer { held.end() }
    guard case .tcp(_, let port) = held.address else { return 0 }
    return port
  }

  /// What is answered to what is said, both to their ends.
  private static func ask(_ port: UInt16, _ bytes: [UInt8]) throws -> [UInt8] {
    let wire = try Wire("127.0.0.1", port)
    wire.write(bytes)
    wire.socket.endWriting()
    return wire.readAll()
  }

  /// Everything that matters of one forwarded port: much down, much up with its end, and many at once.
  private static func use(_ port: UInt16) throws {
    let much = 251 * 40_000
    let given = try ask(port, Array("give \(much)".utf8))
    #expect(given.count == much && given.enumerated().allSatisfy { $1 == UInt8($0 % 251) })
    #expect(try ask(port, [UInt8](repeating: 7, count: 5_000_000)) == Array("got 5000000".utf8))
    let wires = try (1...60).map { (try Wire("127.0.0.1", port), $0) }
    for (wire, count) in wires { wire.write([UInt8](repeating: 1, count: count)) }
    for (wire, _) in wires { wire.socket.endWriting() }
    for (wire, count) in wires { #expect(wire.text == "got \(count)") }
  }

  @Test func portsOfPodsAndServicesAreForwarded() throws {
    let (local, wide) = (try Self.freePort(), try Self.freePort())
    let home = try running(localPort: local, widePort: wide)
    let kctl = try #require(ProcessHome.kctl)
    func forward(_ words: String...) throws -> Forwarding {
      let all = ["--context", "process", "port-forward", "--address", "127.0.0.1"] + words
      return try Forwarding(kctl, all, ["KCTL_HOME": home.path, "KCTL_CONTEXT": ""])
    }
    let one = try forward("a", ":7000")
    try Self.use(one.port())
    #expect(one.line()?.hasPrefix("Handling connection for ") == true)
    #expect(one.end() == 0)
    let service = try forward("svc/a", ":web")
    #expect(try Self.ask(service.port(), [1, 2, 3]) == Array("got 3".utf8))
    #expect(service.end() == 0)
    // A program of the pod on localhost or everywhere is reached, one of another pod is not.
    for (pod, port) in [("b", local), ("c", wide)] {
      let own = try forward(pod, ":count")
      #expect(try Self.ask(own.port(), [1]) == Array("got 1".utf8))
      #expect(own.end() == 0)
      let other = try forward("a", ":\(port)")
      #expect(try Self.ask(other.port(), [1]) == [])
      _ = other.line()
      let problem = other.line() ?? ""
      #expect(problem.contains(" -> \(port): error forwarding port \(port) to pod a_default, uid "))
      #expect(problem.hasSuffix("connection refused"))
      #expect(other.line() == "error: lost connection to pod" && other.wait() == 1)
    }
  }

  /// kubectl speaks SPDY, since 1.31 within a WebSocket.
  @Test(.enabled(if: Self.kubectl != nil, "kubectl is not installed")) func kubectlForwardsThem() throws {
    let home = try running(localPort: try Self.freePort())
    let kubectl = try #require(Self.kubectl)
    let port = try Self.freePort()
    let restarted = try home.run("agent", "restart", "--listen=127.0.0.1:\(port)")
    try #require(restarted.code == 0, "\(restarted)")
    for websockets in ["true", "false"] {
      let words = ["--server=http://127.0.0.1:\(port)", "port-forward", "--address", "127.0.0.1", "svc/a", ":80"]
      let forwarding = try Forwarding(
        kubectl, words, ["HOME": home.path, "KUBECONFIG": home.path + "/none", "KUBECTL_PORT_FORWARD_WEBSOCKETS": websockets])
      try Self.use(forwarding.port())
      #expect(forwarding.end() == 0)
    }
  }

  static let kubectl: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/kubectl" }.first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
}
