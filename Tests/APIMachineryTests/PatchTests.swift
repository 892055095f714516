import Formats
import Testing

@testable import APIMachinery

private let port = Definition(
  "core.v1.ContainerPort", "",
  [Field("containerPort", .int32, required: true), Field("name", .string), Field("protocol", .string, default: "TCP")])
private let container = Definition(
  "core.v1.Container", "",
  [
    Field("name", .string, required: true), Field("image", .string),
    Field(
      "ports", .array(.object { port }), mergeKey: "containerPort", patchStrategy: "merge", listType: "map",
      mapKeys: ["containerPort", "protocol"]),
    Field("command", .array(.string)),
    Field("env", .array(.map(.string)), mergeKey: "name", patchStrategy: "merge"),
  ])
private let strategy = Definition("apps.v1.DeploymentStrategy", "", [Field("type", .string), Field("rollingUpdate", .map(.any))])
private let spec = Definition(
  "Spec", "",
  [
    Field("replicas", .int32),
    Field("containers", .array(.object { container }), mergeKey: "name", patchStrategy: "merge"),
    Field("strategy", .object { strategy }, patchStrategy: "retainKeys"),
    Field("selector", .map(.string), patchStrategy: "replace"),
  ])
private let metadata = Definition(
  "meta.v1.ObjectMeta", "",
  [
    Field("labels", .map(.string)), Field("annotations", .map(.string)), Field("name", .string),
    Field("finalizers", .array(.string), patchStrategy: "merge"),
  ])
let patchable = Definition("Thing", "", [Field("metadata", .object { metadata }), Field("spec", .object { spec })])

private func thing(_ containers: Value) -> Value { ["spec": ["containers": containers]] }

private func strategic(_ patch: Value, _ object: Value) throws -> Value {
  try StrategicMergePatch.apply(patch, to: object, schema: patchable)
}

@Test func jsonPatchOperations() throws {
  let object: Value = ["a": ["b": [1, 2, 3], "c/d": "x"]]
  func apply(_ operations: Value...) throws -> Value { try JSONPatch.apply(.array(operations), to: object) }
  #expect(try apply(["op": "add", "path": "/a/b/1", "value": 9]) == ["a": ["b": [1, 9, 2, 3], "c/d": "x"]])
  #expect(try apply(["op": "add", "path": "/a/b/-", "value": 9]) == ["a": ["b": [1, 2, 3, 9], "c/d": "x"]])
  #expect(try apply(["op": "remove", "path": "/a/c~1d"]) == ["a": ["b": [1, 2, 3]]])
  #expect(try apply(["op": "replace", "path": "/a/b/0", "value": 7]) == ["a": ["b": [7, 2, 3], "c/d": "x"]])
  #expect(try apply(["op": "move", "from": "/a/b", "path": "/z"]) == ["a": ["c/d": "x"], "z": [1, 2, 3]])
  #expect(try apply(["op": "copy", "from": "/a/b/2", "path": "/z"]) == ["a": ["b": [1, 2, 3], "c/d": "x"], "z": 3])
  #expect(try apply(["op": "test", "path": "/a/b/0", "value": 1]) == object)
}

@Test func jsonPatchRefusals() {
  func refusal(_ operation: Value) -> Status? {
    do {
      _ = try JSONPatch.apply([operation], to: ["spec": ["replicas": 3]])
      return nil
    } catch { return error }
  }
  let answer = refusal(["op": "remove", "path": "/spec/nosuch"])
  #expect(answer?.message == "the server rejected our request due to an error in our request")
  #expect(answer?.code == 422)
  #expect(answer?.hints == ["error in remove for path: '/spec/nosuch': Unable to remove nonexistent key: nosuch: missing value"])
  #expect(refusal(["op": "test", "path": "/spec/replicas", "value": 9])?.hints == ["testing value /spec/replicas failed: test failed"])
  #expect(refusal(["op": "replace", "path": "/a/b", "value": 9]) != nil)
  #expect(refusal(["op": "add", "path": "/a/b", "value": 9]) != nil)
  #expect(refusal(["op": "frob", "path": "/a"]) != nil)
  #expect(refusal("x")?.reason == .badRequest)
}

@Test func mergePatches() throws {
  #expect(
    try MergePatch.apply(["a": nil, "b": ["c": 1, "d": nil], "e": [["f": nil]]], to: ["a": 1, "b": ["d": 2]]) == [
      "b": ["c": 1], "e": [[:]],
    ])
  let before: Value = ["a": 1, "b": ["c": 1, "d": 2]]
  let after: Value = ["b": ["c": 1, "d": 3], "e": [1]]
  let patch = MergePatch.difference(from: before, to: after)
  #expect(patch == ["a": nil, "b": ["d": 3], "e": [1]])
  #expect(try MergePatch.apply(patch, to: before) == after)
  #expect(
    MergePatch.threeWay(original: ["a": 1, "s": ["x": 1]], modified: ["s": ["y": 1]], current: ["a": 1, "s": ["x": 1, "z": 1]])
      == ["a": nil, "s": ["x": nil, "y": 1]])
}

@Test func strategicPatchAddsAContainerInFront() throws {
  let patched = try strategic(
    ["spec": ["containers": [["name": "side", "image": "busybox"]]]], thing([["name": "nginx", "image": "nginx:1.25"]]))
  #expect(patched == thing([["name": "side", "image": "busybox"], ["name": "nginx", "image": "nginx:1.25"]]))
}

