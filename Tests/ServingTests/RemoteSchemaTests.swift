import API
import APIMachinery
import Client
import Formats
import RemoteCluster
import Serving
import Testing

// Kinds that our tables lack, by what their server publishes of them.

struct RemoteSchemaTests {
  private static let kind = "\"x-kubernetes-group-version-kind\":[{\"group\":\"g\",\"version\":\"v1\",\"kind\":\"Set\"}]"
  private static let document = """
    {"paths":{"/apis/g/v1/namespaces/{namespace}/sets/{name}":{"patch":{
       "x-kubernetes-group-version-kind":{"group":"g","version":"v1","kind":"Set"},
       "requestBody":{"content":{"application/strategic-merge-patch+json":{},"application/merge-patch+json":{}}}}}},
     "components":{"schemas":{
      "io.k8s.api.g.v1.Set":{"type":"object","description":"a set","required":["spec"],\(kind),"properties":{
       "spec":{"description":"what it is","allOf":[{"$ref":"#/components/schemas/io.k8s.api.g.v1.Spec"}]},
       "plain":{"type":"object","properties":{"deep":{"type":"object","additionalProperties":{"type":"integer","format":"int32"}}}},
       "loop":{"$ref":"#/components/schemas/Loop"},"loops":{"$ref":"#/components/schemas/Loops"},
       "gone":{"$ref":"#/components/schemas/Nothing"}}},
      "io.k8s.api.g.v1.Spec":{"type":"object","properties":{
       "containers":{"type":"array","x-kubernetes-patch-merge-key":"name","x-kubernetes-patch-strategy":"merge","x-kubernetes-list-type":"map",
        "x-kubernetes-list-map-keys":["name"],"items":{"allOf":[{"$ref":"#/components/schemas/Container"}],"default":{}}},
       "again":{"$ref":"#/components/schemas/io.k8s.api.g.v1.Spec"},"policy":{"type":"string","enum":["A","B"]},
       "amount":{"$ref":"#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"}}},
      "Container":{"type":"object","properties":{"name":{"type":"string"},"image":{"type":"string"}}},
      "Loop":{"allOf":[{"$ref":"#/components/schemas/Loop"}]},"Loops":{"type":"array","items":{"$ref":"#/components/schemas/Loops"}},
      "Custom":{"type":"object","x-kubernetes-group-version-kind":[{"group":"g","version":"v1","kind":"Custom"}],"properties":{}}}}}
    """

  private func server() throws -> RemoteScript {
    try RemoteScript { asked in
      switch asked.path {
      case "/api": .json("{\"kind\":\"APIVersions\",\"versions\":[]}")
      case "/apis":
        .json(
          """
          {"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"g"},"versions":[{"version":"v1","resources":[
           {"resource":"sets","responseKind":{"kind":"Set"},"scope":"Namespaced"},
           {"resource":"customs","responseKind":{"kind":"Custom"},"scope":"Namespaced"},
           {"resource":"others","responseKind":{"kind":"Other"},"scope":"Namespaced"}]}]}]}
          """)
      case "/openapi/v3": .json("{\"paths\":{\"apis/g/v1\":{\"serverRelativeURL\":\"/openapi/v3/apis/g/v1?hash=ABC\"}}}")
      case "/openapi/v3/apis/g/v1": .json(Self.document)
      default: .text("404 page not found", status: 404)
      }
    }
  }

  @Test func strategicPatchesMergeByThem() throws {
    let server = try server()
    defer { server.stop() }
    let client = server.client()
    let kind = try #require(try client.kinds().first)
    #expect(server.asked.count == 2)
    let schema = try #require(kind.schema)
    #expect((schema.name, schema.doc) == ("g.v1.Set", "a set"))
    #expect(schema.field("spec")?.required == true)
    #expect(schema.field("spec")?.doc == "what it is")
    let merged = try StrategicMergePatch.apply(
      ["spec": ["containers": [["name": "b", "image": "new"]]]],
      to: ["spec": ["containers": [["name": "a", "image": "1"], ["name": "b", "image": "2"]]]], schema: schema)
    #expect(merged["spec"]["containers"].items.map { $0["image"].text } == ["1", "new"])
    _ = kind.schema
    #expect(server.asked.map(\.path) == ["/api", "/apis", "/openapi/v3", "/openapi/v3/apis/g/v1"])
    #expect(server.asked.last?.query == ["hash": "ABC"])
  }

