import Foundation
import HTTP
import Posix
import Testing

// Others in the server's thread.

/// Answers with what it was told meanwhile.
private final class Counting: Responder {
  var count = 0
  var turns = 0
  func bodyLimit(of head: RequestHead, at address: SocketAddress) -> Int { 0 }
  func respond(to request: Request, _ exchange: Exchange) { exchange.answer(Response(200, body: Array("\(count)".utf8))) }
  func refusal(_ problem: HTTPProblem) -> Response { Response(problem.status) }
  func turn() { turns += 1 }
  func stopping() {}
  var wakeAfter: Int64? { nil }
}

struct ServerLoopTests {
  @Test func othersWatchInTheServersThread() throws {
    let listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
    let server = try HTTPServer([listener])
    let responder = Counting()
    let loop: any EventLoop = server
    let door = try Listener(.tcp(host: "127.0.0.1", port: 0))
    let visitor = try Socket.connect(to: door.address)
    var answers: [UInt8] = []
    var ticks = 0
    var hasEnded = false
    // A descriptor of ours, watched before it runs; what it brings leads to a request of ours, asked in the same thread.
    try loop.watch(door.socket.number, .read) { _ in
      guard let guest = door.accept() else { return }
      guest.end()
      loop.unwatch(door.socket.number)
      responder.count = 7
      do {
        let client = try Socket.connect(to: listener.address)
        _ = Array("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8).withUnsafeBytes { client.write($0) }
        try loop.watch(client.number, .read) { _ in
          let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
          defer { bytes.deallocate() }
          switch client.read(into: bytes) {
          case .bytes(let count): answers += bytes[..<count]
          case .wait: break
          case .end:
            loop.unwatch(client.number)
            hasEnded = true
          }
        }
      } catch {
        Issue.record(error)
      }
    }
    func tick() {
      ticks += 1
      if ticks >= 3, hasEnded { server.stop() } else { loop.after(nanoseconds: 5_000_000, tick) }
    }
    loop.after(nanoseconds: 0, tick)
    let never = loop.after(nanoseconds: 1_000_000) { Issue.record("it was cancelled") }
    loop.cancel(never)
    loop.after(nanoseconds: 30_000_000_000) { server.stop() }
    server.run(responder)
    #expect(ticks >= 3 && hasEnded)
    #expect(String(decoding: answers, as: UTF8.self).hasSuffix("\r\n\r\n7"))
    // A loop that has nothing to do sleeps: rounds are few.
    #expect(responder.turns < ticks + 50)
    visitor.end()
  }
}
