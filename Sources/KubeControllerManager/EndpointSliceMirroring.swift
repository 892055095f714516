import API
import APIMachinery
import Client
import Formats

// Shows Endpoints that someone wrote by hand, for Services without a selector, as EndpointSlices too.

/// The endpointslicemirroring controller.
final class EndpointSliceMirroring: Worker {
  let name = "endpointslice-mirroring"
  let watches = [Kinds.endpoints, Kinds.service, Kinds.endpointSlice]

  private let shop: Workshop
  private static let managedBy = "endpointslicemirroring-controller.k8s.io"
  private static let managedByLabel = "endpointslice.kubernetes.io/managed-by"
  private static let skipLabel = "endpointslice.kubernetes.io/skip-mirror"
  private static let leader = "control-plane.alpha.kubernetes.io/leader"
  /// More addresses of a subset than this are not mirrored.
  private static let capacity = 1000

  init(_ surroundings: Surroundings) {
    shop = Workshop(surroundings, name: name, component: "endpoint-slice-mirroring-controller", latency: .milliseconds(8))
  }

  func observe(_ change: Change) {
    switch change.key.kind {
    case Kinds.endpoints:
      // Those of Services with a selector have slices of their own.
      if change.verb != .deleted, isManagedElsewhere(change.key) { return }
      shop.queue.add(change.new.queueKey)
    case Kinds.service:
      let had = change.old.map { !$0["spec"]["selector"].members.isEmpty }
      let has = !change.new["spec"]["selector"].members.isEmpty
      if change.verb == .modified, had == has { return }
      if has, change.verb != .modified { return }
      shop.queue.add(change.new.queueKey)
    default:
      guard change.verb != .added, change.new.label(EndpointSliceMirroring.managedByLabel) == EndpointSliceMirroring.managedBy,
        let service = change.new.label(EndpointsController.serviceNameLabel)
      else { return }
      shop.queue.add("\(change.key.namespace)/\(service)")
    }
  }

  private func isManagedElsewhere(_ key: ObjectKey) -> Bool {
    guard let service = shop.lister.get(ObjectKey(Kinds.service, key.namespace, key.name)) else { return false }
    return !service["spec"]["selector"].members.isEmpty
  }

  func work(on key: String) { shop.attempt(key) { () throws(Status) in try sync(key) } }

  private func sync(_ key: String) throws(Status) {
    let (namespace, name) = splitKey(key)
    let existing = shop.lister.labelled(Kinds.endpointSlice, namespace: namespace, EndpointsController.serviceNameLabel, name)
      .filter { $0.label(EndpointSliceMirroring.managedByLabel) == EndpointSliceMirroring.managedBy && !$0.isBeingDeleted }
    guard let endpoints = shop.lister.get(ObjectKey(Kinds.endpoints, namespace, name)), !endpoints.isBeingDeleted,
      endpoints.label(EndpointSliceMirroring.skipLabel) != "true", endpoints.annotation(EndpointSliceMirroring.leader) == nil,
      let service = shop.lister.get(ObjectKey(Kinds.service, namespace, name)), service["spec"]["selector"].members.isEmpty
    else {
      for slice in existing { try delete(slice) }
      return
    }
    do { try mirror(endpoints, service, existing) } catch { if !error.isNamespaceTerminating { throw error } }
  }

  private func delete(_ slice: Value) throws(Status) {
    do { try shop.delete(Kinds.endpointSlice, slice) } catch { if error.reason != .notFound { throw error } }
  }

  /// One group of slices for each set of ports and family of addresses.
  private func mirror(_ endpoints: Value, _ service: Value, _ existing: [Value]) throws(Status) {
    var groups: [(ports: [EndpointPort], family: String, endpoints: [SliceEndpoint])] = []
    for subset in endpoints["subsets"].items {
      let ports = EndpointPort.ordered(subset["ports"].items.map(EndpointSliceMirroring.port), by: \.sliceHash)
      for (field, isReady) in [("addresses", true), ("notReadyAddresses", false)] {
        for address in subset[field].items.prefix(EndpointSliceMirroring.capacity) {
          let family = address["ip"].text.utf8.contains(UInt8(ascii: ":")) ? "IPv6" : "IPv4"
          let endpoint = EndpointSliceMirroring.endpoint(address, isReady: isReady)
          if let at = groups.firstIndex(where: { $0.ports == ports && $0.family == family }) {
            if !groups[at].endpoints.contains(where: { $0.key == endpoint.key }) { groups[at].endpoints.append(endpoint) }
          } else {
            groups.append((ports, family, [endpoint]))
          }
        }
      }
    }
    var plan = SlicePlan()
    var rest = existing
    for group in groups {
      let ports = Value.array(group.ports.map(\.sliceValue))
      let same = rest.filter { $0["ports"].items == ports.items && $0["addressType"].text == group.family }
      rest.removeAll { slice in same.contains { $0.uid == slice.uid } }
      let part = EndpointSlicePacking.plan(existing: same, desired: group.endpoints, ports: group.ports) {
        makeSlice(endpoints, group.family, ports)
      }
      plan.create += part.create
      plan.update += part.update
      plan.delete += part.delete
    }
    plan.delete += rest
    EndpointSlicePacking.recycle(&plan)
    for slice in plan.create { _ = try shop.create(Kinds.endpointSlice, slice) }
    for slice in plan.update {
      var slice = slice
      let fresh = makeSlice(endpoints, slice["addressType"].text, slice["ports"])
      slice["metadata", "labels"] = fresh["metadata"]["labels"]
      if fresh["metadata"].has("annotations") { slice["metadata", "annotations"] = fresh["metadata"]["annotations"] }
      try shop.update(Kinds.endpointSlice, slice)
    }
    for slice in plan.delete { try delete(slice) }
  }

  private static func port(_ port: Value) -> EndpointPort {
    EndpointPort(
      name: port["name"].text, port: port["port"].int ?? 0, protocolName: port["protocol"].string ?? "TCP",
      appProtocol: port["appProtocol"].string)
  }

  private static func endpoint(_ address: Value, isReady: Bool) -> SliceEndpoint {
    var value: Value = ["addresses": [address["ip"]], "conditions": ["ready": .bool(isReady)]]
    for field in ["hostname", "nodeName", "targetRef"] where !address[field].isNull { value[field] = address[field] }
    return SliceEndpoint(value)
  }

  private func makeSlice(_ endpoints: Value, _ family: String, _ ports: Value) -> Value {
    var labels = endpoints.labels
    labels[EndpointsController.serviceNameLabel] = .string(endpoints.name)
    labels[EndpointSliceMirroring.managedByLabel] = .string(EndpointSliceMirroring.managedBy)
    var annotations = endpoints.annotations
    annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
    var metadata: Value = [
      "generateName": .string(endpoints.name + "-"), "labels": .object(labels), "namespace": .string(endpoints.namespace),
      "ownerReferences": [endpoints.controllerReference(to: Kinds.endpoints)],
    ]
    if !annotations.isEmpty { metadata["annotations"] = .object(annotations) }
    return [
      "addressType": .string(family), "apiVersion": "discovery.k8s.io/v1", "endpoints": [], "kind": "EndpointSlice", "metadata": metadata,
      "ports": ports,
    ]
  }
}
