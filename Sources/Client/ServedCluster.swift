import APIMachinery

// A cluster of our own, as whoever serves it to others drives it.

/// A cluster that never waits by itself: whoever serves it lets time pass and asks what has come of it.
public protocol ServedCluster: Client, ClusterHousekeeping {
  /// Whether the cluster's time follows the machine's. A manual one moves only when told to.
  var followsMachine: Bool { get }
  /// Lets the cluster's time catch up with the machine's, where it follows it, and its workers see what has changed.
  func catchUp()
  /// When the next event is due.
  var nextDue: Instant? { get }
  /// Lets a manual cluster's time jump to a moment.
  func jump(to time: Instant)
  /// What one of its own streams has, without waiting.
  func poll(_ stream: any EventStream) -> Polled
  /// How long a reader of a kind had better wait, as what it asks for is just being measured; nil: not at all.
  func measuring(_ kind: Kind) -> Duration?
  /// The last write's number: where it stands still, no watch has anything new.
  var revision: Int64 { get }
  /// Whether something has happened since the last commit.
  var isUncommitted: Bool { get }
  /// Who gives streams into its containers; nil: they run no programs.
  var streams: (any ContainerStreams)? { get }
  /// The folder where it is kept, and where others look for whoever serves it; nil: in memory only.
  var folder: String? { get }
}

/// What a stream has just now.
public enum Polled {
  case event(StreamEvent)
  case ended
  /// Nothing yet, and of itself nothing before a moment (a watch's time is up, a log's next line is foretold).
  case nothing(until: Instant?)
}
