import Foundation
import Posix
import Testing

@testable import ProcessCluster

// How containers begin and end: codes, signals, failures, what a program finds, what it leaves.

#if os(Linux)
  struct ContainerEndTests {
    let scene: ContainerScene
    init() throws { scene = try ContainerScene() }

    @Test(arguments: [0, 1, 3, 255]) func anExitCodeIsKept(code: Int) throws {
      let (exit, container) = try scene.run(scene.shell("exit \(code)"))
      #expect(exit.outcome == .exited(code: Int32(code)))
      #expect(exit.code == code)
      #expect(exit.ended >= exit.started)
      #expect(!container.isRunning)
    }

    @Test func aSignalIsKept() throws {
      #expect(try scene.run(scene.shell("kill -9 $$")).exit.outcome == .signalled(9))
      #expect(try scene.run(scene.shell("kill -SEGV $$")).exit.code == 139)
    }

    @Test func aSignalReachesTheWholeGroup() throws {
      let child = "trap 'echo child; exit' TERM; echo up; while :; do sleep 0.05; done"
      let container = try scene.start(scene.shell("trap 'echo parent; wait; exit 4' TERM; (\(child)) & wait"))
      _ = try line(of: container) { $0 == "up" }
      #expect(container.signal(15))
      #expect(try end(of: container).code == 4)
      #expect(Set(text(lines(container))).isSuperset(of: ["up", "parent", "child"]))
    }

    @Test func whatAProgramLeavesMayGoOn() throws {
      var launch = scene.shell("setsid sleep 1000 >/dev/null 2>&1 & echo $!; exit 3")
      launch.leavesOthers = true
      let (exit, container) = try scene.run(launch)
      #expect(exit.code == 3)
      let left = try #require(text(lines(container)).first.flatMap { Int32($0) })
      #expect(Machine.isAlive(left))
      kill(left, SIGKILL)
    }

    @Test func whatCannotBeRunSaysWhy() throws {
      func failure(_ launch: ContainerLaunch) -> LaunchFailure? {
        do throws(LaunchFailure) {
          _ = try ContainerProcess.launch(launch, folder: (try? scene.place()) ?? "", executable: ContainerScene.shim)
        } catch { return error }
        return nil
      }
      let missing = failure(scene.launch(of: ["/no/such/program"]))
      #expect(missing?.step == .exec)
      #expect(missing?.description == "exec: \"/no/such/program\": no such file or directory")
      #expect(failure(scene.launch(of: ["/etc/passwd"]))?.description == "exec: \"/etc/passwd\": permission denied")
      let text = scene.folder + "/text"
      try "no program".write(toFile: text, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: text)
      #expect(failure(scene.launch(of: [text]))?.description == "exec: \"\(text)\": exec format error")
      var elsewhere = scene.shell("true")
      elsewhere.workingFolder = "/no/such/folder"
      #expect(failure(elsewhere)?.description == "chdir to \"/no/such/folder\": no such file or directory")
      var greedy = scene.shell("true")
      greedy.limits = [ResourceLimit(.openFiles, soft: 20, hard: 10)]
      #expect(failure(greedy)?.description == "set the resource limits of \"/bin/sh\": invalid argument")
      var nul = scene.shell("true")
      nul.arguments.append("a\0b")
      #expect(failure(nul)?.step == .request)
    }

    @Test func aFailedLaunchIsWrittenDown() throws {
      let place = try scene.place()
      #expect(throws: LaunchFailure.self) { try scene.start(scene.launch(of: ["/no/such/program"]), in: place) }
      let adopted = try #require(ContainerProcess.adopt(folder: place))
      guard case .failed(let failure)? = adopted.ended?.outcome else {
        Issue.record("\(String(describing: adopted.ended))")
        return
      }
      #expect(failure.step == .exec)
      #expect(failure.problem.isMissing)
    }

    @Test func aFolderServesOneContainer() throws {
      let place = try scene.place()
      let container = try scene.start(scene.launch(of: ["/bin/sleep", "100"]), in: place)
      #expect(throws: LaunchFailure.self) { try scene.start(scene.shell("true"), in: place) }
      container.kill()
      _ = try end(of: container)
      #expect(throws: LaunchFailure.self) { try scene.start(scene.shell("true"), in: place) }
    }

    @Test func theEnvironmentIsExactlyWhatWasGiven() throws {
      var launch = scene.launch(of: ["/usr/bin/env"])
      launch.environment = [("B", "2"), ("A", "one two"), ("KCTL_TOKEN", "forged")]
      let found = text(lines(try scene.run(launch).container))
      #expect(found.count == 3)
      #expect(found.prefix(2) == ["B=2", "A=one two"])
      #expect(found[2].hasPrefix("KCTL_TOKEN=") && found[2] != "KCTL_TOKEN=forged" && found[2].utf8.count == 11 + 32)
    }

    @Test func nothingOfOursLeaksIntoTheProgram() throws {
      let open = try Descriptor("/dev/null", .read)
      let script = """
        ls -l /proc/self/fd
        grep -E '^(SigBlk|SigIgn|SigPnd|ShdPnd)' /proc/self/status
        umask
        cut -d' ' -f1,5,6 /proc/$$/stat
        echo $$
        """
      let (_, container) = try scene.run(scene.shell(script))
      withExtendedLifetime(open) {}
      let found = text(lines(container))
      let descriptors = found.filter { $0.contains(" -> ") }
      // Those of `ls`: the three, and the folder that it reads.
      #expect(descriptors.count == 4, "\(descriptors)")
      #expect(descriptors.contains { $0.hasSuffix("0 -> /dev/null") })
      for name in ["SigBlk", "SigIgn", "SigPnd", "ShdPnd"] { #expect(found.contains("\(name):\t0000000000000000"), "\(name): \(found)") }
      #expect(found.contains("0022"))
      // Its process, group and session are one.
      let process = found.last ?? ""
      #expect(found.contains("\(process) \(process) \(process)"), "\(found)")
    }

    @Test func secretsAreNotInTheShimsWords() throws {
      var launch = scene.launch(of: ["/bin/sleep", "100"])
      launch.environment.append(("PASSWORD", "hunter2-secret"))
      launch.label = "default/web/main"
      let container = try scene.start(launch)
      let words = try String(contentsOfFile: "/proc/\(container.shim)/cmdline", encoding: .utf8)
      #expect(words == "kctl-shim\0default/web/main\0")
      #expect(try !String(contentsOfFile: "/proc/\(container.shim)/environ", encoding: .utf8).contains("hunter2"))
      for name in try FileManager.default.contentsOfDirectory(atPath: container.folder) where name != "control" {
        let bytes = try #require(FileManager.default.contents(atPath: container.folder + "/" + name))
        #expect(!String(decoding: bytes, as: UTF8.self).contains("hunter2"), "\(name)")
        #expect(try FileManager.default.attributesOfItem(atPath: container.folder + "/" + name)[.posixPermissions] as? Int == 0o600)
      }
    }

    @Test func limitsFolderAndMaskAreSet() throws {
      var launch = scene.shell("ulimit -n; ulimit -c; pwd; umask; cat /proc/self/oom_score_adj")
      launch.limits = [ResourceLimit(.openFiles, soft: 77, hard: 99), ResourceLimit(.coreBytes, soft: 0, hard: nil)]
      launch.workingFolder = "/usr"
      launch.fileMask = 0o077
      launch.outOfMemoryScore = 321
      #expect(try text(lines(scene.run(launch).container)) == ["77", "0", "/usr", "0077", "321"])
    }

    @Test(.enabled(if: Machine.userID == 0, "only root may become another user")) func userAndGroupsAreSet() throws {
      var launch = scene.shell("id -u; id -g; id -G; grep NoNewPrivs /proc/self/status")
      launch.user = 12345
      launch.group = 23456
      launch.supplementaryGroups = [34567, 45678]
      launch.noNewPrivileges = true
      #expect(try text(lines(scene.run(launch).container)) == ["12345", "23456", "23456 34567 45678", "NoNewPrivs:\t1"])
    }

    @Test func inputComesThroughAFIFO() throws {
      var launch = scene.launch(of: ["/bin/cat"])
      launch.hasInput = true
      let container = try scene.start(launch)
      let handle = try #require(FileHandle(forWritingAtPath: container.folder + "/stdin"))
      handle.write(Data("hello\n".utf8))
      #expect(try line(of: container) == "hello")
      handle.closeFile()
      #expect(container.isRunning)
      container.closeInput()
      #expect(try end(of: container).code == 0)
    }

    @Test func aTerminationMessageIsKept() throws {
      let path = scene.folder + "/message"
      var launch = scene.shell("printf 'it is over' > \(path); echo log; exit 1")
      launch.terminationMessage.path = path
      launch.terminationMessage.fallsBackToLog = true
      #expect(try String(decoding: scene.run(launch).exit.message, as: UTF8.self) == "it is over")

      launch = scene.shell("i=0; while [ $i -lt 100 ]; do echo line $i; i=$((i+1)); done; exit 1")
      launch.terminationMessage.fallsBackToLog = true
      let said = try String(decoding: scene.run(launch).exit.message, as: UTF8.self)
      #expect(said.hasPrefix("line 20\n") && said.hasSuffix("line 99\n"))
      launch.arguments[2] = "echo fine"
      #expect(try scene.run(launch).exit.message == [])

      // What a program makes of the path is not followed elsewhere.
      launch = scene.shell("ln -sf /etc/passwd \(path); exit 1")
      launch.terminationMessage.path = path
      #expect(try scene.run(launch).exit.message == [])
      launch = scene.shell("rm -f \(path); head -c 9000 /dev/zero > \(path); exit 1")
      launch.terminationMessage.path = path
      #expect(try scene.run(launch).exit.message.count == 4096)
    }

    @Test func thePollerSeesTheEnd() throws {
      let container = try scene.start(scene.shell("sleep 0.2"))
      let poller = try Poller()
      try poller.add(#require(container.descriptor), .read)
      #expect(poller.wait(nanoseconds: 1_000_000).isEmpty)
      #expect(container.ended == nil)
      #expect(poller.wait(nanoseconds: 10_000_000_000).count == 1)
      #expect(container.ended?.code == 0)
    }

    @Test func useIsCountedOverTheWholeTree() throws {
      let container = try scene.start(scene.shell("(i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done); sleep 100 & echo done; wait"))
      _ = try line(of: container)
      let usage = try #require(container.usage())
      #expect(usage.processes == 2)
      #expect(usage.cpuNanoseconds >= 10_000_000)
      #expect(usage.memoryBytes > 50_000)
      container.kill()
      _ = try end(of: container)
      #expect(container.usage() == nil)
    }

    @Test func hundredsStartAtOnce() throws {
      let (count, launch) = (200, scene.launch(of: ["/bin/sleep", "100"]))
      let places = try (0..<count).map { _ in try scene.place() }
      let begin = WallClock.now
      let pending = try places.map { try PendingLaunch(launch, folder: $0, executable: ContainerScene.shim) }
      let containers = try pending.map { try $0.finish() }
      let seconds = Double(WallClock.now - begin) / 1e9
      print("\(count) containers started in \(seconds) s: \(Int(Double(count) / seconds)) a second")
      for container in containers { container.kill() }
      for container in containers { #expect(try end(of: container).code == 137) }
      print("and ended after \(Double(WallClock.now - begin) / 1e9) s")
    }

    @Test(.enabled(if: Machine.userID == 0, "only root may make control groups")) func runningOutOfMemoryIsKnown() throws {
      let group = "/sys/fs/cgroup/memory/kctl-test-\(Int.random(in: 1..<1_000_000_000))"
      guard mkdir(group, 0o700) == 0 else {
        print("running out of memory: skipped, as there is no writable control group of memory (version 1) here")
        return
      }
      defer { rmdir(group) }
      try "16777216".write(toFile: group + "/memory.limit_in_bytes", atomically: false, encoding: .utf8)
      // One endless line, which it keeps.
      var launch = scene.launch(of: ["/usr/bin/tail", "-n", "1", "/dev/zero"])
      launch.controlGroups = [group]
      let (exit, _) = try scene.run(launch)
      #expect(exit.outcome == .signalled(9) && exit.wasOutOfMemory)
    }

    @Test func anIdleShimIsSmall() throws {
      let container = try scene.start(scene.shell("yes line | head -n 100000; exec sleep 100"))
      // A busy log's memory has gone back a second after.
      let kilobytes = try wait(for: "the shim's rest") { () -> Int? in
        let rollup = try String(contentsOfFile: "/proc/\(container.shim)/smaps_rollup", encoding: .utf8)
        let line = rollup.split(separator: "\n").first { $0.hasPrefix("Anonymous:") }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return lines(container).count == 100_000 ? kilobytes.flatMap { $0 <= 250 ? $0 : nil } : nil
      }
      print("an idle shim's anonymous memory: \(kilobytes) KiB")
      #expect(kilobytes <= 250)
    }
  }
#endif
