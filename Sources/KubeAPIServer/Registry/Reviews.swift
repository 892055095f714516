// Kinds whose objects are answered and not kept: who somebody is, and what somebody may do.

import API
import APIMachinery
import Client
import Formats

/// Whose requests a cluster of ours takes: there is one user, who may do everything.
enum Administrator {
  static let name = "kubernetes-admin"
  static let groups = [almighty, "system:authenticated"]
  /// The group that Kubernetes lets do anything, whatever its rules say.
  private static let almighty = "system:masters"

  static var userInfo: Value { ["username": .string(name), "groups": .array(groups.map(Value.string))] }

  /// Whether a review's subject is the administrator, or as good as.
  static func isMeant(by spec: Value) -> Bool {
    spec["user"].text == name || spec["groups"].items.contains { $0.text == almighty }
  }
}

extension APIServer {
  /// The answer to the creation of an object that is not stored.
  func answer(_ kind: Kind, _ namespace: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    var question = try decoded(object, kind, options)
    let namespace = try place(&question, kind, namespace)
    switch kind {
    case Kinds.binding:
      return try create(ObjectKey(Kinds.pod, namespace, question.name), subresource: "binding", question, options)
    case Kinds.selfSubjectReview:
      question["metadata"] = ["creationTimestamp": .string(now.rfc3339)]
      question["status"] = ["userInfo": Administrator.userInfo]
    case Kinds.selfSubjectRulesReview:
      guard !question["spec"]["namespace"].text.isEmpty else { throw Status(.badRequest, "no namespace on request") }
      question["metadata"] = ["creationTimestamp": nil]
      question["spec"] = [:]
      question["status"] = [
        "incomplete": false, "nonResourceRules": [["nonResourceURLs": ["*"], "verbs": ["*"]]],
        "resourceRules": [["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]]],
      ]
    case Kinds.selfSubjectAccessReview, Kinds.subjectAccessReview, Kinds.localSubjectAccessReview:
      try judge(question, kind)
      let isAllowed = kind == Kinds.selfSubjectAccessReview || Administrator.isMeant(by: question["spec"])
      question["status"] = ["allowed": .bool(isAllowed)]
    default: throw APIServer.notAllowed(kind, question.name)
    }
    return question
  }

  /// Refuses a question that makes no sense. Kubernetes has forgotten the kind by then, and tells only its group.
  private func judge(_ question: Value, _ kind: Kind) throws(Status) {
    var errors: [FieldError] = []
    kind.rules.validate?(question, &errors)
    guard !errors.isEmpty else { return }
    var status = Status.invalid(kind, "", errors)
    status.kind = ""
    status.message = String(status.message.dropFirst(kind.name.count))
    throw status
  }
}
