import APIMachinery
import Formats

// LocalSubjectAccessReviews: may somebody do something in this namespace?

extension Kinds {
  public static let localSubjectAccessReview = Kind(
    group: "authorization.k8s.io", version: "v1", name: "LocalSubjectAccessReview", plural: "localsubjectaccessreviews",
    namespaced: true, verbs: ["create"], schema: AuthorizationV1.localSubjectAccessReview,
    rules: Rules { $0.validate = Validation.localSubjectAccessReview },
    summary: AuthorizationV1.localSubjectAccessReview.doc)
}

extension AuthorizationV1 {
  public static let localSubjectAccessReview = Definition(
    "authorization.v1.LocalSubjectAccessReview",
    "Asks whether a user or a group may do something in the review's own namespace; answered, and not kept.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "The namespace, and nothing else.", always: true),
      Field("spec", .object { subjectAccessReviewSpec }, "The question.", required: true),
      Field("status", .object { subjectAccessReviewStatus }, "The answer.", always: true),
    ])
}

// MARK: Validation: pkg/apis/authorization/validation/validation.go

extension Validation {
  @Sendable static func localSubjectAccessReview(_ review: Value, _ errors: inout [FieldError]) {
    subject(review, &errors)
    emptyMetadata(review, but: "namespace", &errors)
    let spec = review["spec"]
    if spec.has("resourceAttributes"), spec["resourceAttributes", "namespace"].text != review.namespace {
      errors.append(
        .invalid(
          "spec.resourceAttributes.namespace", .string(spec["resourceAttributes", "namespace"].text), "must match metadata.namespace"))
    }
    if spec.has("nonResourceAttributes") {
      errors.append(.invalid("spec.nonResourceAttributes", shown: shownPath(spec), "disallowed on this kind of request"))
    }
  }
}
