import APIMachinery
import Client
import Formats
import Kubelet

// Containers that don't run: what they would do is foretold.

/// Settings of a pod's simulated containers, by annotations under `sim.kctl.dev/`. `NAME.CONTAINER` sets one for one container only.
///
/// | annotation | value | meaning |
/// |---|---|---|
/// | `start-time` | `5s` | how long each container takes to be created before it runs |
/// | `ready-after` | `20s` | its probes fail for this long after it started |
/// | `crash-after` | `1m` | it exits with code 1 this long after it started |
/// | `memory` | `600Mi` | what it uses: more than its limit, and it is OOMKilled a second after it started |
/// | `log` | `text` | what a container that is a server prints as it starts |
struct SimulationSettings {
  let annotations: Members
  let container: String

  init(_ pod: Value, _ spec: Value) {
    annotations = pod["metadata"]["annotations"].members
    container = annotations.isEmpty ? "" : spec["name"].text
  }

  func text(_ name: String) -> String? {
    if annotations.isEmpty { return nil }
    return annotations["sim.kctl.dev/\(name).\(container)"]?.string ?? annotations["sim.kctl.dev/\(name)"]?.string
  }

  func duration(_ name: String) -> Duration? {
    guard let text = text(name), let duration = try? Duration(goText: text), duration >= .zero else { return nil }
    return duration
  }
}

/// The simulated nodes' container runtime.
final class SimulatedRuntime: ForetellingRuntime {
  private let notes: any Notes
  private let dice: Dice
  /// Images by node, the latest pulled first.
  private var present: [String: [String]] = [:]

  private static let imageNotes = "images"

  init(notes: any Notes, dice: Dice) {
    self.notes = notes
    self.dice = dice
  }

  // MARK: Images

  func images(node: String) -> [String] {
    if let known = present[node] { return known }
    let noted = notes.note(SimulatedRuntime.imageNotes, node)?.items.compactMap(\.string) ?? []
    present[node] = noted
    return noted
  }

  func hasImage(_ image: String, node: String) -> Bool {
    let images = images(node: node)
    if images.contains(image) { return true }
    return images.contains(taggedImage(image))
  }

  func pull(_ image: String, node: String, now: Instant) -> Pull {
    if image.contains("no-such") {
      let why = "failed to pull and unpack image \"\(image)\": failed to resolve reference \"\(image)\": \(image): not found"
      return Pull(began: now, until: now + .milliseconds(120 + dice.random.below(200)), error: "rpc error: code = NotFound desc = " + why)
    }
    let tagged = taggedImage(image)
    if hasImage(tagged, node: node) { return Pull(began: now, until: now) }
    // An image is as large as its name says, the network as good as chance says; a kubelet pulls one image after the other.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in tagged.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let length = Duration.milliseconds(150 + Int(hash % 350) + dice.random.below(250))
    let free = notes.note(SimulatedRuntime.imageNotes, node + "!")?.int.map(Instant.init(nanoseconds:)) ?? now
    let began = max(now, free)
    let until = began + length
    notes.setNote(SimulatedRuntime.imageNotes, node + "!", .int(until.nanoseconds))
    let all = [tagged] + images(node: node)
    present[node] = all
    notes.setNote(SimulatedRuntime.imageNotes, node, .array(all.map { .string($0) }))
    return Pull(began: began, until: until)
  }

  // MARK: Containers

  func startDelay(_ request: ContainerRequest) -> Duration {
    SimulationSettings(request.pod, request.spec).duration("start-time") ?? .zero
  }

  func start(_ request: ContainerRequest) -> Run {
    let spec = request.spec
    var run = Run(id: ContainerID.make(&dice.random, startedAt: request.now), image: spec["image"].text, startedAt: request.now)
    let command = spec["command"].items
    let settings = SimulationSettings(request.pod, spec)
    let isGiven = Script.isGiven(by: spec)
    if !isGiven, settings.annotations.isEmpty { return run }
    if let program = command.first?.text, program.contains("no-such") {
      let why = program.contains("/") ? "stat \(program): no such file or directory" : "executable file not found in $PATH"
      run.exit = Exit(
        at: request.now, code: 128, reason: "StartError",
        message: "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
          + "unable to start container process: exec: \"\(program)\": \(why): unknown")
      return run
    }
    if isGiven {
      let script = Script(spec, pod: request.pod)
      if case .exits(let code, let at) = ScriptRun.outcome(script, startedAt: request.now) { run.exit = Exit(at: at, code: code) }
    }
    if let after = settings.duration("crash-after") {
      let at = request.now + after
      if run.exit.map({ at < $0.at }) ?? true { run.exit = Exit(at: at, code: 1) }
    }
    if let used = settings.text("memory").flatMap({ try? Quantity($0) }),
      let limit = spec["resources"]["limits"]["memory"].string.flatMap({ try? Quantity($0) }), limit < used
    {
      let at = request.now + .seconds(1)
      if run.exit.map({ at < $0.at }) ?? true { run.exit = Exit(at: at, code: 137, reason: "OOMKilled") }
    }
    if let exit = run.exit, exit.code != 0, spec["terminationMessagePolicy"] == "FallbackToLogsOnError" {
      let message = tail(of: run, spec, request.pod, until: exit.at)
      run.exit?.message = message
    }
    return run
  }

  /// The end of a run's log, as a termination message holds it.
  private func tail(of run: Run, _ spec: Value, _ pod: Value, until: Instant) -> String {
    let lines = ContainerLog(spec: spec, pod: pod, startedAt: run.startedAt).lines(until: until)
    var text = lines.suffix(80).map(\.text).joined(separator: "\n")
    if !text.isEmpty { text += "\n" }
    while text.utf8.count > 2048 { text.removeFirst() }
    return text
  }

