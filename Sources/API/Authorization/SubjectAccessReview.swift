import APIMachinery
import Formats

// SubjectAccessReviews: may somebody do something?

extension Kinds {
  public static let subjectAccessReview = Kind(
    group: "authorization.k8s.io", version: "v1", name: "SubjectAccessReview", plural: "subjectaccessreviews", namespaced: false,
    verbs: ["create"], schema: AuthorizationV1.subjectAccessReview,
    rules: Rules { $0.validate = Validation.subjectAccessReview },
    summary: AuthorizationV1.subjectAccessReview.doc)
}

extension AuthorizationV1 {
  public static let subjectAccessReview = Definition(
    "authorization.v1.SubjectAccessReview", "Asks whether a user or a group may do something; answered, and not kept.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Empty: the question is not kept.", always: true),
      Field("spec", .object { subjectAccessReviewSpec }, "The question.", required: true),
      Field("status", .object { subjectAccessReviewStatus }, "The answer.", always: true),
    ])

  public static let subjectAccessReviewSpec = Definition(
    "authorization.v1.SubjectAccessReviewSpec", "Who wants to do what; either resourceAttributes or nonResourceAttributes say what.",
    [
      Field("resourceAttributes", .object { resourceAttributes }, "What is to be done to objects."),
      Field("nonResourceAttributes", .object { nonResourceAttributes }, "What is to be done to a path that is no object's."),
      Field("user", .string, "The user; without groups, one who belongs to none."),
      Field("groups", .array(.string), "The groups that the user belongs to."),
      Field("extra", .map(.array(.string)), "What else an authenticator says of the user.", goType: "map[string]v1.ExtraValue"),
      Field("uid", .string, "The user's identifier."),
    ])

  public static let resourceAttributes = Definition(
    "authorization.v1.ResourceAttributes", "What is to be done to objects.",
    [
      Field("namespace", .string, "The namespace; empty for all of them, and for kinds of the whole cluster."),
      Field("verb", .string, "get, list, watch, create, update, patch, delete or another; * for all."),
      Field("group", .string, "The API group; * for all."),
      Field("version", .string, "The API version; * for all."),
      Field("resource", .string, "The kind's plural; * for all."),
      Field("subresource", .string, "A part of the object: log, status, scale."),
      Field("name", .string, "The object; empty for all."),
    ])

  public static let nonResourceAttributes = Definition(
    "authorization.v1.NonResourceAttributes", "What is to be done to a path that is no object's.",
    [
      Field("path", .string, "The path: /healthz."),
      Field("verb", .string, "The HTTP method, in lower case."),
    ])

  public static let subjectAccessReviewStatus = Definition(
    "authorization.v1.SubjectAccessReviewStatus", "Whether somebody may do something.",
    [
      Field("allowed", .boolean, "Whether it is allowed.", required: true),
      Field("denied", .boolean, "Whether it is forbidden, whoever else may allow it."),
      Field("reason", .string, "Why."),
      Field("evaluationError", .string, "What went wrong on the way to the answer."),
    ])
}

// MARK: Validation: pkg/apis/authorization/validation/validation.go

extension Validation {
  @Sendable static func subjectAccessReview(_ review: Value, _ errors: inout [FieldError]) {
    subject(review, &errors)
    emptyMetadata(review, &errors)
  }

  /// Somebody, and one thing to do.
  static func subject(_ review: Value, _ errors: inout [FieldError]) {
    oneAction(review, &errors)
    let spec = review["spec"]
    if spec["user"].text.isEmpty, spec["groups"].items.isEmpty {
      errors.append(.invalid("spec.user", "", "at least one of user or group must be specified"))
    }
  }

  /// Something to do to objects or to a path, not both.
  static func oneAction(_ review: Value, _ errors: inout [FieldError]) {
    let spec = review["spec"]
    switch (spec.has("resourceAttributes"), spec.has("nonResourceAttributes")) {
    case (true, true):
      errors.append(
        .invalid(
          "spec.nonResourceAttributes", shown: shownPath(spec), "cannot be specified in combination with resourceAttributes"))
    case (false, false):
      errors.append(
        .invalid(
          "spec.resourceAttributes", .null, "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
    default: break
    }
  }

  /// The path's attributes as Go shows them.
  static func shownPath(_ spec: Value) -> String {
    let path = spec["nonResourceAttributes"]
    return "authorization.NonResourceAttributes{Path:\(goQuoted(path["path"].text)), Verb:\(goQuoted(path["verb"].text))}"
  }

  /// A question has no name of its own.
  static func emptyMetadata(_ review: Value, but kept: String? = nil, _ errors: inout [FieldError]) {
    let given = review["metadata"].members.filter { !$0.value.isNull && $0.key != "managedFields" && $0.key != kept }
    guard !given.isEmpty else { return }
    errors.append(
      .invalid("metadata", .object(Members(given.map { ($0.key, $0.value) })), "must be empty" + (kept.map { " except for \($0)" } ?? "")))
  }
}
