import API
import APIMachinery
import Client
import Formats

// What every namespace has from its first moment: a default ServiceAccount and the cluster's root certificate.

/// The serviceaccount and root-ca-cert-publisher controllers.
final class NamespaceBelongings: Worker {
  let name = "serviceaccount"
  let watches = [Kinds.namespace, Kinds.serviceAccount, Kinds.configMap]

  private let shop: Workshop
  private static let account = "default"
  private static let certificates = "kube-root-ca.crt"
  private static let description =
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or "
    + "kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."

  init(_ surroundings: Surroundings) {
    shop = Workshop(surroundings, name: name, component: "service-account-controller", latency: .milliseconds(6))
  }

  func observe(_ change: Change) {
    switch change.key.kind {
    case Kinds.namespace: if change.verb == .added { shop.queue.add(change.key.name) }
    case Kinds.serviceAccount:
      if change.verb == .deleted, change.key.name == NamespaceBelongings.account { shop.queue.add(change.key.namespace) }
    default:
      if change.verb != .added, change.key.name == NamespaceBelongings.certificates { shop.queue.add(change.key.namespace) }
    }
  }

  func work(on key: String) { shop.attempt(key) { () throws(Status) in try sync(key) } }

  private func sync(_ name: String) throws(Status) {
    guard let namespace = shop.lister.get(ObjectKey(Kinds.namespace, "", name)), namespace["status"]["phase"].text != "Terminating",
      !namespace.isBeingDeleted
    else { return }
    do {
      if shop.lister.get(ObjectKey(Kinds.serviceAccount, name, NamespaceBelongings.account)) == nil {
        _ = try shop.create(
          Kinds.serviceAccount,
          [
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": ["name": .string(NamespaceBelongings.account), "namespace": .string(name)],
          ])
      }
      try publishCertificates(name)
    } catch {
      if error.reason != .alreadyExists, !error.isNamespaceTerminating { throw error }
    }
  }

  private func publishCertificates(_ namespace: String) throws(Status) {
    let data: Value = ["ca.crt": .string(RootCertificate.pem)]
    guard var current = shop.lister.get(ObjectKey(Kinds.configMap, namespace, NamespaceBelongings.certificates)) else {
      _ = try shop.create(
        Kinds.configMap,
        [
          "apiVersion": "v1", "data": data, "kind": "ConfigMap",
          "metadata": [
            "annotations": ["kubernetes.io/description": .string(NamespaceBelongings.description)],
            "name": .string(NamespaceBelongings.certificates), "namespace": .string(namespace),
          ],
        ])
      return
    }
    if current.isBeingDeleted || (current["data"] == data && !(current.annotation("kubernetes.io/description") ?? "").isEmpty) { return }
    current["data"] = data
    current["metadata", "annotations", "kubernetes.io/description"] = .string(NamespaceBelongings.description)
    try shop.update(Kinds.configMap, current)
  }
}

/// A certificate in looks only: nothing in a simulated cluster speaks TLS, but what reads the ConfigMap expects PEM.
enum RootCertificate {
  static let pem: String = {
    // A DER sequence of 742 bytes.
    var bytes: [UInt8] = [0x30, 0x82, 0x02, 0xe2]
    var block = SHA256.hash(Array("kctl simulated cluster root".utf8))
    while bytes.count < 746 {
      bytes += block
      block = SHA256.hash(block)
    }
    let text = Array(Base64.encode(Array(bytes.prefix(746))).utf8)
    var lines = ["-----BEGIN CERTIFICATE-----"]
    for start in stride(from: 0, to: text.count, by: 64) {
      lines.append(String(decoding: text[start..<min(start + 64, text.count)], as: UTF8.self))
    }
    return (lines + ["-----END CERTIFICATE-----", ""]).joined(separator: "\n")
  }()
}
