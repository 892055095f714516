import API
import APIMachinery
import Client
import RemoteCluster
import Testing

// Kinds by discovery, as servers new and old tell them.

struct RemoteDiscoveryTests {
  private static let aggregatedCore = """
    {"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[{"metadata":{"creationTimestamp":null},
     "versions":[{"version":"v1","freshness":"Current","resources":[
      {"resource":"pods","responseKind":{"group":"","version":"","kind":"Pod"},"scope":"Namespaced","singularResource":"pod",
       "verbs":["create","get","list"],"shortNames":["po"],"categories":["all"],"subresources":[{"subresource":"status","verbs":["get"]}]},
      {"resource":"persistentvolumes","responseKind":{"group":"","version":"v1","kind":"PersistentVolume"},"scope":"Cluster",
       "singularResource":"persistentvolume","verbs":["get","list"],"shortNames":["pv"]}]}]}]}
    """
  private static let aggregatedGroups = """
    {"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[
     {"metadata":{"name":"autoscaling"},"versions":[
      {"version":"v2","freshness":"Current","resources":[{"resource":"horizontalpodautoscalers","responseKind":{"kind":"HorizontalPodAutoscaler"},
       "scope":"Namespaced","singularResource":"horizontalpodautoscaler","verbs":["get"],"shortNames":["hpa"],"categories":["all"]}]},
      {"version":"v1","freshness":"Current","resources":[{"resource":"horizontalpodautoscalers","responseKind":{"kind":"HorizontalPodAutoscaler"},
       "scope":"Namespaced","singularResource":"horizontalpodautoscaler","verbs":["get"],"shortNames":["hpa"],"categories":["all"]}]}]},
     {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale"}]},
     {"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[
      {"resource":"deployments","responseKind":{"group":"apps","version":"v1","kind":"Deployment"},"scope":"Namespaced",
       "singularResource":"deployment","verbs":["get"]}]}]},
     {"metadata":{"name":"broken"},"versions":[{"version":"v1","resources":[{},{"resource":7},null]},null]}]}
    """

  private func names(_ kinds: [Kind]) -> [String] { kinds.map { "\($0.apiVersion) \($0.plural)" } }
  private let expected = [
    "v1 pods", "v1 persistentvolumes", "autoscaling/v2 horizontalpodautoscalers", "autoscaling/v1 horizontalpodautoscalers",
    "apps/v1 deployments",
  ]

  @Test func aggregatedDocumentsAreRead() throws {
    let server = try RemoteScript { asked in .json(asked.path == "/api" ? Self.aggregatedCore : Self.aggregatedGroups) }
    defer { server.stop() }
    let client = server.client()
    let kinds = try client.kinds()
    #expect(names(kinds) == expected)
    #expect(kinds[0] === Kinds.pod)
    #expect(kinds[4] === Kinds.deployment)
    #expect(
      (kinds[1].namespaced, kinds[1].shortNames, kinds[1].verbs, kinds[1].singular) == (false, ["pv"], ["get", "list"], "persistentvolume"))
    _ = try client.kinds()
    #expect(server.asked.map(\.path) == ["/api", "/apis"])
    #expect(server.asked[0].head.header["Accept"]?.contains("as=APIGroupDiscoveryList") == true)
  }

  @Test func documentsOfOldAreRead() throws {
    let hpa = """
      "resources":[{"name":"horizontalpodautoscalers","singularName":"","namespaced":true,"kind":"HorizontalPodAutoscaler","verbs":["get"],
       "shortNames":["hpa"],"categories":["all"]},
       {"name":"horizontalpodautoscalers/status","singularName":"","namespaced":true,"kind":"HorizontalPodAutoscaler","verbs":["get"]}]}
      """
    let server = try RemoteScript { asked in
      switch asked.path {
      case "/api": .json("{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}")
      case "/api/v1":
        .json(
          """
          {"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","singularName":"","namespaced":true,"kind":"Pod","verbs":["get"]},
           {"name":"pods/log","singularName":"","namespaced":true,"kind":"Pod","verbs":["get"]},
           {"name":"persistentvolumes","singularName":"","namespaced":false,"kind":"PersistentVolume","verbs":["get"]}]}
          """)
      case "/apis":
        .json(
          """
          {"kind":"APIGroupList","groups":[{"name":"autoscaling","versions":[{"groupVersion":"autoscaling/v1","version":"v1"},
           {"groupVersion":"autoscaling/v2","version":"v2"}],"preferredVersion":{"groupVersion":"autoscaling/v2","version":"v2"}},
           {"name":"metrics.k8s.io","versions":[{"version":"v1beta1"}]},{"name":"apps","versions":[{"version":"v1"}]}]}
          """)
      case "/apis/autoscaling/v1", "/apis/autoscaling/v2": .json("{\"kind\":\"APIResourceList\"," + hpa)
      case "/apis/apps/v1":
        .json("{\"resources\":[{\"name\":\"deployments\",\"namespaced\":true,\"kind\":\"Deployment\",\"verbs\":[\"get\"]}]}")
      default: .text("error trying to reach service", status: 503)
      }
    }
    defer { server.stop() }
    let kinds = try server.client().kinds()
    #expect(names(kinds) == expected)
    #expect(kinds[2].subresources == ["status"])
    #expect(kinds[1].singular == "persistentvolume")
    #expect(kinds[0] === Kinds.pod)
  }

  @Test func aServerThatIsNoneIsTold() throws {
    let server = try RemoteScript { _ in .text("<html>", status: 200) }
    defer { server.stop() }
    #expect(throws: Status.self) { try server.client().kinds() }
    let empty = try RemoteScript { _ in .text("404 page not found", status: 404) }
    defer { empty.stop() }
    #expect(try empty.client().kinds().isEmpty)
  }
}
