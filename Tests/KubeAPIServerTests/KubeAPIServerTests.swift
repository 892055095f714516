import API
import APIMachinery
import Client
import Formats
import Testing

@testable import KubeAPIServer

/// A fresh cluster with a service account in `default`.
func freshServer(seed: UInt64 = 1) throws -> APIServer {
  let dice = Dice(Random(seed: seed))
  let store = Store(now: Instant(year: 2026, month: 11, day: 23), dice: dice)
  let server = APIServer(store: store, clock: store, dice: dice)
  try server.bootstrap()
  _ = try server.create(Kinds.serviceAccount, namespace: "default", ["metadata": ["name": "default"]], WriteOptions())
  return server
}

func pod(_ name: String, labels: Value = ["app": "web"]) -> Value {
  ["metadata": ["name": .string(name), "labels": labels], "spec": ["containers": [["name": "c", "image": "nginx:1"]]]]
}

@Test func createdObjectsCarryWhatTheServerSets() throws {
  let server = try freshServer()
  let made = try server.create(Kinds.pod, namespace: "default", pod("a"), WriteOptions())
  #expect(made.uid.count == 36)
  #expect(made.resourceVersion == String(server.store.revision))
  #expect(made["metadata"]["creationTimestamp"] == "2026-11-23T00:00:00Z")
  #expect(made["status"]["phase"] == "Pending")
  #expect(made["spec"]["serviceAccountName"] == "default")
  #expect(made["spec"]["containers"][0]["volumeMounts"][0]["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount")
  #expect(server.store.labelled(Kinds.pod, namespace: "default", "app", "web").count == 1)
  #expect(server.store.holder(of: made.uid)?.name == "a")
}

@Test func kubernetesWordsForWhatGoesWrong() throws {
  let server = try freshServer()
  _ = try server.create(Kinds.configMap, namespace: "default", ["metadata": ["name": "a"]], WriteOptions())
  func message(_ body: () throws -> Void) -> String {
    do { try body() } catch let status as Status { return status.message } catch { return "\(error)" }
    return "no error"
  }
  let options = WriteOptions()
  #expect(
    message { _ = try server.create(Kinds.configMap, namespace: "default", ["metadata": ["name": "a"]], options) }
      == "configmaps \"a\" already exists")
  #expect(
    message { _ = try server.create(Kinds.configMap, namespace: "no", ["metadata": ["name": "a"]], options) }
      == "namespaces \"no\" not found")
  #expect(message { _ = try server.get(ObjectKey(Kinds.pod, "default", "x"), subresource: nil) } == "pods \"x\" not found")
  #expect(
    message { _ = try server.delete(ObjectKey(Kinds.namespace, "", "default"), DeleteOptions()) }
      == "namespaces \"default\" is forbidden: this namespace may not be deleted")
  #expect(
    message {
      _ = try server.patch(ObjectKey(Kinds.configMap, "default", "a"), subresource: nil, .merge(["metadata": ["name": "y"]]), options)
    } == "the name of the object (y) does not match the name on the URL (a)")
  #expect(
    message {
      _ = try server.update(
        ObjectKey(Kinds.configMap, "default", "a"), subresource: nil, ["metadata": ["name": "a", "resourceVersion": "1"]], options)
    }
      == "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again"
  )
}

@Test func updatesThatChangeNothingWriteNothing() throws {
  let server = try freshServer()
  let made = try server.create(Kinds.configMap, namespace: "default", ["metadata": ["name": "a"], "data": ["k": "v"]], WriteOptions())
  let again = try server.update(ObjectKey(Kinds.configMap, "default", "a"), subresource: nil, made, WriteOptions())
  #expect(again == made)
  #expect(again.resourceVersion == String(server.store.revision))
}

@Test func podsAreDeletedWithGrace() throws {
  let server = try freshServer()
  let key = ObjectKey(Kinds.pod, "default", "a")
  var object = pod("a")
  object["spec", "nodeName"] = "node-1"
  object["spec", "terminationGracePeriodSeconds"] = 30
  _ = try server.create(Kinds.pod, namespace: "default", object, WriteOptions())
  let going = try server.delete(key, DeleteOptions())
  #expect(going["metadata"]["deletionGracePeriodSeconds"] == 30)
  #expect(going["metadata"]["deletionTimestamp"] == "2026-11-23T00:00:30Z")
  #expect(server.store.get(key) != nil)
  var now = DeleteOptions()
  now.gracePeriodSeconds = 0
  _ = try server.delete(key, now)
  #expect(server.store.get(key) == nil)
  #expect(server.store.pods(onNode: "node-1").isEmpty)
}

