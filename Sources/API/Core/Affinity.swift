import APIMachinery

// Which nodes, and the company of which pods, a pod wants or avoids.

extension CoreV1 {
  public static let affinity = Definition(
    "core.v1.Affinity", "Which nodes and neighbours a pod wants or avoids.",
    [
      Field("nodeAffinity", .object { nodeAffinity }, "Which nodes it wants."),
      Field("podAffinity", .object { podAffinity }, "Which pods it wants to be near."),
      Field("podAntiAffinity", .object { podAntiAffinity }, "Which pods it wants to be away from."),
    ])

  public static let nodeAffinity = Definition(
    "core.v1.NodeAffinity", "Which nodes a pod wants.",
    [
      Field(
        "requiredDuringSchedulingIgnoredDuringExecution", .object { nodeSelector },
        "What a node must fulfil for the pod to be placed there."),
      Field(
        "preferredDuringSchedulingIgnoredDuringExecution", .array(.object { preferredSchedulingTerm }),
        "What makes a node better, with weights."),
    ])

  public static let preferredSchedulingTerm = Definition(
    "core.v1.PreferredSchedulingTerm", "A weighted wish for nodes.",
    [
      Field("weight", .int32, "From 1 to 100; added to a matching node's score.", required: true),
      Field("preference", .object { nodeSelectorTerm }, "The nodes that match.", required: true),
    ])

  public static let nodeSelector = Definition(
    "core.v1.NodeSelector", "Nodes that match any of several terms.",
    [
      Field("nodeSelectorTerms", .array(.object { nodeSelectorTerm }), "The terms; one must hold.", required: true)
    ])

  public static let nodeSelectorTerm = Definition(
    "core.v1.NodeSelectorTerm", "Requirements that must all hold; an empty term matches nothing.",
    [
      Field("matchExpressions", .array(.object { nodeSelectorRequirement }), "Requirements on labels."),
      Field("matchFields", .array(.object { nodeSelectorRequirement }), "Requirements on fields; only metadata.name is known."),
    ])

  public static let nodeSelectorRequirement = Definition(
    "core.v1.NodeSelectorRequirement", "A requirement on one label or field.",
    [
      Field("key", .string, "The label's key or the field.", required: true),
      Field("operator", .string, "In, NotIn, Exists, DoesNotExist, Gt or Lt.", required: true, goType: "v1.NodeSelectorOperator"),
      Field("values", .array(.string), "The values; one whole number for Gt and Lt."),
    ])

  public static let podAffinity = Definition(
    "core.v1.PodAffinity", "Which pods a pod wants to be near.",
    [
      Field(
        "requiredDuringSchedulingIgnoredDuringExecution", .array(.object { podAffinityTerm }),
        "What must all be fulfilled for the pod to be placed."),
      Field(
        "preferredDuringSchedulingIgnoredDuringExecution", .array(.object { weightedPodAffinityTerm }),
        "What makes a node better, with weights."),
    ])

  public static let podAntiAffinity = Definition(
    "core.v1.PodAntiAffinity", "Which pods a pod wants to be away from.",
    [
      Field(
        "requiredDuringSchedulingIgnoredDuringExecution", .array(.object { podAffinityTerm }),
        "What must all be avoided for the pod to be placed."),
      Field(
        "preferredDuringSchedulingIgnoredDuringExecution", .array(.object { weightedPodAffinityTerm }),
        "What makes a node worse, with weights."),
    ])

  public static let weightedPodAffinityTerm = Definition(
    "core.v1.WeightedPodAffinityTerm", "A weighted wish for neighbours.",
    [
      Field("weight", .int32, "From 1 to 100.", required: true),
      Field("podAffinityTerm", .object { podAffinityTerm }, "The pods meant, and how near.", required: true),
    ])

  public static let podAffinityTerm = Definition(
    "core.v1.PodAffinityTerm", "Pods, and what counts as the same place.",
    [
      Field("labelSelector", .object { MetaV1.labelSelector }, "The pods."),
      Field("namespaces", .array(.string), "The namespaces to look in; the pod's own if neither these nor a selector are given."),
      Field("topologyKey", .string, "The node label by whose value two nodes are the same place.", required: true),
      Field("namespaceSelector", .object { MetaV1.labelSelector }, "More namespaces to look in, by their labels; an empty one means all."),
    ])
}
