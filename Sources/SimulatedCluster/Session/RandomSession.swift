import API
import APIMachinery
import Client
import Formats

// A session of users and misfortunes, drawn from one number and held against what Kubernetes promises.

/// How a random session went.
public struct SessionOutcome: Sendable {
  public let seed: UInt64
  /// What was wrong; nil: nothing.
  public let violation: Violation?
  /// A sum over everything that happened and all that was there in the end: the same seed gives the same.
  public let digest: UInt64
  public let moves: Int
  public let changes: Int
  /// The last moves and changes, oldest first.
  public let trail: [String]

  /// `seed 17: …`, and under it what came before.
  public var report: String {
    guard let violation else { return "seed \(seed): \(moves) moves, \(changes) changes, digest \(digest)" }
    return "seed \(seed): \(violation.message)\n" + trail.map { "  " + $0 + "\n" }.joined()
  }
}

/// One random session: first for safety, then, with the faults healed, for liveness.
public final class RandomSession {
  private let seed: UInt64
  private let folder: String?
  private var random: Random
  private var cluster: SimulatedCluster
  private var witness: Witness
  private let start: Instant
  private var moves = 0
  /// How often workers may work while a cluster settles: crash loops and retries are few.
  private static let mostWork = 20_000
  private var lines: [(revision: Int64, text: String)] = []

  /// Runs the session of a seed, in memory or on a cluster kept in an empty folder: there a kill loses what was not committed.
  public static func run(seed: UInt64, folder: String? = nil) -> SessionOutcome {
    do {
      let session = try RandomSession(seed: seed, folder: folder)
      defer { session.cluster.abandon() }
      return session.run()
    } catch {
      return SessionOutcome(
        seed: seed, violation: Violation("no cluster could be made: \(error)"), digest: 0, moves: 0, changes: 0, trail: [])
    }
  }

  private init(seed: UInt64, folder: String?) throws {
    self.seed = seed
    self.folder = folder
    random = Random(seed: seed &* 0x9E37_79B9 &+ 7)
    let nodes = SessionSpecs.nodes(&random)
    if let folder {
      cluster = try SimulatedCluster.open(folder: folder, clock: .manual, seed: seed)
      try cluster.reset(nodes: nodes, seed: seed)
    } else {
      cluster = try SimulatedCluster(clock: .manual, seed: seed, nodes: nodes)
    }
    start = cluster.now
    witness = try Witness(cluster)
  }

  private func run() -> SessionOutcome {
    var violation: Violation?
    do {
      try beSafe()
      try beLive()
      try digestEverything()
    } catch let found as Violation {
      violation = found
    } catch {
      violation = Violation("\(error)")
    }
    return SessionOutcome(
      seed: seed, violation: violation, digest: witness.digest, moves: moves, changes: witness.changes,
      trail: violation == nil ? [] : trail())
  }

  // MARK: Safety

  private func beSafe() throws {
    for _ in 0..<(8 + random.below(16)) {
      try makeMove()
      if random.below(12) == 0 { try kill() }
      if random.below(4) > 0 { try commit() }
      try follow(for: pause())
    }
  }

  /// Mostly short; sometimes the clock jumps.
  private func pause() -> Duration {
    switch random.below(16) {
    case 0, 1: .zero
    case 2, 3, 4: .milliseconds(random.below(40))
    case 5, 6: .milliseconds(random.below(1000))
    case 7, 8, 9, 10: .milliseconds(random.below(12_000))
    case 11, 12, 13: .seconds(random.below(90))
    case 14: .seconds(random.below(900))
    default: .seconds(random.below(7200))
    }
  }

  private func makeMove() throws {
    var turn = SessionMoves(random, cluster, witness.picture)
    var refusal: Status?
    do throws(Status) {
      try turn.move()
    } catch {
      refusal = error
    }
    random = turn.random
    guard !turn.told.isEmpty else { return }
    moves += 1
    say(turn.told + (refusal.map { ": " + $0.message } ?? ""))
    if let refusal, refusal.code >= 500 { throw Violation("\(turn.told): \(refusal.message)") }
  }

  private func say(_ text: String) { lines.append((witness.revision, "+\((cluster.now - start).goText) -- \(text)")) }

  private func follow(for length: Duration) throws { try witness.follow(until: cluster.now + length) }

  /// A command ends: what it did will be there.
  private func commit() throws {
    try follow(for: .zero)
    try cluster.commit()
    try witness.committed()
  }

  /// The process is killed, and another opens the cluster; in memory it ends behind its last command.
  private func kill() throws {
    guard let folder else {
      try follow(for: .zero)
      say("kill")
      return cluster.beginAnew()
    }
    try follow(for: .zero)
    say("kill")
    cluster.abandon()
    cluster = try SimulatedCluster.open(folder: folder, clock: nil, seed: seed)
    witness = try witness.reopened(as: cluster)
    say("opened")
  }

