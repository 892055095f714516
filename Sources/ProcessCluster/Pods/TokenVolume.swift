import Formats
import Posix

// The volume that admission gives every pod: a token of its service account.

/// The volume `kube-api-access-…`. Its token leads to no server that would take it, so it is made only for those who would find it where
/// programs look for it.
enum TokenVolume {
  /// Where programs look for it.
  static let mountPath = "/var/run/secrets/kubernetes.io/serviceaccount"

  /// Whether a program of this machine would find one there that is not its own.
  static var isInSight: Bool { Folder.exists(mountPath) }

  static func isOne(_ volume: Value) -> Bool {
    volume["name"].text.hasPrefix("kube-api-access-") && volume["projected"]["sources"].items.contains { $0.has("serviceAccountToken") }
  }

  /// The names of a pod's volumes that are such, and that no container mounts anywhere else.
  static func names(in pod: Value) -> [String] {
    let mounts = (pod["spec"]["initContainers"].items + pod["spec"]["containers"].items).flatMap { $0["volumeMounts"].items }
    return pod["spec"]["volumes"].items.filter(isOne).map { $0["name"].text }.filter { name in
      mounts.allSatisfy { $0["name"].text != name || $0["mountPath"].text == mountPath }
    }
  }
}