@Test func finalizersHoldAnObject() throws {
  let server = try freshServer()
  let key = ObjectKey(Kinds.configMap, "default", "held")
  _ = try server.create(
    Kinds.configMap, namespace: "default", ["metadata": ["name": "held", "finalizers": ["example.com/hold"]]], WriteOptions())
  let going = try server.delete(key, DeleteOptions())
  #expect(going["metadata"]["deletionGracePeriodSeconds"] == 0)
  _ = try server.patch(key, subresource: nil, .merge(["metadata": ["finalizers": nil]]), WriteOptions())
  #expect(server.store.get(key) == nil)
}

@Test func watchesSeeObjectsEnterAndLeaveTheirSelector() throws {
  let server = try freshServer()
  var options = ListOptions()
  options.labelSelector = "app=web"
  options.resourceVersion = String(server.store.revision)
  let stream = try server.stream(Kinds.pod, namespace: "default", options)
  let key = ObjectKey(Kinds.pod, "default", "a")
  _ = try server.create(Kinds.pod, namespace: "default", pod("a"), WriteOptions())
  _ = try server.patch(key, subresource: nil, .merge(["metadata": ["labels": ["app": "other"]]]), WriteOptions())
  guard case .added(let added)? = stream.poll() else {
    Issue.record("expected an ADDED event")
    return
  }
  #expect(added.name == "a")
  guard case .deleted(let gone)? = stream.poll() else {
    Issue.record("expected a DELETED event")
    return
  }
  #expect(gone.label("app") == "web")
  #expect(gone.resourceVersion == String(server.store.revision))
  #expect(!stream.isReady)
}

@Test func theAgendaKeepsTheEarlierTimeAndGivesWhatIsDueInOrder() throws {
  let store = Store(now: Instant(seconds: 0), dice: Dice(Random(seed: 1)))
  store.note("b", for: "w", at: Instant(seconds: 5))
  store.note("a", for: "w", at: Instant(seconds: 5))
  store.note("c", for: "w", at: Instant(seconds: 9))
  store.note("c", for: "w", at: Instant(seconds: 3))
  store.note("c", for: "w", at: Instant(seconds: 7))
  store.note("d", for: "w", at: Instant(seconds: 1))
  store.forget("d", for: "w")
  var order: [String] = []
  while let due = store.popDue(notLaterThan: Instant(seconds: 100)) { order.append(due.key) }
  #expect(order == ["c", "b", "a"])
  #expect(store.nextDue == nil)
}

@Test func servicesGetAndKeepTheirAddresses() throws {
  let server = try freshServer()
  let key = ObjectKey(Kinds.service, "default", "s")
  let made = try server.create(
    Kinds.service, namespace: "default",
    ["metadata": ["name": "s"], "spec": ["type": "NodePort", "selector": ["a": "b"], "ports": [["port": 80, "protocol": "TCP"]]]],
    WriteOptions())
  #expect(made["spec"]["clusterIP"].text.hasPrefix("10.0."))
  let port = made["spec"]["ports"][0]["nodePort"]
  #expect(port.int.map { (30000...32767).contains($0) } == true)
  let changed = try server.patch(key, subresource: nil, .merge(["spec": ["type": "ClusterIP"]]), WriteOptions())
  #expect(changed["spec"]["clusterIP"] == made["spec"]["clusterIP"])
  #expect(changed["spec"]["ports"][0]["nodePort"].isNull)
}

@Test func eventsAreCountedCombinedAndHeldBack() throws {
  let server = try freshServer()
  let store = server.store
  let about = try server.create(Kinds.configMap, namespace: "default", ["metadata": ["name": "a"]], WriteOptions())
  for _ in 0..<3 { store.event(about, .normal, "Pulled", "again", source: "kubelet") }
  var events = store.list(Kinds.event, namespace: "default")
  #expect(events.count == 1)
  #expect(events[0]["count"] == 3)
  for i in 0..<40 { store.event(about, .normal, "Created", "made \(i)", source: "kubelet") }
  events = store.list(Kinds.event, namespace: "default").filter { $0["reason"] == "Created" }
  #expect(events.count == 10)
  #expect(events.last?["message"].text.hasPrefix("(combined from similar events): made ") == true)
  #expect(events.last?["count"] == 13)
  store.now = store.now + .seconds(3601)
  #expect(store.list(Kinds.event, namespace: nil).isEmpty)
}

// MARK: Ports that are variables

