import SimulatedCluster

// Random sessions by the thousand: each held against what Kubernetes promises.

enum Seeds {
  /// `seeds 10000` runs the seeds from 1; `seeds 17-17` only those.
  static func run(_ words: [String], _ tell: (Figure) -> Void) throws {
    let seeds = try range(words)
    var failures: [UInt64] = []
    var changes = 0
    var moves = 0
    var digest: UInt64 = 0
    let seconds = try Measure.seconds {
      for seed in seeds {
        let outcome = try session(seed)
        changes += outcome.changes
        moves += outcome.moves
        digest = (digest ^ outcome.digest) &* 0x100_0000_01b3
        guard outcome.violation != nil else { continue }
        failures.append(seed)
        BenchProgram.complain(outcome.report)
      }
    }
    tell(Figure(what: "random sessions", value: Double(seeds.count), unit: "seeds", beside: "digest \(String(digest, radix: 16))"))
    tell(Figure(what: "for one session", value: seconds / Double(seeds.count) * 1000, unit: "ms"))
    tell(Figure(what: "moves of users and misfortune", value: Double(moves), unit: "moves"))
    tell(Figure(what: "changes held against the promises", value: Double(changes), unit: "changes"))
    tell(Figure(what: "broken promises", value: Double(failures.count), unit: "seeds"))
    if !failures.isEmpty { throw BenchFailure("seeds that fail: \(failures.map(String.init).joined(separator: " "))") }
  }

  /// Every fourth session is kept in a folder.
  private static func session(_ seed: UInt64) throws -> SessionOutcome {
    guard seed % 4 == 0 else { return RandomSession.run(seed: seed) }
    var outcome: SessionOutcome?
    try Measure.withFolder { outcome = RandomSession.run(seed: seed, folder: $0) }
    return outcome ?? RandomSession.run(seed: seed)
  }

  private static func range(_ words: [String]) throws -> ClosedRange<UInt64> {
    guard let word = words.first else { return 1...1000 }
    let ends = word.split(separator: "-", maxSplits: 1).compactMap { UInt64($0) }
    if words.count == 1, word.allSatisfy({ $0.isNumber || $0 == "-" }) {
      if ends.count == 1, ends[0] > 0, !word.contains("-") { return 1...ends[0] }
      if ends.count == 2, ends[0] <= ends[1] { return ends[0]...ends[1] }
    }
    throw BenchFailure("invalid seeds \"\(words.joined(separator: " "))\": expected how many, or the first and the last like 17-20")
  }
}
