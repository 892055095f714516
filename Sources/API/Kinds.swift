import APIMachinery

/// Every kind that a cluster of ours serves; the rows stand in the files of their groups.
public enum Kinds {
  /// In discovery's order: as `api-resources` lists them.
  public static let all: [Kind] = [
    binding, configMap, endpoints, event, namespace, node, pod, secret, serviceAccount, service, deployment, replicaSet,
    selfSubjectReview, localSubjectAccessReview, selfSubjectAccessReview, selfSubjectRulesReview, subjectAccessReview, lease, endpointSlice,
  ]

  /// What a cluster serves besides whose containers really run: it measures them. Nothing of it is stored.
  public static let measured: [Kind] = [nodeMetrics, podMetrics]
}
