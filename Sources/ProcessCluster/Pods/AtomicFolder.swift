import APIMachinery
import Posix

// A folder of files that change all at once, as Kubernetes' AtomicWriter keeps it.

/// A folder whose files are replaced all at once: they are links through `..data`, itself a link to a folder of one time's files, and one
/// rename turns that. What a program has done to the names that it sees is set right by the next write.
struct AtomicFolder {
  static let data = "..data"
  private static let nextData = "..data_tmp"

  let folder: FolderHandle
  var owner = FileOwner()

  /// Makes the folder hold exactly these files. Returns whether it didn't.
  @discardableResult
  func write(_ wanted: VolumeFiles, now: Instant) throws(SystemFailure) -> Bool {
    let before = try current()
    var changed = false
    var live = before?.name ?? ""
    if try before.map({ files throws(SystemFailure) in try !holds(wanted, "", files.folder) }) ?? true {
      live = try fill(wanted, now)
      try turn(to: live)
      changed = true
    }
    if try showLinks(wanted) { changed = true }
    // What no link leads to any more, of this write or of one that was cut short.
    for name in try folder.entries() where name.hasPrefix("..") && name != AtomicFolder.data && name != live {
      try folder.removeTree(name)
    }
    return changed
  }

  /// The folder that `..data` leads to, if it is one of ours.
  private func current() throws(SystemFailure) -> (name: String, folder: FolderHandle)? {
    guard let name = try folder.target(of: AtomicFolder.data), name.hasPrefix(".."), name != AtomicFolder.data else { return nil }
    guard let found = try? folder.folder(name) else { return nil }
    return (name, found)
  }

  // MARK: Comparing

  /// Whether a folder of the tree holds what is wanted, with these permissions, and nothing else.
  private func holds(_ wanted: VolumeFiles, _ prefix: String, _ place: FolderHandle) throws(SystemFailure) -> Bool {
    let below = wanted.paths.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
    let names = Set(below.map { String($0.prefix { $0 != "/" }) })
    guard try place.entries() == names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) else { return false }
    for name in names {
      let isFile = wanted.files[prefix + name] != nil
      guard try place.kind(of: name) == (isFile ? .file : .folder) else { return false }
      if let file = wanted.files[prefix + name] {
        // A file that its owner may not read is written anew rather than trusted.
        guard try place.mode(of: name) == mode(file), (try? place.read(name)) == file.bytes else { return false }
      } else if try !holds(wanted, prefix + name + "/", place.folder(name)) {
        return false
      }
    }
    return true
  }

  // MARK: Writing

  /// Writes all files into a new folder; returns its name.
  private func fill(_ wanted: VolumeFiles, _ now: Instant) throws(SystemFailure) -> String {
    let name = try freshName(now)
    let fresh = try folder.makeFolder(name, mode: folderMode, owner: owner)
    do throws(SystemFailure) {
      for (path, file) in wanted.files.sorted(by: { $0.key < $1.key }) {
        var place = fresh
        let steps = path.split(separator: "/").map(String.init)
        for step in steps.dropLast() { place = try place.makeFolder(step, mode: folderMode, owner: owner) }
        try place.write(steps.last ?? path, file.bytes, mode: mode(file), owner: owner)
      }
    } catch {
      try? folder.removeTree(name)
      throw error
    }
    return name
  }

  private func turn(to name: String) throws(SystemFailure) {
    try folder.removeTree(AtomicFolder.nextData)
    try folder.link(AtomicFolder.nextData, to: name)
    // A folder in the link's place would take it in.
    if try folder.kind(of: AtomicFolder.data) == .folder { try folder.removeTree(AtomicFolder.data) }
    try folder.rename(AtomicFolder.nextData, to: AtomicFolder.data)
  }

  /// Makes the names that programs see; returns whether any was wrong.
  private func showLinks(_ wanted: VolumeFiles) throws(SystemFailure) -> Bool {
    var changed = false
    let names = Set(wanted.paths.map { String($0.prefix { $0 != "/" }) })
    for name in names.sorted() {
      let target = AtomicFolder.data + "/" + name
      if try folder.target(of: name) == target { continue }
      try folder.removeTree(name)
      try folder.link(name, to: target)
      changed = true
    }
    for name in try folder.entries() where !name.hasPrefix("..") && !names.contains(name) {
      // Only links of ours go; what a program has put beside them is its own.
      guard try folder.target(of: name) == AtomicFolder.data + "/" + name else { continue }
      try folder.removeTree(name)
      changed = true
    }
    return changed
  }

  /// `..2026_01_31_12_00_00.123456789`: the time, and what tells two writes within one second apart.
  private func freshName(_ now: Instant) throws(SystemFailure) -> String {
    let c = now.civil
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    let stamp = "..\(c.year)_\(two(c.month))_\(two(c.day))_\(two(c.hour))_\(two(c.minute))_\(two(c.second))."
    var number = now.nanoseconds - now.seconds * 1_000_000_000
    while try folder.kind(of: stamp + String(number)) != nil { number += 1 }
    return stamp + String(number)
  }

  /// A group that owns the files may read them, as Kubernetes' fsGroup has it.
  private func mode(_ file: VolumeFiles.File) -> UInt32 { owner.group == nil ? file.mode : file.mode | 0o040 }
  private var folderMode: UInt32 { owner.group == nil ? 0o755 : 0o2755 }
}
