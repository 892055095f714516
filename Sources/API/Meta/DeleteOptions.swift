import APIMachinery

// What a deletion may ask for.

extension MetaV1 {
  public static let deleteOptions = Definition(
    "meta.v1.DeleteOptions", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("dryRun", .array(.string)),
      Field("gracePeriodSeconds", .int64),
      Field("orphanDependents", .boolean),
      Field("preconditions", .object { preconditions }),
      Field("propagationPolicy", .string),
    ])

  public static let preconditions = Definition(
    "meta.v1.Preconditions", "",
    [
      Field("resourceVersion", .string),
      Field("uid", .string),
    ])
}
