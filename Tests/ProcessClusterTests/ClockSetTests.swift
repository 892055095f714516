import API
import APIMachinery
import Client
import Foundation
import Testing

@testable import ProcessCluster

// A machine's clock that is set by an hour while a cluster runs: nothing happens an hour late, and nothing is done over and over.

@Suite(.serialized, .enabled(if: ProcessHome.canRun, "kctl or python3 is missing, or this is not Linux"))
struct ClockSetTests {
  fileprivate static func pod(_ name: String, _ command: String, probe: Bool = false) -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name)}
    spec:
      terminationGracePeriodSeconds: 2
      containers:
      - name: main
        image: none
        command: [sh, -c, '\(command)']
        \(probe ? "readinessProbe: {exec: {command: [\"true\"]}, initialDelaySeconds: 1, periodSeconds: 1}" : "")
    """
  }

  /// A home whose daemon's clock can be set.
  private struct Scene {
    let home: ProcessHome
    private let file: String

    init(hours: Int) throws {
      home = try ProcessHome()
      file = home.path + "/clock"
      home.environment["KCTL_TEST_CLOCK"] = file
      try set(hours: hours)
    }

    func set(hours: Int) throws { try "\(hours * 3600)".write(toFile: file, atomically: true, encoding: .utf8) }

    func untilReady(_ pod: String) throws {
      try home.until("\(pod) is ready") { try home.value("get", "pod", pod, path: "{.status.containerStatuses[0].ready}") == "true" }
    }

    func expectAllIsDoneInTime(_ name: String) throws {
      try home.apply(ClockSetTests.pod(name, "echo said; exec sleep 600", probe: true))
      try untilReady(name)
      // Its start is not told to be older than the pod.
      let times = try home.value(
        "get", "pod", name, path: "{.metadata.creationTimestamp} {.status.containerStatuses[0].state.running.startedAt}")
      let parts = times.split(separator: " ")
      #expect(parts.count == 2 && parts[0] <= parts[1], "\(times)")
      #expect(try home.run("logs", name, "--since=1m").output == "said\n")

      try home.apply(ClockSetTests.pod("\(name)-crash", "exit 3"))
      try home.until("it waits") {
        try home.value("get", "pod", "\(name)-crash", path: "{.status.containerStatuses[0].state.waiting.reason}") == "CrashLoopBackOff"
      }
      let deleted = try home.run("delete", "pod", name, "--timeout=30s")
      #expect(deleted.code == 0, "\(deleted)")
      #expect(try home.value("get", "pod", "\(name)-crash", path: "{.status.containerStatuses[0].restartCount}") == "1")
    }
  }

  @Test func aClockSetBackByAnHourDelaysNothing() throws {
    let scene = try Scene(hours: 1)
    try scene.home.apply(Self.pod("before", "exec sleep 600", probe: true))
    try scene.untilReady("before")
    try scene.set(hours: 0)
    try scene.expectAllIsDoneInTime("after")
    try scene.untilReady("before")
    // A daemon that comes later finds the same time.
    try scene.home.killDaemon()
    try scene.expectAllIsDoneInTime("later")
    #expect(try scene.home.value("get", "pod", "before", path: "{.status.containerStatuses[0].restartCount}") == "0")
  }

  @Test func aClockSetForwardByAnHourEndsNothing() throws {
    let scene = try Scene(hours: 0)
    try scene.home.apply(Self.pod("before", "exec sleep 600", probe: true))
    try scene.untilReady("before")
    try scene.set(hours: 1)
    try scene.home.apply(Self.pod("after", "exec sleep 600", probe: true))
    try scene.untilReady("after")
    try scene.untilReady("before")
    #expect(try scene.home.value("get", "pod", "before", path: "{.status.containerStatuses[0].restartCount}") == "0")
    #expect(try scene.home.value("get", "node", "localhost", path: "{.status.conditions[?(@.type=='Ready')].status}") == "True")
  }
}
