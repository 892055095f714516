import APIMachinery

// What a cluster has done since it was opened, for `-v=6` and benchmarks.

/// Counts of what was done.
public struct Figures: Equatable, Sendable {
  /// Entries of the agenda that came due and were worked on.
  public var fired = 0
  /// Changes that workers were shown.
  public var changes = 0
  /// Requests of whoever uses the cluster.
  public var reads = 0
  public var writes = 0
  /// How much simulated time has passed.
  public var advanced = Duration.zero
  /// How long the commits took, in wall time.
  public var committing = Duration.zero
  public var commits = 0

  public init() {}

  /// `advanced 10s, fired 41 events, saw 87 changes, 2 reads, 1 writes, 1 commits in 3ms`
  public var text: String {
    "advanced \(advanced.goText), fired \(fired) events, saw \(changes) changes, \(reads) reads, \(writes) writes, \(commits) commits in \(committing.goText)"
  }
}
