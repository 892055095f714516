import Client
import Formats

// What random users write into their files.

/// Draws nodes, Deployments and Services; small ones, so that they get into each other's way.
struct SessionSpecs {
  static let names = ["web", "api", "db"]
  static let namespaces = ["default", "team"]

  /// Two to four nodes.
  static func nodes(_ random: inout Random) -> [Value] {
    Nodes.make(2 + random.below(3), cpu: "2", memory: "4Gi", pods: String(6 + random.below(8)))
  }

  static func pick<T>(_ random: inout Random, _ list: [T]) -> T { list[random.below(list.count)] }

  static func chance(_ random: inout Random, _ percent: Int) -> Bool { random.below(100) < percent }

  static func deployment(_ random: inout Random, _ name: String, _ namespace: String) -> Value {
    var spec: Value = [
      "replicas": Value(random.below(6)), "selector": ["matchLabels": ["app": .string(name)]],
      "template": template(&random, name), "progressDeadlineSeconds": Value(pick(&random, [30, 60, 300])),
      "revisionHistoryLimit": Value(pick(&random, [0, 1, 2, 10])), "strategy": strategy(&random),
    ]
    if chance(&random, 20) { spec["minReadySeconds"] = Value(pick(&random, [3, 20])) }
    return [
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name), "namespace": .string(namespace)], "spec": spec,
    ]
  }

  static func strategy(_ random: inout Random) -> Value {
    if chance(&random, 15) { return ["type": "Recreate", "rollingUpdate": nil] }
    let (surge, unavailable): (Value, Value) = pick(
      &random,
      [("25%", "25%"), (1, 0), (0, 1), (2, 1), ("50%", 0), ("100%", 0), (0, "100%"), ("30%", "40%"), (1, 2)])
    return ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": surge, "maxUnavailable": unavailable]]
  }

  static func template(_ random: inout Random, _ name: String) -> Value {
    var annotations: Value = ["version": Value(random.below(4))]
    annotations["version"] = .string("v\(random.below(4))")
    var container: Value = [
      "name": "main", "image": .string(image(&random)),
      "resources": ["requests": ["cpu": .string(pick(&random, ["100m", "250m", "700m"])), "memory": "200Mi"]],
    ]
    if chance(&random, 20) { annotations["sim.kctl.dev/start-time"] = .string(pick(&random, ["1s", "15s"])) }
    if chance(&random, 25) {
      annotations["sim.kctl.dev/ready-after"] = .string(pick(&random, ["2s", "12s", "50s"]))
      container["readinessProbe"] = ["httpGet": ["path": "/", "port": 80], "periodSeconds": Value(pick(&random, [1, 5]))]
    }
    if chance(&random, 15) { container["livenessProbe"] = ["tcpSocket": ["port": 80], "periodSeconds": 5] }
    if chance(&random, 10) { container["ports"] = [["containerPort": 80, "hostPort": 8080]] }
    if chance(&random, 10) { container["lifecycle"] = ["preStop": ["exec": ["command": ["sleep", "3"]]]] }
    switch random.below(20) {
    case 0, 1: container["command"] = ["sh", "-c", "sleep 4; exit 1"]
    case 2: annotations["sim.kctl.dev/crash-after"] = "40s"
    case 3: container["command"] = ["false"]
    default: break
    }
    var spec: Value = ["containers": [container]]
    if chance(&random, 15) { spec["initContainers"] = [["name": "prepare", "image": "busybox:1", "command": ["sh", "-c", "sleep 2"]]] }
    if chance(&random, 15) { spec["terminationGracePeriodSeconds"] = Value(pick(&random, [0, 1, 60])) }
    if chance(&random, 10) { spec["nodeSelector"] = ["topology.kubernetes.io/zone": .string("zone-\(1 + random.below(3))")] }
    if chance(&random, 10) { spec["nodeSelector"] = ["disk": "fast"] }
    if chance(&random, 15) {
      spec["tolerations"] = pick(
        &random,
        [
          [["key": "dedicated", "operator": "Exists"]], [["key": "dedicated", "value": "db", "effect": "NoSchedule"]],
          [["operator": "Exists"]],
          [["key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 20]],
        ])
    }
    if chance(&random, 10) {
      let apart: Value = [
        "labelSelector": ["matchLabels": ["app": .string(name)]],
        "topologyKey": .string(pick(&random, ["kubernetes.io/hostname", "topology.kubernetes.io/zone"])),
      ]
      spec["affinity"] = ["podAntiAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": [apart]]]
    }
    if chance(&random, 5) {
      let expression: Value = ["key": "topology.kubernetes.io/zone", "operator": "NotIn", "values": ["zone-2"]]
      spec["affinity", "nodeAffinity"] = [
        "requiredDuringSchedulingIgnoredDuringExecution": ["nodeSelectorTerms": [["matchExpressions": [expression]]]]
      ]
    }
    return ["metadata": ["labels": ["app": .string(name)], "annotations": annotations], "spec": spec]
  }

  /// One in eight can't be pulled.
  static func image(_ random: inout Random) -> String {
    pick(&random, ["nginx:1", "nginx:2", "nginx:1", "nginx:2", "redis:7", "redis:7", "nginx:3", "no-such:1"])
  }

  static func service(_ random: inout Random, _ name: String, _ namespace: String) -> Value {
    [
      "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name), "namespace": .string(namespace)],
      "spec": [
        "selector": ["app": .string(name)], "ports": [["port": 80, "targetPort": 80]],
        "type": .string(pick(&random, ["ClusterIP", "ClusterIP", "NodePort"])),
      ],
    ]
  }
}