struct VariablePortTests {
  private func server(_ expandsPorts: Bool) throws -> APIServer {
    let dice = Dice(Random(seed: 1))
    let store = Store(now: Instant(year: 2026, month: 11, day: 23), dice: dice)
    let server = APIServer(store: store, clock: store, dice: dice, expandsPorts: expandsPorts)
    try server.bootstrap()
    return server
  }

  private func deployment(_ readiness: Value, _ liveness: Value = ["tcpSocket": ["port": "$(MY_PORT)"], "periodSeconds": 3]) -> Value {
    let container: Value = [
      "name": "c", "image": "a", "readinessProbe": readiness, "livenessProbe": liveness,
      "lifecycle": ["preStop": ["httpGet": ["port": "$(PORT)", "path": "/bye"]]],
    ]
    return [
      "metadata": ["name": "web"],
      "spec": [
        "selector": ["matchLabels": ["a": "b"]],
        "template": ["metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "first", "image": "a"], container]]],
      ],
    ]
  }

  @Test func whoExpandsThemTakesThem() throws {
    let server = try server(true)
    let made = try server.create(Kinds.deployment, namespace: "default", deployment(["grpc": ["port": "$(PORT)"]]), WriteOptions())
    let container = made["spec"]["template"]["spec"]["containers"][1]
    #expect(container["readinessProbe"]["grpc"]["port"] == "$(PORT)" && container["readinessProbe"]["periodSeconds"] == 10)
    #expect(container["livenessProbe"]["tcpSocket"]["port"] == "$(MY_PORT)")
    #expect(container["lifecycle"]["preStop"]["httpGet"]["port"] == "$(PORT)")
    // What isn't there has not come into being.
    #expect(!made["spec"]["template"]["spec"]["containers"][0].has("livenessProbe") && !container.has("startupProbe"))
    let key = ObjectKey(Kinds.deployment, "default", "web")
    let probe: Value = ["name": "c", "readinessProbe": ["httpGet": ["port": "$(PORT)"], "grpc": nil]]
    let changed = try server.patch(
      key, subresource: nil, .strategic(["spec": ["template": ["spec": ["containers": [probe]]]]]), WriteOptions())
    #expect(changed["spec"]["template"]["spec"]["containers"][1]["readinessProbe"]["httpGet"]["port"] == "$(PORT)")
  }

  @Test func whatIsNoVariableIsJudgedAsAlways() throws {
    for (expands, port) in [(false, "$(PORT)"), (true, "$(PO RT)"), (true, "$(PORT)x"), (true, "$(PORT")] {
      let server = try server(expands)
      let complaint = "spec.template.spec.containers[1].readinessProbe.httpGet.port: Invalid value: \"\(port)\": must contain only"
      do {
        _ = try server.create(
          Kinds.deployment, namespace: "default",
          deployment(["httpGet": ["port": .string(port), "path": "/"]], ["tcpSocket": ["port": 1]]), WriteOptions())
        Issue.record("\(port) was taken")
      } catch {
        #expect(error.message.contains(complaint), "\(error)")
      }
    }
    let plain = try server(true)
    #expect(throws: Status.self) {
      _ = try plain.create(Kinds.pod, namespace: "default", ["spec": ["containers": ["x"]], "metadata": ["name": "a"]], WriteOptions())
    }
  }
}

/// Each of several clusters on a machine gives its Services addresses of a part of its own; who names one of another part may have it.
@Test func servicesAreGivenAddressesOfAPart() throws {
  let dice = Dice(Random(seed: 1))
  let store = Store(now: Instant(year: 2026, month: 11, day: 23), dice: dice)
  let server = APIServer(store: store, clock: store, dice: dice, services: .loopback(part: 2))
  try server.bootstrap()
  #expect(try server.get(ObjectKey(Kinds.service, "default", "kubernetes"), subresource: nil)["spec"]["clusterIP"] == "127.96.32.1")
  for n in 0..<50 {
    let made = try server.create(
      Kinds.service, namespace: "default", ["metadata": ["name": .string("s\(n)")], "spec": ["ports": [["port": 80]]]], WriteOptions())
    let parts = made["spec"]["clusterIP"].text.split(separator: ".").compactMap { Int($0) }
    #expect(parts.prefix(2) == [127, 96] && (33..<48).contains(parts[2]), "\(parts)")
  }
  let named = try server.create(
    Kinds.service, namespace: "default", ["metadata": ["name": "n"], "spec": ["clusterIP": "127.96.0.77", "ports": [["port": 80]]]],
    WriteOptions())
  #expect(named["spec"]["clusterIP"] == "127.96.0.77")
}
