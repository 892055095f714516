import Formats
import Foundation
import Posix
import Testing

// Who is kept out, and what is refused because two readers could take it differently.

struct SafetyTests {
  /// Each test has one of its own.
  let server: RunningServer

  init() throws { server = try RunningServer() }

  // MARK: Strangers

  @Test func otherHostsAndOriginsAreRefused() throws {
    let port = "\(server.address)".split(separator: ":").last ?? ""
    for host in ["evil.example", "evil.example:\(port)", "127.0.0.1", "127.0.0.1:1", "localhost", ""] {
      let refused = try server.get("/api/v1/secrets", ["Host": host])
      #expect(refused.status == 403 && refused.reason == "Forbidden", "\(host)")
    }
    #expect(try server.get("/livez", ["Host": "evil.example"]).status == 403)
    for host in ["localhost:\(port)", "LOCALHOST:\(port)"] { #expect(try server.get("/api", ["Host": host]).status == 200) }
    for origin in ["http://evil.example", "null", "https://\(server.address)"] {
      #expect(try server.get("/api", ["Origin": origin]).status == 403, "\(origin)")
    }
    #expect(try server.get("/api", ["Origin": "http://\(server.address)"]).status == 200)
    for site in ["cross-site", "same-site"] { #expect(try server.get("/api", ["Sec-Fetch-Site": site]).status == 403) }
    for site in ["same-origin", "none"] { #expect(try server.get("/api", ["Sec-Fetch-Site": site]).status == 200) }
    // A refused write has not happened.
    #expect(try server.post(Paths.configMaps, ["metadata": ["name": "a"]], ["Origin": "http://evil.example"]).status == 403)
    #expect(try server.get("\(Paths.configMaps)/a").status == 404)
  }

  @Test func aTokenIsAskedFor() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("token", "s3cret\nsecond line\n")
    let server = try RunningServer(flags: ["--token-file=\(file)"])
    for wrong in ["", "s3cret", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets", "Bearer S3cret", "Basic s3cret"] {
      let refused = try server.get("/api/v1/nodes", ["Authorization": wrong])
      #expect(refused.status == 401 && refused.reason == "Unauthorized", "\(wrong)")
    }
    #expect(try server.get("/api/v1/nodes").status == 401)
    #expect(try server.get("/api/v1/nodes", ["Authorization": "Bearer s3cret"]).status == 200)
    #expect(try server.get("/api/v1/nodes", ["Authorization": "bearer s3cret"]).status == 200)
    #expect(try server.get("/livez").text == "ok")
    #expect(try server.get("/version").status == 200)
    #expect(try server.get("/metrics").status == 401)
    #expect(try String(contentsOfFile: server.kubeconfig, encoding: .utf8).contains("tokenFile: \(file)"))
  }

  @Test func theCommandLineRefusesWhatIsUnsafe() throws {
    let home = try ScratchFolder()
    func refused(_ flags: String...) throws -> String {
      let ended = try Kctl.run(["serve"] + flags, in: home)
      #expect(ended.code == 1 && ended.output == "", "\(ended)")
      return ended.complaint
    }
    #expect(try refused("--listen=0.0.0.0:0").contains("other machines could reach it, which needs a --token-file"))
    #expect(try refused("--listen=[::]:0").contains("needs a --token-file"))
    #expect(try refused("--listen=localhost").contains("invalid value \"localhost\" for --listen"))
    #expect(try refused("--listen=unix:\(home.path)/door", "--kubeconfig-out=\(home.path)/k").contains("kubectl can't reach Unix sockets"))
    #expect(!FileManager.default.fileExists(atPath: home.path + "/k"))
    let empty = try home.write("empty", "\n")
    #expect(try refused("--listen=0.0.0.0:0", "--token-file=\(empty)").contains("holds no token"))
    #expect(try refused("--token-file=\(home.path)/missing").contains("cannot read the token"))
  }

  @Test func theUnixSocketIsItsOwnersAlone() throws {
    let server = try RunningServer(.unix)
    guard case .unix(let path) = server.address else { throw Subprocess.Failure(description: "it listens elsewhere") }
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    #expect(try server.get("/api/v1/nodes").names.count == 3)
    // No browser can reach it by any name.
    #expect(try server.get("/api/v1/nodes", ["Host": "whatever"]).status == 200)
    server.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// The name of a file that is there is no place to listen at.
  @Test func aFileThatIsNoSocketIsNotReplaced() throws {
    let home = try ScratchFolder()
    let file = try home.write("notes", "precious")
    let ended = try Kctl.run(["serve", "--listen=unix:\(file)"], in: home)
    #expect(ended.code == 1 && ended.complaint.contains("cannot listen on unix:\(file)"), "\(ended)")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
  }

  /// A cluster may be as long as it likes; whoever has no token may not send one.
  @Test func strangersBodiesAreBounded() throws {
    let home = try ScratchFolder()
    let token = try home.write("token", "sesame\n")
    let server = try RunningServer(in: home, flags: ["--token-file=\(token)"])
    func put(_ header: [String: String]) throws -> RawConnection {
      let connection = try server.connect()
      let fields = header.merging(["Content-Length": "4000000"]) { $1 }
      try connection.send(connection.request("PUT", "/apis/sim.kctl.dev/v1/simulations/cluster/state", fields))
      return connection
    }
    #expect(try put([:]).answer().status == 413)
    let known = try put(["Authorization": "Bearer sesame"])
    try known.send([UInt8](repeating: 32, count: 4_000_000))
    #expect(try known.answer().status == 400)
  }

  // MARK: Smuggled requests

  @Test(arguments: [
    ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", 400), ("Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400),
    ("Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400), ("Content-Length: +4\r\n\r\nabcd", 400),
    ("Content-Length: 4, 4\r\n\r\nabcd", 400), ("Transfer-Encoding: gzip\r\n\r\n", 501),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 501), ("Content-Length : 4\r\n\r\nabcd", 400),
    ("X: y\r\n folded: z\r\n\r\n", 400), ("X: y\nZ: z\r\n\r\n", 400), ("X: y\rZ: z\r\n\r\n", 400), ("X: \u{0}\r\n\r\n", 400),
    ("Host: other\r\n\r\n", 400), ("no colon\r\n\r\n", 400), (": nameless\r\n\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n4 \nabcd\r\n0\r\n\r\n", 400), ("Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400), ("Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n", 400),
  ])
  func whatTwoReadersTakeDifferentlyIsRefused(fields: String, status: Int) throws {
    let connection = try server.connect()
    // Behind it stands a request that must not be seen.
    let hidden = "DELETE /api/v1/nodes/node-1 HTTP/1.1\r\nHost: \(server.address)\r\n\r\n"
    try connection.send("POST \(Paths.configMaps) HTTP/1.1\r\nHost: \(server.address)\r\n\(fields)\(hidden)")
    let answer = try connection.answer()
    #expect(answer.status == status && answer.json["kind"] == "Status", "\(answer)")
    #expect(answer.header["Connection"] == "close")
    #expect(try connection.isHungUp())
    #expect(try server.get("/api/v1/nodes/node-1").status == 200)
  }

  @Test(arguments: [
    ("\u{16}\u{3}\u{1}hello\r\n\r\n", 400), ("GET /\r\n\r\n", 400), ("GET / HTTP/2.0\r\n\r\n", 505), ("PRI * HTTP/2.0\r\n\r\n", 505),
    ("GET livez HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /livez HTTP/1.1\r\n\r\n", 400), ("GET  /livez HTTP/1.1\r\nHost: a\r\n\r\n", 400),
  ])
  func whatIsNoRequestIsRefused(text: String, status: Int) throws {
    let connection = try server.connect()
    try connection.send(text)
    #expect(try connection.answer().status == status)
    #expect(try connection.isHungUp())
  }

  // MARK: Bounds

  @Test func headsAreBounded() throws {
    let begin = "GET /livez HTTP/1.1\r\nHost: \(server.address)\r\n"
    // One that never ends.
    let endless = try server.connect()
    try endless.send(begin + "X: " + String(repeating: "x", count: 64 << 10))
    #expect(try endless.answer().status == 431)
    #expect(try endless.isHungUp())
    let many = try server.connect()
    try many.send(begin + (0..<200).map { "X-\($0): y\r\n" }.joined() + "\r\n")
    #expect(try many.answer().status == 431)
    let long = try server.connect()
    try long.send("GET /livez?x=\(String(repeating: "y", count: 20 << 10)) HTTP/1.1\r\nHost: \(server.address)\r\n\r\n")
    #expect(try long.answer().status == 414)
    // As large as may be.
    let large = try server.connect()
    try large.send(begin + "X: " + String(repeating: "x", count: 60 << 10) + "\r\n\r\n")
    #expect(try large.answer().text == "ok")
  }
}
