import Formats
import Testing

// Discovery, lists and forms, as any client of Kubernetes' API asks for them.

struct ReadingTests {
  /// Each test has one of its own.
  let server: RunningServer

  init() throws { server = try RunningServer() }

  static let table = ["Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"]

  // MARK: Discovery

  @Test func discoveryGoesFromGroupToGroup() throws {
    #expect(try server.get("/").json["paths"].items.contains("/apis/apps/v1"))
    #expect(try server.get("/api").json["versions"] == ["v1"])
    let groups = try server.get("/apis").json
    #expect(groups["kind"] == "APIGroupList")
    #expect(groups["groups"].items.contains { $0["name"] == "apps" && $0["preferredVersion", "version"] == "v1" })
    #expect(try server.get("/apis/apps").json["kind"] == "APIGroup")
    let resources = try server.get("/apis/apps/v1").json
    #expect(resources["groupVersion"] == "apps/v1")
    let deployments = try #require(resources["resources"].items.first { $0["name"] == "deployments" })
    #expect(deployments["shortNames"] == ["deploy"])
    #expect(deployments["categories"] == ["all"])
    #expect(deployments["verbs"].items.contains("deletecollection"))
    let scale = try #require(resources["resources"].items.first { $0["name"] == "deployments/scale" })
    #expect(scale["group"] == "autoscaling" && scale["kind"] == "Scale")
    #expect(try server.get("/apis/apps/v9").status == 404)
    #expect(try server.get("/apis/no.such.group").status == 404)
    #expect(try server.get("/version").json["gitVersion"].text.hasPrefix("v1."))
  }

  @Test(arguments: ["v2", "v2beta1"]) func discoveryIsOneDocumentForWhoAsksSo(version: String) throws {
    let accept = "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList,application/json"
    let core = try server.get("/api", ["Accept": accept])
    #expect(core.header["Content-Type"] == "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList")
    #expect(core.json["kind"] == "APIGroupDiscoveryList")
    let pods = try #require(core.json["items"][0]["versions"][0]["resources"].items.first { $0["resource"] == "pods" })
    #expect(pods["scope"] == "Namespaced")
    #expect(pods["subresources"].items.contains { $0["subresource"] == "eviction" && $0["responseKind", "group"] == "policy" })
    let apps = try server.get("/apis", ["Accept": accept]).json["items"].items.map { $0["metadata", "name"].text }
    #expect(apps.contains("apps") && !apps.contains(""))
  }

