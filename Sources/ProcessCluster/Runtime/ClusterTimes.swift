import APIMachinery
import Client
import Posix

// The machine's clock beside the cluster's, which never goes back.

/// Tells one clock's moments by the other. They are the same until somebody sets the machine's back: the cluster's time goes on then, ahead of
/// it, and what shims note is of the machine's.
struct ClusterTimes {
  let agenda: any Agenda
  let machine: () -> Instant

  init(_ agenda: any Agenda, machine: @escaping () -> Instant = { Instant(nanoseconds: WallClock.now) }) {
    self.agenda = agenda
    self.machine = machine
  }

  /// How far the cluster is ahead. What it has not caught up with yet is no difference.
  private var lead: Duration {
    let ahead = agenda.now - machine()
    return ahead > .seconds(1) ? ahead : .zero
  }

  /// When something happened that a shim has noted.
  func cluster(_ noted: Instant) -> Instant { noted + lead }
  /// When a shim would have noted something of this moment.
  func machine(_ time: Instant) -> Instant { time - lead }
}
