import Client
import Posix

// Kills of programs, shims and the daemon at random, under load: at the end all is as it was asked for, and nothing is left over.

/// `chaos [SECONDS [SEED]]`.
enum Chaos {
  static func run(_ words: [String], _ tell: (Figure) -> Void) throws {
    let seconds = words.first.flatMap { Int64($0) } ?? 600
    let seed = words.dropFirst().first.flatMap { UInt64($0) } ?? UInt64(Machine.steadyNanoseconds % 1_000_000)
    tell(Figure(what: "seed", value: Double(seed), unit: "", beside: "chaos \(seconds) \(seed)"))
    try Measure.withFolder { folder in
      let cluster = try ProcessHome("\(folder)/home")
      defer { cluster.stop() }
      let chaos = try ChaosRun(cluster, seed: seed)
      try chaos.rage(seconds: seconds, tell)
      try chaos.judge(tell)
      try chaos.clear(tell)
      guard chaos.faults.isEmpty else { throw BenchFailure("\n  " + chaos.faults.joined(separator: "\n  ")) }
    }
  }
}

/// One run: what is done, and what has to be true of it later.
final class ChaosRun {
  let cluster: ProcessHome
  private let requests: ChaosRequests
  private let processes: ChaosProcesses
  private let logs: ChaosLogs
  private var random: Random
  private var daemon: Int32
  /// How many replicas each Deployment may have been left with: more than one where a command's answer was lost.
  private var replicas: [String: Set<Int>] = ["web": [4], "writer": [4], "sleeper": [5]]
  /// When each was last updated.
  private var updated: [String: Int64] = [:]
  /// What was acknowledged, and so may never be lost.
  private var promised: [String] = []
  private var counts: [String: Int] = [:]
  private(set) var faults: [String] = []

  init(_ cluster: ProcessHome, seed: UInt64) throws {
    self.cluster = cluster
    random = Random(seed: seed)
    processes = ChaosProcesses(cluster.home)
    logs = ChaosLogs(cluster.home)
    try cluster.apply(ChaosManifests.all)
    for name in ["web", "writer", "sleeper"] { try cluster.kctl("rollout", "status", "deployment/\(name)", "--timeout=60s") }
    requests = try ChaosRequests(try cluster.kctl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}") + ":8080")
    daemon = try cluster.daemon()
  }

  // MARK: Raging

  func rage(seconds: Int64, _ tell: (Figure) -> Void) throws {
    let start = Machine.steadyNanoseconds
    let end = start + seconds * 1_000_000_000
    // The last daemon is left alone for a while, so that what leaks in it has time to.
    let calm = start + seconds * 800_000_000
    while Machine.steadyNanoseconds < end {
      try act(random.below(20), mayKillDaemon: Machine.steadyNanoseconds < calm)
      WallClock.sleep(nanoseconds: Int64(random.below(500)) * 1_000_000)
    }
    requests.stop()
    for name in counts.keys.sorted() { tell(Figure(what: name, value: Double(counts[name] ?? 0), unit: "")) }
  }

  private func act(_ number: Int, mayKillDaemon: Bool) throws {
    switch number {
    case 0..<7: kill("program")
    case 7..<11: kill("shim")
    case 11..<13: if mayKillDaemon { try killDaemon(during: nil) }
    case 13: if mayKillDaemon { try killDaemon(during: random.below(60)) }
    case 14..<16: rollOut()
    case 16..<18: scale()
    default: promise()
    }
    faults += logs.check(now: Machine.steadyNanoseconds)
  }

  private func kill(_ what: String) {
    let runs = processes.runs()
    guard !runs.isEmpty else { return }
    let run = runs[random.below(runs.count)]
    // Some go on answering: what was killed several times is not started again for a while.
    let settled = WallClock.now - 3_000_000_000
    if run.isWeb, runs.filter({ $0.isWeb && $0.started < settled && $0.path != run.path }).count < 3 { return }
    if run.isWeb { requests.excuse(from: Machine.steadyNanoseconds - 50_000_000, to: Machine.steadyNanoseconds + 1_500_000_000) }
    if what == "shim" { logs.shimIsKilled(run.path) }
    guard processes.kill(what == "shim" ? run.shim : run.program, of: run) else { return }
    count("\(what)s killed")
  }

  /// - Parameter during: so many milliseconds after a command has begun; nil: while none runs.
  private func killDaemon(during milliseconds: Int?) throws {
    let start = Machine.steadyNanoseconds
    requests.excuse(from: start - 50_000_000, to: .max)
    if let milliseconds {
      let daemon = self.daemon
      try SystemThread.start {
        WallClock.sleep(nanoseconds: Int64(milliseconds) * 1_000_000)
        Machine.tell(daemon, .kill)
      }
      random.below(2) == 0 ? scale() : promise()
      while Machine.isAlive(daemon) { WallClock.sleep(nanoseconds: 1_000_000) }
    } else {
      Machine.tell(daemon, .kill)
      // Some more may die while nobody looks.
      for _ in 0..<random.below(3) { kill(random.below(2) == 0 ? "shim" : "program") }
    }
    count("daemons killed")
    // Whoever comes while the old one is just going may be turned away by it.
    while Machine.isAlive(daemon) { WallClock.sleep(nanoseconds: 1_000_000) }
    if (try? cluster.kctl("get", "nodes")) == nil {
      count("commands cut off")
      try cluster.kctl("get", "nodes")
    }
    daemon = try cluster.daemon()
    requests.excuse(from: start - 50_000_000, to: Machine.steadyNanoseconds + 1_500_000_000)
  }