  /// What a load balancer asks.
  @Test func healthIsTold() throws {
    for path in ["/livez", "/readyz", "/healthz", "/livez/ping"] { #expect(try server.get(path).text == "ok") }
    #expect(try server.get("/readyz?verbose").text.hasSuffix("readyz check passed\n"))
    #expect(try server.get("/livez/no-such-check").status == 404)
    #expect(try server.post("/livez", [:]).status == 405)
    #expect(try server.get("/metrics").text.contains("apiserver_storage_objects{resource=\"nodes\"} 3"))
  }

  /// Figures are kept for each name: clients can't make them up.
  @Test func figuresNameOnlyWhatThereIs() throws {
    #expect(try server.get("/api/v1/nodes/node-1/no%22%0Asuch").status == 404)
    let figures = try server.get("/metrics").text
    #expect(!figures.contains("such") && figures.contains("resource=\"nodes\",subresource=\"other\""))
  }

  // MARK: Lists

  @Test func listsComeInPages() throws {
    for name in ["a", "b", "c", "d", "e"] { _ = try server.post(Paths.configMaps, ["metadata": ["name": .string(name)]]) }
    let first = try server.get("\(Paths.configMaps)?limit=2")
    #expect(first.names == ["a", "b"])
    #expect(first.json["kind"] == "ConfigMapList")
    // `kube-root-ca.crt` is every namespace's.
    let total = try server.get(Paths.configMaps).names.count
    #expect(first.json["metadata", "remainingItemCount"].int == Int64(total - 2))
    var names = first.names
    var token = first.json["metadata", "continue"].text
    while !token.isEmpty {
      let page = try server.get("\(Paths.configMaps)?limit=2&continue=\(token)")
      names += page.names
      token = page.json["metadata", "continue"].text
      #expect(page.json["metadata", "resourceVersion"] == first.json["metadata", "resourceVersion"])
    }
    #expect(names.filter { $0.count <= 2 } == ["a", "b", "c", "d", "e"])
    #expect(try server.get("\(Paths.configMaps)?limit=2&continue=zzz").status == 400)
    #expect(try server.get("\(Paths.configMaps)?limit=-1").causes == ["limit: FieldValueInvalid"])
  }

  @Test func listsAreSelected() throws {
    for (name, tier) in [("a", "front"), ("b", "back"), ("c", "front")] {
      _ = try server.post(Paths.configMaps, ["metadata": ["name": .string(name), "labels": ["tier": .string(tier)]]])
    }
    func names(_ query: String) throws -> [String] { try server.get("\(Paths.configMaps)?\(query)").names }
    #expect(try names("labelSelector=tier%3Dfront") == ["a", "c"])
    #expect(try names("labelSelector=tier+in+(front,back),tier!%3Dback") == ["a", "c"])
    #expect(try names("labelSelector=tier&fieldSelector=metadata.name!%3Da") == ["b", "c"])
    #expect(try names("fieldSelector=metadata.name%3Db") == ["b"])
    let label = try server.get("\(Paths.configMaps)?labelSelector=a,,%3D")
    #expect(label.status == 400 && label.reason == "BadRequest")
    #expect(try server.get("/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1").json["items"] == [])
    #expect(try server.get("/api/v1/pods?fieldSelector=spec.foo%3D1").message == "field label not supported: spec.foo")
  }

  // MARK: Forms

  @Test func tablesHaveTheColumnsOfTheirKind() throws {
    let list = try server.get("/api/v1/nodes", Self.table).json
    #expect(list["kind"] == "Table" && list["apiVersion"] == "meta.k8s.io/v1")
    let columns = list["columnDefinitions"].items
    #expect(columns.filter { $0["priority"] == 0 }.map { $0["name"].text } == ["Name", "Status", "Roles", "Age", "Version"])
    #expect(columns[0]["format"] == "name")
    let row = list["rows"][0]
    #expect(row["cells"][0] == "node-1" && row["cells"][1] == "Ready")
    #expect(row["cells"].items.count == columns.count)
    #expect(row["object", "kind"] == "PartialObjectMetadata")
    #expect(row["object", "metadata", "name"] == "node-1")
    let whole = try server.get("/api/v1/nodes?includeObject=Object", Self.table).json
    #expect(whole["rows"][0]["object", "status", "capacity", "cpu"] == "4")
    #expect(try server.get("/api/v1/nodes/node-2?includeObject=None", Self.table).json["rows"][0]["object"] == .null)
    #expect(try server.get("/api/v1/nodes?includeObject=Some", Self.table).status == 400)
    let page = try server.get("/api/v1/nodes?limit=1", Self.table).json
    #expect(page["rows"].items.count == 1 && !page["metadata", "continue"].text.isEmpty)
  }

  @Test func metadataComesAlone() throws {
    func accept(_ form: String) -> [String: String] { ["Accept": "application/json;as=\(form);g=meta.k8s.io;v=v1"] }
    let list = try server.get("/api/v1/nodes", accept("PartialObjectMetadataList")).json
    #expect(list["kind"] == "PartialObjectMetadataList")
    #expect(list["items"].items.map { $0["metadata", "name"].text } == ["node-1", "node-2", "node-3"])
    #expect(list["items"].items.allSatisfy { $0["kind"] == "PartialObjectMetadata" && !$0.has("status") })
    let one = try server.get("/api/v1/nodes/node-1", accept("PartialObjectMetadata")).json
    #expect(one["kind"] == "PartialObjectMetadata" && !one.has("spec"))
    #expect(one["metadata", "labels", "kubernetes.io/hostname"] == "node-1")
  }

  @Test func formsThatNobodyHereSpeaksAreRefused() throws {
    let protobuf = try server.get("/api/v1/nodes", ["Accept": "application/vnd.kubernetes.protobuf"])
    #expect(protobuf.status == 406 && protobuf.reason == "NotAcceptable")
    #expect(try server.get("/api/v1/nodes", ["Accept": "application/vnd.kubernetes.protobuf,application/json"]).status == 200)
    #expect(try server.get("/api/v1/nodes", ["Accept": "*/*"]).status == 200)
  }
}

/// Paths that the tests ask for.
enum Paths {
  static let configMaps = "/api/v1/namespaces/default/configmaps"
  static let pods = "/api/v1/namespaces/default/pods"
  static let deployments = "/apis/apps/v1/namespaces/default/deployments"
}
