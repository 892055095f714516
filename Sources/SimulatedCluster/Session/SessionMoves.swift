import API
import APIMachinery
import Client
import Formats

// What random users and misfortunes do to a cluster, one move at a time.

/// Draws moves and makes them. A move that the cluster refuses is a move as well.
struct SessionMoves {
  var random: Random
  let cluster: SimulatedCluster
  let picture: Picture
  /// What was done, for whoever reads of a failure.
  private(set) var told = ""

  init(_ random: Random, _ cluster: SimulatedCluster, _ picture: Picture) {
    self.random = random
    self.cluster = cluster
    self.picture = picture
  }

  private mutating func below(_ bound: Int) -> Int { random.below(bound) }
  private mutating func pick<T>(_ list: [T]) -> T? { list.isEmpty ? nil : list[random.below(list.count)] }

  /// Every move with its weight.
  private enum Move: Int, CaseIterable {
    case apply, scale, roll, pause, undo, deleteDeployment, deletePod, deleteReplicaSet, serve, cordon, taint, labelNode, labelPod,
      failNode, crash, replaceNode, namespace, setStrategy

    var weight: Int {
      switch self {
      case .apply: 14
      case .roll: 12
      case .scale: 10
      case .deletePod, .serve, .failNode, .crash: 6
      case .undo, .deleteDeployment, .cordon: 5
      case .pause, .taint: 4
      case .labelNode, .labelPod, .namespace: 3
      case .deleteReplicaSet, .replaceNode, .setStrategy: 2
      }
    }
  }

  /// Makes one move.
  mutating func move() throws(Status) {
    var left = below(Move.allCases.reduce(0) { $0 + $1.weight })
    guard
      let move = Move.allCases.first(where: {
        left -= $0.weight; return left < 0
      })
    else { return }
    switch move {
    case .apply: try apply()
    case .scale: try scale()
    case .roll: try roll()
    case .pause: try pause()
    case .undo: try undo()
    case .deleteDeployment: try deleteDeployment()
    case .deletePod: try deletePod()
    case .deleteReplicaSet: try deleteReplicaSet()
    case .serve: try serve()
    case .cordon: try cordon()
    case .taint: try taint()
    case .labelNode: try labelNode()
    case .labelPod: try labelPod()
    case .failNode: try failNode()
    case .crash: try crash()
    case .replaceNode: try replaceNode()
    case .namespace: try namespace()
    case .setStrategy: try setStrategy()
    }
  }

  // MARK: Requests

  private func patch(_ kind: Kind, _ object: Value, _ change: Value) throws(Status) {
    let key = ObjectKey(kind, object.namespace, object.name)
    _ = try cluster.patch(key, subresource: nil, .merge(change), WriteOptions())
  }

  private func delete(_ kind: Kind, _ object: Value, _ change: (inout DeleteOptions) -> Void = { _ in }) throws(Status) {
    var options = DeleteOptions()
    change(&options)
    _ = try cluster.delete(ObjectKey(kind, object.namespace, object.name), options)
  }

  private func create(_ kind: Kind, _ object: Value) throws(Status) {
    _ = try cluster.create(kind, namespace: object.namespace, object, WriteOptions())
  }

  // MARK: Workloads

  private mutating func apply() throws(Status) {
    let name = SessionSpecs.pick(&random, SessionSpecs.names)
    let namespace = below(4) == 0 ? "team" : "default"
    let object = SessionSpecs.deployment(&random, name, namespace)
    told = "apply \(namespace)/\(name) \(JSON.text(object["spec"]))"
    if !picture.deployments.has("\(namespace)/\(name)") {
      try create(Kinds.deployment, object)
    } else {
      // A map in a merge patch grows; a template is replaced as a whole.
      let key = ObjectKey(Kinds.deployment, namespace, name)
      var current = try cluster.get(key, subresource: nil)
      current["spec"] = object["spec"]
      _ = try cluster.update(key, subresource: nil, current, WriteOptions())
    }
  }

  private mutating func scale() throws(Status) {
    guard let deployment = pick(picture.deployments.objects) else { return }
    let size = below(7)
    told = "scale \(Shelf.key(deployment)) to \(size)"
    try patch(Kinds.deployment, deployment, ["spec": ["replicas": Value(size)]])
  }

  private mutating func roll() throws(Status) {
    guard let deployment = pick(picture.deployments.objects) else { return }
    var container = deployment["spec"]["template"]["spec"]["containers"][0]
    container["image"] = .string(SessionSpecs.image(&random))
    if below(3) == 0 { container.remove("command") }
    told = "set image \(Shelf.key(deployment)) \(container["image"].text)"
    let version = Value.string("v\(below(6))")
    let template: Value = ["metadata": ["annotations": ["version": version]], "spec": ["containers": [container]]]
    try patch(Kinds.deployment, deployment, ["spec": ["template": template]])
  }

  private mutating func setStrategy() throws(Status) {
    guard let deployment = pick(picture.deployments.objects) else { return }
    let strategy = SessionSpecs.strategy(&random)
    told = "set strategy \(Shelf.key(deployment)) \(JSON.text(strategy))"
    try patch(Kinds.deployment, deployment, ["spec": ["strategy": strategy]])
  }

  private mutating func pause() throws(Status) {
    guard let deployment = pick(picture.deployments.objects) else { return }
    let paused = deployment["spec"]["paused"] == true
    told = "\(paused ? "resume" : "pause") \(Shelf.key(deployment))"
    try patch(Kinds.deployment, deployment, ["spec": ["paused": paused ? nil : true]])
  }

