import API
import APIMachinery
import Client
import Formats

// Notices nodes that fall silent, and taints nodes by their conditions.

/// The node lifecycle controller. A node's heartbeat is not an event: whoever runs the nodes notes when one stopped
/// (`node-heartbeat`, the node's name, `{"stopped": nanoseconds}`) and queues it here.
final class NodeLifecycle: Worker {
  let name = "node-lifecycle"
  let watches = [Kinds.node]

  private let shop: Workshop
  private static let heartbeats = "node-heartbeat"
  /// How long a node may be silent.
  private static let grace = Duration.seconds(40)
  /// How long a new node may take to speak for the first time.
  private static let startupGrace = Duration.seconds(60)
  private static let conditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"]

  init(_ surroundings: Surroundings) {
    shop = Workshop(surroundings, name: name, component: "node-controller")
  }

  func observe(_ change: Change) {
    if let old = change.old, change.verb == .modified, old["spec"] == change.new["spec"],
      old["status"]["conditions"] == change.new["status"]["conditions"],
      old["metadata"]["labels"] == change.new["metadata"]["labels"]
    {
      return
    }
    shop.queue.add(change.key.name)
  }

  func work(on key: String) { shop.attempt(key) { () throws(Status) in try sync(key) } }

  private func sync(_ name: String) throws(Status) {
    guard var node = shop.lister.get(ObjectKey(Kinds.node, "", name)) else { return forget(name) }
    let known = shop.notes.note(self.name, "node/\(name)")
    if known == nil {
      shop.event(node, .normal, "RegisteredNode", "Node \(name) event: Registered Node \(name) in Controller")
    }
    try judgeSilence(&node)
    let ready = node.condition("Ready")?["status"].text ?? ""
    let before = known?["ready"].text
    if before != ready || known == nil {
      if before == "True", ready != "True" { try nodeWentAway(node) }
      shop.notes.setNote(
        self.name, "node/\(name)", ["ready": .string(ready), "uid": .string(node.uid), "zone": .string(NodeLifecycle.zone(node))])
      if before != nil, (before == "True") != (ready == "True") { reconsiderOthers(than: name) }
    }
    var changed = NodeTaints.set(
      &node, NodeTaints.wanted(node), managed: NodeTaints.managedNoSchedule, effect: "NoSchedule", now: shop.now)
    if try taintForEviction(&node, ready) { changed = true }
    if changed { try shop.update(Kinds.node, node) }
  }

