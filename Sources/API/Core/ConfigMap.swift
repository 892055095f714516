import APIMachinery

// ConfigMaps: settings for pods.

extension Kinds {
  public static let configMap = Kind(
    group: "", version: "v1", name: "ConfigMap", plural: "configmaps", shortNames: ["cm"], namespaced: true, schema: CoreV1.configMap,
    columns: configMapColumns,
    rules: Rules {
      $0.validate = Validation.configMap
      $0.validateUpdate = Validation.immutableData
    }, summary: CoreV1.configMap.doc)
}

extension CoreV1 {
  public static let configMap = Definition(
    "core.v1.ConfigMap", "Settings that pods read as variables or files.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("immutable", .boolean, "Whether the contents can no longer be changed.", pointer: true),
      Field("data", .map(.string), "Texts by key."),
      Field("binaryData", .map(.bytes), "Bytes by key, in base64."),
    ])
}
