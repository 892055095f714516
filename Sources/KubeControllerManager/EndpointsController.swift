import API
import APIMachinery
import Client
import Formats

// Keeps each Service's Endpoints and EndpointSlices in step with the pods it selects.

/// The endpoints and endpointslice controllers in one: both look at the same pods at the same moments.
final class EndpointsController: Worker {
  let name = "endpoints"
  let watches = [Kinds.service, Kinds.pod, Kinds.endpoints, Kinds.endpointSlice]

  private let shop: Workshop
  private let sliceShop: Workshop
  private let services: ServiceIndex
  private var rosters: [String: ServiceRoster] = [:]
  /// Resource versions of our own writing, until they are seen: no news.
  private var written: Set<String> = []

  private static let managedBy = "endpointslice-controller.k8s.io"
  private static let managedByLabel = "endpointslice.kubernetes.io/managed-by"
  static let serviceNameLabel = "kubernetes.io/service-name"
  private static let headlessLabel = "service.kubernetes.io/headless"
  private static let overCapacity = "endpoints.kubernetes.io/over-capacity"

  init(_ surroundings: Surroundings) {
    shop = Workshop(surroundings, name: name, component: "endpoint-controller")
    sliceShop = Workshop(surroundings, name: name, component: "endpoint-slice-controller")
    services = ServiceIndex(surroundings.lister)
  }

  // MARK: Seeing

  func observe(_ change: Change) {
    switch change.key.kind {
    case Kinds.pod: observePod(change)
    case Kinds.service:
      services.forget(change.key.namespace)
      if change.verb == .deleted { rosters[change.new.queueKey] = nil }
      if let old = change.old, change.verb == .modified, old["spec"] == change.new["spec"],
        old["metadata"]["labels"] == change.new["metadata"]["labels"]
      {
        return
      }
      shop.queue.add(change.new.queueKey)
    case Kinds.endpoints:
      // Deleted or changed by someone else: restored.
      if change.verb != .added, !isOurs(change) { shop.queue.add(change.new.queueKey) }
    default:
      guard change.verb != .added, !isOurs(change), change.new.label(EndpointsController.managedByLabel) == EndpointsController.managedBy,
        let service = change.new.label(EndpointsController.serviceNameLabel)
      else { return }
      shop.queue.add("\(change.key.namespace)/\(service)")
    }
  }

  private func isOurs(_ change: Change) -> Bool { written.remove(change.new.resourceVersion) != nil }

  private func observePod(_ change: Change) {
    let namespace = change.key.namespace
    let new = change.new
    // Most of a pod's life is of no interest here: it has no address yet, or any more.
    let could = change.old?.canHaveEndpoint(includingTerminating: true) ?? false
    let can = change.verb != .deleted && new.canHaveEndpoint(includingTerminating: true)
    guard could || can, !services.isEmpty(namespace) else { return }
    if could, can, let old = change.old, EndpointsController.isSame(old, new) { return }
    let isArriving = can && !new.isBeingDeleted && (!could || (new.isReadyPod && change.old?.isReadyPod != true))
    add(services.selecting(new.labels, in: namespace), namespace, isArriving)
    if let old = change.old, old["metadata"]["labels"] != new["metadata"]["labels"] {
      add(services.selecting(old.labels, in: namespace), namespace, false)
    }
  }

  /// The more endpoints, the longer one write may gather news for; what comes may wait longer than what goes. A few gather none:
  /// Kubernetes has a ready pod among the endpoints before its Deployment says that it is available.
  private func add(_ names: [String], _ namespace: String, _ isArriving: Bool) {
    for name in names {
      let key = "\(namespace)/\(name)"
      let count = rosters[key]?.count ?? 0
      let size = count < 16 ? 0 : min(count, isArriving ? 500 : 1000)
      shop.queue.add(key, after: shop.queue.latency + .microseconds((isArriving ? 2000 : 300) * size))
    }
  }

  private static func isSame(_ old: Value, _ new: Value) -> Bool {
    old.isReadyPod == new.isReadyPod && old.isBeingDeleted == new.isBeingDeleted && old["status"]["podIP"] == new["status"]["podIP"]
      && old["metadata"]["labels"] == new["metadata"]["labels"] && old["spec"]["nodeName"] == new["spec"]["nodeName"]
  }

  // MARK: Working

