import API
import APIMachinery
import Formats
import Testing

@testable import KubeControllerManager

// Names that a real Kubernetes 1.28 gave to ReplicaSets.

/// A Deployment's template as a server stores it.
private func stored(_ template: String) throws -> Value {
  var unknown: [String] = []
  let deployment: Value = ["apiVersion": "apps/v1", "kind": "Deployment", "spec": ["template": try YAML.parse(template)]]
  var value = try decode(deployment, as: Kinds.deployment, unknown: &unknown)
  #expect(unknown.isEmpty)
  applyDefaults(&value, kind: Kinds.deployment)
  return value["spec"]["template"]
}

private func web(_ image: String, annotations: String = "{}", more: String = "") -> String {
  """
  metadata: {labels: {app: web, tier: front}, annotations: \(annotations)}
  spec:
    containers:\(more)
    - name: nginx
      image: \(image)
      ports: [{name: http, containerPort: 80}]
      env: [{name: MODE, value: prod}]
      resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}
      readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}
      livenessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 3}
  """
}

private func plain(_ name: String, _ spec: String) -> String { "{metadata: {labels: {app: \(name)}}, spec: {\(spec)}}" }

@Test(
  arguments: [
    ("5f4f9cd44b", web("nginx:1.25")), ("7596c8c8cc", web("nginx:1.26")), ("d7bf8946b", web("nginx:paused")),
    ("65f5f86cd8", web("nginx:surge")), ("596fbd8cc9", web("nginx:recreate")),
    ("799995b765", web("nginx:paused", annotations: "{kubectl.kubernetes.io/restartedAt: '2026-11-23T01:34:43Z'}")),
    ("5d86c56848", web("nginx:1.27", more: "\n  - {name: side, image: busybox}")),
    ("577f6df444", plain("d1", "containers: [{name: nginx, image: nginx}]")),
    ("6df954b5b8", plain("d2", "containers: [{name: nginx, image: nginx}, {name: busybox, image: busybox}]")),
    (
      "d6c74f7cd",
      plain("d4", "containers: [{name: b, image: 'a/b:c', command: [sleep, '1'], ports: [{containerPort: 80}]}]")
    ),
    ("5f8b64f88c", plain("two", "containers: [{name: nginx, image: nginx}]")),
    ("5c96d6b6ff", plain("imp", "containers: [{name: nginx, image: nginx}]")),
    ("6f7ddbfb6f", plain("stuck", "containers: [{name: c, image: 'no-such/image:2'}]")),
    ("867fd7c94c", plain("filler", "containers: [{name: c, image: nginx, resources: {requests: {cpu: 600m}}}]")),
    (
      "776865cddc",
      plain(
        "anti",
        """
        affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
        {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: anti}}}]}}, containers: [{name: c, image: nginx}]
        """)
    ),
    (
      "6b68b49db7",
      plain(
        "spread",
        """
        nodeSelector: {kubernetes.io/hostname: node-1}, topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone,
        whenUnsatisfiable: DoNotSchedule, nodeTaintsPolicy: Honor, nodeAffinityPolicy: Ignore, labelSelector: {matchLabels: {app: spread}}}],
        containers: [{name: c, image: nginx}]
        """)
    ),
  ] as [(String, String)])
func aTemplateHashesAsOnARealCluster(_ hash: String, _ template: String) throws {
  let template = try stored(template)
  #expect(TemplateHash.of(template, collisionCount: nil) == hash, "\(String(decoding: TemplateHash.printed(template), as: UTF8.self))")
}

@Test func aCollisionMakesAnotherHash() throws {
  let template = try stored(web("nginx:1.25"))
  let hashes = [nil, 0, 1, 2, .max].map { TemplateHash.of(template, collisionCount: $0) }
  #expect(Set(hashes).count == hashes.count)
}

@Test(
  arguments: [
    // Go keeps the text where it is plainly canonical: not where three bits or three digits are zero.
    ("0", "value:(int64)0 scale:(resource.Scale)0", "0", "DecimalSI"), ("2", "value:(int64)2 scale:(resource.Scale)0", "2", "DecimalSI"),
    ("0.5", "value:(int64)500 scale:(resource.Scale)-3", "500m", "DecimalSI"),
    ("1000M", "value:(int64)1 scale:(resource.Scale)9", "1G", "DecimalSI"),
    ("1e3", "value:(int64)1 scale:(resource.Scale)3", "1e3", "DecimalExponent"),
    ("64Mi", "value:(int64)67108864 scale:(resource.Scale)0", "", "BinarySI"),
    ("100Mi", "value:(int64)104857600 scale:(resource.Scale)0", "100Mi", "BinarySI"),
    ("-1Gi", "value:(int64)-1073741824 scale:(resource.Scale)0", "-1Gi", "BinarySI"),
  ] as [(String, String, String, String)])
func quantitiesPrintAsGoHoldsThem(_ text: String, _ amount: String, _ kept: String, _ format: String) {
  #expect(
    String(decoding: GoQuantity.printed(text), as: UTF8.self)
      == "{i:(resource.int64Amount){\(amount)} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)\(kept) "
      + "Format:(resource.Format)\(format)}")
}

@Test func greatQuantitiesPrintAsDecimals() {
  // 100Ti in billionths is 5960 times 2 to the 64th, and a rest.
  let text = String(decoding: GoQuantity.printed("100Ti"), as: UTF8.self)
  #expect(text.contains("Dec:(*inf.Dec){unscaled:(big.Int){neg:(bool)false abs:(big.nat)[8568098291072368640 5960]} scale:(inf.Scale)9}"))
  for hostile in ["", "x", "-", "99999999999999999999999Ei", "-9223372036854775808", "1e-9", "1e99999", "1E9999999999"] {
    _ = GoQuantity.printed(hostile)
  }
}

@Test func embeddedStructuresPrintUnderTheirGoNames() throws {
  let template = try stored(
    """
    spec:
      volumes: [{name: v, configMap: {name: c}}, {name: e, emptyDir: {}}]
      containers:
      - {name: c, image: i, args: [], env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}
    """)
  let text = String(decoding: TemplateHash.printed(template), as: UTF8.self)
  #expect(text.contains("Volumes:([]v1.Volume)[{Name:(string)v VolumeSource:(v1.VolumeSource){HostPath:(*v1.HostPathVolumeSource)<nil> "))
  #expect(
    text.contains("{LocalObjectReference:(v1.LocalObjectReference){Name:(string)c} Items:([]v1.KeyToPath)<nil> DefaultMode:(*int32)420 "))
  #expect(text.contains("Ephemeral:(*v1.EphemeralVolumeSource)<nil>}} {Name:(string)e "))
  #expect(text.contains("EmptyDir:(*v1.EmptyDirVolumeSource){Medium:(v1.StorageMedium) SizeLimit:(*resource.Quantity)<nil>}"))
  #expect(text.contains("{LocalObjectReference:(v1.LocalObjectReference){Name:(string)s} Key:(string)k Optional:(*bool)<nil>}"))
  #expect(text.contains("Args:([]string)<nil>"))
}
