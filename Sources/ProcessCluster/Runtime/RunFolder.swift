import APIMachinery
import Kubelet
import Posix

// Where a run of a container keeps its files.

/// The folder of one run: `<pods>/<uid>/containers/<container>/<attempt>-<id>`.
struct RunFolder {
  let path: String
  let container: String
  let attempt: Int
  let id: String

  init(_ pods: String, _ run: RunKey, attempt: Int) {
    self.init(pods, run.container.uid, run.container.container, attempt: attempt, id: run.id)
  }

  private init(_ pods: String, _ uid: String, _ container: String, attempt: Int, id: String) {
    path = "\(pods)/\(uid)/containers/\(container)/\(attempt)-\(id)"
    self.container = container
    self.attempt = attempt
    self.id = id
  }

  /// The image as its spec named it.
  var image: String { line(0) }
  /// The pod's address.
  var address: String { line(1) }

  /// What else is to be known of a run whose objects are gone stands in one file: its image, and its address.
  private func line(_ index: Int) -> String {
    guard let bytes = try? Machine.readFile(path + "/image") else { return "" }
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    return lines.indices.contains(index) ? String(decoding: lines[index], as: UTF8.self) : ""
  }

  func make(image: String, address: String) throws(StartFailure) {
    do throws(SystemFailure) {
      try Folder.make(path)
      // Nobody reads it yet, and a machine that fails ends the program too: no waiting for the disk.
      try Descriptor(path + "/image", .createNew).write(Array("\(image)\n\(address)\n".utf8), at: 0)
    } catch {
      throw .create("\(path): \(error.text)")
    }
  }

  /// Where a container's termination message is.
  var messageFile: String { "\(path)/\(RunFolder.messageName)" }
  private static let messageName = "termination-log"

  /// Makes the file that a container's termination message is mounted from: anybody who sees it may write there.
  func makeMessage() {
    guard let own = try? FolderHandle(path) else { return }
    try? own.write(RunFolder.messageName, [], mode: 0o666)
  }

  // MARK: Control groups

  private var groupsFile: String { path + "/cgroups" }

  /// Writes down which control groups are its own.
  func note(controlGroups: [String]) {
    if controlGroups.isEmpty { return }
    try? Machine.replaceFile(groupsFile, with: Array(controlGroups.map { $0 + "\n" }.joined().utf8), mode: 0o600)
  }

  /// Removes its control groups, once nothing is left in them.
  func removeControlGroups() {
    let groups = controlGroups
    guard !groups.isEmpty else { return }
    var isLeft = false
    for folder in groups {
      do throws(SystemFailure) { try Folder.removeEmpty(folder) } catch { if !error.isMissing { isLeft = true } }
    }
    if !isLeft { try? Folder.remove(groupsFile) }
  }

  // MARK: Commands

  private var commandsFile: String { path + "/commands" }

  /// Whether commands were ever run in it, which may have left something behind.
  var hadCommands: Bool { Folder.exists(commandsFile) }
  func noteCommand() { if !hadCommands { _ = try? Descriptor(commandsFile, .createNew) } }

  /// The control groups that were made for it.
  var controlGroups: [String] {
    guard Folder.exists(groupsFile), let bytes = try? Machine.readFile(groupsFile) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The last bytes of its log.
  func lastWords(_ count: Int) -> [UInt8] {
    guard let log = try? Descriptor(path + "/0.log", .read), let size = try? log.size() else { return [] }
    return (try? log.read(at: max(0, size - count), count: min(size, count))) ?? []
  }

  func remove() {
    removeControlGroups()
    guard let slash = path.lastIndex(of: "/"), let above = try? FolderHandle(String(path[..<slash])) else { return }
    try? above.removeTree(String(path[path.index(after: slash)...]))
  }

  /// All runs of a pod, a container's older ones first.
  static func all(_ pods: String, _ uid: String) -> [RunFolder] {
    let base = "\(pods)/\(uid)/containers"
    var found: [RunFolder] = []
    for container in (try? Machine.entries(of: base)) ?? [] {
      let runs = ((try? Machine.entries(of: "\(base)/\(container)")) ?? []).compactMap { name -> RunFolder? in
        guard let dash = name.firstIndex(of: "-"), let attempt = Int(name[..<dash]) else { return nil }
        return RunFolder(pods, uid, container, attempt: attempt, id: String(name[name.index(after: dash)...]))
      }
      found += runs.sorted { $0.attempt < $1.attempt }
    }
    return found
  }

  /// How a run ended, as a kubelet has it.
  static func exit(_ record: ExitRecord) -> Exit {
    var reason: String?
    switch record.outcome {
    case .exited, .signalled: if record.wasOutOfMemory { reason = "OOMKilled" }
    case .failed: reason = "StartError"
    case .lost: reason = "ContainerStatusUnknown"
    }
    return Exit(at: record.ended, code: record.code, reason: reason, message: String(decoding: record.message, as: UTF8.self))
  }
}

/// The numbers of signals.
enum ProcessSignal {
  static let terminate: Int32 = 15
}
