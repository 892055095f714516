// What every cluster has from its first moment.

import API
import APIMachinery
import Client
import Formats

extension APIServer {
  /// Makes what a new cluster begins with, where it isn't there: four namespaces and the `kubernetes` Service.
  public func bootstrap() throws(Status) {
    let options = WriteOptions { $0.fieldManager = "kube-apiserver" }
    for name in ["kube-system", "kube-public", "kube-node-lease", "default"]
    where store.row(ObjectKey(Kinds.namespace, "", name)) == nil {
      _ = try create(Kinds.namespace, namespace: "", ["metadata": ["name": .string(name)]], options)
    }
    let address = "192.0.2.2"
    let port: Int64 = 6443
    if store.row(ObjectKey(Kinds.service, "default", "kubernetes")) == nil {
      _ = try create(
        Kinds.service, namespace: "default",
        [
          "metadata": ["name": "kubernetes", "labels": ["component": "apiserver", "provider": "kubernetes"]],
          "spec": [
            "clusterIP": .string(addresses.range.first), "clusterIPs": [.string(addresses.range.first)], "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack", "sessionAffinity": "None", "type": "ClusterIP",
            "ports": [["name": "https", "port": 443, "protocol": "TCP", "targetPort": .int(port)]],
          ],
        ], options)
    }
    if store.row(ObjectKey(Kinds.endpoints, "default", "kubernetes")) == nil {
      _ = try create(
        Kinds.endpoints, namespace: "default",
        [
          "metadata": ["name": "kubernetes", "labels": ["endpointslice.kubernetes.io/skip-mirror": "true"]],
          "subsets": [
            ["addresses": [["ip": .string(address)]], "ports": [["name": "https", "port": .int(port), "protocol": "TCP"]]]
          ],
        ], options)
    }
    if store.row(ObjectKey(Kinds.endpointSlice, "default", "kubernetes")) == nil {
      _ = try create(
        Kinds.endpointSlice, namespace: "default",
        [
          "metadata": ["name": "kubernetes", "labels": ["kubernetes.io/service-name": "kubernetes"]], "addressType": "IPv4",
          "endpoints": [["addresses": [.string(address)], "conditions": ["ready": true]]],
          "ports": [["name": "https", "port": .int(port), "protocol": "TCP"]],
        ], options)
    }
  }
}
