import API
import APIMachinery
import Client
import Formats
import Foundation
import Kubelet
import Posix
import Testing

@testable import ProcessCluster

// What engines are told, decided without any.

struct EngineTests {
  private let podman = ContainerEngine(.podman, program: "/bin/podman", arguments: [])

  @Test func argumentsGoWhereTheEngineTakesThem() {
    let words = ["--runtime", "runc", "--ulimit=nofile=9:9", "--cgroup-manager=cgroupfs", "--network", "slirp4netns", "-v", "/a:/b"]
    let engine = ContainerEngine(.podman, program: "/bin/podman", arguments: words)
    #expect(engine.words(["ps"]) == ["/bin/podman", "--runtime", "runc", "--cgroup-manager=cgroupfs", "ps"])
    #expect(engine.creation == ["--ulimit=nofile=9:9", "--network", "slirp4netns", "-v", "/a:/b"])
    #expect(engine.creationWithoutNetwork == ["--ulimit=nofile=9:9", "-v", "/a:/b"])
    // To Docker a runtime is a container's.
    let docker = ContainerEngine(.docker, program: "/bin/docker", arguments: ["--runtime=runsc", "-H", "unix:///x"])
    #expect(docker.words([]) == ["/bin/docker", "-H", "unix:///x"])
    #expect(docker.creation == ["--runtime=runsc"])
  }

  @Test func aPodChoosesAndElseTheClusterDoes() throws {
    let engine = try FakeEngine()
    func choice(_ name: String?, before: String? = nil, usual: String? = nil) -> EngineChoice {
      let pod: Value = name.map { ["spec": ["runtimeClassName": .string($0)]] } ?? [:]
      let usual = usual.map { DaemonRuntime(name: $0, arguments: ["--log-level=error"]) }
      return EngineChoice(for: pod, before: before, usual: usual, path: engine.folder)
    }
    let program = engine.folder + "/podman"
    let bare = EngineChoice.engine(ContainerEngine(.podman, program: program, arguments: []))
    let given = EngineChoice.engine(ContainerEngine(.podman, program: program, arguments: ["--log-level=error"]))
    #expect(choice(nil) == .plain)
    #expect(choice(nil, usual: "podman") == given)
    #expect(choice("process", usual: "podman") == .plain)
    #expect(choice("podman") == bare)
    // What has begun stays with what it has.
    #expect(choice(nil, before: "process", usual: "podman") == .plain)
    #expect(choice(nil, before: "podman") == bare)
    let missing = "docker is not installed on this machine, or not on the PATH of the cluster's daemon"
    #expect(choice("docker") == .refused("spec.runtimeClassName \"docker\": " + missing))
    #expect(choice(nil, usual: "docker") == .refused("the cluster's runtime \"docker\": " + missing))
    #expect(choice("gvisor") == .refused("spec.runtimeClassName \"gvisor\" is not known here: supported are podman, docker, process"))
  }

  /// A container's making, from its manifest.
  private func creation(_ container: Value, _ spec: Value = [:], sandbox: String? = nil, _ engine: ContainerEngine? = nil) throws
    -> EngineCreation
  {
    let folder = try TestFolder()
    let pod = testPod(container, spec)
    let lister = ObjectShelf()
    let place = PodPlace(address: "127.64.0.7", node: testNode, inherited: [])
    let volumes = PodVolumes(of: pod, pods: folder.path, lister: lister, place: place)
    try volumes.prepare(now: Instant(nanoseconds: 0))
    let first = pod["spec"]["containers"][0]
    let setup = try ContainerSetup(first, of: pod, place: place, volumes: volumes, port: nil, seesMounts: true)
    let around = EngineCreation.Place(
      address: "127.64.0.7", hostname: "web-1", cluster: "/pods", environmentFile: "/run/environment", messageFile: "/run/termination-log")
    return try EngineCreation(
      EngineContainer(engine: engine ?? podman, name: "n", sandbox: sandbox), first, of: pod, setup: setup, around)
  }

  /// The values of an option.
  private func values(_ option: String, _ words: [String]) -> [String] {
    words.indices.dropLast().filter { words[$0] == option }.map { words[$0 + 1] }
  }

  @Test func aManifestBecomesACommandLine() throws {
    let made = try creation(
      [
        "image": "web:1", "command": ["serve", "-v"], "args": ["$(POD_IP)"], "workingDir": "/srv", "stdin": true, "tty": true,
        "resources": ["limits": ["memory": "64Mi", "cpu": "1050m"]],
        "securityContext": [
          "runAsUser": 7, "runAsGroup": 8, "readOnlyRootFilesystem": true, "allowPrivilegeEscalation": false,
          "capabilities": ["add": ["NET_ADMIN"], "drop": ["ALL"]],
        ],
        "volumeMounts": [["name": "data", "mountPath": "/data/", "readOnly": true]],
      ], ["volumes": [["name": "data", "emptyDir": [:]]], "hostAliases": [["ip": "10.0.0.1", "hostnames": ["far"]]]])
    let words = made.words
    #expect(words.first == "create")
    #expect(words.suffix(5) == ["--entrypoint", "serve", "web:1", "-v", "127.64.0.7"])
    #expect(words.contains("--interactive") && words.contains("--tty") && words.contains("--read-only"))
    #expect(values("--user", words) == ["7:8"])
    #expect(values("--memory", words) == ["67108864b"] && values("--cpus", words) == ["1.050"])
    #expect(values("--cap-add", words) == ["NET_ADMIN"] && values("--cap-drop", words) == ["ALL"])
    #expect(values("--security-opt", words) == ["no-new-privileges"])
    #expect(values("--workdir", words) == ["/srv"] && values("--hostname", words) == ["web-1"])
    #expect(values("--add-host", words) == ["far:10.0.0.1"])
    #expect(values("--volume", words).map { String($0.drop { $0 != ":" }) } == [":/data:ro", ":/dev/termination-log"])
    #expect(values("--label", words).contains("dev.kctl.cluster=/pods") && values("--label", words).contains("io.kubernetes.pod.uid=11-aa"))
    // What the manifest leaves to the image stays the image's.
    let bare = try creation(["image": "web:1", "args": ["x"]]).words
    #expect(!bare.contains("--entrypoint") && !bare.contains("--user") && !bare.contains("--workdir"))
    #expect(bare.suffix(2) == ["web:1", "x"])
  }

