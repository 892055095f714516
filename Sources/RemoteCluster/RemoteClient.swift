import API
import APIMachinery
import Client
import Formats
import HTTP
import Posix

// A cluster that is reached over HTTP: every call of Client is the request that Kubernetes defines for it.

/// The machine's time, given, so that tests can make their own.
public struct RemoteTime {
  /// What a calendar says.
  public var wall: () -> Instant
  /// Nanoseconds of a clock that never goes back.
  public var steady: () -> Int64
  public var sleep: (Duration) -> Void

  public init(wall: @escaping () -> Instant, steady: @escaping () -> Int64, sleep: @escaping (Duration) -> Void) {
    self.wall = wall
    self.steady = steady
    self.sleep = sleep
  }

  public static var real: RemoteTime {
    RemoteTime(
      wall: { Instant(nanoseconds: Machine.wallNanoseconds) }, steady: { Machine.steadyNanoseconds },
      sleep: { Machine.sleep(nanoseconds: $0.nanoseconds) })
  }
}

/// A cluster behind HTTP: Kubernetes' own, or one of ours that somebody serves.
public final class RemoteClient {
  let http: HTTPClient
  /// What stands before every path of the API.
  let prefix: String
  let time: RemoteTime
  private let trace: ((String) -> Void)?
  /// What the process that carries the connection must outlive.
  private let companion: AnyObject?
  public var onWarning: ((String) -> Void)?
  private var known: [Kind]?
  private var told: (now: Instant, steady: Int64)?
  private var hasAsked = false
  private var streams = 0
  /// Whether the cluster's clock moves only when told to: a simulated one of ours.
  private(set) var isManual = false

  /// - Parameters:
  ///   - prefix: a path that stands before the API's own (`/k8s/clusters/one`).
  ///   - trace: told of each request.
  ///   - companion: kept for as long as the client.
  public init(
    _ http: HTTPClient, prefix: String = "", time: RemoteTime = .real, trace: ((String) -> Void)? = nil, companion: AnyObject? = nil
  ) {
    self.http = http
    self.prefix = prefix
    self.time = time
    self.trace = trace
    self.companion = companion
  }

  /// The cluster's time: where it is one of ours, by what its last answer said; else the machine's.
  public var now: Instant {
    // Whose cluster it is shows with the first answer.
    if !hasAsked {
      hasAsked = true
      _ = try? version()
    }
    guard let told else { return time.wall() }
    return isManual ? told.now : told.now + .nanoseconds(time.steady() &- told.steady)
  }

  public func version() throws(Status) -> Value { try ask(RemoteCall("GET", "/version")) }

  public func kinds() throws(Status) -> [Kind] {
    if let known { return known }
    let schemas = PublishedSchemas { [weak self] path in try? self?.ask(RemoteCall("GET", path)) }
    let discovery = Discovery(
      ask: { path throws(Status) in try self.ask(RemoteCall("GET", path, accept: Discovery.accept)) }, schema: schemas.schema)
    let found = try discovery.kinds()
    known = found
    return found
  }

  /// Nothing waits to be acknowledged: each answer was.
  public func commit() throws(Status) {}

  // MARK: Asking

  /// Asks; the answer's object.
  func ask(_ call: RemoteCall) throws(Status) -> Value {
    let answer = try answered(call)
    guard !answer.body.isEmpty else { return .null }
    do throws(ParseError) { return try JSON.parse(answer.body) } catch { throw .unanswered("error: \(error.goMessage)") }
  }

  private func answered(_ call: RemoteCall) throws(Status) -> ClientAnswer {
    for attempt in 1... {
      let begun = time.steady()
      let answer: ClientAnswer
      do throws(ClientProblem) { answer = try http.answer(call.request(prefix)) } catch { throw failed(call, error) }
      note(call, answer.head, begun)
      if answer.head.status / 100 == 2 { return answer }
      if companion != nil, let status = Failures.proxied(answer.head, answer.body) { throw status }
      let status = Failures.status(answer.head, answer.body, call.about)
      guard let pause = pause(answer.head, attempt) else { throw status }
      time.sleep(pause)
    }
    throw Status(.internalError, "no answer")
  }

  /// How long to wait before asking again; nil: not at all. A busy server says so, and client-go obeys ten times.
  private func pause(_ head: ResponseHead, _ attempt: Int) -> Duration? {
    guard attempt <= 10, told == nil, head.status == 429 || head.status >= 500,
      let after = head.header["Retry-After"].flatMap({ Int64($0) }),
      (0...60).contains(after)
    else { return nil }
    return .seconds(after)
  }

