import Formats
import KubeProxy

/// Services and slices, as short as the tests want them.
enum Sample {
  static func service(_ name: String = "web", _ spec: Value = [:], annotations: Value = [:]) -> Value {
    var object: Value = [
      "metadata": ["name": .string(name), "namespace": "default", "annotations": annotations],
      "spec": [
        "type": "ClusterIP", "clusterIP": "127.96.0.5", "clusterIPs": ["127.96.0.5"], "selector": ["app": .string(name)],
        "ports": [["name": "http", "port": 80, "protocol": "TCP", "targetPort": 8080]],
      ],
    ]
    for member in spec.members { object["spec"][member.key] = member.value }
    return object
  }

  static let http: Value = [["name": "http", "port": 8080, "protocol": "TCP"]]

  static func slice(_ endpoints: [Value]) -> Value { slice("web-1", endpoints) }

  static func slice(
    _ name: String, of service: String = "web", _ endpoints: [Value],
    ports: Value = http, family: Value = "IPv4"
  ) -> Value {
    [
      "metadata": [
        "name": .string(name), "namespace": "default", "labels": ["kubernetes.io/service-name": .string(service)],
      ], "addressType": family, "endpoints": .array(endpoints), "ports": ports,
    ]
  }

  static func endpoint(_ address: String, _ conditions: Value = ["ready": true], node: String = "localhost") -> Value {
    ["addresses": [.string(address)], "conditions": conditions, "nodeName": .string(node)]
  }

  static let ending: Value = ["ready": false, "serving": true, "terminating": true]
  static let notReady: Value = ["ready": false, "serving": false, "terminating": false]
}

extension ServiceTable {
  init(_ service: Value, _ slices: Value..., node: Node = Node()) {
    self.init(node: node)
    set(service: service)
    for slice in slices { set(slice: slice) }
  }

  var web: ServiceRules? { snapshot[ServiceKey("default", "web")] }
}

extension ForwardingRule {
  var openPlaces: [String] { open.map(\.place.description) }
}