  func work(on key: String) { shop.attempt(key) { () throws(Status) in try sync(key) } }

  private func sync(_ key: String) throws(Status) {
    let (namespace, name) = splitKey(key)
    let endpoints = shop.lister.get(ObjectKey(Kinds.endpoints, namespace, name))
    guard let service = shop.lister.get(ObjectKey(Kinds.service, namespace, name)) else {
      rosters[key] = nil
      if let endpoints, !endpoints.isBeingDeleted {
        try ignoringNotFound { () throws(Status) in try shop.delete(Kinds.endpoints, endpoints) }
      }
      return
    }
    let selector = service["spec"]["selector"].members
    guard let first = selector.first, service["spec"]["type"].text != "ExternalName", !service.isBeingDeleted else { return }
    let selected = shop.lister.labelled(Kinds.pod, namespace: namespace, first.key, first.value.text)
      .filter { ServiceIndex.matches(selector, $0.labels) }
    let given = service["spec"]["ipFamilies"].items.map(\.text)
    let families = given.isEmpty ? ["IPv4"] : given
    let lister = shop.lister
    let (pods, trigger) = rosters[key, default: ServiceRoster()].look(
      service, selected, families: families, stored: endpoints, now: shop.now
    ) { node in
      lister.get(ObjectKey(Kinds.node, "", node))?.label("topology.kubernetes.io/zone")
    }
    do {
      try syncEndpoints(service, pods, endpoints, trigger)
      try syncSlices(service, pods, families, trigger)
    } catch {
      if !error.isNamespaceTerminating { throw error }
    }
  }

  private func ignoringNotFound(_ body: () throws(Status) -> Void) throws(Status) {
    do { try body() } catch { if error.reason != .notFound { throw error } }
  }

  // MARK: Endpoints

  private func syncEndpoints(_ service: Value, _ pods: [ServicePod], _ current: Value?, _ trigger: Instant?) throws(Status) {
    let (subsets, isOver) = EndpointSubsets.of(service, pods)
    var labels = service.labels
    labels[EndpointsController.headlessLabel] = service.isHeadlessService ? "" : nil
    if let current, current["subsets"].items == subsets, current.labels == labels,
      (current.annotation(EndpointsController.overCapacity) == "truncated") == isOver
    {
      return
    }
    var object: Value =
      current ?? [
        "apiVersion": "v1", "kind": "Endpoints", "metadata": ["name": .string(service.name), "namespace": .string(service.namespace)],
      ]
    if labels.isEmpty { object["metadata"].remove("labels") } else { object["metadata", "labels"] = .object(labels) }
    if subsets.isEmpty { object.remove("subsets") } else { object["subsets"] = .array(subsets) }
    var annotations = object.annotations
    annotations[ServiceRoster.triggerAnnotation] = trigger.map { .string($0.rfc3339) }
    annotations[EndpointsController.overCapacity] = isOver ? "truncated" : nil
    if annotations.isEmpty { object["metadata"].remove("annotations") } else { object["metadata", "annotations"] = .object(annotations) }
    do {
      if current == nil {
        _ = try shop.create(Kinds.endpoints, object)
      } else {
        written.insert(try shop.update(Kinds.endpoints, object).resourceVersion)
      }
    } catch {
      if error.isNamespaceTerminating { throw error }
      if current == nil {
        shop.event(
          service, .warning, "FailedToCreateEndpoint", "Failed to create endpoint for service \(service.queueKey): \(error.message)")
      } else {
        shop.event(object, .warning, "FailedToUpdateEndpoint", "Failed to update endpoint \(service.queueKey): \(error.message)")
      }
      throw error
    }
  }

  // MARK: EndpointSlices

  private func syncSlices(_ service: Value, _ pods: [ServicePod], _ families: [String], _ trigger: Instant?) throws(Status) {
    let mine = shop.lister.labelled(Kinds.endpointSlice, namespace: service.namespace, EndpointsController.serviceNameLabel, service.name)
      .filter { $0.label(EndpointsController.managedByLabel) == EndpointsController.managedBy && !$0.isBeingDeleted }
    var plan = SlicePlan()
    for family in families {
      let part = planSlices(service, pods, family, mine.filter { $0["addressType"].text == family })
      plan.create += part.create
      plan.update += part.update
      plan.delete += part.delete
    }
    plan.delete += mine.filter { !families.contains($0["addressType"].text) }
    try write(plan, service, trigger)
  }

