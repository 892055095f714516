import API
import APIMachinery
import Client
import Formats

// A node, seen by its kubelet: its conditions, its addresses, its images, its silence.

/// What pods need to know of their node.
struct NodeFacts {
  let name: String
  let hostIP: String
  let addresses: AddressRange?
  /// The kubelet is silent: what runs goes on, but nobody tells.
  let isSilent: Bool
  /// When in each second this kubelet looks at its runtime, and at the pods whose time has come: both tickers began with it.
  /// nil: its runtime reports, and it looks at once.
  let phase: Int64?

  /// The next of these looks after a moment.
  func relist(after time: Instant) -> Instant {
    guard let phase else { return time }
    let second: Int64 = 1_000_000_000
    let since = time.nanoseconds - phase
    let floor = since >= 0 ? since / second : (since - second + 1) / second
    return Instant(nanoseconds: (floor + 1) * second + phase)
  }
}

extension Kubelet {
  static func nodeKey(_ node: String) -> String { "!" + node }

  func facts(_ name: String) -> NodeFacts? {
    if let known = nodes[name] { return known }
    guard let node = surroundings.lister.get(ObjectKey(Kinds.node, "", name)) else { return nil }
    let addresses = node["status"]["addresses"].items
    var phase: Int64?
    if case .foretelling = runtime {
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      phase = Int64(hash % 1000) * 1_000_000
    }
    let facts = NodeFacts(
      name: name, hostIP: addresses.first { $0["type"].text == "InternalIP" }?["address"].text ?? "",
      addresses: AddressRange(node["spec"]["podCIDR"].text),
      isSilent: surroundings.notes.note(Kubelet.heartbeatNotes, name) != nil, phase: phase)
    nodes[name] = facts
    return facts
  }

  // MARK: Seeing

  func observeNode(_ change: Change) {
    let name = change.key.name
    switch change.verb {
    case .added:
      nodes[name] = nil
      surroundings.agenda.note(Kubelet.nodeKey(name), for: self.name, at: now)
      wakePods(onNode: name)
    case .modified:
      guard let old = change.old else { return }
      if old["spec"] != change.new["spec"] || old["status"]["addresses"] != change.new["status"]["addresses"] { nodes[name] = nil }
      if !Kubelet.isReady(change.new), Kubelet.isReady(old) || old["status"]["conditions"] != change.new["status"]["conditions"] {
        surroundings.agenda.note(Kubelet.nodeKey(name), for: self.name, at: now)
      }
    case .deleted:
      nodes[name] = nil
      surroundings.agenda.forget(Kubelet.nodeKey(name), for: self.name)
      surroundings.notes.setNote(Kubelet.addressNotes, name, nil)
      // Should a node of that name come, what is still there keeps its addresses.
      if !surroundings.lister.pods(onNode: name).isEmpty { surroundings.notes.setNote(Kubelet.addressNotes, name + "!", true) }
    }
  }

  private static func isReady(_ node: Value) -> Bool {
    node["status"]["conditions"].items.contains { $0["type"].text == "Ready" && $0["status"].text == "True" }
  }

  // MARK: Telling

  private static let healthy: [(type: String, status: String, reason: String, message: String, event: String)] = [
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available", "NodeHasSufficientMemory"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure", "NodeHasNoDiskPressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available", "NodeHasSufficientPID"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status", "NodeReady"),
  ]

  /// Posts a node's status where it isn't what it should be.
  func workOnNode(_ name: String) {
    let key = ObjectKey(Kinds.node, "", name)
    guard var node = surroundings.lister.get(key), let facts = facts(name), !facts.isSilent else { return }
    if case .foretelling = runtime, node["spec"]["podCIDR"].text.isEmpty { node = assignCIDR(node, key) }
    let before = node["status"]["conditions"].items
    let isNew = !before.contains { $0["type"].text == "Ready" }
    var conditions: [Value] = []
    var news: [String] = []
    let stamp = stamps(now)
    for row in Kubelet.healthy {
      let existing = before.first { $0["type"].text == row.type }
      if let existing, existing["status"].text == row.status {
        conditions.append(existing)
        continue
      }
      news.append(row.event)
      conditions.append([
        "lastHeartbeatTime": stamp, "lastTransitionTime": stamp, "message": .string(row.message), "reason": .string(row.reason),
        "status": .string(row.status), "type": .string(row.type),
      ])
    }
    for condition in before where !Kubelet.healthy.contains(where: { $0.type == condition["type"].text }) { conditions.append(condition) }
    var changed = node
    changed["status", "conditions"] = .array(conditions)
    let images = runtime.any.images(node: name)
    if !images.isEmpty {
      changed["status", "images"] = .array(images.map { .object(Members(sorted: [.init("names", .array([.string($0)]))])) })
    }
    if isNew { tellNode(node, "Starting", "Starting kubelet.") }
    for event in news { tellNode(node, event, "Node \(name) status is now: \(event)") }
    if changed != node { _ = try? surroundings.client.update(key, subresource: "status", changed, writeOptions) }
    takeLease(of: node)
  }