  @Test func noValueOfTheEnvironmentStandsOnACommandLine() throws {
    let made = try creation([
      "image": "web:1",
      "env": [
        ["name": "PASSWORD", "value": "s3cret\nline"], ["name": "PATH", "value": "/s3cret"],
        ["name": "DOCKER_HOST", "value": "tcp://s3cret"],
      ],
    ])
    #expect(!made.words.contains { $0.contains("s3cret") })
    #expect(made.environment.contains { $0 == ("PASSWORD", "s3cret\nline") })
    // What the client would take for its own goes by a file.
    #expect(made.file.map(\.name) == ["PATH", "DOCKER_HOST"])
    #expect(!made.environment.contains { $0.name == "PATH" })
    #expect(throws: StartFailure.self) { try creation(["image": "web:1", "env": [["name": "PATH", "value": "a\nb"]]]) }
  }

  @Test func portsArePublishedOnThePodsAddress() throws {
    let words = try creation([
      "image": "web:1",
      "ports": [
        ["containerPort": 80], ["containerPort": 53, "protocol": "UDP"], ["containerPort": 443, "hostPort": 8443, "hostIP": "0.0.0.0"],
      ],
      "readinessProbe": ["httpGet": ["port": 9000]], "livenessProbe": ["tcpSocket": ["port": 80]],
    ]).words
    #expect(
      values("--publish", words) == [
        "127.64.0.7:80:80/tcp", "127.64.0.7:53:53/udp", "127.64.0.7:443:443/tcp", "0.0.0.0:8443:443/tcp", "127.64.0.7:9000:9000/tcp",
      ])
    // On the machine's own network there is nothing to publish, on another's it is that one's.
    let own = try creation(["image": "web:1", "ports": [["containerPort": 80]]], ["hostNetwork": true]).words
    #expect(values("--network", own) == ["host"] && !own.contains("--publish"))
    let shared = try creation(["image": "web:1", "ports": [["containerPort": 80]]], sandbox: "pause").words
    #expect(values("--network", shared) == ["container:pause"] && !shared.contains("--publish"))
  }

  @Test func whatAnEngineSaysIsRead() {
    let running = EngineState(Array("running|2026-11-26 10:00:00 +0000 UTC|0|false|15\n".utf8))
    #expect(running?.isRunning == true && running?.hasStarted == true && running?.stopSignal == "15")
    let made = EngineState(Array("created|0001-01-01T00:00:00Z|0|false|\n".utf8))
    #expect(made?.hasStarted == false && made?.stopSignal == "TERM")
    let killed = EngineState(Array("exited|2026-11-26T10:00:00Z|137|true|SIGQUIT".utf8))
    #expect(killed?.code == 137 && killed?.wasOutOfMemory == true)
    for text in ["", "\n", "x|y", "running|a|b|c|d", "\u{FFFD}"] { #expect(EngineState(Array(text.utf8)) == nil) }
    let number = String(repeating: "a1", count: 32)
    let answer = EngineAnswer(
      code: 125, output: [], complaint: Array("time=\"x\" level=warning\nError: unable to start container \(number): no such thing\n".utf8))
    #expect(answer.reason == "unable to start container …: no such thing")
    #expect(EngineAnswer(code: 3, output: [], complaint: []).reason == "the engine has ended with code 3, and says nothing")
  }

  @Test func aClustersRuntimeIsKeptInItsFolder() throws {
    let folder = try TestFolder()
    #expect(DaemonRuntime.read(from: folder.path) == nil)
    try DaemonRuntime.write(nil, to: folder.path)
    let podman = DaemonRuntime(name: "podman", arguments: ["--runtime=runc", "a \"b\""])
    try DaemonRuntime.write(podman, to: folder.path)
    #expect(DaemonRuntime.read(from: folder.path) == podman)
    try DaemonRuntime.write(nil, to: folder.path)
    #expect(DaemonRuntime.read(from: folder.path) == nil)
    try Machine.replaceFile(folder.path + "/runtime", with: Array("{\"name\": [".utf8), mode: 0o600)
    #expect(DaemonRuntime.read(from: folder.path) == nil)
  }

  #if os(Linux)
    @Test func whatHoldsANetworkWaitsForEver() throws {
      let folder = try TestFolder()
      let child = try GroupChild(GroupChild.Program([try EnginePause.program(in: folder.path)]))
      WallClock.sleep(nanoseconds: 20_000_000)
      #expect(!child.hasEnded)
      child.killGroup()
      #expect(try wait(for: "its end") { child.reap() } == 137)
    }
  #endif
}
