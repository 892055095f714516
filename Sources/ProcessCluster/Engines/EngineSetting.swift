import APIMachinery
import Client
import Formats
import Posix

// Which engine runs the pods of a cluster that name none: a small file of the cluster's folder, read whenever a pod begins.

extension DaemonRuntime {
  private static func path(_ folder: String) -> String { folder + "/runtime" }

  /// What a cluster's folder says; nil where it says nothing: programs of this machine.
  static func read(from folder: String) -> DaemonRuntime? {
    guard let bytes = try? Machine.readFile(path(folder)), let value = try? JSON.parse(bytes), let name = value["name"].string else {
      return nil
    }
    return DaemonRuntime(name: name, arguments: value["arguments"].items.compactMap(\.string))
  }

  /// Takes the place of what was said before; nil forgets it.
  static func write(_ runtime: DaemonRuntime?, to folder: String) throws(SystemFailure) {
    guard let runtime else {
      do { try Folder.remove(path(folder)) } catch { if !error.isMissing { throw error } }
      return
    }
    let value: Value = ["name": .string(runtime.name), "arguments": .array(runtime.arguments.map { .string($0) })]
    try Machine.replaceFile(path(folder), with: Array((JSON.text(value) + "\n").utf8), mode: 0o600)
  }
}
