import APIMachinery

// x

extension CoreV1 {
  public static let objectReference = Definition(
    "core.v1.ObjectReference", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("fieldPath", .string),
      Field("name", .string),
      Field("namespace", .string),
      Field("resourceVersion", .string),
      Field("uid", .string),
    ])

  public static let localObjectReference = Definition(
    "core.v1.LocalObjectReference", "",
    [
      Field("name", .string)
    ])

  public static let typedLocalObjectReference = Definition(
    "core.v1.TypedLocalObjectReference", "",
    [
      Field("kind", .string, "The kind of the object.", required: true),
      Field("apiGroup", .string),
      Field("name", .string, required: true),
    ])

  public static let typedObjectReference = Definition(
    "core.v1.TypedObjectReference", "",
    [
      Field("kind", .string, "The kind of the object.", required: true),
      Field("apiGroup", .string),
      Field("name", .string, required: true),
      Field("namespace", .string),
    ])
}
