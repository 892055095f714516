import Formats
import HTTP
import Posix
import Testing

// Connections: what HTTP/1.1 allows, and clients of every kind beside one another.

struct ConnectionTests {
  /// Each test has one of its own.
  let server: RunningServer

  init() throws { server = try RunningServer() }

  private static func get(_ path: String, _ server: RunningServer, _ more: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: \(server.address)\r\n\(more)\r\n"
  }

  @Test(arguments: [RunningServer.Door.tcp, .unix]) func connectionsAreKept(door: RunningServer.Door) throws {
    let server = try RunningServer(door)
    let connection = try server.connect()
    for _ in 0..<3 { #expect(try connection.ask("GET", "/api/v1/nodes/node-1").status == 200) }
    // A refusal is an answer like any other.
    #expect(try connection.ask("GET", "/api/v1/nodes/node-9").status == 404)
    let last = try connection.ask("GET", "/livez", ["Connection": "close"])
    #expect(last.text == "ok" && last.header["Connection"] == "close")
    #expect(try connection.isHungUp())
  }

  @Test func requestsInOneWriteAreAnsweredInTheirOrder() throws {
    let connection = try server.connect()
    var requests = connection.request("POST", Paths.configMaps, [:], ["metadata": ["name": "a"]])
    requests += (1...3).map { Self.get("/api/v1/nodes/node-\($0)", server) }.joined()
    requests += connection.request("DELETE", "\(Paths.configMaps)/a") + Self.get("\(Paths.configMaps)/a", server)
    // And one whose end is still to come.
    try connection.send(requests + "GET /live")
    let answers = try (0..<6).map { _ in try connection.answer() }
    #expect(answers.map(\.status) == [201, 200, 200, 200, 200, 404])
    #expect(answers[1...3].map { $0.json["metadata", "name"].text } == ["node-1", "node-2", "node-3"])
    try connection.send("z HTTP/1.1\r\nHost: \(server.address)\r\n\r\n")
    #expect(try connection.answer().text == "ok")
  }

  /// More requests at once than are read in one round.
  @Test func manyRequestsInOneWriteAreAllAnswered() throws {
    let connection = try server.connect()
    try connection.send(String(repeating: Self.get("/livez", server), count: 500))
    for _ in 0..<500 { #expect(try connection.answer().text == "ok") }
  }

  /// So many answers that the server stops reading until some are taken.
  @Test func answersThatAreReadLateAllCome() throws {
    let connection = try server.connect()
    try connection.send(String(repeating: Self.get("/api/v1/nodes", server), count: 1500) + Self.get("/livez", server))
    for _ in 0..<1500 { #expect(try connection.answer().status == 200) }
    #expect(try connection.answer().text == "ok")
  }

  @Test func aHeadIsAnAnswerWithoutItsBody() throws {
    let connection = try server.connect()
    let head = try connection.ask("HEAD", "/api/v1/nodes/node-1")
    let whole = try connection.ask("GET", "/api/v1/nodes/node-1")
    #expect(head.status == 200 && head.header["Content-Length"] == String(whole.body.count))
    #expect(try connection.ask("HEAD", "/api/v1/nodes/node-9").status == 404)
    #expect(try connection.ask("HEAD", "/livez").status == 200)
    // What would be streamed has no body either.
    #expect(try connection.ask("HEAD", "/api/v1/nodes?watch=1").header["Transfer-Encoding"] == "chunked")
    #expect(try connection.ask("GET", "/livez").text == "ok")
  }

  @Test func bodiesComeInChunks() throws {
    let connection = try server.connect()
    let head = "POST \(Paths.configMaps) HTTP/1.1\r\nHost: \(server.address)\r\nTransfer-Encoding: chunked\r\n\r\n"
    for (i, cut) in [1, 7, 20].enumerated() {
      let body = "{\"metadata\":{\"name\":\"c\(i)\"}}"
      let chunks = [body.prefix(cut), body.dropFirst(cut)].map { "\(String($0.utf8.count, radix: 16));x=y\r\n\($0)\r\n" }
      try connection.send(head + chunks.joined() + "0\r\nTrailer: x\r\n\r\n")
      #expect(try connection.answer().json["metadata", "name"].text == "c\(i)")
    }
    // Byte by byte, with the next request behind it.
    let body = "{\"metadata\":{\"name\":\"d\"}}"
    for byte in (head + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n" + Self.get("/livez", server)).utf8 {
      try connection.send([byte])
    }
    #expect(try connection.answer().status == 201)
    #expect(try connection.answer().text == "ok")
  }

  @Test func whoWaitsToBeToldIsTold() throws {
    let connection = try server.connect()
    let body = "{\"metadata\":{\"name\":\"a\"}}"
    try connection.send(
      "POST \(Paths.configMaps) HTTP/1.1\r\nHost: \(server.address)\r\nContent-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\n\r\n")
    #expect(try connection.answer().status == 100)
    try connection.send(body)
    #expect(try connection.answer().status == 201)
  }

  @Test func oldClientsAreAnswered() throws {
    let once = try server.connect()
    try once.send("GET /livez HTTP/1.0\r\nHost: \(server.address)\r\n\r\n")
    #expect(try once.answer().text == "ok")
    #expect(try once.isHungUp())
    let kept = try server.connect()
    for _ in 0..<2 {
      try kept.send("GET /livez HTTP/1.0\r\nHost: \(server.address)\r\nConnection: keep-alive\r\n\r\n")
      let answer = try kept.answer()
      #expect(answer.text == "ok" && answer.header["Transfer-Encoding"] == nil)
      // Else the client would wait for the end of the connection.
      #expect(Header.same(answer.header["Connection"] ?? "", "keep-alive"))
    }
    // A stream has no length, and the client knows no chunks: it ends with its connection.
    let watch = try server.connect()
    try watch.send("GET /api/v1/nodes?watch=1&timeoutSeconds=1 HTTP/1.0\r\nHost: \(server.address)\r\n\r\n")
    #expect(try watch.head().header["Transfer-Encoding"] == nil)
    #expect(try watch.events(3) == ["ADDED node-1", "ADDED node-2", "ADDED node-3"])
    try server.advance("2s")
    #expect(try watch.event() == nil)
  }

  // MARK: Beside one another

  @Test func aSlowClientKeepsNobodyWaiting() throws {
    let slow = try server.connect()
    let quick = try server.connect()
    for byte in Self.get("/livez", server).utf8 {
      try slow.send([byte])
      #expect(try quick.ask("GET", "/livez").text == "ok")
    }
    #expect(try slow.answer().text == "ok")
  }

  @Test func clientsThatGoHalfwayLeaveTheServerWell() throws {
    let begun = [
      "", "GET /li", Self.get("/livez", server), Self.get("/api/v1/nodes?watch=1", server), "POST \(Paths.configMaps) HTTP/1.1\r\nHost: ",
      "POST \(Paths.configMaps) HTTP/1.1\r\nHost: \(server.address)\r\nContent-Length: 100\r\n\r\n{\"metadata\"",
      "POST \(Paths.configMaps) HTTP/1.1\r\nHost: \(server.address)\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"m",
      String(repeating: Self.get("/api/v1/nodes", server), count: 50),
    ]
    for text in begun {
      let connection = try server.connect()
      try connection.send(text)
      connection.close()
    }
    #expect(try server.get(Paths.configMaps).status == 200)
    let left = "apiserver_longrunning_requests 0"
    try Patience.until(left) { try server.get("/metrics").text.contains(left) }
  }

  /// One that doesn't read is dropped once too much waits for it; those beside it notice nothing.
  @Test func aWatcherThatDoesNotReadIsDropped() throws {
    let text = String(repeating: "x", count: 900_000)
    _ = try server.post(Paths.configMaps, ["metadata": ["name": "large"], "data": ["x": .string(text)]])
    let last = try server.post(Paths.configMaps, ["metadata": ["name": "small"]]).json["metadata", "resourceVersion"].text
    let idle = try WatchingTests.watch(server, Paths.configMaps, "resourceVersion=\(last)")
    let reader = try WatchingTests.watch(server, Paths.configMaps, "resourceVersion=\(last)&fieldSelector=metadata.name%3Dsmall")
    let writer = try server.connect()
    let type = ["Content-Type": "application/merge-patch+json"]
    for i in 0..<40 {
      let change: Value = ["metadata": ["labels": ["i": .string("\(i)")]]]
      #expect(try writer.ask("PATCH", "\(Paths.configMaps)/large", type, change).status == 200)
      #expect(try writer.ask("PATCH", "\(Paths.configMaps)/small", type, change).status == 200)
      #expect(try reader.event()?.object["metadata", "labels", "i"].text == "\(i)")
    }
    #expect(try idle.drain() != Array("0\r\n\r\n".utf8), "it was cut off, and can see that")
    #expect(try server.get("/livez").text == "ok")
  }
}
