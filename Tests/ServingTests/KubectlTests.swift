import Formats
import Foundation
import Testing

// What people do with kubectl, done by kubectl.

@Suite(.enabled(if: Kubectl.path != nil, "kubectl is not installed")) struct KubectlTests {
  let server: RunningServer
  let kubectl: Kubectl

  init() throws {
    server = try RunningServer()
    kubectl = Kubectl(server: server)
  }

  static let specs = ((#filePath as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent + "/Specs"
  private static let web = "\(specs)/web.yaml"

  /// The Deployment and the Service of `web.yaml`, running.
  private func applyWeb() throws {
    #expect(try kubectl.output("apply", "-f", Self.web) == "deployment.apps/web created\nservice/web created\n")
    try server.advance("30s")
  }

  // MARK: The server

  @Test func theServerIsKnown() throws {
    #expect(try kubectl.output("version").contains("Server Version: v1."))
    let versions = try kubectl.output("api-versions").split(separator: "\n")
    #expect(versions.contains("v1") && versions.contains("apps/v1"))
    let resources = try kubectl.output("api-resources", "--no-headers").split(separator: "\n").map { $0.split(separator: " ") }
    #expect(resources.contains(["deployments", "deploy", "apps/v1", "true", "Deployment"]))
    #expect(resources.contains(["nodes", "no", "v1", "false", "Node"]))
    #expect(try kubectl.output("get", "--raw", "/readyz") == "ok")
    #expect(try kubectl.output("get", "--raw", "/api/v1/nodes?limit=1").hasPrefix("{\"kind\":\"NodeList\""))
    let page = try kubectl.output("explain", "deployment.spec.replicas")
    #expect(page.contains("KIND:       Deployment") && page.contains("FIELD: replicas <integer>"))
    #expect(try kubectl.output("cluster-info").contains("http://\(server.address)"))
  }

  // MARK: Apply and get

  @Test func objectsAreAppliedAndShown() throws {
    try applyWeb()
    #expect(try kubectl.output("apply", "-f", Self.web).hasSuffix("service/web unchanged\n"))
    #expect(
      try kubectl.output("apply", "--server-side", "-f", Self.web)
        == "deployment.apps/web serverside-applied\nservice/web serverside-applied\n")
    #expect(try kubectl.output("get", "deploy").split(separator: "\n")[1].hasPrefix("web    3/3     3            3 "))
    let wide = try kubectl.output("get", "pods", "-o", "wide").split(separator: "\n")
    #expect(wide.count == 4)
    #expect(
      wide[0].split(separator: " ") == [
        "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED", "NODE", "READINESS", "GATES",
      ])
    #expect(wide.dropFirst().allSatisfy { $0.contains(" 1/1     Running ") && $0.contains(" node-") })
    #expect(try kubectl.output("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.phase}") == "Running Running Running")
    #expect(try JSON.parse(kubectl.output("get", "deploy", "web", "-o", "json"))["status", "readyReplicas"] == 3)
    #expect(try kubectl.output("get", "deploy,svc", "-o", "name") == "deployment.apps/web\nservice/kubernetes\nservice/web\n")
    #expect(try kubectl.output("get", "pods", "--chunk-size=1", "--no-headers").split(separator: "\n").count == 3)
    #expect(try kubectl.output("get", "pods", "--field-selector=spec.nodeName=nowhere", "-o", "name") == "")
    let watched = try kubectl("get", "pods", "-w", "--request-timeout=1s")
    #expect(watched.lines.count == 4)
  }

  @Test func differencesAreShown() throws {
    try applyWeb()
    let diff = try kubectl("diff", "-f", "\(Self.specs)/web-v2.yaml")
    #expect(diff.code == 1 && diff.lines.contains { $0.hasPrefix("-") && $0.hasSuffix(" image: nginx:1.25") }, "\(diff)")
    let dry = try kubectl.output("apply", "--dry-run=server", "-f", "\(Self.specs)/web-v2.yaml")
    #expect(dry.hasPrefix("deployment.apps/web configured (server dry run)\n"))
    #expect(try kubectl.output("get", "deploy", "web", "-o", "jsonpath={..image}") == "nginx:1.25")
  }

  @Test func whatIsRefusedIsToldInKubernetesWords() throws {
    let mismatch = try kubectl("apply", "-f", "\(Self.specs)/broken/selector-mismatch.yaml")
    #expect(mismatch.code == 1)
    #expect(mismatch.complaint.hasPrefix("The Deployment \"selector-mismatch\" is invalid: spec.template.metadata.labels: Invalid value: "))
    let strict = try kubectl(
      "apply", "-f", "-", input: "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},\"dada\":{}}")
    #expect(strict.code == 1 && strict.complaint.contains("strict decoding error: unknown field \"dada\""))
    let missing = try kubectl("get", "pod", "a")
    #expect(missing.code == 1 && missing.complaint == "Error from server (NotFound): pods \"a\" not found\n")
    #expect(try kubectl("get", "widgets").complaint == "error: the server doesn't have a resource type \"widgets\"\n")
    let job = try kubectl("create", "job", "a", "--image=busybox:1.36")
    #expect(job.code == 1 && job.complaint.contains("the server could not find the requested resource"))
    #expect(try kubectl("exec", "a", "--", "ls").code == 1)
  }

  // MARK: Rollouts

  @Test func deploymentsAreRolledOutAndBack() throws {
    #expect(try kubectl("apply", "-f", Self.web).code == 0)
    let status = try kubectl.advancing("rollout", "status", "deploy/web", "--timeout=30s")
    #expect(status.code == 0 && status.lines.last == "deployment \"web\" successfully rolled out", "\(status)")
    #expect(try kubectl.output("scale", "deploy", "web", "--replicas=4") == "deployment.apps/web scaled\n")
    let wait = try kubectl.advancing("wait", "deploy/web", "--for=jsonpath={.status.readyReplicas}=4", "--timeout=30s")
    #expect(wait.lines == ["deployment.apps/web condition met"], "\(wait)")
    #expect(try kubectl.output("set", "image", "deploy/web", "nginx=nginx:1.26") == "deployment.apps/web image updated\n")
    #expect(try kubectl.advancing("rollout", "status", "deploy/web", "--timeout=30s").code == 0)
    #expect(try kubectl.output("rollout", "history", "deploy/web").split(separator: "\n").count == 4)
    #expect(try kubectl.output("rollout", "undo", "deploy/web") == "deployment.apps/web rolled back\n")
    #expect(try kubectl.advancing("rollout", "status", "deploy/web", "--timeout=30s").code == 0)
    #expect(try kubectl.output("get", "deploy", "web", "-o", "jsonpath={..image}") == "nginx:1.25")
    #expect(try kubectl.output("rollout", "restart", "deploy/web") == "deployment.apps/web restarted\n")
    let condition = try kubectl.advancing("wait", "deploy/web", "--for=condition=Available", "--timeout=30s")
    #expect(condition.code == 0)
    let never = try kubectl.advancing("wait", "deploy/web", "--for=condition=Never", "--timeout=1s", by: "1ms")
    #expect(never.code == 1 && never.complaint == "error: timed out waiting for the condition on deployments/web\n")
  }

  // MARK: Pods

  @Test func podsAreRunReadAndDeleted() throws {
    let script = "echo one; sleep 20; echo two"
    #expect(
      try kubectl.output("run", "a", "--image=busybox:1.36", "--restart=Never", "--", "sh", "-c", script) == "pod/a created\n")
    try server.advance("10s")
    #expect(try kubectl.output("logs", "a") == "one\n")
    let followed = try kubectl.advancing("logs", "-f", "a")
    #expect(followed.code == 0 && followed.output == "one\ntwo\n")
    #expect(try kubectl.advancing("wait", "pod/a", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=30s").code == 0)
    let page = try kubectl.output("describe", "pod", "a")
    #expect(page.contains("Status:           Succeeded") && page.contains("Successfully assigned default/a to node-"))
    #expect(try kubectl.output("events", "--for=pod/a").contains("Successfully assigned default/a to node-"))
    let events = try kubectl.output("get", "events", "--field-selector=involvedObject.name=a")
    #expect(events.contains("Started container a") && !events.contains("node/node-1"))
    let deleted = try kubectl.advancing("delete", "pod", "a")
    #expect(deleted.code == 0 && deleted.output == "pod \"a\" deleted\n")
    #expect(try kubectl("logs", "a").complaint.contains("pods \"a\" not found"))
  }

  // MARK: Changes

  @Test func objectsAreChanged() throws {
    try applyWeb()
    for (type, patch) in [
      ("strategic", "{\"spec\":{\"replicas\":2}}"), ("merge", "{\"spec\":{\"replicas\":5}}"),
      ("json", "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":1}]"),
    ] {
      #expect(try kubectl.output("patch", "deploy", "web", "--type=\(type)", "-p", patch) == "deployment.apps/web patched\n")
    }
    #expect(try kubectl.output("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}") == "1")
    #expect(try kubectl.output("label", "deploy", "web", "tier=front") == "deployment.apps/web labeled\n")
    #expect(try kubectl("label", "deploy", "web", "tier=back").code == 1)
    #expect(try kubectl.output("annotate", "deploy", "web", "note=well") == "deployment.apps/web annotated\n")
    let changed = try JSON.parse(kubectl.output("get", "deploy", "web", "-o", "json"))["metadata"]
    #expect(changed["labels", "tier"] == "front" && changed["annotations", "note"] == "well")
    let edited = try kubectl("edit", "svc", "web", environment: ["KUBE_EDITOR": "sed -i 's/port: 80/port: 81/'"])
    #expect(edited.output == "service/web edited\n", "\(edited)")
    #expect(try kubectl.output("get", "svc", "web", "-o", "jsonpath={.spec.ports[0].port}") == "81")
    #expect(try kubectl.output("replace", "-f", Self.web) == "deployment.apps/web replaced\nservice/web replaced\n")
    #expect(try kubectl.output("get", "svc", "web", "-o", "jsonpath={.spec.ports[0].port}") == "80")
    #expect(try kubectl.output("expose", "deploy", "web", "--port=80", "--name=more") == "service/more exposed\n")
    #expect(try kubectl.output("describe", "svc", "more").contains("Selector:                 app=web"))
    let gone = try kubectl.advancing("delete", "-f", Self.web)
    #expect(gone.code == 0 && gone.output == "deployment.apps \"web\" deleted\nservice \"web\" deleted\n")
  }

  @Test func nodesAreEmptied() throws {
    try applyWeb()
    #expect(try kubectl.output("taint", "node", "node-3", "for=others:NoSchedule") == "node/node-3 tainted\n")
    #expect(try kubectl.output("cordon", "node-2") == "node/node-2 cordoned\n")
    #expect(try kubectl.output("get", "node", "node-2", "--no-headers").contains("Ready,SchedulingDisabled"))
    let drained = try kubectl.advancing("drain", "node-3", "--ignore-daemonsets", "--timeout=30s")
    #expect(drained.code == 0 && drained.lines.last == "node/node-3 drained", "\(drained)")
    try server.advance("1m")
    #expect(
      try kubectl.output("get", "pods", "--field-selector=spec.nodeName=node-1", "-o", "name").split(separator: "\n").count == 2)
    #expect(try kubectl.output("uncordon", "node-2") == "node/node-2 uncordoned\n")
    #expect(try kubectl.output("describe", "node", "node-3").contains("for=others:NoSchedule"))
  }

  /// `create` of a kind and `auth` speak by clients that send protobuf.
  @Test func objectsAreCreatedByName() throws {
    let made = try kubectl("create", "configmap", "a", "--from-literal=x=1")
    try #require(made.output == "configmap/a created\n", "\(made)")
    #expect(try kubectl.output("get", "configmap", "a", "-o", "jsonpath={.data.x}") == "1")
    #expect(try kubectl.output("create", "secret", "generic", "a", "--from-literal=x=1") == "secret/a created\n")
    #expect(try kubectl.output("get", "secret", "a", "-o", "jsonpath={.data.x}") == "MQ==")
    #expect(try kubectl.output("create", "namespace", "a") == "namespace/a created\n")
    #expect(try kubectl.output("create", "deployment", "a", "--image=nginx:1.25", "--replicas=2") == "deployment.apps/a created\n")
    #expect(try kubectl.advancing("rollout", "status", "deploy/a", "--timeout=10s").code == 0)
    #expect(try kubectl.output("auth", "can-i", "create", "pods") == "yes\n")
    #expect(try kubectl.output("auth", "whoami").contains("Username"))
  }
}
