import API
import APIMachinery
import Formats

// Ports of probes and hooks that are variables, where a cluster knows what its containers are given: `port: $(PORT)`.

/// Takes variables out of an object's probes for as long as the tables judge it: they know numbers and names of ports only.
struct VariablePorts {
  /// The variables by the places of their ports, counted through the object.
  private var variables: [Int: Value] = [:]

  /// The object with a port's number in the place of each variable.
  mutating func taken(from object: Value, _ kind: Kind) -> Value {
    var found: [Int: Value] = [:]
    var next = 0
    let plain = VariablePorts.changed(object, kind) { port in
      defer { next += 1 }
      guard VariablePorts.isVariable(port) else { return }
      found[next] = port
      port = 1
    }
    variables = found
    return plain
  }

  /// The object with its variables where they were.
  func putBack(into object: Value, _ kind: Kind) -> Value {
    guard !variables.isEmpty else { return object }
    var next = 0
    return VariablePorts.changed(object, kind) { port in
      defer { next += 1 }
      if let variable = variables[next] { port = variable }
    }
  }

  /// `$(NAME)` and nothing else.
  private static func isVariable(_ port: Value) -> Bool {
    guard case .string(let text) = port, text.hasPrefix("$("), text.hasSuffix(")") else { return false }
    return Names.envVarName(String(text.dropFirst(2).dropLast())).isEmpty
  }

  private static func changed(_ object: Value, _ kind: Kind, _ body: (inout Value) -> Void) -> Value {
    var object = object
    if kind == Kinds.pod, object["spec"].object != nil {
      change(spec: &object["spec"], body)
    } else if object["spec"]["template"]["spec"].object != nil {
      change(spec: &object["spec"]["template"]["spec"], body)
    }
    return object
  }

  // What isn't there is not to come into being by being looked at, so each step is looked at before it is taken.

  private static func change(spec: inout Value, _ body: (inout Value) -> Void) {
    for list in ["initContainers", "containers"] {
      for i in spec[list].items.indices {
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] where spec[list][i][probe].object != nil {
          change(handler: &spec[list][i][probe], body)
        }
        for hook in ["postStart", "preStop"] where spec[list][i]["lifecycle"][hook].object != nil {
          change(handler: &spec[list][i]["lifecycle"][hook], body)
        }
      }
    }
  }

  private static func change(handler: inout Value, _ body: (inout Value) -> Void) {
    for action in ["grpc", "httpGet", "tcpSocket"] where handler[action].has("port") { body(&handler[action]["port"]) }
  }
}
