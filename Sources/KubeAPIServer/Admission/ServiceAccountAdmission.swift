// Gives pods their service account and its token's volume.

import API
import APIMachinery
import Client
import Formats

enum ServiceAccountAdmission {
  static let mountPath = "/var/run/secrets/kubernetes.io/serviceaccount"
  static let volumePrefix = "kube-api-access-"

  static func admit(_ server: APIServer, _ pod: inout Value, _ old: Value?, _ namespace: String) throws(Status) {
    guard old == nil, pod["metadata"]["annotations"]["kubernetes.io/config.mirror"].string == nil else { return }
    var name = pod["spec"]["serviceAccountName"].text
    if name.isEmpty { name = pod["spec"]["serviceAccount"].text }
    if name.isEmpty { name = "default" }
    guard let account = server.store.row(ObjectKey(Kinds.serviceAccount, namespace, name)) else {
      throw .forbidden(
        Kinds.pod, pod.name, "error looking up service account \(namespace)/\(name): serviceaccount \"\(name)\" not found")
    }
    pod["spec", "serviceAccountName"] = .string(name)
    pod["spec", "serviceAccount"] = .string(name)
    let automounts = pod["spec"]["automountServiceAccountToken"].bool ?? account.value["automountServiceAccountToken"].bool ?? true
    if automounts { mountToken(&pod, suffix: suffix(server, pod)) }
    let secrets = account.value["imagePullSecrets"].items
    if !secrets.isEmpty, pod["spec"]["imagePullSecrets"].items.isEmpty { pod["spec", "imagePullSecrets"] = .array(secrets) }
  }

  /// Pods of one controller share their volume's suffix, and so all of their containers in memory and on disk.
  private static func suffix(_ server: APIServer, _ pod: Value) -> String {
    guard let owner = pod.controllerReference?["uid"].string else { return server.dice.random.suffix() }
    var random = Random(seed: FNV.hash64a(owner.utf8))
    return random.suffix()
  }

  private static func mountToken(_ pod: inout Value, suffix: String) {
    let volumes = pod["spec"]["volumes"].items
    let present = volumes.first { $0["name"].text.hasPrefix(volumePrefix) }?["name"].text
    let name = present ?? volumePrefix + suffix
    let mount: Value = ["mountPath": .string(mountPath), "name": .string(name), "readOnly": true]
    var needed = false
    for list in ["initContainers", "containers"] {
      var containers = pod["spec"][list].items
      guard !containers.isEmpty else { continue }
      var changed = false
      for i in containers.indices where !containers[i]["volumeMounts"].items.contains(where: { $0["mountPath"].text == mountPath }) {
        containers[i]["volumeMounts"].append(mount)
        changed = true
      }
      guard changed else { continue }
      needed = true
      pod["spec", list] = .array(containers)
    }
    if needed, present == nil { pod["spec", "volumes"] = .array(volumes + [volume(name)]) }
  }

  private static func volume(_ name: String) -> Value { ["name": .string(name), "projected": projected] }

  private static let projected: Value = [
    "defaultMode": 420,
    "sources": [
      ["serviceAccountToken": ["expirationSeconds": 3607, "path": "token"]],
      ["configMap": ["items": [["key": "ca.crt", "path": "ca.crt"]], "name": "kube-root-ca.crt"]],
      ["downwardAPI": ["items": [["fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.namespace"], "path": "namespace"]]]],
    ],
  ]
}
