import APIMachinery

// SelfSubjectReviews: who am I?

extension Kinds {
  public static let selfSubjectReview = Kind(
    group: "authentication.k8s.io", version: "v1", name: "SelfSubjectReview", plural: "selfsubjectreviews", namespaced: false,
    verbs: ["create"], schema: AuthenticationV1.selfSubjectReview, summary: AuthenticationV1.selfSubjectReview.doc)
}

extension AuthenticationV1 {
  public static let selfSubjectReview = Definition(
    "authentication.v1.SelfSubjectReview", "Asks the cluster as whom it knows whoever asks; answered, and not kept.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("status", .object { selfSubjectReviewStatus }, "The answer.", always: true),
    ])

  public static let selfSubjectReviewStatus = Definition(
    "authentication.v1.SelfSubjectReviewStatus", "Who asked.",
    [
      Field("userInfo", .object { userInfo }, "The user.", always: true)
    ])

  public static let userInfo = Definition(
    "authentication.v1.UserInfo", "What is known of a user.",
    [
      Field("username", .string, "The name that tells the user from all others."),
      Field("uid", .string, "An identifier that tells the user from earlier ones of the same name."),
      Field("groups", .array(.string), "The groups that the user belongs to."),
      Field("extra", .map(.array(.string)), "What else the authenticator says.", goType: "map[string]v1.ExtraValue"),
    ])
}
