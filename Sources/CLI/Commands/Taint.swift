import APIMachinery
import Arguments
import Client
import Formats

// kctl taint: what keeps pods off nodes.

/// `kctl taint`
enum TaintCommand {
  struct Options: Sendable {
    var selector = SelectorOptions()
    var output = OutputOptions()
    var dryRun = DryRunOptions()
    var validation = ValidationOptions()
    var overwrite = false
    var fieldManager = "kubectl-taint"
  }

  struct Taint: Equatable {
    var key: String
    var value: String
    var effect: String

    /// `key=value:effect`, without what is empty.
    var text: String {
      if effect.isEmpty { return value.isEmpty ? key : "\(key)=\(value):" }
      return value.isEmpty ? "\(key):\(effect)" : "\(key)=\(value):\(effect)"
    }
    func isAt(_ other: Taint) -> Bool { key == other.key && effect == other.effect }
  }

  static let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

  static var row: Command<Session> {
    Command(
      "taint", "Update the taints on one or more nodes", section: CommandTable.Section.cluster,
      usage: "NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N",
      about: "A taint keeps pods off that do not tolerate it. KEY- or KEY:EFFECT- takes taints away.",
      examples: [
        Example("A node for its own kind of work", "kctl taint nodes node-1 dedicated=batch:NoSchedule"),
        Example("And for all again", "kctl taint nodes node-1 dedicated-"),
      ], completes: .asked("nodes"), options: { Options() },
      flags: {
        [SelectorOptions.label, SelectorOptions.everything].inside(\Options.selector) + OutputOptions.flags.inside(\.output)
          + DryRunOptions.flags.inside(\.dryRun) + ValidationOptions.flags.inside(\.validation) + [
            .toggle("overwrite", nil, \.overwrite, "replace taints that are there"),
            .text("field-manager", nil, \.fieldManager, value: "NAME", default: "kubectl-taint", "who is noted as the owner of the fields"),
          ]
      }, run: { try run($0, $1.words, $2) })
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    var resources: [String] = []
    var changes: [String] = []
    for word in words {
      let isTaint = word.contains("=") || word.contains(":") || word.hasSuffix("-")
      if isTaint {
        changes.append(word)
      } else if changes.isEmpty {
        resources.append(word)
      } else {
        throw Failure("all resources must be specified before taint changes: \(word)")
      }
    }
    if resources.isEmpty { throw Failure("one or more resources must be specified as <resource> <name> or <resource>/<name>") }
    if changes.isEmpty { throw Failure("at least one taint update is required") }
    let (added, removed) = try parse(changes)
    let dryRun = try options.dryRun.strategy(session)
    let printer = try ResultPrinter(session, options.output, dryRun: dryRun)
    let type = resources[0].split(separator: "/").first.map(String.init) ?? resources[0]
    let kind = try session.resources().kind(type)
    guard kind.name == "Node" else { throw Failure("invalid resource type \(type), only [\"node\" \"nodes\"] are supported") }
    if resources.count < 2, !resources[0].contains("/"), !options.selector.all, options.selector.labels.isEmpty {
      throw Failure("at least one resource name must be specified since 'all' parameter is not set")
    }
    for taint in added where removed.contains(where: { $0.key == taint.key && ($0.effect.isEmpty || $0.effect == taint.effect) }) {
      throw Failure("can not both modify and remove the following taint(s) in the same command: \(taint.key)")
    }
    var query = ResourceQuery(session)
    query.words = resources
    query.selector = options.selector
    try query.find().visit { item in
      var item = item
      let old = (item.object?["spec"]["taints"].items ?? []).map {
        Taint(key: $0["key"].text, value: $0["value"].text, effect: $0["effect"].text)
      }
      if !options.overwrite {
        let there = added.filter { new in old.contains { $0.isAt(new) } }.map(\.key)
        if !there.isEmpty {
          throw Failure(
            "node \(item.name) already has \(there.joined(separator: ",")) taint(s) with same effect(s) and --overwrite is false")
        }
      }
      let (taints, operation) = try reorganized(old, added, removed, options.overwrite)
      if dryRun != .client {
        // Times of taints that stay are kept.
        let before = item.object?["spec"]["taints"].items ?? []
        let list = taints.map { taint -> Value in
          if let same = before.first(where: {
            $0["key"].text == taint.key && $0["effect"].text == taint.effect && $0["value"].text == taint.value
          }) {
            return same
          }
          var one: Value = ["effect": .string(taint.effect), "key": .string(taint.key)]
          if !taint.value.isEmpty { one["value"] = .string(taint.value) }
          return one
        }
        var write = WriteOptions()
        write.dryRun = dryRun == .server
        write.fieldManager = options.fieldManager
        write.fieldValidation = try options.validation.directive()
        item.object = try session.client().patch(
          item.key, subresource: nil, .merge(["spec": ["taints": list.isEmpty ? .null : .array(list)]]), write)
      }
      try printer.print(item, operation)
    }
  }

  /// A node's taints after the change, and what the change is called.
  static func reorganized(_ old: [Taint], _ added: [Taint], _ removed: [Taint], _ overwrite: Bool) throws -> ([Taint], String) {
    var taints = added + old.filter { taint in !added.contains { $0.isAt(taint) } }
    let grown = taints.count != old.count
    var failures: [any Error] = []
    var shrunk = false
    for gone in removed {
      let before = taints.count
      taints.removeAll { $0.key == gone.key && (gone.effect.isEmpty || $0.effect == gone.effect) }
      if taints.count == before { failures.append(Failure("taint \(Read.quoted(gone.text)) not found")) } else { shrunk = true }
    }
    try Several.check(failures)
    return (taints, grown && shrunk || overwrite ? "modified" : grown ? "tainted" : "untainted")
  }

  static func parse(_ texts: [String]) throws -> (added: [Taint], removed: [Taint]) {
    var added: [Taint] = []
    var removed: [Taint] = []
    func refuse(_ text: String) -> UsageFailure { UsageFailure(text, "taint") }
    for text in texts {
      let isRemoval = text.hasSuffix("-")
      let body = isRemoval ? String(text.dropLast()) : text
      let colon = body.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard colon.count <= 2 else { throw refuse("invalid taint spec: \(text)") }
      let pair = colon[0].split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard pair.count <= 2 else { throw refuse("invalid taint spec: \(text)") }
      let taint = Taint(key: pair[0], value: pair.count > 1 ? pair[1] : "", effect: colon.count > 1 ? colon[1] : "")
      if !isRemoval, colon.count < 2 { throw refuse("invalid taint spec: \(text)") }
      if !taint.effect.isEmpty || !isRemoval, !effects.contains(taint.effect) {
        throw refuse("invalid taint effect: \(taint.effect), unsupported taint effect")
      }
      var problems = Names.qualifiedName(taint.key)
      if problems.isEmpty { problems = Names.labelValue(taint.value) }
      if !problems.isEmpty { throw refuse("invalid taint spec: \(text), \(problems.joined(separator: "; "))") }
      if isRemoval {
        removed.append(taint)
      } else {
        if added.contains(where: { $0.isAt(taint) }) {
          throw refuse("duplicated taints with the same key and effect: {\(taint.key) \(taint.value) \(taint.effect) <nil>}")
        }
        added.append(taint)
      }
    }
    return (added, removed)
  }
}
