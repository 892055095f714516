import API
import APIMachinery
import Client
import Formats
import Testing

@testable import KubeScheduler

/// Random clusters and pods, from a seed.
private struct Scene {
  var random: Random

  mutating func one<T>(of items: [T]) -> T { items[random.below(items.count)] }
  mutating func chance(_ percent: Int) -> Bool { random.below(100) < percent }

  mutating func nodes() -> [Value] {
    let zones = one(of: [0, 1, 3, 5])
    return (0..<(1 + random.below(30))).map { i in
      let zone = zones == 0 || chance(5) ? "" : "zone-\(random.below(zones))"
      var node = Make.node(
        "node-\(i)", cpu: one(of: ["2", "4", "8"]), memory: one(of: ["4Gi", "16Gi"]), pods: one(of: ["5", "20", "110"]), zone: zone)
      if chance(10) { node["spec", "taints"] = [["key": "ded", "value": "x", "effect": "NoSchedule"]] }
      if chance(5) { node["spec", "unschedulable"] = true }
      if chance(30) { node["metadata", "labels", "disk"] = "ssd" }
      if chance(20) { node["status", "images"] = [["names": ["nginx:latest"], "sizeBytes": 500_000_000]] }
      return node
    }
  }

  mutating func pod(_ i: Int) -> Value {
    let app = "app-\(random.below(4))"
    let cpu = one(of: [nil, "100m", "250m", "1"])
    let memory = one(of: [nil, "128Mi", "1Gi"])
    let isTolerant = chance(20)
    let wantsDisk = chance(15)
    let isApart = chance(4)
    return Make.pod("pod-\(i)", cpu: cpu, memory: memory, labels: ["app": app]) {
      $0["metadata", "uid"] = .string("uid-\(i)")
      if isTolerant { $0["spec", "tolerations"] = [["operator": "Exists"]] }
      if wantsDisk { $0["spec", "nodeSelector"] = ["disk": "ssd"] }
      if isApart {
        $0["spec", "affinity"] = [
          "podAntiAffinity": [
            "preferredDuringSchedulingIgnoredDuringExecution": [
              [
                "weight": 50,
                "podAffinityTerm": ["topologyKey": "kubernetes.io/hostname", "labelSelector": ["matchLabels": ["app": .string(app)]]],
              ]
            ]
          ]
        ]
      }
    }
  }
}

/// Placement by placement, the fast way and the plain way agree, while pods come and go and nodes change.
@Test(arguments: 0..<60) func fastPlacementIsPlainPlacement(seed: Int) {
  var scene = Scene(random: Random(seed: UInt64(seed)))
  let store = FakeCluster()
  let nodes = scene.nodes()
  for node in nodes { store.objects[ObjectKey(Kinds.node, "", node.name)] = node }
  for i in 0..<3 {
    store.objects[ObjectKey(Kinds.service, "default", "app-\(i)")] = [
      "metadata": ["name": "app", "namespace": "default"], "spec": ["selector": ["app": .string("app-\(i)")]],
    ]
  }
  let cluster = ClusterState(store)
  var placed: [Value] = []
  var fast = 0
  for i in 0..<250 {
    let pod = scene.pod(i)
    let shape = cluster.shape(of: pod)
    let chance = Random(seed: scene.random.next())
    let plain = PlainPlacement.place(shape, in: cluster, Dice(chance))
    if let node = FastPlacement.place(shape, in: cluster, Dice(chance)) {
      fast += 1
      guard case .node(let expected) = plain else {
        Issue.record("seed \(seed), pod \(i): placed the fast way, refused the plain way")
        return
      }
      #expect(node == expected, "seed \(seed), pod \(i)")
    } else if shape.isPlain, cluster.shapesTouching(shape).isEmpty, case .node = plain {
      Issue.record("seed \(seed), pod \(i): placed the plain way only")
    }
    if case .node(let node) = plain {
      cluster.assume(pod.uid, shape, on: node)
      var bound = pod
      bound["spec", "nodeName"] = .string(cluster.nodes.names[node])
      store.objects[ObjectKey(Kinds.pod, "default", pod.name)] = bound
      placed.append(bound)
    }
    if !placed.isEmpty, scene.chance(15) {
      let i = scene.random.below(placed.count)
      var pod = placed[i]
      if !pod.isBeingDeleted, scene.chance(50) {
        // It is going, but still there.
        pod["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        placed[i] = pod
        store.objects[ObjectKey(Kinds.pod, "default", pod.name)] = pod
        cluster.observe(pod: pod)
      } else {
        placed.remove(at: i)
        store.objects[ObjectKey(Kinds.pod, "default", pod.name)] = nil
        cluster.observe(pod: pod, isGone: true)
      }
    }
    var node = scene.one(of: nodes)
    if scene.chance(3), store.objects[ObjectKey(Kinds.node, "", node.name)] != nil {
      if scene.chance(50) { node["spec", "unschedulable"] = true }
      if scene.chance(50) { node["metadata", "labels", "topology.kubernetes.io/zone"] = "zone-1" }
      store.objects[ObjectKey(Kinds.node, "", node.name)] = node
      cluster.observe(node: node)
    }
    if scene.chance(2) {
      // A node comes or goes; its pods stay.
      let node = scene.one(of: nodes)
      let key = ObjectKey(Kinds.node, "", node.name)
      if store.objects.removeValue(forKey: key) == nil { store.objects[key] = node }
      cluster.nodeCameOrWent()
      cluster.settle()
    }
  }
  // What was counted step by step is what counting anew finds.
  let fresh = ClusterState(store)
  #expect(cluster.nodes.usedCPU == fresh.nodes.usedCPU)
  #expect(cluster.nodes.usedPods == fresh.nodes.usedPods)
  #expect(cluster.nodes.scoredMemory == fresh.nodes.scoredMemory)
  for app in 0..<4 {
    let key = CounterKey.spread(namespace: "default", LabelTest(labels: Members([("app", .string("app-\(app)"))])))
    #expect(cluster.counter(key).counts == fresh.counter(key).counts)
  }
  #expect(fast > 0 || placed.isEmpty || nodes.count < 3)
}
