import APIMachinery

// ServiceAccounts: who pods are to the API.

extension Kinds {
  public static let serviceAccount = Kind(
    group: "", version: "v1", name: "ServiceAccount", plural: "serviceaccounts", shortNames: ["sa"], namespaced: true,
    schema: CoreV1.serviceAccount, columns: serviceAccountColumns, summary: CoreV1.serviceAccount.doc)
}

extension CoreV1 {
  public static let serviceAccount = Definition(
    "core.v1.ServiceAccount", "An identity for the processes in pods.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("secrets", .array(.object { objectReference }), "Secrets that its pods may use.", mergeKey: "name", patchStrategy: "merge"),
      Field("imagePullSecrets", .array(.object { localObjectReference }), "Secrets that its pods pull images with."),
      Field("automountServiceAccountToken", .boolean, "Whether its pods get a token mounted.", pointer: true),
    ])
}
