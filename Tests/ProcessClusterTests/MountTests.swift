import Foundation
import Posix
import Testing

@testable import ProcessCluster

// A container's own mounts: how they are planned, and real ones where this process may mount.

@Suite(.enabled(if: hasPodAddresses, "this is not Linux"))
struct MountPlanTests {
  private let scene: ContainerScene
  private let volume: String

  init() throws {
    scene = try ContainerScene()
    volume = try scene.place()
  }

  private func wish(_ path: String, within: String = "", isReadOnly: Bool = false, isScratch: Bool = true) -> MountPlan.Wish {
    MountPlan.Wish(
      what: "volume \"v\"", volume: volume, within: within, path: path, isReadOnly: isReadOnly, isScratch: isScratch,
      variable: "KCTL_VOLUME_V")
  }

  private func plan(_ wishes: MountPlan.Wish..., isPermitted: Bool = true) -> MountPlan {
    MountPlan(wishes, own: scene.folder + "/pods", isPermitted: isPermitted)
  }

  private func bind(_ path: String, within: String = "", isReadOnly: Bool = false) -> MountStep {
    .bind(volume: volume, within: within, at: path, isReadOnly: isReadOnly)
  }

  @Test func whatIsThereIsMountedOnAndWhatIsMissingIsMadeInACopy() throws {
    let there = Folder.reached(try scene.place()).path
    let plan = plan(wish("/no-such/b"), wish("/no-such/a", isReadOnly: true), wish(there), wish("/etc/no-such"))
    #expect(plan.notices.isEmpty)
    #expect(
      plan.steps == [
        bind(there), .cover("/"), .cover("/etc"), .makeFolder("/etc/no-such"), bind("/etc/no-such"), .makeFolder("/no-such/a"),
        bind("/no-such/a", isReadOnly: true), .makeFolder("/no-such/b"), bind("/no-such/b"),
      ])
    #expect(plan.shows("/no-such/a/run.sh") && !plan.shows("/bin/sh"))
  }

  @Test func aMountInAMountIsMadeInTheVolume() throws {
    try Folder.make(volume + "/sub")
    let plan = plan(wish("/no-such/in/it", within: "sub"), wish("/no-such"))
    #expect(plan.steps.suffix(2) == [bind("/no-such"), bind("/no-such/in/it", within: "sub")])
    #expect(Folder.isFolder(volume + "/in/it"))
    let kept = self.plan(wish("/no-such", isScratch: false), wish("/no-such/other"))
    #expect(kept.notices.map(\.reason) == ["NotMounted"] && kept.steps.last == bind("/no-such"))
  }

  @Test func whatMustStayIsNotHidden() throws {
    try Folder.make(scene.folder + "/pods")
    let file = scene.folder + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    func why(_ path: String) -> String { plan(wish(path)).notices.first?.message ?? "" }
    for path in ["/", "/usr", "/etc", "/lib", "/proc"] { #expect(why(path).contains("programs of this machine need"), "\(path)") }
    #expect(why(scene.folder).contains("kctl's own files are there"))
    #expect(why(scene.folder + "/pods").contains("kctl's own files are there"))
    #expect(why(file).contains("a file is there, and this is a folder"))
    #expect(
      why("/tmp/no-such/at all")
        == "volume \"v\" is not mounted at /tmp/no-such/at all: it is not there; hint: mkdir -p /tmp/no-such/at all; "
        + "the program finds it by $KCTL_VOLUME_V")
    let refused = plan(wish("/srv"), isPermitted: false)
    #expect(refused.steps.isEmpty && refused.notices.count == 1)
    #expect(plan(isPermitted: false).notices.isEmpty)
  }
}

@Suite(.enabled(if: MountStep.arePermitted, "only root may mount, on Linux"))
struct MountTests {
  private let scene: ContainerScene
  private let volume: String

  init() throws {
    scene = try ContainerScene()
    volume = try scene.place()
    try Data("hi".utf8).write(to: URL(fileURLWithPath: volume + "/a"))
  }

  private func launch(_ script: String, _ steps: MountStep...) -> ContainerLaunch {
    var launch = scene.shell(script)
    launch.mounts = steps
    return launch
  }

  private func bind(_ path: String, within: String = "", isReadOnly: Bool = false) -> MountStep {
    .bind(volume: volume, within: within, at: path, isReadOnly: isReadOnly)
  }

  @Test func volumesAreSeenWhereNothingIs() throws {
    let script =
      "cd /kctl-none/deep && [ $(cat a) = hi ] && ! touch x 2>/dev/null && touch /kctl-none/mine && [ -e /proc/self/stat ] || exit 1; exit 7"
    let (exit, _) = try scene.run(
      launch(script, .cover("/"), .makeFolder("/kctl-none/deep"), bind("/kctl-none/deep", isReadOnly: true)))
    #expect(exit.code == 7)
    #expect(!Folder.exists("/kctl-none"))
    let ours = String(decoding: try Machine.readFile("/proc/self/mountinfo"), as: UTF8.self)
    #expect(!ours.contains("kctl-none"))
  }

  @Test func whatChangesInAVolumeIsSeenThroughIt() throws {
    let place = try scene.place()
    let container = try scene.start(launch("echo > \(volume)/up; until [ -e \(place)/b ]; do sleep 0.01; done; rm \(place)/a", bind(place)))
    _ = try wait(for: "the program") { Folder.exists(volume + "/up") ? true : nil }
    // What a probe's command sees is what the program sees.
    var child = GroupChild.Program(["test", "-e", place + "/a"])
    child.environment = [("PATH", "/usr/bin:/bin")]
    for (process, code): (Int32?, Int32) in [(nil, 1), (container.program, 0)] {
      child.mountsOf = process
      let run = try GroupChild(child)
      _ = try wait(for: "its end") { run.hasEnded ? true : nil }
      #expect(run.reap() == code)
    }
    try Data().write(to: URL(fileURLWithPath: volume + "/b"))
    #expect(try end(of: container).code == 0)
    #expect(!Folder.exists(volume + "/a") && !Folder.exists(place + "/b"))
  }

  @Test func noLinkLeadsOutOfAVolume() throws {
    let place = try scene.place()
    try FileManager.default.createSymbolicLink(atPath: volume + "/out", withDestinationPath: "/etc")
    try FileManager.default.createSymbolicLink(atPath: volume + "/up", withDestinationPath: "..")
    for within in ["out", "up", "../.."] {
      let pending = try PendingLaunch(
        launch("[ -z \"$(ls \(place))\" ]", .makeFolder(place), bind(place, within: within)), folder: try scene.place(),
        executable: ContainerScene.shim)
      let container = try pending.finish()
      // It runs all the same, and which of its mounts it lacks is told.
      #expect(pending.mountFailure?.step == 2 && pending.mountFailure?.problem.leavesFolder == true, "\(within)")
      #expect(try end(of: container).code == 0)
    }
  }

  @Test func aFolderThatCannotBeLaidOverIsLeftAlone() throws {
    let pending = try PendingLaunch(
      launch("ls / > /dev/null", .cover("/kctl-none"), .makeFolder("/kctl-none/a")), folder: try scene.place(),
      executable: ContainerScene.shim)
    let container = try pending.finish()
    #expect(pending.mountFailure?.step == 1)
    #expect(try end(of: container).code == 0)
    #expect(!Folder.exists("/kctl-none"), "what was to be in it is not made outside")
  }
}
