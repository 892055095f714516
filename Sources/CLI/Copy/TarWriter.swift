import Posix

// Files of this machine as an archive, made as it is asked for.

/// Archives a file, or a folder with all below it.
struct TarWriter {
  /// What is still to come, the next one last: where it is, and its name in the archive.
  private var pending: [(path: String, name: String)]
  /// The file that is being read, how much of it was promised, and how much was read.
  private var open: (path: String, length: Int, read: Int)?
  private var isOver = false
  private var written = 0

  private static let piece = 1 << 16

  /// - Parameter name: what the archive calls it.
  init(_ path: String, as name: String) { pending = [(path, name)] }

  /// The next bytes; nil at the end.
  mutating func next() throws -> [UInt8]? {
    guard let bytes = try piece() else { return nil }
    written += bytes.count
    return bytes
  }

  /// What tar reads at once: an archive's end fills it up, so that nobody waits for more.
  private static let record = 20 * TarHeader.size

  private mutating func piece() throws -> [UInt8]? {
    if let bytes = try content() { return bytes }
    guard let (path, name) = pending.popLast() else {
      if isOver { return nil }
      isOver = true
      let end = 2 * TarHeader.size
      return [UInt8](repeating: 0, count: end + (TarWriter.record - (written + end) % TarWriter.record) % TarWriter.record)
    }
    return try entry(path, name)
  }

  private mutating func entry(_ path: String, _ name: String) throws -> [UInt8] {
    let facts: FileFacts
    do throws(SystemFailure) { facts = try FileFacts(at: path) } catch { throw Failure("lstat \(path): \(error.text)") }
    var header = TarHeader(name, .file)
    header.mode = facts.mode
    header.modified = facts.modified
    (header.user, header.group) = (facts.user, facts.group)
    switch facts.kind {
    case .file:
      header.length = facts.size
      open = (path, facts.size, 0)
    case .link(let target):
      header.kind = .link
      header.target = target
    case .folder:
      header.kind = .folder
      if !name.hasSuffix("/") { header.name += "/" }
      let entries: [String]
      do throws(SystemFailure) { entries = try Machine.entries(of: path) } catch { throw Failure("open \(path): \(error.text)") }
      pending += entries.reversed().map { ("\(path)/\($0)", "\(name)/\($0)") }
    case .other: throw Failure("\(path) is neither a file, a folder nor a link, and can't be copied")
    }
    return header.bytes
  }

  /// More of the open file; nil where none is open. What it has grown by is left out, what it has lost is made up for.
  private mutating func content() throws -> [UInt8]? {
    guard let (path, length, read) = open else { return nil }
    let wanted = min(TarWriter.piece, length - read)
    var bytes: [UInt8] = []
    if wanted > 0 {
      do throws(SystemFailure) {
        bytes = try Descriptor(path, .read).read(at: read, count: wanted)
      } catch {
        throw Failure("open \(path): \(error.text)")
      }
      if bytes.count < wanted { bytes += [UInt8](repeating: 0, count: wanted - bytes.count) }
    }
    if read + bytes.count == length {
      open = nil
      bytes += TarHeader.padding(length)
    } else {
      open = (path, length, read + bytes.count)
    }
    return bytes
  }
}
