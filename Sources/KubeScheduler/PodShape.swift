import APIMachinery
import Formats

// What of a pod matters to placement. Pods made from one template have one shape, read once.

/// A port that a pod takes on its node.
struct HostPort: Hashable {
  let ip: String
  let proto: String
  let port: Int64

  /// Whether both cannot be on one node: the wildcard address takes the port on all.
  func conflicts(with other: HostPort) -> Bool {
    port == other.port && proto == other.proto && (ip == other.ip || ip == "0.0.0.0" || other.ip == "0.0.0.0")
  }
}

/// A topology spread constraint.
struct SpreadConstraint: Hashable {
  let maxSkew: Int64
  let key: String
  let isHard: Bool
  let selector: LabelTest
  let minDomains: Int64?
  let honorsAffinity: Bool
  let honorsTaints: Bool
}

/// A pod affinity or anti-affinity term.
struct AffinityTerm: Hashable {
  let key: String
  let selector: LabelTest
  let namespaces: [String]
  /// nil: only `namespaces` count.
  let namespaceSelector: LabelTest?

  init(_ term: Value, namespace: String) {
    key = term["topologyKey"].text
    selector = LabelTest(selector: term["labelSelector"])
    namespaceSelector = term["namespaceSelector"].isNull ? nil : LabelTest(selector: term["namespaceSelector"])
    let named = term["namespaces"].items.compactMap(\.string)
    namespaces = named.isEmpty && namespaceSelector == nil ? [namespace] : named
  }
}

/// A term with its weight; anti-affinity weighs below zero.
struct WeightedTerm: Hashable {
  let weight: Int64
  let term: AffinityTerm
}

/// The amounts that a pod asks of its node. CPU in thousandths, the rest in units.
struct PodRequests: Hashable {
  var cpu: Int64 = 0
  var memory: Int64 = 0
  var ephemeral: Int64 = 0
  /// Extended resources and huge pages by name, sorted.
  var others: [Named] = []
  /// With 100m and 200Mi for each container that doesn't say: what scoring counts.
  var scoredCPU: Int64 = 0
  var scoredMemory: Int64 = 0

  struct Named: Hashable {
    let name: String
    var amount: Int64
  }

  static let defaultCPU: Int64 = 100
  static let defaultMemory: Int64 = 200 * 1024 * 1024

  init() {}

  /// Containers add up, init containers run alone, the overhead comes on top.
  init(spec: Value) {
    for container in spec["containers"].items { add(PodRequests(container: container["resources"]["requests"])) }
    for container in spec["initContainers"].items { raise(to: PodRequests(container: container["resources"]["requests"])) }
    let overhead = spec["overhead"]
    if !overhead.isNull {
      var extra = PodRequests(list: overhead)
      extra.scoredCPU = extra.cpu
      extra.scoredMemory = extra.memory
      add(extra)
    }
  }

  private init(container requests: Value) {
    self.init(list: requests)
    scoredCPU = requests.has("cpu") ? cpu : PodRequests.defaultCPU
    scoredMemory = requests.has("memory") ? memory : PodRequests.defaultMemory
  }

  private init(list: Value) {
    for member in list.members {
      switch member.key {
      case "cpu": cpu = PodRequests.amount(member.value, milli: true)
      case "memory": memory = PodRequests.amount(member.value)
      case "ephemeral-storage": ephemeral = PodRequests.amount(member.value)
      default: others.append(Named(name: member.key, amount: PodRequests.amount(member.value)))
      }
    }
  }

  /// A quantity, held to where sums of many and a hundredfold cannot overflow.
  static func amount(_ value: Value, milli: Bool = false) -> Int64 {
    let quantity: Quantity
    switch value {
    case .string(let text):
      guard let read = try? Quantity(text) else { return 0 }
      quantity = read
    case .int(let units): quantity = Quantity(units)
    case .number(let text):
      guard let read = try? Quantity(text) else { return 0 }
      quantity = read
    default: return 0
    }
    return min(max(0, milli ? quantity.milliValue : quantity.value), 1 << 54)
  }

