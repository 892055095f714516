import API
import APIMachinery
import Client
import Formats
import HTTP
import Posix

// Kubernetes' API over HTTP, on any cluster of ours.

/// Answers requests by a cluster. Nothing is told of what was written before it is on disk.
public final class APIService: Responder {
  let cluster: any ServedCluster
  let gate: Gate
  let metrics = Metrics()
  let discovery: Discovery
  private var kindsByPath: [KindPath: Kind] = [:]
  private var waiting: [Waiting] = []
  private var held: [Held] = []
  /// Whether the last commit has failed.
  private var isOwing = false
  private var warnings: [String] = []
  let feeds: Feeds
  let encoded = EncodedObjects()
  /// The streams into containers that clients have.
  var commands: [ObjectIdentifier: RemoteCommand] = [:]
  /// The server's thread, for what is waited on; nil: nothing is given up.
  weak var loop: (any EventLoop)?
  private var documents: [String: [UInt8]] = [:]

  private struct KindPath: Hashable {
    let group: String
    let version: String
    let plural: String
  }

  private struct Waiting {
    let exchange: Exchange
    var response: Response
    /// Whether it has changed the simulation itself.
    let wroteSimulation: Bool
    let label: Metrics.Label?
    let begun: Int64
  }

  /// A request that waits until what it asks for is measured.
  private struct Held {
    let request: Request
    let exchange: Exchange
    let due: Int64
  }

  /// - Parameter address: where clients reach it.
  public init(_ cluster: any ServedCluster, gate: Gate, address: String) throws(Status) {
    self.cluster = cluster
    self.gate = gate
    let kinds = try cluster.kinds()
    discovery = Discovery(kinds: kinds, address: address)
    feeds = Feeds(cluster, encoded)
    for kind in kinds { kindsByPath[KindPath(group: kind.group, version: kind.version, plural: kind.plural)] = kind }
    cluster.onWarning = { [weak self] in self?.warnings.append($0) }
  }

  /// As much as Kubernetes takes; a whole cluster is larger, and not for strangers to send.
  public func bodyLimit(of head: RequestHead, at address: SocketAddress) -> Int {
    let own = "/apis/\(Kinds.simulation.apiVersion)/\(Kinds.simulation.plural)/"
    return head.path.hasPrefix(own) && gate.refusal(head, at: address, isPublic: false) == nil ? 1 << 30 : 3 << 20
  }

  public func refusal(_ problem: HTTPProblem) -> Response {
    var status = Status(.badRequest, problem.text, code: problem.status)
    if problem.status == 413 { status.reason = .requestEntityTooLarge }
    return Answers.failure(status)
  }

  // MARK: A request

  public func respond(to request: Request, _ exchange: Exchange) { respond(to: request, exchange, waits: true) }

  /// - Parameter waits: whether it may be held until what it asks for is measured.
  private func respond(to request: Request, _ exchange: Exchange, waits: Bool) {
    let begun = Machine.steadyNanoseconds
    let route = Route(request.head.path)
    var label: Metrics.Label?
    var wroteSimulation = false
    var response: Response?
    warnings.removeAll(keepingCapacity: true)
    do throws(Status) {
      if let refused = gate.refusal(request.head, at: exchange.address, isPublic: route.isPublic) { throw refused }
      if waiting.isEmpty { cluster.catchUp() }
      let query = try Query(request.head.query)
      switch route {
      case .resource(let target):
        let call = try call(target, request, query)
        if waits, !call.verb.writes, let pause = cluster.measuring(call.kind) {
          held.append(Held(request: request, exchange: exchange, due: begun + pause.nanoseconds))
          return
        }
        label = Metrics.Label(verb: call.verb.rawValue, resource: call.kind.plural, subresource: call.subresourceLabel)
        wroteSimulation = call.verb.writes && call.kind == Kinds.simulation
        response = try perform(call, request, query, exchange)
      default: response = try document(route, request, query)
      }
    } catch {
      response = Answers.failure(error)
    }
    guard var response else {
      // It is being streamed.
      if let label { metrics.count(label, status: 200, nanoseconds: Machine.steadyNanoseconds - begun) }
      return
    }
    for warning in warnings { response.header.append(Header.Field("Warning", "299 - \(APIService.quoted(warning))")) }
    waiting.append(Waiting(exchange: exchange, response: response, wroteSimulation: wroteSimulation, label: label, begun: begun))
  }

  /// RFC 7234's quoted-string.
  private static func quoted(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }

  public func turn() {
    resume { $0.due <= Machine.steadyNanoseconds }
    if waiting.isEmpty { cluster.catchUp() }
    var failure: Status?
    // That a clock was set, or that time was let pass, is no event of the cluster.
    if cluster.isUncommitted || waiting.contains(where: \.wroteSimulation) {
      do throws(Status) { try cluster.commit() } catch { failure = error }
    }
    isOwing = failure != nil
    // What is not on disk is told to nobody, by whatever they ask.
    if failure == nil { feeds.deliver() }
    guard !waiting.isEmpty else { return }
    let stamp = Header.lines(stamp)
    for one in waiting {
      var response = one.response
      if let failure { response = Answers.failure(failure) }
      if let label = one.label { metrics.count(label, status: response.status, nanoseconds: Machine.steadyNanoseconds - one.begun) }
      one.exchange.answer(response, stamp: stamp)
    }
    waiting.removeAll(keepingCapacity: true)
  }

