#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A path within a folder, walked step by step so that it can't leave it.

extension FolderHandle {
  /// What a path within a folder leads to.
  public struct Place {
    /// The path without links; empty for the folder itself.
    public let path: String
    public let kind: FileKind
  }

  /// Walks a relative path, following links as long as they stay inside, each step by a descriptor: what is swapped meanwhile leads
  /// nowhere else. A path or link that leaves throws `leavesFolder`; a name that is missing is made a folder of `missingMode`, or ENOENT.
  public func resolve(_ path: String, missingMode: UInt32? = nil, owner: FileOwner = FileOwner()) throws(SystemFailure) -> Place {
    var walk = Walk(self)
    try walk.add(path)
    while let name = walk.rest.popLast() {
      if name == "." { continue }
      if name == ".." {
        try walk.up()
        continue
      }
      switch try walk.here.kind(of: name) {
      case nil:
        guard let missingMode else { throw SystemFailure(code: ENOENT) }
        walk.enter(name, try walk.here.makeFolder(name, mode: missingMode, owner: owner))
      case .folder?:
        if let folder = try walk.folder(name) { walk.enter(name, folder) }
      case .link?:
        try walk.count()
        if let target = try walk.here.target(of: name) { try walk.add(target) } else { walk.rest.append(name) }
      case let kind?:
        guard walk.rest.isEmpty else { throw SystemFailure(code: ENOTDIR) }
        return Place(path: (walk.names + [name]).joined(separator: "/"), kind: kind)
      }
    }
    return Place(path: walk.names.joined(separator: "/"), kind: .folder)
  }

  /// Where a walk is, and what is left to walk.
  private struct Walk {
    var rest: [String] = []
    private(set) var names: [String] = []
    private var folders: [FolderHandle] = []
    private let top: FolderHandle
    private var detours = 0

    init(_ top: FolderHandle) { self.top = top }

    var here: FolderHandle { folders.last ?? top }

    mutating func add(_ path: String) throws(SystemFailure) {
      guard !path.hasPrefix("/") else { throw .leaving }
      rest += path.split(separator: "/").reversed().map(String.init)
      // Each step holds a descriptor, and no path that is meant well has more.
      guard rest.count + names.count < 256 else { throw SystemFailure(code: ENAMETOOLONG) }
    }

    mutating func enter(_ name: String, _ folder: FolderHandle) {
      names.append(name)
      folders.append(folder)
    }

    mutating func up() throws(SystemFailure) {
      guard folders.popLast() != nil else { throw .leaving }
      names.removeLast()
    }

    mutating func count() throws(SystemFailure) {
      detours += 1
      guard detours <= 40 else { throw SystemFailure(code: ELOOP) }
    }

    /// The folder of that name; nil where it has just become something else, and the name stands to be looked at again.
    mutating func folder(_ name: String) throws(SystemFailure) -> FolderHandle? {
      do throws(SystemFailure) {
        return try here.folder(name)
      } catch {
        guard error.code == ELOOP || error.code == ENOTDIR else { throw error }
        try count()
        rest.append(name)
        return nil
      }
    }
  }
}

extension SystemFailure {
  /// As openat2 says it of a path that leaves the folder below which it was to stay.
  static var leaving: SystemFailure { SystemFailure(code: EXDEV) }

  /// The path, or a link on it, led out of the folder.
  public var leavesFolder: Bool { code == EXDEV }
  /// The name is taken.
  public var isTaken: Bool { code == EEXIST }
}
