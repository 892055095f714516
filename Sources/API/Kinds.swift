import APIMachinery

/// Every kind that a cluster of ours serves.
public enum Kinds {
  public static let namespace = Kind(
    group: "", version: "v1", name: "Namespace", plural: "namespaces", shortNames: ["ns"], namespaced: false,
    subresources: ["status", "finalize"], schema: CoreV1.namespace)
  public static let node = Kind(
    group: "", version: "v1", name: "Node", plural: "nodes", shortNames: ["no"], namespaced: false, subresources: ["status"],
    schema: CoreV1.node)
  public static let pod = Kind(
    group: "", version: "v1", name: "Pod", plural: "pods", shortNames: ["po"], categories: ["all"], namespaced: true,
    subresources: ["status", "log", "binding", "eviction"], schema: CoreV1.pod)
  public static let service = Kind(
    group: "", version: "v1", name: "Service", plural: "services", shortNames: ["svc"], categories: ["all"], namespaced: true,
    subresources: ["status"], schema: CoreV1.service)
  public static let endpoints = Kind(
    group: "", version: "v1", name: "Endpoints", plural: "endpoints", singular: "endpoints", shortNames: ["ep"], namespaced: true,
    schema: CoreV1.endpoints)
  public static let endpointSlice = Kind(
    group: "discovery.k8s.io", version: "v1", name: "EndpointSlice", plural: "endpointslices", namespaced: true,
    schema: DiscoveryV1.endpointSlice)
  public static let configMap = Kind(
    group: "", version: "v1", name: "ConfigMap", plural: "configmaps", shortNames: ["cm"], namespaced: true, schema: CoreV1.configMap)
  public static let secret = Kind(group: "", version: "v1", name: "Secret", plural: "secrets", namespaced: true, schema: CoreV1.secret)
  public static let serviceAccount = Kind(
    group: "", version: "v1", name: "ServiceAccount", plural: "serviceaccounts", shortNames: ["sa"], namespaced: true,
    schema: CoreV1.serviceAccount)
  public static let event = Kind(
    group: "", version: "v1", name: "Event", plural: "events", shortNames: ["ev"], namespaced: true, schema: CoreV1.event)
  public static let deployment = Kind(
    group: "apps", version: "v1", name: "Deployment", plural: "deployments", shortNames: ["deploy"], categories: ["all"], namespaced: true,
    subresources: ["status", "scale"], schema: AppsV1.deployment)
  public static let replicaSet = Kind(
    group: "apps", version: "v1", name: "ReplicaSet", plural: "replicasets", shortNames: ["rs"], categories: ["all"], namespaced: true,
    subresources: ["status", "scale"], schema: AppsV1.replicaSet)

  /// In discovery's order.
  public static let all: [Kind] = [
    configMap, endpoints, event, namespace, node, pod, secret, serviceAccount, service, deployment, replicaSet, endpointSlice,
  ]
}
