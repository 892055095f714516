import APIMachinery

// The shape that conditions share.

extension MetaV1 {
  public static let condition = Definition(
    "meta.v1.Condition", "",
    [
      Field("lastTransitionTime", .time, required: true),
      Field("message", .string, required: true),
      Field("observedGeneration", .int64),
      Field("reason", .string, required: true),
      Field("status", .string, required: true),
      Field("type", .string, required: true),
    ])
}
