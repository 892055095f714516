import APIMachinery

// x

extension CoreV1 {
  public static let secret = Definition(
    "core.v1.Secret", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("data", .map(.bytes)),
      Field("immutable", .boolean),
      Field("stringData", .map(.string)),
      Field("type", .string),
    ])
}
