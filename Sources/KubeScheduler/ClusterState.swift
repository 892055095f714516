import API
import APIMachinery
import Client
import Formats

// What the scheduler knows of the cluster: nodes, which pod shape stands where, and counters over both.
// It can be made from what is stored at any time, so nothing of it is kept between commands.

/// The scheduler's view of nodes and placed pods.
final class ClusterState {
  let lister: any Lister
  private(set) var nodes: NodeTable
  private(set) var shapes: [PodShape] = []
  /// Shapes with affinity terms of their own.
  private(set) var affinityShapes: [PodShape] = []
  /// Grows when anything that a failed attempt has looked at may have changed, the nodes themselves aside.
  private(set) var epoch = 0

  private var shapeByParts: [PodParts: PodShape] = [:]
  /// The last specs seen by their containers, kept so that those stay where they are in memory.
  private var shapeBySpec: [UnsafeRawPointer: SharedSpec] = [:]
  private struct SharedSpec {
    let spec: Members
    let owner: Value
    let shape: PodShape
  }
  private var shapesByLabel: [Anchor: [PodShape]] = [:]
  private var counters: [CounterKey: Counter] = [:]
  private var countersByLabel: [Anchor: [Counter]] = [:]
  private var countersWithoutLabel: [Counter] = []

  // One row a placed pod.
  private var rowByPod: [String: Int32] = [:]
  private var rowNode: [Int32] = []
  private var rowShape: [PodShape?] = []
  private var rowIsTerminating: [Bool] = []
  private var freeRows: [Int32] = []
  /// The node names of rows whose node isn't there.
  private var strayNames: [Int32: String] = [:]

  private var areNodesStale = false
  private var namespaceLabels: [String: Members] = [:]
  private var serviceSelectors: [String: [Anchor: [Members]]] = [:]
  private(set) var selectorVersion = 0
  private(set) var classes: [PlacementKey: PlacementClass] = [:]

  /// How many counts all counters together may hold before they are made anew as needed.
  private static let countsKept = 1 << 24

  private struct Anchor: Hashable {
    let key: String
    let value: String
  }

  /// Reads all nodes and the pods on them. The one place that goes through every pod.
  init(_ lister: any Lister) {
    self.lister = lister
    nodes = NodeTable(lister.list(Kinds.node, namespace: nil))
    for name in nodes.names { readPods(on: name) }
  }

  private func readPods(on node: String) {
    for pod in lister.pods(onNode: node) { observe(pod: pod) }
  }

  /// A moment of the cluster: as long as it stays, a shape fails the same way.
  struct Moment: Equatable {
    let nodes: Int
    let epoch: Int
  }
  var moment: Moment { Moment(nodes: nodes.version, epoch: epoch) }

  // MARK: Shapes

  /// The shape of a pod, read once for all pods that are alike.
  func shape(of pod: Value) -> PodShape {
    // A controller's pods share their spec's parts, in memory too; a bound pod's differs by its node only.
    let spec = pod["spec"]
    guard let place = spec["containers"].identity else { return findShape(of: pod) }
    let metadata = pod["metadata"]
    if let known = shapeBySpec[place], known.shape.parts.labels == metadata["labels"], known.shape.namespace == metadata["namespace"].text,
      known.owner == metadata["ownerReferences"], ClusterState.areAlike(known.spec, spec.members)
    {
      return known.shape
    }
    let shape = findShape(of: pod)
    if shapeBySpec.count >= 4096 { shapeBySpec.removeAll(keepingCapacity: true) }
    shapeBySpec[place] = SharedSpec(spec: spec.members, owner: metadata["ownerReferences"], shape: shape)
    return shape
  }

  /// Whether two specs are the same but for the node.
  private static func areAlike(_ a: Members, _ b: Members) -> Bool {
    var i = 0
    var j = 0
    while true {
      if i < a.count, a[i].key == "nodeName" { i += 1 }
      if j < b.count, b[j].key == "nodeName" { j += 1 }
      if i == a.count || j == b.count { return i == a.count && j == b.count }
      if a[i] != b[j] { return false }
      i += 1
      j += 1
    }
  }