  private func tellNode(_ node: Value, _ reason: String, _ message: String) {
    surroundings.recorder.event(node, .normal, reason, message, source: "kubelet", host: node.name, fieldPath: "", style: .counted)
  }

  /// Tells a node's images with its next status, ten seconds at most from now.
  func noteImages(_ node: String) {
    surroundings.agenda.note(Kubelet.nodeKey(node), for: name, after: .seconds(10))
  }

  // MARK: Addresses

  static let addressNotes = "pod-address"

  /// A node that came without a range for its pods gets the next free one of 10.128.0.0/9.
  private func assignCIDR(_ node: Value, _ key: ObjectKey) -> Value {
    let number = surroundings.notes.note(Kubelet.addressNotes, "!ranges")?.int ?? 0
    surroundings.notes.setNote(Kubelet.addressNotes, "!ranges", .int(number + 1))
    let range = Value.string("10.\(128 + number / 256 % 128).\(number % 256).0/24")
    var changed = node
    changed["spec", "podCIDR"] = range
    changed["spec", "podCIDRs"] = .array([range])
    nodes[key.name] = nil
    return (try? surroundings.client.update(key, subresource: nil, changed, writeOptions)) ?? changed
  }

  /// A pod's address: its node's, its runtime's choice, or one of its node's range.
  func address(of pod: Value, on node: NodeFacts) -> String {
    if pod["spec"]["hostNetwork"].bool == true { return node.hostIP }
    return runtime.any.address(of: pod) ?? allocateIP(node)
  }

  /// An address for a pod, of its node's range, after the last one given.
  private func allocateIP(_ node: NodeFacts) -> String {
    guard let range = node.addresses else { return "" }
    let last = surroundings.notes.note(Kubelet.addressNotes, node.name)?.int ?? 1
    var offset = last
    var taken: [String]?
    for _ in 0..<range.size {
      offset = offset + 1 < range.size - 1 ? offset + 1 : 2
      let address = range[offset]
      // Once around, addresses in use are passed over.
      if offset <= last || taken != nil || surroundings.notes.note(Kubelet.addressNotes, node.name + "!") != nil {
        if taken == nil {
          surroundings.notes.setNote(Kubelet.addressNotes, node.name + "!", true)
          taken = surroundings.lister.pods(onNode: node.name).map { $0["status"]["podIP"].text }
        }
        if taken?.contains(address) == true { continue }
      }
      break
    }
    surroundings.notes.setNote(Kubelet.addressNotes, node.name, .int(offset))
    return range[offset]
  }

  // MARK: Silence

  /// A node's kubelet falls silent.
  public func fail(node: String) {
    guard surroundings.notes.note(Kubelet.heartbeatNotes, node) == nil else { return }
    surroundings.notes.setNote(Kubelet.heartbeatNotes, node, ["stopped": .string(now.rfc3339Micro)])
    nodes[node] = nil
    surroundings.agenda.note(node, for: "node-lifecycle", at: now)
  }

  /// A silent kubelet speaks again, and sees to all its pods.
  public func heal(node: String) {
    guard surroundings.notes.note(Kubelet.heartbeatNotes, node) != nil else { return }
    surroundings.notes.setNote(Kubelet.heartbeatNotes, node, nil)
    nodes[node] = nil
    surroundings.agenda.note(Kubelet.nodeKey(node), for: name, at: now)
    surroundings.agenda.note(node, for: "node-lifecycle", at: now)
    wakePods(onNode: node)
  }
}

/// A range of IPv4 addresses (`10.64.1.0/24`).
struct AddressRange {
  private let base: UInt32
  let size: Int64

  init?(_ cidr: String) {
    let parts = cidr.split(separator: "/")
    guard parts.count == 2, let bits = Int(parts[1]), (8...30).contains(bits) else { return nil }
    let bytes = parts[0].split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
    guard bytes.count == 4 else { return nil }
    let address = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    base = address & ~UInt32(0) << UInt32(32 - bits)
    size = 1 << Int64(32 - bits)
  }

  subscript(offset: Int64) -> String {
    let address = base &+ UInt32(truncatingIfNeeded: offset)
    return "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
  }
}
