// Keeps pods off a new node until it has said that it is ready.

import API
import APIMachinery
import Client
import Formats

enum NodeTaintAdmission {
  static func admit(_ server: APIServer, _ node: inout Value, _ old: Value?, _ namespace: String) throws(Status) {
    guard old == nil else { return }
    // A node that arrives ready (a cluster's first ones do) would only lose the taint again.
    if node["status"]["conditions"].items.contains(where: { $0["type"].text == "Ready" && $0["status"].text == "True" }) { return }
    let taints = node["spec"]["taints"].items
    if taints.contains(where: { $0["key"].text == "node.kubernetes.io/not-ready" && $0["effect"].text == "NoSchedule" }) { return }
    node["spec", "taints"] = .array(taints + [["effect": "NoSchedule", "key": "node.kubernetes.io/not-ready"]])
  }
}
