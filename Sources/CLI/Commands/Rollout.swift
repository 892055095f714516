import APIMachinery
import Arguments
import Client
import Formats
import Printers

// kctl rollout: how a Deployment's pods come to be of a new kind, watched, told, undone, held.

/// `kctl rollout`
enum RolloutCommand {
  static var row: Command<Session> {
    Command(
      "rollout", "Manage the rollout of a resource", section: CommandTable.Section.deploy,
      commands: [
        RolloutHistory.row, RolloutChange.pause, RolloutChange.restart, RolloutChange.resume, RolloutStatus.row, RolloutUndo.row,
      ])
  }

  /// What all rollout commands take to name what they work on.
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var output = OutputOptions()
    var dryRun = DryRunOptions()
    var fieldManager = "kubectl-rollout"
    var revision: Int64 = 0
    var watch = true
    var timeout = Duration.zero

    static func flags(output: Bool) -> [Flag<Options>] {
      FileOptions.flags("what to work on").inside(\.files) + [SelectorOptions.label.inside(\.selector)]
        + (output ? OutputOptions.flags.inside(\.output) : [])
    }
  }

  static func query(_ options: Options, _ words: [String], _ session: Session) throws -> ResourceQuery {
    if words.isEmpty, options.files.isEmpty { throw Failure("required resource not specified") }
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.selector = options.selector
    query.latest = true
    query.emptySelectsAll = true
    return query
  }
}

/// `kctl rollout status`
enum RolloutStatus {
  static var row: Command<Session> {
    Command(
      "status", "Show the status of the rollout", usage: "(TYPE NAME | TYPE/NAME)",
      about: "Watches the rollout until it is done or has failed.",
      examples: [Example("Wait until a Deployment is rolled out", "kctl rollout status deploy/web --timeout=90s")],
      completes: .asked("rollouts"),
      options: { RolloutCommand.Options() },
      flags: {
        RolloutCommand.Options.flags(output: false) + [
          .toggle("watch", "w", \.watch, default: true, "wait until the rollout is done"),
          .number("revision", nil, \.revision, default: "0", "the revision that is to be rolled out; 0 is the latest"),
          .duration("timeout", nil, \.timeout, default: "0s", "how long to wait; 0 is without end"),
        ]
      }, run: { try run($0, $1.words, $2) })
  }

  static func run(_ options: RolloutCommand.Options, _ words: [String], _ session: Session) throws {
    if options.revision < 0 { throw Failure("revision must be a positive integer: \(options.revision)") }
    try RolloutCommand.query(options, words, session).find().visit { item in
      guard RolloutProgress.isKnown(item.kind) else {
        throw Failure("no status viewer has been implemented for \(item.kind.groupKind)")
      }
      var announced = false
      func judge(_ object: Value?) throws -> Follower.Judgement {
        guard let object else {
          if announced { throw Failure("object has been deleted") }
          throw Status.notFound(item.kind, item.name)
        }
        announced = true
        let (text, done) = try RolloutProgress.of(object, item.kind, revision: options.revision)
        session.console.write(text)
        return done ? .done : .goOn
      }
      guard options.watch else {
        _ = try judge(item.object)
        return
      }
      switch try Follower(session, item, timeout: options.timeout == .zero ? nil : options.timeout).follow(judge) {
      case .done: break
      case .deadline: throw Failure("timed out waiting for the condition")
      case .stuck: throw Session.stuck("timed out waiting for the condition")
      }
    }
  }
}

extension Kind {
  /// `Deployment.apps`, as Go prints a GroupKind.
  var groupKind: String { group.isEmpty ? name : "\(name).\(group)" }
}

/// How far a rollout is, in kubectl's sentences.
enum RolloutProgress {
  static func isKnown(_ kind: Kind) -> Bool { kind.group == "apps" && ["Deployment", "DaemonSet", "StatefulSet"].contains(kind.name) }

  /// - Returns: a line (with its end), and whether the rollout is done.
  static func of(_ object: Value, _ kind: Kind, revision: Int64) throws -> (String, done: Bool) {
    switch kind.name {
    case "DaemonSet": return try daemonSet(object)
    case "StatefulSet": return try statefulSet(object)
    default: return try deployment(object, revision)
    }
  }

