import Posix

// Which of a container's mounts can be had at their mountPaths, and how.

/// How a container's volumes come to their mountPaths. Nothing is made on the machine for it: where a mount point is missing, the folder
/// above is laid over, for this container alone, by one with the same entries and the mount point besides.
struct MountPlan {
  /// Something that is to be at a path.
  struct Wish: Equatable {
    /// As events name it: `volume "data"`.
    var what: String
    var volume: String
    var within = ""
    var path: String
    var isReadOnly = false
    /// Whether folders may be made in it, as mount points for others.
    var isScratch = false
    /// Where the program finds it in any case.
    var variable: String

    var source: String { within.isEmpty ? volume : "\(volume)/\(within)" }
  }

  private(set) var steps: [MountStep] = []
  /// What can't be had, and why.
  private(set) var notices: [ContainerNotice] = []
  private var reasons: [Int: Wish] = [:]
  private var bound: [(path: String, wish: Wish)] = []
  /// kctl's own folder: it is to stay in sight.
  private let own: String

  /// - Parameters:
  ///   - own: the folder of all pods.
  ///   - isPermitted: whether anything may be mounted.
  init(_ wishes: [Wish], own: String, isPermitted: Bool = MountStep.arePermitted) {
    guard !wishes.isEmpty, isPermitted else {
      self.own = own
      if let first = wishes.first { refuse(first, "only root may mount, on Linux") }
      return
    }
    self.own = Folder.reached(own).path
    // A mount comes before those in it, and covers come after plain mounts, which they take along.
    let sorted = wishes.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    var later: [(folder: String, path: String, wish: Wish)] = []
    for wish in sorted {
      let point = Folder.reached(wish.path)
      let path = ([point.path == "/" ? "" : point.path] + point.missing).joined(separator: "/")
      if let problem = refusal(path.isEmpty ? "/" : path) {
        refuse(wish, problem)
      } else if let outer = bound.last(where: { MountPlan.isWithin(path, $0.path) }) {
        bindInside(outer.wish, at: String(path.dropFirst(outer.path.count + 1)), path, wish)
      } else if point.missing.isEmpty {
        bind(wish, at: path)
      } else if let problem = MountPlan.coverProblem(point.path, point.missing, isFolder: Folder.isFolder(wish.source)) {
        refuse(wish, problem)
      } else {
        // Those in it are mounted through it.
        bound.append((path, wish))
        later.append((point.path, path, wish))
      }
    }
    addCovered(later)
  }

  // MARK: Steps

  private mutating func bind(_ wish: Wish, at path: String) {
    guard Folder.isFolder(wish.source) == Folder.isFolder(path) else {
      return refuse(wish, Folder.isFolder(path) ? "a folder is there, and this is a file" : "a file is there, and this is a folder")
    }
    bound.append((path, wish))
    add(.bind(volume: wish.volume, within: wish.within, at: path, isReadOnly: wish.isReadOnly), wish)
  }

  /// A mount point within another mount: it is there, or is made in a volume that the pod has to itself.
  private mutating func bindInside(_ outer: Wish, at place: String, _ path: String, _ wish: Wish) {
    let isFolder = Folder.isFolder(wish.source)
    if !Folder.exists("\(outer.source)/\(place)") {
      guard isFolder, outer.isScratch, !outer.isReadOnly, let top = try? FolderHandle(outer.volume),
        (try? top.resolve((outer.within.isEmpty ? "" : outer.within + "/") + place, missingMode: 0o755)) != nil
      else { return refuse(wish, "the mount point is missing in \(outer.what)") }
    }
    bound.append((path, wish))
    nested.append((.bind(volume: wish.volume, within: wish.within, at: path, isReadOnly: wish.isReadOnly), wish))
  }
  /// Mounts in others, which come last.
  private var nested: [(step: MountStep, wish: Wish)] = []

  private mutating func addCovered(_ wishes: [(folder: String, path: String, wish: Wish)]) {
    var covered: [String] = []
    for one in wishes.sorted(by: { $0.folder.utf8.count < $1.folder.utf8.count }) where !covered.contains(one.folder) {
      covered.append(one.folder)
      add(.cover(one.folder), one.wish)
    }
    for one in wishes {
      add(Folder.isFolder(one.wish.source) ? .makeFolder(one.path) : .makeFile(one.path), one.wish)
      add(.bind(volume: one.wish.volume, within: one.wish.within, at: one.path, isReadOnly: one.wish.isReadOnly), one.wish)
    }
    for one in nested { add(one.step, one.wish) }
  }

  private mutating func add(_ step: MountStep, _ wish: Wish) {
    steps.append(step)
    reasons[steps.count] = wish
  }

  // MARK: What can't be had

  /// What programs of this machine could not do without.
  private static let needed = [
    "/", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/run", "/sbin", "/sys", "/usr", "/usr/bin",
    "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/sbin", "/var",
  ]

  private func refusal(_ path: String) -> String? {
    if MountPlan.needed.contains(path) { return "programs of this machine need what is there" }
    return MountPlan.isWithin(own, path) || own == path ? "kctl's own files are there" : nil
  }

  /// Where programs meet, or what is no folder like others: what one makes there is for the others, too.
  private static let shared = ["/home", "/proc", "/root", "/run", "/sys", "/tmp", "/var/tmp"]
  /// Each entry is a mount.
  private static let mostEntries = 1000

  /// Why a folder that lacks a mount point can't be laid over.
  private static func coverProblem(_ folder: String, _ missing: [String], isFolder: Bool) -> String? {
    let path = ([folder == "/" ? "" : folder] + missing).joined(separator: "/")
    let hint = "it is not there; hint: \(isFolder ? "mkdir -p" : "touch") \(path)"
    guard Folder.isFolder(folder) else { return "\(folder) is no folder" }
    if shared.contains(where: { folder == $0 || isWithin(folder, $0) }) { return hint }
    guard let entries = try? Machine.entries(of: folder), entries.count <= mostEntries else { return hint }
    return missing.first.map(entries.contains) == true ? "\(path) leads nowhere" : nil
  }

  private mutating func refuse(_ wish: Wish, _ why: String) { notices.append(MountPlan.notice(wish, why)) }

  private static func notice(_ wish: Wish, _ why: String) -> ContainerNotice {
    ContainerNotice(
      reason: "NotMounted", message: "\(wish.what) is not mounted at \(wish.path): \(why); the program finds it by $\(wish.variable)")
  }

  /// What to tell of a step that the system refused, from 1.
  func notice(step: Int, _ problem: SystemFailure) -> ContainerNotice? { reasons[step].map { MountPlan.notice($0, problem.text) } }

  /// Whether something of a path is to be mounted: a file that is still to be made.
  func mounts(_ source: String) -> Bool { bound.contains { $0.wish.source == source } }

  /// Whether a path is shown by one of the mounts.
  func shows(_ path: String) -> Bool {
    bound.contains { MountPlan.isWithin(path, $0.path) || MountPlan.isWithin(path, $0.wish.path) || path == $0.wish.path }
  }

  private static func isWithin(_ path: String, _ folder: String) -> Bool {
    path.utf8.count > folder.utf8.count && path.hasPrefix(folder == "/" ? "/" : folder + "/")
  }
}
