import APIMachinery

// Evictions: the request that a pod leave its node, a subresource of pods.

extension PolicyV1 {
  public static let eviction = Definition(
    "policy.v1.Eviction", "Asks that a pod leave its node.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "The pod's name and namespace.", always: true),
      Field("deleteOptions", .object { MetaV1.deleteOptions }, "How the pod is to be deleted.", pointer: true),
    ])
}
