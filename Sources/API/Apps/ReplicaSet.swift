import APIMachinery

// x

extension AppsV1 {
  public static let replicaSet = Definition(
    "apps.v1.ReplicaSet", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { replicaSetSpec }),
      Field("status", .object { replicaSetStatus }),
    ])

  public static let replicaSetSpec = Definition(
    "apps.v1.ReplicaSetSpec", "",
    [
      Field("minReadySeconds", .int32),
      Field("replicas", .int32),
      Field("selector", .object { MetaV1.labelSelector }, required: true),
      Field("template", .object { CoreV1.podTemplateSpec }),
    ])

  public static let replicaSetStatus = Definition(
    "apps.v1.ReplicaSetStatus", "",
    [
      Field("availableReplicas", .int32),
      Field("conditions", .array(.object { replicaSetCondition }), mergeKey: "type", patchStrategy: "merge"),
      Field("fullyLabeledReplicas", .int32),
      Field("observedGeneration", .int64),
      Field("readyReplicas", .int32),
      Field("replicas", .int32, required: true),
    ])

  public static let replicaSetCondition = Definition(
    "apps.v1.ReplicaSetCondition", "",
    [
      Field("lastTransitionTime", .time),
      Field("message", .string),
      Field("reason", .string),
      Field("status", .string, required: true),
      Field("type", .string, required: true),
    ])
}
