import API
import APIMachinery
import Client
import Formats
import Testing

@testable import KubeScheduler

/// The recorded cluster: four nodes with one CPU, in three zones.
private func fourNodes() -> FakeCluster {
  let cluster = FakeCluster()
  for (i, zone) in ["zone-1", "zone-2", "zone-3", "zone-1"].enumerated() {
    cluster.put(Kinds.node, Make.node("node-\(i + 1)", cpu: "1", memory: "3840Mi", zone: zone))
  }
  return cluster
}

@Test func aPodIsBoundAndSaysSo() {
  let cluster = fourNodes()
  cluster.put(Kinds.pod, Make.pod("web"))
  #expect(cluster.node(of: "web") == "")
  cluster.advance(.seconds(1))
  let node = cluster.node(of: "web")
  #expect(node.hasPrefix("node-"))
  #expect(cluster.messages("web") == ["Successfully assigned default/web to \(node)"])
  #expect(cluster.stored.isEmpty)
}

@Test func noNodes() {
  let cluster = FakeCluster()
  cluster.put(Kinds.pod, Make.pod("web"))
  cluster.advance(.seconds(1))
  #expect(cluster.messages("web") == ["no nodes available to schedule pods"])
  cluster.put(Kinds.node, Make.node("node-1"))
  cluster.advance(.seconds(2))
  #expect(cluster.node(of: "web") == "node-1")
}

@Test func whatDoesNotFitSaysWhat() {
  let cluster = fourNodes()
  cluster.put(Kinds.pod, Make.pod("big", cpu: "1000", memory: "1000Gi"))
  cluster.put(
    Kinds.pod, Make.pod("gpu") { $0["spec", "containers"] = [["name": "c", "resources": ["requests": ["example.com/gpu": "1"]]]] })
  cluster.put(
    Kinds.pod,
    Make.pod("init", cpu: "100m") { $0["spec", "initContainers"] = [["name": "i", "resources": ["requests": ["cpu": "2"]]]] })
  cluster.advance(.seconds(1))
  let end = "preemption: 0/4 nodes are available: 4 No preemption victims found for incoming pod.."
  #expect(cluster.messages("big") == ["0/4 nodes are available: 4 Insufficient cpu, 4 Insufficient memory. \(end)"])
  #expect(cluster.messages("gpu") == ["0/4 nodes are available: 4 Insufficient example.com/gpu. \(end)"])
  #expect(cluster.messages("init") == ["0/4 nodes are available: 4 Insufficient cpu. \(end)"])
  #expect(cluster.condition(of: "big")["reason"].text == "Unschedulable")
  #expect(cluster.condition(of: "big")["message"].text == cluster.messages("big")[0])
  #expect(cluster.condition(of: "big")["lastProbeTime"].isNull)
}

@Test func affinityAndSelectorsThatNothingMatches() {
  let cluster = fourNodes()
  cluster.put(
    Kinds.pod,
    Make.pod("affinity") {
      $0["spec", "affinity"] = [
        "nodeAffinity": [
          "requiredDuringSchedulingIgnoredDuringExecution": [
            "nodeSelectorTerms": [["matchExpressions": [["key": "topology.kubernetes.io/zone", "operator": "In", "values": ["zone-9"]]]]]
          ]
        ]
      ]
    })
  cluster.put(
    Kinds.pod,
    Make.pod("beside") {
      $0["spec", "affinity"] = [
        "podAffinity": [
          "requiredDuringSchedulingIgnoredDuringExecution": [
            ["topologyKey": "kubernetes.io/hostname", "labelSelector": ["matchLabels": ["app": "not-there"]]]
          ]
        ]
      ]
    })
  cluster.put(Kinds.pod, Make.pod("claim") { $0["spec", "volumes"] = [["name": "v", "persistentVolumeClaim": ["claimName": "nope"]]] })
  cluster.advance(.seconds(1))
  let end = "preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.."
  #expect(cluster.messages("affinity") == ["0/4 nodes are available: 4 node(s) didn't match Pod's node affinity/selector. \(end)"])
  #expect(cluster.messages("beside") == ["0/4 nodes are available: 4 node(s) didn't match pod affinity rules. \(end)"])
  #expect(cluster.messages("claim") == ["0/4 nodes are available: persistentvolumeclaim \"nope\" not found. \(end)"])
  // What they wait for comes.
  cluster.put(Kinds.pod, Make.pod("there", labels: ["app": "not-there"]))
  cluster.advance(.seconds(5))
  #expect(cluster.node(of: "beside") == cluster.node(of: "there"))
  #expect(cluster.node(of: "beside") != "")
  #expect(cluster.messages("affinity").count == 1)
  cluster.put(Kinds.node, Make.node("node-2", cpu: "1", memory: "3840Mi", zone: "zone-9"))
  cluster.advance(.seconds(1))
  #expect(cluster.node(of: "affinity") == "node-2")
}

