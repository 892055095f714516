import APIMachinery

// References to other objects.

extension CoreV1 {
  public static let objectReference = Definition(
    "core.v1.ObjectReference", "Enough to find another object, or a part of one.",
    [
      Field("kind", .string, "The object's kind."),
      Field("namespace", .string, "Its namespace."),
      Field("name", .string, "Its name."),
      Field("uid", .string, "Its UID.", goType: "types.UID"),
      Field("apiVersion", .string, "Its API version."),
      Field("resourceVersion", .string, "The revision that is meant."),
      Field("fieldPath", .string, "The part that is meant, as spec.containers{web}."),
    ])

  public static let localObjectReference = Definition(
    "core.v1.LocalObjectReference", "An object in the same namespace.",
    [
      Field("name", .string, "Its name.")
    ])

  public static let typedLocalObjectReference = Definition(
    "core.v1.TypedLocalObjectReference", "An object of some kind in the same namespace.",
    [
      Field("apiGroup", .string, "Its API group; the core group if absent.", always: true, pointer: true),
      Field("kind", .string, "Its kind.", required: true),
      Field("name", .string, "Its name.", required: true),
    ])

  public static let typedObjectReference = Definition(
    "core.v1.TypedObjectReference", "An object of some kind, possibly in another namespace.",
    [
      Field("apiGroup", .string, "Its API group; the core group if absent.", always: true, pointer: true),
      Field("kind", .string, "Its kind.", required: true),
      Field("name", .string, "Its name.", required: true),
      Field("namespace", .string, "Its namespace.", pointer: true),
    ])
}
