import Client
import Formats
import Posix

// What a runtime keeps of the engines that its pods are handed to.

/// The engines of a cluster's pods: who runs whom, and what is asked of them.
final class PodEngines {
  /// The pods' folder.
  let pods: String
  /// The cluster's folder.
  let folder: String
  let environment: EngineEnvironment
  let sweep: EngineSweep
  private(set) var calls: EngineCalls?
  private(set) var images: EngineImages?
  /// The containers that hold pods' networks, by the pods' uids.
  var sandboxes: [String: EngineContainer] = [:]
  /// What pods have begun with, by their uids.
  private var begun: [String: String] = [:]
  /// Who is told what goes wrong that concerns no pod.
  var warn: (String) -> Void = { _ in }
  /// How many engines are being swept, and what waits for it.
  private var sweeping = 0
  private var waiting: [() -> Void] = []

  init(folder: String, pods: String, environment: (String) -> String?) {
    self.folder = folder
    self.pods = pods
    self.environment = EngineEnvironment(of: environment)
    sweep = EngineSweep(folder: folder, pods: pods, environment: self.environment)
  }

  func attach(to loop: any EventLoop) { attach(by: EngineCalls(loop, environment)) }

  /// From now on engines can be called; what was left in them goes first.
  func attach(by calls: EngineCalls) {
    self.calls = calls
    images = EngineImages(calls)
    let known = sweep.known
    let kept = known.isEmpty ? [] : sweep.living()
    sweeping = known.count
    for engine in known {
      sweep.clear(engine, but: kept, by: calls) { [weak self] problem in
        if let problem { self?.warn("containers may be left: \(engine.kind.rawValue): \(problem)") }
        self?.swept()
      }
    }
  }

  private func swept() {
    sweeping -= 1
    guard sweeping == 0 else { return }
    let bodies = waiting
    waiting = []
    for body in bodies { body() }
  }

  /// Makes something once all engines are swept: what is made before would be taken for something left. Two names may be of one engine.
  func whenSwept(_ body: @escaping () -> Void) { if sweeping == 0 { body() } else { waiting.append(body) } }

  /// Asks containers to end where no event loop runs any more; nobody waits for the answer.
  func stopAtOnce(_ containers: [(container: EngineContainer, grace: Duration)]) {
    var left = containers
    while let first = left.first {
      func isAlike(_ other: (container: EngineContainer, grace: Duration)) -> Bool {
        other.grace == first.grace && other.container.engine == first.container.engine
      }
      let words = EngineContainer.stop(left.filter(isAlike).map(\.container.name), grace: first.grace, first.container.engine)
      _ = try? Detached.start(words[0], Array(words.dropFirst()), log: "/dev/null", environment: [:])
      left.removeAll(where: isAlike)
    }
  }

  /// Who runs a pod's containers.
  func choice(for pod: Value) -> EngineChoice {
    EngineChoice(for: pod, before: before(pod.uid), usual: DaemonRuntime.read(from: folder), path: environment["PATH"])
  }

  /// What a pod has begun with: a cluster's other setting is for the pods that come.
  private func before(_ uid: String) -> String? {
    if let known = begun[uid] { return known }
    guard let run = RunFolder.all(pods, uid).last else { return nil }
    let name = EngineContainer(notedIn: run.path)?.engine.kind.rawValue ?? EngineChoice.plainName
    begun[uid] = name
    return name
  }

  /// A pod begins.
  func begin(_ uid: String, with name: String) { begun[uid] = name }

  /// A pod is gone.
  func forget(_ uid: String) {
    begun[uid] = nil
    sandboxes[uid] = nil
  }
}
