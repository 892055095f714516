import API
import APIMachinery
import Client
import Formats

// Empties a namespace that is being deleted, and lets it go.

/// The namespace controller.
final class NamespaceController: Worker {
  let name = "namespace"
  let watches = [Kinds.namespace]

  private let shop: Workshop
  /// How long a namespace's deletion is left alone, for everyone to hear of it.
  private static let hearing = Duration.seconds(5)
  /// How long objects with finalizers are expected to stay.
  private static let finalizerEstimate: Int64 = 15

  init(_ surroundings: Surroundings) {
    shop = Workshop(surroundings, name: name, component: "namespace-controller")
  }

  func observe(_ change: Change) {
    if change.verb != .deleted, change.new.isBeingDeleted { shop.queue.add(change.key.name, after: NamespaceController.hearing) }
  }

  func work(on key: String) { shop.attempt(key) { () throws(Status) in try sync(key) } }

  /// What is left of one kind.
  private struct Remainder {
    let kind: Kind
    let count: Int
    let finalizers: [String: Int]
    let estimate: Int64
  }

  private func sync(_ name: String) throws(Status) {
    let key = ObjectKey(Kinds.namespace, "", name)
    guard var namespace = shop.lister.get(key), namespace.isBeingDeleted else { return }
    if namespace["status"]["phase"].text != "Terminating" {
      namespace["status", "phase"] = "Terminating"
      namespace = try shop.update(Kinds.namespace, namespace, subresource: "status")
    }
    guard !namespace["spec"]["finalizers"].items.isEmpty else { return }
    var remainders: [Remainder] = []
    var failures: [String] = []
    for kind in Kinds.all where kind.namespaced && !kind.hidden && kind.verbs.contains("deletecollection") {
      do {
        if let rest = try empty(kind, name, since: namespace.deletionTime ?? shop.now) { remainders.append(rest) }
      } catch {
        failures.append(error.message)
      }
    }
    let unexpected = remainders.filter { $0.estimate == 0 }
    for rest in unexpected {
      failures.append(
        "unexpected items still remain in namespace: \(name) for gvr: \(rest.kind.apiVersion), Resource=\(rest.kind.plural)")
    }
    try writeConditions(&namespace, remainders, failures)
    let estimate = remainders.map(\.estimate).max() ?? 0
    if !failures.isEmpty { throw Status(.internalError, failures.joined(separator: ", ")) }
    if estimate > 0 {
      shop.queue.add(name, after: .seconds(estimate / 2 + 1))
      return
    }
    let finalizers = namespace["spec"]["finalizers"].items.filter { $0.text != "kubernetes" }
    namespace["spec"] = finalizers.isEmpty ? [:] : ["finalizers": .array(finalizers)]
    do { try shop.update(Kinds.namespace, namespace, subresource: "finalize") } catch { if error.reason != .notFound { throw error } }
  }

  /// Deletes all of a kind; what is still there afterwards, or nil.
  private func empty(_ kind: Kind, _ namespace: String, since: Instant) throws(Status) -> Remainder? {
    let grace = kind == Kinds.pod ? graceOfPods(namespace, since) : 0
    var options = DeleteOptions()
    options.propagation = .background
    if kind == Kinds.event || shop.lister.count(kind, namespace: namespace) > 0 {
      try shop.client.deleteCollection(kind, namespace: namespace, options, ListOptions())
    }
    // Events are rows of a log, gone at once.
    if kind == Kinds.event { return nil }
    let left = shop.lister.list(kind, namespace: namespace)
    if left.isEmpty { return nil }
    var finalizers: [String: Int] = [:]
    for object in left {
      for finalizer in object.finalizers { finalizers[finalizer, default: 0] += 1 }
    }
    let estimate = grace != 0 ? grace : finalizers.isEmpty ? 0 : NamespaceController.finalizerEstimate
    return Remainder(kind: kind, count: left.count, finalizers: finalizers, estimate: estimate)
  }

  /// The longest grace that a running pod may take; zero once that long has passed.
  private func graceOfPods(_ namespace: String, _ since: Instant) -> Int64 {
    let longest =
      shop.lister.list(Kinds.pod, namespace: namespace)
      .filter { !$0.isTerminalPod }
      .compactMap { $0["spec"]["terminationGracePeriodSeconds"].int }.max() ?? 0
    return shop.now - since >= .seconds(longest) ? 0 : longest
  }

  private func writeConditions(_ namespace: inout Value, _ remainders: [Remainder], _ failures: [String]) throws(Status) {
    var conditions = namespace["status"]["conditions"].items
    let before = conditions
    func put(_ type: String, _ isBad: Bool, _ reason: String, _ message: String) {
      let fresh: Value = [
        "lastTransitionTime": .string(shop.now.rfc3339), "message": .string(message), "reason": .string(reason),
        "status": .string(isBad ? "True" : "False"), "type": .string(type),
      ]
      guard let at = conditions.firstIndex(where: { $0["type"].text == type }) else {
        conditions.append(fresh)
        return
      }
      let old = conditions[at]
      if ["status", "message", "reason"].contains(where: { old[$0] != fresh[$0] }) { conditions[at] = fresh }
    }
    put("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered")
    put("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed")
    if failures.isEmpty {
      put(
        "NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization")
    } else {
      put(
        "NamespaceDeletionContentFailure", true, "ContentDeletionFailed",
        "Failed to delete all resource types, \(failures.count) remaining: \(failures.joined(separator: ", "))")
    }
    if remainders.isEmpty {
      put("NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed")
    } else {
      let list = remainders.map { "\($0.kind.plural).\($0.kind.group) has \($0.count) resource instances" }.sorted(by: Members.precedes)
      put("NamespaceContentRemaining", true, "SomeResourcesRemain", "Some resources are remaining: \(list.joined(separator: ", "))")
    }
    var finalizers: [String: Int] = [:]
    for rest in remainders { finalizers.merge(rest.finalizers, uniquingKeysWith: +) }
    if finalizers.isEmpty {
      put("NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished")
    } else {
      let list = finalizers.map { "\($0.key) in \($0.value) resource instances" }.sorted(by: Members.precedes)
      put(
        "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain",
        "Some content in the namespace has finalizers remaining: \(list.joined(separator: ", "))")
    }
    guard conditions != before else { return }
    namespace["status", "conditions"] = .array(conditions)
    namespace = try shop.update(Kinds.namespace, namespace, subresource: "status")
  }
}
