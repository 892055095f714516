import Kubelet
import Posix

// A container as its runtime holds it.

/// A run that was started or taken over, until nobody asks for it any more.
final class LiveRun {
  let run: RunKey
  let place: RunFolder
  var setup: ContainerSetup?
  var plan: MountPlan?
  var pending: PendingLaunch?
  var process: ContainerProcess?
  /// Where it is a container of an engine, whose client is its program.
  var engine: EngineRun?
  var watched: Int32?
  var hasEnded = false
  /// Whether it was told that its log lacks something.
  var hasToldDropped = false
  /// A stop that came before it ran.
  var wantedStop: Duration?
  /// Whether it was asked to end.
  var isAsked = false
  var killAt: Int64?
  var killTimer: LoopTimer?
  var handlers: [RunningProbe] = []
  /// Commands that were asked for in it.
  var commands: [ExecStream] = []
  /// Who is attached to it, by their places.
  var attached: [Int: AttachStream] = [:]

  init(_ run: RunKey, _ place: RunFolder, _ setup: ContainerSetup?) {
    self.run = run
    self.place = place
    self.setup = setup
  }
}
