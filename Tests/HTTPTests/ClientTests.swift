import Foundation
import HTTP
import Posix
import Testing

// The asking side of HTTP, against servers that say what a test tells them to.

struct ClientTests {
  private func text(_ answer: ClientAnswer) -> String { String(decoding: answer.body, as: UTF8.self) }
  private let get = ClientRequest("GET", "/x?a=b", header: Header([Header.Field("Accept", "a/b")]))

  @Test func aKeptConnectionServesTheNextRequest() throws {
    let server = try ScriptedServer([
      [
        .read, .write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"), .read,
        .write("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\ntwo"),
      ]
    ])
    defer { server.stop() }
    let client = HTTPClient(server.address, timeout: .seconds(10))
    #expect(text(try client.answer(get)) == "one")
    let second = try client.answer(ClientRequest("POST", "/y", body: Array("body".utf8)))
    #expect(second.head.status == 404)
    #expect(text(second) == "two")
    #expect(server.requests[0] == "GET /x?a=b HTTP/1.1\r\nHost: \(server.address)\r\nAccept: a/b\r\n\r\n")
    #expect(server.requests[1] == "POST /y HTTP/1.1\r\nHost: \(server.address)\r\nContent-Length: 4\r\n\r\nbody")
  }

  @Test(arguments: [true, false]) func aKeptConnectionThatWasClosedIsMadeAnew(seen: Bool) throws {
    // Closed before the next request is sent, or while it is.
    let end: [ScriptedServer.Step] = seen ? [.close] : [.read, .close]
    let server = try ScriptedServer([
      [.read, .write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none")] + end,
      [.read, .write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo")],
    ])
    defer { server.stop() }
    let client = HTTPClient(server.address, timeout: .seconds(10))
    #expect(text(try client.answer(get)) == "one")
    if seen { Thread.sleep(forTimeInterval: 0.05) }
    #expect(text(try client.answer(get)) == "two")
  }

  @Test func anAnswerThatHasBegunIsNotAskedForAgain() throws {
    let server = try ScriptedServer([
      [.read, .write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"), .read, .write("HTTP/1.1 2"), .close],
      [.read, .write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo")],
    ])
    defer { server.stop() }
    let client = HTTPClient(server.address, timeout: .seconds(10))
    _ = try client.answer(get)
    #expect(throws: ClientProblem.ended(answering: true)) { try client.answer(get) }
  }

  @Test func aServerThatClosesAtOnceIsNotAskedAgain() throws {
    let server = try ScriptedServer([[.read, .close]])
    defer { server.stop() }
    #expect(throws: ClientProblem.ended(answering: false)) { try HTTPClient(server.address, timeout: .seconds(10)).answer(get) }
    #expect(server.requests.count == 1)
  }

  @Test func anAnswerComesInWhateverPieces() throws {
    let answer =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nWarning: 299 - \"x\"\r\n\r\n"
      + "4\r\nWiki\r\n6;a=b\r\npedia \r\nF\r\nin\r\n\r\nchunks.\r\n\r\n0\r\nX-Trailer: y\r\n\r\n"
    for size in [1, 2, 3, 7, 1000] {
      var steps: [ScriptedServer.Step] = [.read]
      var rest = answer.unicodeScalars[...]
      while !rest.isEmpty {
        steps.append(.write(String(rest.prefix(size))))
        rest = rest.dropFirst(size)
      }
      let server = try ScriptedServer([steps + [.read, .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]])
      defer { server.stop() }
      let client = HTTPClient(server.address, timeout: .seconds(10))
      let got = try client.answer(get)
      #expect(text(got) == "Wikipedia in\r\n\r\nchunks.\r\n")
      #expect(got.head.header["Warning"] == "299 - \"x\"")
      #expect(try client.answer(get).body.isEmpty)
    }
  }

  @Test func aBodyWithoutLengthEndsWithItsConnection() throws {
    let server = try ScriptedServer([
      [.read, .write("HTTP/1.0 200 OK\r\n\r\nall of "), .pause(milliseconds: 20), .write("it"), .close],
      [.read, .write("HTTP/1.1 204 No Content\r\n\r\n")],
    ])
    defer { server.stop() }
    let client = HTTPClient(server.address, timeout: .seconds(10))
    #expect(text(try client.answer(get)) == "all of it")
    #expect(try client.answer(get).head.status == 204)
  }

  @Test func aBodyThatIsCutOffIsNoAnswer() throws {
    for answer in [
      "Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n8\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ] {
      let server = try ScriptedServer([[.read, .write("HTTP/1.1 200 OK\r\n\(answer)"), .close]])
      defer { server.stop() }
      #expect(throws: ClientProblem.ended(answering: true)) { try HTTPClient(server.address, timeout: .seconds(10)).answer(get) }
    }
  }

  @Test func whatIsNoHTTPIsRefused() throws {
    let wrong = [
      "SSH-2.0-OpenSSH_9.6\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 200_000), String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 50),
    ]
    for answer in wrong {
      let server = try ScriptedServer([[.read, .write(answer), .close]])
      defer { server.stop() }
      do {
        _ = try HTTPClient(server.address, timeout: .seconds(10)).answer(get)
        Issue.record("taken: \(answer.prefix(40))")
      } catch ClientProblem.malformed {
        continue
      }
    }
  }

  @Test func timeRunsOut() throws {
    let silent = try ScriptedServer([[.read]])
    let slow = try ScriptedServer([[.read, .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha")]])
    defer {
      silent.stop()
      slow.stop()
    }
    #expect(throws: ClientProblem.timedOut(answering: false)) { try HTTPClient(silent.address, timeout: .milliseconds(80)).answer(get) }
    #expect(throws: ClientProblem.timedOut(answering: true)) { try HTTPClient(slow.address, timeout: .milliseconds(80)).answer(get) }
  }

  @Test func nobodyIsThere() throws {
    let server = try ScriptedServer([])
    server.stop()
    Thread.sleep(forTimeInterval: 0.1)
    do {
      _ = try HTTPClient(server.address).answer(get)
      Issue.record("somebody answered")
    } catch ClientProblem.unreachable(let failure) {
      #expect(failure.isRefused)
    }
    do {
      _ = try HTTPClient(.unix(path: "/no/such/socket")).answer(get)
      Issue.record("somebody answered")
    } catch ClientProblem.unreachable(let failure) {
      #expect(failure.isMissing)
    }
  }

  @Test func aLongBodyIsRefusedBeforeItWasRead() throws {
    let steps: [ScriptedServer.Step] = [
      .write("HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch"), .pause(milliseconds: 300), .close,
    ]
    let server = try ScriptedServer([steps])
    defer { server.stop() }
    let request = ClientRequest("POST", "/", body: [UInt8](repeating: 97, count: 8 << 20))
    #expect(try HTTPClient(server.address, timeout: .seconds(10)).answer(request).head.status == 413)
  }

  @Test func aStreamIsReadAsItComes() throws {
    let path = NSTemporaryDirectory() + "kctl-\(ProcessInfo.processInfo.processIdentifier).sock"
    let server = try ScriptedServer(
      at: .unix(path: path),
      [
        [
          .read, .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"), .pause(milliseconds: 60),
          .write("6\r\nsecond\r\n0\r\n\r\n"),
        ]
      ])
    defer { server.stop() }
    let client = HTTPClient(server.address, timeout: .milliseconds(50))
    let stream = try client.stream(get)
    #expect(server.requests.first?.contains("Host: localhost\r\n") == true)
    var bytes: [UInt8] = []
    while bytes.isEmpty {
      #expect(try stream.take(into: &bytes))
      _ = Socket.waitReadable([stream.socket], nanoseconds: 1_000_000_000)
    }
    #expect(String(decoding: bytes, as: UTF8.self) == "first")
    bytes = []
    #expect(try stream.take(into: &bytes) || !bytes.isEmpty)
    while try stream.take(into: &bytes) { _ = Socket.waitReadable([stream.socket], nanoseconds: 1_000_000_000) }
    #expect(String(decoding: bytes, as: UTF8.self) == "second")
    #expect(stream.isOver)
  }
}
