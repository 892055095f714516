// A short way for the cluster's own kubelets: what they write is in canonical form already.

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
}
