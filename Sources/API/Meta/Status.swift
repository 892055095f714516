import APIMachinery

// The answer to a request that has no object to return.

extension MetaV1 {
  public static let status = Definition(
    "meta.v1.Status", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { listMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("code", .int32),
      Field("details", .object { statusDetails }),
      Field("message", .string),
      Field("reason", .string),
      Field("status", .string),
    ])

  public static let statusDetails = Definition(
    "meta.v1.StatusDetails", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("causes", .array(.object { statusCause })),
      Field("group", .string),
      Field("name", .string),
      Field("retryAfterSeconds", .int32),
      Field("uid", .string),
    ])

  public static let statusCause = Definition(
    "meta.v1.StatusCause", "",
    [
      Field("field", .string),
      Field("message", .string),
      Field("reason", .string),
    ])
}