  @Test func structuresHoldThemselvesAndLoopsEnd() throws {
    let server = try server()
    defer { server.stop() }
    let client = server.client()
    let schema = try #require(try client.kinds().first?.documentation)
    guard case .object(let spec)? = schema.field("spec")?.type, case .object(let again)? = spec().field("again")?.type else {
      throw Status(.unknown, "no structure")
    }
    #expect(again() === spec())
    #expect(spec().field("policy")?.allowed == ["A", "B"])
    if case .quantity? = spec().field("amount")?.type {} else { Issue.record("a quantity is none") }
    if case .any? = schema.field("loop")?.type {} else { Issue.record("a loop is something") }
    if case .object(let plain)? = schema.field("plain")?.type, case .map(.int32)? = plain().field("deep")?.type {
    } else {
      Issue.record("a structure without a name is none")
    }
  }

  @Test func customResourcesAreDocumentedButMergedPlainly() throws {
    let server = try server()
    defer { server.stop() }
    let client = server.client()
    let kinds = try client.kinds()
    #expect(kinds[1].schema == nil)
    #expect(kinds[1].documentation?.name == "Custom")
    #expect(kinds[2].schema == nil && kinds[2].documentation == nil)
  }

  /// Our own documents, read back, say what our own tables say.
  @Test(arguments: Kinds.all.filter { $0.schema != nil && $0.verbs.contains("patch") }) func whatWePublishIsRead(_ kind: Kind) throws {
    let path = kind.group.isEmpty ? "api/\(kind.version)" : "apis/\(kind.group)/\(kind.version)"
    let document = OpenAPI.document(path, Kinds.all) ?? .null
    let text = JSON.text(document)
    let stranger = "Stranger"
    // The same kind under a name that our tables don't know.
    let renamed = text.replacing("\"kind\":\"\(kind.name)\"", with: "\"kind\":\"\(stranger)\"")
    let server = try RemoteScript { asked in
      switch asked.path {
      case "/api", "/apis":
        .json(
          """
          {"kind":"APIGroupDiscoveryList","items":[\((kind.group.isEmpty) == (asked.path == "/api") ? """
            {"metadata":{"name":"\(kind.group)"},"versions":[{"version":"\(kind.version)","resources":[
             {"resource":"strangers","responseKind":{"kind":"\(stranger)"},"scope":"Namespaced"}]}]}
            """ : "")]}
          """)
      case "/openapi/v3": .json("{\"paths\":{\"\(path)\":{\"serverRelativeURL\":\"/document\"}}}")
      default: .json(renamed)
      }
    }
    defer { server.stop() }
    let client = server.client()
    let found = try #require(try client.kinds().first?.schema)
    let own = try #require(kind.schema)
    var seen = Set<String>()
    Self.compare(own, found, own.name, &seen)
  }

  private static func compare(_ own: Definition, _ found: Definition, _ path: String, _ seen: inout Set<String>) {
    guard seen.insert(own.name).inserted else { return }
    #expect(Set(own.fields.map(\.name)) == Set(found.fields.map(\.name)), "\(path)")
    for field in own.fields {
      guard let other = found.field(field.name) else { continue }
      #expect(
        [field.mergeKey, field.patchStrategy, field.listType] == [other.mergeKey, other.patchStrategy, other.listType],
        "\(path).\(field.name)")
      #expect(field.required == other.required && field.mapKeys == other.mapKeys && field.doc == other.doc, "\(path).\(field.name)")
      compare(field.type, other.type, "\(path).\(field.name)", &seen)
    }
  }

  private static func compare(_ own: FieldType, _ found: FieldType, _ path: String, _ seen: inout Set<String>) {
    switch (own, found) {
    case (.string, .string), (.boolean, .boolean), (.int32, .int32), (.int64, .int64), (.double, .double), (.quantity, .quantity),
      (.intOrString, .intOrString), (.time, .time), (.microTime, .microTime), (.bytes, .bytes), (.any, .any):
      break
    case (.array(let a), .array(let b)), (.map(let a), .map(let b)): compare(a, b, path, &seen)
    case (.object(let a), .object(let b)): compare(a(), b(), path, &seen)
    default: Issue.record("\(path): \(own) became \(found)")
    }
  }
}
