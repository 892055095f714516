import Formats
import Foundation
import Posix
import Testing

@testable import ProcessCluster

// Control groups on a tree of files that looks like the system's, and where the machine has some, on the system's.

struct ControlGroupTests {
  let root: TestFolder
  let limits = ContainerLimits(["resources": ["limits": ["memory": "64Mi", "cpu": "250m"]]])

  init() throws { root = try TestFolder() }

  private func file(_ path: String, _ text: String = "") throws {
    let whole = root.path + "/" + path
    try FileManager.default.createDirectory(
      atPath: (whole as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: whole, atomically: false, encoding: .utf8)
  }

  @Test func limitsAreRead() {
    #expect(limits.memoryBytes == 64 << 20)
    #expect(limits.processorMilli == 250)
    #expect(ContainerLimits(["resources": ["requests": ["cpu": 1]]]).processorMilli == nil)
    #expect(ContainerLimits(["resources": ["limits": ["cpu": 2, "memory": "x"]]]).processorMilli == 2000)
  }

  @Test func theSecondVersionIsFoundWhereItHandsDown() throws {
    try file("a/b/cgroup.subtree_control", "cpu memory pids\n")
    let groups = ControlGroups(membership: "0::/a/b\n", root: root.path)
    #expect(groups.memory == .init(folder: root.path + "/a/b", isUnified: true))
    #expect(groups.processor == groups.memory)
  }

  @Test func besideADaemonThatSystemdHasPutByItself() throws {
    try file("user/kctl.service/cgroup.subtree_control", "memory\n")
    try file("user/kctl.service/kctl-daemon/cgroup.subtree_control", "")
    let groups = ControlGroups(membership: "0::/user/kctl.service/kctl-daemon\n", root: root.path)
    #expect(groups.memory == .init(folder: root.path + "/user/kctl.service", isUnified: true))
  }

  @Test func theFirstVersionHasAFolderForEach() throws {
    try file("memory/mine/memory.limit_in_bytes", "1")
    try file("cpu,cpuacct/cpu.cfs_quota_us", "-1")
    let groups = ControlGroups(membership: "4:memory:/mine\n3:pids:/x\n2:cpu,cpuacct:/\n0::/\n", root: root.path)
    #expect(groups.memory == .init(folder: root.path + "/memory/mine", isUnified: false))
    #expect(groups.processor == .init(folder: root.path + "/cpu,cpuacct", isUnified: false))
  }

  @Test func whatCanNotBeHadBoundsNothing() throws {
    #expect(ControlGroups(membership: "0::/a\n", root: root.path).make("kctl-x", limits) == .init())
    #expect(ControlGroups(membership: "junk", root: root.path).memory == nil)
    // Folders whose files can't be written are no groups, and are not left behind.
    try file("memory/memory.limit_in_bytes")
    let groups = ControlGroups(membership: "4:memory:/\n", root: root.path)
    #expect(groups.memory != nil)
    // Nothing fills a new folder of this tree as the system does.
    let made = groups.make("kctl-x", limits)
    #expect(!made.boundsMemory && made.folders.isEmpty)
    #expect(root.names("memory") == ["memory.limit_in_bytes"])
  }
}

extension DaemonTests {
  @Test(.enabled(if: ControlGroups.ofThisProcess.memory.map { access($0.folder, W_OK) == 0 } ?? false, "no control groups can be made"))
  func limitsAreGroupsThatGoWithTheirRun() throws {
    let home = try ProcessHome()
    try home.apply(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: bound}
      spec:
        terminationGracePeriodSeconds: 1
        containers:
        - name: main
          image: none
          command: [sleep, "600.25"]
          resources: {limits: {memory: 64Mi, cpu: 250m}}
      """)
    try home.until("it runs") { try home.value("get", "pod", "bound", path: "{.status.phase}") == "Running" }
    let id = try home.value("get", "pod", "bound", path: "{.status.containerStatuses[0].containerID}").dropFirst("process://".count)
    let place = try #require(ControlGroups.ofThisProcess.memory)
    let group = "\(place.folder)/kctl-\(id.prefix(16))"
    func text(_ file: String) -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
    #expect(text(group + (place.isUnified ? "/memory.max" : "/memory.limit_in_bytes")) == "67108864\n")
    let program = try #require(ProcessHome.processes("sleep 600.25").first { !ProcessHome.processes("default/bound/").contains($0) })
    #expect(text("/proc/\(program)/cgroup").contains("/kctl-\(id.prefix(16))"))
    try home.run("delete", "pod", "bound")
    try home.until("the group has gone") { !Folder.exists(group) }
  }
}
