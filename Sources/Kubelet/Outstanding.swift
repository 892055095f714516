import APIMachinery

// What a pod's kubelet and a reporting runtime have open between them. None of it is kept: a new kubelet asks the runtime what there is.

extension Instant {
  /// When what is waited for comes, as long as nobody knows.
  static let never = Instant(nanoseconds: .max)
}

/// What was asked of a reporting runtime for one pod and is not answered yet, and what it has answered.
final class Outstanding {
  /// What the runtime said of one container.
  enum Report {
    case looked(ImagePresence)
    case pulled(error: String?)
    case started(id: String, at: Instant)
    case failed(id: String, StartFailure)
    case ended(id: String, Exit)
    case hookEnded(Hook, id: String, failure: String?)
  }

  /// A container's stop that is under way.
  struct Stop: Equatable {
    let grace: Duration
    /// When the grace ends.
    var until: Instant
    /// The preStop hook runs; the container was not told yet.
    var isHooking: Bool
  }

  /// Reports that the pod's worker has not seen, in the order in which they came.
  var inbox: [(container: String, report: Report)] = []
  /// The run that was asked for.
  var starting: (index: Int, run: Run)?
  var stops: [Int: Stop] = [:]
  /// Containers that are stopped to be started anew.
  var restarting: [Int] = []
  /// Whether a probe's verdict has changed since the worker looked.
  var hasVerdict = false

  /// Takes the news of a verdict.
  func takeVerdict() -> Bool {
    defer { hasVerdict = false }
    return hasVerdict
  }

  /// When to look again, for a worker that would at `next`: what never comes is not waited for, and a preStop hook's time may be up before.
  func wake(_ next: Instant?) -> Instant? {
    var wake = next == .never ? nil : next
    for stop in stops.values where stop.isHooking { wake = wake.map { min($0, stop.until) } ?? stop.until }
    return wake
  }
}