  /// Answers those that were held.
  private func resume(_ isDue: (Held) -> Bool) {
    let due = held.filter(isDue)
    held.removeAll(where: isDue)
    for one in due where one.exchange.isOpen { respond(to: one.request, one.exchange, waits: false) }
  }

  public func stopping() {
    resume { _ in true }
    turn()
    feeds.end()
  }

  public var wakeAfter: Int64? {
    // Nothing is told before it is on the disk: what is fresh waits too.
    if feeds.fresh, !isOwing { return 0 }
    var moments = [held.map(\.due).min().map { max(0, $0 - Machine.steadyNanoseconds) }, isOwing ? APIService.owed : nil]
    if cluster.followsMachine {
      let next = [cluster.nextDue, isOwing ? nil : feeds.nextDue].compactMap(\.self).min()
      moments.append(next.map { max(0, ($0 - cluster.now).nanoseconds) })
    }
    return moments.compactMap(\.self).min()
  }

  /// How long after a commit that failed the next is tried, for want of room on the disk perhaps: watches wait for it.
  private static let owed: Int64 = 500_000_000

  /// What every answer tells another kctl.
  var stamp: [Header.Field] {
    [
      Header.Field(Wire.now, String(cluster.now.nanoseconds)), Header.Field(Wire.clock, cluster.followsMachine ? "follow" : "manual"),
    ]
  }

  // MARK: What is asked for

  /// A request for objects, understood.
  struct Call {
    var verb: Verb
    var kind: Kind
    var target: Route.Target
    /// Of a named object.
    var key: ObjectKey { ObjectKey(kind, target.namespace ?? "", target.name ?? "") }
    /// The subresource as figures name it: they are kept for each name, so that clients must not think them up.
    var subresourceLabel: String {
      guard let subresource = target.subresource else { return "" }
      return kind.subresources.contains(subresource) ? subresource : "other"
    }
  }

  enum Verb: String {
    case get, list, watch, create, update, patch, delete, deletecollection
    var writes: Bool { ![.get, .list, .watch].contains(self) }
  }

  private func call(_ target: Route.Target, _ request: Request, _ query: Query) throws(Status) -> Call {
    let missing = Status(.notFound, "the server could not find the requested resource")
    guard let kind = kindsByPath[KindPath(group: target.group, version: target.version, plural: target.plural)] else { throw missing }
    guard kind.namespaced || target.namespace == nil, target.namespace != nil || target.name == nil || !kind.namespaced else {
      throw missing
    }
    let named = target.name != nil
    let verb: Verb
    switch request.head.method {
    case "GET", "HEAD":
      let watches = target.watches ? true : try query.flag("watch")
      verb = watches && (!named || target.watches) ? .watch : named ? .get : .list
    case "POST": verb = .create
    case "PUT": verb = .update
    case "PATCH": verb = .patch
    case "DELETE": verb = named ? .delete : .deletecollection
    default: throw APIService.notAllowed
    }
    let takesName: Bool? =
      switch verb {
      case .update, .patch: true
      case .create: target.subresource != nil
      default: nil
      }
    if let takesName, takesName != named { throw APIService.notAllowed }
    if verb == .create, kind.namespaced, target.namespace == nil { throw APIService.notAllowed }
    if target.subresource == nil, kind != Kinds.simulation, !kind.verbs.contains(verb.rawValue) { throw APIService.notAllowed }
    return Call(verb: verb, kind: kind, target: target)
  }

  static let notAllowed = Status(.methodNotAllowed, "the server does not allow this method on the requested resource")

  /// Documents about the server itself.
  private func document(_ route: Route, _ request: Request, _ query: Query) throws(Status) -> Response {
    guard ["GET", "HEAD"].contains(request.head.method) else { throw APIService.notAllowed }
    switch route {
    case .discovery(let parts):
      if parts.count == 1, let version = Form.aggregatedDiscovery(request.head.header) {
        var response = Answers.object(discovery.aggregated(parts[0], version: version))
        response.lines = Header.lines([
          Header.Field("Content-Type", "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"),
          Header.Field("Cache-Control", "no-cache, private"),
        ])
        return response
      }
      if let document = discovery.document(parts) { return Answers.object(document) }
    case .version: return Answers.object(try cluster.version())
    case .openAPI(let parts):
      if let response = try openAPI(parts, request.head) { return response }
    case .health(let name, let check): return try Health.answer(name, check: check, isVerbose: query["verbose"] != nil)
    case .metrics: return Answers.text(metrics.text(cluster, feeds: feeds), type: "text/plain; version=0.0.4; charset=utf-8")
    default: break
    }
    throw Status(.notFound, "the server could not find the requested resource")
  }

  /// Documents that are made once and kept as bytes.
  func kept(_ name: String, _ make: () -> Value?) -> Response? {
    kept(name, lines: Answers.jsonLines) { () -> [UInt8]? in
      guard let value = make() else { return nil }
      var bytes: [UInt8] = []
      JSON.write(value, to: &bytes)
      return bytes
    }
  }

  func kept(_ name: String, lines: [UInt8], _ make: () -> [UInt8]?) -> Response? {
    guard let bytes = documents[name] ?? make() else { return nil }
    documents[name] = bytes
    return Response(200, lines: lines, body: bytes)
  }
}

extension Route {
  /// Whether anybody may read it: what says no more than that a server is there.
  var isPublic: Bool {
    switch self {
    case .health, .version: true
    default: false
    }
  }
}
