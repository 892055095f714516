import Posix
import ProcessCluster

// The processes and files of a cluster under chaos, as the machine shows them.

/// A run of a container, by its folder.
struct ChaosContainer {
  let path: String
  let shim: Int32
  let program: Int32
  let started: Int64
  var isWeb: Bool { path.contains("/containers/web/") }
}

/// What a cluster has on the machine.
final class ChaosProcesses {
  private let home: String
  private var pods: String { "\(home)/processes/default/pods" }

  init(_ home: String) { self.home = home }

  /// The folders of all runs there are, ended ones too.
  static func folders(_ home: String) -> [String] {
    func entries(_ path: String) -> [String] { ((try? Machine.entries(of: path)) ?? []).map { "\(path)/\($0)" } }
    return entries("\(home)/processes/default/pods").flatMap { entries("\($0)/containers") }.flatMap(entries).sorted()
  }

  /// Those whose program runs.
  func runs() -> [ChaosContainer] {
    ChaosProcesses.folders(home).compactMap { path in
      guard let shim = ProcessHome.number("shim", in: "\(path)/state"), let program = ProcessHome.number("program", in: "\(path)/state"),
        program > 0, isShim(Int32(shim), of: path)
      else { return nil }
      let started = ProcessHome.number("started", in: "\(path)/state") ?? .max
      return ChaosContainer(path: path, shim: Int32(shim), program: Int32(program), started: started)
    }
  }

  /// A shim works in its container's folder.
  private func isShim(_ process: Int32, of path: String) -> Bool {
    ChaosProcesses.workingFolder(process) == path && Machine.isAlive(process)
  }

  /// Kills one of a run's processes, while it is one.
  func kill(_ process: Int32, of run: ChaosContainer) -> Bool {
    guard isShim(run.shim, of: run.path), process == run.shim || isOurs(process) else { return false }
    Machine.tell(process, .kill)
    return true
  }

  private static func workingFolder(_ process: Int32) -> String? {
    (try? FolderHandle("/proc/\(process)").target(of: "cwd")).flatMap(\.self)
  }

  /// Whether a process was given an environment by this cluster.
  private func isOurs(_ process: Int32) -> Bool {
    guard let bytes = try? Machine.readFile("/proc/\(process)/environ") else { return false }
    return bytes.split(separator: 0).contains { $0.starts(with: Array("KCTL_TERMINATION_LOG=\(home)/".utf8)) }
  }

  /// What a process has open, sorted.
  static func descriptors(of process: Int32) -> [String] {
    let folder = "/proc/\(process)/fd"
    return ((try? Machine.entries(of: folder)) ?? []).compactMap { (try? FolderHandle(folder).target(of: $0)).flatMap(\.self) }.sorted()
  }

  private static var all: [Int32] { ((try? Machine.entries(of: "/proc")) ?? []).compactMap { Int32($0) } }

  /// What is not as it has to be, with so many pods of one container each: shims too many or too few, and programs without one.
  func strays(pods: Int) -> [String] {
    let shims = runs()
    var faults: [String] = []
    if shims.count != pods { faults.append("\(shims.count) containers run for \(pods) pods") }
    let kept = Set(shims.flatMap { ProcessTree.descendants(of: $0.shim) })
    for process in ChaosProcesses.all where isOurs(process) && !kept.contains(process) && Machine.isAlive(process) {
      faults.append("process \(process) is of no container: \(words(of: process))")
    }
    return faults
  }

  private func words(of process: Int32) -> String {
    let bytes = (try? Machine.readFile("/proc/\(process)/cmdline")) ?? []
    return String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
  }

  /// What is left of pods when there is none any more: processes, folders, and who listens on their addresses.
  func leftovers() -> [String] {
    var found = ((try? Machine.entries(of: pods)) ?? []).map { "folder of pod \($0)" }
    for process in ChaosProcesses.all where isOurs(process) && Machine.isAlive(process) {
      found.append("process \(process): \(words(of: process))")
    }
    return found
  }
}
