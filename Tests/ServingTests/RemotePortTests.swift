import Client
import HTTP
import Posix
import Testing

// Ports of pods as a server behind HTTP forwards them.

struct RemotePortTests {
  /// A message of a server's, of fewer than 65536 bytes.
  private static func message(_ content: [UInt8]) -> [UInt8] {
    [0x82, 126, UInt8(content.count >> 8), UInt8(content.count & 255)] + content
  }

  @Test func ofAFailureNoMoreIsKeptThanIsRead() throws {
    let server = try RemoteScript { asked in
      let accepted = (try? WebSocketHandshake.acceptance(of: asked.head, subprotocol: "v4.channel.k8s.io")) ?? []
      let words = Self.message([1] + [UInt8](repeating: UInt8(ascii: "x"), count: 3000))
      let head = "HTTP/1.1 101 X\r\n" + accepted.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
      return RemoteScript.Said(raw: Array(head.utf8) + Self.message([1, 80, 0]) + words + words + words + [0x88, 2, 3, 0xE8])
    }
    defer { server.stop() }
    let stream = try server.client().stream(StreamRequest(.port(80), namespace: "n", pod: "a"))
    let loop = try PlainLoop()
    var pieces: [StreamPiece] = []
    try loop.watch(stream.descriptor, [.read, .write]) { _ in pieces += (try? stream.received()) ?? [.ended(.success)] }
    let hasEnded = loop.run(nanoseconds: 20_000_000_000) { !pieces.isEmpty }
    #expect(hasEnded)
    let isCut = pieces == [.ended(.failed(String(repeating: "x", count: 4096)))]
    #expect(isCut)
    loop.unwatch(stream.descriptor)
  }
}
