import APIMachinery

// What a deletion may ask for.

extension MetaV1 {
  public static let deleteOptions = Definition(
    "meta.v1.DeleteOptions", "How an object is to be deleted.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("gracePeriodSeconds", .int64, "Seconds until the object is ended by force; zero means at once.", pointer: true),
      Field("preconditions", .object { preconditions }, "What must be true of the object, or else it is not deleted."),
      Field("orphanDependents", .boolean, "Superseded by propagationPolicy: whether dependents stay.", pointer: true),
      Field(
        "propagationPolicy", .string, "What becomes of dependents: Orphan, Background or Foreground.",
        pointer: true, goType: "v1.DeletionPropagation"),
      Field("dryRun", .array(.string), "All to go through every stage but store nothing."),
    ])

  public static let preconditions = Definition(
    "meta.v1.Preconditions", "What must be true before a request is carried out.",
    [
      Field("uid", .string, "The UID that the object must have.", pointer: true, goType: "types.UID"),
      Field("resourceVersion", .string, "The resource version that the object must have.", pointer: true),
    ])
}
