import API
import APIMachinery
import Arguments
import Client
import Formats

// kctl drain: nodes cordoned, and their pods evicted.

/// `kctl drain`
enum DrainCommand {
  struct Options: Sendable {
    var selector = SelectorOptions()
    var dryRun = DryRunOptions()
    var force = false
    var gracePeriod: Int64 = -1
    var ignoreDaemonSets = false
    var timeout = Duration.zero
    var deleteEmptyDirData = false
    var podSelector = ""
    var disableEviction = false
    var skipWait: Int64 = 0
    var chunk = 500
  }

  static var row: Command<Session> {
    Command(
      "drain", "Drain node in preparation for maintenance", section: CommandTable.Section.cluster, usage: "NODE",
      about: "No new pods are placed on the node, and those that it has are evicted: what controls them brings them back elsewhere.",
      examples: [
        Example("Empty a node", "kctl drain node-1"),
        Example("Even of pods that nothing brings back", "kctl drain node-1 --force --grace-period=5"),
      ], completes: .asked("nodes"), options: { Options() }, flags: { flags }, run: { try Drain($0, $1.words, $2).run() })
  }

  static var flags: [Flag<Options>] {
    [SelectorOptions.label.inside(\Options.selector)] + DryRunOptions.flags.inside(\.dryRun) + [
      .toggle("force", nil, \.force, "go on although there are pods that no controller brings back"),
      .number("grace-period", nil, \.gracePeriod, value: "SECONDS", default: "-1", "how long pods may take to end; -1 is their own"),
      .toggle("ignore-daemonsets", nil, \.ignoreDaemonSets, "leave the pods of DaemonSets where they are"),
      .duration("timeout", nil, \.timeout, default: "0s", "when to give up; 0 is never"),
      .toggle("delete-emptydir-data", nil, \.deleteEmptyDirData, "go on although there are pods whose emptyDir volumes will be lost"),
      .text("pod-selector", nil, \.podSelector, value: "SELECTOR", "only pods with these labels"),
      .toggle("disable-eviction", nil, \.disableEviction, "delete pods instead of evicting them"),
      .number(
        "skip-wait-for-delete-timeout", nil, \.skipWait, value: "SECONDS", default: "0",
        "don't wait for pods whose deletion began longer ago than this; 0 waits for all"),
      .number("chunk-size", nil, \.chunk, value: "N", default: "500", "how many objects a list brings at once; 0 is all"),
    ]
  }
}

/// One run of `kctl drain`.
private struct Drain {
  let options: DrainCommand.Options
  let words: [String]
  let session: Session
  let dryRun: DryRun

  init(_ options: DrainCommand.Options, _ words: [String], _ session: Session) throws {
    self.options = options
    self.words = words
    self.session = session
    dryRun = try options.dryRun.strategy(session)
    if options.chunk < 0 { throw UsageFailure("--chunk-size must be zero or more, got \(options.chunk)", "drain") }
  }

  func run() throws {
    var cordon = CordonCommand.Options()
    cordon.selector = options.selector
    cordon.dryRun = options.dryRun
    let nodes = try CordonCommand.run("cordon", true, cordon, words, session, usage: "drain")
    var failures: [any Error] = []
    var drained: Set<String> = []
    for node in nodes {
      do {
        try empty(node.name)
        drained.insert(node.name)
        session.print("\(node.spelled) drained\(dryRun.suffix)")
      } catch {
        session.say("error: unable to drain node \(Read.quoted(node.name)) due to error: \(Complaint.line(error)), continuing command...")
        session.say("There are pending nodes to be drained:")
        for other in nodes where !drained.contains(other.name) { session.say(" \(other.name)") }
        failures += (error as? Several)?.errors ?? [error]
      }
    }
    // Told as they are, without `error: ` before them.
    try Several.check(failures.map { $0 is Status ? $0 : PlainFailure(Complaint.line($0), hints: Complaint.hints($0)) })
  }

  // Which pods.

  /// What is to be done about a pod.
  private enum Verdict {
    case go
    case goWarning(String)
    case skip
    case skipWarning(String)
    case refuse(String)
  }

