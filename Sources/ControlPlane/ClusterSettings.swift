import APIMachinery
import Client
import Formats

// What a cluster keeps of itself.

/// What a cluster is apart from its objects; kept as a note.
public struct ClusterSettings: Equatable, Sendable {
  public var clock: ClockMode
  public var seed: UInt64
  /// When the cluster was made.
  public var born: Instant
  public var uid: String
  public var offset: Duration

  static let notes = "cluster"
  static let key = "settings"

  var note: Value {
    [
      "clock": .string(clock.rawValue), "seed": .string(String(seed)), "born": .int(born.nanoseconds), "uid": .string(uid),
      "offset": .int(offset.nanoseconds),
    ]
  }

  init(clock: ClockMode, seed: UInt64, born: Instant, uid: String, offset: Duration) {
    self.clock = clock
    self.seed = seed
    self.born = born
    self.uid = uid
    self.offset = offset
  }

  init?(note: Value) {
    guard let clock = note["clock"].string.flatMap(ClockMode.init(rawValue:)), let seed = note["seed"].string.flatMap({ UInt64($0) }),
      let born = note["born"].int, let offset = note["offset"].int
    else { return nil }
    self.init(clock: clock, seed: seed, born: Instant(nanoseconds: born), uid: note["uid"].text, offset: .nanoseconds(offset))
  }
}
