import APIMachinery
import Posix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A container's log read back: lines out of CRI records, over all of its files, and on while it is being written and rotated.

/// A line of a container's output, or a piece of one.
public struct LogLine: Equatable, Sendable {
  public enum Stream: Sendable { case output, error }

  /// When its first byte was read from the program.
  public var time: Instant
  public var stream: Stream
  public var bytes: [UInt8]
  /// Whether what came before on this stream was whole: then this is where a prefix goes.
  public var beginsLine: Bool
  /// Whether a newline followed.
  public var endsLine: Bool
}

/// Reads a log from a place on. It holds one file open, and waits for nothing: ask again to follow.
public final class LogReader {
  public enum Start: Equatable, Sendable {
    case beginning
    /// With the last so many lines.
    case tail(Int)
    case end
  }

  /// Whether files were rotated away before they were read.
  public private(set) var hasMissedSome = false

  private let path: String
  private let since: Instant?
  private var file: OpenFile?
  private var offset = 0
  private var pending: [Piece] = [Piece(), Piece()]
  private var clock = LogTime()

  private struct Piece {
    var time = Instant(nanoseconds: 0)
    var bytes: [UInt8] = []
    var isBegun = false
    /// Whether a beginning of the line has been handed out.
    var continues = false
  }

  /// Records are shorter than this, so that each reading holds one whole.
  private static let chunk = 256 << 10
  private static let longestLine = 4 << 20

  /// - Parameter since: what is older is passed over.
  public init(folder: String, name: String = "0.log", from start: Start = .beginning, since: Instant? = nil) {
    path = folder + "/" + name
    self.since = since
    (file, offset) = LogFiles(path: path).place(start, since: since)
  }

  /// What has been written since the last call, about so many bytes of it; nothing: there is no more for now.
  public func next(atMost limit: Int = 1 << 20) -> [LogLine] {
    var lines: [LogLine] = []
    var taken = 0
    while taken < limit {
      let count = readRecords(into: &lines)
      taken += count
      if count == 0, !moveOn() {
        // All that there is: the beginning of a line too.
        for stream in 0..<2 where pending[stream].isBegun { lines.append(hand(stream, endsLine: false)) }
        break
      }
    }
    return lines
  }

  /// Takes the whole records of the next chunk; returns how many bytes they were.
  private func readRecords(into lines: inout [LogLine]) -> Int {
    if file == nil {
      file = OpenFile(path)
      offset = 0
    }
    guard let file, let size = try? file.descriptor.size(), size > offset else { return 0 }
    // A record cut off by a full disk is written anew from where it began.
    let bytes = (try? file.descriptor.read(at: offset, count: min(LogReader.chunk, size - offset))) ?? []
    guard let end = bytes.lastIndex(of: 10) else {
      // So long without a record is nothing of ours.
      let garbage = bytes.count == LogReader.chunk ? bytes.count : 0
      offset += garbage
      return garbage
    }
    bytes.withUnsafeBytes { raw in
      var at = 0
      while at <= end {
        let rest = UnsafeRawBufferPointer(rebasing: raw[at...end])
        guard let start = rest.baseAddress, let newline = memchr(start, 10, rest.count) else { break }
        let size = UnsafeRawPointer(newline) - start
        take(UnsafeRawBufferPointer(rebasing: rest[..<size]), into: &lines)
        at += size + 1
      }
    }
    offset += end + 1
    return end + 1
  }

  /// One record: `2026-11-26T10:00:00.123456789Z stdout F text`.
  private func take(_ record: UnsafeRawBufferPointer, into lines: inout [LogLine]) {
    guard record.count >= LogFiles.headSize, let time = clock.read(record) else { return }
    let stream = record[34] == UInt8(ascii: "e") ? 1 : 0
    if let since, time < since { return }
    if !pending[stream].isBegun {
      pending[stream].isBegun = true
      pending[stream].time = time
    }
    pending[stream].bytes += record[LogFiles.headSize...]
    let isWhole = record[LogFiles.tagPlace] == UInt8(ascii: "F")
    if isWhole || pending[stream].bytes.count > LogReader.longestLine { lines.append(hand(stream, endsLine: isWhole)) }
  }

  private func hand(_ stream: Int, endsLine: Bool) -> LogLine {
    let piece = pending[stream]
    pending[stream] = Piece(continues: !endsLine)
    return LogLine(
      time: piece.time, stream: stream == 0 ? .output : .error, bytes: piece.bytes, beginsLine: !piece.continues, endsLine: endsLine)
  }

  /// To the file after ours, if ours has been rotated; false: nothing more to read.
  private func moveOn() -> Bool {
    guard let file else { return false }
    for _ in 0..<10 {
      switch LogFiles(path: path).successor(of: file.identity) {
      case .none: return false
      case .gone(let oldest):
        hasMissedSome = true
        self.file = oldest
      case .next(let next):
        // It was renamed after its last byte: what it has by now is all.
        if let size = try? file.descriptor.size(), size > offset { return true }
        self.file = next
      case .unclear: continue
      }
      offset = 0
      return true
    }
    return false
  }
}