  private func findShape(of pod: Value) -> PodShape {
    let parts = PodParts(pod)
    if let known = shapeByParts[parts] { return known }
    let shape = PodShape(id: shapes.count, parts: parts, spec: pod["spec"])
    shapes.append(shape)
    shapeByParts[parts] = shape
    if shape.hasAffinityTerms { affinityShapes.append(shape) }
    for member in shape.labels {
      let anchor = Anchor(key: member.key, value: member.value.text)
      shapesByLabel[anchor, default: []].append(shape)
      for counter in countersByLabel[anchor] ?? [] where matches(counter.key, shape) { shape.counters.append(counter) }
    }
    for counter in countersWithoutLabel where matches(counter.key, shape) { shape.counters.append(counter) }
    return shape
  }

  // MARK: Pods

  /// Takes over a pod's state: counts it where it stands, or forgets it. False where that was known.
  @discardableResult func observe(pod: Value, isGone: Bool = false) -> Bool {
    let uid = pod["metadata"]["uid"].text
    let node = pod["spec"]["nodeName"].text
    if isGone || node.isEmpty || ClusterState.isOver(pod) { return remove(uid) }
    let isTerminating = pod["metadata"].has("deletionTimestamp")
    if let row = rowByPod[uid].map(Int.init), let shape = rowShape[row] {
      let isSame = nodeName(row) == node && rowIsTerminating[row] == isTerminating && shape.parts.labels == pod["metadata"]["labels"]
      if isSame { return false }
      remove(uid)
    }
    insert(uid, shape(of: pod), on: node, isTerminating: isTerminating)
    return true
  }

  /// Counts a pod on a node ahead of its binding.
  func assume(_ uid: String, _ shape: PodShape, on node: Int) {
    remove(uid)
    insert(uid, shape, on: nodes.names[node], isTerminating: false)
  }

  static func isOver(_ pod: Value) -> Bool {
    let phase = pod["status"]["phase"].text
    return phase == "Succeeded" || phase == "Failed"
  }

  private func nodeName(_ row: Int) -> String {
    let node = Int(rowNode[row])
    return node >= 0 ? nodes.names[node] : strayNames[Int32(row)] ?? ""
  }

  private func insert(_ uid: String, _ shape: PodShape, on name: String, isTerminating: Bool) {
    let row: Int32
    if let free = freeRows.popLast() {
      row = free
      rowShape[Int(row)] = shape
      rowIsTerminating[Int(row)] = isTerminating
    } else {
      row = Int32(rowNode.count)
      rowNode.append(-1)
      rowShape.append(shape)
      rowIsTerminating.append(isTerminating)
    }
    rowByPod[uid] = row
    if let node = nodes.index[name] {
      rowNode[Int(row)] = Int32(node)
      count(shape, on: node, isTerminating: isTerminating, sign: 1)
    } else {
      rowNode[Int(row)] = -1
      strayNames[row] = name
    }
  }

  @discardableResult func remove(_ uid: String) -> Bool {
    guard let row = rowByPod.removeValue(forKey: uid), let shape = rowShape[Int(row)] else { return false }
    let node = Int(rowNode[Int(row)])
    if node >= 0 { count(shape, on: node, isTerminating: rowIsTerminating[Int(row)], sign: -1) } else { strayNames[row] = nil }
    rowShape[Int(row)] = nil
    rowNode[Int(row)] = -1
    freeRows.append(row)
    return true
  }

  private func count(_ shape: PodShape, on node: Int, isTerminating: Bool, sign: Int64) {
    nodes.add(shape, to: node, sign: sign)
    shape.live += Int(sign)
    for counter in shape.counters where !(isTerminating && counter.skipsTerminating) { counter.add(node, Int32(sign)) }
  }

  /// The shapes of the pods on a node, in no order that matters.
  func podsOn(_ node: Int) -> [(shape: PodShape, isTerminating: Bool)] {
    var out: [(PodShape, Bool)] = []
    for row in rowNode.indices where rowNode[row] == Int32(node) {
      if let shape = rowShape[row] { out.append((shape, rowIsTerminating[row])) }
    }
    return out
  }