  private static func deployment(_ object: Value, _ revision: Int64) throws -> (String, Bool) {
    if revision > 0 {
      guard let now = object.annotation("deployment.kubernetes.io/revision").flatMap({ Int64($0) }) else {
        throw Failure("cannot get the revision of deployment \(Read.quoted(object.name)): strconv.ParseInt: parsing \"\": invalid syntax")
      }
      if now != revision { throw Failure("desired revision (\(revision)) is different from the running revision (\(now))") }
    }
    let status = object["status"]
    guard object.generation <= status["observedGeneration"].int ?? 0 else {
      return ("Waiting for deployment spec update to be observed...\n", false)
    }
    let name = Read.quoted(object.name)
    if status["conditions"].items.contains(where: { $0["type"] == "Progressing" && $0["reason"] == "ProgressDeadlineExceeded" }) {
      throw Failure("deployment \(name) exceeded its progress deadline")
    }
    let updated = status["updatedReplicas"].int ?? 0
    let total = status["replicas"].int ?? 0
    let available = status["availableReplicas"].int ?? 0
    if let wanted = object["spec"]["replicas"].int, updated < wanted {
      return ("Waiting for deployment \(name) rollout to finish: \(updated) out of \(wanted) new replicas have been updated...\n", false)
    }
    if total > updated {
      return ("Waiting for deployment \(name) rollout to finish: \(total - updated) old replicas are pending termination...\n", false)
    }
    if available < updated {
      return ("Waiting for deployment \(name) rollout to finish: \(available) of \(updated) updated replicas are available...\n", false)
    }
    return ("deployment \(name) successfully rolled out\n", true)
  }

  private static func daemonSet(_ object: Value) throws -> (String, Bool) {
    let strategy = object["spec"]["updateStrategy"]["type"].text
    if strategy != "RollingUpdate" { throw Failure("rollout status is only available for RollingUpdate strategy type") }
    let status = object["status"]
    guard object.generation <= status["observedGeneration"].int ?? 0 else {
      return ("Waiting for daemon set spec update to be observed...\n", false)
    }
    let name = Read.quoted(object.name)
    let wanted = status["desiredNumberScheduled"].int ?? 0
    let updated = status["updatedNumberScheduled"].int ?? 0
    let available = status["numberAvailable"].int ?? 0
    if updated < wanted {
      return ("Waiting for daemon set \(name) rollout to finish: \(updated) out of \(wanted) new pods have been updated...\n", false)
    }
    if available < wanted {
      return ("Waiting for daemon set \(name) rollout to finish: \(available) of \(wanted) updated pods are available...\n", false)
    }
    return ("daemon set \(name) successfully rolled out\n", true)
  }

  private static func statefulSet(_ object: Value) throws -> (String, Bool) {
    let spec = object["spec"]
    let status = object["status"]
    if spec["updateStrategy"]["type"].text != "RollingUpdate" {
      throw Failure("rollout status is only available for RollingUpdate strategy type")
    }
    guard let observed = status["observedGeneration"].int, observed > 0, object.generation <= observed else {
      return ("Waiting for statefulset spec update to be observed...\n", false)
    }
    let updated = status["updatedReplicas"].int ?? 0
    if let wanted = spec["replicas"].int, (status["readyReplicas"].int ?? 0) < wanted {
      return ("Waiting for \(wanted - (status["readyReplicas"].int ?? 0)) pods to be ready...\n", false)
    }
    if let wanted = spec["replicas"].int, let partition = spec["updateStrategy"]["rollingUpdate"]["partition"].int {
      if updated < wanted - partition {
        return (
          "Waiting for partitioned roll out to finish: \(updated) out of \(wanted - partition) new pods have been updated...\n", false
        )
      }
      return ("partitioned roll out complete: \(updated) new pods have been updated...\n", true)
    }
    if status["updateRevision"] != status["currentRevision"] {
      return (
        "waiting for statefulset rolling update to complete \(updated) pods at revision \(status["updateRevision"].text)...\n", false
      )
    }
    return (
      "statefulset rolling update complete \(status["currentReplicas"].int ?? 0) pods at revision \(status["currentRevision"].text)...\n",
      true
    )
  }
}