  // MARK: Liveness

  private func beLive() throws {
    try mendSurroundings()
    try settle("with sound nodes", after: .seconds(2400)) { [self] in
      try SettledChecker.check(witness.picture, events: events(), at: cluster.now)
    }
    try mendWorkloads()
    try settle("with all mended", after: .seconds(900)) { [self] in
      try SettledChecker.check(witness.picture, events: events(), at: cluster.now)
      try SettledChecker.checkHealthy(witness.picture)
    }
  }

  private func events() throws -> [Value] { try cluster.list(Kinds.event, namespace: nil, ListOptions()).items }

  /// Lets time pass until the promises hold; what never stands still is looked at more than once.
  private func settle(_ what: String, after length: Duration, _ check: () throws -> Void) throws {
    let before = cluster.figures.fired
    try follow(for: length)
    let worked = cluster.figures.fired - before
    if worked > RandomSession.mostWork { throw Violation("\(what): the workers worked \(worked) times without getting anywhere") }
    for attempt in 1... {
      do {
        return try check()
      } catch let found as Violation {
        if attempt == 8 { throw Violation("\(what): \(found.message)") }
        try follow(for: .seconds(attempt * 3))
      }
    }
  }

  private func mendSurroundings() throws {
    try commit()
    say("mend the nodes")
    for node in witness.picture.nodes.objects {
      try cluster.strike(.healNode(node.name))
      let key = ObjectKey(Kinds.node, "", node.name)
      let taints = try cluster.get(key, subresource: nil)["spec"]["taints"].items.filter { $0["key"] != "dedicated" }
      let spec: Value = ["unschedulable": nil, "taints": taints.isEmpty ? nil : .array(taints)]
      _ = try cluster.patch(key, subresource: nil, .merge(["spec": spec]), WriteOptions())
    }
    try resume()
  }

  /// Nobody waits for a user any more.
  private func resume() throws {
    for deployment in witness.picture.deployments.objects where !deployment.isBeingDeleted {
      var change: Value = [:]
      if deployment["spec"]["paused"] == true { change["paused"] = nil }
      // Kubernetes leaves a Deployment that recreates where it is, if it is scaled while it has two ReplicaSets with pods.
      let active = witness.picture.replicaSets(ownedBy: deployment.uid).filter { Facts.replicas($0) > 0 }
      if !Facts.isRolling(deployment), active.count > 1 { change["strategy"] = ["type": "RollingUpdate"] }
      if change.members.isEmpty { continue }
      let key = ObjectKey(Kinds.deployment, deployment.namespace, deployment.name)
      _ = try cluster.patch(key, subresource: nil, .merge(["spec": change]), WriteOptions())
    }
  }

  /// Images that can be pulled, commands that don't end; whoever is on their own is taken away.
  private func mendWorkloads() throws {
    say("mend the workloads")
    for deployment in witness.picture.deployments.objects {
      var container = deployment["spec"]["template"]["spec"]["containers"][0]
      container["image"] = "nginx:9"
      container.remove("command")
      container.remove("livenessProbe")
      let template: Value = [
        "metadata": ["annotations": ["sim.kctl.dev/crash-after": nil]], "spec": ["containers": [container]],
      ]
      let key = ObjectKey(Kinds.deployment, deployment.namespace, deployment.name)
      _ = try cluster.patch(key, subresource: nil, .merge(["spec": ["template": template]]), WriteOptions())
    }
    for replicaSet in witness.picture.replicaSets.objects where replicaSet.controllerReference == nil {
      _ = try cluster.delete(ObjectKey(Kinds.replicaSet, replicaSet.namespace, replicaSet.name), DeleteOptions())
    }
    for pod in witness.picture.pods.objects where pod.controllerReference == nil {
      _ = try cluster.delete(ObjectKey(Kinds.pod, pod.namespace, pod.name), DeleteOptions())
    }
  }

  // MARK: Telling

  private func digestEverything() throws {
    for kind in try cluster.kinds() where kind.verbs.contains("list") {
      for object in try cluster.list(kind, namespace: nil, ListOptions()).items {
        var bytes: [UInt8] = []
        JSON.write(object, to: &bytes)
        for byte in bytes { witness.mix(UInt64(byte)) }
      }
    }
  }

  /// The last moves and changes in their order.
  private func trail() -> [String] {
    var out: [String] = []
    var said = lines[...]
    for sight in witness.trail.suffix(60) {
      while let line = said.first, line.revision < sight.revision {
        out.append(line.text)
        said = said.dropFirst()
      }
      out.append(sight.line(since: start))
    }
    return out + said.map(\.text)
  }
}
