import Formats
import Testing

// Watches: what stands, what comes, and how they end.

struct WatchingTests {
  /// Each test has one of its own.
  let server: RunningServer

  init() throws { server = try RunningServer() }

  /// A watch that has begun.
  static func watch(_ server: RunningServer, _ path: String, _ query: String = "", _ header: [String: String] = [:]) throws
    -> RawConnection
  {
    let connection = try server.connect()
    try connection.send(connection.request("GET", "\(path)?watch=1&\(query)", header))
    let (status, fields) = try connection.head()
    #expect(status == 200)
    #expect(fields["Content-Type"] == "application/json" && fields["Transfer-Encoding"] == "chunked")
    return connection
  }

  private static func make(_ server: RunningServer, _ name: String, _ labels: Value = [:]) throws -> String {
    try server.post(Paths.configMaps, ["metadata": ["name": .string(name), "labels": labels]]).json["metadata", "resourceVersion"].text
  }

  @Test func aWatchBeginsWithWhatStands() throws {
    let watch = try Self.watch(server, "/api/v1/nodes")
    #expect(try watch.events(3) == ["ADDED node-1", "ADDED node-2", "ADDED node-3"])
    _ = try server.patch("/api/v1/nodes/node-2", "merge-patch+json", ["metadata": ["labels": ["a": "b"]]])
    let event = try #require(try watch.event())
    #expect(event.type == "MODIFIED" && event.name == "node-2")
    #expect(event.object["kind"] == "Node" && event.object["apiVersion"] == "v1")
  }

  @Test func aWatchGoesOnBehindARevision() throws {
    let first = try Self.make(server, "a")
    _ = try Self.make(server, "b")
    let watch = try Self.watch(server, Paths.configMaps, "resourceVersion=\(first)")
    _ = try server.patch("\(Paths.configMaps)/a", "merge-patch+json", ["data": ["x": "1"]])
    _ = try server.delete("\(Paths.configMaps)/b")
    #expect(try watch.events(3) == ["ADDED b", "MODIFIED a", "DELETED b"])
  }

  /// What comes to be selected is added, what ceases to be is deleted.
  @Test func aWatchIsSelected() throws {
    let begin = try Self.make(server, "a", ["tier": "front"])
    let watch = try Self.watch(server, Paths.configMaps, "resourceVersion=\(begin)&labelSelector=tier%3Dfront")
    let named = try Self.watch(server, Paths.configMaps, "resourceVersion=\(begin)&fieldSelector=metadata.name%3Db")
    _ = try Self.make(server, "b", ["tier": "back"])
    _ = try server.patch("\(Paths.configMaps)/b", "merge-patch+json", ["metadata": ["labels": ["tier": "front"]]])
    _ = try server.patch("\(Paths.configMaps)/a", "merge-patch+json", ["metadata": ["labels": ["tier": .null]]])
    #expect(try watch.events(2) == ["ADDED b", "DELETED a"])
    #expect(try named.events(2) == ["ADDED b", "MODIFIED b"])
  }

  @Test func aWatchEndsWhenItsTimeIsUp() throws {
    let begin = try Self.make(server, "a")
    let watch = try Self.watch(server, Paths.configMaps, "resourceVersion=\(begin)&timeoutSeconds=5&allowWatchBookmarks=true")
    let plain = try Self.watch(server, Paths.configMaps, "resourceVersion=\(begin)&timeoutSeconds=5")
    let last = try Self.make(server, "b")
    try server.advance("10s")
    #expect(try watch.events(1) == ["ADDED b"])
    let bookmark = try #require(try watch.event())
    #expect(bookmark.type == "BOOKMARK" && bookmark.object["kind"] == "ConfigMap")
    #expect(try #require(Int(bookmark.revision)) >= #require(Int(last)))
    #expect(bookmark.object.members.keys.sorted() == ["apiVersion", "kind", "metadata"])
    #expect(try watch.event() == nil)
    #expect(try plain.events(2) == ["ADDED b", "the end"])
    // The connection is as good as new.
    #expect(try watch.ask("GET", "\(Paths.configMaps)/a").status == 200)
  }

  @Test func aWatchFromTooLongAgoIsGone() throws {
    let home = try ScratchFolder()
    let before = try RunningServer(in: home)
    let old = try Self.make(before, "a")
    _ = try Self.make(before, "b")
    before.stop()
    // The next server knows the objects, not their past.
    let server = try RunningServer(in: home)
    let watch = try Self.watch(server, Paths.configMaps, "resourceVersion=\(old)")
    let event = try #require(try watch.event())
    #expect(event.type == "ERROR")
    #expect(event.object["kind"] == "Status" && event.object["code"] == 410 && event.object["reason"] == "Expired")
    #expect(event.object["message"].text.hasPrefix("too old resource version: \(old) ("))
    #expect(try watch.event() == nil)
    let future = try server.get("\(Paths.configMaps)?watch=1&resourceVersion=99999999")
    #expect(future.status == 504 && future.reason == "Timeout")
    server.stop()
  }

  @Test func aWatchOfATableSaysItsColumnsOnce() throws {
    let watch = try Self.watch(server, Paths.configMaps, "fieldSelector=metadata.name%3Da", ReadingTests.table)
    _ = try Self.make(server, "a")
    let added = try #require(try watch.event())
    #expect(added.type == "ADDED" && added.object["kind"] == "Table")
    #expect(added.object["columnDefinitions"].items.map { $0["name"].text } == ["Name", "Data", "Age"])
    #expect(added.object["rows"][0]["cells"][0] == "a")
    _ = try server.patch("\(Paths.configMaps)/a", "merge-patch+json", ["data": ["x": "1"]])
    let changed = try #require(try watch.event())
    #expect(changed.object["columnDefinitions"] == .null)
    #expect(changed.object["rows"][0]["cells"].items.prefix(2) == ["a", 1])
  }

  @Test func aWatchOfMetadataHoldsNoMore() throws {
    let header = ["Accept": "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"]
    let watch = try Self.watch(server, "/api/v1/nodes", "", header)
    let event = try #require(try watch.event())
    #expect(event.name == "node-1" && event.object["kind"] == "PartialObjectMetadata" && !event.object.has("status"))
  }

  /// `/api/v1/watch/…`, as old clients ask.
  @Test func theOldPathWatches() throws {
    let connection = try server.connect()
    try connection.send(connection.request("GET", "/api/v1/watch/nodes/node-2"))
    _ = try connection.head()
    #expect(try connection.events(1) == ["ADDED node-2"])
  }

  @Test func watchesThatNobodyCanServeAreRefused() throws {
    #expect(try server.get("/api/v1/nodes?watch=perhaps").status == 400)
    #expect(try server.get("/api/v1/nodes?watch=1&sendInitialEvents=true").causes == ["sendInitialEvents: FieldValueForbidden"])
    #expect(try server.get("/api/v1/nodes?watch=1&timeoutSeconds=soon").status == 400)
    #expect(try server.get("/api/v1/nodes?watch=1&resourceVersion=x").status == 400)
  }
}
