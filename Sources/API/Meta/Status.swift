import APIMachinery

// The answer to a request that has no object to return.

extension MetaV1 {
  public static let status = Definition(
    "meta.v1.Status", "How a request ended, for people and machines.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { listMeta }, "What the answer says about itself.", always: true),
      Field("status", .string, "Success or Failure."),
      Field("message", .string, "What happened, for people."),
      Field("reason", .string, "Why it failed, for machines: NotFound, Conflict, Invalid ...", goType: "v1.StatusReason"),
      Field("details", .object { statusDetails }, "What the failure was about."),
      Field("code", .int32, "The HTTP status code."),
    ])

  public static let statusDetails = Definition(
    "meta.v1.StatusDetails", "What a failed request was about.",
    [
      Field("name", .string, "The object's name."),
      Field("group", .string, "The API group of the kind."),
      Field("kind", .string, "The resource or kind of the object."),
      Field("uid", .string, "The object's UID, where it is known.", goType: "types.UID"),
      Field("causes", .array(.object { statusCause }), "Each single thing that is wrong."),
      Field("retryAfterSeconds", .int32, "How long to wait before trying again."),
    ])

  public static let statusCause = Definition(
    "meta.v1.StatusCause", "One thing that is wrong.",
    [
      Field("reason", .string, "The sort of mistake, for machines.", goType: "v1.CauseType"),
      Field("message", .string, "What is wrong, for people."),
      Field("field", .string, "The path of the field concerned."),
    ])
}
