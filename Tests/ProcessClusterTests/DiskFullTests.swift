import Foundation
import Posix
import Testing

@testable import ProcessCluster

// A daemon whose disk is full: it says so, loses nothing that it has acknowledged, and goes on when there is room again.

/// A file system of a few megabytes, where this machine lets us mount one.
private final class SmallDisk {
  let path = NSTemporaryDirectory() + "kctl-disk-" + UUID().uuidString.prefix(8)

  static let canMount: Bool = ((try? SmallDisk()) != nil) && ProcessHome.canRun

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let mounted = try Child.run("mount", ["-t", "tmpfs", "-o", "size=4m,mode=700", "kctl-test", path])
    guard mounted.code == 0 else {
      try FileManager.default.removeItem(atPath: path)
      throw SystemFailure(code: EPERM)
    }
  }

  deinit {
    _ = try? Child.run("umount", ["-l", path])
    try? FileManager.default.removeItem(atPath: path)
  }

  private var ballast: String { path + "/ballast" }

  func fill() throws { _ = try Child.run("dd", ["if=/dev/zero", "of=\(ballast)", "bs=4096"]) }
  func empty() throws { try FileManager.default.removeItem(atPath: ballast) }
}

@Suite(
  .serialized, .enabled(if: SmallDisk.canMount, "no file system can be mounted here, kctl or python3 is missing, or this is not Linux"))
struct DiskFullTests {
  @Test func aFullDiskIsToldAndOvercome() throws {
    let disk = try SmallDisk()
    let elsewhere = disk.path + ".said"
    defer { try? FileManager.default.removeItem(atPath: elsewhere) }
    let home = try ProcessHome(disk.path)
    try home.apply(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: writer}
      spec:
        containers:
        - name: main
          image: none
          command: [sh, -c, 'i=0; while :; do echo line $i; i=$((i+1)); echo $i >"$0"; sleep 0.01; done', "\(elsewhere)"]
      """)
    func said() -> Int { (try? String(contentsOfFile: elsewhere, encoding: .utf8)).flatMap { Int($0.dropLast()) } ?? 0 }
    try home.until("it writes") { said() > 10 }
    #expect(try home.run("create", "configmap", "before", "--from-literal=a=b").code == 0)

    try disk.fill()
    let words = String(repeating: "x", count: 100_000)
    let refused = try home.run("create", "configmap", "refused", "--from-literal=a=\(words)")
    #expect(refused.code == 1 && refused.complaint.contains("no space left on device"), "\(refused)")
    // Its output finds no room; it goes on all the same.
    let written = said()
    try home.until("it goes on") { said() > written + 100 }

    try disk.empty()
    try home.until("there is room") { try home.run("create", "configmap", "after", "--from-literal=a=b").code == 0 }
    let program = try #require(ProcessHome.processes("while :;", elsewhere).first)
    kill(program, SIGKILL)
    try home.until("what was dropped is told") { try home.run("get", "events").output.contains("LogDropped") }
    try home.until("it runs again") {
      try home.value("get", "pod", "writer", path: "{.status.containerStatuses[0].restartCount}{.status.phase}") == "1Running"
    }

    // What was told is on the disk.
    try home.killDaemon()
    let kept = try home.run("get", "configmaps", "-o", "name").output.split(separator: "\n")
    #expect(kept.contains("configmap/before") && kept.contains("configmap/after"), "\(kept)")
    #expect(try home.value("get", "pod", "writer", path: "{.status.containerStatuses[0].restartCount}") == "1")
  }
}
