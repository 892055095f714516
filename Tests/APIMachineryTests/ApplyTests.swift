import API
import Formats
import Foundation
import Testing

@testable import APIMachinery

private func data(_ name: String) throws -> Value {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Data/\(name).json")
  return try JSON.parse([UInt8](Data(contentsOf: file)))
}

private let schema = Kinds.deployment.schema
private let now = Instant(seconds: 1_795_000_000)

private func apply(_ config: Value, to live: Value?, as manager: String, force: Bool = false) throws -> Value {
  try ServerSideApply.apply(config, to: live, manager: manager, force: force, schema: schema, ignored: ["status"], now: now)
}

private func owner(_ manager: String, of object: Value) -> Value {
  object.metadata["managedFields"].items.first { $0["manager"].text == manager }?["fieldsV1"] ?? .null
}

/// What a real cluster recorded: applied from the client first, then from the server.
@Test func fieldsAreOwnedAsARealClusterSays() throws {
  let recorded = try data("deployment-live")
  var plain = recorded
  plain.metadata.remove("managedFields")
  plain.metadata.remove("annotations")
  var created = plain
  created.remove("status")
  created["status"] = [:]
  created = ManagedFields.noted(created, from: nil, manager: "kubectl-client-side-apply", schema: schema, ignored: ["status"], now: now)
  #expect(owner("kubectl-client-side-apply", of: created) == owner("kubectl-client-side-apply", of: recorded))

  var running = created
  running["status"] = plain["status"]
  running["metadata", "annotations"] = ["deployment.kubernetes.io/revision": "3"]
  running = ManagedFields.noted(running, from: created, manager: "kube-controller-manager", subresource: "status", schema: schema, now: now)
  #expect(owner("kube-controller-manager", of: running) == owner("kube-controller-manager", of: recorded))

  var config = try data("deployment-config")
  config["metadata", "namespace"] = "g02"
  let applied = try apply(config, to: running, as: "kubectl")
  #expect(owner("kubectl", of: applied) == owner("kubectl", of: recorded))
  #expect(
    applied.metadata["managedFields"].items.map { $0["manager"].text } == [
      "kubectl", "kube-controller-manager", "kubectl-client-side-apply",
    ])
  #expect(applied.metadata["managedFields"][0]["time"].isNull)
  #expect(applied["spec"] == running["spec"])

  config["spec", "template", "spec"]["containers"][0]["image"] = "nginx:1.26"
  #expect(
    message { _ = try apply(config, to: applied, as: "other") }.contains("Apply failed with 2 conflicts: conflicts with"))
  do {
    _ = try apply(config, to: applied, as: "other")
  } catch let status as Status {
    #expect(
      status.message == """
        Apply failed with 2 conflicts: conflicts with "kubectl":
        - .spec.template.spec.containers[name="nginx"].image
        conflicts with "kubectl-client-side-apply" using apps/v1:
        - .spec.template.spec.containers[name="nginx"].image
        """)
    #expect(status.code == 409)
    #expect(status.causes.count == 2)
  }
  let forced = try apply(config, to: applied, as: "other", force: true)
  #expect(forced["spec", "template", "spec"]["containers"][0]["image"] == "nginx:1.26")
  #expect(owner("kubectl", of: forced)["f:spec", "f:template", "f:spec", "f:containers"]["k:{\"name\":\"nginx\"}"]["f:image"] == .null)
}

