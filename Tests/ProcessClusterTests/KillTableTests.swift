import Foundation
import Posix
import Testing

@testable import ProcessCluster

// Who dies when, and what is true afterwards. A daemon, a shim and a program can each be killed at any time and in any order.

/// A row of the table: what goes on, who is killed one after the other, and what has become of it when all has settled.
struct KillRow: CustomTestStringConvertible, Sendable {
  enum Moment: String, Sendable {
    /// All run, and write their logs all the time.
    case running
    /// They are being started.
    case starting
    /// They have been told to end, and won't until their grace is over.
    case ending
  }
  enum Victim: String, Sendable { case daemon, shim, program }
  enum Outcome: Sendable {
    /// The same program as before.
    case adopted
    /// Another program: the first's end is told with this code and one of these reasons.
    case restarted(Int, [String])
    /// One program each, whichever.
    case up
    case gone
  }

  let moment: Moment
  let victims: [Victim]
  let outcome: Outcome

  init(_ moment: Moment, _ victims: [Victim], _ outcome: Outcome) {
    self.moment = moment
    self.victims = victims
    self.outcome = outcome
  }

  var testDescription: String { "\(moment): " + victims.map(\.rawValue).joined(separator: ", then ") }

  static let table: [KillRow] = [
    KillRow(.running, [.daemon], .adopted),
    KillRow(.running, [.program], .restarted(137, ["Error"])),
    KillRow(.running, [.shim], .restarted(137, ["ContainerStatusUnknown"])),
    KillRow(.running, [.daemon, .program], .restarted(137, ["Error"])),
    KillRow(.running, [.daemon, .shim], .restarted(137, ["ContainerStatusUnknown"])),
    KillRow(.running, [.program, .daemon], .restarted(137, ["Error"])),
    KillRow(.running, [.shim, .daemon], .restarted(137, ["ContainerStatusUnknown"])),
    // A shim may just have written down how its program has ended.
    KillRow(.running, [.program, .shim], .restarted(137, ["Error", "ContainerStatusUnknown"])),
    KillRow(.running, [.shim, .program], .restarted(137, ["ContainerStatusUnknown"])),
    KillRow(.running, [.daemon, .shim, .program], .restarted(137, ["ContainerStatusUnknown"])),
    KillRow(.running, [.daemon, .program, .shim], .restarted(137, ["Error", "ContainerStatusUnknown"])),
    KillRow(.running, [.shim, .daemon, .program], .restarted(137, ["ContainerStatusUnknown"])),
    KillRow(.running, [.shim, .program, .daemon], .restarted(137, ["ContainerStatusUnknown"])),
    KillRow(.running, [.program, .daemon, .shim], .restarted(137, ["Error", "ContainerStatusUnknown"])),
    KillRow(.running, [.program, .shim, .daemon], .restarted(137, ["Error", "ContainerStatusUnknown"])),
    KillRow(.starting, [.daemon], .up),
    KillRow(.starting, [.shim], .up),
    KillRow(.starting, [.program], .up),
    KillRow(.starting, [.daemon, .shim], .up),
    KillRow(.starting, [.shim, .daemon, .program], .up),
    KillRow(.ending, [.daemon], .gone),
    KillRow(.ending, [.shim], .gone),
    KillRow(.ending, [.program], .gone),
    KillRow(.ending, [.daemon, .shim], .gone),
    KillRow(.ending, [.daemon, .program], .gone),
    KillRow(.ending, [.shim, .daemon, .program], .gone),
  ]
}

@Suite(.enabled(if: ProcessHome.canRun, "kctl or python3 is missing, or this is not Linux"))
struct KillTableTests {
  @Test(arguments: KillRow.table) func whoDiesWhen(_ row: KillRow) throws {
    let scene = try KillScene(replicas: row.moment == .starting ? 8 : 2)
    defer { scene.leave() }
    try scene.bring(to: row.moment)
    let before = try scene.programs()
    try scene.kill(row.victims, all: row.moment == .starting)

    switch row.outcome {
    case .gone: try scene.expectNothing()
    case .up: try scene.expectOneOfEach()
    case .adopted:
      try scene.expectOneOfEach()
      #expect(try scene.programs() == before)
      #expect(try scene.restarts() == "0 0")
    case .restarted(let code, let reasons):
      try scene.home.until("a restart") { try scene.restarts().contains("1") }
      try scene.expectOneOfEach()
      #expect(try scene.restarts().split(separator: " ").sorted() == ["0", "1"], "the other pod is left alone")
      let end = try scene.home.value(
        "get", "pods", path: "{.items[*].status.containerStatuses[0].lastState.terminated['exitCode','reason']}")
      #expect(reasons.contains { end == "\(code) \($0)" }, "\(end)")
      #expect(Set(try scene.programs()).intersection(before).count == 1)
    }
    scene.expectWholeLogs(untilTheEnd: !row.victims.contains(.shim))
    #expect(lives(scene.stranger.processIdentifier), "whoever merely looks like a container's process is left alone")
  }
}

/// A Deployment whose programs write numbered lines and have a child in a session of its own; and a stranger who looks like that child.
private final class KillScene {
  let home: ProcessHome
  let stranger = Process()
  private let name: String
  private let mark: String
  private let replicas: Int
  private var daemon: Int32 = 0

