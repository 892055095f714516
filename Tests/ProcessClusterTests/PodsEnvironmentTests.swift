import API
import APIMachinery
import Formats
import Testing

@testable import ProcessCluster

struct PodsEnvironmentTests {
  let shelf = ObjectShelf()

  private func outcome(
    _ container: Value, _ spec: Value = [:], port: UInt16? = nil, volumes: [(name: String, path: String)] = []
  ) throws -> ContainerEnvironment.Outcome {
    let pod = testPod(container, spec)
    return try ContainerEnvironment(lister: shelf, place: testPlace())
      .make(for: pod["spec"]["containers"][0], of: pod, port: port, volumes: volumes)
  }

  private func variables(_ container: Value, _ spec: Value = [:], port: UInt16? = nil) throws -> [String: String] {
    let list = try outcome(container, spec, port: port).variables
    #expect(Set(list.map(\.name)).count == list.count, "a name stands twice")
    return Dictionary(list.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  private func problem(_ container: Value) -> String? {
    do { _ = try outcome(container) } catch { return "\(error)" }
    return nil
  }

  @Test func nothingButPathAndHomeIsInherited() throws {
    let list = try outcome([:]).variables.map { "\($0.name)=\($0.value)" }
    #expect(list == ["PATH=/bin", "HOME=/home/me", "HOSTNAME=web-1", "POD_IP=127.64.0.7"])
    #expect(try variables(["env": [["name": "HOME", "value": "/tmp"]]])["HOME"] == "/tmp")
    let daemon = PodPlace.inherited { ["PATH": "/x", "AWS_SECRET_ACCESS_KEY": "hush"][$0] }
    #expect(daemon.map { "\($0.name)=\($0.value)" } == ["PATH=/x", "HOME=/"])
  }

  @Test func servicesAreAnnounced() throws {
    shelf[Kinds.service, "my-web"] = [
      "spec": [
        "clusterIP": "127.96.0.5",
        "ports": [["name": "http-main", "port": 80, "protocol": "TCP"], ["name": "dns", "port": 53, "protocol": "UDP"]],
      ]
    ]
    shelf[Kinds.service, "headless"] = ["spec": ["clusterIP": "None", "ports": [["port": 1]]]]
    shelf[Kinds.service, "elsewhere", "other"] = ["spec": ["clusterIP": "127.96.0.6", "ports": [["port": 1]]]]
    shelf[Kinds.service, "kubernetes", "default"] = ["spec": ["clusterIP": "127.96.0.1", "ports": [["name": "https", "port": 443]]]]
    let found = try variables([:])
    let expected = [
      "MY_WEB_SERVICE_HOST": "127.96.0.5", "MY_WEB_SERVICE_PORT": "80", "MY_WEB_SERVICE_PORT_HTTP_MAIN": "80",
      "MY_WEB_SERVICE_PORT_DNS": "53", "MY_WEB_PORT": "tcp://127.96.0.5:80", "MY_WEB_PORT_80_TCP": "tcp://127.96.0.5:80",
      "MY_WEB_PORT_80_TCP_PROTO": "tcp", "MY_WEB_PORT_80_TCP_PORT": "80", "MY_WEB_PORT_80_TCP_ADDR": "127.96.0.5",
      "MY_WEB_PORT_53_UDP": "udp://127.96.0.5:53", "KUBERNETES_SERVICE_HOST": "127.96.0.1", "KUBERNETES_SERVICE_PORT": "443",
      "KUBERNETES_SERVICE_PORT_HTTPS": "443", "KUBERNETES_PORT": "tcp://127.96.0.1:443",
    ]
    for (name, value) in expected { #expect(found[name] == value, "\(name)") }
    #expect(!found.keys.contains { $0.hasPrefix("HEADLESS") || $0.hasPrefix("ELSEWHERE") })
    let unlinked = try variables([:], ["enableServiceLinks": false])
    #expect(unlinked["MY_WEB_SERVICE_HOST"] == nil)
    #expect(unlinked["KUBERNETES_SERVICE_HOST"] == "127.96.0.1")
  }

  @Test func valuesSeeWhatStandsBeforeThem() throws {
    shelf[Kinds.service, "db"] = ["spec": ["clusterIP": "127.96.0.9", "ports": [["port": 5432]]]]
    shelf[Kinds.configMap, "settings"] = ["data": ["MODE": "fast", "1bad": "x", "..": "y"]]
    let container: Value = [
      "envFrom": [["configMapRef": ["name": "settings"], "prefix": ""]],
      "env": [
        ["name": "A", "value": "1"], ["name": "URL", "value": "db://$(DB_SERVICE_HOST)/$(MODE)/$(A)/$(B)"], ["name": "B", "value": "2"],
        ["name": "RAW", "value": "$$(A) $(PATH) $A"], ["name": "A", "value": "$(A)1"], ["name": "HERE", "value": "$(POD_IP)"],
        ["name": "EMPTY"],
      ],
    ]
    let found = try variables(container)
    #expect(found["URL"] == "db://127.96.0.9/fast/1/$(B)")
    #expect(found["RAW"] == "$(A) $(PATH) $A")
    #expect(found["A"] == "11")
    #expect(found["HERE"] == "127.64.0.7")
    #expect(found["EMPTY"] == "")
    let notices = try outcome(container).notices
    #expect(
      notices.map(\.message) == [
        "Keys [.., 1bad] from the EnvFrom configMap shop/settings were skipped since they are considered invalid environment variable names."
      ])
    #expect(notices.first?.reason == "InvalidEnvironmentVariableNames")
  }

  @Test func keysOfConfigMapsAndSecrets() throws {
    shelf[Kinds.configMap, "m"] = ["data": ["k": "v"], "binaryData": ["b": encoded("bin")]]
    shelf[Kinds.secret, "s"] = ["data": ["pass": encoded("p$(A)ss")]]
    let found = try variables([
      "envFrom": [["secretRef": ["name": "s"], "prefix": "S_"], ["secretRef": ["name": "none", "optional": true]]],
      "env": [
        ["name": "K", "valueFrom": ["configMapKeyRef": ["name": "m", "key": "k"]]],
        ["name": "PASS", "valueFrom": ["secretKeyRef": ["name": "s", "key": "pass"]]],
        ["name": "GONE", "valueFrom": ["secretKeyRef": ["name": "s", "key": "nope", "optional": true]]],
        ["name": "GONE2", "valueFrom": ["configMapKeyRef": ["name": "nope", "key": "k", "optional": true]]],
        ["name": "DSN", "value": "u:$(PASS)@h"],
      ],
    ])
    #expect(found["K"] == "v")
    #expect(found["PASS"] == "p$(A)ss")
    #expect(found["S_pass"] == "p$(A)ss")
    #expect(found["DSN"] == "u:p$(A)ss@h")
    #expect(found["GONE"] == nil && found["GONE2"] == nil)

    func from(_ kind: String, _ name: String, _ key: String) -> Value {
      ["env": [["name": "X", "valueFrom": [(kind): ["name": .string(name), "key": .string(key)]]]]]
    }
    #expect(problem(from("configMapKeyRef", "nope", "k")) == "configmap \"nope\" not found")
    #expect(problem(from("secretKeyRef", "nope", "k")) == "secret \"nope\" not found")
    #expect(problem(from("secretKeyRef", "s", "nope")) == "couldn't find key nope in Secret shop/s")
    #expect(problem(from("configMapKeyRef", "m", "b")) == "couldn't find key b in ConfigMap shop/m")
    #expect(problem(["envFrom": [["secretRef": ["name": "nope"]]]]) == "secret \"nope\" not found")
  }

  @Test func whatNoProgramCanBeGivenIsRefusedWithoutShowingIt() throws {
    shelf[Kinds.secret, "s"] = ["data": ["latin": .string(Base64.encode([0x68, 0xff])), "nul": encoded("hush\0hush")]]
    for key in ["latin", "nul"] {
      let said = problem(["env": [["name": "X", "valueFrom": ["secretKeyRef": ["name": "s", "key": .string(key)]]]]])
      #expect(said?.contains("\"X\"") == true)
      #expect(said?.contains("hush") == false)
    }
  }

  @Test func fieldsOfThePod() throws {
    let fields: [(String, String)] = [
      ("metadata.name", "web-1"), ("metadata.namespace", "shop"), ("metadata.uid", "11-aa"), ("metadata.labels['app']", "web"),
      ("metadata.labels['none']", ""), ("metadata.annotations['note']", "two\nlines"), ("spec.nodeName", "localhost"),
      ("spec.serviceAccountName", "seller"), ("status.hostIP", "127.0.0.1"), ("status.hostIPs", "127.0.0.1"),
      ("status.podIP", "127.64.0.7"), ("status.podIPs", "127.64.0.7"), ("metadata.labels", "app=\"web\"\ntier=\"a\\\"b\""),
    ]
    for (path, value) in fields {
      let container: Value = ["env": [["name": "X", "valueFrom": ["fieldRef": ["fieldPath": .string(path)]]]]]
      #expect(try variables(container)["X"] == value, "\(path)")
    }
    #expect(problem(["env": [["name": "X", "valueFrom": ["fieldRef": ["fieldPath": "spec.foo"]]]]]) == "unsupported fieldPath: spec.foo")
  }

  @Test func amountsOfTheContainer() throws {
    func amount(_ resource: String, _ divisor: String, _ resources: Value) throws -> String? {
      try variables([
        "resources": resources,
        "env": [["name": "X", "valueFrom": ["resourceFieldRef": ["resource": .string(resource), "divisor": .string(divisor)]]]],
      ])["X"]
    }
    let some: Value = ["limits": ["cpu": "1500m", "memory": "64Mi"], "requests": ["cpu": "250m", "ephemeral-storage": "1Gi"]]
    #expect(try amount("limits.cpu", "0", some) == "2")
    #expect(try amount("limits.cpu", "1m", some) == "1500")
    #expect(try amount("limits.memory", "0", some) == "67108864")
    #expect(try amount("limits.memory", "1Mi", some) == "64")
    #expect(try amount("requests.cpu", "100m", some) == "3")
    #expect(try amount("requests.ephemeral-storage", "1Gi", some) == "1")
    // What isn't limited has all of the node; what isn't requested is nothing.
    #expect(try amount("limits.cpu", "1m", [:]) == "2500")
    #expect(try amount("limits.ephemeral-storage", "1Gi", some) == "10")
    #expect(try amount("requests.memory", "1", [:]) == "0")
    #expect(problem(["env": [["name": "X", "valueFrom": ["resourceFieldRef": ["resource": "limits.gold"]]]]]) != nil)
    let other: Value = ["env": [["name": "X", "valueFrom": ["resourceFieldRef": ["resource": "limits.cpu", "containerName": "d"]]]]]
    #expect(problem(other) == "container d not found")
  }

  @Test func portIsNamedOwnOrGiven() throws {
    #expect(PortWish(["ports": [["containerPort": 8080], ["containerPort": 9090]], "args": ["$(PORT)"]]) == .named(8080))
    #expect(PortWish(["args": ["--port=$(PORT)"]]) == .anyFree)
    #expect(PortWish(["command": ["sh", "-c", "serve ${PORT:-1}"]]) == .anyFree)
    #expect(PortWish(["command": ["sh", "-c", "serve $PORT"]]) == .anyFree)
    #expect(PortWish(["livenessProbe": ["tcpSocket": ["port": "$(PORT)"]]]) == .anyFree)
    #expect(PortWish(["env": [["name": "PORT"]]]) == .anyFree)
    #expect(PortWish(["env": [["name": "PORT", "value": "1"]], "args": ["$(PORT)"]]) == .none)
    #expect(PortWish(["args": ["$PORTAL", "$(PORTS)", "PORT"]]) == .none)

    #expect(try variables(["ports": [["containerPort": 8080]]])["PORT"] == "8080")
    #expect(try variables(["args": ["$(PORT)"]], port: 20001)["PORT"] == "20001")
    #expect(try variables(["env": [["name": "PORT"]]], port: 20001)["PORT"] == "20001")
    #expect(try variables(["env": [["name": "PORT", "value": "7"]], "ports": [["containerPort": 8080]]])["PORT"] == "7")
    #expect(try variables([:])["PORT"] == nil)
  }

  @Test func hostnamesAreAsKubernetesMakesThem() {
    #expect(testPlace().hostname(of: testPod([:])) == "web-1")
    #expect(testPlace().hostname(of: testPod([:], ["hostname": "named"])) == "named")
    #expect(testPlace().hostname(of: testPod([:], ["hostNetwork": true])) == "box")
    var long = testPod([:])
    long["metadata", "name"] = .string(String(repeating: "a", count: 62) + "-" + "bcd")
    #expect(testPlace().hostname(of: long) == String(repeating: "a", count: 62))
  }

  @Test func commandsAndHandlersAreExpanded() throws {
    let folder = try TestFolder()
    shelf[Kinds.secret, "s"] = ["data": ["k": encoded("hidden")]]
    let pod = testPod(
      [
        "command": ["serve", "$(KCTL_VOLUME_SITE_DATA)/x"], "args": ["--bind=$(POD_IP):$(PORT)", "$$(PORT)", "$(NOPE)", "$(PATH)"],
        "ports": [["containerPort": 8080]],
        "env": [["name": "WORD", "value": "hi"], ["name": "KEY", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]]],
        "volumeMounts": [["name": "site-data", "mountPath": "/srv"]],
      ], ["volumes": [["name": "site-data", "emptyDir": [:]]]])
    let volumes = PodVolumes(of: pod, pods: folder.path, lister: shelf, place: testPlace())
    try volumes.prepare(now: Instant(seconds: 1))
    let setup = try ContainerSetup(pod["spec"]["containers"][0], of: pod, place: testPlace(), volumes: volumes, port: nil)
    #expect(setup.command == ["serve", "\(folder.path)/11-aa/volumes/site-data/x"])
    #expect(setup.arguments == ["--bind=127.64.0.7:8080", "$(PORT)", "$(NOPE)", "$(PATH)"])
    let probe = setup.expanded([
      "periodSeconds": 3,
      "httpGet": [
        "host": "$(POD_IP)", "path": "/$(PORT)/$$x/$(WORD)", "port": "$(PORT)", "httpHeaders": [["name": "Host", "value": "$(POD_IP)"]],
      ],
    ])
    #expect(
      probe == [
        "periodSeconds": 3,
        "httpGet": [
          "host": "127.64.0.7", "path": "/8080/$$x/$(WORD)", "port": 8080, "httpHeaders": [["name": "Host", "value": "127.64.0.7"]],
        ],
      ])
    #expect(setup.expanded(["tcpSocket": ["port": "web"]]) == ["tcpSocket": ["port": "web"]])
    // A probe's command names what stands in the manifest, no secret.
    let exec = setup.expanded(["exec": ["command": ["say", "$(WORD) $(PORT) $(KEY)"]]])
    #expect(exec["exec"]["command"] == ["say", "hi 8080 $(KEY)"])
  }
}
