// The admission plugins, in the order in which they see a request.

import API
import APIMachinery
import Client
import Formats

/// One admission plugin: what it does to an object about to be stored.
struct AdmissionPlugin {
  let name: String
  /// The kinds it looks at.
  let kinds: [Kind]
  let admit: (_ server: APIServer, _ object: inout Value, _ old: Value?, _ namespace: String) throws(Status) -> Void
}

enum AdmissionTable {
  /// In Kubernetes' own order. NamespaceLifecycle comes before all of them (`APIServer.admitContent`, `admitDeletion`).
  nonisolated(unsafe) static let plugins: [AdmissionPlugin] = [
    AdmissionPlugin(name: "ServiceAccount", kinds: [Kinds.pod], admit: ServiceAccountAdmission.admit),
    AdmissionPlugin(name: "TaintNodesByCondition", kinds: [Kinds.node], admit: NodeTaintAdmission.admit),
    AdmissionPlugin(name: "Priority", kinds: [Kinds.pod], admit: PriorityAdmission.admit),
    AdmissionPlugin(name: "DefaultTolerationSeconds", kinds: [Kinds.pod], admit: TolerationAdmission.admit),
  ]
}

extension APIServer {
  /// Everything that has a say in an object about to be stored.
  func admit(_ object: inout Value, replacing old: Value?, _ kind: Kind, _ namespace: String, _ options: WriteOptions) throws(Status) {
    for plugin in AdmissionTable.plugins where plugin.kinds.contains(kind) { try plugin.admit(self, &object, old, namespace) }
    if kind == Kinds.service { try addresses.assign(&object, replacing: old, store, dice) }
  }

  /// NamespaceLifecycle: content goes into namespaces that are there to stay.
  func admitContent(_ namespace: String, _ kind: Kind, _ name: String) throws(Status) {
    guard let row = store.row(ObjectKey(Kinds.namespace, "", namespace)) else { throw .notFound(Kinds.namespace, namespace) }
    guard row.value["metadata"]["deletionTimestamp"].string != nil else { return }
    var status = Status.forbidden(kind, name, "unable to create new content in namespace \(namespace) because it is being terminated")
    status.causes = [
      .init(reason: "NamespaceTerminating", message: "namespace \(namespace) is being terminated", field: "metadata.namespace")
    ]
    throw status
  }

  /// NamespaceLifecycle: some namespaces are there for good.
  func admitDeletion(_ key: ObjectKey) throws(Status) {
    guard key.kind == Kinds.namespace, ["default", "kube-system", "kube-public"].contains(key.name) else { return }
    throw .forbidden(key.kind, key.name, "this namespace may not be deleted")
  }
}
