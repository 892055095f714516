import Arguments
import Posix

// An archive of a container's, laid down on this machine: nothing of it lands anywhere but where it was sent.

/// Lays an archive's files below a path.
final class Untar {
  private var reader = TarReader()
  /// What the archive's names begin with: where the files were.
  private let prefix: String
  /// Where they go.
  private let target: String
  private let warn: (String) -> Void
  private let skipped: (_ path: String, _ target: String) -> Void
  private var file: OutputFile?

  /// - Parameters:
  ///   - skipped: told of each link that is left out.
  init(prefix: String, to target: String, warn: @escaping (String) -> Void, skipped: @escaping (String, String) -> Void) {
    self.prefix = prefix
    self.target = target
    self.warn = warn
    self.skipped = skipped
  }

  func take(_ bytes: [UInt8]) throws {
    let pieces: [TarPiece]
    do throws(TarFailure) { pieces = try reader.read(bytes) } catch { throw Failure(error.description) }
    for piece in pieces {
      switch piece {
      case .entry(let header): try begin(header)
      case .content(let bytes): try file?.write(bytes)
      }
    }
  }

  func end() throws {
    file = nil
    if !reader.isWhole { throw Failure("unexpected EOF") }
  }

  private func begin(_ header: TarHeader) throws {
    file = nil
    guard let path = try place(header.name) else { return }
    try Untar.make(SlashPath.folder(path))
    switch header.kind {
    case .folder: try Untar.make(path)
    case .file: file = try OutputFile(path)
    case .hardLink:
      // To what came before it in the archive.
      guard let first = try place(header.target) else { return }
      if first == path { return }
      if Folder.exists(path), !Folder.isFolder(path) { try? Folder.remove(path) }
      do throws(SystemFailure) { try Machine.link(first, as: path) } catch { throw Failure("link \(path): \(error.text)") }
    case .link: skipped(path, header.target)
    default: warn("warning: file \(Read.quoted(path)) is neither a file, a folder nor a link, skipping")
    }
  }

  /// Where an entry goes; nil where that would be somewhere else.
  private func place(_ name: String) throws -> String? {
    guard name.hasPrefix(prefix) else { throw Failure("tar contents corrupted") }
    let path = SlashPath.join(target, String(name.dropFirst(prefix.count)))
    // The archive's `..` may not lead out.
    guard SlashPath.isBelow(path, target) else {
      warn("warning: file \(Read.quoted(path)) is outside target destination, skipping")
      return nil
    }
    return path
  }

  private static func make(_ folder: String) throws {
    do throws(SystemFailure) { try Machine.makeFolder(folder, mode: 0o755) } catch { throw Failure("mkdir \(folder): \(error.text)") }
  }
}

/// A file that is being written.
private final class OutputFile {
  private let path: String
  private let descriptor: Descriptor
  private var written = 0

  init(_ path: String) throws {
    self.path = path
    do throws(SystemFailure) {
      descriptor = try Descriptor(path, .createNew, mode: 0o666)
    } catch {
      let hints = (try? Machine.kind(of: path)) == .folder ? ["name the file that it is to become: \(path)/NAME"] : []
      throw Failure("open \(path): \(error.text)", hints: hints)
    }
  }

  func write(_ bytes: [UInt8]) throws {
    do throws(SystemFailure) { try descriptor.write(bytes, at: written) } catch { throw Failure("write \(path): \(error.text)") }
    written += bytes.count
  }
}