  func stop(_ run: Run, spec: Value, pod: Value, now: Instant, grace: Duration) -> Exit { Exit(at: now, code: 0) }

  // MARK: Hooks and probes

  func hook(_ handler: Value, spec: Value, now: Instant) -> (takes: Duration, failure: String?) {
    if handler["sleep"].object != nil { return (.seconds(min(max(handler["sleep"]["seconds"].int ?? 0, 0), 1_000_000)), nil) }
    let words = handler["exec"]["command"].items
    if !words.isEmpty {
      switch SimulatedRuntime.exec(words, spec, [:], now: now) {
      case .serves: return (.zero, SimulatedRuntime.saysFail(words) ? "command failed" : nil)
      case .exits(let code, let at):
        return (at - now, code == 0 ? nil : "command '\(words.map(\.text).joined(separator: " "))' exited with \(code)")
      }
    }
    if let status = SimulatedRuntime.badStatus(handler["httpGet"]["path"].text) {
      return (.zero, "HTTP probe failed with statuscode: \(status)")
    }
    return (.zero, nil)
  }

  func forecast(_ probe: Value, of run: Run, spec: Value, pod: Value) -> ProbeForecast {
    if let failure = failure(probe, spec, pod) { return ProbeForecast(failure: failure, succeedsFrom: nil) }
    if let after = SimulationSettings(pod, spec).duration("ready-after"), after > .zero {
      return ProbeForecast(failure: refusal(probe, spec, pod), succeedsFrom: run.startedAt + after)
    }
    return .success
  }

  /// Why a probe can never succeed.
  private func failure(_ probe: Value, _ spec: Value, _ pod: Value) -> String? {
    let words = probe["exec"]["command"].items
    if !words.isEmpty {
      let timeout = Duration.seconds(min(max(probe["timeoutSeconds"].int ?? 1, 1), 1_000_000))
      let zero = Instant(seconds: 0)
      switch SimulatedRuntime.exec(words, spec, pod, now: zero) {
      case .exits(let code, let at):
        if at - zero > timeout { return "command \"\(words.map(\.text).joined(separator: " "))\" timed out" }
        return code == 0 ? nil : SimulatedRuntime.output(words, spec, pod)
      case .serves:
        guard SimulatedRuntime.saysFail(words) else { return nil }
        if words.first == "cat", let file = words.dropFirst().first { return "cat: can't open '\(file.text)': No such file or directory\n" }
        return "\(words.first?.text ?? ""): failed\n"
      }
    }
    let http = probe["httpGet"]
    if http.object != nil {
      if port(http["port"], spec) == 9 { return refusal(probe, spec, pod) }
      return SimulatedRuntime.badStatus(http["path"].text).map { "HTTP probe failed with statuscode: \($0)" }
    }
    let tcp = probe["tcpSocket"]
    if tcp.object != nil, port(tcp["port"], spec) == 9 { return refusal(probe, spec, pod) }
    if probe["grpc"].object != nil, probe["grpc"]["port"].int == 9 { return refusal(probe, spec, pod) }
    return nil
  }

  /// What a probe says of a container that doesn't answer.
  private func refusal(_ probe: Value, _ spec: Value, _ pod: Value) -> String {
    let ip = pod["status"]["podIP"].text
    let http = probe["httpGet"]
    if http.object != nil {
      let address = "\(http["host"].string ?? ip):\(port(http["port"], spec))"
      let path = http["path"].text
      let scheme = http["scheme"].string?.lowercased() ?? "http"
      return "Get \"\(scheme)://\(address)\(path.hasPrefix("/") ? "" : "/")\(path)\": dial tcp \(address): connect: connection refused"
    }
    let tcp = probe["tcpSocket"]
    if tcp.object != nil { return "dial tcp \(tcp["host"].string ?? ip):\(port(tcp["port"], spec)): connect: connection refused" }
    if let port = probe["grpc"]["port"].int {
      return "timeout: failed to connect service \"\(ip):\(port)\" within \(probe["timeoutSeconds"].int ?? 1)s: context deadline exceeded"
    }
    return "not ready\n"
  }

  private func port(_ port: Value, _ spec: Value) -> Int64 {
    if let number = port.int { return number }
    let name = port.text
    return spec["ports"].items.first { $0["name"].text == name }?["containerPort"].int ?? Int64(name) ?? 0
  }

  private static func exec(_ words: [Value], _ spec: Value, _ pod: Value, now: Instant) -> ScriptRun.Outcome {
    var command = spec
    command["command"] = .array(words)
    command.remove("args")
    return ScriptRun.outcome(Script(command, pod: pod), startedAt: now)
  }

  private static func output(_ words: [Value], _ spec: Value, _ pod: Value) -> String {
    var command = spec
    command["command"] = .array(words)
    command.remove("args")
    let zero = Instant(seconds: 0)
    let lines = ContainerLog(spec: command, pod: pod, startedAt: zero).lines(until: zero + .seconds(3600))
    return lines.map { $0.text + "\n" }.joined()
  }

  private static func saysFail(_ words: [Value]) -> Bool { words.contains { $0.text.contains("fail") } }

  private static func badStatus(_ path: String) -> Int? {
    for status in [404, 500, 503] where path == "/\(status)" || path.hasPrefix("/\(status)/") || path.hasPrefix("/\(status)?") {
      return status
    }
    return nil
  }
}
