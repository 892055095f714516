import APIMachinery

// x

extension CoreV1 {
  public static let affinity = Definition(
    "core.v1.Affinity", "",
    [
      Field("nodeAffinity", .object { nodeAffinity }),
      Field("podAffinity", .object { podAffinity }),
      Field("podAntiAffinity", .object { podAntiAffinity }),
    ])

  public static let nodeAffinity = Definition(
    "core.v1.NodeAffinity", "",
    [
      Field("preferredDuringSchedulingIgnoredDuringExecution", .array(.object { preferredSchedulingTerm })),
      Field("requiredDuringSchedulingIgnoredDuringExecution", .object { nodeSelector }),
    ])

  public static let preferredSchedulingTerm = Definition(
    "core.v1.PreferredSchedulingTerm", "",
    [
      Field("preference", .object { nodeSelectorTerm }, required: true),
      Field("weight", .int32, required: true),
    ])

  public static let nodeSelector = Definition(
    "core.v1.NodeSelector", "",
    [
      Field("nodeSelectorTerms", .array(.object { nodeSelectorTerm }), required: true)
    ])

  public static let nodeSelectorTerm = Definition(
    "core.v1.NodeSelectorTerm", "",
    [
      Field("matchExpressions", .array(.object { nodeSelectorRequirement })),
      Field("matchFields", .array(.object { nodeSelectorRequirement })),
    ])

  public static let nodeSelectorRequirement = Definition(
    "core.v1.NodeSelectorRequirement", "",
    [
      Field("key", .string, required: true),
      Field("operator", .string, required: true),
      Field("values", .array(.string)),
    ])

  public static let podAffinity = Definition(
    "core.v1.PodAffinity", "",
    [
      Field("preferredDuringSchedulingIgnoredDuringExecution", .array(.object { weightedPodAffinityTerm })),
      Field("requiredDuringSchedulingIgnoredDuringExecution", .array(.object { podAffinityTerm })),
    ])

  public static let podAntiAffinity = Definition(
    "core.v1.PodAntiAffinity", "",
    [
      Field("preferredDuringSchedulingIgnoredDuringExecution", .array(.object { weightedPodAffinityTerm })),
      Field("requiredDuringSchedulingIgnoredDuringExecution", .array(.object { podAffinityTerm })),
    ])

  public static let weightedPodAffinityTerm = Definition(
    "core.v1.WeightedPodAffinityTerm", "",
    [
      Field("podAffinityTerm", .object { podAffinityTerm }, required: true),
      Field("weight", .int32, required: true),
    ])

  public static let podAffinityTerm = Definition(
    "core.v1.PodAffinityTerm", "",
    [
      Field("labelSelector", .object { MetaV1.labelSelector }),
      Field("namespaceSelector", .object { MetaV1.labelSelector }),
      Field("namespaces", .array(.string)),
      Field("topologyKey", .string, required: true),
    ])
}