@Test func antiAffinityLeavesTheSurplusPending() {
  let cluster = fourNodes()
  for i in 0..<6 {
    cluster.put(
      Kinds.pod,
      Make.pod("anti-\(i)", labels: ["app": "anti"]) {
        $0["spec", "affinity"] = [
          "podAntiAffinity": [
            "requiredDuringSchedulingIgnoredDuringExecution": [
              ["topologyKey": "kubernetes.io/hostname", "labelSelector": ["matchLabels": ["app": "anti"]]]
            ]
          ]
        ]
      })
  }
  cluster.advance(.seconds(1))
  let placed = (0..<6).map { cluster.node(of: "anti-\($0)") }.filter { !$0.isEmpty }
  #expect(Set(placed).count == 4)
  #expect(placed.count == 4)
  #expect(
    cluster.events.last?.message
      == "0/4 nodes are available: 4 node(s) didn't match pod anti-affinity rules. preemption: 0/4 nodes are available: 4 No preemption victims found for incoming pod.."
  )
  // Theirs holds for others too.
  cluster.put(Kinds.pod, Make.pod("other", labels: ["app": "anti"]))
  cluster.advance(.seconds(1))
  #expect(cluster.messages("other")[0].contains("4 node(s) didn't satisfy existing pods anti-affinity rules"))
  // One goes, one comes.
  cluster.remove(Kinds.pod, "default", "anti-0")
  cluster.advance(.seconds(20))
  #expect((1..<6).map { cluster.node(of: "anti-\($0)") }.filter { !$0.isEmpty }.count == 4)
}

@Test func hostPortsAndSpreadOnOneNode() {
  let cluster = fourNodes()
  func port(_ name: String) -> Value {
    Make.pod(name) {
      $0["spec", "nodeSelector"] = ["kubernetes.io/hostname": "node-1"]
      $0["spec", "containers"] = [["name": "c", "ports": [["containerPort": 80, "hostPort": 8081, "protocol": "TCP"]]]]
    }
  }
  cluster.put(Kinds.pod, port("one"))
  cluster.put(Kinds.pod, port("two"))
  for i in 0..<4 {
    cluster.put(
      Kinds.pod,
      Make.pod("spread-\(i)", labels: ["app": "spread"]) {
        $0["spec", "nodeSelector"] = ["kubernetes.io/hostname": "node-1"]
        $0["spec", "topologySpreadConstraints"] = [
          [
            "maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule", "nodeTaintsPolicy": "Honor",
            "nodeAffinityPolicy": "Ignore", "labelSelector": ["matchLabels": ["app": "spread"]],
          ]
        ]
      })
  }
  cluster.advance(.seconds(1))
  let end =
    "preemption: 0/4 nodes are available: 1 No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.."
  #expect(
    cluster.messages("two") == [
      "0/4 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, 3 node(s) didn't match Pod's node affinity/selector. \(end)"
    ])
  #expect(cluster.node(of: "spread-0") == "node-1")
  #expect(
    cluster.messages("spread-1") == [
      "0/4 nodes are available: 1 node(s) didn't match pod topology spread constraints, 3 node(s) didn't match Pod's node affinity/selector. \(end)"
    ])
}

@Test func taintsAndACordonedNode() {
  let cluster = fourNodes()
  for i in 1...4 {
    var node = Make.node("node-\(i)", zone: "zone-1")
    node["spec"] = i == 4 ? ["unschedulable": true] : ["taints": [["key": "ded", "value": "x", "effect": "NoSchedule"]]]
    cluster.put(Kinds.node, node)
  }
  cluster.put(Kinds.pod, Make.pod("tainted"))
  cluster.advance(.seconds(1))
  #expect(
    cluster.messages("tainted") == [
      "0/4 nodes are available: 1 node(s) were unschedulable, 3 node(s) had untolerated taint {ded: x}. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.."
    ])
  cluster.put(Kinds.node, Make.node("node-1", zone: "zone-1"))
  cluster.advance(.seconds(1))
  #expect(cluster.node(of: "tainted") == "node-1")
}

@Test func gatedAndForeignPodsAreLeftAlone() {
  let cluster = fourNodes()
  cluster.put(Kinds.pod, Make.pod("gated") { $0["spec", "schedulingGates"] = [["name": "example.com/g"]] })
  cluster.put(Kinds.pod, Make.pod("foreign") { $0["spec", "schedulerName"] = "other" })
  cluster.advance(.seconds(400))
  #expect(cluster.events.isEmpty)
  cluster.put(Kinds.pod, Make.pod("gated"))
  cluster.advance(.seconds(1))
  #expect(cluster.node(of: "gated") != "")
}

