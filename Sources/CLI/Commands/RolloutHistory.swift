import APIMachinery
import Arguments
import Client
import Formats
import Printers

// kctl rollout history and undo: a Deployment's revisions, which its ReplicaSets are.

/// A Deployment's revisions.
struct Revisions {
  static let annotation = "deployment.kubernetes.io/revision"
  static let cause = "kubernetes.io/change-cause"

  /// Revision and ReplicaSet, oldest first.
  let list: [(number: Int64, replicaSet: Value)]

  init(of deployment: Value, _ session: Session) throws {
    let client = try session.client()
    guard let kind = try session.resources().kind(apiVersion: "apps/v1", kind: "ReplicaSet") else {
      throw Failure("no matches for kind \"ReplicaSet\" in version \"apps/v1\"")
    }
    var options = ListOptions()
    options.labelSelector = Selector.format(labelSelector: deployment["spec"]["selector"])
    let owned = try client.list(kind, namespace: deployment.namespace, options).items.filter {
      $0.controllerReference?["uid"].text == deployment.uid
    }
    list = owned.compactMap { set in set.annotation(Revisions.annotation).flatMap { Int64($0) }.map { ($0, set) } }.sorted { $0.0 < $1.0 }
  }

  func template(_ number: Int64) -> Value? { list.first { $0.number == number }?.replicaSet["spec"]["template"] }
}

/// `kctl rollout history`
enum RolloutHistory {
  static var row: Command<Session> {
    Command(
      "history", "View rollout history", usage: "(TYPE NAME | TYPE/NAME)",
      examples: [
        Example("All revisions of a Deployment", "kctl rollout history deploy/web"),
        Example("What its second was", "kctl rollout history deploy/web --revision=2"),
      ], completes: .asked("rollouts"), options: { RolloutCommand.Options() },
      flags: {
        RolloutCommand.Options.flags(output: true) + [
          .number("revision", nil, \.revision, default: "0", "the revision to show with its pod template; 0 lists all")
        ]
      }, run: { try run($0, $1.words, $2) })
  }

  static func run(_ options: RolloutCommand.Options, _ words: [String], _ session: Session) throws {
    if options.revision < 0 { throw Failure("revision must be a positive integer: \(options.revision)") }
    let printer = try ResultPrinter(session, options.output, dryRun: .none)
    try RolloutCommand.query(options, words, session).find().visit { item in
      guard item.kind.name == "Deployment", item.kind.group == "apps" else {
        throw Failure("no history viewer has been implemented for \(Read.quoted(item.kind.name))")
      }
      let revisions = try Revisions(of: item.object ?? .null, session)
      if printer.printsObjects { return try objects(revisions, options.revision, item, printer) }
      if options.revision > 0 {
        guard let set = revisions.list.first(where: { $0.number == options.revision })?.replicaSet else {
          throw Failure("unable to find the specified revision")
        }
        var template = set["spec"]["template"]
        if let cause = set.annotation(Revisions.cause), !cause.isEmpty {
          template["metadata", "annotations", Revisions.cause] = .string(cause)
        }
        return try printer.print(item, "with revision #\(options.revision)\n\(Describe.template(template))")
      }
      var text = "REVISION\tCHANGE-CAUSE\n"
      for (number, set) in revisions.list {
        let cause = set.annotation(Revisions.cause) ?? ""
        text += "\(number)\t\(cause.isEmpty ? "<none>" : cause)\n"
      }
      try printer.print(item, revisions.list.isEmpty ? "\nNo rollout history found." : "\n\(TabWriter().format(text))")
    }
  }

  private static func objects(_ revisions: Revisions, _ wanted: Int64, _ item: Item, _ printer: ResultPrinter) throws {
    if wanted > 0 {
      guard let set = revisions.list.first(where: { $0.number == wanted })?.replicaSet else {
        throw Failure("unable to find the specified revision")
      }
      return try printer.print(object: set, kind: nil)
    }
    for (_, set) in revisions.list { try printer.print(object: set, kind: nil) }
  }
}

