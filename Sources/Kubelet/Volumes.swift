import API
import APIMachinery
import Client
import Formats

// What a pod needs before its containers can run: volumes that can be mounted, settings that exist.

/// Judges a pod's needs against what the cluster holds.
public struct PodNeeds {
  let lister: any Lister

  public init(lister: any Lister) { self.lister = lister }

  /// The first volume that can't be mounted, and why; nil where all can.
  public func mountProblem(_ pod: Value) -> (volume: String, why: String)? {
    let volumes = pod["spec"]["volumes"].items
    if volumes.isEmpty { return nil }
    let namespace = pod.namespace
    for volume in volumes {
      if let why = mountProblem(of: volume, namespace: namespace) { return (volume["name"].text, why) }
    }
    return nil
  }

  /// Why a volume can't be mounted; nil where it can.
  public func mountProblem(of volume: Value, namespace: String) -> String? {
    for member in volume.members where member.key != "name" {
      let source = member.value
      switch member.key {
      case "emptyDir", "hostPath", "downwardAPI", "ephemeral": continue
      case "secret":
        if let why = missing(Kinds.secret, source["secretName"].text, source, namespace, keys: true) { return why }
      case "configMap":
        if let why = missing(Kinds.configMap, source["name"].text, source, namespace, keys: true) { return why }
      case "projected":
        for part in source["sources"].items {
          let secret = part["secret"]
          if secret.object != nil, let why = missing(Kinds.secret, secret["name"].text, secret, namespace, keys: true) { return why }
          let map = part["configMap"]
          // The root certificates follow a namespace's creation closely; waiting for them would only add noise.
          if map.object != nil, map["name"].text != "kube-root-ca.crt",
            let why = missing(Kinds.configMap, map["name"].text, map, namespace, keys: true)
          {
            return why
          }
        }
      case "persistentVolumeClaim":
        return "persistentvolumeclaim \"\(source["claimName"].text)\" not found"
      default:
        return "volumes of type \"\(member.key)\" are not supported by this node's kubelet"
      }
    }
    return nil
  }

  private func missing(_ kind: Kind, _ name: String, _ source: Value, _ namespace: String, keys: Bool) -> String? {
    let optional = source["optional"].bool == true
    guard let object = lister.get(ObjectKey(kind, namespace, name)) else {
      return optional ? nil : "\(kind.singular) \"\(name)\" not found"
    }
    if keys, !optional {
      for item in source["items"].items {
        let key = item["key"].text
        if !object["data"].has(key), !object["binaryData"].has(key) {
          return kind == Kinds.secret ? "references non-existent secret key: \(key)" : "references non-existent config key: \(key)"
        }
      }
    }
    return nil
  }

  /// Why a container can't be configured (CreateContainerConfigError); nil where it can.
  public func configProblem(_ container: Value, of pod: Value) -> String? {
    let namespace = pod.namespace
    for source in container["envFrom"].items {
      for (field, kind) in [("configMapRef", Kinds.configMap), ("secretRef", Kinds.secret)] where source[field].object != nil {
        if let why = missing(kind, source[field]["name"].text, source[field], namespace, keys: false) { return why }
      }
    }
    for variable in container["env"].items {
      let from = variable["valueFrom"]
      if from.isNull { continue }
      for (field, kind) in [("configMapKeyRef", Kinds.configMap), ("secretKeyRef", Kinds.secret)] where from[field].object != nil {
        let reference = from[field]
        let name = reference["name"].text
        if let why = missing(kind, name, reference, namespace, keys: false) { return why }
        let key = reference["key"].text
        guard reference["optional"].bool != true, let object = lister.get(ObjectKey(kind, namespace, name)) else { continue }
        // What is binary is for files only.
        if !object["data"].has(key) {
          return "couldn't find key \(key) in \(kind.name) \(namespace)/\(name)"
        }
      }
    }
    let security = container["securityContext"]
    let podSecurity = pod["spec"]["securityContext"]
    let nonRoot = security["runAsNonRoot"].bool ?? podSecurity["runAsNonRoot"].bool ?? false
    let user = security["runAsUser"].int ?? podSecurity["runAsUser"].int
    if nonRoot, user == 0 {
      return "container's runAsUser breaks non-root policy (pod: \"\(podTitle(pod))\", container: \(container["name"].text))"
    }
    return nil
  }
}

/// `name_namespace(uid)`, as the kubelet's messages name a pod.
func podTitle(_ pod: Value) -> String { "\(pod.name)_\(pod.namespace)(\(pod.uid))" }
