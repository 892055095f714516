import APIMachinery

// Secrets: passwords and keys for pods.

extension Kinds {
  public static let secret = Kind(
    group: "", version: "v1", name: "Secret", plural: "secrets", namespaced: true, schema: CoreV1.secret, columns: secretColumns,
    rules: Rules {
      $0.defaults = defaultSecret
      $0.validate = Validation.secret
      $0.validateUpdate = Validation.secretUpdate
      $0.fieldSelectors = ["type"]
    }, summary: CoreV1.secret.doc)
}

extension CoreV1 {
  public static let secret = Definition(
    "core.v1.Secret", "Passwords and keys that pods read as variables or files.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("immutable", .boolean, "Whether the contents can no longer be changed.", pointer: true),
      Field("data", .map(.bytes), "Bytes by key, in base64."),
      Field("stringData", .map(.string), "Texts by key that the server turns into data; never read back."),
      Field("type", .string, "What the secret is for, which says which keys it must have.", goType: "v1.SecretType"),
    ])
}
