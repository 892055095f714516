import Formats
import Posix
import Testing

// What hangs below an object: status, scale, logs, evictions, bindings.

struct SubresourceTests {
  /// Each test has one of its own.
  let server: RunningServer

  init() throws { server = try RunningServer() }

  @Test func statusChangesAlone() throws {
    _ = try server.post(Paths.pods, Samples.pod("a", scheduler: "nobody"))
    let path = "\(Paths.pods)/a/status"
    let patch: Value = [
      "metadata": ["labels": ["no": "matter"]], "spec": ["activeDeadlineSeconds": 9],
      "status": ["conditions": [["type": "Mine", "status": "True"]]],
    ]
    let patched = try server.patch(path, "strategic-merge-patch+json", patch)
    #expect(patched.status == 200)
    #expect(patched.json["status", "conditions"].items.contains { $0["type"] == "Mine" })
    #expect(!patched.json["spec"].has("activeDeadlineSeconds"))
    var object = try server.get(path).json
    object["status", "message"] = "put"
    #expect(try server.put(path, object).json["status", "message"] == "put")
    // And nothing else changes a status.
    object["status", "message"] = "lost"
    object["metadata"].remove("resourceVersion")
    #expect(try server.put("\(Paths.pods)/a", object).json["status", "message"] == "put")
  }

  @Test func scaleIsReadAndWritten() throws {
    _ = try server.post(Paths.deployments, Samples.deployment("web"))
    try server.advance("30s")
    let path = "\(Paths.deployments)/web/scale"
    var scale = try server.get(path).json
    #expect(scale["kind"] == "Scale" && scale["apiVersion"] == "autoscaling/v1")
    #expect(scale["spec", "replicas"] == 2 && scale["status"] == ["replicas": 2, "selector": "app=web"])
    scale["spec", "replicas"] = 3
    #expect(try server.put(path, scale).json["spec", "replicas"] == 3)
    #expect(try server.put(path, scale).status == 409)
    #expect(try server.patch(path, "merge-patch+json", ["spec": ["replicas": 1]]).json["spec", "replicas"] == 1)
    #expect(try server.patch(path, "merge-patch+json", ["spec": ["replicas": -1]]).status == 422)
    try server.advance("1m")
    #expect(try server.get("\(Paths.deployments)/web").json["status", "replicas"] == 1)
    #expect(try server.get(path, ReadingTests.table).json["rows"][0]["cells"].items.prefix(3) == ["web", 1, 1])
  }

  // MARK: Logs

  @Test func logsAreRead() throws {
    _ = try server.post(Paths.pods, Samples.pod("a", script: "echo one; sleep 5; echo two; sleep 5; echo three"))
    try server.advance("1m")
    let path = "\(Paths.pods)/a/log"
    let whole = try server.get(path)
    #expect(whole.text == "one\ntwo\nthree\n" && whole.header["Content-Type"] == "text/plain")
    #expect(try server.get("\(path)?tailLines=1").text == "three\n")
    #expect(try server.get("\(path)?limitBytes=5").text == "one\nt")
    #expect(try server.get("\(path)?timestamps=true&tailLines=1").text.hasPrefix("2026-01-01T00:00:"))
    #expect(try server.get("\(path)?sinceSeconds=1").text == "")
    #expect(try server.get("\(path)?container=main").text == whole.text)
    #expect(try server.get("\(path)?container=other").status == 400)
    #expect(try server.get("\(path)?previous=true").status == 400)
    #expect(try server.get("\(path)?tailLines=-1").causes == ["tailLines: FieldValueInvalid"])
    #expect(try server.get("\(Paths.pods)/b/log").message == "pods \"b\" not found")
  }

  @Test func logsAreFollowedToTheirEnd() throws {
    _ = try server.post(Paths.pods, Samples.pod("a", script: "echo one; sleep 60; echo two"))
    try server.advance("30s")
    let log = try server.connect()
    try log.send(log.request("GET", "\(Paths.pods)/a/log?follow=true"))
    #expect(try log.head().status == 200)
    #expect(try log.streamLine() == "one")
    try server.advance("2m")
    #expect(try log.streamLine() == "two")
    #expect(try log.streamLine() == nil)
  }

  /// What has no room yet goes out as soon as there is some, and not with whatever happens next.
  @Test func aLongLogDoesNotHalt() throws {
    let line = String(repeating: "x", count: 100_000)
    _ = try server.post(Paths.pods, Samples.pod("a", script: Array(repeating: "echo \(line)", count: 25).joined(separator: "; ")))
    try server.advance("1m")
    let begun = Machine.steadyNanoseconds
    #expect(try server.get("\(Paths.pods)/a/log").body.count == 25 * 100_001)
    #expect(Machine.steadyNanoseconds - begun < 5_000_000_000)
  }

  // MARK: What is done to pods

  @Test func podsAreEvicted() throws {
    _ = try server.post(Paths.pods, Samples.pod("a"))
    try server.advance("30s")
    let eviction: Value = ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "a"]]
    let evicted = try server.post("\(Paths.pods)/a/eviction", eviction)
    #expect(evicted.status == 201 && evicted.json["kind"] == "Status" && evicted.json["status"] == "Success")
    try server.advance("30s")
    #expect(try server.get("\(Paths.pods)/a").status == 404)
    #expect(try server.post("\(Paths.pods)/a/eviction", eviction).status == 404)
  }

  @Test func podsAreBound() throws {
    for name in ["a", "b"] { _ = try server.post(Paths.pods, Samples.pod(name, scheduler: "mine")) }
    func binding(_ name: String, _ node: String) -> Value {
      [
        "apiVersion": "v1", "kind": "Binding", "metadata": ["name": .string(name)],
        "target": ["apiVersion": "v1", "kind": "Node", "name": .string(node)],
      ]
    }
    #expect(try server.post("\(Paths.pods)/a/binding", binding("a", "node-2")).status == 201)
    #expect(try server.post("/api/v1/namespaces/default/bindings", binding("b", "node-3")).status == 201)
    #expect(try server.post("\(Paths.pods)/a/binding", binding("a", "node-1")).status == 409)
    try server.advance("30s")
    let pods = try server.get("\(Paths.pods)?fieldSelector=spec.nodeName%3Dnode-2")
    #expect(pods.names == ["a"] && pods.json["items"][0]["status", "phase"] == "Running")
  }

  /// What only running containers could do is refused by name.
  @Test func whatSimulatedContainersCannotDoIsRefused() throws {
    _ = try server.post(Paths.pods, Samples.pod("a"))
    #expect(try server.get("\(Paths.pods)/a/exec?command=ls&stdout=true").message == "pod a does not have a host assigned")
    try server.advance("30s")
    for query in ["exec?command=ls&stdout=true", "attach?stdout=true"] {
      let refused = try server.get("\(Paths.pods)/a/\(query)")
      #expect(refused.status == 405 && refused.text == "containers of a simulated cluster run no programs")
    }
    let debug: Value = ["spec": ["ephemeralContainers": [["name": "d", "image": "busybox"]]]]
    let ephemeral = try server.patch("\(Paths.pods)/a/ephemeralcontainers", "strategic-merge-patch+json", debug)
    #expect(ephemeral.status == 404 && ephemeral.message == "the server could not find the requested resource")
    #expect(try server.get("\(Paths.pods)/a/no-such-part").status == 404)
  }
}