  // MARK: Nodes, namespaces, services

  func nodeCameOrWent() { areNodesStale = true }

  func observe(node: Value) {
    if !areNodesStale { nodes.update(node) }
  }

  /// A namespace's labels count only where an affinity term has asked for them.
  func namespaceChanged(_ name: String) {
    if namespaceLabels.removeValue(forKey: name) != nil { forgetCounters() }
  }

  func serviceChanged(_ namespace: String) {
    serviceSelectors[namespace] = nil
    selectorVersion += 1
    epoch += 1
  }

  func claimsChanged() { epoch += 1 }

  /// Brings the node table up to date where nodes have come or gone since.
  func settle() {
    if counters.count > 1024, counters.count * nodes.count > ClusterState.countsKept { forgetCounters() }
    guard areNodesStale else { return }
    areNodesStale = false
    let names = rowNode.indices.map(nodeName)
    let known = nodes.index
    nodes = NodeTable(lister.list(Kinds.node, namespace: nil))
    epoch += 1
    classes.removeAll()
    for shape in shapes {
      shape.live = 0
      shape.placementClass = nil
    }
    forgetCounters()
    strayNames.removeAll()
    for row in rowNode.indices {
      guard let shape = rowShape[row] else { continue }
      if let node = nodes.index[names[row]] {
        rowNode[row] = Int32(node)
        count(shape, on: node, isTerminating: rowIsTerminating[row], sign: 1)
      } else {
        rowNode[row] = -1
        strayNames[Int32(row)] = names[row]
      }
    }
    for name in nodes.names where known[name] == nil { readPods(on: name) }
  }

  func labels(ofNamespace name: String) -> Members {
    if let known = namespaceLabels[name] { return known }
    let labels = lister.get(ObjectKey(Kinds.namespace, "", name))?.labels ?? Members()
    namespaceLabels[name] = labels
    return labels
  }

  /// The selector of the default spread constraints: a pod's services' and controller's; nil where there is none.
  func defaultSelector(_ shape: PodShape) -> LabelTest? {
    if shape.selectorVersion != selectorVersion {
      shape.selectorVersion = selectorVersion
      shape.defaultSelector = findDefaultSelector(shape)
    }
    return shape.defaultSelector
  }

  private func findDefaultSelector(_ shape: PodShape) -> LabelTest? {
    var merged = Members()
    let services = services(in: shape.namespace)
    if !services.isEmpty {
      for label in shape.labels {
        for selector in services[Anchor(key: label.key, value: label.value.text)] ?? []
        where selector.allSatisfy({ shape.labels[$0.key] == $0.value }) {
          for member in selector { merged[member.key] = member.value }
        }
      }
    }
    let owner = shape.parts.owner
    var rules: [LabelRule] = []
    if !owner.isNull,
      let kind = Kinds.all.first(where: { $0.name == owner["kind"].text && $0.apiVersion == owner["apiVersion"].text }),
      let object = lister.get(ObjectKey(kind, shape.namespace, owner["name"].text)), object.uid == owner["uid"].text
    {
      let selector = object["spec"]["selector"]
      if kind.group.isEmpty {
        for member in selector.members { merged[member.key] = member.value }
      } else {
        rules = LabelTest(selector: selector).rules ?? []
      }
    }
    let test = LabelTest(rules: (LabelTest(labels: merged).rules ?? []) + rules)
    return test.isEverything ? nil : test
  }

  /// A namespace's service selectors by their first label.
  private func services(in namespace: String) -> [Anchor: [Members]] {
    if let known = serviceSelectors[namespace] { return known }
    var found: [Anchor: [Members]] = [:]
    for service in lister.list(Kinds.service, namespace: namespace) {
      let selector = service["spec"]["selector"].members
      if let first = selector.first { found[Anchor(key: first.key, value: first.value.text), default: []].append(selector) }
    }
    serviceSelectors[namespace] = found
    return found
  }

  // MARK: Counters

