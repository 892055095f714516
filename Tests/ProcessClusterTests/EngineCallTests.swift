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
}
