import API
import APIMachinery
import Client
import Formats
import Testing

@testable import KubeAPIServer

// Leases, as leaders are elected by them.

private let key = ObjectKey(Kinds.lease, "default", "leader")

private func held(by holder: String, renewed: String, transitions: Int64 = 0) -> Value {
  [
    "metadata": ["name": "leader"],
    "spec": [
      "holderIdentity": .string(holder), "leaseDurationSeconds": 15, "acquireTime": "2026-11-23T00:00:00.000001Z",
      "renewTime": .string(renewed), "leaseTransitions": .int(transitions),
    ],
  ]
}

/// What client libraries do: create, renew by update, and lose to whoever was faster.
@Test func ofTwoWhoTakeALeaseOneLoses() throws {
  let server = try freshServer()
  let options = WriteOptions()
  let watch = try server.stream(Kinds.lease, namespace: "default", ListOptions())
  let first = try server.create(Kinds.lease, namespace: "default", held(by: "a", renewed: "2026-11-23T00:00:00.123456Z"), options)
  #expect(first["spec"]["renewTime"] == "2026-11-23T00:00:00.123456Z")
  #expect(first["spec"]["leaseTransitions"] == 0)
  #expect(!first["metadata"].has("generation"))

  var renewed = first
  renewed["spec", "renewTime"] = "2026-11-23T01:00:02.500000+01:00"
  renewed = try server.update(key, subresource: nil, renewed, options)
  #expect(renewed["spec"]["renewTime"] == "2026-11-23T00:00:02.500000Z")

  // Another one read it before that.
  var stolen = held(by: "b", renewed: "2026-11-23T00:00:03.000000Z", transitions: 1)
  stolen["metadata", "resourceVersion"] = .string(first.resourceVersion)
  let refused = #expect(throws: Status.self) { _ = try server.update(key, subresource: nil, stolen, options) }
  #expect(refused?.reason == .conflict)

  let patched = try server.patch(key, subresource: nil, .merge(["spec": ["holderIdentity": "b"]]), options)
  #expect(patched["spec"]["holderIdentity"] == "b")
  _ = try server.delete(key, DeleteOptions())

  var seen: [String] = []
  while let event = watch.poll() {
    switch event {
    case .added(let lease): seen.append("added \(lease["spec"]["holderIdentity"].text)")
    case .modified(let lease): seen.append("modified \(lease["spec"]["holderIdentity"].text)")
    case .deleted(let lease): seen.append("deleted \(lease["spec"]["holderIdentity"].text)")
    default: seen.append("\(event)")
    }
  }
  #expect(seen == ["added a", "modified a", "modified b", "deleted b"])
}

@Test func anUpdateOfALeaseSaysWhatItChanges() throws {
  let server = try freshServer()
  _ = try server.create(Kinds.lease, namespace: "default", held(by: "a", renewed: "2026-11-23T00:00:00.000000Z"), WriteOptions())
  let refused = #expect(throws: Status.self) {
    _ = try server.update(key, subresource: nil, held(by: "b", renewed: "2026-11-23T00:00:00.000000Z"), WriteOptions())
  }
  #expect(
    refused?.message
      == "leases.coordination.k8s.io \"leader\" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update"
  )
  #expect(refused?.reason == .invalid)
}

@Test func aLeasesTimesAreOfMicroseconds() throws {
  let server = try freshServer()
  let refused = #expect(throws: Status.self) {
    _ = try server.create(Kinds.lease, namespace: "default", held(by: "a", renewed: "2026-11-23T00:00:00Z"), WriteOptions())
  }
  #expect(
    refused?.message.hasSuffix(
      "parsing time \"2026-11-23T00:00:00Z\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"Z\" as \".000000\"") == true)
}
