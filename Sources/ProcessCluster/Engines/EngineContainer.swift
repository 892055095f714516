import Formats
import Posix

// A container of an engine, by the name that we gave it.

/// A container of an engine, or the one that holds a pod's network.
struct EngineContainer: Equatable, Sendable {
  let engine: ContainerEngine
  let name: String
  /// The container whose network it has.
  var sandbox: String?

  /// The label that all containers of a cluster carry: its pods' folder.
  static let clusterLabel = "dev.kctl.cluster"

  /// A name that engines take, and that tells people whose it is.
  static func name(_ container: String, pod: String, namespace: String, id: String) -> String {
    "kctl_\(container)_\(pod)_\(namespace)_\(id.prefix(12))"
  }

  // MARK: What its engine is asked

  /// Starts it, and is its output, its end and its exit code: what a shim runs.
  func start(withInput: Bool) -> [String] {
    engine.words(["start", "--attach"] + EngineContainer.undetachable(engine) + (withInput ? ["--interactive"] : []) + [name])
  }

  var inspect: [String] { engine.words(["container", "inspect", "--format", EngineState.format, name]) }

  /// To each its own signal now, SIGKILL after the grace: a call that takes as long.
  static func stop(_ names: [String], grace: Duration, _ engine: ContainerEngine) -> [String] {
    let (seconds, rest) = grace.components
    return engine.words(["stop", "-t", String(max(0, seconds) + (rest > 0 ? 1 : 0))] + names)
  }

  func signal(_ signal: String) -> [String] { engine.words(["kill", "--signal", signal, name]) }

  var remove: [String] { EngineContainer.remove([name], engine) }

  /// Ends containers at once, and leaves nothing of them.
  static func remove(_ names: [String], _ engine: ContainerEngine) -> [String] {
    engine.words(["rm", "--force", "--volumes"] + (engine.kind == .podman ? ["--time", "0"] : []) + names)
  }

  /// Runs a command inside it.
  func exec(_ words: [String], input: Bool = false, terminal: Bool = false) -> [String] {
    let options = (input ? ["--interactive"] : []) + (terminal ? ["--tty"] : [])
    return engine.words(["exec"] + EngineContainer.undetachable(engine) + options + [name] + words)
  }

  /// No bytes of the input are to let go of it. Docker has no way to say so, but for keys that nobody presses.
  private static func undetachable(_ engine: ContainerEngine) -> [String] {
    switch engine.kind {
    case .podman: ["--detach-keys="]
    case .docker: ["--detach-keys=" + [String](repeating: "ctrl-@", count: 12).joined(separator: ",")]
    }
  }
}

// MARK: - Written down

extension EngineContainer {
  private static func path(_ folder: String) -> String { folder + "/engine" }

  /// Writes into a run's folder which container it is: before there is one, so that none is ever forgotten.
  func note(in folder: String) throws(SystemFailure) {
    var value: Value = ["kind": .string(engine.kind.rawValue), "program": .string(engine.program), "name": .string(name)]
    value["global"] = .array(engine.global.map { .string($0) })
    if let sandbox { value["sandbox"] = .string(sandbox) }
    try Machine.replaceFile(EngineContainer.path(folder), with: Array((JSON.text(value) + "\n").utf8), mode: 0o600)
  }

  /// The container of a run's folder; nil where that is a program of this machine.
  init?(notedIn folder: String) {
    let path = EngineContainer.path(folder)
    guard Folder.exists(path), let bytes = try? Machine.readFile(path), let value = try? JSON.parse(bytes),
      let kind = EngineKind(rawValue: value["kind"].text), let name = value["name"].string
    else { return nil }
    engine = ContainerEngine(kind, program: value["program"].text, arguments: value["global"].items.compactMap(\.string))
    self.name = name
    sandbox = value["sandbox"].string
  }
}
