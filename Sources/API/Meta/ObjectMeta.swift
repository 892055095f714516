import APIMachinery

// What every object says about itself.

extension MetaV1 {
  public static let objectMeta = Definition(
    "meta.v1.ObjectMeta", "",
    [
      Field("annotations", .map(.string)),
      Field("creationTimestamp", .time),
      Field("deletionGracePeriodSeconds", .int64),
      Field("deletionTimestamp", .time),
      Field("finalizers", .array(.string), patchStrategy: "merge"),
      Field("generateName", .string),
      Field("generation", .int64),
      Field("labels", .map(.string)),
      Field("managedFields", .array(.object { managedFieldsEntry })),
      Field("name", .string),
      Field("namespace", .string),
      Field("ownerReferences", .array(.object { ownerReference }), mergeKey: "uid", patchStrategy: "merge"),
      Field("resourceVersion", .string),
      Field("selfLink", .string),
      Field("uid", .string),
    ])

  public static let ownerReference = Definition(
    "meta.v1.OwnerReference", "",
    [
      Field("kind", .string, "The kind of the object.", required: true),
      Field("apiVersion", .string, "The version of the schema that the object is written in.", required: true),
      Field("blockOwnerDeletion", .boolean),
      Field("controller", .boolean),
      Field("name", .string, required: true),
      Field("uid", .string, required: true),
    ])

  public static let managedFieldsEntry = Definition(
    "meta.v1.ManagedFieldsEntry", "",
    [
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("fieldsType", .string),
      Field("fieldsV1", .any),
      Field("manager", .string),
      Field("operation", .string),
      Field("subresource", .string),
      Field("time", .time),
    ])

  public static let listMeta = Definition(
    "meta.v1.ListMeta", "",
    [
      Field("continue", .string),
      Field("remainingItemCount", .int64),
      Field("resourceVersion", .string),
      Field("selfLink", .string),
    ])
}