@Test func aFailedPodIsTriedAgainAfterABackOffAndAfterFiveMinutes() {
  let cluster = fourNodes()
  cluster.put(Kinds.pod, Make.pod("big", cpu: "900m"))
  cluster.put(Kinds.pod, Make.pod("full", cpu: "3"))
  cluster.advance(.seconds(1))
  #expect(cluster.messages("full").count == 1)
  cluster.remove(Kinds.pod, "default", "big")
  cluster.advance(.seconds(2))
  #expect(cluster.messages("full").count == 2)
  cluster.advance(.seconds(100))
  #expect(cluster.messages("full").count == 2)
  cluster.reopen()
  cluster.advance(.seconds(250))
  #expect(cluster.messages("full").count == 3)
  #expect(cluster.stored["default/full"]?["attempts"].int == 3)
  cluster.reopen()
  cluster.remove(Kinds.pod, "default", "full")
  #expect(cluster.stored.isEmpty)
}

@Test func aWaitingPodThatIsOursNoMoreIsForgotten() {
  let cluster = fourNodes()
  cluster.put(Kinds.pod, Make.pod("full", cpu: "3"))
  cluster.advance(.seconds(1))
  // It vanishes unseen.
  cluster.objects[ObjectKey(Kinds.pod, "default", "full")] = Optional.none
  cluster.advance(.seconds(400))
  #expect(cluster.stored.isEmpty)
  #expect(cluster.due.isEmpty)
}

@Test func theImportantGoFirst() {
  let cluster = FakeCluster()
  cluster.put(Kinds.node, Make.node("node-1", pods: "1"))
  cluster.put(Kinds.pod, Make.pod("low"))
  cluster.put(Kinds.pod, Make.pod("high") { $0["spec", "priority"] = 1000 })
  cluster.advance(.seconds(1))
  #expect(cluster.node(of: "high") == "node-1")
  #expect(
    cluster.messages("low")[0].hasPrefix("0/1 nodes are available: 1 Too many pods. preemption: 0/1 nodes are available: 1 No preemption"))
}

@Test func whereOthersCouldMakeRoomPreemptionSaysNothing() {
  let cluster = FakeCluster()
  cluster.put(Kinds.node, Make.node("node-1", cpu: "1"))
  cluster.put(Kinds.pod, Make.pod("low", cpu: "600m"))
  cluster.advance(.seconds(1))
  func important(_ name: String, cpu: String, never: Bool = false) -> Value {
    Make.pod(name, cpu: cpu) {
      $0["spec", "priority"] = 1000
      if never { $0["spec", "preemptionPolicy"] = "Never" }
    }
  }
  cluster.put(Kinds.pod, important("fits-then", cpu: "800m"))
  cluster.put(Kinds.pod, important("never", cpu: "800m", never: true))
  cluster.put(Kinds.pod, important("too-big", cpu: "2"))
  cluster.advance(.seconds(1))
  #expect(cluster.messages("fits-then") == ["0/1 nodes are available: 1 Insufficient cpu."])
  #expect(
    cluster.messages("never")
      == ["0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.."])
  #expect(
    cluster.messages("too-big")
      == ["0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Insufficient cpu.."])
}

@Test func aWishForANodeIsWeighed() {
  let cluster = fourNodes()
  cluster.put(
    Kinds.pod,
    Make.pod("wish") {
      $0["spec", "affinity"] = [
        "nodeAffinity": [
          "preferredDuringSchedulingIgnoredDuringExecution": [
            [
              "weight": 10,
              "preference": ["matchExpressions": [["key": "topology.kubernetes.io/zone", "operator": "In", "values": ["zone-3"]]]],
            ]
          ]
        ]
      ]
    })
  cluster.advance(.seconds(1))
  #expect(cluster.node(of: "wish") == "node-3")
}

@Test func preferNoScheduleTurnsAwayOnlyWhereThereIsAnother() {
  let cluster = FakeCluster()
  for i in 1...3 {
    var node = Make.node("node-\(i)")
    if i != 2 { node["spec", "taints"] = [["key": "a", "value": "b", "effect": "PreferNoSchedule"]] }
    cluster.put(Kinds.node, node)
  }
  cluster.put(Kinds.pod, Make.pod("pod"))
  cluster.advance(.seconds(1))
  #expect(cluster.node(of: "pod") == "node-2")
}

@Test func replicasSpreadOverNodesAndZones() {
  let cluster = FakeCluster()
  for i in 0..<6 { cluster.put(Kinds.node, Make.node("node-\(i)", zone: "zone-\(i % 3)")) }
  cluster.put(Kinds.service, ["metadata": ["name": "web", "namespace": "default"], "spec": ["selector": ["app": "web"]]])
  for i in 0..<12 { cluster.put(Kinds.pod, Make.pod("web-\(i)", labels: ["app": "web"])) }
  cluster.advance(.seconds(1))
  var counts: [String: Int] = [:]
  for i in 0..<12 { counts[cluster.node(of: "web-\(i)"), default: 0] += 1 }
  #expect(counts.count == 6)
  #expect(counts.values.allSatisfy { $0 == 2 })
}

@Test func logarithms() {
  #expect(naturalLogarithm(1) == 0)
  #expect(naturalLogarithm(2) == 0.6931471805599453)
  #expect(naturalLogarithm(5002) == 8.517593111437565)
}
