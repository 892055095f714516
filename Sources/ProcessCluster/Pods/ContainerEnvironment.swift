import API
import APIMachinery
import Client
import Formats
import Kubelet

// The whole environment of a container: Kubernetes' rules, and what a process on this machine needs besides.

/// Makes the environments of containers. A pure function of what the cluster holds.
public struct ContainerEnvironment {
  let lister: any Lister
  let place: PodPlace

  public init(lister: any Lister, place: PodPlace) {
    self.lister = lister
    self.place = place
  }

  /// What comes of a container's manifest.
  public struct Outcome {
    /// In the order in which the program finds them, each name once.
    public internal(set) var variables: [(name: String, value: String)]
    /// Those that `$(NAME)` stands for: all but what is inherited, as Kubernetes knows no `$(PATH)`.
    var named: [(name: String, value: String)]
    /// Those whose values stand in the manifest itself, and kctl's own: what a probe's command may name.
    var literal: [String: String]
    public var notices: [ContainerNotice]
  }

  /// - Parameters:
  ///   - port: the free port that it was given, where it asked for one (`PortWish`).
  ///   - volumes: its volumes' names and paths on this machine.
  public func make(
    for container: Value, of pod: Value, port: UInt16?, volumes: [(name: String, path: String)] = []
  ) throws(ContainerProblem) -> Outcome {
    if let problem = PodNeeds(lister: lister).configProblem(container, of: pod) { throw ContainerProblem(problem) }
    let facts = ownFacts(container, pod, port, volumes)
    var list = VariableList()
    for fact in facts { list.set(fact.name, fact.value) }
    let links = pod["spec"]["enableServiceLinks"].bool ?? true
    for variable in ServiceVariables.make(lister, namespace: pod.namespace, enableServiceLinks: links) {
      list.set(variable.name, variable.value)
    }
    var notices: [ContainerNotice] = []
    for source in container["envFrom"].items { try take(source, pod.namespace, &list, &notices) }
    var literal = Dictionary(facts.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let isGiven = facts.contains { $0.name == "PORT" }
    for variable in container["env"].items {
      let name = variable["name"].text
      let text = variable["value"].text
      if !text.isEmpty {
        let value = Expansion.expand(text) { list[$0] }
        list.set(name, value)
        literal[name] = value
      } else if !variable["valueFrom"].isNull {
        if let value = try value(variable["valueFrom"], name, container, pod) { list.set(name, value) }
        literal[name] = nil
      } else if name != "PORT" || !isGiven {
        list.set(name, "")
        literal[name] = ""
      }
    }
    let variables = place.inherited.filter { list[$0.name] == nil } + list.variables
    for variable in variables where variable.name.utf8.contains(0) || variable.value.utf8.contains(0) {
      throw ContainerProblem("environment variable \(goQuoted(variable.name)) holds a NUL byte")
    }
    return Outcome(variables: variables, named: list.variables, literal: literal, notices: notices)
  }

  /// What a program in a terminal has besides, unless it says itself which terminal it takes it for.
  static func forTerminal(_ variables: [(name: String, value: String)]) -> [(name: String, value: String)] {
    variables.contains { $0.name == "TERM" } ? variables : variables + [("TERM", "xterm")]
  }

  /// What kctl adds where the manifest doesn't say otherwise.
  private func ownFacts(
    _ container: Value, _ pod: Value, _ port: UInt16?, _ volumes: [(name: String, path: String)]
  ) -> [(name: String, value: String)] {
    var facts = [("HOSTNAME", place.hostname(of: pod))]
    if !place.address.isEmpty { facts.append(("POD_IP", place.address)) }
    switch PortWish(container) {
    case .named(let named): facts.append(("PORT", String(port ?? named)))
    case .anyFree: if let port { facts.append(("PORT", String(port))) }
    case .none: break
    }
    return facts + volumes.map { (ServiceVariables.volume($0.name), $0.path) }
  }

  // MARK: Sources

  /// All keys of a ConfigMap or Secret.
  private func take(
    _ source: Value, _ namespace: String, _ list: inout VariableList, _ notices: inout [ContainerNotice]
  ) throws(ContainerProblem) {
    for (field, kind, word) in [("configMapRef", Kinds.configMap, "configMap"), ("secretRef", Kinds.secret, "secret")] {
      let reference = source[field]
      guard reference.object != nil, let object = lister.get(ObjectKey(kind, namespace, reference["name"].text)) else { continue }
      var invalid: [String] = []
      for member in object["data"].members {
        let name = source["prefix"].text + member.key
        guard Names.envVarName(name).isEmpty else {
          invalid.append(name)
          continue
        }
        list.set(name, try text(member.value, of: kind, name))
      }
      if invalid.isEmpty { continue }
      let keys = invalid.joined(separator: ", ")
      notices.append(
        ContainerNotice(
          reason: "InvalidEnvironmentVariableNames",
          message: "Keys [\(keys)] from the EnvFrom \(word) \(namespace)/\(object.name) were skipped "
            + "since they are considered invalid environment variable names."))
    }
  }

  /// A `valueFrom`'s text; nil where it is optional and missing.
  private func value(_ from: Value, _ name: String, _ container: Value, _ pod: Value) throws(ContainerProblem) -> String? {
    let fields = DownwardFields(pod: pod, place: place)
    if from["fieldRef"].object != nil { return try fields.field(from["fieldRef"]["fieldPath"].text) }
    if from["resourceFieldRef"].object != nil { return try fields.amount(from["resourceFieldRef"], of: container) }
    for (field, kind) in [("configMapKeyRef", Kinds.configMap), ("secretKeyRef", Kinds.secret)] where from[field].object != nil {
      let reference = from[field]
      let object = lister.get(ObjectKey(kind, pod.namespace, reference["name"].text))
      guard let object, let found = object["data"].members[reference["key"].text] else { return nil }
      return try text(found, of: kind, name)
    }
    return nil
  }

  /// A value of a ConfigMap or Secret; what is no UTF-8 can't be handed on, as in Kubernetes.
  private func text(_ value: Value, of kind: Kind, _ name: String) throws(ContainerProblem) -> String {
    guard kind == Kinds.secret else { return value.text }
    guard let bytes = try? Base64.decode(value.text) else {
      throw ContainerProblem("environment variable \(goQuoted(name)): the Secret's value is no base64")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ContainerProblem("environment variable \(goQuoted(name)): the Secret's value is no UTF-8 text")
    }
    return text
  }
}

/// Variables, each name once, in the place where it was first set.
struct VariableList {
  private(set) var variables: [(name: String, value: String)] = []
  private var places: [String: Int] = [:]

  subscript(name: String) -> String? { places[name].map { variables[$0].value } }

  mutating func set(_ name: String, _ value: String) {
    if let place = places[name] {
      variables[place].value = value
    } else {
      places[name] = variables.count
      variables.append((name, value))
    }
  }
}
