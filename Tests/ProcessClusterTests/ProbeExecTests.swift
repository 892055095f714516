import Formats
import Foundation
import Posix
import Testing

@testable import ProcessCluster

// exec: real children, however they behave.

struct ProbeExecTests {
  @Test func exitCodesDecide() throws {
    let scene = try ProbeScene()
    #expect(scene.exec("true") == .success)
    #expect(scene.exec("sh", "-c", "echo out; echo err >&2; exit 3") == .failure("out\nerr\n"))
    #expect(scene.exec("sh", "-c", "kill -9 $$") == .failure(""))
    #expect(scene.exec("sh", "-c", "echo in; exit 3", as: .hook) == .failure("command 'sh -c echo in; exit 3' exited with 3: "))
    #expect(
      scene.exec("sh", "-c", "echo why >&2; exit 3", as: .hook) == .failure("command 'sh -c echo why >&2; exit 3' exited with 3: why\n"))
    scene.settle()
  }

  @Test func commandsRunAsTheContainerDoes() throws {
    let scene = try ProbeScene()
    let context = ProbeScene.context {
      $0.environment = [("PATH", "/usr/bin:/bin"), ("WORD", "hello")]
      $0.workingFolder = "/usr"
      $0.expand = { $0 == "$(WORD)" ? "expanded" : $0 }
    }
    let handler: Value = [
      "exec": ["command": ["sh", "-c", "pwd; echo $WORD $0 ${HOME-none}; readlink /proc/self/fd/0; exit 1", "$(WORD)"]]
    ]
    #if os(Linux)
      #expect(scene.outcome(handler, context) == .failure("/usr\nhello expanded none\n/dev/null\n"))
    #endif
    scene.settle()
  }

  @Test func whatCannotRunSaysWhatARuntimeSays() throws {
    let scene = try ProbeScene()
    let before =
      "rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: "
      + "unable to start container process: "
    #expect(scene.exec("no-such-program") == .unknown(before + "exec: \"no-such-program\": executable file not found in $PATH: unknown"))
    #expect(scene.exec("/no/such") == .unknown(before + "exec: \"/no/such\": stat /no/such: no such file or directory: unknown"))
    #expect(scene.exec("/etc/passwd") == .unknown(before + "exec: \"/etc/passwd\": permission denied: unknown"))
    #expect(
      scene.outcome(["exec": ["command": ["true"]]], ProbeScene.context { $0.workingFolder = "/no/such" })
        == .unknown(before + "chdir to cwd (\"/no/such\") set in config.json failed: no such file or directory: unknown"))
    scene.settle()
  }

  @Test func theWholeGroupIsKilledAtTheTimeout() throws {
    let folder = try ScratchFolder()
    let scene = try ProbeScene()
    // It ignores SIGTERM, and so does what it has started.
    let script = "trap '' TERM; (trap '' TERM; echo $$ > \(folder.path)/one; sleep 1000) & echo $! > \(folder.path)/two; wait; sleep 1000"
    #expect(scene.exec("sh", "-c", script, timeout: .milliseconds(500)) == .failure("command \"sh -c \(script)\" timed out"))
    scene.settle()
    let processes = ["one", "two"].compactMap { folder.read($0).flatMap { Int32($0.dropLast()) } }
    #expect(processes.count == 2)
    for process in processes { #expect(isGone(process)) }
  }

  @Test func whatAProbeLeavesRunningIsKilledAndAHookMayLeaveIt() throws {
    let folder = try ScratchFolder()
    let scene = try ProbeScene()
    let script = "sleep 1000 & echo $! > \(folder.path)/pid"
    #expect(scene.exec("sh", "-c", script) == .success)
    let probe = try #require(folder.read("pid").flatMap { Int32($0.dropLast()) })
    #expect(isGone(probe))
    #expect(scene.exec("sh", "-c", script, as: .hook) == .success)
    let hook = try #require(folder.read("pid").flatMap { Int32($0.dropLast()) })
    #expect(isAlive(hook))
    kill(hook, SIGKILL)
    scene.settle()
  }

  @Test func floodsAreReadAndForgotten() throws {
    let scene = try ProbeScene()
    guard case .failure(let text)? = scene.exec("sh", "-c", "head -c 5000000 /dev/zero | tr '\\0' x; echo end >&2; exit 1") else {
      return #expect(Bool(false))
    }
    #expect(text == String(repeating: "x", count: 10240))
    #expect(scene.exec("sh", "-c", "yes", timeout: .milliseconds(200)) == .failure("command \"sh -c yes\" timed out"))
    // One that closes its streams and lives on.
    #expect(scene.exec("sh", "-c", "exec >&- 2>&-; sleep 0.05; exit 0") == .success)
    scene.settle()
  }

  @Test func aCancelledCommandIsKilledAndTellsNothing() throws {
    let folder = try ScratchFolder()
    let scene = try ProbeScene()
    var told = 0
    let command: Value = ["exec": ["command": ["sh", "-c", .string("trap '' TERM; echo $$ > \(folder.path)/pid; echo there; sleep 1000")]]]
    let probe = scene.runner.run(command, ProbeScene.context(), timeout: .seconds(100)) { _ in told += 1 }
    #expect(scene.loop.run(nanoseconds: 20_000_000_000) { folder.read("pid")?.hasSuffix("\n") == true })
    let process = try #require(folder.read("pid").flatMap { Int32($0.dropLast()) })
    #expect(isAlive(process))
    probe.cancel()
    probe.cancel()
    scene.settle()
    #expect(isGone(process))
    #expect(told == 0 && scene.loop.timerCount == 0)
  }

  @Test func cancellingWorksAtEveryMoment() throws {
    let scene = try ProbeScene()
    let port = try scene.serve([.read])
    var told = 0
    for handler: Value in [
      ["exec": ["command": ["sleep", "1000"]]], ["httpGet": ["port": .int(port)]], ["tcpSocket": ["port": .int(port)]],
      ["sleep": ["seconds": 1000]], ["tcpSocket": ["port": "none"]], ["exec": ["command": ["no-such-program"]]],
    ] {
      scene.runner.run(handler, ProbeScene.context(), timeout: .seconds(100)) { _ in told += 1 }.cancel()
      let second = scene.runner.run(handler, ProbeScene.context(), timeout: .seconds(100)) { _ in told += 100 }
      scene.loop.run(nanoseconds: 3_000_000) { false }
      second.cancel()
    }
    scene.settle()
    #expect(told % 100 == 0)
    #expect(scene.loop.timerCount == 0)
  }

  private func isGone(_ process: Int32) -> Bool {
    for _ in 0..<500 {
      if !isAlive(process) { return true }
      #if os(Linux)
        // One that nobody reaps, as its parent is gone and the container's first process does not care.
        let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        if stat.contains(") Z ") { return true }
      #endif
      WallClock.sleep(nanoseconds: 10_000_000)
    }
    return false
  }
}

