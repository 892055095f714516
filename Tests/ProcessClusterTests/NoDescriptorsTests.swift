import Foundation
import Posix
import Testing

// A daemon that may have few descriptors, with more to do than they are enough for.

@Suite(.serialized, .enabled(if: ProcessHome.canRun, "kctl or python3 is missing, or this is not Linux"))
struct NoDescriptorsTests {
  @Test func whatFindsNoDescriptorIsToldAndTheRestGoesOn() throws {
    let home = try ProcessHome()
    let kctl = try #require(ProcessHome.kctl)
    let started = try Child.run(
      "sh", ["-c", "ulimit -n 40; exec \"$0\" --context process agent start", kctl], environment: home.environment)
    try #require(started.code == 0, "\(started)")
    try home.apply(
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: many}
      spec:
        replicas: 40
        selector: {matchLabels: {app: many}}
        template:
          metadata: {labels: {app: many}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - {name: main, image: none, command: [sleep, "600"]}
      """)
    func shims() -> Int { ProcessHome.processes("kctl-shim", "default/many-").filter(lives).count }
    try home.until("one is told why not") { try home.run("get", "events").output.contains("too many open files") }
    #expect((5..<40).contains(shims()))

    // Everything else is as it was.
    #expect(try home.run("create", "configmap", "kept", "--from-literal=a=b").code == 0)
    #expect(try home.run("expose", "deployment", "many", "--port=80").code == 0)
    let daemon = try home.daemon()

    #expect(try home.run("scale", "deployment", "many", "--replicas=4").code == 0)
    try home.until("there is enough for these") {
      try home.value("get", "deployment", "many", path: "{.status.replicas} {.status.readyReplicas}") == "4 4" && shims() == 4
    }
    #expect(try home.daemon() == daemon)
    try home.killDaemon()
    #expect(try home.run("get", "configmap", "kept").code == 0)
  }
}
