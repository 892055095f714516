import Foundation
import Posix
import Testing

// Streams into containers, through the daemon, as their users have them.

@Suite(.serialized, .enabled(if: ProcessHome.canRun, "kctl or python3 is missing, or this is not Linux"))
struct StreamTests {
  private static let pods = """
    apiVersion: v1
    kind: Pod
    metadata: {name: a}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: c
        image: x
        command: [sh, -c, 'while :; do echo tick; sleep 0.1; done']
        env: [{name: GREETING, value: hello}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: shell}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: c, image: x, command: [sh], stdin: true, tty: true}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: once}
    spec:
      restartPolicy: Never
      containers: [{name: c, image: x, command: [sh, -c, 'cat; echo done'], stdin: true, stdinOnce: true}]
    """

  private func running() throws -> ProcessHome {
    let home = try ProcessHome()
    try home.apply(Self.pods)
    let ready = try home.run("wait", "--for=condition=Ready", "pod", "--all", "--timeout=30s")
    try #require(ready.code == 0, "\(ready)")
    return home
  }

  @Test func commandsRunInContainers() throws {
    let home = try running()
    let both = try home.run("exec", "a", "--", "sh", "-c", "echo $GREETING; echo err >&2; exit 7")
    #expect(both.code == 7 && both.output == "hello\n" && both.complaint == "err\ncommand terminated with exit code 7\n")
    #expect(try home.run("exec", "-i", "a", "--", "cat", input: "piped").output == "piped")
    // More than any pipe holds, both ways.
    let much = String(repeating: "0123456789abcde\n", count: 1 << 17)
    #expect(try home.run("exec", "-i", "a", "--", "cat", input: much).output == much)
    let missing = try home.run("exec", "a", "--", "no-such-program")
    #expect(missing.code == 1 && missing.complaint.contains("exec: \"no-such-program\": executable file not found in $PATH"))
    let other = try home.run("exec", "a", "-c", "x", "--", "ls")
    #expect(other.code == 1 && other.complaint == "Error from server (BadRequest): container x is not valid for pod a\n")
    #expect(try home.run("exec", "a", "--", "sh", "-c", "kill -9 $$").code == 137)
  }

  /// Who goes on writing behind a command that has ended holds nobody up.
  @Test func aCommandEndsThoughSomebodyGoesOnWriting() throws {
    let home = try running()
    let ended = try home.run("exec", "a", "--", "sh", "-c", "yes & sleep 0.1; exit 3")
    #expect(ended.code == 3 && ended.output.hasPrefix("y\n"))
  }

  /// The program's input ends when whoever was attached has gone, however that was.
  @Test func whoGoesSaysNoMore() throws {
    let home = try ProcessHome()
    let kctl = try #require(ProcessHome.kctl)
    let script = """
      mkfifo "$KCTL_HOME/input"
      "$0" --context process run gone --image=x -i --restart=Never --command -- sh -c 'cat; echo end' <"$KCTL_HOME/input" 2>/dev/null &
      exec 3>"$KCTL_HOME/input"
      until ls "$KCTL_HOME"/processes/default/pods/*/containers/gone/*/attach-0-1; do sleep 0.05; done >/dev/null 2>&1
      kill -9 $!
      """
    try #require(try Child.run("sh", ["-c", script, kctl], environment: home.environment).code == 0)
    try home.until("it has ended") { try home.value("get", "pod", "gone", path: "{.status.phase}") == "Succeeded" }
    #expect(try home.run("logs", "gone").output == "end\n")
  }

