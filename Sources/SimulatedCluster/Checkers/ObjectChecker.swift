import API
import APIMachinery
import Client
import Formats

// What holds for every object, whatever it is.

/// Identities stay, generations count specs, the past isn't undone.
enum ObjectChecker {
  static func check(_ sight: Sight) throws(Violation) {
    let new = sight.new
    let what = "\(sight.kind.plural) \(Shelf.key(new))"
    let controllers = new.ownerReferences.filter { $0["controller"] == true }
    if controllers.count > 1 { throw Violation("\(what) has \(controllers.count) controllers") }
    switch sight.verb {
    case .added:
      if sight.old != nil { throw Violation("\(what) was added, but it was there") }
      if new.uid.isEmpty { throw Violation("\(what) has no uid") }
    case .deleted:
      guard let old = sight.old else { throw Violation("\(what) was deleted, but it was not there") }
      if old.uid != new.uid { throw Violation("\(what) was deleted as \(new.uid), but it was \(old.uid)") }
    case .modified:
      guard let old = sight.old else { throw Violation("\(what) was modified, but it was not there") }
      try check(what, old, new)
      if sight.kind == Kinds.pod { try checkPod(what, old, new) }
    }
    if sight.kind == Kinds.deployment || sight.kind == Kinds.replicaSet { try checkGeneration(what, sight) }
  }

  private static func check(_ what: String, _ old: Value, _ new: Value) throws(Violation) {
    if old.uid != new.uid { throw Violation("\(what) changed its uid from \(old.uid) to \(new.uid)") }
    if old["metadata"]["creationTimestamp"] != new["metadata"]["creationTimestamp"] { throw Violation("\(what) changed its creation time") }
    if old.isBeingDeleted, !new.isBeingDeleted { throw Violation("\(what) was being deleted, and is no more") }
    var plain = (old, new)
    plain.0["metadata"].remove("resourceVersion")
    plain.1["metadata"].remove("resourceVersion")
    if plain.0 == plain.1 { throw Violation("\(what) was written without a change") }
  }

  private static func checkPod(_ what: String, _ old: Value, _ new: Value) throws(Violation) {
    let node = old["spec"]["nodeName"].text
    if !node.isEmpty, new["spec"]["nodeName"].text != node { throw Violation("\(what) moved from \(node)") }
    if Facts.isOver(old), old["status"]["phase"] != new["status"]["phase"] {
      throw Violation("\(what) was \(old["status"]["phase"].text), and is \(new["status"]["phase"].text)")
    }
    for status in new["status"]["containerStatuses"].items {
      guard let before = old["status"]["containerStatuses"].items.first(where: { $0["name"] == status["name"] }) else { continue }
      if status["restartCount"].int ?? 0 < before["restartCount"].int ?? 0 { throw Violation("\(what) forgot restarts") }
    }
    if Facts.isReady(new), !Facts.isOver(new), !new["status"]["containerStatuses"].items.allSatisfy({ $0["ready"] == true }) {
      throw Violation("\(what) is Ready, but not all of its containers are")
    }
  }

  private static func checkGeneration(_ what: String, _ sight: Sight) throws(Violation) {
    let new = sight.new
    let observed = new["status"]["observedGeneration"].int ?? 0
    if observed > new.generation { throw Violation("\(what) observed generation \(observed) before it was there") }
    switch sight.verb {
    case .deleted: return
    case .added: if new.generation != 1 { throw Violation("\(what) begins at generation \(new.generation)") }
    case .modified:
      guard let old = sight.old else { return }
      let due = old["spec"] != new["spec"] || old.isBeingDeleted != new.isBeingDeleted
      if new.generation != old.generation + (due ? 1 : 0) {
        throw Violation(
          "\(what) went from generation \(old.generation) to \(new.generation), its spec \(due ? "changed" : "did not change")")
      }
      if observed < old["status"]["observedGeneration"].int ?? 0 { throw Violation("\(what) forgot the generation it observed") }
    }
  }
}
