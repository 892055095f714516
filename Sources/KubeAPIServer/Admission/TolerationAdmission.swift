// Lets pods stay for five minutes on a node that is not ready or unreachable.

import API
import APIMachinery
import Client
import Formats

enum TolerationAdmission {
  private static let notReady = "node.kubernetes.io/not-ready"
  private static let unreachable = "node.kubernetes.io/unreachable"

  private static func toleration(_ key: String) -> Value {
    ["effect": "NoExecute", "key": .string(key), "operator": "Exists", "tolerationSeconds": 300]
  }
  private static let forNotReady = toleration(notReady)
  private static let forUnreachable = toleration(unreachable)

  static func admit(_ server: APIServer, _ pod: inout Value, _ old: Value?, _ namespace: String) throws(Status) {
    var toleratesNotReady = false
    var toleratesUnreachable = false
    let tolerations = pod["spec"]["tolerations"].items
    for toleration in tolerations {
      let effect = toleration["effect"].text
      guard effect.isEmpty || effect == "NoExecute" else { continue }
      let key = toleration["key"].text
      if key.isEmpty || key == notReady { toleratesNotReady = true }
      if key.isEmpty || key == unreachable { toleratesUnreachable = true }
    }
    if toleratesNotReady, toleratesUnreachable { return }
    pod["spec", "tolerations"] = .array(
      tolerations + (toleratesNotReady ? [] : [forNotReady]) + (toleratesUnreachable ? [] : [forUnreachable]))
  }
}
