import APIMachinery
import Formats
import Posix

// hostPath volumes: something that is on the machine already, or is made there.

/// A hostPath volume's source.
struct HostPath {
  let path: String
  /// What must be there; empty: anything, even nothing.
  let type: String

  init(_ source: Value) {
    path = source["path"].text
    type = source["type"].text
  }

  /// Checks what is there, and makes it where the type says so; throws Kubernetes' words.
  func prepare() throws(ContainerProblem) {
    guard path.hasPrefix("/"), !path.utf8.contains(0) else { throw ContainerProblem("hostPath \(goQuoted(path)) is not an absolute path") }
    guard !path.split(separator: "/").contains("..") else { throw ContainerProblem("hostPath \(goQuoted(path)) must not contain '..'") }
    let found = FileKind(of: path)
    func check(_ wanted: FileKind, _ words: String) throws(ContainerProblem) {
      if found != wanted { throw ContainerProblem("hostPath type check failed: \(path) is not \(words)") }
    }
    switch type {
    case "": break
    case "DirectoryOrCreate" where found == nil:
      try make { () throws(SystemFailure) in try Machine.makeFolder(path, mode: 0o755) }
    case "Directory", "DirectoryOrCreate": try check(.folder, "a directory")
    case "FileOrCreate" where found == nil: try make { () throws(SystemFailure) in try makeFile() }
    case "File", "FileOrCreate": try check(.file, "a file")
    case "Socket": try check(.socket, "a socket file")
    case "CharDevice": try check(.characterDevice, "a character device")
    case "BlockDevice": try check(.blockDevice, "a block device")
    default: throw ContainerProblem("\(type) is an invalid volume type")
    }
  }

  private func make(_ body: () throws(SystemFailure) -> Void) throws(ContainerProblem) {
    do throws(SystemFailure) { try body() } catch { throw ContainerProblem("\(path): \(error.text)") }
  }

  /// The file, but no folder above it.
  private func makeFile() throws(SystemFailure) {
    let steps = path.split(separator: "/").map(String.init)
    let folder = try FolderHandle("/" + steps.dropLast().joined(separator: "/"), throughLink: true)
    do throws(SystemFailure) {
      try folder.write(steps.last ?? "", [], mode: 0o644)
    } catch {
      // Somebody else's file will do.
      guard error.isTaken, FileKind(of: path) == .file else { throw error }
    }
  }
}
