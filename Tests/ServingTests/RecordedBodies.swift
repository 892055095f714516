// Bodies in protobuf for the tests: recorded ones, and a few words to write others.

import Formats
import Foundation

/// A body that kubectl 1.32 sent, and the object that it says.
struct RecordedBody {
  let command: String
  let object: Value
  let bytes: [UInt8]

  static let all: [RecordedBody] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Bodies/kubectl.txt")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.components(separatedBy: "\n$ ").dropFirst().map { section in
      let lines = section.split(separator: "\n")
      return RecordedBody(
        command: String(lines[0]), object: (try? JSON.parse(String(lines[1]))) ?? .null,
        bytes: WireBytes.bytes(hex: lines.dropFirst(2).joined()))
    }
  }()
}

/// Protobuf, written by hand.
enum WireBytes {
  static func varint(_ number: UInt64) -> [UInt8] {
    var number = number
    var bytes: [UInt8] = []
    while number >= 0x80 {
      bytes.append(UInt8(number & 0x7F) | 0x80)
      number >>= 7
    }
    return bytes + [UInt8(number)]
  }

  static func number(_ field: UInt64, _ value: Int64) -> [UInt8] { varint(field << 3) + varint(UInt64(bitPattern: value)) }
  static func bytes(_ field: UInt64, _ bytes: [UInt8]) -> [UInt8] { varint(field << 3 | 2) + varint(UInt64(bytes.count)) + bytes }
  static func text(_ field: UInt64, _ text: String) -> [UInt8] { bytes(field, Array(text.utf8)) }

  /// A body around a message.
  static func body(_ apiVersion: String, _ kind: String, _ raw: [UInt8], contentType: String = "") -> [UInt8] {
    [0x6B, 0x38, 0x73, 0] + bytes(1, text(1, apiVersion) + text(2, kind)) + bytes(2, raw) + text(3, "") + text(4, contentType)
  }

  static func bytes(hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
    }
  }
}
