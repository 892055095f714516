import APIMachinery

// x

extension AutoscalingV1 {
  public static let scale = Definition(
    "autoscaling.v1.Scale", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { scaleSpec }),
      Field("status", .object { scaleStatus }),
    ])

  public static let scaleSpec = Definition(
    "autoscaling.v1.ScaleSpec", "",
    [
      Field("replicas", .int32)
    ])

  public static let scaleStatus = Definition(
    "autoscaling.v1.ScaleStatus", "",
    [
      Field("replicas", .int32, required: true),
      Field("selector", .string),
    ])
}
