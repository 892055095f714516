import APIMachinery
import Formats

// SelfSubjectAccessReviews: may I do something?

extension Kinds {
  public static let selfSubjectAccessReview = Kind(
    group: "authorization.k8s.io", version: "v1", name: "SelfSubjectAccessReview", plural: "selfsubjectaccessreviews",
    namespaced: false, verbs: ["create"], schema: AuthorizationV1.selfSubjectAccessReview,
    rules: Rules { $0.validate = Validation.selfSubjectAccessReview },
    summary: AuthorizationV1.selfSubjectAccessReview.doc)
}

extension AuthorizationV1 {
  public static let selfSubjectAccessReview = Definition(
    "authorization.v1.SelfSubjectAccessReview", "Asks whether whoever asks may do something; answered, and not kept.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Empty: the question is not kept.", always: true),
      Field("spec", .object { selfSubjectAccessReviewSpec }, "The question.", required: true),
      Field("status", .object { subjectAccessReviewStatus }, "The answer.", always: true),
    ])

  public static let selfSubjectAccessReviewSpec = Definition(
    "authorization.v1.SelfSubjectAccessReviewSpec", "What is to be done: either resourceAttributes or nonResourceAttributes say it.",
    [
      Field("resourceAttributes", .object { resourceAttributes }, "What is to be done to objects."),
      Field("nonResourceAttributes", .object { nonResourceAttributes }, "What is to be done to a path that is no object's."),
    ])
}

// MARK: Validation: pkg/apis/authorization/validation/validation.go

extension Validation {
  @Sendable static func selfSubjectAccessReview(_ review: Value, _ errors: inout [FieldError]) {
    oneAction(review, &errors)
    emptyMetadata(review, &errors)
  }
}
