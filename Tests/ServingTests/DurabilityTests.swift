import Formats
import Foundation
import Testing

// What was acknowledged is on disk, and a server that is asked to end ends well.

struct DurabilityTests {
  @Test func aKilledServerLosesNothingThatItAcknowledged() throws {
    let home = try ScratchFolder()
    var revision = ""
    for round in 1...3 {
      let server = try RunningServer(in: home)
      let known = try server.get(Paths.configMaps).names.filter { $0.hasPrefix("c") }
      #expect(known == (1..<round).map { "c\($0)" })
      revision = try server.post(Paths.configMaps, ["metadata": ["name": .string("c\(round)")]]).json["metadata", "resourceVersion"].text
      try server.crash()
    }
    let server = try RunningServer(in: home)
    #expect(try server.get("\(Paths.configMaps)/c3").json["metadata", "resourceVersion"].text == revision)
    server.stop()
  }

  /// Whoever was told by a watch was told of something that stays.
  @Test func whatAWatchTellsIsOnDisk() throws {
    let home = try ScratchFolder()
    let server = try RunningServer(in: home)
    let watch = try WatchingTests.watch(server, Paths.configMaps, "fieldSelector=metadata.name%3Da")
    let writer = try server.connect()
    try writer.send(writer.request("POST", Paths.configMaps, [:], ["metadata": ["name": "a"]]))
    let event = try #require(try watch.event())
    try server.crash()
    let next = try RunningServer(in: home)
    #expect(try next.get("\(Paths.configMaps)/a").json["metadata", "uid"] == event.object["metadata", "uid"])
    next.stop()
  }

  @Test func theConfigurationThatIsWrittenNamesTheServer() throws {
    let server = try RunningServer()
    let text = try String(contentsOfFile: server.kubeconfig, encoding: .utf8)
    #expect(text.contains("server: http://\(server.address)\n") && text.contains("current-context: kctl\n"))
    #expect(try FileManager.default.attributesOfItem(atPath: server.kubeconfig)[.posixPermissions] as? Int == 0o600)
  }

  @Test func anInterruptedServerEndsWell() throws {
    let server = try RunningServer()
    let watch = try WatchingTests.watch(server, "/api/v1/nodes")
    #expect(try watch.events(3).count == 3)
    server.end(by: SIGINT)
    #expect(throws: Never.self) { try watch.drain() }
  }
}
