import Posix

// Whose the programs behind ports are, found out once for many connections.

/// Remembers for a moment that a port is the pod's: who listens is read from the table of all the machine's sockets.
struct PortJudge {
  /// A port of a pod at an address.
  struct Place: Hashable {
    let pod: String
    let host: String
    let port: UInt16
  }

  private var ends: [Place: Int64] = [:]
  private static let length: Int64 = 1_000_000_000

  /// - Parameters:
  ///   - now: a clock that never goes back, in nanoseconds.
  ///   - processes: the pod's.
  mutating func answerer(_ place: Place, now: Int64, of processes: () -> [Int32]) -> PortHolder.Answerer {
    if let end = ends[place], now < end { return .theirs }
    ends = ends.filter { now < $1 }
    let found = PortHolder.answerer(address: place.host, port: place.port, of: processes())
    if found == .theirs { ends[place] = now + PortJudge.length }
    return found
  }
}