  private mutating func add(_ other: PodRequests) {
    merge(other) { min($0 + $1, 1 << 54) }
  }
  private mutating func raise(to other: PodRequests) { merge(other, by: max) }

  private mutating func merge(_ other: PodRequests, by join: (Int64, Int64) -> Int64) {
    cpu = join(cpu, other.cpu)
    memory = join(memory, other.memory)
    ephemeral = join(ephemeral, other.ephemeral)
    scoredCPU = join(scoredCPU, other.scoredCPU)
    scoredMemory = join(scoredMemory, other.scoredMemory)
    for named in other.others {
      if let i = others.firstIndex(where: { $0.name == named.name }) {
        others[i].amount = join(others[i].amount, named.amount)
      } else {
        let at = others.firstIndex { Members.precedes(named.name, $0.name) } ?? others.count
        others.insert(named, at: at)
      }
    }
  }
}

/// The parts of a pod that a shape is read from: pods with equal parts have one shape.
struct PodParts: Hashable {
  let namespace: String
  let labels: Value
  /// The controlling ReplicaSet's, StatefulSet's or ReplicationController's reference, else null.
  let owner: Value
  let requests: [Value]
  let initRequests: [Value]
  let ports: [Value]
  let images: [String]
  let nodeSelector: Value
  let affinity: Value
  let tolerations: Value
  let spread: Value
  let overhead: Value
  let priority: Int64
  let neverPreempts: Bool
  let volumes: [Value]
  let resourceClaims: Value

  init(_ pod: Value) {
    let metadata = pod["metadata"]
    let spec = pod["spec"]
    namespace = metadata["namespace"].text
    labels = metadata["labels"]
    owner = pod.controllerReference.flatMap { PodParts.selectingOwners.contains($0["kind"].text) ? $0 : nil } ?? .null
    var requests: [Value] = []
    var ports: [Value] = []
    var images: [String] = []
    for container in spec["containers"].items {
      requests.append(container["resources"]["requests"])
      images.append(container["image"].text)
      for port in container["ports"].items where (port["hostPort"].int ?? 0) > 0 { ports.append(port) }
    }
    self.requests = requests
    self.ports = ports
    self.images = images
    initRequests = spec["initContainers"].items.map { $0["resources"]["requests"] }
    nodeSelector = spec["nodeSelector"]
    affinity = spec["affinity"]
    tolerations = spec["tolerations"]
    spread = spec["topologySpreadConstraints"]
    overhead = spec["overhead"]
    priority = spec["priority"].int ?? 0
    neverPreempts = spec["preemptionPolicy"].text == "Never"
    volumes = spec["volumes"].items.filter { $0.has("persistentVolumeClaim") || $0.has("ephemeral") }
    resourceClaims = spec["resourceClaims"]
  }

  /// Kinds whose selector the default spread constraints use.
  static let selectingOwners = ["ReplicaSet", "StatefulSet", "ReplicationController"]
}

/// A pod as placement sees it.
final class PodShape {
  let id: Int
  let parts: PodParts
  let namespace: String
  let labels: Members
  let requests: PodRequests
  let hostPorts: [HostPort]
  let images: [String]
  let nodeSelector: [LabelRule]
  /// nil: no required node affinity. Terms are alternatives.
  let requiredNodeTerms: [NodeTerm]?
  let preferredNodeTerms: [(weight: Int64, term: NodeTerm)]
  let tolerations: [Toleration]
  let spread: [SpreadConstraint]
  let requiredAffinity: [AffinityTerm]
  let requiredAntiAffinity: [AffinityTerm]
  /// Preferred terms; anti-affinity with a negative weight.
  let preferredAffinity: [WeightedTerm]
  let claims: [(name: String, isEphemeral: Bool)]
  var priority: Int64 { parts.priority }

  /// How many pods of this shape stand on nodes.
  var live = 0
  /// Counters that count pods of this shape.
  var counters: [Counter] = []
  /// Shapes with affinity terms that match this one, of the first `affinityChecked` such shapes.
  var touchedBy: [PodShape] = []
  var affinityChecked = 0
  /// The default spread constraints' selector, for the services as of `selectorVersion`.
  var defaultSelector: LabelTest?
  var selectorVersion = -1
  /// What the last failed attempt found, and of which state of the cluster.
  var failure: (moment: ClusterState.Moment, diagnosis: Diagnosis)?
  var placementClass: PlacementClass?

