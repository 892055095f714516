import API
import APIMachinery
import Client
import ControlPlane
import Formats
import KubeAPIServer
import Posix

// Where simulated clusters come from: `sim:NAME`.

/// Opens simulated clusters by name; what doesn't exist is made.
public final class SimulatedBackend: Backend {
  public let scheme = "sim"
  public var version: Value? { APIServer.version }
  private let machine: MachineClock
  /// A client of the process that serves the cluster kept in a folder; nil: nobody does.
  private let served: (String, BackendOptions) -> (any Client)?

  /// - Parameter served: finds whoever serves a folder's cluster already: it is spoken to instead of opening the folder.
  public init(machine: MachineClock = .real, served: @escaping (String, BackendOptions) -> (any Client)? = { _, _ in nil }) {
    self.machine = machine
    self.served = served
  }

  public func open(_ address: String, _ options: BackendOptions) throws -> any Client {
    guard ClusterName.isValid(address) else { throw ClusterName.refusal(address) }
    var mode: ClockMode?
    if let text = options.environment("KCTL_SIM_CLOCK"), !text.isEmpty {
      guard let known = ClockMode(rawValue: text) else {
        throw Status(.badRequest, "invalid value \"\(text)\" for KCTL_SIM_CLOCK: expected follow or manual")
      }
      mode = known
    }
    let folder = "\(options.home)/clusters/\(address)"
    do throws(SystemFailure) {
      try Folder.make("\(options.home)/clusters")
    } catch {
      throw Status(.unknown, "\(options.home)/clusters: \(error.text)")
    }
    let begun = machine.now()
    if let other = served(folder, options) { return try SimulatedBackend.client(other, clock: mode) }
    var other: (any Client)?
    let cluster: SimulatedCluster
    do throws(Status) {
      cluster = try SimulatedCluster.open(
        folder: folder, clock: mode, seed: UInt64(bitPattern: machine.now().nanoseconds), machine: machine,
        isServed: { [served] in
          other = served(folder, options)
          return other != nil
        }, onWarning: { options.trace("warning: \($0)") })
    } catch {
      // Somebody has begun to serve it while we stood at the door.
      if let other { return try SimulatedBackend.client(other, clock: mode) }
      throw error
    }
    if options.verbosity >= 6 { options.trace("opened \(folder) in \((machine.now() - begun).goText)") }
    cluster.trace = options.verbosity >= 6 ? options.trace : nil
    return cluster
  }

  /// A client of a cluster that somebody else has opened, with the clock that is wanted here.
  private static func client(_ other: any Client, clock mode: ClockMode?) throws(Status) -> any Client {
    let key = ObjectKey(Kinds.simulation, "", Kinds.simulationName)
    if let mode, try other.get(key, subresource: nil)["spec"]["clock"].text != mode.rawValue {
      _ = try other.patch(key, subresource: nil, .merge(["spec": ["clock": .string(mode.rawValue)]]), WriteOptions())
    }
    return other
  }
}