@Test func strategicPatchDirectives() throws {
  let two = thing([["name": "a", "image": "1"], ["name": "b", "image": "1"]])
  #expect(try strategic(thing([["name": "b", "image": "2"]]), two) == thing([["name": "a", "image": "1"], ["name": "b", "image": "2"]]))
  #expect(try strategic(thing([["name": "a", "$patch": "delete"]]), two) == thing([["name": "b", "image": "1"]]))
  #expect(try strategic(thing([["$patch": "replace"], ["name": "c"]]), two) == thing([["name": "c"]]))
  #expect(try strategic(["spec": ["$patch": "delete"]], two) == ["spec": [:]])
  #expect(try strategic(["spec": ["$patch": "replace", "replicas": 1]], two) == ["spec": ["replicas": 1]])
  #expect(
    try strategic(
      ["spec": ["$setElementOrder/containers": [["name": "b"], ["name": "a"]], "containers": [["name": "a", "image": "3"]]]], two)
      == thing([["name": "b", "image": "1"], ["name": "a", "image": "3"]]))
  #expect(
    try strategic(
      ["spec": ["strategy": ["$retainKeys": ["type"], "type": "Recreate"]]],
      ["spec": ["strategy": ["type": "RollingUpdate", "rollingUpdate": [:]]]]) == ["spec": ["strategy": ["type": "Recreate"]]])
  #expect(
    try strategic(
      ["metadata": ["$deleteFromPrimitiveList/finalizers": ["x"], "finalizers": ["z"]]], ["metadata": ["finalizers": ["x", "y"]]])
      == ["metadata": ["finalizers": ["z", "y"]]])
  #expect(try strategic(["spec": ["selector": ["b": "2"]]], ["spec": ["selector": ["a": "1"]]]) == ["spec": ["selector": ["b": "2"]]])
  #expect(try strategic(["spec": ["replicas": nil, "x": nil]], ["spec": ["replicas": 1]]) == ["spec": [:]])
  #expect(try strategic(["metadata": ["labels": ["x": nil, "y": "1"]]], nil) == ["metadata": ["labels": ["y": "1"]]])
}

@Test func strategicPatchRefusals() {
  #expect(
    message { _ = try strategic(thing([["image": "x"]]), thing([["name": "a"]])) }
      .contains("map: map[image:x] does not contain declared merge key: name"))
  #expect(message { _ = try strategic(["spec": ["$patch": "bogus"]], thing([])) }.contains("in map: map[$patch:bogus]"))
  #expect(message { _ = try strategic("x", thing([])) }.contains("cannot unmarshal string"))
}

@Test func strategicDifferenceRoundTrips() throws {
  let before: Value = [
    "metadata": ["finalizers": ["x", "y"], "labels": ["a": "1"]],
    "spec": [
      "replicas": 3, "containers": [["name": "a", "image": "1"], ["name": "b", "image": "1"]],
      "strategy": ["type": "R", "rollingUpdate": ["m": 1]],
    ],
  ]
  let after: Value = [
    "metadata": ["finalizers": ["y", "z"], "labels": [:]],
    "spec": ["containers": [["name": "c", "image": "1"], ["name": "a", "image": "2"]], "strategy": ["type": "Recreate"]],
  ]
  let patch = try StrategicMergePatch.difference(from: before, to: after, schema: patchable)
  #expect(
    patch["spec"] == [
      "$setElementOrder/containers": [["name": "c"], ["name": "a"]],
      "containers": [["name": "c", "image": "1"], ["name": "a", "image": "2"], ["name": "b", "$patch": "delete"]], "replicas": nil,
      "strategy": ["$retainKeys": ["type"], "rollingUpdate": nil, "type": "Recreate"],
    ])
  #expect(try strategic(patch, before) == after)
  #expect(try StrategicMergePatch.difference(from: before, to: before, schema: patchable) == [:])
}

@Test func threeWayPatchKeepsWhatOthersAdded() throws {
  let original = thing([["name": "a", "image": "1"], ["name": "b", "image": "1"]])
  let modified = thing([["name": "a", "image": "2"]])
  let current = thing([["name": "a", "image": "1", "command": ["x"]], ["name": "b", "image": "1"], ["name": "injected", "image": "1"]])
  let patch = try StrategicMergePatch.threeWay(original: original, modified: modified, current: current, schema: patchable)
  #expect(
    patch == [
      "spec": [
        "$setElementOrder/containers": [["name": "a"]], "containers": [["name": "a", "image": "2"], ["name": "b", "$patch": "delete"]],
      ]
    ])
  #expect(
    try strategic(patch, current) == thing([["name": "a", "image": "2", "command": ["x"]], ["name": "injected", "image": "1"]]))
  #expect(try StrategicMergePatch.threeWay(original: modified, modified: modified, current: modified, schema: patchable) == [:])
}

@Test func changesOfOthersMayConflict() throws {
  func conflict(_ patch: Value, _ current: Value) throws -> Bool {
    try StrategicMergePatch.conflictingChanges(with: patch, original: ["spec": ["replicas": 1]], current: current, schema: patchable) != nil
  }
  #expect(try conflict(["spec": ["replicas": 3]], ["spec": ["replicas": 2]]))
  #expect(try !conflict(["spec": ["replicas": 2]], ["spec": ["replicas": 2]]))
  #expect(try !conflict(["metadata": ["labels": ["a": "1"]]], ["spec": ["replicas": 2]]))
}

@Test func nearestNames() {
  #expect(nearest(to: "imagePullPolice", in: ["image", "imagePullPolicy", "imagePullSecrets"]) == "imagePullPolicy")
  #expect(nearest(to: "replica", in: ["replicas", "selector"]) == "replicas")
  #expect(nearest(to: "nosuch", in: ["replicas", "selector"]) == nil)
  #expect(nearest(to: "gte", in: ["get", "set"]) == "get")
}