@Test func applyRemovesWhatItNoLongerSays() throws {
  let first: Value = [
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w", "labels": ["a": "1", "b": "2"]],
    "spec": ["replicas": 2, "template": ["spec": ["containers": [["name": "x", "image": "1"], ["name": "y", "image": "1"]]]]],
  ]
  var live = try apply(first, to: nil, as: "me")
  #expect(live.metadata["managedFields"][0]["time"] == .string(now.rfc3339))
  // Somebody else scales, and adds a label.
  let before = live
  live["spec", "replicas"] = 5
  live["metadata", "labels", "c"] = "3"
  live = ManagedFields.noted(live, from: before, manager: "hpa", schema: schema, now: now)
  let second: Value = [
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w", "labels": ["a": "1"]],
    "spec": ["template": ["spec": ["containers": [["name": "y", "image": "2"]]]]],
  ]
  let result = try apply(second, to: live, as: "me")
  #expect(result["metadata", "labels"] == ["a": "1", "c": "3"])
  #expect(result["metadata", "name"] == "w")
  let third: Value = ["apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w"]]
  let bare = try apply(third, to: result, as: "me")
  #expect(bare["spec"] == ["replicas": 5])
  #expect(bare["metadata", "labels"] == ["c": "3"])
  #expect(result["spec"] == ["replicas": 5, "template": ["spec": ["containers": [["name": "y", "image": "2"]]]]])
}

@Test func applyKeepsWhatWasBeforeTheFirst() throws {
  let live: Value = ["apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w"], "spec": ["replicas": 2]]
  #expect(
    message {
      _ = try apply(
        ["apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w"], "spec": ["replicas": 3]], to: live, as: "me")
    }.contains("Apply failed with 1 conflict: conflict with "))
  let same = try apply(live, to: live, as: "me")
  #expect(same.metadata["managedFields"].items.map { $0["manager"].text } == ["me", "before-first-apply"])
}

@Test func applyTakesOverFromTheClientsApply() throws {
  var live: Value = ["apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w"], "spec": ["replicas": 2]]
  live["metadata", "annotations"] = [ServerSideApply.lastApplied: .string(JSON.text(live))]
  live = ManagedFields.noted(live, from: nil, manager: "kubectl-client-side-apply", schema: schema, now: now)
  let config: Value = ["apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w"], "spec": ["replicas": 3]]
  #expect(try apply(config, to: live, as: "kubectl")["spec", "replicas"] == 3)
  #expect(message { _ = try apply(config, to: live, as: "other") }.contains("conflict"))
}

@Test func applyRefusesWhatTheSchemaDoesNotKnow() {
  func refusal(_ spec: Value) -> String {
    do {
      _ = try apply(
        ["apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w", "namespace": "n"], "spec": spec], to: nil, as: "me")
      return ""
    } catch { return (error as? Status)?.message ?? "" }
  }
  let head = "failed to create typed patch object (n/w; apps/v1, Kind=Deployment): "
  #expect(refusal(["replica": 1]) == head + ".spec.replica: field not declared in schema")
  #expect(refusal(["replicas": "x"]) == head + ".spec.replicas: expected numeric (int or float), got string")
  #expect(
    refusal(["template": ["spec": ["containers": [["image": "x"]]]]]) == head
      + ".spec.template.spec.containers: element 0: associative list with keys has an element that omits key field \"name\" "
      + "(and doesn't have default value)")
  #expect(
    refusal(["template": ["spec": ["containers": [["name": "x"], ["name": "x"]]]]]) == head
      + ".spec.template.spec.containers: duplicate entries for key [name=\"x\"]")
}

@Test func fieldSetAlgebra() {
  let a = FieldSet(fieldsV1: ["f:a": [".": [:], "f:b": [:]], "f:c": [:]])
  let b = FieldSet(fieldsV1: ["f:a": ["f:b": [:]], "f:d": [:]])
  #expect(a.union(b).fieldsV1 == ["f:a": [".": [:], "f:b": [:]], "f:c": [:], "f:d": [:]])
  #expect(a.difference(b).fieldsV1 == ["f:a": [:], "f:c": [:]])
  #expect(a.intersection(b).fieldsV1 == ["f:a": ["f:b": [:]]])
  #expect(a.contains(["f:a", "f:b"]) && !b.contains(["f:a"]))
  #expect(FieldSet(fieldsV1: a.fieldsV1) == a)
  #expect(FieldSet.text(of: ["f:spec", "k:{\"name\":\"x\"}", "f:y", "v:\"a\""]) == ".spec[name=\"x\"].y[=\"a\"]")
}
