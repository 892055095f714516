import Foundation
import Kubelet
import Posix
import Testing

@testable import ProcessCluster

// Calls of engines, some of which never end.

struct EngineCallTests {
  private let environment = EngineEnvironment(of: { $0 == "PATH" ? "/usr/bin:/bin" : nil })
  private let loop: PlainLoop
  init() throws { loop = try PlainLoop() }

  private func until(_ isDone: () -> Bool) {
    let isInTime = loop.run(nanoseconds: 20_000_000_000, until: isDone)
    #expect(isInTime)
  }

  @Test func noErrandWaitsForAnother() throws {
    let folder = try ScratchFolder()
    let slow = ["sh", "-c", "until test -e \(folder.path)/go; do sleep 0.01; done"]
    let calls = EngineCalls(loop, environment, limit: 1)
    var ended: [String] = []
    for name in ["first", "second"] { calls.run(slow, .pull) { _ in ended.append(name) } }
    calls.run(slow, .long) { _ in ended.append("made") }
    calls.run(["true"], .short) { _ in ended.append("short") }
    until { ended == ["short"] }
    calls.run(slow, .short) { _ in }
    calls.run(["true"], .urgent) { _ in ended.append("urgent") }
    until { ended == ["short", "urgent"] }
    // One of the pulls waits for the other.
    #expect(calls.clients == 3)
    try Machine.replaceFile(folder.path + "/go", with: [], mode: 0o600)
    until { ended.contains("second") && ended.contains("made") && calls.clients == 0 }
    #expect(ended.filter { $0 == "first" || $0 == "second" } == ["first", "second"])
  }

  @Test func anEngineThatHangsIsGivenUp() throws {
    let calls = EngineCalls(loop, environment, limit: 1, patience: { _ in .zero })
    var answers: [EngineAnswer] = []
    for _ in 0..<2 { calls.run(["sleep", "1000"], .short) { answers.append($0) } }
    until { answers.count == 2 && calls.clients == 0 }
    #expect(answers.allSatisfy { !$0.isWell && $0.isSilence })
    #expect(answers.first?.reason == "sleep has not answered for 0 seconds")
    #expect(EngineErrand.allCases.filter { $0.patience == nil } == [.pull])
    #expect(loop.timerCount == 0 && loop.watchCount == 0)
  }

  @Test func whoeverIsAskedInVainIsAskedLessAndLessOften() {
    var run = EngineRun(EngineContainer(engine: ContainerEngine(.podman, program: "/bin/podman", arguments: []), name: "n"), .starting)
    let pauses = (0..<20).map { _ in run.nextPause() }
    #expect(pauses.first == .milliseconds(50) && pauses.last == .seconds(2) && pauses == pauses.sorted())
  }

  // MARK: Sweeping

  @Test(.enabled(if: FakeEngine.canRun, "python3 is missing, or this is not Linux"))
  func whatIsLeftGoesBeforeAnythingIsMade() throws {
    let fake = try FakeEngine()
    let engine = ContainerEngine(.podman, program: fake.folder + "/podman", arguments: [])
    let home = try TestFolder()
    for (name, pods) in [("ours", home.path + "/pods"), ("foreign", "/pods")] {
      let label = "\(EngineContainer.clusterLabel)=\(pods)"
      #expect(try Child.run(engine.program, ["create", "--label", label, "--name", name, "local/web:1"]).code == 0)
    }
    let engines = PodEngines(folder: home.path, pods: home.path + "/pods", environment: Machine.environment)
    try engines.sweep.note(engine)
    engines.attach(to: loop)
    var left: [String]?
    engines.whenSwept { left = fake.containers }
    #expect(left == nil)
    until { left != nil }
    #expect(left == ["foreign"])
    // At once from now on.
    left = nil
    engines.whenSwept { left = [] }
    #expect(left == [])
  }

  @Test func aSweepThatHangsIsToldAndHoldsNobodyUpForEver() throws {
    let home = try TestFolder()
    let folder = try ScratchFolder()
    let program = try folder.program("podman", "exec sleep 1000")
    let engines = PodEngines(folder: home.path, pods: home.path + "/pods", environment: Machine.environment)
    try engines.sweep.note(ContainerEngine(.podman, program: program, arguments: []))
    var warnings: [String] = []
    engines.warn = { warnings.append($0) }
    let calls = EngineCalls(loop, environment, patience: { _ in .zero })
    engines.attach(by: calls)
    var goesOn = false
    engines.whenSwept { goesOn = true }
    until { goesOn && calls.clients == 0 }
    #expect(warnings == ["containers may be left: podman: \(program) has not answered for 0 seconds"])
  }
}
