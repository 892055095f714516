import APIMachinery

// Namespaces: what divides a cluster's objects.

extension Kinds {
  public static let namespace = Kind(
    group: "", version: "v1", name: "Namespace", plural: "namespaces", shortNames: ["ns"], namespaced: false,
    verbs: ["create", "delete", "get", "list", "patch", "update", "watch"], subresources: ["finalize", "status"], schema: CoreV1.namespace,
    columns: namespaceColumns,
    rules: Rules {
      $0.defaults = defaultNamespace
      $0.validate = Validation.namespace
      $0.statusFields = ["status"]
      $0.nameRule = .label
      $0.fieldSelectors = ["status.phase"]
    }, summary: CoreV1.namespace.doc)
}

extension CoreV1 {
  public static let namespace = Definition(
    "core.v1.Namespace", "A scope for names: most kinds of objects live in one.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { namespaceSpec }, "How the namespace should behave.", always: true),
      Field("status", .object { namespaceStatus }, "What state the namespace is in.", always: true),
    ])

  public static let namespaceSpec = Definition(
    "core.v1.NamespaceSpec", "What is wanted of a namespace.",
    [
      Field(
        "finalizers", .array(.string), "Who has to clear the namespace before it may go; kubernetes stands for its contents.",
        goType: "[]v1.FinalizerName")
    ])

  public static let namespaceStatus = Definition(
    "core.v1.NamespaceStatus", "What state a namespace is in.",
    [
      Field("phase", .string, "Active, or Terminating while it is being emptied.", goType: "v1.NamespacePhase"),
      Field(
        "conditions", .array(.object { namespaceCondition }), "How far an ongoing deletion has come.",
        mergeKey: "type", patchStrategy: "merge"),
    ])

  public static let namespaceCondition = Definition(
    "core.v1.NamespaceCondition", "One aspect of a namespace's deletion.",
    [
      Field("type", .string, "The aspect.", required: true, goType: "v1.NamespaceConditionType"),
      Field("status", .string, "True, False or Unknown.", required: true, goType: "v1.ConditionStatus"),
      Field("lastTransitionTime", .time, "When the status last changed.", always: true),
      Field("reason", .string, "Why, in one word for machines."),
      Field("message", .string, "Why, for people."),
    ])
}