  private func forget(_ name: String) {
    guard let known = shop.notes.note(self.name, "node/\(name)") else { return }
    let gone: Value = ["apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(name), "uid": known["uid"]]]
    shop.event(gone, .normal, "RemovingNode", "Node \(name) event: Removing Node \(name) from Controller")
    shop.notes.setNote(self.name, "node/\(name)", nil)
    reconsiderOthers(than: name)
  }

  // MARK: Silence

  /// Sets the conditions of a node that has been silent for too long to Unknown.
  private func judgeSilence(_ node: inout Value) throws(Status) {
    let stopped = shop.notes.note(NodeLifecycle.heartbeats, node.name)?["stopped"].moment
    let deadline: Instant
    if node.condition("Ready") == nil {
      deadline = (node.creationTime ?? shop.now) + NodeLifecycle.startupGrace
    } else if let stopped {
      deadline = stopped + NodeLifecycle.grace
    } else {
      return
    }
    if node.condition("Ready")?["status"].text == "Unknown" { return }
    guard shop.now >= deadline else { return shop.agenda.note(node.name, for: name, at: deadline) }
    for type in NodeLifecycle.conditions {
      let isKnown = node.condition(type) != nil
      _ = node.setCondition(
        type, "Unknown", reason: isKnown ? "NodeStatusUnknown" : "NodeStatusNeverUpdated",
        message: isKnown ? "Kubelet stopped posting node status." : "Kubelet never posted node status.", now: shop.now)
      if !isKnown, let at = node["status"]["conditions"].items.firstIndex(where: { $0["type"].text == type }) {
        node["status", "conditions"][at]["lastHeartbeatTime"] = node["metadata"]["creationTimestamp"]
      }
    }
    node = try shop.update(Kinds.node, node, subresource: "status")
  }

  /// A node that was ready is no more: its pods are not ready either.
  private func nodeWentAway(_ node: Value) throws(Status) {
    shop.event(node, .normal, "NodeNotReady", "Node \(node.name) status is now: NodeNotReady")
    for pod in shop.lister.pods(onNode: node.name) {
      guard let ready = pod.readyCondition, ready["status"].text != "False" else { continue }
      var pod = pod
      guard pod.setCondition("Ready", "False", reason: ready["reason"].string, message: ready["message"].string, now: shop.now) else {
        continue
      }
      do {
        try shop.update(Kinds.pod, pod, subresource: "status")
        shop.event(pod, .warning, "NodeNotReady", "Node is not ready")
      } catch {
        if error.reason != .notFound { throw error }
      }
    }
  }

  // MARK: Eviction

  /// Taints a node that is not ready with NoExecute, as fast as its zone's state allows; true where that changed it.
  private func taintForEviction(_ node: inout Value, _ ready: String) throws(Status) -> Bool {
    let wanted: [String]
    switch ready {
    case "False": wanted = [NodeTaints.notReady]
    case "Unknown": wanted = [NodeTaints.unreachable]
    default: wanted = []
    }
    let has = NodeTaints.noExecute(node).contains { NodeTaints.managedNoExecute.contains($0["key"].text) }
    if wanted.isEmpty, !has { return false }
    if !wanted.isEmpty {
      let zones = ZoneStates(notes: shop.notes, worker: name)
      if zones.allAreDisrupted {
        return NodeTaints.set(&node, [], managed: NodeTaints.managedNoExecute, effect: "NoExecute", now: shop.now)
      }
      if !has, !isTurn(of: node, zones) { return false }
    }
    return NodeTaints.set(&node, wanted, managed: NodeTaints.managedNoExecute, effect: "NoExecute", now: shop.now)
  }

  /// One node every so often in each zone; else it comes again when its turn is.
  private func isTurn(of node: Value, _ zones: ZoneStates) -> Bool {
    let zone = NodeLifecycle.zone(node)
    guard let interval = zones.interval(zone) else { return false }
    let key = "zone/\(zone)"
    if let last = shop.notes.note(name, key)?["last"].string.flatMap(Instant.init(rfc3339:)), shop.now < last + interval {
      shop.agenda.note(node.name, for: name, at: last + interval)
      return false
    }
    shop.notes.setNote(name, key, ["last": .string(shop.now.rfc3339)])
    return true
  }

  static func zone(_ node: Value) -> String {
    let region = node.label("topology.kubernetes.io/region") ?? node.label("failure-domain.beta.kubernetes.io/region") ?? ""
    let zone = node.label("topology.kubernetes.io/zone") ?? node.label("failure-domain.beta.kubernetes.io/zone") ?? ""
    return region.isEmpty && zone.isEmpty ? "" : "\(region):\(zone)"
  }

  /// Whether a node may be evicted depends on how the others do.
  private func reconsiderOthers(than name: String) {
    for key in shop.notes.noteKeys(self.name) where key.hasPrefix("node/") && key != "node/\(name)" {
      if shop.notes.note(self.name, key)?["ready"].text != "True" { shop.queue.add(String(key.dropFirst(5))) }
    }
  }
}

extension Value {
  /// A moment as notes have it: nanoseconds since the epoch, or RFC 3339.
  fileprivate var moment: Instant? { int.map { Instant(nanoseconds: $0) } ?? string.flatMap(Instant.init(rfc3339:)) }
}

/// How many nodes of each zone are ready, and what that allows.
struct ZoneStates {
  private var counts: [String: (ready: Int, notReady: Int)] = [:]

  /// Reads what the node lifecycle controller noted of each node.
  init(notes: any Notes, worker: String) {
    for key in notes.noteKeys(worker) where key.hasPrefix("node/") {
      guard let note = notes.note(worker, key) else { continue }
      add(zone: note["zone"].text, isReady: note["ready"].text == "True")
    }
  }

  init(_ nodes: [(zone: String, isReady: Bool)]) {
    for node in nodes { add(zone: node.zone, isReady: node.isReady) }
  }

  private mutating func add(zone: String, isReady: Bool) {
    var count = counts[zone] ?? (0, 0)
    if isReady { count.ready += 1 } else { count.notReady += 1 }
    counts[zone] = count
  }

  /// No node is ready anywhere: more likely it is us who cannot see them.
  var allAreDisrupted: Bool { !counts.isEmpty && counts.values.allSatisfy { $0.ready == 0 && $0.notReady > 0 } }

  /// How long to wait between two nodes of a zone; nil: not at all while so many of a small zone are not ready.
  func interval(_ zone: String) -> Duration? {
    guard let (ready, notReady) = counts[zone], ready > 0, notReady > 2, Double(notReady) / Double(ready + notReady) >= 0.55 else {
      return .seconds(10)
    }
    return ready + notReady > 50 ? .seconds(100) : nil
  }
}
