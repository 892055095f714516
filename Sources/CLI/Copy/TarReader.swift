// Archives read as they come.

/// What an archive brings.
enum TarPiece: Equatable {
  case entry(TarHeader)
  /// A part of the last entry's content.
  case content([UInt8])
}

/// The archive is none.
struct TarFailure: Error, CustomStringConvertible {
  let description: String
}

/// Reads an archive from bytes as they come.
struct TarReader {
  private var buffer: [UInt8] = []
  private var at = 0
  private var left = 0
  private var padding = 0
  /// What the content that is being read says of the next entry.
  private var special: (kind: TarHeader.Kind, bytes: [UInt8])?
  private var name: String?
  private var target: String?
  private var length: Int?
  /// Whether the block of nothing at the archive's end has come.
  private(set) var isOver = false

  /// The longest name and the longest fields that are read.
  private static let longestSpecial = 1 << 20

  mutating func read(_ bytes: [UInt8]) throws(TarFailure) -> [TarPiece] {
    buffer += bytes
    var pieces: [TarPiece] = []
    while !isOver, try step(&pieces) {}
    if isOver { buffer = [] } else { buffer.removeFirst(at) }
    at = 0
    return pieces
  }

  /// Whether it ended where an entry ends.
  var isWhole: Bool { isOver || left == 0 && padding == 0 && buffer.isEmpty }

  private mutating func step(_ pieces: inout [TarPiece]) throws(TarFailure) -> Bool {
    let there = buffer.count - at
    if left > 0 {
      guard there > 0 else { return false }
      let bytes = Array(buffer[at..<at + min(there, left)])
      at += bytes.count
      left -= bytes.count
      if special != nil { special?.bytes += bytes } else { pieces.append(.content(bytes)) }
      if left == 0 { try takeSpecial() }
      return true
    }
    if padding > 0 {
      guard there > 0 else { return false }
      let count = min(there, padding)
      at += count
      padding -= count
      return true
    }
    guard there >= TarHeader.size else { return false }
    let block = Array(buffer[at..<at + TarHeader.size])
    at += TarHeader.size
    if block.allSatisfy({ $0 == 0 }) {
      isOver = true
      return true
    }
    guard let header = TarHeader(block) else { throw TarFailure(description: "archive/tar: invalid tar header") }
    try begin(header, &pieces)
    return true
  }

  private mutating func begin(_ read: TarHeader, _ pieces: inout [TarPiece]) throws(TarFailure) {
    var header = read
    switch header.kind {
    case .longName, .longTarget, .fields, .globalFields:
      guard header.length <= TarReader.longestSpecial else { throw TarFailure(description: "archive/tar: header field too long") }
      special = (header.kind, [])
    case .file, .hardLink, .link, .folder, .other:
      header.name = name ?? header.name
      header.target = target ?? header.target
      header.length = length ?? header.length
      (name, target, length) = (nil, nil, nil)
      // Links and folders have no content, whatever their length says.
      if header.kind != .file, header.kind != .other { header.length = 0 }
      pieces.append(.entry(header))
    }
    left = header.length
    padding = (TarHeader.size - left % TarHeader.size) % TarHeader.size
    if left == 0 { try takeSpecial() }
  }

  private mutating func takeSpecial() throws(TarFailure) {
    guard let (kind, bytes) = special else { return }
    special = nil
    let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    switch kind {
    case .longName: name = text
    case .longTarget: target = text
    case .fields: try takeFields(bytes)
    default: break
    }
  }

  /// pax: `LENGTH KEY=VALUE\n`, the length counting all of it.
  private mutating func takeFields(_ bytes: [UInt8]) throws(TarFailure) {
    var rest = bytes[...]
    while let space = rest.firstIndex(of: 32) {
      guard let count = Int(String(decoding: rest[..<space], as: UTF8.self)), count > space - rest.startIndex + 1, count <= rest.count
      else {
        throw TarFailure(description: "archive/tar: invalid tar header")
      }
      let record = rest[(space + 1)..<(rest.startIndex + count)].dropLast()
      rest = rest.dropFirst(count)
      guard let equals = record.firstIndex(of: 61) else { continue }
      let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
      switch String(decoding: record[..<equals], as: UTF8.self) {
      case "path": name = value
      case "linkpath": target = value
      case "size":
        guard let size = Int(value), size >= 0, size < 1 << 60 else { throw TarFailure(description: "archive/tar: invalid tar header") }
        length = size
      default: break
      }
    }
  }
}
