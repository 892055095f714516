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
  var image: String { (try? Machine.readFile(path + "/image")).map { String(decoding: $0, as: UTF8.self) } ?? "" }

  func make(image: String) throws(RunProblem) {
    do throws(SystemFailure) {
      try Folder.make(path)
      // Nobody reads it yet, and a machine that fails ends the program too: no waiting for the disk.
      try Descriptor(path + "/image", .createNew).write(Array(image.utf8), at: 0)
    } catch {
      throw RunProblem("\(path): \(error.text)")
    }
  }

  func remove() {
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
