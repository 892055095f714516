import APIMachinery

// Scales: the number of replicas, as a subresource of what has some.

extension Kinds {
  public static let scale = Kind(
    group: "autoscaling", version: "v1", name: "Scale", plural: "scales", namespaced: true, verbs: ["get", "patch", "update"],
    schema: AutoscalingV1.scale, columns: scaleColumns, summary: AutoscalingV1.scale.doc, hidden: true)
}

extension AutoscalingV1 {
  public static let scale = Definition(
    "autoscaling.v1.Scale", "How many replicas something has and should have.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { scaleSpec }, "What is wanted.", always: true),
      Field("status", .object { scaleStatus }, "What there is.", always: true),
    ])

  public static let scaleSpec = Definition(
    "autoscaling.v1.ScaleSpec", "How many replicas are wanted.",
    [
      Field("replicas", .int32, "How many.")
    ])

  public static let scaleStatus = Definition(
    "autoscaling.v1.ScaleStatus", "How many replicas there are.",
    [
      Field("replicas", .int32, "How many.", required: true),
      Field("selector", .string, "The pods that count, as a selector in text form."),
    ])
}
