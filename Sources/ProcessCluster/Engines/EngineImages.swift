import Kubelet

// Images of engines: looked for, and pulled once however many containers wait for one.

/// The images that containers wait for.
final class EngineImages {
  private let calls: EngineCalls
  /// Who waits for a pull, by the pull.
  private var pulls: [[String]: [(String?) -> Void]] = [:]

  init(_ calls: EngineCalls) { self.calls = calls }

  /// Whether an engine has an image.
  func look(for image: String, in engine: ContainerEngine, done: @escaping (ImagePresence) -> Void) {
    calls.run(engine.words(["image", "inspect", "--format", "{{.Id}}", image]), .short) { answer in
      if answer.isWell { return done(.present) }
      let reason = answer.reason
      done(EngineImages.saysMissing(reason) ? .missing : .unknown(reason))
    }
  }

  /// Whether an engine that could not show an image says that it has none, rather than that it can't be asked.
  static func saysMissing(_ reason: String) -> Bool {
    let reason = reason.lowercased()
    return ["no such image", "image not known", "no such object", "unable to find"].contains { reason.contains($0) }
  }

  /// Pulls an image; `done` is told why it can't be had, nil: it is there.
  func pull(_ image: String, in engine: ContainerEngine, done: @escaping (String?) -> Void) {
    let words = engine.words(["pull", "--quiet", image])
    pulls[words, default: []].append(done)
    guard pulls[words]?.count == 1 else { return }
    calls.run(words, .pull) { [weak self] answer in
      let waiting = self?.pulls.removeValue(forKey: words) ?? []
      for done in waiting { done(answer.isWell ? nil : answer.reason) }
    }
  }
}
