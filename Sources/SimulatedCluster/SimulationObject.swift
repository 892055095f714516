import API
import APIMachinery
import Client
import ControlPlane
import Formats
import Kubelet

// The cluster as an object of its own API: sim.kctl.dev/v1, Simulation, "cluster".

extension SimulatedCluster {
  func simulationObject() -> Value {
    var phases: [(String, Int)] = [("Failed", 0), ("Pending", 0), ("Running", 0), ("Succeeded", 0), ("Unknown", 0)]
    let pods = store.list(Kinds.pod, namespace: nil)
    for pod in pods {
      let phase = pod["status"]["phase"].text
      if let i = phases.firstIndex(where: { $0.0 == phase }) { phases[i].1 += 1 }
    }
    let silent = store.noteKeys(Kubelet.heartbeatNotes).filter { store.get(ObjectKey(Kinds.node, "", $0)) != nil }
    var status: Value = [
      "now": .string(now.rfc3339Micro),
      "nodes": Value(store.count(Kinds.node, namespace: nil)),
      "pods": Value(pods.count),
      "podPhases": .object(Members(phases.filter { $0.1 > 0 }.map { ($0.0.lowercased(), Value($0.1)) })),
      "due": Value(store.dueCount),
      "age": .string((now - settings.born).goText),
    ]
    if let next = store.nextDue { status["nextDue"] = .string(next.rfc3339Micro) }
    if !silent.isEmpty { status["failedNodes"] = .array(silent.map { .string($0) }) }
    return [
      "apiVersion": .string(Kinds.simulation.apiVersion), "kind": .string(Kinds.simulation.name),
      "metadata": [
        "name": .string(Kinds.simulationName), "creationTimestamp": .string(settings.born.rfc3339),
        "resourceVersion": .string(String(store.revision)), "uid": .string(settings.uid),
      ],
      "spec": ["clock": .string(settings.clock.rawValue), "seed": .string(String(settings.seed))],
      "status": status,
    ]
  }

  func patchSimulation(_ key: ObjectKey, _ patch: Patch, _ options: WriteOptions) throws(Status) -> Value {
    try checkSimulation(key)
    let change: Value
    switch patch {
    case .merge(let value), .strategic(let value), .apply(let value): change = value
    case .json:
      throw Status(
        .unsupportedMediaType,
        "the body of the request was in an unknown format - accepted media types include: application/merge-patch+json")
    }
    for member in change["spec"].members {
      guard member.key == "clock" else {
        throw .invalid(Kinds.simulation, key.name, [.forbidden("spec.\(member.key)", "only spec.clock can be changed")])
      }
      guard let mode = member.value.string.flatMap(ClockMode.init(rawValue:)) else {
        throw .invalid(
          Kinds.simulation, key.name, [.notSupported("spec.clock", member.value, ["follow", "manual"])])
      }
      if !options.dryRun { setClock(mode) }
    }
    return simulationObject()
  }

  func createOnSimulation(_ key: ObjectKey, _ subresource: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value {
    try checkSimulation(key)
    switch subresource {
    case "advance":
      let text = object["duration"].text
      guard let duration = try? Duration(goText: text), duration >= .zero else {
        throw .invalid(
          Kinds.simulation, key.name, [.invalid("duration", object["duration"], "must be a duration of at least 0, like 30s or 1h30m")])
      }
      guard duration <= SimulatedCluster.longestAdvance else {
        throw .invalid(
          Kinds.simulation, key.name,
          [.invalid("duration", object["duration"], "must be at most \(SimulatedCluster.longestAdvance.goText)")])
      }
      if !options.dryRun { pass(duration) }
    case "fail", "heal":
      let node = object["node"].text
      guard !node.isEmpty else { throw .invalid(Kinds.simulation, key.name, [.required("node")]) }
      if !options.dryRun { try strike(subresource == "fail" ? .failNode(node) : .healNode(node)) }
    case "crash":
      let pod = object["pod"].text
      guard !pod.isEmpty else { throw .invalid(Kinds.simulation, key.name, [.required("pod")]) }
      if !options.dryRun {
        try strike(.crash(namespace: object["namespace"].string ?? "default", pod: pod, container: object["container"].string))
      }
    default: throw Status.about(key.kind, key.name, .notFound, "the server could not find the requested resource")
    }
    return simulationObject()
  }

  func checkSimulation(_ key: ObjectKey) throws(Status) {
    guard key.name == Kinds.simulationName else { throw .notFound(key.kind, key.name) }
  }
}
