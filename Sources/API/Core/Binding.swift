import APIMachinery

// Bindings: the scheduler's word to a pod.

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
