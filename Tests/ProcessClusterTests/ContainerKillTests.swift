import Foundation
import Posix
import Testing

@testable import ProcessCluster

// Nothing survives its container, and nothing else is ever touched.

#if os(Linux)
  struct ContainerKillTests {
    let scene: ContainerScene
    init() throws { scene = try ContainerScene() }

    /// Starts a script whose processes all carry a mark in their words, waits until `up` is said, kills, and looks for survivors.
    private func nothingSurvives(_ script: (_ mark: String) -> String, count: Int, crowd: Int = 1) throws {
      // Such a number of seconds as nobody else sleeps.
      let mark = "\(Int.random(in: 10_000_000..<99_000_000)).5"
      let container = try scene.start(scene.shell(script(mark)))
      _ = try line(of: container) { $0 == "up" }
      _ = try wait(for: "\(count) processes") { processes(with: "sleep\0\(mark)").count >= count ? true : nil }
      _ = try wait(for: "a crowd of \(crowd)") { ProcessTree.descendants(of: container.shim).count >= crowd ? true : nil }
      container.kill()
      let exit = try end(of: container)
      #expect(exit.outcome == .signalled(9))
      #expect(exit.left == 0)
      #expect(processes(with: mark).isEmpty)
    }

    @Test func aSilentProgramDies() throws { try nothingSurvives({ "echo up; exec sleep \($0)" }, count: 1) }

    @Test func oneThatIgnoresSignalsDies() throws {
      let script = { (mark: String) in "trap '' TERM INT HUP; sleep \(mark) & echo up; while :; do wait; sleep 0.01; done" }
      try nothingSurvives(script, count: 1)
    }

    @Test func oneThatForksTwiceDies() throws {
      try nothingSurvives({ "( ( sleep \($0) & ) & ) ; echo up; sleep \($0)" }, count: 2)
    }

    @Test func oneInASessionOfItsOwnDies() throws {
      try nothingSurvives({ "setsid setsid sleep \($0) & setsid sh -c 'sleep \($0) & sleep \($0)' & echo up; sleep \($0)" }, count: 4)
    }

    @Test func oneWithoutItsEnvironmentDies() throws {
      try nothingSurvives({ "setsid env -i setsid sh -c '( ( exec sleep \($0) ) & ) ' & echo up; exec sleep \($0)" }, count: 2)
    }

    @Test func aBoundedStormDies() throws {
      // Each round replaces processes that end at once by new ones; at most about 200 at a time.
      let script = { (mark: String) in
        """
        storm() { i=0; while [ $i -lt 4000 ]; do (setsid sh -c 'sleep 0.03 & sleep 0.01 & exit' &) ; i=$((i+1)); done; }
        storm & storm & setsid env -i sh -c 'while :; do sleep 0.01 & wait; done' & setsid sleep \(mark) & echo up; sleep \(mark)
        """
      }
      try nothingSurvives(script, count: 2, crowd: 20)
    }

    @Test func whatAnEndedProgramLeavesBehindGoesToo() throws {
      let mark = "\(Int.random(in: 10_000_000..<99_000_000)).5"
      let (exit, container) = try scene.run(scene.shell("setsid sleep \(mark) & (sleep \(mark) &) ; echo said; exit 5"))
      #expect(exit.code == 5)
      #expect(text(lines(container)) == ["said"])
      #expect(processes(with: mark).isEmpty)
    }

    @Test func theEndOfTheShimIsTheEndOfItsProgram() throws {
      let mark = "\(Int.random(in: 10_000_000..<99_000_000)).5"
      let container = try scene.start(scene.shell("setsid sleep \(mark) & echo up; sleep \(mark)"))
      _ = try line(of: container)
      #expect(kill(container.shim, SIGKILL) == 0)
      let exit = try end(of: container)
      #expect(exit.outcome == .lost)
      #expect(exit.code == 137)
      #expect(try wait(for: "all to be gone") { processes(with: mark).isEmpty ? true : nil })
      #expect(ContainerProcess.adopt(folder: container.folder)?.ended?.outcome == .lost)
    }

    @Test func oneProgramsEndIsNoneOfAnothers() throws {
      let first = try scene.start(scene.shell("echo up; sleep 100"))
      let second = try scene.start(scene.shell("echo up; sleep 100"))
      _ = try line(of: first)
      _ = try line(of: second)
      first.kill()
      _ = try end(of: first)
      #expect(second.isRunning)
      #expect(lives(second.program))
      second.kill()
      _ = try end(of: second)
      // Those who speak to what is gone reach nobody.
      #expect(!second.signal(15))
      second.kill()
    }
  }
#endif
