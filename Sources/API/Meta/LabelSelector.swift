import APIMachinery

// Choosing objects by their labels.

extension MetaV1 {
  public static let labelSelector = Definition(
    "meta.v1.LabelSelector", "",
    [
      Field("matchExpressions", .array(.object { labelSelectorRequirement })),
      Field("matchLabels", .map(.string)),
    ])

  public static let labelSelectorRequirement = Definition(
    "meta.v1.LabelSelectorRequirement", "",
    [
      Field("key", .string, required: true),
      Field("operator", .string, required: true),
      Field("values", .array(.string)),
    ])
}