  init(id: Int, parts: PodParts, spec: Value) {
    self.id = id
    self.parts = parts
    namespace = parts.namespace
    labels = parts.labels.members
    requests = PodRequests(spec: spec)
    hostPorts = parts.ports.map {
      HostPort(
        ip: $0["hostIP"].text.isEmpty ? "0.0.0.0" : $0["hostIP"].text, proto: $0["protocol"].string ?? "TCP", port: $0["hostPort"].int ?? 0)
    }
    images = parts.images.map(PodShape.normalizedImage)
    nodeSelector = parts.nodeSelector.members.map { LabelRule($0.key, .oneOf([$0.value.text])) }
    let node = parts.affinity["nodeAffinity"]
    let required = node["requiredDuringSchedulingIgnoredDuringExecution"]
    requiredNodeTerms = required.isNull ? nil : required["nodeSelectorTerms"].items.map(NodeTerm.init)
    preferredNodeTerms = node["preferredDuringSchedulingIgnoredDuringExecution"].items.map { (Self.weight($0), NodeTerm($0["preference"])) }
    tolerations = parts.tolerations.items.map(Toleration.init)
    let own = labels
    spread = parts.spread.items.map { PodShape.constraint($0, podLabels: own) }
    let space = namespace
    func terms(_ side: String) -> [AffinityTerm] {
      parts.affinity[side]["requiredDuringSchedulingIgnoredDuringExecution"].items.map { AffinityTerm($0, namespace: space) }
    }
    func preferred(_ side: String, sign: Int64) -> [WeightedTerm] {
      parts.affinity[side]["preferredDuringSchedulingIgnoredDuringExecution"].items.map {
        WeightedTerm(weight: Self.weight($0) * sign, term: AffinityTerm($0["podAffinityTerm"], namespace: space))
      }
    }
    requiredAffinity = terms("podAffinity")
    requiredAntiAffinity = terms("podAntiAffinity")
    preferredAffinity = preferred("podAffinity", sign: 1) + preferred("podAntiAffinity", sign: -1)
    claims = parts.volumes.map {
      let name = $0["persistentVolumeClaim"]["claimName"].text
      return name.isEmpty ? ($0["name"].text, true) : (name, false)
    }
  }

  private static func weight(_ term: Value) -> Int64 { min(max(0, term["weight"].int ?? 0), 1 << 20) }

  var hasAffinityTerms: Bool { !requiredAffinity.isEmpty || !requiredAntiAffinity.isEmpty || !preferredAffinity.isEmpty }

  /// Image names without a tag mean `latest`.
  static func normalizedImage(_ name: String) -> String {
    let bytes = name.utf8
    guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return name + ":latest" }
    if let slash = bytes.lastIndex(of: UInt8(ascii: "/")), colon <= slash { return name + ":latest" }
    return name
  }

  private static func constraint(_ value: Value, podLabels: Members) -> SpreadConstraint {
    var selector = LabelTest(selector: value["labelSelector"])
    for key in value["matchLabelKeys"].items.compactMap(\.string) {
      guard let own = podLabels[key]?.string else { continue }
      selector.rules?.append(LabelRule(key, .oneOf([own])))
    }
    return SpreadConstraint(
      maxSkew: min(max(1, value["maxSkew"].int ?? 1), 1 << 31), key: value["topologyKey"].text,
      isHard: value["whenUnsatisfiable"].text != "ScheduleAnyway", selector: selector, minDomains: value["minDomains"].int,
      honorsAffinity: value["nodeAffinityPolicy"].text != "Ignore", honorsTaints: value["nodeTaintsPolicy"].text == "Honor")
  }

  /// Whether the pod's node selector and required node affinity accept a node.
  func acceptsLabels(_ node: Members, name: String) -> Bool {
    for rule in nodeSelector where !rule.matches(node[rule.key]?.string) { return false }
    guard let requiredNodeTerms else { return true }
    return requiredNodeTerms.contains { $0.matches(node, name: name) }
  }
}
