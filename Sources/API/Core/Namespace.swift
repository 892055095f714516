import APIMachinery

// x

extension CoreV1 {
  public static let namespace = Definition(
    "core.v1.Namespace", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { namespaceSpec }),
      Field("status", .object { namespaceStatus }),
    ])

  public static let namespaceSpec = Definition(
    "core.v1.NamespaceSpec", "",
    [
      Field("finalizers", .array(.string))
    ])

  public static let namespaceStatus = Definition(
    "core.v1.NamespaceStatus", "",
    [
      Field("conditions", .array(.object { namespaceCondition }), mergeKey: "type", patchStrategy: "merge"),
      Field("phase", .string),
    ])

  public static let namespaceCondition = Definition(
    "core.v1.NamespaceCondition", "",
    [
      Field("lastTransitionTime", .time),
      Field("message", .string),
      Field("reason", .string),
      Field("status", .string, required: true),
      Field("type", .string, required: true),
    ])
}
