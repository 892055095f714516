import APIMachinery

// The shape that conditions share.

extension MetaV1 {
  public static let condition = Definition(
    "meta.v1.Condition", "One aspect of an object's present state.",
    [
      Field("type", .string, "The aspect: a name in CamelCase.", required: true),
      Field("status", .string, "True, False or Unknown.", required: true, goType: "v1.ConditionStatus"),
      Field("observedGeneration", .int64, "The generation that the condition was judged by."),
      Field("lastTransitionTime", .time, "When the status last changed.", required: true),
      Field("reason", .string, "Why, in one CamelCase word for machines.", required: true),
      Field("message", .string, "Why, for people.", required: true),
    ])
}
