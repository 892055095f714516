import APIMachinery
import Arguments
import Client
import Formats

// kctl rollout pause, resume and restart.

/// What changes a rollout by changing its object.
enum RolloutChange {
  enum Verb: String, Sendable {
    case pause, resume, restart

    var done: String {
      switch self {
      case .pause: "paused"
      case .resume: "resumed"
      case .restart: "restarted"
      }
    }
    var doing: String {
      switch self {
      case .pause: "pausing"
      case .resume: "resuming"
      case .restart: "restarting"
      }
    }
  }

  static var pause: Command<Session> {
    row(.pause, "Mark the provided resource as paused", "Hold a rollout", "kctl rollout pause deploy/web")
  }
  static var resume: Command<Session> {
    row(.resume, "Resume a paused resource", "Let a rollout go on", "kctl rollout resume deploy/web")
  }
  static var restart: Command<Session> {
    row(.restart, "Restart a resource", "New pods for all old ones", "kctl rollout restart deploy/web")
  }

  private static func row(_ verb: Verb, _ summary: String, _ why: String, _ line: String) -> Command<Session> {
    Command(
      verb.rawValue, summary, usage: "(TYPE NAME | TYPE/NAME)", examples: [Example(why, line)], completes: .asked("rollouts"),
      options: { RolloutCommand.Options() },
      flags: {
        RolloutCommand.Options.flags(output: true) + [
          .text("field-manager", nil, \.fieldManager, value: "NAME", default: "kubectl-rollout", "who is noted as the owner of the fields")
        ]
      }, run: { try run(verb, $0, $1.words, $2) })
  }

  private static func run(_ verb: Verb, _ options: RolloutCommand.Options, _ words: [String], _ session: Session) throws {
    let printer = try ResultPrinter(session, options.output, dryRun: .none)
    let found = try RolloutCommand.query(options, words, session).find()
    if found.items.isEmpty, found.errors.isEmpty { session.say(try nothing(session, options)) }
    try found.visit { item in
      var item = item
      let patch = try change(verb, item, session)
      var write = WriteOptions()
      write.fieldManager = options.fieldManager
      item.object = try session.client().patch(item.key, subresource: nil, .strategic(patch), write)
      try printer.print(item, verb.done)
    }
  }

  private static func nothing(_ session: Session, _ options: RolloutCommand.Options) throws -> String {
    "No resources found in \(try session.namespace()) namespace."
  }

  private static func change(_ verb: Verb, _ item: Item, _ session: Session) throws -> Value {
    let object = item.object ?? .null
    let named = "\(item.kind.qualifiedPlural) \(Read.quoted(item.name))"
    let paused = object["spec"]["paused"].bool == true
    let known = item.kind.group == "apps" && (item.kind.name == "Deployment" || verb == .restart && RolloutProgress.isKnown(item.kind))
    guard known else { throw Failure("\(named) \(verb.doing) is not supported") }
    switch verb {
    case .pause:
      if paused { throw Failure("\(named) is already paused") }
      return ["spec": ["paused": true]]
    case .resume:
      if !paused { throw Failure("\(named) is not paused") }
      return ["spec": ["paused": nil]]
    case .restart:
      if paused { throw Failure("\(named) can't restart paused deployment (run rollout resume first)") }
      let now = try session.client().now.rfc3339
      if object["spec"]["template"]["metadata"]["annotations"][restarted].string == now {
        throw Failure("if restart has already been triggered within the past second, please wait before attempting to trigger another")
      }
      return ["spec": ["template": ["metadata": ["annotations": [restarted: .string(now)]]]]]
    }
  }

  private static let restarted = "kubectl.kubernetes.io/restartedAt"
}