  private func judge(_ pod: Value, _ now: Instant) throws -> Verdict {
    if options.skipWait > 0, let since = pod["metadata"]["deletionTimestamp"].string.flatMap({ Instant(rfc3339: $0) }),
      now - since > .seconds(options.skipWait)
    {
      return .skip
    }
    let isOver = pod.podHasEnded
    let controller = pod.controllerReference
    if let controller, controller["kind"].text == "DaemonSet", !isOver {
      let text = "DaemonSet-managed Pods"
      return options.ignoreDaemonSets
        ? .skipWarning("ignoring \(text)") : .refuse("cannot delete \(text) (use --ignore-daemonsets to ignore)")
    }
    if pod.annotation("kubernetes.io/config.mirror") != nil { return .skip }
    if isOver { return .go }
    let isLocal = pod["spec"]["volumes"].items.contains { $0.has("emptyDir") }
    if isLocal, !options.deleteEmptyDirData {
      return .refuse("cannot delete Pods with local storage (use --delete-emptydir-data to override)")
    }
    if controller == nil {
      return options.force
        ? .goWarning("deleting Pods that declare no controller")
        : .refuse("cannot delete Pods that declare no controller (use --force to override)")
    }
    return .go
  }

  /// Texts, each with the pods that it is about, in the order in which they came up.
  private struct Notes {
    var rows: [(text: String, pods: [String])] = []

    mutating func add(_ text: String, _ pod: Value) {
      let name = "\(pod.namespace)/\(pod.name)"
      if let i = rows.firstIndex(where: { $0.text == text }) { rows[i].pods.append(name) } else { rows.append((text, [name])) }
    }

    var lines: [String] { rows.map { "\($0.text): \($0.pods.joined(separator: ", "))" } }
  }

  private func pods(of node: String) throws -> (pods: [Value], warnings: Notes, refused: Notes) {
    let client = try session.client()
    var list = ListOptions()
    list.fieldSelector = "spec.nodeName=\(node)"
    list.labelSelector = options.podSelector
    var (pods, warnings, refused) = ([Value](), Notes(), Notes())
    for pod in try client.list(Kinds.pod, namespace: nil, list).items {
      switch try judge(pod, client.now) {
      case .go: pods.append(pod)
      case .goWarning(let text):
        pods.append(pod)
        warnings.add(text, pod)
      case .skip: break
      case .skipWarning(let text): warnings.add(text, pod)
      case .refuse(let text): refused.add(text, pod)
      }
    }
    return (pods, warnings, refused)
  }

  // What is done about them.

  private func empty(_ node: String) throws {
    let (pods, warnings, refused) = try pods(of: node)
    try Several.check(refused.lines.map { PlainFailure($0) })
    if !warnings.rows.isEmpty { session.say("Warning: \(warnings.lines.joined(separator: "; "))") }
    do {
      try evict(pods, of: node)
    } catch {
      if let pending = try? self.pods(of: node).pods, !pending.isEmpty {
        session.say("There are pending pods in node \(Read.quoted(node)) when an error occurred: \(Complaint.line(error))")
        for pod in pending { session.say("pod/\(pod.name)") }
      }
      throw error
    }
  }

  /// A pod on its way out.
  private struct Leaving {
    let pod: Value
    /// When its eviction is tried next; nil: it was accepted.
    var attempt: Instant?
  }

