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
  private var known: [ContainerEngine] {
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

  /// Removes from all engines what is of this cluster, but for what still has its keeper; waits for it.
  /// - Returns: what went wrong.
  func run() -> [String] {
    let engines = known
    if engines.isEmpty { return [] }
    let kept = living()
    var problems: [String] = []
    for engine in engines { if let problem = clear(engine, but: kept) { problems.append("\(engine.kind.rawValue): \(problem)") } }
    return problems
  }

  /// Removes from one engine what is not kept; returns what went wrong.
  private func clear(_ engine: ContainerEngine, but kept: Set<String>) -> String? {
    let label = "label=\(EngineContainer.clusterLabel)=\(pods)"
    var problem: String?
    // What holds a network can go when those that have it are gone.
    for _ in 0..<3 {
      let found = call(engine.words(["ps", "--all", "--filter", label, "--format", "{{.Names}}"]))
      guard found.isWell else { return found.reason }
      let left = String(decoding: found.output, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init).filter {
        !kept.contains($0)
      }
      if left.isEmpty { return nil }
      // Its exit code tells little of several.
      let removed = call(EngineContainer.remove(left, engine))
      problem = removed.isWell ? nil : removed.reason
    }
    return problem
  }

  /// The containers whose shims live, and those that hold their pods' networks.
  private func living() -> Set<String> {
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

  /// How long an engine may take to answer: one that hangs holds nobody up for ever.
  private static let patience = Duration.seconds(20)

  /// Calls an engine and waits.
  private func call(_ words: [String]) -> EngineAnswer {
    func failure(_ text: String) -> EngineAnswer { EngineAnswer(code: 127, output: [], complaint: Array("\(words[0]): \(text)".utf8)) }
    guard let loop = try? PlainLoop() else { return failure("no event loop is to be had") }
    var program = GroupChild.Program(words)
    program.environment = environment.variables
    program.folder = "/"
    var output: [UInt8] = []
    var end: ChildRun.End?
    do throws(GroupChild.StartFailure) {
      let run = try Children(loop).start(program, leavesGroup: true, take: { output += $0 }, done: { end = $0 })
      loop.run(nanoseconds: EngineSweep.patience.nanoseconds) { end != nil }
      guard let end else {
        run.cancel()
        return failure("it does not answer")
      }
      return EngineAnswer(code: end.code, output: output, complaint: end.complaint)
    } catch {
      return failure(error.problem.text)
    }
  }
}
