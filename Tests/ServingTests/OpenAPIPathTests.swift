// The published paths and operations are those that the kinds' rows list, in Kubernetes' words.
import API
import APIMachinery
import Formats
import Serving
import Testing

struct OpenAPIPathTests {
  /// A document's operations: `get /api/v1/nodes` and what is said of it.
  static func operations(_ document: Value) -> [(String, Value)] {
    document["paths"].members.flatMap { path in
      path.value.members.filter { $0.key != "parameters" }.map { ("\($0.key) \(path.key)", $0.value) }
    }
  }

  static func parameters(_ operation: Value) -> [String] { operation["parameters"].items.map { $0["name"].text } }

  @Test func deploymentsHaveTheirPaths() throws {
    let paths = try OpenAPITests.document("apis/apps/v1")["paths"].members.filter { $0.key.contains("deployments") }
    let listed = paths.map { path in
      path.key + ": " + path.value.members.filter { $0.key != "parameters" }.map(\.key).joined(separator: " ")
    }
    let collection = "/apis/apps/v1/namespaces/{namespace}/deployments"
    #expect(
      listed == [
        "/apis/apps/v1/deployments: get", "\(collection): delete get post", "\(collection)/{name}: delete get patch put",
        "\(collection)/{name}/scale: get patch put", "\(collection)/{name}/status: get patch put",
      ])
  }

  /// Client libraries name their methods by these.
  @Test(arguments: [
    ("post /api/v1/namespaces/{namespace}/bindings", "createCoreV1NamespacedBinding", "post", "Binding"),
    ("post /api/v1/namespaces/{namespace}/pods/{name}/binding", "createCoreV1NamespacedPodBinding", "post", "Binding"),
    ("post /api/v1/namespaces/{namespace}/pods/{name}/eviction", "createCoreV1NamespacedPodEviction", "post", "Eviction"),
    ("get /api/v1/namespaces/{namespace}/pods/{name}/log", "readCoreV1NamespacedPodLog", "get", "Pod"),
    ("get /api/v1/pods", "listCoreV1PodForAllNamespaces", "list", "Pod"),
    ("get /api/v1/nodes", "listCoreV1Node", "list", "Node"),
    ("delete /api/v1/nodes", "deleteCoreV1CollectionNode", "deletecollection", "Node"),
    ("put /api/v1/namespaces/{name}/finalize", "replaceCoreV1NamespaceFinalize", "put", "Namespace"),
    ("get /apis/apps/v1/namespaces/{namespace}/deployments", "listAppsV1NamespacedDeployment", "list", "Deployment"),
    ("get /apis/apps/v1/namespaces/{namespace}/deployments/{name}", "readAppsV1NamespacedDeployment", "get", "Deployment"),
    ("patch /apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale", "patchAppsV1NamespacedDeploymentScale", "patch", "Scale"),
    ("get /apis/discovery.k8s.io/v1/endpointslices", "listDiscoveryV1EndpointSliceForAllNamespaces", "list", "EndpointSlice"),
    ("patch /apis/sim.kctl.dev/v1/simulations/{name}", "patchSimKctlDevV1Simulation", "patch", "Simulation"),
    ("post /apis/sim.kctl.dev/v1/simulations/{name}/advance", "createSimKctlDevV1SimulationAdvance", "post", "Simulation"),
  ])
  func operationsAreNamedAsKubernetesNamesThem(place: String, id: String, action: String, kind: String) throws {
    let all = try OpenAPITests.paths.flatMap { Self.operations(try OpenAPITests.document($0)) }
    let operation = try #require(all.first { $0.0 == place }, "\(place)").1
    #expect(operation["operationId"].text == id)
    #expect(operation["x-kubernetes-action"].text == action)
    #expect(operation["x-kubernetes-group-version-kind", "kind"].text == kind)
  }

  @Test func operationsFollowTheVerbs() throws {
    let core = Self.operations(try OpenAPITests.document("api/v1")).map(\.0)
    #expect(!core.contains("delete /api/v1/namespaces"), "namespaces have no deletecollection")
    #expect(core.contains("delete /api/v1/namespaces/{name}"))
    #expect(core.filter { $0.hasSuffix("/bindings") } == ["post /api/v1/namespaces/{namespace}/bindings"])
    let ids = Self.operations(OpenAPI.swagger(OpenAPITests.kinds)).map { $0.1["operationId"].text }
    #expect(Set(ids).count == ids.count, "every operation has an id of its own")
  }

  /// kubectl lets the server validate, and dry runs, where any patch of the kind takes the parameter.
  @Test func everyPatchTakesFieldValidation() throws {
    for kind in OpenAPITests.kinds where kind.verbs.contains("patch") {
      let patches = Self.operations(try OpenAPITests.document(of: kind)).map(\.1).filter {
        $0["x-kubernetes-action"] == "patch" && $0["x-kubernetes-group-version-kind"] == OpenAPITests.named(kind)
      }
      #expect(!patches.isEmpty, "\(kind)")
      for patch in patches {
        #expect(Self.parameters(patch) == ["dryRun", "fieldManager", "fieldValidation", "force"], "\(kind)")
        // kubectl applies by strategic patches where they are listed, else by merge patches.
        let types = patch["requestBody", "content"].members.keys
        #expect(types.contains("application/strategic-merge-patch+json") == (kind.schema != nil), "\(kind)")
        #expect(types.contains("application/merge-patch+json"), "\(kind)")
      }
    }
  }

  @Test func listsTakeSelectors() throws {
    let operations = Self.operations(try OpenAPITests.document("api/v1"))
    let list = try #require(operations.first { $0.0 == "get /api/v1/pods" }).1
    #expect(
      Self.parameters(list) == [
        "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch",
        "timeoutSeconds", "watch",
      ])
    let answer = "#/components/schemas/io.k8s.api.core.v1.PodList"
    #expect(list["responses", "200", "content", "application/json"]["schema"]["$ref"].text == answer)
  }

  @Test func swaggerHasTheSameOperations() throws {
    let swagger = OpenAPI.swagger(OpenAPITests.kinds)
    let all = try OpenAPITests.paths.flatMap { Self.operations(try OpenAPITests.document($0)) }
    #expect(Set(Self.operations(swagger).map(\.0)) == Set(all.map(\.0)))
    let patch = swagger["paths", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}", "patch"]
    #expect(patch["consumes"].items.contains("application/strategic-merge-patch+json"))
    #expect(Self.parameters(patch) == ["body", "dryRun", "fieldManager", "fieldValidation", "force"])
    #expect(patch["responses", "200", "schema"] == ["$ref": "#/definitions/io.k8s.api.apps.v1.Deployment"])
  }
}
