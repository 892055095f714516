import APIMachinery

// SelfSubjectRulesReviews: what may I do?

extension Kinds {
  public static let selfSubjectRulesReview = Kind(
    group: "authorization.k8s.io", version: "v1", name: "SelfSubjectRulesReview", plural: "selfsubjectrulesreviews",
    namespaced: false, verbs: ["create"], schema: AuthorizationV1.selfSubjectRulesReview,
    summary: AuthorizationV1.selfSubjectRulesReview.doc)
}

extension AuthorizationV1 {
  public static let selfSubjectRulesReview = Definition(
    "authorization.v1.SelfSubjectRulesReview", "Asks what whoever asks may do in a namespace; answered, and not kept.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Empty: the question is not kept.", always: true),
      Field("spec", .object { selfSubjectRulesReviewSpec }, "The question.", required: true),
      Field("status", .object { subjectRulesReviewStatus }, "The answer.", always: true),
    ])

  public static let selfSubjectRulesReviewSpec = Definition(
    "authorization.v1.SelfSubjectRulesReviewSpec", "Where.",
    [
      Field("namespace", .string, "The namespace; needed.")
    ])

  public static let subjectRulesReviewStatus = Definition(
    "authorization.v1.SubjectRulesReviewStatus", "What somebody may do in a namespace.",
    [
      Field("resourceRules", .array(.object { resourceRule }), "What may be done to objects.", required: true),
      Field("nonResourceRules", .array(.object { nonResourceRule }), "What may be done to paths that are no objects'.", required: true),
      Field("incomplete", .boolean, "Whether there may be more, which could not be found out.", required: true),
      Field("evaluationError", .string, "What went wrong on the way to the answer."),
    ])

  public static let resourceRule = Definition(
    "authorization.v1.ResourceRule", "Verbs, and the objects that they are allowed on.",
    [
      Field("verbs", .array(.string), "What may be done; * for all.", required: true),
      Field("apiGroups", .array(.string), "The API groups; * for all."),
      Field("resources", .array(.string), "The kinds' plurals, with a subresource after a slash; * for all."),
      Field("resourceNames", .array(.string), "The objects; all if there are none."),
    ])

  public static let nonResourceRule = Definition(
    "authorization.v1.NonResourceRule", "Verbs, and the paths that they are allowed on.",
    [
      Field("verbs", .array(.string), "What may be done; * for all.", required: true),
      Field("nonResourceURLs", .array(.string), "The paths; * for all, or for all that begin like it."),
    ])
}
