import Formats
import Testing

// Creating, updating, patching and deleting, and how each is refused.

struct WritingTests {
  /// Each test has one of its own.
  let server: RunningServer

  init() throws { server = try RunningServer() }

  static let configMap: Value = ["metadata": ["name": "a", "labels": ["tier": "front"]], "data": ["x": "1"]]
  static let one = "\(Paths.configMaps)/a"

  /// Makes the ConfigMap `a`.
  private func makeA() throws -> Value {
    let made = try server.post(Paths.configMaps, Self.configMap)
    try #require(made.status == 201, "\(made)")
    return made.json
  }

  // MARK: Create and update

  @Test func namesAreGenerated() throws {
    let made = try server.post(Paths.configMaps, ["metadata": ["generateName": "job-"]]).json
    let name = made["metadata", "name"].text
    #expect(name.hasPrefix("job-") && name.count == 9)
    #expect(made["kind"] == "ConfigMap" && made["apiVersion"] == "v1")
    #expect(try server.get("\(Paths.configMaps)/\(name)").json == made)
  }

  @Test func whatStandsIsNotMadeAgain() throws {
    _ = try makeA()
    let again = try server.post(Paths.configMaps, Self.configMap)
    #expect(again.status == 409 && again.reason == "AlreadyExists")
    #expect(again.message == "configmaps \"a\" already exists")
    #expect(again.json["details"] == ["name": "a", "kind": "configmaps"])
    #expect(again.json["code"] == 409 && again.json["status"] == "Failure")
  }

