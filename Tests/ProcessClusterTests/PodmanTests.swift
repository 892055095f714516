import Formats
import Foundation
import Posix
import Testing

// Images run by the podman that is installed, where it can run any: a few of Debian's packages, and an image made of busybox alone.

/// The podman of this machine, with an image that only these tests have.
final class Podman {
  static let image = "localhost/kctl-test:1"

  /// What it needs to be given here; nil: it can't run anything. `KCTL_TEST_PODMAN` says it (words, with a space between two); else what
  /// is needed where a container can't have a control group of systemd's and no higher limits than we have is tried too.
  static let arguments: [String]? = {
    guard ProcessHome.canRun, (try? Child.run("podman", ["--version"]))?.code == 0, makeImage() else { return nil }
    let given = Machine.environment("KCTL_TEST_PODMAN").map { [$0.split(separator: " ").map(String.init)] }
    let limits = ["nofile", "nproc"].map { "--ulimit=\($0)=1024:1024" }
    let candidates = given ?? [[], limits, ["--runtime=runc", "--cgroup-manager=cgroupfs"] + limits]
    return candidates.first { arguments in
      let (global, creation) = (arguments.filter { !$0.hasPrefix("--ulimit") }, arguments.filter { $0.hasPrefix("--ulimit") })
      let words = global + ["run", "--rm", "--publish", "127.64.250.250:80:80"] + creation + [image, "true"]
      return (try? Child.run("podman", words))?.code == 0
    }
  }()

  /// An image from nothing but a static busybox.
  private static func makeImage() -> Bool {
    let found = ["/bin/busybox", "/usr/bin/busybox"].first(where: Folder.exists)
    if (try? Child.run("podman", ["image", "exists", image]))?.code == 0 { return true }
    guard let busybox = found, let root = try? Folder.makeNew(FileManager.default.temporaryDirectory.path + "/kctl-image-") else {
      return false
    }
    defer { try? FileManager.default.removeItem(atPath: root) }
    do {
      try Folder.make(root + "/bin")
      try FileManager.default.copyItem(atPath: busybox, toPath: root + "/bin/busybox")
      for name in ["sh", "sleep", "httpd", "cat", "echo", "test", "true", "mkdir"] {
        try FileManager.default.createSymbolicLink(atPath: root + "/bin/" + name, withDestinationPath: "busybox")
      }
      try FileManager.default.createDirectory(atPath: root + "/tmp", withIntermediateDirectories: false)
      let tar = try Child.run("tar", ["-C", root, "-c", "."])
      return try tar.code == 0 && Child.run("podman", ["import", "-", image], input: tar.output).code == 0
    } catch { return false }
  }

  /// The containers that it has of a cluster.
  static func containers(of home: ProcessHome) throws -> [String] {
    let label = "label=dev.kctl.cluster=\(home.path)/processes/default/pods"
    let answer = try Child.run("podman", ["ps", "--all", "--filter", label, "--format", "{{.Names}}"])
    try #require(answer.code == 0)
    return String(decoding: answer.output, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

@Suite(.serialized, .enabled(if: Podman.arguments != nil, "podman or a static busybox is missing, or podman can't start a container here"))
struct PodmanTests {
  private static let manifest = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 3
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          terminationGracePeriodSeconds: 3
          containers:
          - name: web
            image: \(Podman.image)
            command: [sh, -c]
            args: ["trap 'echo bye; exit 0' TERM; mkdir /www; echo $HOSTNAME > /www/index.html; echo up; httpd -f -p 80 -h /www & wait"]
            ports: [{containerPort: 80}]
            readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
            livenessProbe: {exec: {command: [test, -f, /www/index.html]}, periodSeconds: 1}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {selector: {app: web}, ports: [{port: 8000, targetPort: 80}]}
    """

  @Test func aDeploymentOfAnImageRunsIsHealedIsRolledAndGoes() throws {
    let home = try ProcessHome()
    let arguments = try #require(Podman.arguments).map { "--runtime-arg=" + $0 }
    try #require(try home.run(["config", "set-cluster", "process", "--runtime=podman"] + arguments).code == 0)
    try home.apply(Self.manifest)
    let up = try home.run("rollout", "status", "deploy/web", "--timeout=60s")
    let events = try home.run("get", "events").output
    try #require(up.code == 0, "\(up) \(events)")
    let address = try home.value("get", "svc", "web", path: "{.spec.clusterIP}") + ":8000"
    #expect(ProcessHome.get(address) == "200")
    #expect(try Podman.containers(of: home).count == 3)
    #expect(try home.run("logs", "deploy/web").output == "up\n")

    // One is killed, and comes back.
    let one = try #require(try Podman.containers(of: home).first)
    #expect(try Child.run("podman", ["kill", "--signal", "KILL", one]).code == 0)
    try home.until("a restart") {
      try home.value("get", "pods", path: "{.items[*].status.containerStatuses[0].restartCount}").contains("1")
    }
    #expect(try home.value("get", "pods", path: "{.items[*].status.containerStatuses[0].lastState.terminated.exitCode}") == "137")
    try home.until("three that are ready") { try home.value("get", "deploy", "web", path: "{.status.readyReplicas}") == "3" }

    // A rolling update loses no request.
    try home.run("set", "env", "deploy/web", "VERSION=2")
    var codes: Set<String> = []
    try home.until("the new version") {
      for _ in 0..<5 { codes.insert(ProcessHome.get(address)) }
      return try home.run("rollout", "status", "deploy/web", "--watch=false").output.contains("successfully rolled out")
    }
    #expect(codes == ["200"])

    // The daemon and every shim are killed at once: nothing of before is left.
    try home.until("the old ones' end") { try Podman.containers(of: home).count == 3 }
    let before = try Podman.containers(of: home)
    try home.killDaemon(with: home.shims)
    try home.until("three anew") {
      try home.value("get", "pods", path: "{.items[*].status.containerStatuses[0].restartCount}") == "1 1 1"
        && home.value("get", "deploy", "web", path: "{.status.readyReplicas}") == "3"
    }
    let after = try Podman.containers(of: home)
    #expect(after.count == 3 && Set(after).isDisjoint(with: before))

    try home.run("delete", "deploy/web", "svc/web")
    try home.until("their end") { try home.run("get", "pods").output.isEmpty && Podman.containers(of: home).isEmpty }
  }
}