  private func planSlices(_ service: Value, _ pods: [ServicePod], _ family: String, _ existing: [Value]) -> SlicePlan {
    // Pods that serve the same ports share slices.
    var groups: [(ports: [EndpointPort], endpoints: [SliceEndpoint])] = []
    for pod in pods {
      guard let endpoint = pod.endpoints.first(where: { $0.family == family })?.endpoint else { continue }
      if let at = groups.firstIndex(where: { $0.ports == pod.ports }) {
        groups[at].endpoints.append(endpoint)
      } else {
        groups.append((pod.ports, [endpoint]))
      }
    }
    var plan = SlicePlan()
    var rest = existing
    for group in groups {
      let ports = Value.array(EndpointPort.ordered(group.ports, by: \.sliceHash).map(\.sliceValue))
      let same = rest.filter { $0["ports"].items == ports.items && !($0["endpoints"].items.isEmpty) }
      rest.removeAll { slice in same.contains { $0.uid == slice.uid } }
      let part = EndpointSlicePacking.plan(existing: same, desired: group.endpoints, ports: group.ports) {
        makeSlice(service, family, ports)
      }
      plan.create += part.create
      plan.update += part.update
      plan.delete += part.delete
      let changed = Set((part.update + part.delete).map(\.uid))
      plan.update += same.filter { !changed.contains($0.uid) }.compactMap { relabelled($0, service) }
    }
    plan.delete += rest
    let kept = existing.count - plan.delete.count
    if kept == 0, plan.create.isEmpty {
      let placeholder = makeSlice(service, family, .null)
      if plan.delete.count == 1, let only = plan.delete.first, only["endpoints"].items.isEmpty, only["ports"].items.isEmpty {
        plan.delete = []
        plan.update += [relabelled(only, service)].compactMap { $0 }
      } else {
        plan.create.append(placeholder)
      }
    }
    EndpointSlicePacking.recycle(&plan)
    return plan
  }

  private func makeSlice(_ service: Value, _ family: String, _ ports: Value) -> Value {
    [
      "addressType": .string(family), "apiVersion": "discovery.k8s.io/v1", "endpoints": .null, "kind": "EndpointSlice",
      "metadata": [
        "generateName": .string(service.name + "-"), "labels": .object(sliceLabels(service)), "namespace": .string(service.namespace),
        "ownerReferences": [service.controllerReference(to: Kinds.service)],
      ],
      "ports": ports,
    ]
  }

  private func sliceLabels(_ service: Value) -> Members {
    var labels = service.labels
    labels[EndpointsController.headlessLabel] = service.isHeadlessService ? "" : nil
    labels[EndpointsController.serviceNameLabel] = .string(service.name)
    labels[EndpointsController.managedByLabel] = .string(EndpointsController.managedBy)
    return labels
  }

  /// The slice with the labels it should have; nil where it has them.
  private func relabelled(_ slice: Value, _ service: Value) -> Value? {
    let labels = sliceLabels(service)
    if slice.labels == labels { return nil }
    var slice = slice
    slice["metadata", "labels"] = .object(labels)
    return slice
  }

  private func write(_ plan: SlicePlan, _ service: Value, _ trigger: Instant?) throws(Status) {
    let labels = sliceLabels(service)
    func dressed(_ slice: Value) -> Value {
      var slice = slice
      slice["metadata", "labels"] = .object(labels)
      if let trigger { slice["metadata", "annotations", ServiceRoster.triggerAnnotation] = .string(trigger.rfc3339) }
      return slice
    }
    for slice in plan.create {
      do {
        _ = try shop.create(Kinds.endpointSlice, dressed(slice))
      } catch {
        if error.isNamespaceTerminating { throw error }
        sliceShop.event(
          service, .warning, "FailedToUpdateEndpointSlices",
          "Error updating Endpoint Slices for Service \(service.queueKey): failed to create EndpointSlice for Service \(service.queueKey): \(error.message)"
        )
        throw error
      }
    }
    for slice in plan.update {
      try ignoringNotFound { () throws(Status) in written.insert(try shop.update(Kinds.endpointSlice, dressed(slice)).resourceVersion) }
    }
    for slice in plan.delete { try ignoringNotFound { () throws(Status) in try shop.delete(Kinds.endpointSlice, slice) } }
  }
}
