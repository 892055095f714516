import Formats
import KubeProxy

// What manifests can ask for and a process of this machine can't be given.

/// Fields that a container is not run without: it waits and says which.
enum UnsupportedField {
  /// The path of the first; nil where there is none.
  static func first(of container: Value, in pod: Value) -> String? {
    let spec = pod["spec"]
    if spec["shareProcessNamespace"].bool == true { return "spec.shareProcessNamespace" }
    let path = "spec.containers{\(container["name"].text)}"
    // Other machines could reach it.
    for (i, port) in container["ports"].items.enumerated() where port["hostPort"].int ?? 0 > 0 && spec["hostNetwork"].bool != true {
      if !HostPorts.isLoopback(port["hostIP"].text) { return "\(path).ports[\(i)].hostIP \(port["hostIP"].text)" }
    }
    let security = container["securityContext"]
    for field in ["privileged", "readOnlyRootFilesystem"] where security[field].bool == true { return "\(path).securityContext.\(field)" }
    if !security["capabilities"]["add"].items.isEmpty { return "\(path).securityContext.capabilities.add" }
    return nil
  }
}
