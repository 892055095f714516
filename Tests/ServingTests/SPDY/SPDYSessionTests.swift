import Testing

@testable import Serving

// A session without a network under it: frames in, frames out.

/// What a session sends, and what it was told of the way.
final class HeldCarrier: SessionCarrier {
  var isFull = false
  var onRoom: (() -> Void)?
  var isPaused = false
  var hasEnded = false
  private var reader = SPDYReader()
  private(set) var frames: [SPDYFrame] = []

  func send(_ bytes: [UInt8]) { frames += (try? reader.read(bytes)) ?? [] }
  func end() { hasEnded = true }

  func taken() -> [SPDYFrame] {
    defer { frames = [] }
    return frames
  }
}

/// A client that writes to a session.
struct SPDYTalk {
  let carrier = HeldCarrier()
  let session: SPDYSession
  var writer = SPDYWriter()

  init() { session = SPDYSession(carrier) }

  mutating func send(_ frame: SPDYFrame) { receive(writer.bytes(frame)) }
  func receive(_ bytes: [UInt8]) { bytes.withUnsafeBytes { session.received($0) } }
}

struct SPDYSessionTests {
  private static let headers = SPDYHeaders([("streamtype", "data"), ("port", "80"), ("requestid", "4")])

  @Test func framesComeBackAsTheyWereSentHoweverTheyAreCut() throws {
    let frames: [SPDYFrame] = [
      .begin(1, Self.headers, isLast: false), .begin(3, SPDYHeaders([("a", ""), ("b", "c")]), isLast: true),
      .reply(1, SPDYHeaders(), isLast: false), .data(1, [], isLast: true), .reset(3, .cancelled), .ping(7), .goAway(3),
      .headers(1, Self.headers, isLast: false),
    ]
    var writer = SPDYWriter()
    let bytes = frames.flatMap { writer.bytes($0) }
    for piece in [1, 3, 7, bytes.count] {
      var reader = SPDYReader()
      var read: [SPDYFrame] = []
      for start in stride(from: 0, to: bytes.count, by: piece) { read += try reader.read(Array(bytes.dropFirst(start).prefix(piece))) }
      #expect(read == frames)
    }
  }

  @Test func longDataIsHandedOnAsItComes() throws {
    var writer = SPDYWriter()
    let bytes = writer.bytes(.data(5, [1, 2, 3, 4], isLast: true))
    var reader = SPDYReader()
    #expect(try reader.read(Array(bytes[..<10])) == [.data(5, [1, 2], isLast: false)])
    #expect(try reader.read([]) == [])
    #expect(try reader.read(Array(bytes[10...])) == [.data(5, [3, 4], isLast: true)])
  }

  @Test func streamsEndEachWayByThemselves() throws {
    var talk = SPDYTalk()
    var (said, ended): ([UInt8], Bool) = ([], false)
    var stream: SPDYStream?
    talk.session.onStream = {
      stream = $0
      $0.onData = { said += $0 }
      $0.onFinish = { ended = true }
    }
    talk.send(.begin(1, Self.headers, isLast: false))
    #expect(talk.carrier.taken() == [.reply(1, SPDYHeaders(), isLast: false)])
    #expect(stream?.headers == Self.headers)
    talk.send(.data(1, [1, 2], isLast: false))
    talk.send(.data(1, [3], isLast: true))
    #expect(said == [1, 2, 3] && ended && talk.session.streamCount == 1)
    stream?.send([9])
    stream?.finish()
    #expect(talk.carrier.taken() == [.data(1, [9], isLast: false), .data(1, [], isLast: true)])
    #expect(talk.session.streamCount == 0)
  }

  @Test func whatIsWrongWithAStreamEndsTheStreamOnly() throws {
    var talk = SPDYTalk()
    talk.session.accepts = { !$0["port"].isEmpty }
    talk.send(.begin(3, Self.headers, isLast: false))
    talk.send(.begin(5, SPDYHeaders(), isLast: false))
    talk.send(.begin(4, Self.headers, isLast: false))
    talk.send(.begin(3, Self.headers, isLast: false))
    talk.send(.data(77, [1], isLast: false))
    #expect(
      talk.carrier.taken() == [
        .reply(3, SPDYHeaders(), isLast: false), .reset(5, .refused), .reset(4, .protocolError), .reset(3, .protocolError),
      ])
    #expect(talk.session.streamCount == 1 && !talk.carrier.hasEnded)
  }

  @Test func resetsAndTheSessionsEndBreakStreamsOff() throws {
    var talk = SPDYTalk()
    var broken: [UInt32] = []
    talk.session.onStream = { stream in stream.onBreak = { broken.append(stream.id) } }
    for id: UInt32 in [1, 3, 5] { talk.send(.begin(id, Self.headers, isLast: false)) }
    talk.send(.reset(3, .cancelled))
    #expect(broken == [3])
    talk.session.gone()
    #expect(broken == [3, 1, 5])
  }

  @Test func pingsAreAnsweredAndGoAwayEndsWhenNothingIsLeft() throws {
    var talk = SPDYTalk()
    talk.send(.begin(1, Self.headers, isLast: true))
    talk.send(.ping(7))
    talk.send(.ping(8))
    talk.send(.goAway(0))
    talk.send(.begin(3, Self.headers, isLast: false))
    #expect(talk.carrier.taken() == [.reply(1, SPDYHeaders(), isLast: false), .ping(7), .reset(3, .refused)])
    #expect(!talk.carrier.hasEnded)
    talk.send(.reset(1, .cancelled))
    #expect(talk.carrier.hasEnded)
  }

  @Test func whatIsNoSPDYEndsTheSession() throws {
    for bytes: [UInt8] in [
      [0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 1, 1], [0x80, 3, 0, 1, 0, 0, 0, 2, 0, 0],
      [0x80, 3, 0, 1, 1, 1, 0, 1], [0x80, 3, 0, 3, 0, 0, 0, 4, 0, 0, 0, 1],
    ] {
      let talk = SPDYTalk()
      talk.receive(bytes)
      #expect(talk.carrier.hasEnded && talk.carrier.taken() == [.goAway(0)])
    }
  }

  /// Damaged and random sessions are read or refused; nothing traps.
  @Test func noBytesTrap() throws {
    var chance = SplitMix(state: 11)
    for _ in 0..<200 {
      var talk = SPDYTalk()
      talk.session.onStream = { stream in stream.onData = { stream.send($0) } }
      var bytes: [UInt8] = []
      for id: UInt32 in [1, 3, 5] {
        bytes += talk.writer.bytes(.begin(id, Self.headers, isLast: false)) + talk.writer.bytes(.data(id, [1, 2, 3], isLast: id == 3))
      }
      bytes += talk.writer.bytes(.reset(1, .cancelled)) + talk.writer.bytes(.ping(1)) + talk.writer.bytes(.goAway(0))
      for _ in 0..<Int.random(in: 0...4, using: &chance) {
        bytes[Int.random(in: 0..<bytes.count, using: &chance)] = UInt8.random(in: 0...255, using: &chance)
      }
      while !bytes.isEmpty {
        let count = Int.random(in: 1...40, using: &chance)
        talk.receive(Array(bytes.prefix(count)))
        bytes.removeFirst(min(count, bytes.count))
      }
      #expect(talk.session.streamCount <= 3)
    }
  }
}
