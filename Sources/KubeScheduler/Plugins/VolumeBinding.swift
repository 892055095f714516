import API
import APIMachinery
import Client
import Formats

// VolumeBinding: the claims that a pod mounts must exist and be bound.

enum VolumeBinding {
  static let plugin = Plugin(
    id: .volumeBinding, wakes: [.nodeAdded, .podDeleted, .claimChanged],
    filter: { cycle throws(Refusal) in
      for claim in cycle.shape.claims {
        if let why = VolumeBinding.obstacle(cycle.cluster.lister, cycle.shape.namespace, claim.name, isEphemeral: claim.isEphemeral) {
          throw Refusal(message: why)
        }
      }
      return nil
    })

  static let kinds: [Kind] = Kinds.all.filter {
    ($0.group.isEmpty && ($0.name == "PersistentVolumeClaim" || $0.name == "PersistentVolume"))
      || ($0.group == "storage.k8s.io" && $0.name == "StorageClass")
  }
  private static let claimKind = kinds.first { $0.name == "PersistentVolumeClaim" }

  /// What keeps a claim from being used; nil where it is bound. An ephemeral volume's name stands for its claim's.
  private static func obstacle(_ lister: any Lister, _ namespace: String, _ name: String, isEphemeral: Bool) -> String? {
    guard let kind = claimKind, let claim = lister.get(ObjectKey(kind, namespace, name)) else {
      return isEphemeral
        ? "waiting for ephemeral volume controller to create the persistentvolumeclaim \"\(name)\""
        : "persistentvolumeclaim \"\(name)\" not found"
    }
    if claim.isBeingDeleted { return "persistentvolumeclaim \"\(name)\" is being deleted" }
    let volume = claim["spec"]["volumeName"].text
    if claim["status"]["phase"].text == "Lost" {
      return "persistentvolumeclaim \"\(name)\" bound to non-existent persistentvolume \"\(volume)\""
    }
    return volume.isEmpty ? "pod has unbound immediate PersistentVolumeClaims" : nil
  }
}
