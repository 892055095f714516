import API
import APIMachinery
import Client
import Formats
import SimulatedCluster
import Testing

@testable import ControlPlane

// Every node has a Lease of its name, renewed every ten seconds.

private func lease(_ node: String) -> ObjectKey { ObjectKey(Kinds.lease, Kinds.nodeLeases, node) }

extension Session {
  fileprivate func renewed(_ node: String) throws -> String {
    try cluster.get(lease(node), subresource: nil)["spec"]["renewTime"].text
  }
}

@Test func everyNodeRenewsItsLeaseAndNothingIsWritten() throws {
  let session = try Session()
  let leases = try session.cluster.list(Kinds.lease, namespace: nil, ListOptions()).items
  #expect(leases.map(\.name) == ["node-1", "node-2", "node-3"])
  let node = try session.cluster.get(ObjectKey(Kinds.node, "", "node-1"), subresource: nil)
  #expect(leases[0]["metadata"]["ownerReferences"] == [["apiVersion": "v1", "kind": "Node", "name": "node-1", "uid": .string(node.uid)]])
  #expect(leases[0]["spec"] == ["holderIdentity": "node-1", "leaseDurationSeconds": 40, "renewTime": "2026-01-01T00:00:00.000000Z"])
  #expect(Set(leases.map(\.uid)).count == 3)
  let revision = session.cluster.store.revision
  try session.advance("25s")
  #expect(try session.renewed("node-1") == "2026-01-01T00:00:20.000000Z")
  #expect(
    try session.cluster.list(Kinds.lease, namespace: Kinds.nodeLeases, ListOptions()).items[2]["spec"]["renewTime"].text.hasSuffix(
      "20.000000Z"))
  #expect(session.cluster.store.revision == revision)
}

@Test func aSilentNodeRenewsNothing() throws {
  let session = try Session()
  try session.advance("15s")
  try session.cluster.strike(.failNode("node-2"))
  try session.advance("60s")
  #expect(try session.renewed("node-1") == "2026-01-01T00:01:10.000000Z")
  #expect(try session.renewed("node-2") == "2026-01-01T00:00:10.000000Z")
  try session.cluster.strike(.healNode("node-2"))
  try session.advance("10s")
  #expect(try session.renewed("node-2") == "2026-01-01T00:01:20.000000Z")
}

@Test func aLeaseGoesWithItsNodeAndComesWithTheNext() throws {
  let session = try Session()
  let old = try session.cluster.get(lease("node-3"), subresource: nil)
  var node = try session.cluster.get(ObjectKey(Kinds.node, "", "node-3"), subresource: nil)
  _ = try session.cluster.delete(ObjectKey(Kinds.node, "", "node-3"), DeleteOptions())
  try session.advance("1s")
  #expect(throws: Status.self) { try session.cluster.get(lease("node-3"), subresource: nil) }
  node["metadata"].remove("resourceVersion")
  try session.create(Kinds.node, node)
  try session.advance("1s")
  #expect(try session.cluster.get(lease("node-3"), subresource: nil).uid != old.uid)
}

/// Deleted and made at once: the old lease is still there when the new node reports, and goes for its owner's sake.
@Test func aNodeThatIsReplacedHasALeaseOfItsOwn() throws {
  let session = try Session()
  var node = try session.cluster.get(ObjectKey(Kinds.node, "", "node-3"), subresource: nil)
  _ = try session.cluster.delete(ObjectKey(Kinds.node, "", "node-3"), DeleteOptions())
  node["metadata"].remove("resourceVersion")
  let made = try session.create(Kinds.node, node)
  try session.advance("15s")
  let held = try session.cluster.get(lease("node-3"), subresource: nil)
  #expect(held.ownerReferences.map { $0["uid"].text } == [made.uid])
}

@Test func aDeletedLeaseIsWrittenAnew() throws {
  let session = try Session()
  _ = try session.cluster.delete(lease("node-1"), DeleteOptions())
  try session.advance("5s")
  #expect(throws: Status.self) { try session.cluster.get(lease("node-1"), subresource: nil) }
  try session.advance("6s")
  #expect(try session.renewed("node-1") == "2026-01-01T00:00:10.000000Z")
}

@Test func othersLeasesAreAsTheyWereWritten() throws {
  let session = try Session()
  let spec: Value = ["holderIdentity": "node-1", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.000000Z"]
  try session.create(Kinds.lease, ["metadata": ["name": "node-1"], "spec": spec])
  try session.advance("60s")
  #expect(try session.cluster.get(ObjectKey(Kinds.lease, "default", "node-1"), subresource: nil)["spec"] == spec)
}
