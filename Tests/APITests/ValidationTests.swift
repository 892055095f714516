import API
import APIMachinery
import Formats
import Testing

private func pod(_ change: (inout Value) -> Void) -> Value {
  var pod: Value = [
    "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "x", "namespace": "n"],
    "spec": ["containers": [["name": "c", "image": "nginx"]]],
  ]
  change(&pod)
  applyDefaults(&pod, kind: Kinds.pod)
  return pod
}

private func texts(_ object: Value, _ kind: Kind) -> [String] {
  Validation.errors(creating: object, as: kind).map { "\($0.field): \($0.text)" }
}

@Test func aPlainPodIsValid() { #expect(texts(pod { _ in }, Kinds.pod) == []) }

@Test func everyMistakeOfAPodIsNamed() {
  let bad = pod { pod in
    pod["spec", "restartPolicy"] = "Sometimes"
    pod["spec", "containers"] = [
      [
        "name": "C_1", "ports": [["containerPort": 70000, "protocol": "ICMP"]], "volumeMounts": [["name": "nope", "mountPath": "/x"]],
        "imagePullPolicy": "Perhaps", "resources": ["limits": ["cpu": "1"], "requests": ["cpu": "2"]],
      ], ["name": "d", "image": "x"], ["name": "d", "image": "x"],
    ]
  }
  let found = texts(bad, Kinds.pod)
  #expect(found.first?.hasPrefix("spec.containers[0].name: Invalid value: \"C_1\": a lowercase RFC 1123 label must consist") == true)
  #expect(
    Array(found.dropFirst()) == [
      "spec.containers[0].image: Required value",
      "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
      "spec.containers[0].ports[0].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
      "spec.containers[0].volumeMounts[0].name: Not found: \"nope\"",
      "spec.containers[0].imagePullPolicy: Unsupported value: \"Perhaps\": supported values: \"Always\", \"IfNotPresent\", \"Never\"",
      "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1",
      "spec.containers[2].name: Duplicate value: \"d\"",
      "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"",
    ])
}

@Test func aProbeNeedsOneHandler() {
  let none = pod { $0["spec", "containers"][0]["livenessProbe"] = ["periodSeconds": -1, "successThreshold": 2] }
  #expect(
    texts(none, Kinds.pod) == [
      "spec.containers[0].livenessProbe: Required value: must specify a handler type",
      "spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
      "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
    ])
}

@Test func anEmptyDeploymentLacksSelectorLabelsAndContainers() throws {
  let given: Value = ["apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "e", "namespace": "n"], "spec": [:]]
  var unknown: [String] = []
  var empty = try decode(given, as: Kinds.deployment, unknown: &unknown)
  applyDefaults(&empty, kind: Kinds.deployment)
  #expect(
    texts(empty, Kinds.deployment) == [
      "spec.selector: Required value",
      "spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`",
      "spec.template.spec.containers: Required value",
    ])
}

@Test func aServiceWithSeveralPortsNamesThem() {
  var service: Value = [
    "apiVersion": "v1", "kind": "Service", "metadata": ["name": "s", "namespace": "n"],
    "spec": ["type": "Foo", "ports": [["port": 0], ["port": 99999]]],
  ]
  applyDefaults(&service, kind: Kinds.service)
  #expect(
    texts(service, Kinds.service) == [
      "spec.ports[0].name: Required value", "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
      "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive", "spec.ports[1].name: Required value",
      "spec.ports[1].port: Invalid value: 99999: must be between 1 and 65535, inclusive",
      "spec.ports[1].targetPort: Invalid value: 99999: must be between 1 and 65535, inclusive",
      "spec.type: Unsupported value: \"Foo\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"",
    ])
}

@Test func aPodsSpecHardlyChanges() {
  let old = pod { _ in }
  var image = old
  image["spec", "containers"][0]["image"] = "nginx:2"
  #expect(Validation.errors(updating: old, to: image, as: Kinds.pod).isEmpty)
  var node = old
  node["spec", "nodeName"] = "other"
  #expect(Validation.errors(updating: old, to: node, as: Kinds.pod).map(\.field) == ["spec"])
  var count = old
  count["spec", "containers"].append(["name": "e", "image": "x"])
  #expect(
    Validation.errors(updating: old, to: count, as: Kinds.pod).first?.text == "Forbidden: pod updates may not add or remove containers")
}

@Test func anImmutableConfigMapStaysSo() {
  let old: Value = ["metadata": ["name": "c", "namespace": "n"], "data": ["a": "1"], "immutable": true]
  var new = old
  new["data", "a"] = "2"
  new["immutable"] = false
  #expect(
    Validation.errors(updating: old, to: new, as: Kinds.configMap).map { "\($0.field): \($0.text)" } == [
      "immutable: Forbidden: field is immutable when `immutable` is set", "data: Forbidden: field is immutable when `immutable` is set",
    ])
}

@Test(
  arguments: [
    ("1.2.3.4", true), ("1.2.3", false), ("1.2.3.256", false), ("01.2.3.4", false), ("::", true), ("::1", true), ("fe80::1:2", true),
    ("1:2:3:4:5:6:7:8", true), ("1:2:3:4:5:6:7", false), ("1::2::3", false), (":1:2", false), ("::ffff:1.2.3.4", true), ("x::1", false),
  ] as [(String, Bool)])
func addressesAreTold(_ text: String, _ valid: Bool) {
  #expect((Validation.isIPv4(text) || Validation.isIPv6(text)) == valid)
}

@Test func aLeaseLastsAndCountsUpwards() {
  let lease: Value = ["metadata": ["name": "l", "namespace": "n"], "spec": ["leaseDurationSeconds": 0, "leaseTransitions": -1]]
  #expect(
    texts(lease, Kinds.lease) == [
      "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
      "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0",
    ])
  #expect(texts(["metadata": ["name": "l", "namespace": "n"], "spec": [:]], Kinds.lease) == [])
}