  /// Whoever follows a Deployment sees the pods that come later, too.
  @Test func logsOfLaterPodsAreFollowed() throws {
    let home = try ProcessHome()
    try home.apply(
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: later}
      spec:
        replicas: 1
        selector: {matchLabels: {app: later}}
        template:
          metadata: {labels: {app: later}}
          spec:
            terminationGracePeriodSeconds: 1
            containers: [{name: c, image: x, command: [sh, -c, 'while :; do echo tick; sleep 0.1; done']}]
      """)
    #expect(try home.run("rollout", "status", "deploy/later", "--timeout=30s").code == 0)
    let script = """
      "$0" --context process logs -f deploy/later --all-pods >"$KCTL_HOME/out" &
      until test -s "$KCTL_HOME/out"; do sleep 0.05; done
      "$0" --context process scale deploy/later --replicas=3
      until test "$(cut -d']' -f1 "$KCTL_HOME/out" | sort -u | wc -l)" -ge 3; do sleep 0.05; done
      kill $!
      """
    let ended = try Child.run("timeout", ["60", "sh", "-c", script, try #require(ProcessHome.kctl)], environment: home.environment)
    #expect(ended.code == 0, "\(ended)")
  }

  /// A command that is left alone, and what it has started, are not left behind when the container ends.
  @Test func whatCommandsLeaveGoesWithTheContainer() throws {
    let home = try running()
    let mark = "271828\(Int(ProcessInfo.processInfo.processIdentifier))"
    #expect(try home.run("exec", "a", "--", "sh", "-c", "setsid sleep \(mark) >/dev/null 2>&1 & exit 0").code == 0)
    try home.until("it runs") { ProcessHome.processes("sleep \(mark)").count == 1 }
    try home.run("delete", "pod", "a", "--now")
    try home.until("it is gone") { ProcessHome.processes("sleep \(mark)").isEmpty }
  }

  @Test func attachedOnesSeeAndAreHeard() throws {
    let home = try running()
    let once = try home.run("attach", "-i", "once", input: "said\n")
    #expect(once.code == 0 && once.output == "said\ndone\n" && once.complaint == "If you don't see a command prompt, try pressing enter.\n")
    #expect(try home.run("logs", "once").output == "said\ndone\n")
    try home.until("it has ended") { try home.value("get", "pod", "once", path: "{.status.phase}") == "Succeeded" }
    let late = try home.run("attach", "once")
    #expect(late.complaint == "error: cannot attach a container in a completed pod; current phase is Succeeded\n")
  }

  /// With a terminal on both sides: `script` gives ours.
  @Test(.enabled(if: (try? Child.run("script", ["--version"]))?.code == 0, "script is not installed"))
  func terminalsAreTerminals() throws {
    let home = try running()
    let kctl = try #require(ProcessHome.kctl)
    // A command may run before it is told the size.
    let wait = "while test \"$(stty size)\" = \"0 0\"; do sleep 0.01; done"
    let command = "stty cols 91 rows 23; \(kctl) --context process exec -it a -- sh -c '\(wait); stty size; tty; exit 5'"
    let ended = try Child.run("script", ["-qec", command, "/dev/null"], environment: ["KCTL_HOME": home.path, "KCTL_CONTEXT": ""])
    let seen = String(decoding: ended.output, as: UTF8.self)
    #expect(ended.code == 5 && seen.contains("23 91\r\n") && seen.contains("/dev/pts/"), "\(seen)")
    // The container's own.
    let shell = try home.run("exec", "shell", "--", "sh", "-c", "ls -l /proc/$PPID/fd/0 >/dev/null; echo ok")
    #expect(shell.output == "ok\n")
    let typed = try home.run("attach", "-i", "shell", input: "echo in-a-$((40 + 2))-terminal; exit\n")
    #expect(typed.output.contains("in-a-42-terminal\r\n"), "\(typed)")
  }

  @Test func podsAreRunForAsLongAsOneSitsAtThem() throws {
    let home = try ProcessHome()
    let command = ["--restart=Never", "--command", "--", "sh", "-c", "cat; exit 3"]
    let ended = try home.run(["run", "brief", "--image=x", "-i", "--rm"] + command, input: "said\n")
    #expect(ended.code == 3 && ended.output == "said\npod \"brief\" deleted\n")
    #expect(ended.complaint == "If you don't see a command prompt, try pressing enter.\npod default/brief terminated (Error)\n")
    try home.until("it is gone") { try home.value("get", "pods", path: "{.items}") == "[]" }
  }

  @Test func filesAreCopiedBothWays() throws {
    let home = try running()
    let folder = home.path + "/files"
    try FileManager.default.createDirectory(atPath: folder + "/d", withIntermediateDirectories: true)
    let bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) })
    try bytes.write(to: URL(fileURLWithPath: folder + "/d/data"))
    #expect(try home.run("cp", folder + "/d", "a:\(folder)/copy").code == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/copy/data")) == bytes)
    #expect(try home.run("cp", "a:\(folder)/copy", folder + "/back").code == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/back/data")) == bytes)
    let missing = try home.run("cp", folder + "/nothing", "a:/x")
    #expect(missing.code == 1 && missing.complaint == "error: \(folder)/nothing doesn't exist in local filesystem\n")
    #expect(try home.run("cp", "a:\(folder)/nothing", folder + "/x").code == 2)
  }
}
