import API
import APIMachinery
import Client
import Formats

// Watches Services, EndpointSlices and pods with host ports, and hands their rules to a forwarder.

/// The kube-proxy of one node.
public final class ServiceProxy: Worker {
  public let name = "kube-proxy"
  public let watches = [Kinds.service, Kinds.endpointSlice, Kinds.pod]

  private let lister: any Lister
  private let recorder: any EventRecorder
  private let queue: WorkQueue
  private let forwarder: any Forwarder
  private let host: String
  private var table: ServiceTable
  private var isLoaded = false
  private var handedRevision = -1
  /// What has been told of each Service, so that it is told once.
  private var told: [ServiceKey: Set<String>] = [:]
  private var failing: Set<ServiceKey> = []
  private var checks = 0

  /// - Parameter node: whose node ports they are.
  public convenience init(_ surroundings: Surroundings, forwarder: any Forwarder, node: ServiceTable.Node = ServiceTable.Node()) {
    self.init(
      lister: surroundings.lister, agenda: surroundings.agenda, recorder: surroundings.recorder, forwarder: forwarder, node: node)
  }

  /// It writes nothing but events, so these are all it needs.
  public init(
    lister: any Lister, agenda: any Agenda, recorder: any EventRecorder, forwarder: any Forwarder,
    node: ServiceTable.Node = ServiceTable.Node()
  ) {
    self.lister = lister
    self.recorder = recorder
    queue = WorkQueue(agenda, worker: name, latency: .zero)
    self.forwarder = forwarder
    host = node.name
    table = ServiceTable(node: node)
  }

  /// The rules as they are now.
  public var snapshot: ServiceTable.Snapshot { table.snapshot }

  /// Reads all there is and hands it over: once, when the cluster has been opened.
  public func start() {
    load()
    handOver()
  }

  public func observe(_ change: Change) {
    if !isLoaded { load() }
    let (isGone, object) = (change.verb == .deleted, change.new)
    if change.key.kind === Kinds.pod {
      guard HostPorts.isWanted(by: object) else { return }
      let key = ServiceKey(object.namespace, object.name, .pod)
      if isGone { table.remove(pod: key) } else { table.set(pod: object) }
      if isGone { forget(key) }
    } else if change.key.kind === Kinds.service {
      let key = ServiceKey(object.namespace, object.name)
      if isGone { table.remove(service: key) } else { table.set(service: object) }
      if isGone { forget(key) }
    } else if isGone {
      table.removeSlice(namespace: object.namespace, name: object.name)
    } else {
      table.set(slice: object)
    }
    // Many changes at one moment are handed over once.
    if table.snapshot.revision != handedRevision { queue.add(ServiceProxy.rules) }
  }

  public func work(on key: String) {
    if !isLoaded { load() }
    if key == ServiceProxy.rules { handOver() } else { check() }
  }

  private static let rules = "rules"
  private static let listens = "listens"

  private func load() {
    isLoaded = true
    for service in lister.list(Kinds.service, namespace: nil) { table.set(service: service) }
    for slice in lister.list(Kinds.endpointSlice, namespace: nil) { table.set(slice: slice) }
    for pod in lister.list(Kinds.pod, namespace: nil) where HostPorts.isWanted(by: pod) { table.set(pod: pod) }
  }

  private func handOver() {
    let snapshot = table.snapshot
    guard snapshot.revision != handedRevision else { return }
    let changes = snapshot.changes(since: lastTold)
    lastTold = snapshot
    handedRevision = snapshot.revision
    forwarder.apply(snapshot)
    for change in changes {
      for problem in change.new?.problems ?? [] { tell(change.service, problem.reason, problem.message) }
    }
    checks = 0
    queue.add(ServiceProxy.listens, after: .milliseconds(20))
  }

  /// The state whose own problems have been told.
  private var lastTold = ServiceTable.Snapshot()

  // MARK: Where it could not listen

  /// Tells of addresses that can't be listened on, and looks again as long as there are any.
  private func check() {
    guard forwarder.appliedRevision >= handedRevision else {
      checks += 1
      return queue.add(ServiceProxy.listens, after: .milliseconds(min(1000, 20 << min(checks, 10))))
    }
    let problems = forwarder.problems
    var nowFailing: Set<ServiceKey> = []
    for problem in problems {
      nowFailing.insert(problem.service)
      let nodePort = problem.listen.port < 1024 ? table.snapshot[problem.service]?.nodePorts[problem.listen.port] : nil
      let mark = "\(problem.listen)\(problem.cause)"
      guard told[problem.service]?.contains(mark) != true else { continue }
      let occupant = problem.cause == .inUse ? forwarder.occupant(of: problem.listen) : nil
      tell(problem.service, "FailedToListen", problem.message(nodePort: nodePort, occupant: occupant), mark: mark)
    }
    for service in failing.subtracting(nowFailing).sorted() {
      forget(service)
      guard let object = object(service) else { continue }
      recorder.event(
        object, .normal, "Listening", "listening on all of its addresses", source: name, host: host, fieldPath: "", style: .counted)
    }
    failing = nowFailing
    if !failing.isEmpty { queue.add(ServiceProxy.listens, after: .seconds(5)) }
  }

  private func object(_ service: ServiceKey) -> Value? {
    lister.get(ObjectKey(service.sort == .pod ? Kinds.pod : Kinds.service, service.namespace, service.name))
  }

  private func tell(_ service: ServiceKey, _ reason: String, _ message: String, mark: String? = nil) {
    guard told[service, default: []].insert(mark ?? message).inserted, let object = object(service) else { return }
    recorder.event(object, .warning, reason, message, source: name, host: host, fieldPath: "", style: .counted)
  }

  private func forget(_ service: ServiceKey) { told[service] = nil }
}