  @Test func anUpdateOfSomethingOlderIsAConflict() throws {
    let made = try makeA()
    var changed = made
    changed["data", "x"] = "2"
    let updated = try server.put(Self.one, changed)
    #expect(updated.status == 200 && updated.json["data", "x"] == "2")
    #expect(updated.json["metadata", "resourceVersion"] != made["metadata", "resourceVersion"])
    let conflict = try server.put(Self.one, changed)
    #expect(conflict.status == 409 && conflict.reason == "Conflict")
    #expect(
      conflict.message
        == "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again"
    )
    changed["metadata"].remove("resourceVersion")
    #expect(try server.put(Self.one, changed).status == 200)
    changed["metadata", "name"] = "b"
    #expect(try server.put(Self.one, changed).message == "the name of the object (b) does not match the name on the URL (a)")
  }

  @Test func yamlIsTaken() throws {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: 'yes'\n"
    let connection = try server.connect()
    try connection.send(
      "POST \(Paths.configMaps) HTTP/1.1\r\nHost: \(server.address)\r\nContent-Type: application/yaml\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
    )
    #expect(try connection.answer().json["data", "x"] == "yes")
  }

  // MARK: Patches

  @Test func patchesOfEveryType() throws {
    _ = try makeA()
    let json = try server.patch(Self.one, "json-patch+json", [["op": "replace", "path": "/data/x", "value": "2"]])
    #expect(json.status == 200 && json.json["data"] == ["x": "2"])
    let merge = try server.patch(Self.one, "merge-patch+json", ["data": ["x": .null, "y": "3"]])
    #expect(merge.json["data"] == ["y": "3"])
    let strategic = try server.patch(Self.one, "strategic-merge-patch+json", ["data": ["$patch": "replace", "z": "4"]])
    #expect(strategic.json["data"] == ["z": "4"])
    let apply: Value = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"], "data": ["z": "5"]]
    let conflict = try server.patch("\(Self.one)?fieldManager=me", "apply-patch+yaml", apply)
    #expect(conflict.status == 409 && conflict.causes == [".data.z: FieldManagerConflict"])
    let forced = try server.patch("\(Self.one)?fieldManager=me&force=true", "apply-patch+yaml", apply)
    #expect(forced.status == 200 && forced.json["data"] == ["z": "5"])
    #expect(forced.json["metadata", "managedFields"].items.contains { $0["manager"] == "me" && $0["operation"] == "Apply" })
  }

  @Test func applyMakesWhatIsNotThere() throws {
    let apply: Value = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"], "data": ["x": "1"]]
    #expect(try server.patch("\(Self.one)?fieldManager=me", "apply-patch+yaml", apply).status == 201)
    #expect(try server.patch("\(Self.one)?fieldManager=me", "apply-patch+yaml", apply).status == 200)
    #expect(try server.patch(Self.one, "apply-patch+yaml", apply).message.contains("fieldManager: Required value"))
    #expect(try server.patch("\(Self.one)?force=true", "merge-patch+json", [:]).message.contains("force: Forbidden"))
  }

  @Test func patchesOfNoKnownTypeAreRefused() throws {
    _ = try makeA()
    let unknown = try server.patch(Self.one, "toml", [:])
    #expect(unknown.status == 415 && unknown.reason == "UnsupportedMediaType")
    #expect(
      unknown.message
        == "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml"
    )
    #expect(try server.patch("\(Paths.configMaps)/b", "merge-patch+json", [:]).status == 404)
    #expect(try server.patch(Self.one, "json-patch+json", ["no": "array"]).status == 400)
    #expect(try server.patch(Self.one, "json-patch+json", [["op": "test", "path": "/data/x", "value": "9"]]).status == 422)
  }

  // MARK: Delete

  @Test func deletesHavePreconditions() throws {
    let made = try makeA()
    let uid = made["metadata", "uid"].text
    let other = try server.delete(Self.one, ["preconditions": ["uid": "other"]])
    #expect(other.status == 409)
    #expect(other.message.hasSuffix("Precondition failed: UID in precondition: other, UID in object meta: \(uid)"))
    #expect(try server.delete(Self.one, ["preconditions": ["resourceVersion": "1"]]).status == 409)
    #expect(try server.delete("\(Self.one)?dryRun=All").status == 200)
    let gone = try server.delete(Self.one, ["kind": "DeleteOptions", "apiVersion": "v1", "preconditions": ["uid": .string(uid)]])
    #expect(gone.status == 200 && gone.json["status"] == "Success")
    #expect(gone.json["details"] == ["name": "a", "kind": "configmaps", "uid": .string(uid)])
    let missing = try server.get(Self.one)
    #expect(missing.status == 404 && missing.reason == "NotFound")
    #expect(missing.message == "configmaps \"a\" not found")
    #expect(missing.json["details"] == ["name": "a", "kind": "configmaps"])
  }

  @Test(arguments: ["Background", "Foreground", "Orphan"]) func deletesReachWhatIsOwned(policy: String) throws {
    _ = try server.post(Paths.deployments, Samples.deployment("web"))
    try server.advance("30s")
    let sets = "/apis/apps/v1/namespaces/default/replicasets"
    #expect(try server.get(sets).names.count == 1)
    let deleted = try server.delete("\(Paths.deployments)/web", ["propagationPolicy": .string(policy)])
    #expect(deleted.status == 200)
    // One that waits for others is shown as it waits.
    let finalizers = ["Foreground": ["foregroundDeletion"], "Orphan": ["orphan"]][policy]
    #expect(deleted.json["metadata", "finalizers"].items.map(\.text) == finalizers ?? [])
    try server.advance("2m")
    #expect(try server.get("\(Paths.deployments)/web").status == 404)
    #expect(try server.get(sets).names.count == (policy == "Orphan" ? 1 : 0))
  }

  @Test func collectionsAreDeleted() throws {
    _ = try makeA()
    _ = try server.post(Paths.configMaps, ["metadata": ["name": "b"]])
    let deleted = try server.delete("\(Paths.configMaps)?labelSelector=tier%3Dfront")
    #expect(deleted.status == 200 && deleted.json["kind"] == "Status")
    let names = try server.get(Paths.configMaps).names
    #expect(!names.contains("a") && names.contains("b"))
    #expect(try server.delete("/api/v1/namespaces").status == 405)
  }

  // MARK: Dry runs and validation

  @Test func dryRunsStoreNothing() throws {
    _ = try makeA()
    let made = try server.post("\(Paths.configMaps)?dryRun=All", ["metadata": ["name": "b"]])
    #expect(made.status == 201 && made.json["metadata", "name"] == "b")
    #expect(try server.get("\(Paths.configMaps)/b").status == 404)
    #expect(try server.patch("\(Self.one)?dryRun=All", "merge-patch+json", ["data": ["x": "9"]]).json["data", "x"] == "9")
    #expect(try server.put("\(Self.one)?dryRun=All", ["metadata": ["name": "a"]]).status == 200)
    #expect(try server.delete("\(Paths.configMaps)?dryRun=All").status == 200)
    #expect(try server.get(Self.one).json["data", "x"] == "1")
    #expect(try server.post("\(Paths.configMaps)?dryRun=Some", Self.configMap).message.contains("supported values: \"All\""))
  }

  @Test func unknownFieldsAreJudgedAsAsked() throws {
    let odd: Value = ["metadata": ["name": "a"], "dada": ["x": "1"]]
    let strict = try server.post("\(Paths.configMaps)?fieldValidation=Strict", odd)
    #expect(strict.status == 400 && strict.reason == "BadRequest")
    #expect(
      strict.message
        == "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dada\"")
    let warned = try server.post("\(Paths.configMaps)?fieldValidation=Warn&dryRun=All", odd)
    #expect(warned.status == 201 && warned.header.all("Warning") == ["299 - \"unknown field \\\"dada\\\"\""])
    let ignored = try server.post("\(Paths.configMaps)?fieldValidation=Ignore&dryRun=All", odd)
    #expect(ignored.status == 201 && ignored.header["Warning"] == nil)
    #expect(try server.post("\(Paths.configMaps)?fieldValidation=Lax", odd).status == 422)
  }

  // MARK: Refusals

  @Test func whatIsInvalidSaysWhere() throws {
    let pod = try server.post(Paths.pods, ["metadata": ["name": "x"], "spec": ["restartPolicy": "Sometimes"]])
    #expect(pod.status == 422 && pod.reason == "Invalid")
    #expect(pod.message.hasPrefix("Pod \"x\" is invalid: ["))
    #expect(pod.json["details", "kind"] == "Pod" && pod.json["details", "name"] == "x")
    #expect(pod.causes.sorted() == ["spec.containers: FieldValueRequired", "spec.restartPolicy: FieldValueNotSupported"])
    let deployment = try server.post(Paths.deployments, ["metadata": ["name": "x"]])
    #expect(deployment.json["details", "group"] == "apps")
  }

  @Test func whatIsNoRequestForObjectsIsRefused() throws {
    let connection = try server.connect()
    try connection.send("POST \(Paths.configMaps) HTTP/1.1\r\nHost: \(server.address)\r\nContent-Length: 5\r\n\r\n{\"a\":")
    let torn = try connection.answer()
    #expect(torn.status == 400 && torn.reason == "BadRequest")
    #expect(torn.message.hasPrefix("the object provided is unrecognized (must be of type ConfigMap): "))
    #expect(try server.post(Paths.configMaps, ["kind": "Pod", "apiVersion": "v1", "metadata": ["name": "a"]]).status == 400)
    #expect(try server.post(Paths.configMaps, [1, 2]).status == 400)
    for path in ["/api/v1/widgets", "/apis/no.such/v1/things", "/nowhere", "/api/v1/namespaces/default/nodes"] {
      let unknown = try server.get(path)
      #expect(unknown.status == 404 && unknown.message == "the server could not find the requested resource", "\(path)")
    }
    let verbs = [("PUT", Paths.configMaps), ("POST", "\(Paths.configMaps)/a"), ("OPTIONS", Paths.configMaps), ("POST", "/api/v1/pods")]
    for (method, path) in verbs {
      let refused = try connection.ask(method, path, [:], [:])
      #expect(refused.status == 405 && refused.reason == "MethodNotAllowed", "\(method) \(path)")
      #expect(refused.message == "the server does not allow this method on the requested resource")
    }
    #expect(try server.post("/api/v1/namespaces/nope/configmaps", ["metadata": ["name": "a"]]).message == "namespaces \"nope\" not found")
  }

  @Test func whatIsTooLargeIsRefused() throws {
    let text = String(repeating: "x", count: 3 << 20)
    let large = try server.post(Paths.configMaps, ["metadata": ["name": "a"], "data": ["x": .string(text)]])
    #expect(large.status == 413 && large.reason == "RequestEntityTooLarge")
    #expect(large.message == "Request entity too large: limit is 3145728")
    // One that asks first is told before it sends.
    let connection = try server.connect()
    try connection.send(
      "POST \(Paths.configMaps) HTTP/1.1\r\nHost: \(server.address)\r\nContent-Length: 3145729\r\nExpect: 100-continue\r\n\r\n")
    #expect(try connection.answer().status == 413)
    // One that sends it all before it listens is told too.
    let deaf = try server.connect()
    try deaf.send("POST \(Paths.configMaps) HTTP/1.1\r\nHost: \(server.address)\r\nContent-Length: \(16 * text.utf8.count)\r\n\r\n")
    let bytes = Array(text.utf8)
    for _ in 0..<16 { try deaf.send(bytes) }
    #expect(try deaf.answer().status == 413)
    #expect(try deaf.isHungUp())
    // And one that doesn't say how much it sends.
    let chunked = try server.connect()
    try chunked.send("POST \(Paths.configMaps) HTTP/1.1\r\nHost: \(server.address)\r\nTransfer-Encoding: chunked\r\n\r\n")
    try chunked.send("300001\r\n\(text)x\r\n")
    #expect(try chunked.answer().status == 413)
  }
}

/// Objects that the tests make.
enum Samples {
  static func deployment(_ name: String, replicas: Int64 = 2) -> Value {
    [
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
      "spec": [
        "replicas": .int(replicas), "selector": ["matchLabels": ["app": .string(name)]],
        "template": [
          "metadata": ["labels": ["app": .string(name)], "annotations": ["sim.kctl.dev/log": "ready to serve"]],
          "spec": ["containers": [["name": "main", "image": "nginx:1.25"]]],
        ],
      ],
    ]
  }

  /// A pod whose container runs a small script.
  static func pod(_ name: String, script: String = "sleep 3600", scheduler: String = "default-scheduler") -> Value {
    [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)],
      "spec": [
        "schedulerName": .string(scheduler), "restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
        "containers": [["name": "main", "image": "busybox:1.36", "command": ["sh", "-c", .string(script)]]],
      ],
    ]
  }
}