  private mutating func undo() throws(Status) {
    guard let deployment = pick(picture.deployments.objects), let back = pick(picture.replicaSets(ownedBy: deployment.uid)) else { return }
    told = "undo \(Shelf.key(deployment)) to \(back.name)"
    let key = ObjectKey(Kinds.deployment, deployment.namespace, deployment.name)
    let template = Facts.plainTemplate(back["spec"]["template"])
    _ = try cluster.patch(
      key, subresource: nil, .json([["op": "replace", "path": "/spec/template", "value": template]]), WriteOptions())
  }

  private mutating func deleteDeployment() throws(Status) {
    guard let deployment = pick(picture.deployments.objects) else { return }
    let propagation = SessionSpecs.pick(&random, [DeleteOptions.Propagation.background, .background, .foreground, .orphan])
    told = "delete deployment \(Shelf.key(deployment)) --cascade=\(propagation.rawValue)"
    try delete(Kinds.deployment, deployment) { $0.propagation = propagation }
  }

  private mutating func deleteReplicaSet() throws(Status) {
    guard let replicaSet = pick(picture.replicaSets.objects) else { return }
    let propagation = SessionSpecs.pick(&random, [DeleteOptions.Propagation.background, .foreground, .orphan])
    told = "delete replicaset \(Shelf.key(replicaSet)) --cascade=\(propagation.rawValue)"
    try delete(Kinds.replicaSet, replicaSet) { $0.propagation = propagation }
  }

  private mutating func deletePod() throws(Status) {
    guard let pod = pick(picture.pods.objects) else { return }
    let grace = SessionSpecs.pick(&random, [nil, nil, 0, 5] as [Int64?])
    told = "delete pod \(Shelf.key(pod)) --grace-period=\(grace ?? -1)"
    try delete(Kinds.pod, pod) { $0.gracePeriodSeconds = grace }
  }

  private mutating func labelPod() throws(Status) {
    guard let pod = pick(picture.pods.objects) else { return }
    let app: Value = pod.label("app") == "nobody" ? .string(SessionSpecs.pick(&random, SessionSpecs.names)) : "nobody"
    told = "label pod \(Shelf.key(pod)) app=\(app.text)"
    try patch(Kinds.pod, pod, ["metadata": ["labels": ["app": app]]])
  }

  private mutating func serve() throws(Status) {
    let name = SessionSpecs.pick(&random, SessionSpecs.names)
    let namespace = below(4) == 0 ? "team" : "default"
    if let service = picture.services["\(namespace)/\(name)"] {
      told = "delete service \(namespace)/\(name)"
      try delete(Kinds.service, service)
    } else {
      told = "apply service \(namespace)/\(name)"
      try create(Kinds.service, SessionSpecs.service(&random, name, namespace))
    }
  }

  private mutating func namespace() throws(Status) {
    if let team = picture.namespaces["/team"] {
      told = "delete namespace team"
      try delete(Kinds.namespace, team)
    } else {
      told = "create namespace team"
      try create(Kinds.namespace, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "team"]])
    }
  }

  // MARK: Nodes

  private mutating func cordon() throws(Status) {
    guard let node = pick(picture.nodes.objects) else { return }
    let cordoned = node["spec"]["unschedulable"] == true
    told = "\(cordoned ? "uncordon" : "cordon") \(node.name)"
    try patch(Kinds.node, node, ["spec": ["unschedulable": cordoned ? nil : true]])
  }

  private mutating func taint() throws(Status) {
    guard let node = pick(picture.nodes.objects) else { return }
    let current = try cluster.get(ObjectKey(Kinds.node, "", node.name), subresource: nil)
    var taints = current["spec"]["taints"].items
    if taints.contains(where: { $0["key"] == "dedicated" }) {
      told = "taint \(node.name) dedicated-"
      taints.removeAll { $0["key"] == "dedicated" }
    } else {
      let effect = SessionSpecs.pick(&random, ["NoSchedule", "NoExecute", "PreferNoSchedule"])
      told = "taint \(node.name) dedicated=db:\(effect)"
      taints.append(["key": "dedicated", "value": "db", "effect": .string(effect)])
    }
    try patch(Kinds.node, node, ["spec": ["taints": taints.isEmpty ? nil : .array(taints)]])
  }

  private mutating func labelNode() throws(Status) {
    guard let node = pick(picture.nodes.objects) else { return }
    let fast = node.label("disk") != nil
    told = "label \(node.name) disk\(fast ? "-" : "=fast")"
    try patch(Kinds.node, node, ["metadata": ["labels": ["disk": fast ? nil : "fast"]]])
  }

  private mutating func failNode() throws(Status) {
    guard let node = pick(picture.nodes.objects) else { return }
    let fails = below(2) == 0
    told = "\(fails ? "fail" : "heal") \(node.name)"
    try cluster.strike(fails ? .failNode(node.name) : .healNode(node.name))
  }

  private mutating func crash() throws(Status) {
    guard let pod = pick(picture.pods.objects) else { return }
    told = "crash \(Shelf.key(pod))"
    try cluster.strike(.crash(namespace: pod.namespace, pod: pod.name, container: nil))
  }

  /// A node is taken away, or one that was is brought back.
  private mutating func replaceNode() throws(Status) {
    for node in Nodes.make(2, cpu: "2", memory: "4Gi", pods: "8") where !picture.nodes.has("/" + node.name) {
      told = "create node \(node.name)"
      return try create(Kinds.node, node)
    }
    guard let node = picture.nodes.objects.first else { return }
    told = "delete node \(node.name)"
    try delete(Kinds.node, node)
  }
}
