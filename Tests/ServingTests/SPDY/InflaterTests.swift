import Foundation
import Testing

@testable import Serving

// What zlib has compressed comes back, and nothing that it hasn't can trap.

struct InflaterTests {
  private static func inflater() -> Inflater { Inflater(dictionary: SPDYDictionary.bytes, checksum: SPDYDictionary.checksum) }

  private static func bytes(_ base64: String) throws -> [UInt8] { Array(try #require(Data(base64Encoded: base64))) }

  /// Four header blocks as zlib writes them one behind the other, each ending in a flush; the third has codes of its own.
  private static let blocks = [
    "ePnjxqfCAiU6cDorKUpNzIUWJaypoICGFMtF4BxgYWBhAKQ5iyDRmAlK3owGAAAAAP//", "wqoZVA4lEtYLAAAA//8=",
    """
    NNbBbbM3EATQBlJEGgigXS65ZBdpIqcfSM7pPrH4eDEBGx59nvET9fPl56d///Oj5rc/f/317x+f33++njjfc4/9PXv291y9vuc8855R37PG+J5j5vfMju8Z5+bF5+bljTt1\
    4/a6cb1vXH9u3MobN+vG1bpxY9+4POLi5sW4efPGnb5x+9y4HTeux41b88bNvnG1b9z/Ju/L5I3Lunmx5N24G3YyffOG9fqo6Khoq6hVtFQ0VVQqunkRN2/cuDM/KjoqssTHE\
    mmJmirycNsSH0ukJerjsVS0VWSJsMSYKioV3bg6lghLDEvUUZE8T6ei11up6IatbYePHdIO46hoq6hVZIe4eaNUNLzmjetjibBEWqK2ilpFlvhYIi1RHu/GnW2JjyWYaCYWE5\
    OJYqKYGEwkE9Ev7x4q0hsRTcQiYhExiSgiBhFJRBARRABxiNhENBFNxCJiElFEDCIGEUlEEAHEIeJ8LMFEM7GYmEwUE8XEYCKZCCYeCUMgsZFoJBYSC4mJRCExkEgkEolAg\
    oiDxEaikWgkFhITiUJinAfWFEhEvcfTkSk+poCioVhQTCgmFAXFgCKhCCieCUswsZloJhYTi4nJRDExmEgmkonI98buxbzZMbGZaCYWE5OJYmIwMZhIJoKJR+KZcE1sKpqK\
    RcWkYlJRVAwqkoqg4qGwBBQbioZiQbGgmFAUFAOKhCKhCCiYOO+WgGJD0VAsKCYUBcWAYkCR4y37/lH8LaagYlPRVCwqJhWTiqJiUJFUBBXxLgpTULGpaCoWFYuKSUVRM\
    ajI8+JMQQUU590TVGwqmopFxaSiqCgqBhVJRVDxUFBxsNhYNBYLi4nFxKKwGFgkFoFFvKvCFlhsLBqLxmJhMbEoLAYWiUViEVhQcbDYWGwsGotV7+OONzwsCouBRWIR66l\
    Vki242Fw0F4uLycXkorgYXCQXwUW8y8IWXGwumov+vGvWFlwUF4OL5CK5CC6wOFxsLjYXzcXiYnJRXBQXg4vkIrh4l4XrWXNUNBWLiknFpKKoGFQkFUFFvI9PlqBiU9FUN\
    BWLiklFUTGoGFQkFTHee4CKIKNiU9FULComFUVFUTGoSCpivY/t99dUpDcmmom14z8AAAD//w==
    """, "IrJjAyz1MTonTIbmAAAAAP//",
  ]

  private static let headers: [SPDYHeaders] = [
    SPDYHeaders([("streamtype", "error"), ("port", "8080"), ("requestid", "0")]),
    SPDYHeaders([("streamtype", "data"), ("port", "8080"), ("requestid", "0")]),
    SPDYHeaders([("note", (0..<400).map { "key-\($0 * 7919 % 1000)" }.joined(separator: " "))]),
    SPDYHeaders([("streamtype", "error"), ("port", "9090"), ("requestid", "17")]),
  ]

  @Test func blocksThatReferToEarlierOnesAreRead() throws {
    var inflater = Self.inflater()
    for (block, headers) in zip(Self.blocks, Self.headers) {
      #expect(try SPDYHeaders(block: inflater.inflate(Self.bytes(block), limit: 1 << 16)) == headers)
    }
  }

  @Test func storedAndFixedBlocksAreRead() throws {
    for (base64, text) in [
      ("eAEADwDw/3N0b3JlZCBhcyBpdCBpcwAAAP//", "stored as it is"), ("eAFKy6xITVFIwyCT81NSiwEAAAD//w==", "fixed fixed fixed fixed codes"),
    ] {
      var inflater = Self.inflater()
      #expect(try String(decoding: inflater.inflate(Self.bytes(base64), limit: 100), as: UTF8.self) == text)
    }
  }

  @Test func theDictionaryIsSPDYs() {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in SPDYDictionary.bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    #expect(SPDYDictionary.bytes.count == 1423 && b << 16 | a == SPDYDictionary.checksum)
  }

  @Test func whatIsNoStreamIsRefused() throws {
    func problem(_ bytes: [UInt8], limit: Int = 1 << 16) -> String? {
      var inflater = Self.inflater()
      do { _ = try inflater.inflate(bytes, limit: limit) } catch { return error.text }
      return nil
    }
    let good = try Self.bytes(Self.blocks[0])
    #expect(problem([]) == "the compressed bytes end early")
    #expect(problem([0x78, 0x79]) == "no zlib header")
    #expect(problem([0x78, 0xBB, 1, 2, 3, 4]) == "unknown dictionary")
    #expect(problem(Array(good.prefix(20))) == "the compressed bytes end early")
    #expect(problem(good, limit: 60) == "too much comes of it")
    #expect(problem([0x78, 0x01, 7]) == "unknown kind of block")
    #expect(problem([0x78, 0x01, 0, 1, 0, 1, 0]) == "a stored block's length is damaged")
    // A match before anything was written: fixed codes, length 3, distance 1.
    #expect(problem([0x78, 0x01, 0x02, 0x02, 0x00, 0x00, 0x00]) == "a distance reaches before the beginning")
  }

  /// Empty blocks of fixed codes, 10 bits each: four of them take five bytes.
  @Test func blocksThatSayNothingAreNotReadForEver() throws {
    let four: [UInt8] = [0x02, 0x08, 0x20, 0x80, 0x00]
    func read(_ times: Int) throws -> [UInt8] {
      var inflater = Self.inflater()
      return try inflater.inflate([0x78, 0x01] + (0..<times).flatMap { _ in four }, limit: 100)
    }
    #expect(try read(16) == [])
    #expect(throws: InflateProblem("more than 64 blocks")) { try read(17) }
  }

  /// Damaged streams are read or refused, and no more comes of them than was asked for.
  @Test func damagedStreamsNeverTrap() throws {
    var chance = SplitMix(state: 7)
    let all = try Self.blocks.map(Self.bytes)
    for _ in 0..<200 {
      var inflater = Self.inflater()
      for var block in all {
        for _ in 0..<Int.random(in: 0...3, using: &chance) {
          block[Int.random(in: 0..<block.count, using: &chance)] = UInt8.random(in: 0...255, using: &chance)
        }
        guard let made = try? inflater.inflate(block, limit: 5000) else { break }
        #expect(made.count <= 5000)
      }
    }
    for _ in 0..<200 {
      var inflater = Self.inflater()
      let noise = (0..<Int.random(in: 0...200, using: &chance)).map { _ in UInt8.random(in: 0...255, using: &chance) }
      _ = try? inflater.inflate([0x78, 0x01] + noise, limit: 5000)
    }
  }
}

/// The same bytes for the same seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
