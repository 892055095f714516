// Where something is copied from or to.

/// `[[NAMESPACE/]POD:]PATH`
struct CopyPlace: Hashable {
  var namespace = ""
  /// Empty: on this machine.
  var pod = ""
  var path: String

  static let malformed = Failure("filespec must match the canonical format: [[namespace/]pod:]file/path")

  init(_ text: String) throws {
    guard let colon = text.firstIndex(of: ":") else {
      path = text
      return
    }
    guard colon > text.startIndex else { throw CopyPlace.malformed }
    path = String(text[text.index(after: colon)...])
    let parts = text[..<colon].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 1: pod = parts[0]
    case 2: (namespace, pod) = (parts[0], parts[1])
    default: throw CopyPlace.malformed
    }
  }
}

/// Paths as Go's `path` has them.
enum SlashPath {
  /// The shortest path that means the same: no `.`, no doubled slashes, `..` only where it can't be resolved.
  static func clean(_ path: String) -> String {
    let isAbsolute = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    let joined = (isAbsolute ? "/" : "") + parts.joined(separator: "/")
    return joined.isEmpty ? "." : joined
  }

  static func join(_ parts: String...) -> String {
    let joined = parts.filter { !$0.isEmpty }.joined(separator: "/")
    return joined.isEmpty ? "" : clean(joined)
  }

  /// The last part.
  static func base(_ path: String) -> String {
    if path.isEmpty { return "." }
    return path.split(separator: "/").last.map(String.init) ?? "/"
  }

  /// All but the last part.
  static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return clean(String(path[...slash]))
  }

  /// Whether a cleaned path is another one or stands below it.
  static func isBelow(_ path: String, _ other: String) -> Bool {
    let (path, other) = (clean(path), clean(other))
    if other == "." { return !path.hasPrefix("/") && path != ".." && !path.hasPrefix("../") }
    return path == other || path.hasPrefix(other == "/" ? "/" : other + "/")
  }
}
