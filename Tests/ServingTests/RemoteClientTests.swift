import API
import APIMachinery
import Client
import Formats
import HTTP
import RemoteCluster
import Testing

// What RemoteClient asks, and what it makes of the answers of a real API server.

struct RemoteClientTests {
  static let pod = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"n\",\"uid\":\"u\"}}"
  private let key = ObjectKey(Kinds.pod, "n", "a")

  @Test func requestsAreKubernetesOwn() throws {
    let server = try RemoteScript { _ in .json(Self.pod) }
    defer { server.stop() }
    let client = server.client()
    let write = WriteOptions { $0.fieldManager = "me" }
    var list = ListOptions()
    (list.labelSelector, list.fieldSelector, list.limit, list.continue) = ("app in (a,b)", "metadata.name=x", 500, "t+/=")
    var delete = DeleteOptions()
    (delete.gracePeriodSeconds, delete.propagation, delete.uid, delete.dryRun) = (0, .foreground, "u", true)
    _ = try client.get(key, subresource: "status")
    _ = try client.list(Kinds.deployment, namespace: "n", list)
    _ = try client.list(Kinds.node, namespace: nil, ListOptions())
    _ = try client.create(Kinds.pod, namespace: "n", ["a": "b"], WriteOptions { $0.dryRun = true })
    _ = try client.create(key, subresource: "binding", [:], write)
    _ = try client.update(key, subresource: nil, [:], write)
    _ = try client.patch(key, subresource: "scale", .json([]), write)
    _ = try client.patch(key, subresource: nil, .apply(["x": 1]), WriteOptions { ($0.force, $0.fieldValidation) = (true, .strict) })
    _ = try client.delete(key, delete)
    try client.deleteCollection(Kinds.pod, namespace: "n", DeleteOptions(), list)
    let asked = server.asked.map { "\($0.head.method) \($0.path)\($0.head.query.isEmpty ? "" : "?")\($0.head.query)" }
    let listQuery = "labelSelector=app%20in%20%28a%2Cb%29&fieldSelector=metadata.name%3Dx&limit=500&continue=t%2B%2F%3D"
    #expect(
      asked == [
        "GET /api/v1/namespaces/n/pods/a/status", "GET /apis/apps/v1/namespaces/n/deployments?\(listQuery)", "GET /api/v1/nodes",
        "POST /api/v1/namespaces/n/pods?dryRun=All&fieldManager=kubectl&fieldValidation=Warn",
        "POST /api/v1/namespaces/n/pods/a/binding?fieldManager=me&fieldValidation=Warn",
        "PUT /api/v1/namespaces/n/pods/a?fieldManager=me&fieldValidation=Warn",
        "PATCH /api/v1/namespaces/n/pods/a/scale?fieldManager=me&fieldValidation=Warn",
        "PATCH /api/v1/namespaces/n/pods/a?fieldManager=kubectl&fieldValidation=Strict&force=true", "DELETE /api/v1/namespaces/n/pods/a",
        "DELETE /api/v1/namespaces/n/pods?\(listQuery)",
      ])
    let types = server.asked.map { $0.head.header["Content-Type"] }
    #expect(types[6] == "application/json-patch+json")
    #expect(types[7] == "application/apply-patch+yaml")
    #expect(
      try JSON.parse(server.asked[8].body) == [
        "apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0, "propagationPolicy": "Foreground",
        "preconditions": ["uid": "u"], "dryRun": ["All"],
      ])
  }

  @Test func namesAreEncoded() throws {
    let server = try RemoteScript { _ in .json("{}") }
    defer { server.stop() }
    _ = try server.client().get(ObjectKey(Kinds.configMap, "n", "../../x?y#z%"), subresource: nil)
    #expect(server.asked[0].path == "/api/v1/namespaces/n/configmaps/..%2F..%2Fx%3Fy%23z%25")
  }

  @Test func itemsOfListsGetTheirKind() throws {
    let server = try RemoteScript { _ in
      .json(
        """
        {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"c","remainingItemCount":3},
         "items":[{"metadata":{"name":"a"}}]}
        """)
    }
    defer { server.stop() }
    let list = try server.client().list(Kinds.pod, namespace: nil, ListOptions())
    #expect(list.items == [["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "a"]]])
    #expect((list.resourceVersion, list.continue) == ("7", "c"))
    #expect(list.remainingItemCount == 3)
  }

  @Test func tablesComeWithTheirObjects() throws {
    let table = """
      {"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},
       "columnDefinitions":[{"name":"Name","type":"string","format":"name","priority":0},{"name":"Up","type":"integer","priority":0},
        {"name":"Why","type":"string","priority":1}],
       "rows":[{"cells":["a",3,null],"object":{"metadata":{"name":"a"}}}]}
      """
    let server = try RemoteScript { asked in
      asked.head.header["Accept"]?.contains("as=Table") == true ? .json(table) : .json("{\"items\":[]}")
    }
    defer { server.stop() }
    var options = ListOptions()
    options.wantsPrinted = true
    let list = try server.client().list(Kinds.pod, namespace: nil, options)
    let object = try #require(list.items.first)
    #expect(object["kind"] == "Pod")
    let columns = try #require(PrintedCells.columns(of: object))
    #expect(columns.map(\.name) == ["NAME", "UP", "WHY"])
    #expect(columns.map(\.wide) == [false, false, true])
    #expect(columns.map { $0.value(object, Instant(seconds: 0)) } == ["a", "3", "<nil>"])
    #expect(server.asked[0].query["includeObject"] == "Object")
    #expect(PrintedCells.columns(of: try server.client().getPrinted(ObjectKey(Kinds.pod, "n", "a"), subresource: nil)) != nil)
  }

  @Test func failuresAreStatuses() throws {
    let server = try RemoteScript { asked in
      switch asked.path.split(separator: "/").last {
      case "missing":
        .json(
          """
          {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \\"missing\\" not found","reason":"NotFound",
           "details":{"name":"missing","kind":"pods"},"code":404}
          """, status: 404, [Header.Field(Wire.hint, "did%20you%20mean%20%22x%22%3F")])
      case "invalid":
        .json(
          """
          {"kind":"Status","status":"Failure","message":"no","reason":"Invalid","code":422,"details":{"name":"x","group":"g","kind":"K",
           "causes":[{"reason":"FieldValueInvalid","message":"m","field":"spec.f"}]}}
          """, status: 422)
      case "proxy": .text("bad luck\n", status: 502)
      case "busy": .text("later", status: 503)
      default: .text("404 page not found", status: 404)
      }
    }
    defer { server.stop() }
    let client = server.client()
    func failure(_ name: String) -> Status? {
      do throws(Status) {
        _ = try client.get(ObjectKey(Kinds.pod, "n", name), subresource: nil)
        return nil
      } catch { return error }
    }
    let missing = try #require(failure("missing"))
    #expect((missing.reason, missing.code, missing.name, missing.kind) == (.notFound, 404, "missing", "pods"))
    #expect(missing.hints == ["did you mean \"x\"?"])
    let invalid = try #require(failure("invalid"))
    #expect(invalid.causes == [Status.Cause(reason: "FieldValueInvalid", message: "m", field: "spec.f")])
    #expect((invalid.group, invalid.kind) == ("g", "K"))
    #expect(failure("proxy")?.message == "an error on the server (\"bad luck\") has prevented the request from succeeding (get pods proxy)")
    #expect(failure("busy")?.reason == .serviceUnavailable)
    #expect(failure("other")?.message == "the server could not find the requested resource (get pods other)")
  }

  @Test func aBusyServerIsAskedAgain() throws {
    let server = try RemoteScript { asked in
      asked.path.hasSuffix("a") ? .text("later", status: 429).with("Retry-After", "0") : .json("{}")
    }
    defer { server.stop() }
    #expect(throws: Status.self) { try server.client().get(key, subresource: nil) }
    #expect(server.asked.count == 11)
  }

  @Test func warningsAreHandedOn() throws {
    let server = try RemoteScript { _ in
      .json(
        "{}",
        [
          Header.Field("Warning", "299 - \"unknown field \\\"spec.x\\\"\""), Header.Field("Warning", "110 - \"stale\", 299 - \"b, c\""),
        ])
    }
    defer { server.stop() }
    let client = server.client()
    var warnings: [String] = []
    client.onWarning = { warnings.append($0) }
    _ = try client.get(key, subresource: nil)
    #expect(warnings == ["unknown field \"spec.x\"", "b, c"])
  }

  @Test func noAnswerIsToldInKubectlsWords() throws {
    func message(_ said: RemoteScript.Said?, timeout: Duration = .seconds(10)) throws -> String? {
      let server = try RemoteScript { _ in said ?? .json("") }
      if said == nil {
        server.stop()
        while (try? server.client().version()) != nil {}
      }
      defer { server.stop() }
      do throws(Status) {
        _ = try server.client(timeout: timeout).version()
        return nil
      } catch {
        #expect(error.isUnanswered)
        return error.message
      }
    }
    #expect(try message(.json("{]")) == "error: invalid character ']' looking for beginning of object key string")
    #expect(
      try message(.stream(["{"], ends: false), timeout: .milliseconds(50))
        == "error: unexpected error when reading response body. Please retry. Original error: context deadline exceeded (Client.Timeout or context cancellation while reading body)"
    )
  }

  @Test func whatIsGoneAtOnceIsToldByItsUid() throws {
    let server = try RemoteScript { _ in
      .json(
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Success\",\"details\":{\"name\":\"a\",\"kind\":\"pods\",\"uid\":\"u-1\"}}")
    }
    defer { server.stop() }
    let gone = try server.client().delete(key, DeleteOptions())
    #expect(gone == ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "a", "namespace": "n", "uid": "u-1"]])
  }

  @Test func theTimeIsTheClusters() throws {
    let server = try RemoteScript { _ in .json("{}", [Header.Field(Wire.now, "1767225600000000000"), Header.Field(Wire.clock, "manual")]) }
    let real = try RemoteScript { _ in .json("{}") }
    defer {
      server.stop()
      real.stop()
    }
    #expect(server.client().now == Instant(year: 2026, month: 1, day: 1))
    let time = RemoteTime(wall: { Instant(seconds: 5) }, steady: { 0 }, sleep: { _ in })
    #expect(RemoteClient(HTTPClient(real.address), time: time).now == Instant(seconds: 5))
  }
}

extension RemoteScript.Said {
  func with(_ name: String, _ value: String) -> RemoteScript.Said {
    var said = self
    said.header.append(Header.Field(name, value))
    return said
  }
}