  /// The counter of a key, made and filled when first asked for.
  func counter(_ key: CounterKey) -> Counter {
    if let known = counters[key] { return known }
    let counter = Counter(key, nodes: nodes.count)
    counters[key] = counter
    var candidates: [PodShape]
    // The rarest label finds the fewest candidates.
    let anchors = anchors(of: key)
    if case .shape(let id) = key {
      candidates = [shapes[id]]
    } else if let best = anchors.min(by: { shapesByLabel[$0]?.count ?? 0 < shapesByLabel[$1]?.count ?? 0 }) {
      countersByLabel[best, default: []].append(counter)
      candidates = shapesByLabel[best] ?? []
    } else {
      countersWithoutLabel.append(counter)
      candidates = shapes
    }
    candidates.removeAll { !matches(key, $0) }
    for shape in candidates { shape.counters.append(counter) }
    if candidates.contains(where: { $0.live > 0 }) { fill(counter, from: candidates) }
    return counter
  }

  private func fill(_ counter: Counter, from candidates: [PodShape]) {
    var isCounted = Array(repeating: false, count: shapes.count)
    for shape in candidates { isCounted[shape.id] = true }
    for row in rowNode.indices {
      guard rowNode[row] >= 0, let shape = rowShape[row], isCounted[shape.id] else { continue }
      if !(rowIsTerminating[row] && counter.skipsTerminating) { counter.add(Int(rowNode[row]), 1) }
    }
  }

  private func anchors(of key: CounterKey) -> [Anchor] {
    switch key {
    case .spread(_, let test): test.anchors.map { Anchor(key: $0.key, value: $0.value) }
    case .terms(let terms): terms.flatMap { $0.selector.anchors.map { Anchor(key: $0.key, value: $0.value) } }
    case .shape: []
    }
  }

  private func matches(_ key: CounterKey, _ shape: PodShape) -> Bool {
    switch key {
    case .spread(let namespace, let test): !test.isEverything && shape.namespace == namespace && test.matches(shape.labels)
    case .terms(let terms): terms.allSatisfy { matches($0, shape) }
    case .shape(let id): shape.id == id
    }
  }

  /// Whether a pod of a shape is one that an affinity term speaks of.
  func matches(_ term: AffinityTerm, _ shape: PodShape) -> Bool {
    guard term.namespaces.contains(shape.namespace) || (term.namespaceSelector?.matches(labels(ofNamespace: shape.namespace)) ?? false)
    else { return false }
    return term.selector.matches(shape.labels)
  }

  private func forgetCounters() {
    epoch += 1
    counters.removeAll()
    countersByLabel.removeAll()
    countersWithoutLabel.removeAll()
    for shape in shapes {
      shape.counters.removeAll()
      shape.touchedBy.removeAll()
      shape.affinityChecked = 0
    }
    for made in classes.values { made.unfollow() }
  }

  /// Placed shapes whose own affinity terms match a pod of this shape.
  func shapesTouching(_ shape: PodShape) -> [PodShape] {
    if shape.affinityChecked < affinityShapes.count {
      for other in affinityShapes[shape.affinityChecked...] {
        let terms = other.requiredAffinity + other.requiredAntiAffinity + other.preferredAffinity.map(\.term)
        if terms.contains(where: { matches($0, shape) }) { shape.touchedBy.append(other) }
      }
      shape.affinityChecked = affinityShapes.count
    }
    return shape.touchedBy.isEmpty ? [] : shape.touchedBy.filter { $0.live > 0 }
  }

  /// The placement class of a shape, shared by all shapes that fit and score alike, spreading aside.
  func placementClass(_ shape: PodShape) -> PlacementClass {
    if let known = shape.placementClass { return known }
    let key = PlacementKey(shape)
    if let known = classes[key] {
      shape.placementClass = known
      return known
    }
    // Each class has arrays as long as the nodes: a few hundred at most are kept.
    if classes.count >= 256 {
      classes.removeAll()
      for other in shapes { other.placementClass = nil }
    }
    let made = PlacementClass(shape, nodes)
    classes[key] = made
    shape.placementClass = made
    return made
  }
}
