import APIMachinery
import Arguments
import Client
import Formats

// kctl logs: what containers have written.

/// `kctl logs`
enum LogsCommand {
  struct Options: Sendable {
    var selector = SelectorOptions()
    var container = ""
    var allContainers = false
    var allPods = false
    var follow = false
    var previous = false
    var timestamps = false
    var prefix = false
    var ignoreErrors = false
    var since = Duration.zero
    var sinceTime = ""
    var tail: Int?
    var limitBytes = 0
    var maxRequests = 5
    var podTimeout = Duration.seconds(20)
    var insecure = false
  }

  static var row: Command<Session> {
    Command(
      "logs", "Print the logs for a container in a pod", section: CommandTable.Section.inspect,
      usage: "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
      about:
        "Of a workload, the logs of one of its pods are printed. The container may be left out where there is only one, or the first is meant.",
      examples: [
        Example("The last lines of a Deployment's pod", "kctl logs deploy/web --tail=5"),
        Example("All pods with a label, each line with its pod", "kctl logs -l app=web --prefix"),
      ], completes: .asked("logs"), options: { Options() }, flags: { flags }, run: { try run($0, $1.words, $2) })
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    var logs = try Logs(options, words, session)
    try logs.run()
  }

  static var flags: [Flag<Options>] {
    [SelectorOptions.label.inside(\.selector)] + [
      .text("container", "c", \.container, value: "CONTAINER", completes: .asked("containers"), "the container of the pod"),
      .toggle("all-containers", nil, \.allContainers, "all containers of the pods"),
      .toggle("all-pods", nil, \.allPods, "all pods of the workload, with -f those that come later too; each line with its pod"),
      .toggle("follow", "f", \.follow, "go on as new lines come"),
      .toggle("previous", "p", \.previous, "the logs of the container before its last restart"),
      .toggle("timestamps", nil, \.timestamps, "each line with its time"),
      .toggle("prefix", nil, \.prefix, "each line with its pod and container"),
      .toggle("ignore-errors", nil, \.ignoreErrors, "go on where the logs of one of several can't be read"),
      .duration("since", nil, \.since, default: "0s", "only lines newer than this"),
      .text("since-time", nil, \.sinceTime, value: "TIME", "only lines since this moment (RFC 3339)"),
      .number("tail", nil, \.tail, value: "LINES", default: "-1", "so many of the last lines; -1 is all, 10 with a selector"),
      .number("limit-bytes", nil, \.limitBytes, value: "BYTES", default: "0", "at most so many bytes; 0 is all"),
      .number("max-log-requests", nil, \.maxRequests, default: "5", "how many logs to follow at once with a selector"),
      .duration("pod-running-timeout", nil, \.podTimeout, default: "20s", "how long to wait for a workload's first pod"),
      .toggle("insecure-skip-tls-verify-backend", nil, \.insecure, hidden: true, ""),
    ]
  }
}

/// One run of `kctl logs`.
private struct Logs {
  /// A container whose log is wanted.
  struct Request {
    let pod: Value
    let container: String
    var prefix: String { "[pod/\(pod.name)/\(container)] " }
  }

  let options: LogsCommand.Options
  let session: Session
  let argument: String?
  let container: String
  let log: LogOptions
  /// Where all pods of a workload are followed: what starts later.
  private var later: LaterRuns?

  static let usage =
    "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"

  init(_ options: LogsCommand.Options, _ words: [String], _ session: Session) throws {
    self.options = options
    self.session = session
    var inline = options.container
    switch words.count {
    case 0: if options.selector.labels.isEmpty { throw UsageFailure(Logs.usage, "logs") }
    case 1: if !options.selector.labels.isEmpty { throw UsageFailure("only a selector (-l) or a POD name is allowed", "logs") }
    case 2:
      if !inline.isEmpty { throw UsageFailure("only one of -c or an inline [CONTAINER] arg is allowed", "logs") }
      inline = words[1]
    default: throw UsageFailure(Logs.usage, "logs")
    }
    argument = words.first
    container = inline
    if options.insecure {
      throw Failure(
        "--insecure-skip-tls-verify-backend concerns how a server reaches its kubelets over HTTPS, which this build does not ask for")
    }
    if options.allContainers, !inline.isEmpty {
      throw Failure("--all-containers=true should not be specified with container name \(inline)")
    }
    if !options.sinceTime.isEmpty, options.since != .zero { throw Failure("at most one of `sinceTime` or `sinceSeconds` may be specified") }
    if options.since < .zero { throw Failure("--since must be greater than 0") }
    if options.limitBytes < 0 { throw Failure("--limit-bytes must be greater than 0") }
    let tail = options.tail ?? (options.selector.labels.isEmpty ? -1 : 10)
    if tail < -1 { throw Failure("--tail must be greater than or equal to -1") }
    var log = LogOptions()
    log.follow = options.follow
    log.previous = options.previous
    log.timestamps = options.timestamps
    log.tailLines = tail < 0 ? nil : tail
    log.limitBytes = options.limitBytes > 0 ? options.limitBytes : nil
    if options.since > .zero { log.since = try session.client().now - .seconds((options.since.nanoseconds + 999_999_999) / 1_000_000_000) }
    if !options.sinceTime.isEmpty {
      guard let time = Instant(rfc3339: options.sinceTime) else {
        let quoted = Read.quoted(options.sinceTime)
        throw Failure("parsing time \(quoted) as \"2006-01-02T15:04:05Z07:00\": cannot parse \(quoted) as \"2006\"")
      }
      log.since = time
    }
    self.log = log
  }

