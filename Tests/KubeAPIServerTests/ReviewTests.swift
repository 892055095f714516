import API
import APIMachinery
import Client
import Formats
import Testing

@testable import KubeAPIServer

// Who am I, and what may I do: objects that are answered and not kept.

private func ask(_ server: APIServer, _ kind: Kind, _ question: Value, namespace: String = "") throws -> Value {
  try server.create(kind, namespace: namespace, question, WriteOptions())
}

private func refusal(_ body: () throws -> Value) -> String {
  do { return JSON.text(try body()) } catch let status as Status { return "\(status.code) \(status.message)" } catch { return "\(error)" }
}

private let getPods: Value = ["namespace": "default", "resource": "pods", "verb": "get"]

@Test func theOneUserMayDoEverything() throws {
  let server = try freshServer()
  let revision = server.store.revision
  let access = try ask(server, Kinds.selfSubjectAccessReview, ["spec": ["resourceAttributes": getPods]])
  #expect(
    JSON.text(access)
      == #"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","metadata":{"creationTimestamp":null},"#
      + #""spec":{"resourceAttributes":{"namespace":"default","resource":"pods","verb":"get"}},"status":{"allowed":true}}"#)
  let rules = try ask(server, Kinds.selfSubjectRulesReview, ["spec": ["namespace": "default"]])
  #expect(
    JSON.text(rules["status"])
      == #"{"incomplete":false,"nonResourceRules":[{"nonResourceURLs":["*"],"verbs":["*"]}],"#
      + #""resourceRules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]}"#)
  let me = try ask(server, Kinds.selfSubjectReview, [:])
  #expect(me["metadata"] == ["creationTimestamp": "2026-11-23T00:00:00Z"])
  #expect(me["status"] == ["userInfo": ["groups": ["system:masters", "system:authenticated"], "username": "kubernetes-admin"]])
  #expect(server.store.revision == revision)
}

private let subjects: [(Value, Bool)] = [
  (["user": "kubernetes-admin"], true), (["user": "jane"], false), (["user": "jane", "groups": ["dev", "system:masters"]], true),
  (["groups": ["system:masters"]], true), (["groups": ["system:authenticated"]], false),
]

@Test func othersMayDoNothingUnlessTheirGroupMay() throws {
  let server = try freshServer()
  for (subject, allowed) in subjects {
    var spec = subject
    spec["resourceAttributes"] = getPods
    #expect(try ask(server, Kinds.subjectAccessReview, ["spec": spec])["status"] == ["allowed": .bool(allowed)], "\(JSON.text(subject))")
    let local = try ask(server, Kinds.localSubjectAccessReview, ["spec": spec], namespace: "default")
    #expect(local["status"] == ["allowed": .bool(allowed)])
    #expect(local["metadata"] == ["creationTimestamp": nil, "namespace": "default"])
  }
}

@Test func questionsThatMakeNoSenseAreRefused() throws {
  let server = try freshServer()
  #expect(
    refusal { try ask(server, Kinds.selfSubjectAccessReview, ["spec": [:]]) }
      == "422 .authorization.k8s.io \"\" is invalid: spec.resourceAttributes: Invalid value: null: "
      + "exactly one of nonResourceAttributes or resourceAttributes must be specified")
  #expect(
    refusal {
      try ask(
        server, Kinds.subjectAccessReview,
        [
          "metadata": ["name": "x"],
          "spec": ["resourceAttributes": getPods, "nonResourceAttributes": ["path": "/healthz", "verb": "get"]],
        ])
    } == "422 .authorization.k8s.io \"\" is invalid: [spec.nonResourceAttributes: Invalid value: "
      + "authorization.NonResourceAttributes{Path:\"/healthz\", Verb:\"get\"}: cannot be specified in combination with resourceAttributes, "
      + "spec.user: Invalid value: \"\": at least one of user or group must be specified, "
      + "metadata: Invalid value: {\"name\":\"x\"}: must be empty]")
  #expect(
    refusal {
      try ask(
        server, Kinds.localSubjectAccessReview, ["spec": ["user": "a", "resourceAttributes": getPods]], namespace: "kube-system")
    } == "422 .authorization.k8s.io \"\" is invalid: spec.resourceAttributes.namespace: Invalid value: \"default\": "
      + "must match metadata.namespace")
  #expect(refusal { try ask(server, Kinds.selfSubjectRulesReview, ["spec": [:]]) } == "400 no namespace on request")
}

/// Of a kind that is not kept nothing can be read, listed, watched or deleted.
@Test func whatIsNotKeptCannotBeAskedFor() throws {
  let server = try freshServer()
  let refused = "405 the server does not allow this method on the requested resource"
  for kind in Kinds.all where !kind.verbs.contains("get") {
    let key = ObjectKey(kind, kind.namespaced ? "default" : "", "x")
    #expect(refusal { try server.get(key, subresource: nil) } == refused)
    #expect(refusal { .array(try server.list(kind, namespace: nil, ListOptions()).items) } == refused)
    #expect(
      refusal {
        _ = try server.watch(kind, namespace: nil, ListOptions()); return nil
      } == refused)
    #expect(refusal { try server.update(key, subresource: nil, ["metadata": ["name": "x"]], WriteOptions()) } == refused)
    #expect(refusal { try server.patch(key, subresource: nil, .merge([:]), WriteOptions()) } == refused)
    #expect(refusal { try server.patch(key, subresource: nil, .apply([:]), WriteOptions()) } == refused)
    #expect(refusal { try server.delete(key, DeleteOptions()) } == refused)
    #expect(
      refusal {
        try server.deleteCollection(kind, namespace: nil, DeleteOptions(), ListOptions()); return nil
      } == refused)
  }
  #expect(
    refusal {
      try server.deleteCollection(Kinds.namespace, namespace: nil, DeleteOptions(), ListOptions()); return nil
    } == refused)
}

@Test func aBindingBindsThePodThatItNames() throws {
  let server = try freshServer()
  _ = try server.create(Kinds.pod, namespace: "default", pod("a"), WriteOptions())
  _ = try ask(server, Kinds.binding, ["metadata": ["name": "a"], "target": ["kind": "Node", "name": "node-1"]], namespace: "default")
  #expect(try server.get(ObjectKey(Kinds.pod, "default", "a"), subresource: nil)["spec"]["nodeName"] == "node-1")
}
