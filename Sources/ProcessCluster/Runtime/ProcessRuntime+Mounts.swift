import Formats
import Posix

// A container's own mounts: its volumes, and its termination message.

extension ProcessRuntime {
  /// What is to be mounted for a container, where this process may mount.
  /// - Parameter message: the file of its termination message.
  func mountPlan(_ spec: Value, _ setup: ContainerSetup, message: String) -> MountPlan {
    var wishes = setup.mounts.map { mount in
      MountPlan.Wish(
        what: "volume \"\(mount.volume)\"", volume: mount.root, within: mount.within, path: mount.mountPath,
        isReadOnly: mount.isReadOnly, isScratch: mount.isScratch, variable: ServiceVariables.volume(mount.volume))
    }
    if let path = ProcessRuntime.messagePath(spec) {
      wishes.append(MountPlan.Wish(what: "the termination message", volume: message, path: path, variable: "KCTL_TERMINATION_LOG"))
    }
    return MountPlan(wishes, own: folder)
  }

  /// Tells what a container could not be given.
  func tellUnmounted(of one: LiveRun, _ pending: PendingLaunch) {
    guard let failure = pending.mountFailure, let notice = one.plan?.notice(step: failure.step, failure.problem),
      let pod = pod(of: one.run.container)
    else { return }
    tell(pod, notice.reason, notice.message, container: one.run.container.container)
  }

  private static let usualMessagePath = "/dev/termination-log"

  /// Where a container's program is to find the file of its message: as the manifest says, or where Kubernetes has it, if the manifest's
  /// words name that.
  private static func messagePath(_ spec: Value) -> String? {
    let path = spec["terminationMessagePath"].text
    if !path.isEmpty, path != usualMessagePath { return path.hasPrefix("/") ? path : "/" + path }
    let texts = spec["command"].items + spec["args"].items + spec["env"].items.map { $0["value"] }
    return texts.contains { $0.text.contains(usualMessagePath) } ? usualMessagePath : nil
  }
}