/// A file that stays this one whatever its name becomes.
private final class OpenFile {
  let descriptor: Descriptor
  let identity: FileIdentity

  init?(_ path: String) {
    guard let opened = try? Descriptor(path, .read), let identity = try? opened.identity() else { return nil }
    descriptor = opened
    self.identity = identity
  }
}

/// The files of one log: `0.log`, and the older `0.log.1`, `0.log.2` …
private struct LogFiles {
  /// `2026-11-26T10:00:00.123456789Z stdout F `
  static let headSize = 40
  static let tagPlace = 38

  let path: String

  enum Successor {
    /// It is the newest.
    case none
    case next(OpenFile)
    /// It is no longer among them; the oldest that is.
    case gone(OpenFile?)
    /// They were being renamed.
    case unclear
  }

  private func name(_ number: Int) -> String { number == 0 ? path : "\(path).\(number)" }
  private func identity(_ number: Int) -> FileIdentity? { try? FileIdentity(of: name(number)) }
  private var count: Int { (0..<100).first { identity($0) == nil } ?? 100 }

  private func number(of file: FileIdentity) -> Int? {
    var number = 0
    // While one is renamed there is one gap.
    for gaps in 0..<2 {
      while let identity = identity(number) {
        if identity == file { return number }
        number += 1
      }
      if gaps == 0 { number += 1 }
    }
    return nil
  }

  func successor(of file: FileIdentity) -> Successor {
    guard let number = number(of: file) else {
      guard identity(0) != nil else { return identity(1) == nil ? .none : .unclear }
      return number(of: file) == nil ? .gone(OpenFile(name(max(1, count) - 1))) : .unclear
    }
    guard number > 0 else { return .none }
    guard let next = OpenFile(name(number - 1)), identity(number) == file else { return .unclear }
    return .next(next)
  }

  /// Where to begin.
  func place(_ start: LogReader.Start, since: Instant?) -> (OpenFile?, Int) {
    switch start {
    case .end:
      let file = OpenFile(path)
      return (file, file.flatMap { try? $0.descriptor.size() } ?? 0)
    case .tail(let lines): return tail(max(0, lines))
    case .beginning:
      // The newest file that begins no later, as all in older ones is older.
      var number = count - 1
      if let since, let first = (0..<max(0, number)).first(where: { firstTime($0).map { $0 <= since } ?? false }) { number = first }
      return (OpenFile(name(max(0, number))), 0)
    }
  }

  private func firstTime(_ number: Int) -> Instant? {
    var clock = LogTime()
    guard let file = OpenFile(name(number)), let bytes = try? file.descriptor.read(at: 0, count: LogFiles.headSize) else { return nil }
    return bytes.withUnsafeBytes { clock.read($0) }
  }

  /// The place that is followed by so many lines, sought from the end.
  private func tail(_ wanted: Int) -> (OpenFile?, Int) {
    var lines = 0
    var isLast = true
    var oldest: OpenFile?
    for number in 0..<count {
      guard let file = OpenFile(name(number)), var end = try? file.descriptor.size() else { break }
      oldest = file
      while end > 0 {
        let begin = max(0, end - (64 << 10))
        guard let bytes = try? file.descriptor.read(at: begin, count: end - begin) else { break }
        // Back over the records of this part; the first may have begun before it.
        var stop = bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0
        while stop > 0 {
          let start = bytes[..<(stop - 1)].lastIndex(of: 10).map { $0 + 1 } ?? 0
          if start == 0, begin > 0 { break }
          let isWhole = stop - start > LogFiles.tagPlace && bytes[start + LogFiles.tagPlace] == UInt8(ascii: "F")
          // An unfinished line at the very end is one too.
          if isWhole || isLast {
            if lines == wanted { return (file, begin + stop) }
            lines += 1
          }
          isLast = false
          stop = start
        }
        guard stop < bytes.count || begin == 0 else { break }
        end = begin + stop
        if begin == 0 { break }
      }
    }
    return (oldest, 0)
  }
}

/// Reads a record's time: what stays the same for a second is worked out once.
private struct LogTime {
  private var prefix: (UInt64, UInt64) = (0, 0)
  private var seconds: Int64 = 0

  mutating func read(_ bytes: UnsafeRawBufferPointer) -> Instant? {
    guard bytes.count >= 30, bytes[19] == UInt8(ascii: "."), bytes[29] == UInt8(ascii: "Z") else { return nil }
    func number(_ range: Range<Int>) -> Int64 { range.reduce(0) { $0 &* 10 &+ Int64(bytes[$1] &- 48) } }
    // All of `2026-11-26T10:00:00` but the first digits of the year, in two looks.
    let now = (bytes.loadUnaligned(fromByteOffset: 3, as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 11, as: UInt64.self))
    if now != prefix {
      guard let whole = Instant(rfc3339: String(decoding: bytes[..<19], as: UTF8.self) + "Z") else { return nil }
      seconds = whole.seconds
      prefix = now
    }
    return Instant(nanoseconds: seconds * 1_000_000_000 + number(20..<29))
  }
}
