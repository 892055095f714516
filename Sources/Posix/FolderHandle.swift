#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A folder held open: what is done in it by name stays in it, whatever its path or its entries become meanwhile.

/// What has a name.
public enum FileKind: Sendable {
  case file, folder, link, socket, pipe, characterDevice, blockDevice

  init?(_ mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .link
    case S_IFSOCK: self = .socket
    case S_IFIFO: self = .pipe
    case S_IFCHR: self = .characterDevice
    case S_IFBLK: self = .blockDevice
    default: return nil
    }
  }

  /// What a path leads to, through links; nil where there is nothing.
  public init?(of path: String) {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    self.init(info.st_mode)
  }
}

/// Whose a new file or folder is; nil leaves it ours.
public struct FileOwner: Hashable, Sendable {
  public var user: UInt32?
  public var group: UInt32?

  public init(user: UInt32? = nil, group: UInt32? = nil) {
    self.user = user
    self.group = group
  }
}

/// An open folder. Names given to it are single names, and no link is ever followed: `ELOOP` or `ENOTDIR` says that one was met.
public final class FolderHandle {
  let number: Int32

  private init(number: Int32) { self.number = number }

  deinit { close(number) }

  /// Opens a folder; what its path ends in is no link unless `throughLink` says that it may be one.
  public convenience init(_ path: String, throughLink: Bool = false) throws(SystemFailure) {
    try self.init(at: AT_FDCWD, path, throughLink ? 0 : O_NOFOLLOW)
  }

  private convenience init(at folder: Int32, _ path: UnsafePointer<CChar>, _ flags: Int32) throws(SystemFailure) {
    var opened: Int32
    repeat { opened = openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags) } while opened < 0 && errno == EINTR
    guard opened >= 0 else { throw .last }
    self.init(number: opened)
  }

  /// A folder in it.
  public func folder(_ name: String) throws(SystemFailure) -> FolderHandle {
    try FolderHandle(at: number, FolderHandle.single(name), O_NOFOLLOW)
  }

  func folder(raw name: [CChar]) throws(SystemFailure) -> FolderHandle { try FolderHandle(at: number, name, O_NOFOLLOW) }

  /// Itself, opened again: with a reading place of its own.
  func again() throws(SystemFailure) -> Int32 {
    let opened = openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { throw .last }
    return opened
  }

  /// Makes a folder of exactly this mode, or takes the one that is there as it is.
  public func makeFolder(_ name: String, mode: UInt32, owner: FileOwner = FileOwner()) throws(SystemFailure) -> FolderHandle {
    let isNew = mkdirat(number, try FolderHandle.single(name), 0o700) == 0
    guard isNew || errno == EEXIST else { throw .last }
    let made = try folder(name)
    if isNew { try made.set(mode: mode, owner: owner) }
    return made
  }

  public func set(mode: UInt32, owner: FileOwner = FileOwner()) throws(SystemFailure) {
    try FolderHandle.set(number, mode, owner)
  }

  /// Its permission bits.
  public func mode() throws(SystemFailure) -> UInt32 {
    var info = stat()
    guard fstat(number, &info) == 0 else { throw .last }
    return UInt32(info.st_mode) & 0o7777
  }

  private static func set(_ number: Int32, _ mode: UInt32, _ owner: FileOwner) throws(SystemFailure) {
    // An owner's change clears the set-group bit, so the mode comes last.
    if owner != FileOwner(), fchown(number, owner.user ?? .max, owner.group ?? .max) != 0 { throw .last }
    guard fchmod(number, mode_t(mode)) == 0 else { throw .last }
  }

  /// A name that means one entry of this folder and nothing else.
  static func single(_ name: String) throws(SystemFailure) -> String {
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") }) else {
      throw SystemFailure(code: EINVAL)
    }
    return name
  }
}

// Entries.
extension FolderHandle {
  /// What has a name; nil where nothing has.
  public func kind(of name: String) throws(SystemFailure) -> FileKind? {
    var info = stat()
    if fstatat(number, try FolderHandle.single(name), &info, AT_SYMLINK_NOFOLLOW) == 0 { return FileKind(info.st_mode) }
    guard errno == ENOENT else { throw .last }
    return nil
  }

  /// A file's permission bits.
  public func mode(of name: String) throws(SystemFailure) -> UInt32 {
    var info = stat()
    guard fstatat(number, try FolderHandle.single(name), &info, AT_SYMLINK_NOFOLLOW) == 0 else { throw .last }
    return UInt32(info.st_mode) & 0o7777
  }

  /// The names in it, sorted.
  public func entries() throws(SystemFailure) -> [String] {
    try rawEntries().map { name in String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The names in it as the system has them, which need not be UTF-8.
  func rawEntries() throws(SystemFailure) -> [[CChar]] {
    let opened = try again()
    guard let stream = fdopendir(opened) else {
      let failure = SystemFailure.last
      close(opened)
      throw failure
    }
    defer { closedir(stream) }
    var names: [[CChar]] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0] }
      if name != [46, 0], name != [46, 46, 0] { names.append(name) }
    }
    return names
  }

  /// Writes a new file of exactly this mode; `EEXIST` where the name is taken.
  public func write(_ name: String, _ bytes: [UInt8], mode: UInt32, owner: FileOwner = FileOwner()) throws(SystemFailure) {
    let name = try FolderHandle.single(name)
    let opened = openat(number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw .last }
    defer { close(opened) }
    do throws(SystemFailure) {
      guard Machine.write(bytes, to: opened) else { throw .last }
      try FolderHandle.set(opened, mode, owner)
    } catch {
      unlinkat(number, name, 0)
      throw error
    }
  }

  /// A file's bytes.
  public func read(_ name: String) throws(SystemFailure) -> [UInt8] {
    // What is no file must not make us wait for it.
    let opened = openat(number, try FolderHandle.single(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard opened >= 0 else { throw .last }
    defer { close(opened) }
    return try Machine.readAll(opened)
  }

  /// Makes a link that holds this text.
  public func link(_ name: String, to target: String) throws(SystemFailure) {
    guard symlinkat(target, number, try FolderHandle.single(name)) == 0 else { throw .last }
  }

  /// The text that a link holds; nil where the name is no link's.
  public func target(of name: String) throws(SystemFailure) -> String? {
    var text = [CChar](repeating: 0, count: 4096)
    let count = readlinkat(number, try FolderHandle.single(name), &text, text.count)
    if count >= 0 { return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    guard errno == EINVAL || errno == ENOENT else { throw .last }
    return nil
  }

  /// Gives an entry another name, over whatever had it.
  public func rename(_ from: String, to: String) throws(SystemFailure) {
    guard renameat(number, try FolderHandle.single(from), number, try FolderHandle.single(to)) == 0 else { throw .last }
  }
}
