import API
import APIMachinery
import Formats

// The nodes as flat arrays, by name: what each offers and what is taken of it.

/// Where nodes stand by one topology label.
final class Domains {
  /// Each node's domain, or -1 where it lacks the label. Domains are numbered by their values' order.
  let of: [Int32]
  let values: [String]

  init(labels: [Members], key: String) {
    let own = labels.map { $0[key]?.string }
    var seen = Set<String>()
    values = own.compactMap { $0 }.filter { seen.insert($0).inserted }.sorted(by: Members.precedes)
    let number = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, Int32($0)) })
    of = own.map { $0.flatMap { number[$0] } ?? -1 }
  }
}

/// All nodes, in the order of their names.
final class NodeTable {
  static let zoneKey = "topology.kubernetes.io/zone"
  static let hostnameKey = "kubernetes.io/hostname"

  let names: [String]
  let index: [String: Int]
  var count: Int { names.count }

  // What a node offers. CPU in thousandths, the rest in units.
  private(set) var cpu: [Int64]
  private(set) var memory: [Int64]
  private(set) var ephemeral: [Int64]
  private(set) var pods: [Int64]
  /// Extended resources by name, for the nodes that offer any.
  private(set) var others: [[String: Int64]]
  private(set) var labels: [Members]
  private(set) var taints: [[Taint]]
  private(set) var isUnschedulable: [Bool]
  private(set) var images: [[String: Int64]]
  /// On how many nodes an image is.
  private(set) var imageSpread: [String: Int] = [:]

  // What pods have taken.
  private(set) var usedCPU: [Int64]
  private(set) var usedMemory: [Int64]
  private(set) var usedEphemeral: [Int64]
  private(set) var usedPods: [Int64]
  private(set) var usedOthers: [[String: Int64]]
  private(set) var usedPorts: [[HostPort]]
  /// With the default requests of containers that don't say.
  private(set) var scoredCPU: [Int64]
  private(set) var scoredMemory: [Int64]

  /// Nodes that have changed, oldest first, from `logBase` on: as they are where their use has, as `~node` where what they offer has.
  private(set) var log: [Int32] = []
  private(set) var logBase = 0
  /// Grows with each change.
  var version: Int { logBase + log.count }
  /// Grows where a change of one node concerns others too: zones, and how far images have spread.
  private(set) var layout = 0
  private var domainCache: [String: Domains] = [:]
  private var withoutHostname = 0
  private var preferring = 0
  var allHaveHostname: Bool { withoutHostname == 0 }
  /// Whether any node has a PreferNoSchedule taint.
  var anyPrefers: Bool { preferring > 0 }

  init(_ objects: [Value]) {
    let objects = objects.sorted { Members.precedes($0.name, $1.name) }
    let n = objects.count
    names = objects.map(\.name)
    index = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    cpu = Array(repeating: 0, count: n)
    memory = cpu
    ephemeral = cpu
    pods = cpu
    others = Array(repeating: [:], count: n)
    labels = Array(repeating: Members(), count: n)
    taints = Array(repeating: [], count: n)
    isUnschedulable = Array(repeating: false, count: n)
    images = Array(repeating: [:], count: n)
    usedCPU = cpu
    usedMemory = cpu
    usedEphemeral = cpu
    usedPods = cpu
    usedOthers = others
    usedPorts = Array(repeating: [], count: n)
    scoredCPU = cpu
    scoredMemory = cpu
    for (i, object) in objects.enumerated() {
      let facts = NodeFacts(object)
      put(facts, into: i)
      sum(facts, 1)
    }
  }

  /// Takes over a node's new state; true where something that matters to placement has changed.
  @discardableResult func update(_ object: Value) -> Bool {
    guard let i = index[object.name] else { return false }
    let before = NodeFacts(
      cpu: cpu[i], memory: memory[i], ephemeral: ephemeral[i], pods: pods[i], others: others[i], labels: labels[i], taints: taints[i],
      isUnschedulable: isUnschedulable[i], images: images[i])
    let after = NodeFacts(object)
    if before == after { return false }
    put(after, into: i)
    sum(before, -1)
    sum(after, 1)
    if before.labels != after.labels { domainCache.removeAll() }
    if before.images != after.images || before.labels[NodeTable.zoneKey] != after.labels[NodeTable.zoneKey] { layout += 1 }
    note(~Int32(truncatingIfNeeded: i))
    return true
  }

