import Formats
import Foundation
import Posix
import Testing

@testable import ProcessCluster

// A cluster of real processes as its users have it: the kctl that was built beside the tests, its daemon, and python3 as the workload.

/// kctl on a process cluster of its own, in a home that goes with it.
final class ProcessHome {
  let path: String
  /// What commands, and so the daemon, have in their environment.
  var environment: [String: String]
  static let kctl: String? = {
    let tests = ((#filePath as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent as NSString
    var folders = [Bundle.main.bundlePath, (CommandLine.arguments[0] as NSString).deletingLastPathComponent]
    folders += Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }.map { ($0.bundlePath as NSString).deletingLastPathComponent }
    folders.append(tests.deletingLastPathComponent + "/.build/debug")
    return folders.map { $0 + "/kctl" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()
  static let canRun: Bool = {
    #if os(Linux)
      kctl != nil && (try? Child.run("python3", ["--version"]))?.code == 0
    #else
      false
    #endif
  }()

  /// - Parameters:
  ///   - path: a folder that is there, or nil for a new one.
  ///   - environment: what commands, and so the daemon, find in their environment besides.
  init(_ path: String? = nil, _ environment: [String: String] = [:]) throws {
    let path = path ?? NSTemporaryDirectory() + "kctl-process-" + UUID().uuidString.prefix(8)
    self.path = path
    self.environment = environment.merging(["KCTL_HOME": path, "KCTL_CONTEXT": ""]) { $1 }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// The daemon's process.
  func daemon() throws -> Int32 {
    let status = try run("agent", "status").output
    return try #require(status.split(separator: " ").compactMap { Int32($0.filter(\.isNumber)) }.first, "\(status)")
  }

  /// Kills the daemon, and waits until it is gone.
  func killDaemon() throws {
    let daemon = try daemon()
    kill(daemon, SIGKILL)
    try until("the daemon is gone") { !Machine.isAlive(daemon) }
  }

  deinit {
    _ = try? run("agent", "stop", "--pods")
    try? FileManager.default.removeItem(atPath: path)
  }

  struct Ended {
    let code: Int32
    let output: String
    let complaint: String
  }

  @discardableResult func run(_ words: String..., input: String? = nil) throws -> Ended { try run(words, input: input) }

  @discardableResult func run(_ words: [String], input: String? = nil) throws -> Ended {
    let outcome = try Child.run(
      try #require(Self.kctl), ["--context", "process"] + words, input: input.map { Array($0.utf8) } ?? [], environment: environment)
    return Ended(
      code: outcome.code, output: String(decoding: outcome.output, as: UTF8.self),
      complaint: String(decoding: outcome.complaint, as: UTF8.self))
  }

  /// Applies a manifest.
  func apply(_ text: String) throws {
    let ended = try run("apply", "-f", "-", input: text)
    try #require(ended.code == 0, "\(ended)")
  }

  func value(_ words: String..., path: String) throws -> String {
    let ended = try Child.run(
      try #require(Self.kctl), ["--context", "process"] + words + ["-o", "jsonpath=\(path)"],
      environment: environment)
    return String(decoding: ended.output, as: UTF8.self)
  }

  /// Waits until something holds, at most a minute.
  func until(_ what: String, _ holds: () throws -> Bool) throws {
    for _ in 0..<600 {
      if try holds() { return }
      Thread.sleep(forTimeInterval: 0.1)
    }
    Issue.record("in vain: \(what)")
  }

  /// How many processes have all of these words on their command line.
  static func processes(_ words: String...) -> [Int32] {
    ((try? Machine.entries(of: "/proc")) ?? []).compactMap(Int32.init).filter { process in
      guard let bytes = try? Machine.readFile("/proc/\(process)/cmdline"), !bytes.isEmpty else { return false }
      let line = String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
      return words.allSatisfy { line.contains($0) }
    }
  }

  /// A web server that says who it is, behind a Service.
  static func web(_ name: String, replicas: Int) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: \(name)}
    spec:
      replicas: \(replicas)
      selector: {matchLabels: {app: \(name)}}
      template:
        metadata: {labels: {app: \(name)}}
        spec:
          containers:
          - name: web
            image: python
            command: [python3, -u, -m, http.server, --bind, $(POD_IP), "8080"]
            ports: [{containerPort: 8080, name: http}]
            readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: \(name)}
    spec: {selector: {app: \(name)}, ports: [{port: 8000, targetPort: http}]}
    """
  }

  static func get(_ address: String) -> String {
    let answer = try? Child.run("curl", ["-s", "-o", "/dev/null", "-m", "5", "-w", "%{http_code}", "http://\(address)/"])
    return answer.map { String(decoding: $0.output, as: UTF8.self) } ?? ""
  }
}

@Suite(.serialized, .enabled(if: ProcessHome.canRun, "kctl or python3 is missing, or this is not Linux"))
struct DaemonTests {
  @Test func aDeploymentRunsIsHealedIsRolledAndGoes() throws {
    let home = try ProcessHome()
    try home.apply(ProcessHome.web("web", replicas: 2))
    let up = try home.run("rollout", "status", "deploy/web", "--timeout=60s")
    #expect(up.code == 0 && up.output.hasSuffix("successfully rolled out\n"), "\(up)")
    let address = try home.value("get", "svc", "web", path: "{.spec.clusterIP}") + ":8000"
    #expect(address.hasPrefix("127."))
    #expect(ProcessHome.get(address) == "200")

    // One is killed, and comes back.
    let ip = try home.value("get", "pods", path: "{.items[0].status.podIP}")
    let process = try #require(ProcessHome.processes("http.server", "--bind \(ip) ").first)
    kill(process, SIGKILL)
    try home.until("a restart") {
      try home.value("get", "pods", path: "{.items[*].status.containerStatuses[0].restartCount}").contains("1")
    }
    let last = "{.items[0].status.containerStatuses[0].lastState.terminated.exitCode}"
    #expect(try home.value("get", "pods", path: last) == "137")
    try home.until("two that are ready") { try home.value("get", "deploy", "web", path: "{.status.readyReplicas}") == "2" }

    // A rolling update loses no request.
    try home.run("set", "env", "deploy/web", "VERSION=2")
    var codes: Set<String> = []
    try home.until("the new version") {
      for _ in 0..<5 { codes.insert(ProcessHome.get(address)) }
      return try home.run("rollout", "status", "deploy/web", "--watch=false").output.contains("successfully rolled out")
    }
    #expect(codes == ["200"])
    // The pod that is chosen may just be going.
    try home.until("its log") { try home.run("logs", "deploy/web").output.contains("Serving HTTP on") }

    let gone = try home.run("delete", "deploy/web", "svc/web")
    #expect(gone.code == 0, "\(gone)")
    try home.until("no process left") { ProcessHome.processes("http.server", "--bind 127.6", home.path).isEmpty }
    try home.until("no pod's folder left") { ((try? Machine.entries(of: home.path + "/processes/default/pods")) ?? []).isEmpty }
    #expect(ProcessHome.get(address) != "200")
  }

  @Test func topTellsWhoIsBusy() throws {
    let home = try ProcessHome()
    try home.apply(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: busy, labels: {app: a}}
      spec:
        containers:
        - {name: idle, image: none, command: [sleep, "600"]}
        - {name: spin, image: none, command: [sh, -c, 'sh -c "while :; do :; done" & wait']}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: waiting}
      spec: {containers: [{name: main, image: none}]}
      """)
    // What a process has started counts, and what doesn't run isn't there.
    try home.until("a busy container") {
      let top = try home.run("top", "pod", "--containers", "--sort-by=cpu", "--no-headers")
      let lines = top.output.split(separator: "\n").map { $0.split(separator: " ") }
      guard lines.count == 2, let milli = Int(lines[0][2].dropLast()) else { return false }
      return lines[0].prefix(2) == ["busy", "spin"] && milli > 20 && lines[1][2] == "0m"
    }
    #expect(try home.run("top", "pod", "waiting").complaint.contains("podmetrics.metrics.k8s.io \"default/waiting\" not found"))
    #expect(try home.run("top", "pod", "-n", "kube-public").complaint == "No resources found in kube-public namespace.\n")
    let window = try home.value("get", "podmetrics", "busy", path: "{.window} {.containers[*].name} {.metadata.labels.app}")
    #expect(window.hasSuffix("s idle spin a"), "\(window)")
    let node = try home.run("top", "node").output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(node.count == 2 && node[1].count == 5 && node[1][0] == "localhost", "\(node)")
  }

  @Test func aHostPortLeadsToItsPod() throws {
    let home = try ProcessHome()
    let port = 10_000 + Int(ProcessInfo.processInfo.processIdentifier) % 20_000
    func pod(_ name: String, _ port: String) -> String {
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: \(name)}
      spec:
        containers:
        - name: web
          image: none
          command: [python3, -u, -m, http.server, --bind, $(POD_IP), "8080"]
          ports: [{containerPort: 8080, \(port)}]
      """
    }
    try home.apply(pod("web", "hostPort: \(port)"))
    try home.until("an answer") { ProcessHome.get("127.0.0.1:\(port)") == "200" }
    try home.apply(pod("wide", "hostPort: \(port + 1), hostIP: 0.0.0.0"))
    try home.until("a refusal") {
      try home.value("get", "pod", "wide", path: "{.status.containerStatuses[0].state.waiting.message}")
        == "spec.containers{web}.ports[0].hostIP 0.0.0.0 is not supported by clusters of processes"
    }
    try home.run("delete", "pod", "web")
    try home.until("nobody there") { ProcessHome.get("127.0.0.1:\(port)") == "000" }
  }

  @Test(.enabled(if: MountStep.arePermitted, "only root may mount, on Linux"))
  func volumesAreMountedForTheirContainer() throws {
    let home = try ProcessHome()
    try home.apply(
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: scripts}
      data:
        run.sh: |
          #!/bin/sh
          echo from a script > /kctl-data/word
          cp /kctl-data/word /dev/termination-log
          exec sleep 6054
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: mounted}
      spec:
        containers:
        - name: main
          image: none
          command: [/kctl-scripts/run.sh]
          env: [{name: MESSAGE, value: /dev/termination-log}]
          readinessProbe: {exec: {command: [grep, script, /kctl-data/word]}, periodSeconds: 1}
          volumeMounts:
          - {name: scripts, mountPath: /kctl-scripts}
          - {name: data, mountPath: /kctl-data}
          - {name: data, mountPath: /tmp/kctl-none}
        volumes:
        - {name: scripts, configMap: {name: scripts, defaultMode: 0755}}
        - {name: data, emptyDir: {}}
      """)
    try home.until("it is ready") { try home.value("get", "pod", "mounted", path: "{.status.containerStatuses[0].ready}") == "true" }
    #expect(try home.run("exec", "mounted", "--", "cat", "/kctl-data/word").output == "from a script\n")
    let events = try home.value("get", "events", path: "{.items[?(@.reason=='NotMounted')].message}")
    #expect(events.contains("volume \"data\" is not mounted at /tmp/kctl-none: it is not there; hint: mkdir -p /tmp/kctl-none"))
    #expect(!Folder.exists("/kctl-data") && !Folder.exists("/kctl-scripts") && !Folder.exists("/dev/termination-log"))
    let uid = try home.value("get", "pod", "mounted", path: "{.metadata.uid}")
    let process = try #require(ProcessHome.processes("sleep 6054").first)
    kill(process, SIGTERM)
    try home.until("its message") {
      try home.value("get", "pod", "mounted", path: "{.status.containerStatuses[0].lastState.terminated.message}") == "from a script\n"
    }
    try home.run("delete", "pod", "mounted", "--grace-period=1")
    try home.until("no pod's folder left") { !Folder.exists(home.path + "/processes/default/pods/" + uid) }
  }

