import Testing

@testable import HTTP

// WebSocket's messages and its handshake.

struct WebSocketTests {
  private func read(_ bytes: [UInt8], fromClient: Bool = false, longest: Int = 1 << 20) throws -> [WebSocketMessage] {
    var reader = WebSocketReader(fromClient: fromClient, longest: longest)
    return try reader.read(bytes)
  }

  private func problem(_ bytes: [UInt8], fromClient: Bool = false, longest: Int = 1 << 20) -> UInt16? {
    do {
      _ = try read(bytes, fromClient: fromClient, longest: longest)
      return nil
    } catch {
      return (error as? WebSocketProblem)?.code
    }
  }

  /// RFC 6455, section 1.3.
  @Test func theHandshakeIsTheStandardsOwn() throws {
    #expect(WebSocketHandshake.answer(to: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    var head = RequestHead("GET", path: "/")
    head.header.add("Connection", "keep-alive, Upgrade")
    head.header.add("Upgrade", "websocket")
    head.header.add("Sec-WebSocket-Protocol", "v5.channel.k8s.io, v4.channel.k8s.io")
    #expect(WebSocketHandshake.isWanted(head))
    #expect(WebSocketHandshake.protocols(head) == ["v5.channel.k8s.io", "v4.channel.k8s.io"])
    #expect(throws: HTTPProblem.self) { try WebSocketHandshake.acceptance(of: head, subprotocol: nil) }
    head.header.add("Sec-WebSocket-Version", "13")
    head.header.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
    let accepted = try WebSocketHandshake.acceptance(of: head, subprotocol: "v5.channel.k8s.io")
    #expect(accepted.contains(Header.Field("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")))
  }

  /// RFC 3174's samples.
  @Test func sumsAreSHA1() {
    func text(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
    #expect(text(SHA1.digest(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(text(SHA1.digest([])) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    let long = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
    #expect(text(SHA1.digest(long)) == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
  }

  /// RFC 6455, section 5.7.
  @Test func framesAreTheStandardsOwn() throws {
    let hello = WebSocketMessage(.text, Array("Hello".utf8))
    #expect(hello.frame() == [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
    #expect(hello.frame(mask: 0x37fa_213d) == [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
    #expect(try read(hello.frame(mask: 0x37fa_213d), fromClient: true) == [hello])
    // In two frames, with a ping between them.
    let parts: [UInt8] = [0x01, 0x03, 0x48, 0x65, 0x6c, 0x89, 0x00, 0x80, 0x02, 0x6c, 0x6f]
    #expect(try read(parts) == [WebSocketMessage(.ping, []), hello])
  }

  @Test func anyLengthInAnyPiecesComesThrough() throws {
    var chance = Seeded(state: 7)
    let lengths = [0, 1, 125, 126, 127, 65535, 65536, 70001]
    let messages = lengths.map { length in
      WebSocketMessage(.binary, (0..<length).map { _ in UInt8.random(in: 0...255, using: &chance) })
    }
    let bytes = messages.flatMap { $0.frame(mask: UInt32.random(in: 0...UInt32.max, using: &chance)) }
    var reader = WebSocketReader(fromClient: true)
    var got: [WebSocketMessage] = []
    var at = 0
    while at < bytes.count {
      let next = min(bytes.count, at + Int.random(in: 1...9000, using: &chance))
      got += try reader.read(Array(bytes[at..<next]))
      at = next
    }
    #expect(got == messages)
  }

  @Test func whatTheStandardForbidsIsRefused() {
    // Unmasked from a client, masked from a server.
    #expect(problem([0x82, 0x00], fromClient: true) == 1002)
    #expect(problem([0x82, 0x80, 1, 2, 3, 4]) == 1002)
    // Reserved bits, unknown kinds, long and broken control frames.
    #expect(problem([0xC2, 0x00]) == 1002)
    #expect(problem([0x83, 0x00]) == 1002)
    #expect(problem([0x89, 0x7E, 0x01, 0x00]) == 1002)
    #expect(problem([0x09, 0x00]) == 1002)
    // A message that goes on without a beginning, and one within another.
    #expect(problem([0x80, 0x00]) == 1002)
    #expect(problem([0x02, 0x00, 0x02, 0x00]) == 1002)
    // Too long, however it is said.
    #expect(problem([0x82, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) == 1009)
    #expect(problem([0x02, 0x03, 1, 2, 3, 0x80, 0x03, 1, 2, 3], longest: 5) == 1009)
  }

  @Test func nothingThatStrangersSendTraps() {
    var chance = Seeded(state: 11)
    for _ in 0..<3000 {
      var reader = WebSocketReader(fromClient: Bool.random(using: &chance), longest: 1 << 12)
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1...6, using: &chance) {
        var frame = WebSocketMessage(.binary, [UInt8](repeating: 1, count: Int.random(in: 0...300, using: &chance)))
          .frame(mask: Bool.random(using: &chance) ? 5 : nil)
        if Bool.random(using: &chance) {
          frame[Int.random(in: 0..<min(frame.count, 12), using: &chance)] = UInt8.random(in: 0...255, using: &chance)
        }
        bytes += frame
      }
      _ = try? reader.read(bytes)
    }
  }
}