  private func evict(_ pods: [Value], of node: String) throws {
    let client = try session.client()
    let begun = client.now
    let deadline = options.timeout > .zero ? begun + options.timeout : nil
    // kubectl begins with the last and goes on with the first: it starts them all at once.
    var leaving = (pods.suffix(1) + pods.dropLast()).map { Leaving(pod: $0, attempt: begun) }
    var list = ListOptions()
    list.fieldSelector = "spec.nodeName=\(node)"
    list.resourceVersion = try client.list(Kinds.pod, namespace: nil, list).resourceVersion
    let stream = try client.watch(Kinds.pod, namespace: nil, list)
    defer { stream.cancel() }
    defer { session.waited() }
    var failures: [any Error] = []
    while true {
      session.waited()
      for i in leaving.indices where leaving[i].attempt.map({ $0 <= client.now }) == true {
        leaving[i].attempt = try attempt(leaving[i].pod, &failures)
      }
      if dryRun != .none { return try Several.check(failures) }
      let gone = Set(failures.compactMap { ($0 as? EvictionFailure)?.uid })
      leaving.removeAll { gone.contains($0.pod.uid) }
      for pod in leaving.filter({ $0.attempt == nil }).map(\.pod) where try isGone(pod) { leave(pod, &leaving) }
      if leaving.isEmpty { break }
      if let deadline, client.now >= deadline {
        for one in leaving { failures.append(timedOut(one)) }
        break
      }
      session.waiting(for: "waiting for \(leaving.count) \(leaving.count == 1 ? "pod" : "pods") to end")
      let until = (leaving.compactMap(\.attempt) + (deadline.map { [$0] } ?? [])).min()
      switch try session.next(of: [stream], until: until) {
      case .stuck: throw Session.stuck("pods do not end: \(leaving.map(\.pod.name).joined(separator: ", "))")
      case .event, .ended, .deadline: break
      }
    }
    try Several.check(failures.map { ($0 as? EvictionFailure).map { PlainFailure($0.text) } ?? $0 })
  }

  /// What went wrong with one pod.
  private struct EvictionFailure: Error {
    let uid: String
    let text: String
  }

  private func timedOut(_ one: Leaving) -> PlainFailure {
    let reached = "global timeout reached: \(options.timeout.goText)"
    return PlainFailure(
      one.attempt != nil
        ? "error when evicting pods/\(Read.quoted(one.pod.name)) -n \(Read.quoted(one.pod.namespace)): \(reached)"
        : "error when waiting for pod \(Read.quoted(one.pod.name)) in namespace \(Read.quoted(one.pod.namespace)) to terminate: \(reached)")
  }

  private func isGone(_ pod: Value) throws -> Bool {
    let client = try session.client()
    do throws(Status) {
      return try client.get(ObjectKey(Kinds.pod, pod.namespace, pod.name), subresource: nil).uid != pod.uid
    } catch {
      if error.reason == .notFound { return true }
      throw error
    }
  }

  private func leave(_ pod: Value, _ leaving: inout [Leaving]) {
    session.print("pod/\(pod.name) \(options.disableEviction ? "deleted" : "evicted")")
    leaving.removeAll { $0.pod.uid == pod.uid }
  }

  /// Asks for a pod's end. Returns when to ask again; nil: it was accepted.
  private func attempt(_ pod: Value, _ failures: inout [any Error]) throws -> Instant? {
    let client = try session.client()
    session.print("\(options.disableEviction ? "deleting" : "evicting") pod \(pod.namespace)/\(pod.name)\(dryRun.suffix)")
    if dryRun == .client { return nil }
    let key = ObjectKey(Kinds.pod, pod.namespace, pod.name)
    do throws(Status) {
      if options.disableEviction {
        var delete = DeleteOptions()
        delete.gracePeriodSeconds = options.gracePeriod < 0 ? nil : options.gracePeriod
        delete.dryRun = dryRun == .server
        _ = try client.delete(key, delete)
      } else {
        var eviction: Value = [
          "apiVersion": "policy/v1", "kind": "Eviction",
          "metadata": ["name": .string(pod.name), "namespace": .string(pod.namespace)],
        ]
        if options.gracePeriod >= 0 { eviction["deleteOptions"] = ["gracePeriodSeconds": .int(options.gracePeriod)] }
        var write = WriteOptions()
        write.dryRun = dryRun == .server
        _ = try client.create(key, subresource: "eviction", eviction, write)
      }
      return nil
    } catch {
      let doing = "error when evicting pods/\(Read.quoted(pod.name)) -n \(Read.quoted(pod.namespace))"
      switch error.reason {
      case .notFound: return nil
      case .tooManyRequests:
        session.say("\(doing) (will retry after 5s): \(error.message)")
        return client.now + .seconds(5)
      default:
        failures.append(EvictionFailure(uid: pod.uid, text: "\(doing): \(error.message)"))
        return nil
      }
    }
  }
}