  /// Asks for what streams.
  func open(_ call: RemoteCall) throws(Status) -> (name: String, answer: ClientStream) {
    streams += 1
    let name = "\(Machine.processID)-\(time.steady())-\(streams)"
    var call = call
    call.header.add(Wire.stream, name)
    let begun = time.steady()
    let answer: ClientStream
    do throws(ClientProblem) { answer = try http.stream(call.request(prefix)) } catch { throw failed(call, error) }
    note(call, answer.head, begun)
    guard answer.head.status / 100 == 2 else {
      var body: [UInt8] = []
      do throws(ClientProblem) { body = try answer.rest(within: http.timeout ?? .seconds(30)) } catch { body = [] }
      answer.end()
      if companion != nil, let status = Failures.proxied(answer.head, body) { throw status }
      throw Failures.status(answer.head, body, call.about)
    }
    return (name, answer)
  }

  /// Asks for a WebSocket.
  func webSocket(_ call: RemoteCall, _ protocols: [String]) throws(Status) -> WebSocketClient {
    let begun = time.steady()
    let outcome: WebSocketOutcome
    do throws(ClientProblem) {
      outcome = try http.webSocket(prefix + call.target, call.header, protocols: protocols)
    } catch {
      throw failed(call, error)
    }
    switch outcome {
    case .connected(let socket): return socket
    case .refused(let answer):
      note(call, answer.head, begun)
      throw refused(call, answer)
    }
  }

  /// What a server says that upgrades no connection.
  func refused(_ call: RemoteCall, _ answer: ClientAnswer) -> Status {
    if companion != nil, let status = Failures.proxied(answer.head, answer.body) { return status }
    if (try? JSON.parse(answer.body))?["kind"] == "Status" { return Failures.status(answer.head, answer.body, call.about) }
    // What the kubelet says stands as a text.
    let said = String(decoding: answer.body.prefix(4096), as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " ")
    return StreamTarget.refusal(said, hints: Failures.hints(answer.head))
  }

  /// Asks for a WebSocket and doesn't wait for it.
  func beginWebSocket(_ call: RemoteCall, _ protocols: [String]) throws(Status) -> WebSocketAttempt {
    do throws(ClientProblem) {
      return try http.beginWebSocket(prefix + call.target, call.header, protocols: protocols)
    } catch {
      throw failed(call, error)
    }
  }

  func failed(_ call: RemoteCall, _ problem: ClientProblem) -> Status {
    trace?("\(call.method) \(http.host)\(prefix)\(call.target) failed: \(problem)")
    return Failures.status(problem, http)
  }

  /// What every answer says besides its own matter.
  private func note(_ call: RemoteCall, _ head: ResponseHead, _ begun: Int64) {
    let steady = time.steady()
    trace?(
      "\(call.method) http://\(http.host)\(prefix)\(call.target) \(head.status) \(head.reason) in \((steady - begun) / 1_000_000) milliseconds"
    )
    hasAsked = true
    if let now = head.header[Wire.now].flatMap({ Int64($0) }) { told = (Instant(nanoseconds: now), steady) }
    isManual = told != nil && head.header[Wire.clock] == "manual"
    for warning in Failures.warnings(head.header) { onWarning?(warning) }
  }
}

/// A request to the API.
struct RemoteCall {
  let method: String
  let target: String
  var header = Header()
  let body: [UInt8]?
  let about: Failures.About

  init(
    _ method: String, _ path: String, _ query: [(name: String, value: String)] = [], accept: String = "application/json",
    body: Value? = nil, type: String = "application/json", kind: Kind? = nil, name: String = ""
  ) {
    self.method = method
    target = query.isEmpty ? path : "\(path)?\(URLText.query(query))"
    header.add("Accept", accept)
    header.add("User-Agent", "kctl")
    if body != nil { header.add("Content-Type", type) }
    self.body = body.map { value in
      var bytes: [UInt8] = []
      JSON.write(value, to: &bytes)
      return bytes
    }
    about = Failures.About(verb: method.lowercased(), kind: kind, name: name)
  }

  func request(_ prefix: String) -> ClientRequest { ClientRequest(method, prefix + target, header: header, body: body) }
}
