import APIMachinery

// Choosing objects by their labels.

extension MetaV1 {
  public static let labelSelector = Definition(
    "meta.v1.LabelSelector", "Chooses objects by label; all parts must hold, and an empty selector chooses everything.",
    [
      Field("matchLabels", .map(.string), "Labels that must be there with exactly these values."),
      Field("matchExpressions", .array(.object { labelSelectorRequirement }), "Requirements on single labels, all of which must hold."),
    ])

  public static let labelSelectorRequirement = Definition(
    "meta.v1.LabelSelectorRequirement", "A requirement on one label.",
    [
      Field("key", .string, "The label's key.", required: true),
      Field("operator", .string, "In, NotIn, Exists or DoesNotExist.", required: true, goType: "v1.LabelSelectorOperator"),
      Field("values", .array(.string), "The values for In and NotIn; empty for the other two."),
    ])
}
