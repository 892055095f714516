import Foundation
import Posix
import Testing

@testable import ProcessCluster

// Containers outlive whoever started them, and are found again.

#if os(Linux)
  struct ContainerAdoptionTests {
    let scene: ContainerScene
    init() throws { scene = try ContainerScene() }

    @Test func aRunningOneIsAdopted() throws {
      let container = try scene.start(scene.shell("trap 'echo bye; exit 6' TERM; echo up; while :; do sleep 0.02; done"))
      let adopted = try #require(ContainerProcess.adopt(folder: container.folder))
      #expect(adopted.isRunning)
      #expect(adopted.shim == container.shim && adopted.program == container.program && adopted.started == container.started)
      _ = try line(of: adopted)
      #expect(adopted.signal(15))
      #expect(try end(of: adopted).code == 6)
      #expect(try end(of: container) == end(of: adopted))
      #expect(text(lines(adopted)).filter { $0 != "Terminated" } == ["up", "bye"])
    }

    @Test func aKilledLauncherLosesNoLineAndNoCode() throws {
      let place = try scene.place()
      let script = "i=0; while [ $i -lt 400 ]; do echo line $i; i=$((i+1)); [ $((i % 100)) = 0 ] && sleep 0.1; done; exit 9"
      // A launcher that is no shim and no child of a shim: the same executable, by its path.
      let launcher = Process()
      launcher.executableURL = URL(fileURLWithPath: ContainerScene.shim)
      launcher.arguments = [place, "/bin/sh", "-c", script]
      let said = Foundation.Pipe()
      launcher.standardOutput = said
      try launcher.run()
      let words = String(decoding: said.fileHandleForReading.availableData, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      #expect(words.count == 2 && words[1] == "0", "\(words)")
      kill(launcher.processIdentifier, SIGKILL)
      launcher.waitUntilExit()

      let adopted = try #require(ContainerProcess.adopt(folder: place))
      #expect(adopted.isRunning)
      #expect(words.first == "\(adopted.shim)")
      #expect(try end(of: adopted).code == 9)
      #expect(text(lines(adopted)) == (0..<400).map { "line \($0)" })
    }

    @Test func anEndedOneIsAdopted() throws {
      let (exit, container) = try scene.run(scene.shell("echo out; exit 3"))
      let adopted = try #require(ContainerProcess.adopt(folder: container.folder))
      #expect(!adopted.isRunning)
      #expect(adopted.ended == exit)
    }

    @Test func anEmptyFolderHoldsNone() throws { #expect(ContainerProcess.adopt(folder: try scene.place()) == nil) }

    @Test func aLaunchThatWasDroppedIsFound() throws {
      let place = try scene.place()
      _ = try PendingLaunch(scene.launch(of: ["/bin/sleep", "100"]), folder: place, executable: ContainerScene.shim)
      let adopted = try #require(ContainerProcess.adopt(folder: place))
      #expect(adopted.isRunning)
      adopted.kill()
      _ = try end(of: adopted)
    }

    /// A foreign process whose number a folder's records name.
    private func foreigner(_ environment: [String: String] = [:]) throws -> Process {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sleep")
      process.arguments = ["100"]
      process.environment = environment
      try process.run()
      return process
    }

    /// By a signal that can't be blocked, as SIGTERM may be in what a test's thread starts.
    private func dismiss(_ stranger: Process) {
      kill(stranger.processIdentifier, SIGKILL)
      stranger.waitUntilExit()
    }

    private func state(token: String, process: Int32, began: Int) -> String {
      "kctl-shim 1\ntoken \(token)\nshim \(process)\nshim-began \(began)\nprogram \(process)\nprogram-began \(began)\nstarted 1\noutcome -\n"
    }

    @Test func aNumberThatHasBecomeAnothersIsLeftAlone() throws {
      let stranger = try foreigner()
      let number = stranger.processIdentifier
      let began = try #require(ProcessTree.start(of: number))
      let token = "0123456789abcdef0123456789abcdef"
      for start in [began, began - 1] {
        // With the lock free its shim is dead, whoever has the number; with the lock held it isn't the one that the records name.
        let place = try scene.place()
        try state(token: token, process: number, began: start).write(toFile: place + "/state", atomically: true, encoding: .utf8)
        let adopted = try #require(ContainerProcess.adopt(folder: place))
        #expect(adopted.ended?.outcome == .lost)
        adopted.kill()
        #expect(!adopted.signal(9))
        let lock = try FolderLock(place)
        #expect(ContainerProcess.adopt(folder: place) == nil)
        withExtendedLifetime(lock) {}
      }
      #expect(stranger.isRunning)
      dismiss(stranger)
    }

    @Test func whatCarriesTheTokenOfADeadShimIsEnded() throws {
      let token = "\(UInt64.random(in: .min ... .max))"
      let (ours, stranger) = (try foreigner(["KCTL_TOKEN": token]), try foreigner(["KCTL_TOKEN": token + "0"]))
      let place = try scene.place()
      try state(token: token, process: 999_999_999, began: 1).write(toFile: place + "/state", atomically: true, encoding: .utf8)
      #expect(ContainerProcess.adopt(folder: place)?.ended?.outcome == .lost)
      ours.waitUntilExit()
      #expect(stranger.isRunning)
      dismiss(stranger)
    }
  }

  /// A folder's lock, as a living shim holds it.
  private final class FolderLock {
    private let number: Int32
    init(_ path: String) throws {
      number = open(path, O_RDONLY | O_CLOEXEC)
      try #require(flock(number, LOCK_EX | LOCK_NB) == 0)
    }
    deinit { close(number) }
  }
#endif
