import API
import APIMachinery
import Client
import Formats

// Takes what its owners leave behind.

/// The garbage collector: background, foreground and orphan propagation. It keeps no graph of its own; the lister knows who
/// depends on whom.
final class GarbageCollector: Worker {
  let name = "garbage-collector"
  let watches = Kinds.all.filter { $0 != Kinds.event && !$0.hidden }

  private let shop: Workshop
  private let kinds: [String: Kind]

  private static let orphan = "orphan"
  private static let foreground = "foregroundDeletion"

  init(_ surroundings: Surroundings) {
    shop = Workshop(surroundings, name: name, component: "garbage-collector-controller", latency: .milliseconds(20))
    kinds = Dictionary(Kinds.all.map { ($0.qualifiedPlural, $0) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: Seeing

  func observe(_ change: Change) {
    let new = change.new
    if change.verb == .deleted {
      let uid = new.uid
      if !shop.lister.dependents(of: uid).isEmpty { shop.queue.add("owner/\(uid)") }
      for reference in new.ownerReferences where reference["blockOwnerDeletion"].bool == true { wakeOwner(reference["uid"].text) }
      return
    }
    let metadata = new["metadata"]
    if metadata.has("deletionTimestamp"),
      change.old?["metadata"]["finalizers"] != metadata["finalizers"] || change.old?.isBeingDeleted != true
    {
      let finalizers = metadata["finalizers"].items
      if finalizers.contains(.string(GarbageCollector.orphan)) || finalizers.contains(.string(GarbageCollector.foreground)) {
        shop.queue.add("owner/\(new.uid)")
      }
    }
    let references = metadata["ownerReferences"]
    if let old = change.old, old["metadata"]["ownerReferences"] == references { return }
    if references.items.contains(where: { shop.lister.holder(of: $0["uid"].text) == nil }) { shop.queue.add(itemKey(change.key)) }
    // An owner that waits for its dependents may have lost one.
    for reference in change.old?.ownerReferences ?? [] { wakeOwner(reference["uid"].text) }
  }

  private func wakeOwner(_ uid: String) {
    guard let key = shop.lister.holder(of: uid), let owner = shop.lister.get(key), isDeletingDependents(owner) else { return }
    shop.queue.add("owner/\(uid)")
  }

  private func isDeletingDependents(_ object: Value) -> Bool {
    object.isBeingDeleted && object.finalizers.contains(GarbageCollector.foreground)
  }

  private func itemKey(_ key: ObjectKey) -> String { "item/\(key.kind.qualifiedPlural)/\(key.namespace)/\(key.name)" }

  // MARK: Working

  func work(on key: String) {
    shop.attempt(key) { () throws(Status) in
      let parts = key.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
      if parts.count == 2, parts[0] == "owner" { try processOwner(parts[1]) }
      if parts.count == 4, parts[0] == "item", let kind = kinds[parts[1]] { try collect(ObjectKey(kind, parts[2], parts[3])) }
    }
  }

  private func processOwner(_ uid: String) throws(Status) {
    guard let key = shop.lister.holder(of: uid), let owner = shop.lister.get(key) else {
      for dependent in shop.lister.dependents(of: uid) { try collect(dependent) }
      return
    }
    guard owner.isBeingDeleted else { return }
    if owner.finalizers.contains(GarbageCollector.orphan) {
      for dependent in shop.lister.dependents(of: uid) { try dropReferences(of: dependent, to: [uid]) }
      try dropFinalizer(GarbageCollector.orphan, key, owner)
    } else if owner.finalizers.contains(GarbageCollector.foreground) {
      try deleteDependents(key, owner)
    }
  }

  /// The owner goes when no dependent blocks it any more.
  private func deleteDependents(_ key: ObjectKey, _ owner: Value) throws(Status) {
    var isBlocked = false
    for dependent in shop.lister.dependents(of: owner.uid) {
      guard let item = shop.lister.get(dependent),
        item.ownerReferences.contains(where: { $0["uid"].text == owner.uid && $0["blockOwnerDeletion"].bool == true })
      else { continue }
      isBlocked = true
      if !isDeletingDependents(item) { try collect(dependent) }
    }
    if !isBlocked {
      try dropFinalizer(GarbageCollector.foreground, key, owner)
    } else if shop.lister.dependents(of: owner.uid).isEmpty {
      shop.queue.add("owner/\(owner.uid)")
    }
  }

  /// Deletes an object unless an owner still holds it.
  private func collect(_ key: ObjectKey) throws(Status) {
    guard let item = shop.lister.get(key) else { return }
    if item.isBeingDeleted {
      if isDeletingDependents(item) { try deleteDependents(key, item) }
      return
    }
    let references = item.ownerReferences
    if references.isEmpty { return }
    var solid = 0
    var waiting: [String] = []
    var dangling: [String] = []
    for reference in references {
      switch holder(reference, key, item) {
      case nil: dangling.append(reference["uid"].text)
      case .some(let owner) where isDeletingDependents(owner): waiting.append(owner.uid)
      default: solid += 1
      }
    }
    if solid > 0 {
      if !dangling.isEmpty || !waiting.isEmpty { try dropReferences(of: key, to: dangling + waiting) }
      return
    }
    let propagation: DeleteOptions.Propagation
    if !waiting.isEmpty, !shop.lister.dependents(of: item.uid).isEmpty {
      propagation = .foreground
    } else if item.finalizers.contains(GarbageCollector.orphan) {
      propagation = .orphan
    } else {
      propagation = item.finalizers.contains(GarbageCollector.foreground) ? .foreground : .background
    }
    do {
      try shop.delete(key.kind, item) { $0.propagation = propagation }
    } catch {
      // Gone, or another one by now: not ours to take.
      if error.reason != .notFound, error.reason != .conflict { throw error }
    }
  }

  /// The owner that a reference really names; nil where there is none.
  private func holder(_ reference: Value, _ key: ObjectKey, _ item: Value) -> Value? {
    guard let found = shop.lister.holder(of: reference["uid"].text), found.kind.name == reference["kind"].text,
      found.name == reference["name"].text
    else { return nil }
    if found.kind.namespaced, found.namespace != key.namespace {
      shop.event(
        item, .warning, "OwnerRefInvalidNamespace",
        "ownerRef [\(reference["apiVersion"].text)/\(reference["kind"].text), namespace: \(key.namespace), name: \(found.name), "
          + "uid: \(reference["uid"].text)] does not exist in namespace \"\(key.namespace)\"")
      return nil
    }
    return shop.lister.get(found)
  }

  private func dropReferences(of key: ObjectKey, to uids: [String]) throws(Status) {
    guard var item = shop.lister.get(key) else { return }
    let rest = item.ownerReferences.filter { !uids.contains($0["uid"].text) }
    if rest.isEmpty { item["metadata"].remove("ownerReferences") } else { item["metadata", "ownerReferences"] = .array(rest) }
    do { try shop.update(key.kind, item) } catch { if error.reason != .notFound { throw error } }
  }

  private func dropFinalizer(_ finalizer: String, _ key: ObjectKey, _ owner: Value) throws(Status) {
    guard var current = shop.lister.get(key), current.uid == owner.uid else { return }
    let rest = current.finalizers.filter { $0 != finalizer }
    if rest.isEmpty {
      current["metadata"].remove("finalizers")
    } else {
      current["metadata", "finalizers"] = .array(rest.map(Value.string))
    }
    do { try shop.update(key.kind, current) } catch { if error.reason != .notFound { throw error } }
  }
}
