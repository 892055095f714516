import HTTP
import Testing

// Random bytes for whoever reads what strangers send. Nothing may trap, and where the bytes are split must not matter.

struct FuzzTests {
  /// Pieces of heads and chunked bodies, good and bad, from which texts are put together.
  private static let words: [String] = [
    "GET", "POST", " ", "  ", "/", "/api/v1/pods", "?watch=1", "%2", "#", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "\r\n", "\r\n\r\n", "\n",
    "\r", "\t",
    ":", "Host: a", "Content-Length: 3", "Content-Length: 99999999999999999999", "Content-Length: +1", "Transfer-Encoding: chunked",
    "Transfer-Encoding : chunked", "transfer-encoding: gzip, chunked", "\u{0}", "\u{7f}", "é", "X: \u{1}", "0\r\n\r\n", "3\r\nabc\r\n",
    "ffffffff", "fffffffff\r\n", "a;b=c\r\n", "-1\r\n", "0x3\r\n", "abc", "T: x\r\n",
  ]

  private static func text(_ chance: inout Seeded) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...24, using: &chance) {
      if Int.random(in: 0..<12, using: &chance) == 0 {
        bytes.append(UInt8.random(in: 0...255, using: &chance))
      } else if let word = words.randomElement(using: &chance) {
        bytes += word.utf8
      }
    }
    return bytes
  }

  /// What became of a chunked body: its bytes, how much was used, whether it is over, and what was wrong.
  private struct Reading: Equatable {
    var body: [UInt8] = []
    var used = 0
    var isOver = false
    var problem: HTTPProblem?
  }

  private static func chunked(_ bytes: [UInt8], cuts: [Int]) -> Reading {
    var reading = Reading()
    var reader = ChunkReader()
    var from = 0
    for end in cuts + [bytes.count] {
      while from < end, !reader.isOver {
        do {
          let used = try bytes[from..<end].withUnsafeBytes { try reader.read($0, into: &reading.body) }
          from += used
          #expect(used > 0 && from <= end)
        } catch {
          reading.problem = error as? HTTPProblem
          return reading
        }
      }
    }
    reading.used = from
    reading.isOver = reader.isOver
    return reading
  }

  @Test(arguments: 1...8) func chunksAreReadTheSameHoweverTheyArrive(seed: UInt64) {
    var chance = Seeded(state: seed)
    for _ in 0..<400 {
      var bytes = FuzzTests.text(&chance)
      if Bool.random(using: &chance) { bytes = Array("3\r\nabc\r\n".utf8) + bytes + Array("0\r\n\r\n".utf8) }
      let whole = FuzzTests.chunked(bytes, cuts: [])
      let cuts = (0..<Int.random(in: 0...6, using: &chance)).map { _ in Int.random(in: 0...bytes.count, using: &chance) }.sorted()
      #expect(FuzzTests.chunked(bytes, cuts: cuts) == whole, "seed \(seed): \(bytes) cut at \(cuts)")
      #expect(FuzzTests.chunked(bytes, cuts: Array(0..<bytes.count)) == whole, "seed \(seed): \(bytes) byte by byte")
      #expect(whole.used <= bytes.count && whole.body.count <= bytes.count)
    }
  }

  private struct HeadReading: Equatable {
    var end: Int?
    var head: RequestHead?
    var problem: HTTPProblem?
  }

  private static func read(_ bytes: ArraySlice<UInt8>, end: Int) -> HeadReading {
    do {
      return HeadReading(end: end, head: try bytes.withUnsafeBytes { try HeadReader.request($0) })
    } catch {
      return HeadReading(end: end, problem: error as? HTTPProblem)
    }
  }

  /// What a reader makes of bytes that come piece by piece: as a connection does it.
  private static func head(_ bytes: [UInt8], cuts: [Int]) -> HeadReading {
    var searched = 0
    for end in cuts + [bytes.count] where end > searched || end == bytes.count {
      let found = bytes[..<end].withUnsafeBytes { HeadReader.end(of: $0, from: max(0, searched - 3)) }
      searched = end
      guard let found else { continue }
      return read(bytes[..<found], end: found)
    }
    return HeadReading()
  }

  @Test(arguments: 1...8) func headsAreReadTheSameHoweverTheyArrive(seed: UInt64) {
    var chance = Seeded(state: seed)
    var whole = 0
    for _ in 0..<600 {
      var bytes = FuzzTests.text(&chance)
      if Bool.random(using: &chance) { bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8) + bytes + Array("\r\n\r\n".utf8) }
      let atOnce = FuzzTests.head(bytes, cuts: [])
      let cuts = (0..<Int.random(in: 0...6, using: &chance)).map { _ in Int.random(in: 0...bytes.count, using: &chance) }.sorted()
      for cuts in [cuts, Array(0..<bytes.count)] {
        #expect(FuzzTests.head(bytes, cuts: cuts) == atOnce, "seed \(seed): \(bytes) cut at \(cuts)")
      }
      guard let head = atOnce.head else { continue }
      whole += 1
      // What is taken holds nothing that another reader could take for a line's end.
      for field in head.header.fields {
        #expect(!field.name.utf8.contains { $0 <= 32 || $0 == 58 || $0 == 127 }, "seed \(seed): \(bytes)")
        #expect(!field.value.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 }, "seed \(seed): \(bytes)")
      }
      let lengths = head.header.all("Content-Length").count
      if let length = try? HeadReader.bodyLength(of: head) {
        #expect(lengths + head.header.all("Transfer-Encoding").count <= 1, "seed \(seed): \(bytes) \(length)")
      }
    }
    #expect(whole > 10, "too few heads are any good for this to test much")
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
    ("GET  / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1 \r\n\r\n", 400), ("GET / HTTP/3.0\r\n\r\n", 505),
    ("G\u{e9}T / HTTP/1.1\r\n\r\n", 400),
    ("GET /\u{e9} HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA: b\u{0}\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n: a\r\n\r\n", 400), ("\r\n\r\n", 400),
  ])
  func shapesThatSmugglersUseAreRefused(text: String, status: Int) {
    let problem = #expect(throws: HTTPProblem.self) {
      try Array(text.utf8).withUnsafeBytes { _ = try HeadReader.request($0) }
    }
    #expect(problem?.status == status)
  }

  @Test(arguments: [
    "Content-Length: 1\r\nTransfer-Encoding: chunked", "Content-Length: 1\r\nContent-Length: 1", "Content-Length: 1, 1",
    "Content-Length: -1",
    "Content-Length: 0x1", "Content-Length: 1 2", "Content-Length:", "Transfer-Encoding: identity", "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
  ])
  func lengthsThatTwoReadersTakeDifferentlyAreRefused(fields: String) throws {
    let head = try Array("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n".utf8).withUnsafeBytes { try HeadReader.request($0) }
    #expect(throws: HTTPProblem.self) { try HeadReader.bodyLength(of: head) }
  }
}
