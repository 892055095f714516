import Formats
import Foundation
import Testing

// What was acknowledged is on disk, and a cluster has one server, which ends well when it is asked to.

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

  /// That a clock was set, or that nothing but time passed, is acknowledged like anything else.
  @Test func aKilledServerRemembersItsClock() throws {
    let home = try ScratchFolder()
    let simulation = "/apis/sim.kctl.dev/v1/simulations/cluster"
    let server = try RunningServer(in: home)
    try server.advance("1ms")
    let now = try server.get(simulation).header["Kctl-Now"]
    try server.crash()
    let next = try RunningServer(in: home)
    #expect(try next.get(simulation).header["Kctl-Now"] == now)
    #expect(try next.patch(simulation, "merge-patch+json", ["spec": ["clock": "follow"]]).status == 200)
    try next.crash()
    let last = try RunningServer(in: home, environment: ["KCTL_SIM_CLOCK": ""])
    #expect(try last.get(simulation).json["spec", "clock"] == "follow")
    last.stop()
  }

  @Test func aClusterHasOneServer() throws {
    let server = try RunningServer()
    let second = try Kctl.run(["serve", "--listen=127.0.0.1:0"], in: server.home)
    #expect(second.code == 1 && second.output == "", "\(second)")
    #expect(second.complaint.contains("is served already"))
    #expect(try server.get("/livez").text == "ok")
  }

  /// Other commands go through the server, and see what its clients see.
  @Test func otherCommandsGoThroughTheServer() throws {
    let server = try RunningServer()
    _ = try server.post(Paths.configMaps, ["metadata": ["name": "a"]])
    #expect(try Kctl.run(["get", "configmap", "a", "-o", "name"], in: server.home).output == "configmap/a\n")
    #expect(try Kctl.run(["create", "configmap", "b"], in: server.home).output == "configmap/b created\n")
    #expect(try server.get("\(Paths.configMaps)/b").status == 200)
    server.stop()
    #expect(try Kctl.run(["get", "configmap", "b", "-o", "name"], in: server.home).output == "configmap/b\n")
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
