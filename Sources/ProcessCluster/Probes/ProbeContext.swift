import Formats

// Whom a probe asks, and with what.

/// The container that a probe or hook is about.
public struct ProbeContext {
  /// The pod's address.
  public var address: String
  /// The container's named ports.
  public var ports: [(name: String, number: Int64)]
  /// What its commands run with: all of it, nothing is inherited.
  public var environment: [(name: String, value: String)] = []
  /// Where its commands run; nil: where we are.
  public var workingFolder: String?
  /// As whom its commands run; nil: as we do.
  public var user: UInt32?
  public var group: UInt32?
  public var supplementaryGroups: [UInt32]?
  /// What runs a command inside the container; nil: it runs beside it, as above.
  var exec: ([String]) -> EngineExec? = { _ in nil }
  /// The container's program, whose mounts its commands see.
  public var program: Int32?
  /// Expands `$(NAME)` in the handler's texts.
  public var expand: (String) -> String = { $0 }

  /// - Parameter spec: the container's, of which the ports' names are taken.
  public init(address: String, spec: Value = .null) {
    self.address = address
    ports = spec["ports"].items.compactMap { port in
      port["name"].string.flatMap { name in port["containerPort"].int.map { (name, $0) } }
    }
  }
}

/// A port that can't be asked, in Go's words.
struct PortProblem: Error, Equatable {
  let text: String
}

extension ProbeContext {
  /// A handler's port: a number, a name, or a text that is or expands to one.
  func port(_ value: Value) throws(PortProblem) -> UInt16 {
    let number: Int64
    if let given = value.int {
      number = given
    } else {
      let name = expand(value.text)
      guard let found = ports.first(where: { $0.name == name })?.number ?? Int64(name) else {
        throw PortProblem(text: "strconv.Atoi: parsing \"\(name)\": invalid syntax")
      }
      number = found
    }
    guard number > 0, let port = UInt16(exactly: number) else { throw PortProblem(text: "invalid port number: \(number)") }
    return port
  }
}
