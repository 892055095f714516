import Foundation
import Testing

// What programs do with Kubernetes' Python client. KCTL_TEST_PYTHON names a Python that has it.

/// The Python that has Kubernetes' client.
private let python = ProcessInfo.processInfo.environment["KCTL_TEST_PYTHON"].flatMap {
  FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil
}

struct PythonTests {
  @Test(.enabled(if: python != nil, "KCTL_TEST_PYTHON names no Python that has the package kubernetes"))
  func theClientFindsACluster() throws {
    let server = try RunningServer()
    let script = (#filePath as NSString).deletingLastPathComponent + "/Python/client.py"
    let program = try #require(python)
    let ended = try Subprocess(
      program, [script, server.kubeconfig], environment: ["HOME": server.home.path, "PATH": "/usr/bin:/bin"],
      out: server.home.path + "/python"
    ).wait()
    #expect(ended.code == 0, "\(ended)")
    #expect(
      ended.lines == [
        "nodes: node-1 node-2 node-3", "pages: node-1 node-2 node-3", "ready: True True True", "version: 1",
        "groups: apps coordination.k8s.io",
        // Writes.
        "created: a {'x': '1'}", "again: 409 Conflict", "replaced: {'x': '2'}", "older: 409 Conflict", "patched: {'x': '2', 'y': '3'}",
        "json patch: {'y': '3'}", "selected: a", "dry: b", "deleted: Success", "missing: 404 Not Found",
        "invalid: 422 Unprocessable Entity", "secret: {'x': 'MQ=='}", "watched: ('ADDED', 'w') ('MODIFIED', 'w') ('DELETED', 'w')",
        // Workloads.
        "deployment: 2", "scale: 3 3 app=web", "pods: 3 True", "log: 'one\\ntwo\\n'", "tail: 'two\\n'", "evicted: True",
        "event: ScalingReplicaSet 2", "gone: Success", "left: 0",
        // Server-side apply.
        "applied: {'x': '1'}", "conflict: 409", "forced: {'x': '2'}", "managers: other",
        // A leader by its Lease: whoever has not seen the last write loses.
        "second: 409 Conflict", "held: 0 a leads", "stale: 409 Conflict", "renewed: 0 a leads", "beaten: 409 Conflict",
        "deposed: 409 Conflict", "leader: b 1 True",
      ])
  }
}
