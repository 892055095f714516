import API
import APIMachinery
import Formats

// Services, EndpointSlices and pods' host ports as rules for a forwarder, kept as they change.

/// The rules of all Services, and of pods with host ports. A change of one object costs what its Service has, not what the cluster has.
public struct ServiceTable {
  /// The machine that the rules are for.
  public struct Node: Sendable {
    /// Endpoints of other nodes are passed over where a traffic policy says `Local`; empty: all are this node's.
    public var name: String
    /// Where node ports listen, and host ports that name no address.
    public var addresses: [String]

    public init(name: String = "", addresses: [String] = ["127.0.0.1"]) {
      self.name = name
      self.addresses = addresses
    }
  }

  /// What is known of one Service: slices may come before it.
  private struct Entry {
    var service: Value?
    /// Sorted by name.
    private(set) var slices: [(name: String, slice: Value)] = []

    mutating func set(_ slice: Value) {
      let name = slice.name
      let at = slices.lowerBound(name)
      if at < slices.count, slices[at].name == name { slices[at].slice = slice } else { slices.insert((name, slice), at: at) }
    }

    mutating func removeSlice(_ name: String) { slices.removeAll { $0.name == name } }
  }

  private struct SliceKey: Hashable {
    let namespace: String
    let name: String
  }

  private let node: Node
  private var entries: [ServiceKey: Entry] = [:]
  private var owners: [SliceKey: ServiceKey] = [:]
  /// The rules as they are now.
  public private(set) var snapshot = Snapshot()

  public init(node: Node = Node()) { self.node = node }

  /// Takes a Service as it is now.
  public mutating func set(service: Value) {
    let key = ServiceKey(service.namespace, service.name)
    entries[key, default: Entry()].service = service
    compile(key)
  }

  /// Forgets a Service.
  public mutating func remove(service key: ServiceKey) {
    entries[key]?.service = nil
    compile(key)
  }

  /// Takes an EndpointSlice as it is now.
  public mutating func set(slice: Value) {
    let key = SliceKey(namespace: slice.namespace, name: slice.name)
    guard let service = slice.label(ServiceTable.serviceLabel), !service.isEmpty else { return remove(key) }
    let owner = ServiceKey(slice.namespace, service)
    if owners[key] != owner { remove(key) }
    owners[key] = owner
    entries[owner, default: Entry()].set(slice)
    compile(owner)
  }

  /// Forgets an EndpointSlice.
  public mutating func removeSlice(namespace: String, name: String) { remove(SliceKey(namespace: namespace, name: name)) }

  /// Takes a pod as it is now: its host ports.
  public mutating func set(pod: Value) {
    let rules = HostPorts(pod, node).rules
    if rules.rules.isEmpty, rules.problems.isEmpty { snapshot.remove(rules.service) } else { snapshot.set(rules) }
  }

  /// Forgets a pod.
  public mutating func remove(pod key: ServiceKey) { snapshot.remove(key) }

  private mutating func remove(_ key: SliceKey) {
    guard let owner = owners.removeValue(forKey: key) else { return }
    entries[owner]?.removeSlice(key.name)
    compile(owner)
  }

  private mutating func compile(_ key: ServiceKey) {
    guard let entry = entries[key] else { return }
    guard let service = entry.service else {
      if entry.slices.isEmpty { entries[key] = nil }
      return snapshot.remove(key)
    }
    var compiler = RuleCompiler(key, service, entry.slices.map(\.slice), node)
    snapshot.set(compiler.compile())
  }

  private static let serviceLabel = "kubernetes.io/service-name"
}

extension [(name: String, slice: Value)] {
  fileprivate func lowerBound(_ name: String) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