  mutating func run() throws {
    let pods = try pods()
    let requests = try pods.flatMap { try self.requests($0) }
    if options.follow, requests.count > 1 || later != nil {
      if requests.count > options.maxRequests {
        throw Failure(
          "you are attempting to follow \(requests.count) log streams, but maximum allowed concurrency is \(options.maxRequests), use --max-log-requests to increase the limit"
        )
      }
      return try print(requests, together: true)
    }
    try print(requests, together: false)
  }

  // Which pods and containers.

  private var workload: WorkloadPods { WorkloadPods(session, patience: options.podTimeout) }

  private mutating func pods() throws -> [Value] {
    let namespace = try session.namespace()
    guard let argument else {
      let pods = try workload.pods(with: options.selector.labels, waiting: false)
      if pods.isEmpty { session.say("No resources found in \(namespace) namespace.") }
      return pods
    }
    var query = ResourceQuery(session)
    query.words = argument.contains("/") ? [argument] : ["pods", argument]
    let found = try query.find()
    if let error = found.errors.first {
      if let status = error as? Status, status.reason == .notFound {
        throw Failure("error from server (NotFound): \(status.message) in namespace \(Read.quoted(namespace))", hints: status.hints)
      }
      throw error
    }
    guard let item = found.items.first, let object = item.object else { return [] }
    if item.kind.name == "Pod" { return [object] }
    let selector = try workload.selector(of: object, item.kind, to: "get the logs from")
    var candidates = try workload.pods(with: selector, waiting: true)
    if options.allPods, options.follow {
      // Those that the watch begins with, so that none comes between.
      let later = try LaterRuns(session, selector: selector)
      self.later = later
      candidates = later.present
    }
    candidates.sort { PodOrder.forLogs.isBetter($0, than: $1) }
    if options.allPods { return candidates }
    guard let pod = candidates.first else { throw Failure("timed out waiting for the condition") }
    if candidates.count > 1 { session.say("Found \(candidates.count) pods, using pod/\(pod.name)") }
    return [pod]
  }

  private func requests(_ pod: Value, isLater: Bool = false) throws -> [Request] {
    let names = ContainerNames(pod)
    if options.allContainers { return names.inOrderOfStart.map { Request(pod: pod, container: $0) } }
    if !container.isEmpty {
      guard names.all.contains(container) else {
        throw Failure("container \(container) is not valid for pod \(pod.name)", hints: names.hints(for: container))
      }
      return [Request(pod: pod, container: container)]
    }
    return names.chosen(telling: isLater ? nil : session).map { [Request(pod: pod, container: $0)] } ?? []
  }

  // Reading.

  /// - Parameter isLater: whether all of it is wanted: it began when the others were followed already.
  private func open(_ request: Request, isLater: Bool = false) throws -> any EventStream {
    var log = log
    if isLater { (log.since, log.tailLines) = (nil, nil) }
    log.container = request.container
    return try session.client().logs(namespace: request.pod.namespace, pod: request.pod.name, log)
  }

  /// Prints logs one behind the other, or as their lines come.
  private func print(_ requests: [Request], together: Bool) throws {
    var open: [(request: Request, stream: any EventStream)] = []
    defer { later?.stream.cancel() }
    for request in requests {
      _ = later?.begin(request.container, of: request.pod)
      do {
        let stream = try self.open(request)
        if together {
          open.append((request, stream))
        } else {
          try follow([(request, stream)])
        }
      } catch let status as Status {
        if !options.ignoreErrors { throw status }
        session.print("error: \(status.message)")
      }
    }
    if together { try follow(open) }
  }

  /// The containers of a pod that nobody has followed yet.
  private func begun(in pod: Value) throws -> [(request: Request, stream: any EventStream)] {
    try requests(pod, isLater: true).filter { later?.begin($0.container, of: pod) ?? false }
      .map { ($0, try open($0, isLater: true)) }
  }

  private func renewed() throws -> [(request: Request, stream: any EventStream)] { try later?.renew().flatMap(begun) ?? [] }

  private func follow(_ sources: [(request: Request, stream: any EventStream)]) throws {
    var open = sources
    var midLine = false
    while !open.isEmpty || later?.mayBring ?? false {
      switch try session.next(of: open.map(\.stream) + (later.map { [$0.stream] } ?? []), until: nil) {
      case .event(open.count, let event):
        // One that has lasted too long begins anew, too.
        if case .error = event { open += try renewed() } else if let pod = later?.take(event) { open += try begun(in: pod) }
      case .ended(open.count): open += try renewed()
      case .event(let i, .log(let bytes)):
        let text = String(decoding: bytes, as: UTF8.self)
        guard options.prefix || options.allPods, open.indices.contains(i) else {
          session.console.write(text)
          continue
        }
        var out = ""
        var rest = Substring(text)
        while !rest.isEmpty {
          if !midLine { out += open[i].request.prefix }
          let line = rest.firstIndex(of: "\n").map { rest[...$0] } ?? rest
          out += line
          midLine = !line.hasSuffix("\n")
          rest = rest[line.endIndex...]
        }
        session.console.write(out)
      case .event(let i, .error(let status)):
        if !options.ignoreErrors { throw status }
        if open.indices.contains(i) { open.remove(at: i) }
      case .event: break
      case .ended(let i): if open.indices.contains(i) { open.remove(at: i) }
      case .deadline, .stuck: return
      }
    }
  }
}
