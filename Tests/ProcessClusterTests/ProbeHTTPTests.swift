import Formats
import Foundation
import Posix
import Testing

@testable import ProcessCluster

// httpGet: what is sent, and what is made of every kind of answer.

struct ProbeHTTPTests {
  @Test func whatIsSent() throws {
    let scene = try ProbeScene()
    let port = try scene.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    #expect(scene.get(port, "/healthz?full=1#part") == .success)
    #expect(
      scene.requests.last == "GET /healthz?full=1 HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUser-Agent: kube-probe/1.28\r\n"
        + "Accept: */*\r\nConnection: close\r\n\r\n")
    #expect(
      scene.outcome([
        "httpGet": [
          "port": .int(port), "path": "a b",
          "httpHeaders": [
            ["name": "Host", "value": "web.test"], ["name": "X-One", "value": "1"], ["name": "X-One", "value": "2"],
            ["name": "accept", "value": ""], ["name": "User-Agent", "value": "mine"],
          ],
        ]
      ]) == .success)
    #expect(
      scene.requests.last
        == "GET /a%20b HTTP/1.1\r\nHost: web.test\r\nX-One: 1\r\nX-One: 2\r\nUser-Agent: mine\r\nConnection: close\r\n\r\n")
    #expect(scene.outcome(["httpGet": ["port": .int(port)]], as: .hook) == .success)
    #expect(scene.requests.last?.contains("User-Agent: kube-lifecycle/1.28\r\n") == true)
    let smuggled: Value = ["httpGet": ["port": .int(port), "path": "/", "httpHeaders": [["name": "X", "value": "a\r\nY: b"]]]]
    #expect(
      scene.outcome(smuggled)
        == .failure("Get \"http://127.0.0.1:\(port)/\": net/http: invalid header field value for \"X\""))
    scene.settle()
  }

  @Test func statusesDecide() throws {
    let scene = try ProbeScene()
    for (status, outcome) in [
      (200, ProbeOutcome.success), (204, .success), (299, .success), (304, .warning("Probe terminated redirects, Response body: ")),
      (404, .failure("HTTP probe failed with statuscode: 404")), (500, .failure("HTTP probe failed with statuscode: 500")),
      (101, .failure("HTTP probe failed with statuscode: 101")),
    ] {
      #expect(scene.get(try scene.answer("HTTP/1.1 \(status) Some Reason\r\n\r\n")) == outcome)
    }
    // A hook is content with any answer.
    let port = try scene.answer("HTTP/1.1 500 No\r\n\r\n")
    #expect(scene.outcome(["httpGet": ["port": .int(port)]], as: .hook) == .success)
    scene.settle()
  }

  @Test func everyServerThatGoReadsIsRead() throws {
    let scene = try ProbeScene()
    for text in [
      "HTTP/1.0 200 OK\n\nhello", "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nX-Odd:\r\nContent-Length:   0  \r\n\r\n",
    ] {
      #expect(scene.get(try scene.answer(text)) == .success, "\(text)")
    }
    scene.settle()
  }

  @Test func answersMayComeByteByByte() throws {
    let scene = try ProbeScene()
    var steps: [ProbeScene.Step] = [.read]
    for character in "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n" {
      steps += [.write(String(character)), .pause(milliseconds: 1)]
    }
    #expect(scene.get(try scene.serve(steps)) == .failure("HTTP probe failed with statuscode: 503"))
    scene.settle()
  }

  @Test func whatIsNoAnswer() throws {
    let scene = try ProbeScene()
    let broken = "net/http: HTTP/1.x transport connection broken: "
    for (text, why) in [
      ("", "EOF"), ("HTTP/1.1 20", broken + "unexpected EOF"),
      ("SSH-2.0-dropbear\r\n\r\n", broken + "malformed HTTP response \"SSH-2.0-dropbear\""),
      ("HTTP/1.1 twohundred OK\r\n\r\n", broken + "malformed HTTP status code \"twohundred\""),
      ("HTTP/9.9 200 OK\r\n\r\n", broken + "malformed HTTP version \"HTTP/9.9\""),
      ("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", broken + "malformed MIME header line: nonsense"),
      (String(repeating: "HTTP/1.1 103 Hints\r\n\r\n", count: 9), broken + "net/http: too many 1xx informational responses"),
    ] {
      let port = try scene.answer(text)
      #expect(scene.get(port) == .failure("Get \"http://127.0.0.1:\(port)/\": \(why)"), "\(text)")
    }
    let refusing = try scene.freePort()
    #expect(
      scene.get(refusing)
        == .failure("Get \"http://127.0.0.1:\(refusing)/\": dial tcp 127.0.0.1:\(refusing): connect: connection refused"))
    let resetting = try scene.serve([.read, .reset])
    guard case .failure(let text)? = scene.get(resetting) else { return #expect(Bool(false)) }
    #expect(text.hasPrefix("Get \"http://127.0.0.1:\(resetting)/\": read tcp 127.0.0.1:"))
    #expect(text.hasSuffix("->127.0.0.1:\(resetting): read: connection reset by peer"))
    scene.settle()
  }

  @Test func aBodyThatBreaksOffTellsNothing() throws {
    let scene = try ProbeScene()
    #expect(scene.get(try scene.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")) == .unknown("unexpected EOF"))
    let hanging = try scene.serve([.read, .write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")])
    #expect(
      scene.get(hanging, timeout: .milliseconds(50))
        == .unknown("context deadline exceeded (Client.Timeout or context cancellation while reading body)"))
    scene.settle()
  }

  @Test func serversThatNeverAnswer() throws {
    let scene = try ProbeScene()
    let why = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    for steps: [ProbeScene.Step] in [[], [.read], [.read, .write("HTTP/1.1 200 OK\r\nX: ")]] {
      let port = try scene.serve(steps)
      #expect(scene.get(port, timeout: .milliseconds(50)) == .failure("Get \"http://127.0.0.1:\(port)/\": \(why)"))
    }
    scene.settle()
  }

  @Test func floodsAreCutOff() throws {
    let scene = try ProbeScene()
    let fields = String(repeating: "X-Flood: \(String(repeating: "a", count: 1000))\r\n", count: 200)
    let port = try scene.answer("HTTP/1.1 200 OK\r\n" + fields)
    #expect(
      scene.get(port) == .failure("Get \"http://127.0.0.1:\(port)/\": net/http: server response headers exceeded 65536 bytes; aborted"))
    // A body is read up to 10 KiB, and the rest does not matter, however it is framed.
    let body = String(repeating: "b", count: 60_000)
    #expect(scene.get(try scene.serve([.read, .write("HTTP/1.1 200 OK\r\n\r\n" + body)])) == .success)
    #expect(
      scene.get(try scene.serve([.read, .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n" + body)])) == .success)
    guard case .warning(let text)? = scene.get(try scene.serve([.read, .write("HTTP/1.1 300 Many\r\n\r\n" + body)])) else {
      return #expect(Bool(false))
    }
    #expect(text.utf8.count == "Probe terminated redirects, Response body: ".utf8.count + 10240)
    scene.settle()
  }

  @Test func redirectsAreFollowedOnOneHost() throws {
    let scene = try ProbeScene()
    let last = try scene.answer("HTTP/1.1 418 Teapot\r\n\r\n")
    let first = try scene.answer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:\(last)/end?x\r\n\r\n")
    #expect(scene.get(first) == .failure("HTTP probe failed with statuscode: 418"))
    #expect(scene.requests.last?.hasPrefix("GET /end?x HTTP/1.1\r\nHost: 127.0.0.1:\(last)\r\n") == true)
    let elsewhere = try scene.answer("HTTP/1.1 301 Moved\r\nLocation: http://example.com/\r\nContent-Length: 3\r\n\r\nbye")
    #expect(scene.get(elsewhere) == .warning("Probe terminated redirects, Response body: bye"))
    let nowhere = try scene.answer("HTTP/1.1 301 Moved\r\n\r\n")
    #expect(scene.get(nowhere) == .warning("Probe terminated redirects, Response body: "))
    let loop = try scene.answer("HTTP/1.1 307 Again\r\nLocation: /again\r\n\r\n")
    let before = scene.requests.count
    #expect(scene.get(loop) == .failure("Get \"/again\": stopped after 10 redirects"))
    #expect(scene.requests.count - before == 10)
    scene.settle()
  }

  @Test func locations() {
    let here = ProbeURL(scheme: "http", host: "10.0.0.1", port: 80, path: "/a/b?c")
    for (location, there) in [
      ("/x", "http://10.0.0.1:80/x"), ("x?y=/../z", "http://10.0.0.1:80/a/x?y=/../z"), ("../x", "http://10.0.0.1:80/x"),
      ("?q", "http://10.0.0.1:80/a/b?q"), ("//other/x", "http://other/x"), ("https://[::1]:8443/x#y", "https://[::1]:8443/x#y"),
      ("http://h:1?q", "http://h:1?q"), ("./", "http://10.0.0.1:80/a/"), ("HTTP://user:word@h/", "http://h/"),
    ] {
      #expect(here.following(location).map { "\($0)" } == there)
    }
    for location in ["http://h:port/", "http://", "http://[::1/"] { #expect(here.following(location) == nil, "\(location)") }
    #expect(ProbeURL(scheme: "http", host: "h", port: 1, path: "").description == "http://h:1")
    #expect(ProbeURL(scheme: "http", host: "h", port: 1, path: "?a").sent == "/?a")
  }

  @Test func httpsGoesThroughCurl() throws {
    let folder = try ScratchFolder()
    var tools = ProbeTools()
    // A curl that shows what it was told and answers as a server would.
    tools.curl = try folder.program(
      "curl",
      "echo \"$@\" > \(folder.path)/words; cat > \(folder.path)/told; "
        + "printf 'HTTP/1.1 503 No\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nab\\r\\n0\\r\\n\\r\\n'")
    let scene = try ProbeScene(.init(), tools)
    let handler: Value = [
      "httpGet": ["port": 8443, "scheme": "HTTPS", "path": "/x", "httpHeaders": [["name": "Authorization", "value": "Bearer \"s\\3\""]]]
    ]
    #expect(scene.outcome(handler) == .failure("HTTP probe failed with statuscode: 503"))
    #expect(folder.read("words") == "-q -K -\n")
    let told = folder.read("told") ?? ""
    #expect(told.contains("url = \"https://127.0.0.1:8443/x\"\n"))
    #expect(told.contains("header = \"Authorization: Bearer \\\"s\\\\3\\\"\"\n"))
    #expect(told.contains("header = \"User-Agent: kube-probe/1.28\"\n") && told.contains("insecure\n"))
    scene.settle()
    tools.curl = "no-such-curl"
    #expect(
      try ProbeScene(.init(), tools).outcome(handler)
        == .unknown("https probes are made with \"no-such-curl\", which is not installed on this machine"))
  }

  static let hasTools = ["curl", "openssl"].allSatisfy { tool in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)")
    }
  }

  @Test(.enabled(if: hasTools, "curl and openssl are needed")) func httpsForReal() throws {
    let folder = try ScratchFolder()
    let made = try Child.run(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", folder.path + "/k", "-out", folder.path + "/c"])
    try #require(made.code == 0)
    let scene = try ProbeScene()
    let port = try scene.freePort()
    let get: Value = ["httpGet": ["port": .int(port), "scheme": "HTTPS", "path": "/"]]
    #expect(
      scene.outcome(get) == .failure("Get \"https://127.0.0.1:\(port)/\": dial tcp 127.0.0.1:\(port): connect: connection refused"))
    var program = GroupChild.Program([
      "openssl", "s_server", "-quiet", "-www", "-accept", "127.0.0.1:\(port)", "-key", folder.path + "/k", "-cert", folder.path + "/c",
    ])
    program.environment = [("PATH", ProcessInfo.processInfo.environment["PATH"] ?? "")]
    let server = try GroupChild(program)
    defer {
      server.killGroup()
      while server.reap() == nil { WallClock.sleep(nanoseconds: 1_000_000) }
    }
    var found: ProbeOutcome?
    for _ in 0..<200 {
      found = scene.outcome(get)
      if found == .success { break }
      WallClock.sleep(nanoseconds: 20_000_000)
    }
    #expect(found == .success)
    // A plain server is none.
    let plain = try scene.serve([.write("HTTP/1.1 400 Bad\r\n\r\n"), .close])
    guard case .failure(let text)? = scene.outcome(["httpGet": ["port": .int(plain), "scheme": "HTTPS"]]) else {
      return #expect(Bool(false))
    }
    #expect(text.hasPrefix("Get \"https://127.0.0.1:\(plain)\": curl: ("), "\(text)")
    // One that accepts and never says anything.
    let silent = try scene.serve([])
    let slow: Value = ["httpGet": ["port": .int(silent), "scheme": "HTTPS"]]
    #expect(
      scene.outcome(slow, timeout: .milliseconds(300))
        == .failure(
          "Get \"https://127.0.0.1:\(silent)\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"))
    scene.settle()
  }
}
