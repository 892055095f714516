import APIMachinery

// Bindings: the scheduler's word to a pod.

extension Kinds {
  public static let binding = Kind(
    group: "", version: "v1", name: "Binding", plural: "bindings", namespaced: true, verbs: ["create"], schema: CoreV1.binding,
    columns: [.name, .age], summary: CoreV1.binding.doc)
}

extension CoreV1 {
  public static let binding = Definition(
    "core.v1.Binding", "Binds a pod to a node.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("target", .object { objectReference }, "The node.", required: true),
    ])
}