  @Test func aPortThatIsGivenIsProbed() throws {
    let home = try ProcessHome()
    try home.apply(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: given}
      spec:
        containers:
        - name: web
          image: none
          command: [python3, -u, -m, http.server, --bind, $(POD_IP), $(PORT)]
          readinessProbe: {httpGet: {path: /, port: $(PORT)}, periodSeconds: 1}
          livenessProbe: {tcpSocket: {port: $(PORT)}, periodSeconds: 1}
      """)
    try home.until("it is ready") { try home.value("get", "pod", "given", path: "{.status.containerStatuses[0].ready}") == "true" }
    #expect(try home.run("describe", "pod", "given").output.contains("http-get http://:$(PORT)/"))
  }

  @Test func podsOutliveTheirDaemon() throws {
    let home = try ProcessHome()
    try home.apply(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: once}
      spec:
        restartPolicy: Never
        containers:
        - name: main
          image: none
          command: [sh, -c, 'i=0; while [ $i -lt 40 ]; do echo line $i; i=$((i+1)); sleep 0.1; done; exit 7']
      """)
    try home.until("it runs") { try home.value("get", "pod", "once", path: "{.status.phase}") == "Running" }
    try home.killDaemon()
    // The next command starts another, which takes it over: no line and no exit code is lost.
    try home.until("its end") { try home.value("get", "pod", "once", path: "{.status.phase}") == "Failed" }
    #expect(try home.value("get", "pod", "once", path: "{.status.containerStatuses[0].state.terminated.exitCode}") == "7")
    #expect(try home.value("get", "pod", "once", path: "{.status.containerStatuses[0].restartCount}") == "0")
    let lines = try home.run("logs", "once").output.split(separator: "\n")
    #expect(lines == (0..<40).map { "line \($0)" })
  }

  @Test func whatCannotRunSaysWhatToWrite() throws {
    let home = try ProcessHome()
    #expect(try home.run("run", "web", "--image=nginx").code == 0)
    try home.until("a reason") {
      try home.value("get", "pod", "web", path: "{.status.containerStatuses[0].state.waiting.reason}") == "ErrImageNeverPull"
    }
    let message = try home.value("get", "pod", "web", path: "{.status.containerStatuses[0].state.waiting.message}")
    #expect(message.contains("write which one in command"))
    try home.run("run", "no", "--image=none", "--command", "--", "/no/such/program")
    try home.until("a failure") { try home.run("describe", "pod", "no").output.contains("no such file or directory") }
    let refused = try home.run("exec", "web", "--", "ls")
    #expect(refused.code == 1)
  }

  @Test func volumesOfARunningPodFollowWhatTheyShow() throws {
    let home = try ProcessHome()
    try home.apply(
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: words}
      data: {word: one}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: reader, labels: {tier: a}}
      spec:
        containers:
        - {name: main, image: none, command: [sleep, "600"]}
        volumes:
        - name: words
          configMap: {name: words}
        - name: all
          projected:
            sources:
            - configMap: {name: words}
            - secret: {name: later, optional: true}
            - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}
      """)
    try home.until("it runs") { try home.value("get", "pod", "reader", path: "{.status.phase}") == "Running" }
    let volumes = try home.path + "/processes/default/pods/" + home.value("get", "pod", "reader", path: "{.metadata.uid}") + "/volumes/"
    func text(_ file: String) -> String? { try? String(contentsOfFile: volumes + file, encoding: .utf8) }
    #expect(text("words/word") == "one" && text("all/word") == "one" && text("all/labels") == "tier=\"a\"")

    try home.run("patch", "configmap", "words", "-p", #"{"data": {"word": "two", "new": "2"}}"#)
    try home.until("the new words") { text("words/word") == "two" && text("all/new") == "2" }
    try home.run("label", "pod", "reader", "tier=b", "--overwrite")
    try home.until("the new label") { text("all/labels") == "tier=\"b\"" }
    try home.run("create", "secret", "generic", "later", "--from-literal=pass=word")
    try home.until("the Secret that was optional") { text("all/pass") == "word" }

    try home.run("delete", "configmap", "words")
    try home.until("it is told") {
      try home.run("get", "events").output.contains(#"MountVolume.SetUp failed for volume "words" : configmap "words" not found"#)
    }
    #expect(text("words/word") == "two")
    try home.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: words}, data: {word: three}}")
    try home.until("the words are back") { text("words/word") == "three" }
  }

  @Test func whatIsAmissWithAPodIsTold() throws {
    let home = try ProcessHome()
    let file = home.path + "/file"
    try "".write(toFile: file, atomically: true, encoding: .utf8)
    try home.apply(
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: words}
      data: {good: one, "1bad": two}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: odd}
      spec:
        containers:
        - {name: main, image: none, command: [sleep, "600"], envFrom: [{configMapRef: {name: words}}]}
        volumes:
        - name: data
          hostPath: {path: \(file), type: Directory}
      """)
    func events() throws -> String { try home.run("get", "events").output }
    try home.until("the mount's failure") { try events().contains(#"MountVolume.SetUp failed for volume "data" : "#) }
    #expect(try home.value("get", "pod", "odd", path: "{.status.containerStatuses[0].state.waiting.reason}") == "ContainerCreating")
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
    try home.until("it runs") { try home.value("get", "pod", "odd", path: "{.status.phase}") == "Running" }
    #expect(try events().contains("Keys [1bad] from the EnvFrom configMap default/words were skipped"))
  }

  @Test func whoseAddressIsTakenIsToldByWhom() throws {
    let home = try ProcessHome()
    func pod(_ name: String, bind: String, also: String = "") -> String {
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: \(name)}
      spec:
        containers:
        - name: main
          image: none
          command: [python3, -m, http.server, --bind, \(bind), "18087"]
          ports: [{containerPort: 18087}]
      """
    }
    try home.apply(pod("all", bind: "0.0.0.0"))
    try home.until("it listens") { PortHolder.find(address: "127.0.0.1", port: 18087, isDatagram: false) != nil }
    try home.apply(pod("own", bind: "$(POD_IP)"))
    try home.until("it is told") {
      let events = try home.run("get", "events").output
      return events.contains("found its address in use: python3 (process ") && events.contains("listens on 0.0.0.0:18087; ")
    }
  }

  @Test func theAddressOfWhatStillRunsIsNotGivenAgain() throws {
    let home = try ProcessHome()
    try home.run("run", "one", "--image=none", "--command", "--", "sleep", "600")
    try home.until("it runs") { try home.value("get", "pod", "one", path: "{.status.phase}") == "Running" }
    let address = try home.value("get", "pod", "one", path: "{.status.podIP}")
    #expect(try home.run("agent", "stop").code == 0)
    // All objects are gone, and the process is not.
    let cluster = home.path + "/processes/default/"
    for name in try Machine.entries(of: cluster) where name != "pods" { try FileManager.default.removeItem(atPath: cluster + name) }
    try home.run("run", "two", "--image=none", "--command", "--", "sleep", "600")
    try home.until("it runs") { try home.value("get", "pod", "two", path: "{.status.phase}") == "Running" }
    let other = try home.value("get", "pod", "two", path: "{.status.podIP}")
    #expect(!address.isEmpty && !other.isEmpty && other != address)
    try home.until("the first has ended") { ProcessHome.processes("default/one/").isEmpty }
  }

  /// Whoever comes second waits for the first's daemon; no other stays behind to take its place when it is stopped.
  @Test func manyCommandsAtOnceStartOneDaemon() throws {
    let home = try ProcessHome()
    let outputs = try Child.run(
      "sh", ["-c", "for i in 1 2 3 4 5 6 7 8; do \"$0\" --context process get nodes -o name & done; wait", try #require(ProcessHome.kctl)],
      environment: ["KCTL_HOME": home.path, "KCTL_CONTEXT": ""])
    #expect(String(decoding: outputs.output, as: UTF8.self) == String(repeating: "node/localhost\n", count: 8), "\(outputs)")
    #expect(try home.run("agent", "stop").output == "stopped\n")
    #expect(try home.run("agent", "status").output == "not running\n")
  }

  /// One that was started by hand beside it gives way.
  @Test func aSecondDaemonDoesNotWaitForTheFirstOnesEnd() throws {
    let home = try ProcessHome()
    try home.run("agent", "start")
    let second = try home.run("agent", "run")
    #expect(second.code == 1, "\(second)")
    #expect(try home.run("agent", "status").code == 0)
  }

  @Test func podsOfAKilledDaemonCanBeStopped() throws {
    let home = try ProcessHome()
    try home.run("run", "left", "--image=none", "--command", "--", "sleep", "600")
    try home.until("it runs") { try home.value("get", "pod", "left", path: "{.status.phase}") == "Running" }
    try home.killDaemon()
    #expect(try home.run("agent", "stop", "--pods").output == "stopped\n")
    #expect(ProcessHome.processes("default/left/").isEmpty)
    #expect(try home.run("agent", "status").output == "not running\n")
  }

  @Test func theDaemonComesAndGoes() throws {
    let home = try ProcessHome()
    let none = try home.run("agent", "status")
    #expect(none.code == 1 && none.output == "not running\n")
    #expect(try home.run("get", "nodes").output.contains("localhost"))
    #expect(try home.run("agent", "status").output.hasPrefix("running, process "))
    try home.run("run", "stays", "--image=none", "--command", "--", "sleep", "600")
    try home.until("it runs") { try home.value("get", "pod", "stays", path: "{.status.phase}") == "Running" }
    #expect(try home.run("agent", "stop").output == "stopped\n")
    #expect(ProcessHome.processes("default/stays/").count == 1, "its shim runs on")
    #expect(try home.run("get", "pod", "stays").output.contains("Running"))
    #expect(try home.run("agent", "stop", "--pods").output == "stopped\n")
    #expect(ProcessHome.processes("default/stays/").isEmpty)
  }
}