/// `kctl rollout undo`
enum RolloutUndo {
  static var row: Command<Session> {
    Command(
      "undo", "Undo a previous rollout", usage: "(TYPE NAME | TYPE/NAME)",
      examples: [
        Example("Back to what was before", "kctl rollout undo deploy/web"),
        Example("Back to the third revision", "kctl rollout undo deploy/web --to-revision=3"),
      ], completes: .asked("rollouts"), options: { RolloutCommand.Options() },
      flags: {
        RolloutCommand.Options.flags(output: true) + DryRunOptions.flags.inside(\.dryRun) + [
          .number("to-revision", nil, \.revision, default: "0", "the revision to go back to; 0 is the one before")
        ]
      }, run: { try run($0, $1.words, $2) })
  }

  static func run(_ options: RolloutCommand.Options, _ words: [String], _ session: Session) throws {
    let dryRun = try options.dryRun.strategy(session)
    let printer = try ResultPrinter(session, options.output, dryRun: dryRun)
    try RolloutCommand.query(options, words, session).find().visit { item in
      guard item.kind.name == "Deployment", item.kind.group == "apps" else {
        throw Failure("no rollbacker has been implemented for \(Read.quoted(item.kind.name))")
      }
      if options.revision < 0 { throw Failure("unable to find specified revision \(options.revision) in history") }
      try printer.print(item, try undo(item, to: options.revision, dryRun, session))
    }
  }

  /// - Returns: what came of it, in kubectl's words.
  private static func undo(_ item: Item, to wanted: Int64, _ dryRun: DryRun, _ session: Session) throws -> String {
    let deployment = item.object ?? .null
    if deployment["spec"]["paused"].bool == true, dryRun != .client {
      throw Failure("you cannot rollback a paused deployment; resume it first with '\(session.program) rollout resume' and try again")
    }
    let revisions = try Revisions(of: deployment, session).list
    let target: Value
    if wanted == 0 {
      guard revisions.count > 1 else { throw Failure("no rollout history found for deployment \(Read.quoted(item.name))") }
      target = revisions[revisions.count - 2].replicaSet
    } else {
      guard let found = revisions.first(where: { $0.number == wanted })?.replicaSet else {
        throw Failure("unable to find specified revision \(wanted) in history")
      }
      target = found
    }
    var template = target["spec"]["template"]
    if dryRun == .client { return Describe.template(template) }
    if template["metadata"].has("labels") { template["metadata", "labels"].remove("pod-template-hash") }
    if plain(template) == plain(deployment["spec"]["template"]) {
      return "skipped rollback (current template already matches revision \(target.annotation(Revisions.annotation) ?? "0"))"
    }
    // Annotations go back too, but those that belong to the Deployment stay.
    var annotations = Members()
    for kept in ["kubectl.kubernetes.io/last-applied-configuration", Revisions.annotation, "deprecated.deployment.rollback.to"] {
      if let value = deployment.annotation(kept) { annotations[kept] = .string(value) }
    }
    for annotation in target.annotations where !skipped.contains(annotation.key) { annotations[annotation.key] = annotation.value }
    let patch: Value = [
      ["op": "replace", "path": "/spec/template", "value": template],
      ["op": "replace", "path": "/metadata/annotations", "value": .object(annotations)],
    ]
    var write = WriteOptions()
    write.dryRun = dryRun == .server
    write.fieldManager = "kubectl-rollout"
    _ = try session.client().patch(item.key, subresource: nil, .json(patch), write)
    return "rolled back"
  }

  /// What ReplicaSets note for themselves.
  private static let skipped = [
    "kubectl.kubernetes.io/last-applied-configuration", Revisions.annotation, "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas", "deprecated.deployment.rollback.to",
  ]

  private static func plain(_ template: Value) -> Value {
    var template = template
    if template["metadata"].object != nil {
      if template["metadata"]["labels"].object != nil { template["metadata", "labels"].remove("pod-template-hash") }
      if template["metadata"]["creationTimestamp"].isNull { template["metadata"].remove("creationTimestamp") }
    }
    return template
  }
}
