import Posix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Which file a container's command names.

/// A command without a program.
public struct ProgramMissing: Error, Equatable, Sendable, CustomStringConvertible {
  /// `exec: "web": executable file not found in $PATH`
  public let description: String
}

/// The file that a container's command names, sought with the container's own PATH.
public enum ProgramPath {
  /// What a container without a PATH has.
  public static let standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// A name with a slash is a path, from the working folder where it isn't absolute; another one is looked for in PATH's folders.
  public static func find(_ name: String, path: String?, workingFolder: String) throws(ProgramMissing) -> String {
    guard !name.isEmpty else { throw ProgramMissing(description: "exec: \"\": no command was given") }
    if name.utf8.contains(UInt8(ascii: "/")) {
      let whole = absolute(name, workingFolder)
      if let problem = problem(with: whole) { throw ProgramMissing(description: "exec: \"\(name)\": \(problem)") }
      return whole
    }
    var refused: String?
    // An empty entry would be the working folder, where nobody expects programs to come from.
    for folder in (path ?? standard).split(separator: ":") {
      let whole = absolute(String(folder) + "/" + name, workingFolder)
      guard let problem = problem(with: whole) else { return whole }
      if refused == nil, Folder.exists(whole) { refused = "exec: \"\(whole)\": \(problem)" }
    }
    throw ProgramMissing(description: refused ?? "exec: \"\(name)\": executable file not found in $PATH")
  }

  private static func absolute(_ path: String, _ folder: String) -> String { path.hasPrefix("/") ? path : folder + "/" + path }

  /// Why a file can't be run; nil where it can.
  private static func problem(with path: String) -> String? {
    var info = stat()
    guard stat(path, &info) == 0 else { return SystemFailure.latest.text }
    guard info.st_mode & S_IFMT != S_IFDIR else { return "is a directory" }
    guard info.st_mode & S_IFMT == S_IFREG else { return "is not a regular file" }
    return access(path, X_OK) == 0 ? nil : SystemFailure.latest.text
  }
}