struct ProbeLoadTests {
  @Test func fiveHundredAtOnce() throws {
    var limits = ProbeRunner.Limits()
    limits.children = 16
    limits.connections = 100
    let scene = try ProbeScene(limits)
    let port = try scene.answer("HTTP/1.1 200 OK\r\n\r\n")
    let before = ProcessFigures().openDescriptors ?? 0
    var found: [ProbeOutcome] = []
    var mostChildren = 0
    for i in 0..<500 {
      let handler: Value =
        switch i % 5 {
        case 0: ["exec": ["command": ["true"]]]
        case 1: ["exec": ["command": ["false"]]]
        case 2: ["tcpSocket": ["port": .int(port)]]
        default: ["httpGet": ["port": .int(port)]]
        }
      scene.runner.run(handler, ProbeScene.context(), timeout: .seconds(60)) { found.append($0) }
    }
    #expect(scene.runner.waitingCount > 0)
    #expect(
      scene.loop.run(nanoseconds: 120_000_000_000) {
        mostChildren = max(mostChildren, scene.runner.childCount)
        return found.count == 500
      })
    #expect(mostChildren <= 16)
    #expect(found.count { $0 == .success } == 400)
    #expect(found.count { $0 == .failure("") } == 100)
    scene.settle()
    #expect(scene.loop.timerCount == 0)
    // Other tests open descriptors too, but not hundreds.
    let after = ProcessFigures().openDescriptors ?? 0
    #expect(after - before < 250, "\(before) before, \(after) after")
  }

  @Test func theTimeoutCountsFromTheBegin() throws {
    var limits = ProbeRunner.Limits()
    limits.children = 1
    let scene = try ProbeScene(limits)
    var found: [ProbeOutcome] = []
    for _ in 0..<4 {
      scene.runner.run(["exec": ["command": ["sleep", "0.2"]]], ProbeScene.context(), timeout: .milliseconds(20_000)) { found.append($0) }
    }
    scene.runner.run(["exec": ["command": ["sleep", "1000"]]], ProbeScene.context(), timeout: .milliseconds(50)) { found.append($0) }
    scene.runner.run(["exec": ["command": ["true"]]], ProbeScene.context(), timeout: .seconds(20)) { found.append($0) }
    #expect(scene.runner.childCount == 1 && scene.runner.waitingCount == 5)
    #expect(scene.loop.run(nanoseconds: 60_000_000_000) { found.count == 6 })
    #expect(found == [.success, .success, .success, .success, .failure("command \"sleep 1000\" timed out"), .success])
    scene.settle()
  }

  @Test func allCanBeCancelledAtOnce() throws {
    var limits = ProbeRunner.Limits()
    limits.children = 4
    let scene = try ProbeScene(limits)
    let port = try scene.serve([.read])
    for _ in 0..<20 {
      scene.runner.run(["exec": ["command": ["sleep", "1000"]]], ProbeScene.context(), timeout: nil) { _ in Issue.record("told") }
      scene.runner.run(["httpGet": ["port": .int(port)]], ProbeScene.context(), timeout: nil) { _ in Issue.record("told") }
    }
    #expect(scene.runner.childCount == 4)
    scene.runner.cancelAll()
    scene.settle()
    #expect(scene.loop.timerCount == 0)
  }
}
