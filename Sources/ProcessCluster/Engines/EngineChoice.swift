import APIMachinery
import Client
import Formats

// Who runs a pod's containers.

/// Who runs a pod's containers.
enum EngineChoice: Equatable {
  /// They are programs of this machine.
  case plain
  case engine(ContainerEngine)
  /// Nobody, and why.
  case refused(String)
}

extension EngineChoice {
  /// What `runtimeClassName` says for programs of this machine.
  static let plainName = "process"

  /// - Parameters:
  ///   - before: what the pod has begun with, where it has: it stays with that.
  ///   - usual: what the cluster has for pods that name none.
  init(for pod: Value, before: String?, usual: DaemonRuntime?, path: String?) {
    let wanted = pod["spec"]["runtimeClassName"].text
    let name = wanted.isEmpty ? before ?? usual?.name ?? EngineChoice.plainName : wanted
    if name == EngineChoice.plainName {
      self = .plain
      return
    }
    let field = (wanted.isEmpty ? "the cluster's runtime " : "spec.runtimeClassName ") + goQuoted(name)
    guard let kind = EngineKind(rawValue: name) else {
      let known = (EngineKind.allCases.map(\.rawValue) + [EngineChoice.plainName]).joined(separator: ", ")
      self = .refused("\(field) is not known here: supported are \(known)")
      return
    }
    do throws(ProgramMissing) {
      let program = try ProgramPath.find(name, path: path, workingFolder: "/")
      self = .engine(ContainerEngine(kind, program: program, arguments: usual?.name == name ? usual?.arguments ?? [] : []))
    } catch {
      self = .refused("\(field): \(name) is not installed on this machine, or not on the PATH of the cluster's daemon")
    }
  }
}
