// A short way for the cluster's own kubelets: what they write is in canonical form already.

import API
import APIMachinery
import Client
import Formats

extension APIServer {
  /// Replaces an object's status by one that is known to be in canonical form; nil where more than the status would change.
  public func replaceStatus(_ key: ObjectKey, _ object: Value) throws(Status) -> Value? {
    let row = try row(key)
    let old = row.value
    guard object["metadata"] == old["metadata"] else { return nil }
    let status = object["status"]
    if status == old["status"] { return old }
    var changed = old
    changed["status"] = status
    return store.replace(row, with: changed)
  }

  /// Creates a node's lease. Its uid follows from its node's: leases take no draw of the cluster's chance, so that what a seed
  /// names and places doesn't depend on them.
  public func createNodeLease(_ given: Value) throws(Status) -> Value {
    let table = try table(Kinds.lease)
    try admitContent(given.namespace, Kinds.lease, given.name)
    if table.row(given.namespace, given.name) != nil { throw .alreadyExists(Kinds.lease, given.name) }
    var seed = UInt64(bitPattern: now.nanoseconds)
    for byte in given["metadata"]["ownerReferences"][0]["uid"].text.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var random = Random(seed: seed)
    var lease = given
    lease["metadata", "uid"] = .string(random.uuid())
    lease["metadata", "creationTimestamp"] = .string(now.rfc3339)
    return store.insert(table, lease.namespace, lease.name, lease)
  }
}
