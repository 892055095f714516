// Who moves the bytes, as kube-proxy sees him.

/// Takes rules and forwards by them. Its calls return at once; what came of them is asked for later.
public protocol Forwarder: AnyObject {
  /// From now on these rules hold. A later call replaces an earlier one that has not been looked at yet.
  func apply(_ table: ServiceTable.Snapshot)
  /// The revision of the last rules that have come into force.
  var appliedRevision: Int { get }
  /// Where it should listen and can't, under the rules in force. It tries again by itself.
  var problems: [ListenProblem] { get }
  /// Who listens at an address that was found in use; nil where the system doesn't tell.
  func occupant(of listen: ListenAddress) -> Occupant?
}

extension Forwarder {
  /// Nobody is known.
  public func occupant(of listen: ListenAddress) -> Occupant? { nil }
}

/// A program that listens where a Service should.
public struct Occupant: Hashable, Sendable {
  public let program: String
  public let process: Int32
  /// Where it listens: the address itself, or all of them (`0.0.0.0:80`).
  public let address: String

  public init(program: String, process: Int32, address: String) {
    self.program = program
    self.process = process
    self.address = address
  }
}

/// An address that can't be listened on.
public struct ListenProblem: Hashable, Sendable {
  /// Why not.
  public enum Cause: Hashable, Sendable {
    /// A port that this user may not have.
    case notPermitted
    /// Another program, or something that isn't known, has it.
    case inUse
    /// Another Service has it.
    case takenBy(ServiceKey)
    /// The address is not this machine's.
    case noSuchAddress
    /// No more descriptors are to be had.
    case noDescriptors
    /// The system's own words.
    case other(String)
  }

  public let service: ServiceKey
  public let listen: ListenAddress
  public let cause: Cause

  public init(_ service: ServiceKey, _ listen: ListenAddress, _ cause: Cause) {
    self.service = service
    self.listen = listen
    self.cause = cause
  }
}

extension ListenProblem {
  /// The problem in words for an event, with what can be done about it.
  /// - Parameters:
  ///   - nodePort: a node port that leads to the same, on 127.0.0.1.
  ///   - occupant: who has the address, where that is known.
  func message(nodePort: UInt16?, occupant: Occupant?) -> String {
    switch cause {
    case .notPermitted:
      let other =
        service.sort == .pod
        ? "use a hostPort of 1024 or above"
        : nodePort.map { "use its node port, 127.0.0.1:\($0)" } ?? "give the Service type NodePort, or a port of 1024 or above"
      return "failed to listen on \(listen): ports below 1024 are not permitted to this user; hint: \(other)"
    case .inUse:
      guard let occupant else { return "failed to listen on \(listen): address already in use" }
      let who = "\(occupant.program) (process \(occupant.process))"
      guard occupant.address != listen.description else { return "failed to listen on \(listen): address already in use by \(who)" }
      return "failed to listen on \(listen): address already in use by \(who), which listens on \(occupant.address); "
        + "hint: let it listen on its own address, $(POD_IP) in a pod"
    case .takenBy(let service): return "failed to listen on \(listen): \(service) listens there"
    case .noSuchAddress: return "failed to listen on \(listen): this machine has no such address"
    case .noDescriptors: return "failed to listen on \(listen): too many open files; hint: raise the limit (ulimit -n)"
    case .other(let words): return "failed to listen on \(listen): \(words)"
    }
  }
}