  init(replicas: Int) throws {
    home = try ProcessHome()
    self.replicas = replicas
    let number = Int.random(in: 10_000_000..<99_000_000)
    name = "kill-\(number)"
    mark = "sleep\0\(number).5"
    stranger.executableURL = URL(fileURLWithPath: "/bin/sleep")
    stranger.arguments = ["\(number).5"]
    try stranger.run()
    _ = try home.run("get", "nodes")
    daemon = try home.daemon()
  }

  func leave() {
    Foundation.kill(stranger.processIdentifier, SIGKILL)
    stranger.waitUntilExit()
  }

  func bring(to moment: KillRow.Moment) throws {
    let number = mark.split(separator: "\0")[1]
    try home.apply(
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: \(name)}
      spec:
        replicas: \(replicas)
        selector: {matchLabels: {app: kill}}
        template:
          metadata: {labels: {app: kill}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: main
              image: none
              command:
              - sh
              - -c
              - |
                trap '' TERM
                setsid sleep \(number) &
                i=0
                while :; do echo line $i; echo $i >said-$$; i=$((i+1)); sleep 0.02; done
              - \(name)
      """)
    if moment == .starting {
      // As soon as there is the first.
      return try home.until("a first process") { !ProcessHome.processes(name).isEmpty }
    }
    try expectOneOfEach()
    try home.until("each has written") { runs.allSatisfy { !numbers(in: $0).isEmpty } }
    if moment == .ending {
      #expect(try home.run("delete", "deployment", name, "--wait=false").code == 0)
      try home.until("they are told") { !(try home.value("get", "pods", path: "{.items[*].metadata.deletionTimestamp}")).isEmpty }
    }
  }

  /// The folders of all runs, those that have ended too.
  private var runs: [String] {
    let pods = home.path + "/processes/default/pods/"
    return ((try? Machine.entries(of: pods)) ?? []).flatMap { pod in
      let all = pods + pod + "/containers/main/"
      return ((try? Machine.entries(of: all)) ?? []).map { all + $0 }
    }
  }

  private func number(_ word: String, _ run: String) -> Int32 {
    let text = (try? String(contentsOfFile: run + "/state", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(word + " ") }
    return line.flatMap { Int32($0.split(separator: " ")[1]) } ?? 0
  }

  /// Those that run.
  func programs() throws -> [Int32] { runs.map { number("program", $0) }.filter { $0 > 0 && lives($0) }.sorted() }

  func restarts() throws -> String { try home.value("get", "pods", path: "{.items[*].status.containerStatuses[0].restartCount}") }

  /// Kills the daemon, and a pod's shim or program, or those of all.
  func kill(_ victims: [KillRow.Victim], all: Bool) throws {
    let runs = all ? self.runs : Array(self.runs.prefix(1))
    let shims = runs.map { number("shim", $0) }
    let programs = runs.map { number("program", $0) }
    for victim in victims {
      switch victim {
      case .daemon: Foundation.kill(daemon, SIGKILL)
      // Their numbers are proved by their words, as this very test may be what has become of them.
      case .shim: for one in shims where ProcessHome.processes("kctl-shim", name).contains(one) { Foundation.kill(one, SIGKILL) }
      case .program: for one in programs where ProcessHome.processes("trap", name).contains(one) { Foundation.kill(one, SIGKILL) }
      }
    }
  }

  /// Each pod has a shim, its program, and that one's child; nothing else has any of their words.
  func expectOneOfEach() throws {
    var seen: [Int] = []
    try home.until("all to be up, once") {
      guard try home.value("get", "deployment", name, path: "{.status.readyReplicas}") == "\(replicas)" else { return false }
      seen = counts
      return seen == [replicas, replicas, replicas]
    }
    if seen != [replicas, replicas, replicas] { Issue.record("shims, programs, children: \(seen), wanted \(replicas) each") }
  }

  func expectNothing() throws {
    try home.until("all to be gone") {
      let pods = try home.run("get", "pods", "-o", "name")
      return pods.code == 0 && pods.output.isEmpty && counts == [0, 0, 0]
    }
    try home.until("no folder left") { ((try? Machine.entries(of: home.path + "/processes/default/pods")) ?? []).isEmpty }
  }

  private var counts: [Int] {
    let children = processes(with: mark).filter { $0 != stranger.processIdentifier }
    return [
      ProcessHome.processes("kctl-shim", name).filter(lives).count, ProcessHome.processes("trap", name).filter(lives).count, children.count,
    ]
  }

  private func numbers(in run: String) -> [Int] {
    text(all(LogReader(folder: run)).filter(\.endsLine)).compactMap { line in
      line.hasPrefix("line ") ? Int(line.dropFirst(5)) : nil
    }
  }

  /// Every log begins with 0 and goes on without a gap.
  /// - Parameter untilTheEnd: to the last line that its program knows of having written.
  func expectWholeLogs(untilTheEnd: Bool) {
    for run in runs {
      // What was said is looked at first: more may come.
      let pod = run.components(separatedBy: "/containers/")[0]
      let said = (try? String(contentsOfFile: "\(pod)/said-\(number("program", run))", encoding: .utf8)).flatMap { Int($0.dropLast()) }
      var found = numbers(in: run)
      for _ in 0..<100 where untilTheEnd && found.count <= said ?? -1 {
        Thread.sleep(forTimeInterval: 0.01)
        found = numbers(in: run)
      }
      #expect(found == Array(0..<found.count), "\(run)")
      if untilTheEnd, let said { #expect(found.count > said, "\(run)") }
    }
  }
}
