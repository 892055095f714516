import APIMachinery

// How fast processor time is used, by samples that are taken when somebody asks: nobody who doesn't ask pays for it.

/// Rates of growing counters. A rate goes back to an earlier sample that is old enough to tell and young enough to be of interest; where
/// there is none, to where the counter began.
struct UsageMeter<Key: Hashable> {
  /// A counter's value at a moment of a clock that never goes back.
  struct Sample: Equatable {
    var time: Int64
    var used: Int64
  }

  /// How fast a counter grew, and for how long that was looked at.
  struct Rate: Equatable {
    var nanosecondsPerSecond: Int64
    var window: Duration
  }

  private struct Track {
    var older: Sample?
    var last: Sample
  }

  /// The kernel counts processor time in hundredths of a second: over less than this, they would show.
  static var shortest: Duration { .seconds(1) }
  /// What was longer ago says little of now.
  static var longest: Duration { .seconds(60) }

  private var tracks: [Key: Track] = [:]

  /// Whether a rate that is asked for now would tell of now.
  /// - Parameter start: where the counter began.
  func isReady(_ key: Key, at time: Int64, start: Sample) -> Bool { base(tracks[key], at: time, start) != nil }

  /// Takes a sample.
  /// - Returns: the rate up to it.
  mutating func take(_ sample: Sample, of key: Key, start: Sample) -> Rate {
    let track = tracks[key]
    let base = base(track, at: sample.time, start) ?? start
    // One that follows its forerunner closely replaces none that can be measured from.
    if let last = track?.last {
      if sample.time - last.time >= Self.shortest.nanoseconds { tracks[key] = Track(older: last, last: sample) }
    } else {
      tracks[key] = Track(older: nil, last: sample)
    }
    let window = max(1, sample.time - base.time)
    // What a process used that nobody has waited for is lost to its parent: a counter may step back.
    let used = max(0, sample.used - base.used)
    let rate = (Double(used) / Double(window) * 1_000_000_000).rounded()
    return Rate(nanosecondsPerSecond: Int64(exactly: rate) ?? .max, window: .nanoseconds(window))
  }

  /// Forgets all but some.
  mutating func keep(_ isKept: (Key) -> Bool) { tracks = tracks.filter { isKept($0.key) } }

  private func base(_ track: Track?, at time: Int64, _ start: Sample) -> Sample? {
    for sample in [track?.last, track?.older] {
      if let sample, isOfUse(sample, at: time) { return sample }
    }
    return time - start.time <= Self.longest.nanoseconds ? start : nil
  }

  private func isOfUse(_ sample: Sample, at time: Int64) -> Bool {
    let age = time - sample.time
    return age >= Self.shortest.nanoseconds && age <= Self.longest.nanoseconds
  }
}
