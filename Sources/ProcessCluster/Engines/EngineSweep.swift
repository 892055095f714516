import APIMachinery
import Formats
import Posix

// What is left in engines of containers that nobody keeps any more: their shim was killed, or the daemon in the middle of something.

/// The engines that a cluster has ever used, by a small file of its folder, and what it has left in them.
struct EngineSweep {
  /// The cluster's folder.
  let folder: String
  /// The pods' folder.
  let pods: String
  let environment: EngineEnvironment

  private var path: String { folder + "/engines" }

  /// The engines that were used; their `creation` says nothing.
  var known: [ContainerEngine] {
    guard Folder.exists(path), let bytes = try? Machine.readFile(path), let value = try? JSON.parse(bytes) else { return [] }
    return value.items.compactMap { item in
      EngineKind(rawValue: item["kind"].text).map {
        ContainerEngine($0, program: item["program"].text, arguments: item["global"].items.compactMap(\.string))
      }
    }
  }

  /// Writes down that an engine is used, before it is.
  func note(_ engine: ContainerEngine) throws(SystemFailure) {
    let bare = ContainerEngine(engine.kind, program: engine.program, arguments: engine.global)
    let known = known
    guard !known.contains(bare) else { return }
    let list = (known + [bare]).map { engine -> Value in
      ["kind": .string(engine.kind.rawValue), "program": .string(engine.program), "global": .array(engine.global.map { .string($0) })]
    }
    try Machine.replaceFile(path, with: Array((JSON.text(.array(list)) + "\n").utf8), mode: 0o600)
  }

  /// Removes from one engine what is of this cluster, but for what is kept; `done` is told what went wrong.
  func clear(
    _ engine: ContainerEngine, but kept: Set<String>, by calls: EngineCalls, rounds: Int = 3, done: @escaping (String?) -> Void
  ) {
    let label = "label=\(EngineContainer.clusterLabel)=\(pods)"
    calls.run(engine.words(["ps", "--all", "--filter", label, "--format", "{{.Names}}"]), .short) { found in
      guard found.isWell else { return done(found.reason) }
      let left = String(decoding: found.output, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init).filter {
        !kept.contains($0)
      }
      if left.isEmpty { return done(nil) }
      calls.run(EngineContainer.remove(left, engine), .long) { removed in
        let problem = removed.isWell ? nil : removed.reason
        // What holds a network can go when those that have it are gone. Its exit code tells little of several.
        guard rounds > 1, !removed.isSilence else { return done(problem) }
        clear(engine, but: kept, by: calls, rounds: rounds - 1, done: done)
      }
    }
  }

  /// Removes all that has no keeper, where no event loop runs any more, and waits for it.
  func clearAtEnd() {
    let engines = known
    guard !engines.isEmpty, let loop = try? PlainLoop() else { return }
    let calls = EngineCalls(loop, environment)
    let kept = living()
    var open = engines.count
    for engine in engines { clear(engine, but: kept, by: calls) { _ in open -= 1 } }
    loop.run { open == 0 }
    // Those that were given up are reaped.
    loop.run(nanoseconds: Duration.seconds(1).nanoseconds) { calls.clients == 0 }
  }

  /// The containers whose shims live, and those that hold their pods' networks.
  func living() -> Set<String> {
    var names: Set<String> = []
    for pod in (try? Machine.entries(of: pods)) ?? [] {
      for run in RunFolder.all(pods, pod) {
        guard let container = EngineContainer(notedIn: run.path), ContainerProcess.adopt(folder: run.path)?.isRunning == true else {
          continue
        }
        names.insert(container.name)
        if let sandbox = container.sandbox { names.insert(sandbox) }
      }
    }
    return names
  }
}
