// What a forwarder is to do for one Service: where to listen, whom to lead to.

/// A Service by its namespace and name; or a pod, whose host ports are forwarded as a Service's are.
public struct ServiceKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  public enum Sort: String, Hashable, Sendable { case service = "Service", pod }

  public let sort: Sort
  public let namespace: String
  public let name: String

  public init(_ namespace: String, _ name: String, _ sort: Sort = .service) {
    self.sort = sort
    self.namespace = namespace
    self.name = name
  }

  /// `Service namespace/name`
  public var description: String { "\(sort.rawValue) \(namespace)/\(name)" }

  public static func < (a: ServiceKey, b: ServiceKey) -> Bool {
    (a.namespace, a.name, a.sort.rawValue) < (b.namespace, b.name, b.sort.rawValue)
  }
}

/// How a port speaks.
public enum Transport: String, Hashable, Sendable {
  case tcp = "TCP"
  case udp = "UDP"
}

/// An address that a Service is reached at.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
  /// A numeric IPv4 or IPv6 address.
  public let address: String
  public let port: UInt16
  public let transport: Transport

  public init(_ address: String, _ port: UInt16, _ transport: Transport = .tcp) {
    self.address = address
    self.port = port
    self.transport = transport
  }

  /// `127.96.0.1:80`, with `/UDP` where it is not TCP.
  public var description: String {
    (address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)") + (transport == .tcp ? "" : "/\(transport.rawValue)")
  }
}

/// One address and port that a Service leads to.
public struct ServiceEndpoint: Hashable, Sendable {
  /// Its conditions, as one.
  public enum Condition: Hashable, Sendable {
    case ready
    /// It is ending and still answers: the last resort where none is ready.
    case ending
    /// It takes nothing new; what it has goes on.
    case notReady
  }

  /// Where it is: one Hashable for all that looks an endpoint up.
  public struct Place: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let address: String
    public let port: UInt16

    public init(_ address: String, _ port: UInt16) {
      self.address = address
      self.port = port
    }

    public var description: String { address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
    public static func < (a: Place, b: Place) -> Bool { (a.address, a.port) < (b.address, b.port) }
  }

  public let place: Place
  public let condition: Condition

  public init(_ place: Place, _ condition: Condition) {
    self.place = place
    self.condition = condition
  }
}

/// How a Service's connections are spread.
public enum Balance: String, Hashable, Sendable, CaseIterable {
  case roundRobin = "round-robin"
  case leastConnections = "least-connections"
}

/// One port of a Service, in one family of addresses.
public struct ForwardingRule: Hashable, Sendable {
  /// What tells it from the Service's other rules, and stays as long as the port does.
  public let id: String
  /// The port's name; empty where it has none.
  public let portName: String
  public let listens: [ListenAddress]
  /// Sorted by place, each place once.
  public let endpoints: [ServiceEndpoint]
  public let balance: Balance
  /// How long a client stays with its endpoint after its last connection; nil: it doesn't.
  public let affinity: Duration?

  public init(
    id: String, portName: String, listens: [ListenAddress], endpoints: [ServiceEndpoint], balance: Balance = .roundRobin,
    affinity: Duration? = nil
  ) {
    self.id = id
    self.portName = portName
    self.listens = listens
    self.endpoints = endpoints
    self.balance = balance
    self.affinity = affinity
  }

  /// The endpoints that new connections go to: those that are ready, else those that are ending but still answer.
  public var open: [ServiceEndpoint] {
    let ready = endpoints.filter { $0.condition == .ready }
    return ready.isEmpty ? endpoints.filter { $0.condition == .ending } : ready
  }
}

/// Something that a Service asks for in vain, in words for an event.
public struct ServiceProblem: Hashable, Sendable {
  public let reason: String
  public let message: String

  public init(_ reason: String, _ message: String) {
    self.reason = reason
    self.message = message
  }
}

/// All rules of one Service. It never changes: another state of the Service is another object.
public final class ServiceRules: Sendable {
  public let service: ServiceKey
  public let rules: [ForwardingRule]
  /// What it asks for that is not done.
  public let problems: [ServiceProblem]
  /// Its node ports by the ports that they stand for, to be offered where a port can't be listened on.
  public let nodePorts: [UInt16: UInt16]

  init(_ service: ServiceKey, rules: [ForwardingRule], problems: [ServiceProblem], nodePorts: [UInt16: UInt16]) {
    self.service = service
    self.rules = rules
    self.problems = problems
    self.nodePorts = nodePorts
  }

  func isSame(as other: ServiceRules) -> Bool {
    rules == other.rules && problems == other.problems && nodePorts == other.nodePorts
  }
}

extension String {
  var isIPv6: Bool { utf8.contains(UInt8(ascii: ":")) }
}
