// The only writer: every request to the cluster is judged and carried out here.

import API
import APIMachinery
import Client
import Formats

/// Kubernetes' API on a store: default, admit, validate, store. Its methods are `Client`'s, save those that need time to pass.
public final class APIServer {
  public let store: Store
  let clock: any Clock
  let dice: Dice
  /// Called with each warning that an answer carries.
  public var onWarning: ((String) -> Void)?
  let addresses: ServiceAddresses
  let podDefaults = PodDefaults()
  /// Whether the port of a probe may be a variable of its container, `$(PORT)`.
  let expandsPorts: Bool

  public init(store: Store, clock: any Clock, dice: Dice, services: ServiceRange = .simulated, expandsPorts: Bool = false) {
    self.expandsPorts = expandsPorts
    addresses = ServiceAddresses(services)
    self.store = store
    self.clock = clock
    self.dice = dice
  }

  public var now: Instant { clock.now }

  public func kinds() throws(Status) -> [Kind] { store.tables.map(\.kind) }

  public func version() throws(Status) -> Value { APIServer.version }

  /// The version of the kubectl whose words are spoken here: programs that choose a kubectl by the server's version are to choose it.
  public static let version: Value = [
    "major": "1", "minor": "32", "gitVersion": "v1.32.0+kctl", "gitCommit": "70d3cc986aa8221cd1dfb1121852688902d3bf53",
    "gitTreeState": "clean", "buildDate": "2024-12-11T18:06:43Z", "goVersion": "go1.23.3", "compiler": "gc", "platform": "linux/amd64",
  ]

  /// The kind's table, or the answer to whoever asks for a kind that is not served.
  func table(_ kind: Kind) throws(Status) -> Table {
    guard let table = store.table(kind) else {
      var status = Status(.notFound, "the server could not find the requested resource")
      status.group = kind.group
      status.kind = kind.plural
      throw status
    }
    return table
  }

  /// The kind's table, for a request that the kind takes.
  func table(_ kind: Kind, to verb: String) throws(Status) -> Table {
    let table = try table(kind)
    guard kind.verbs.contains(verb) else { throw APIServer.notAllowed(kind, "") }
    return table
  }

  /// An object's row, for a request that its kind takes.
  func row(_ key: ObjectKey, to verb: String) throws(Status) -> Row {
    _ = try table(key.kind, to: verb)
    return try row(key)
  }

  func row(_ key: ObjectKey) throws(Status) -> Row {
    let table = try table(key.kind)
    guard !key.name.isEmpty else { throw Status(.badRequest, "resource name may not be empty") }
    guard let row = table.row(key.kind.namespaced ? key.namespace : "", key.name) else { throw .notFound(key.kind, key.name) }
    return row
  }

  static func notAllowed(_ kind: Kind, _ name: String) -> Status {
    Status.about(kind, name, .methodNotAllowed, "the server does not allow this method on the requested resource")
  }

  func refuse(_ key: ObjectKey, subresource: String) -> Status {
    Status.about(key.kind, key.name, .notFound, "the server could not find the requested resource")
  }
}
