#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Removing whatever a program may have left in a folder: deep, unreadable, badly named, full of links.

extension FolderHandle {
  /// Removes an entry and all that is in it, following no link; quiet where there is none. It needs two descriptors and no stack however
  /// deep the tree is: a folder in a folder is moved up before the lower one goes.
  public func removeTree(_ name: String) throws(SystemFailure) {
    let raw = Array(try FolderHandle.single(name).utf8CString)
    guard let isFolder = isFolder(raw) else { return }
    if isFolder {
      let top = try openToRemove(raw)
      try top.removeContents()
    }
    guard unlinkat(number, raw, isFolder ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT else { throw .last }
  }

  /// Removes all that is in it.
  public func removeContents() throws(SystemFailure) {
    var lifted = 0
    // Each round takes away a level; somebody who goes on filling the folder doesn't hold us for ever.
    for _ in 0..<100_000 {
      let names = try rawEntries()
      if names.isEmpty { return }
      var hasMoved = false
      var failure: SystemFailure?
      for name in names {
        do throws(SystemFailure) {
          if try remove(raw: name, &lifted) { hasMoved = true }
        } catch {
          failure = failure ?? error
        }
      }
      if !hasMoved, let failure { throw failure }
    }
    throw SystemFailure(code: EBUSY)
  }

  /// Removes a file, or a folder whose own folders move up here. Returns whether anything came of it.
  private func remove(raw name: [CChar], _ lifted: inout Int) throws(SystemFailure) -> Bool {
    guard let isFolder = isFolder(name) else { return true }
    if !isFolder {
      guard unlinkat(number, name, 0) == 0 || errno == ENOENT else { throw .last }
      return true
    }
    if unlinkat(number, name, AT_REMOVEDIR) == 0 { return true }
    let folder = try openToRemove(name)
    var hasMoved = false
    for inner in try folder.rawEntries() {
      switch folder.isFolder(inner) {
      case nil: break
      case false?: guard unlinkat(folder.number, inner, 0) == 0 || errno == ENOENT else { throw .last }
      case true?: try lift(inner, from: folder, &lifted)
      }
      hasMoved = true
    }
    guard unlinkat(number, name, AT_REMOVEDIR) == 0 || errno == ENOENT || hasMoved else { throw .last }
    return true
  }

  /// Moves a folder up here, under a name that nothing has.
  private func lift(_ name: [CChar], from folder: FolderHandle, _ lifted: inout Int) throws(SystemFailure) {
    if unlinkat(folder.number, name, AT_REMOVEDIR) == 0 { return }
    var hasOpened = false
    while true {
      lifted += 1
      if renameat(folder.number, name, number, "..gone-\(lifted)") == 0 || errno == ENOENT { return }
      switch errno {
      case EEXIST, ENOTEMPTY, ENOTDIR: continue
      case EACCES where !hasOpened:
        // To be moved, a folder must be writable itself.
        hasOpened = true
        guard fchmodat(folder.number, name, 0o700, AT_SYMLINK_NOFOLLOW) == 0 else { throw .last }
      default: throw .last
      }
    }
  }

  private func isFolder(_ name: [CChar]) -> Bool? {
    var info = stat()
    guard fstatat(number, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    return info.st_mode & S_IFMT == S_IFDIR
  }

  /// Opens a folder with the right to read it and to remove from it; one of another file system was mounted there, and stays.
  private func openToRemove(_ name: [CChar]) throws(SystemFailure) -> FolderHandle {
    let folder = try openReadable(name)
    guard try folder.device() == device() else { throw SystemFailure(code: EBUSY) }
    return folder
  }

  private func openReadable(_ name: [CChar]) throws(SystemFailure) -> FolderHandle {
    do throws(SystemFailure) {
      let folder = try folder(raw: name)
      if try folder.mode() & 0o700 != 0o700 { try folder.set(mode: 0o700) }
      return folder
    } catch {
      guard error.code == EACCES, fchmodat(number, name, 0o700, AT_SYMLINK_NOFOLLOW) == 0 else { throw error }
      return try folder(raw: name)
    }
  }

  private func device() throws(SystemFailure) -> dev_t {
    var info = stat()
    guard fstat(number, &info) == 0 else { throw .last }
    return info.st_dev
  }
}