  /// Runs a command, which may only fail where its daemon is killed under it.
  private func command(_ what: String, _ words: String...) -> Bool {
    count(what)
    let ended = try? Child.run(Measure.kctl, ["--context=process"] + words, environment: ["KCTL_HOME": cluster.home])
    guard let ended, ended.code != 0 else { return ended != nil }
    // One that is being killed takes a moment.
    WallClock.sleep(nanoseconds: 50_000_000)
    if Machine.isAlive(daemon) {
      faults.append("kctl \(words.joined(separator: " ")): \(String(decoding: ended.complaint, as: UTF8.self))")
    } else {
      count("commands cut off")
    }
    return false
  }

  private func scale() {
    let name = random.below(2) == 0 ? "sleeper" : "writer"
    let count = 1 + random.below(8)
    if command("scalings", "scale", "deployment/\(name)", "--replicas=\(count)") {
      replicas[name] = [count]
    } else {
      replicas[name, default: []].insert(count)
    }
  }

  private func rollOut() {
    let name = replicas.keys.sorted()[random.below(replicas.count)]
    // A second one within the same second is refused.
    let now = Machine.steadyNanoseconds
    guard now - (updated[name] ?? 0) > 1_500_000_000 else { return }
    updated[name] = now
    _ = command("rolling updates", "rollout", "restart", "deployment/\(name)")
  }

  private func promise() {
    let name = "promise-\(counts["promises"] ?? 0)"
    if command("promises", "create", "configmap", name, "--from-literal=a=b") { promised.append(name) }
  }

  private func count(_ what: String) { counts[what, default: 0] += 1 }

  // MARK: Judging

  /// All has converged, and nothing was lost.
  func judge(_ tell: (Figure) -> Void) throws {
    let start = Machine.steadyNanoseconds
    // What was killed several times waits for up to five minutes until it is started again.
    for name in replicas.keys.sorted() {
      let status = try Child.run(
        Measure.kctl, ["--context=process", "rollout", "status", "deployment/\(name)", "--timeout=330s"],
        environment: ["KCTL_HOME": cluster.home])
      if status.code != 0 { faults.append("\(name): \(String(decoding: status.complaint, as: UTF8.self))") }
      let found = try cluster.kctl("get", "deployment", name, "-o", "jsonpath={.spec.replicas} {.status.readyReplicas}")
      let words = found.split(separator: " ").compactMap { Int($0) }
      if words.count != 2 || words[0] != words[1] || replicas[name]?.contains(words[0]) != true {
        faults.append("\(name): replicas and ready \(found), asked for \(replicas[name] ?? [])")
      }
    }
    try cluster.kctl("wait", "pods", "--all", "--for=condition=Ready", "--timeout=330s")
    tell(Figure(what: "until all had converged", value: Double(Machine.steadyNanoseconds - start) / 1e9, unit: "s"))

    let kept = Set(try cluster.kctl("get", "configmaps", "-o", "name").split(separator: "\n").map { String($0.dropFirst(10)) })
    let lost = promised.filter { !kept.contains($0) }
    tell(Figure(what: "acknowledged and lost", value: Double(lost.count), unit: "of \(promised.count)", beside: "0"))
    if !lost.isEmpty { faults.append("lost: \(lost.joined(separator: ", "))") }

    let (answered, unexcused) = requests.verdict()
    tell(Figure(what: "requests answered", value: Double(answered), unit: ""))
    tell(Figure(what: "requests failed where nothing was killed", value: Double(unexcused.count), unit: "", beside: "0"))
    faults += unexcused.prefix(10)

    faults += logs.check(now: .max)
    tell(Figure(what: "runs whose log was read", value: Double(logs.read), unit: ""))
    tell(Figure(what: "log lines read", value: Double(logs.lines), unit: ""))

    let pods = try cluster.kctl("get", "pods", "-o", "name").split(separator: "\n").count
    faults += processes.strays(pods: pods)
    try compareDescriptors(tell)
  }

  /// A daemon that has gone through it holds no more than one that has just come.
  private func compareDescriptors(_ tell: (Figure) -> Void) throws {
    func descriptors() throws -> [String] { ChaosProcesses.descriptors(of: try cluster.daemon()) }
    let before = try descriptors()
    try cluster.kctl("agent", "restart")
    WallClock.sleep(nanoseconds: 3_000_000_000)
    let after = try descriptors()
    tell(Figure(what: "descriptors of the daemon", value: Double(before.count), unit: "", beside: "\(after.count) of a new one"))
    guard before.count > after.count + 8 else { return }
    faults.append("the daemon held \(before.joined(separator: " ")), a new one \(after.joined(separator: " "))")
  }

  /// All is deleted, and leaves nothing behind.
  func clear(_ tell: (Figure) -> Void) throws {
    try cluster.kctl("delete", "deployment,service,configmap", "-l", "chaos=yes")
    try cluster.kctl("wait", "pods", "--all", "--for=delete", "--timeout=60s")
    for _ in 0..<100 where !processes.leftovers().isEmpty { WallClock.sleep(nanoseconds: 100_000_000) }
    let leftovers = processes.leftovers()
    tell(Figure(what: "left when all was deleted", value: Double(leftovers.count), unit: "", beside: "0"))
    faults += leftovers
  }
}