  private func note(_ entry: Int32) {
    if log.count >= max(1024, 4 * count) {
      logBase += log.count
      log.removeAll(keepingCapacity: true)
    }
    log.append(entry)
  }

  private func sum(_ facts: NodeFacts, _ sign: Int) {
    if facts.labels.index(of: NodeTable.hostnameKey) == nil { withoutHostname += sign }
    if facts.taints.contains(where: { $0.effect == .preferNoSchedule }) { preferring += sign }
    for name in facts.images.keys {
      let holders = imageSpread[name, default: 0] + sign
      imageSpread[name] = holders > 0 ? holders : nil
    }
  }

  private func put(_ facts: NodeFacts, into i: Int) {
    cpu[i] = facts.cpu
    memory[i] = facts.memory
    ephemeral[i] = facts.ephemeral
    pods[i] = facts.pods
    others[i] = facts.others
    labels[i] = facts.labels
    taints[i] = facts.taints
    isUnschedulable[i] = facts.isUnschedulable
    images[i] = facts.images
  }

  func domains(_ key: String) -> Domains {
    if let known = domainCache[key] { return known }
    let made = Domains(labels: labels, key: key)
    domainCache[key] = made
    return made
  }

  /// Counts a pod on a node (sign 1) or takes it off (sign -1).
  func add(_ shape: PodShape, to i: Int, sign: Int64) {
    let r = shape.requests
    usedCPU[i] &+= sign &* r.cpu
    usedMemory[i] &+= sign &* r.memory
    usedEphemeral[i] &+= sign &* r.ephemeral
    usedPods[i] &+= sign
    scoredCPU[i] &+= sign &* r.scoredCPU
    scoredMemory[i] &+= sign &* r.scoredMemory
    for other in r.others { usedOthers[i][other.name, default: 0] &+= sign &* other.amount }
    for port in shape.hostPorts {
      if sign > 0 {
        usedPorts[i].append(port)
      } else if let at = usedPorts[i].firstIndex(of: port) {
        usedPorts[i].remove(at: at)
      }
    }
    note(Int32(truncatingIfNeeded: i))
  }
}

/// What a Node object says that placement reads.
struct NodeFacts: Equatable {
  var cpu: Int64 = 0
  var memory: Int64 = 0
  var ephemeral: Int64 = 0
  var pods: Int64 = 0
  var others: [String: Int64] = [:]
  var labels: Members
  var taints: [Taint]
  var isUnschedulable: Bool
  var images: [String: Int64] = [:]

  init(
    cpu: Int64, memory: Int64, ephemeral: Int64, pods: Int64, others: [String: Int64], labels: Members, taints: [Taint],
    isUnschedulable: Bool, images: [String: Int64]
  ) {
    self.cpu = cpu
    self.memory = memory
    self.ephemeral = ephemeral
    self.pods = pods
    self.others = others
    self.labels = labels
    self.taints = taints
    self.isUnschedulable = isUnschedulable
    self.images = images
  }

  init(_ node: Value) {
    for member in node["status"]["allocatable"].members {
      switch member.key {
      case "cpu": cpu = PodRequests.amount(member.value, milli: true)
      case "memory": memory = PodRequests.amount(member.value)
      case "ephemeral-storage": ephemeral = PodRequests.amount(member.value)
      case "pods": pods = PodRequests.amount(member.value)
      default: others[member.key] = PodRequests.amount(member.value)
      }
    }
    labels = node.labels
    taints = node["spec"]["taints"].items.map(Taint.init)
    isUnschedulable = node["spec"]["unschedulable"].bool ?? false
    for image in node["status"]["images"].items {
      // An image without a size scores nothing.
      guard let size = image["sizeBytes"].int.map({ min($0, 1 << 50) }), size > 0 else { continue }
      for name in image["names"].items.compactMap(\.string) { images[name] = size }
    }
  }
}
