import API
import APIMachinery
import Client
import Formats

// What a new node is given: a range of pod addresses, and how long its kubelet may keep what it read.

/// The nodeipam and ttl controllers.
final class NodeProvisioning: Worker {
  let name = "node-ipam"
  let watches = [Kinds.node]

  private let shop: Workshop
  /// The ranges in use by number, read when a node first needs one.
  private var used: Set<Int>?
  private static let ttl = "node.alpha.kubernetes.io/ttl"

  init(_ surroundings: Surroundings) {
    shop = Workshop(surroundings, name: name, component: "cidrAllocator")
  }

  func observe(_ change: Change) {
    let number = PodRanges.number(change.new["spec"]["podCIDR"].text)
    if change.verb == .deleted {
      if let number { used?.remove(number) }
      return
    }
    if let number { used?.insert(number) }
    if change.new["spec"]["podCIDR"].text.isEmpty || change.new.annotation(NodeProvisioning.ttl) == nil { shop.queue.add(change.key.name) }
  }

  func work(on key: String) { shop.attempt(key) { () throws(Status) in try sync(key) } }

  private func sync(_ name: String) throws(Status) {
    guard var node = shop.lister.get(ObjectKey(Kinds.node, "", name)), !node.isBeingDeleted else { return }
    var changed = false
    if node["spec"]["podCIDR"].text.isEmpty {
      if let range = allocate() {
        node["spec", "podCIDR"] = .string(range)
        node["spec", "podCIDRs"] = [.string(range)]
        changed = true
      } else {
        shop.event(node, .normal, "CIDRNotAvailable", "Node \(name) status is now: CIDRNotAvailable")
      }
    }
    if node.annotation(NodeProvisioning.ttl) == nil {
      let seconds = NodeProvisioning.timeToLive(nodes: shop.lister.count(Kinds.node, namespace: nil))
      node["metadata", "annotations", NodeProvisioning.ttl] = .string(String(seconds))
      changed = true
    }
    if changed { try shop.update(Kinds.node, node) }
  }

  /// The more nodes, the longer they keep Secrets and ConfigMaps.
  static func timeToLive(nodes: Int) -> Int {
    switch nodes {
    case ...100: 0
    case ...500: 15
    case ...1000: 30
    case ...2000: 60
    default: 300
    }
  }

  private func allocate() -> String? {
    var taken = used ?? Set(shop.lister.list(Kinds.node, namespace: nil).compactMap { PodRanges.number($0["spec"]["podCIDR"].text) })
    defer { used = taken }
    let start = Int(shop.notes.note(name, "next")?.int ?? 1)
    for step in 0..<PodRanges.count {
      let number = (max(0, start) + step) % PodRanges.count
      if taken.insert(number).inserted {
        shop.notes.setNote(name, "next", Value((number + 1) % PodRanges.count))
        return PodRanges.text(number)
      }
    }
    return nil
  }
}

/// The cluster's pod addresses, 10.64.0.0/10, in ranges of 256.
enum PodRanges {
  static let count = 64 * 256

  static func text(_ number: Int) -> String { "10.\(64 + number / 256).\(number % 256).0/24" }

  static func number(_ text: String) -> Int? {
    let parts = text.split(separator: ".").compactMap { Int($0.prefix { $0 != "/" }) }
    guard parts.count == 4, parts[0] == 10, (64..<128).contains(parts[1]), (0..<256).contains(parts[2]) else { return nil }
    return (parts[1] - 64) * 256 + parts[2]
  }
}
