import Formats

// Server-side apply: an applier says the fields it wants and owns them; others' fields stay theirs.

/// Server-side apply.
public enum ServerSideApply {
  static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

  /// `config` applied by `manager` to `live` (nil where there is no such object yet), with managedFields brought up to date.
  /// Throws a Conflict that names other owners unless `force`; what the schema doesn't know is refused.
  /// `ignored` are top-level fields that the write does not reach (`status`).
  public static func apply(
    _ config: Value, to live: Value?, manager: String, subresource: String = "", force: Bool, schema: Definition?, ignored: [String] = [],
    now: Instant
  ) throws(Status) -> Value {
    guard case .object = config else { throw Status(.badRequest, "error decoding YAML: expected an object") }
    if !config.metadata["managedFields"].items.isEmpty { throw Status(.badRequest, "metadata.managedFields must be nil") }
    let structure = Structure(schema)
    let problems = TypeCheck.problems(config, structure)
    if let first = problems.first {
      let group = config.apiVersion.contains("/") ? config.apiVersion : "/" + config.apiVersion
      let text = problems.count == 1 ? first : (["errors:"] + problems.map { "  \($0)" }).joined(separator: "\n")
      throw Status(
        .unknown, "failed to create typed patch object (\(config.namespace)/\(config.name); \(group), Kind=\(config.kind)): \(text)")
    }
    var base = live ?? [:]
    var owners = ManagedFields(base.metadata["managedFields"])
    base.metadata.remove("managedFields")
    if live != nil, owners.owners.isEmpty {
      // What wrote it is no longer known, save that client-side apply leaves its note.
      let earlier = base.annotation(lastApplied) == nil ? "before-first-apply" : "kubectl-client-side-apply"
      owners.note(nil, base, earlier, "", schema, ignored, now)
    }
    let request = Request(
      config: config, live: base, owners: owners, isNew: live == nil,
      me: ManagedFields.Owner(
        manager: manager, isApply: true, apiVersion: config.apiVersion, subresource: subresource, time: nil,
        fields: FieldSet.said(by: config, structure)
          .recursiveDifference(ManagedFields.unowned).recursiveDifference(ManagedFields.topLevel(ignored))),
      structure: structure, ignored: ignored, now: now)
    do {
      return try request.result(force: force)
    } catch {
      // kubectl may take over what it applied from the client before.
      var conflicts = error.list
      if manager == "kubectl", live != nil {
        let allowed = fieldsOfLastApplied(base, structure)
        conflicts = conflicts.filter { !allowed.contains($0.path) }
        if conflicts.isEmpty {
          do { return try request.result(force: true) } catch { conflicts = error.list }
        }
      }
      throw Conflicts(list: conflicts).status
    }
  }

  /// What the annotation of client-side apply says and the object still has.
  private static func fieldsOfLastApplied(_ live: Value, _ structure: Structure) -> FieldSet {
    guard let text = live.annotation(lastApplied), let applied = try? JSON.parse(text) else { return .empty }
    let difference = Comparison(applied, live, structure)
    return FieldSet.said(by: applied, structure).difference(difference.modified).difference(difference.added).difference(difference.removed)
  }

  struct Request {
    let config: Value
    let live: Value
    let owners: ManagedFields
    let isNew: Bool
    let me: ManagedFields.Owner
    let structure: Structure
    let ignored: [String]
    let now: Instant

    func result(force: Bool) throws(Conflicts) -> Value {
      var owners = owners
      let before = owners.owners.first { $0.isSame(as: me) }
      var merged = Merge.merge(live, config, structure)
      for name in ignored { merged[name] = live[name] }
      for name in ignored where merged[name].isNull { merged.remove(name) }
      owners.owners.removeAll { $0.isSame(as: me) }
      var mine = me
      mine.time = before?.time
      owners.owners.append(mine)
      if let before { merged = pruned(merged, before.fields, owners) }

      let comparison = Comparison(live, merged, structure)
      let taken = comparison.modified.union(comparison.added)
      if !force {
        var conflicts: [Conflicts.Conflict] = []
        for owner in owners.owners where !owner.isSame(as: me) {
          for path in owner.fields.intersection(taken).paths { conflicts.append(Conflicts.Conflict(owner: owner, path: path)) }
        }
        if !conflicts.isEmpty { throw Conflicts(list: conflicts) }
      }
      owners.release(taken, keeper: me)
      owners.release(comparison.removed)
      if isNew || !comparison.isSame, let i = owners.owners.firstIndex(where: { $0.isSame(as: me) }) {
        owners.owners[i].time = now.rfc3339
      }
      if me.manager == "kubectl", merged.annotation(ServerSideApply.lastApplied) != nil {
        merged["metadata", "annotations", ServerSideApply.lastApplied] = .string(JSON.text(config) + "\n")
      }
      return owners.attached(to: merged)
    }

    /// Without what the applier said before, says no more, and nobody else owns.
    private func pruned(_ merged: Value, _ before: FieldSet, _ owners: ManagedFields) -> Value {
      var owned = FieldSet.said(by: config, structure)
      for owner in owners.owners { owned = owned.union(owner.fields) }
      let gone = before.withNamedFields(structure).difference(owned.withNamedFields(structure))
      return gone.isEmpty ? merged : gone.removed(from: merged, structure)
    }
  }

  /// Other owners of fields that an apply would change.
  struct Conflicts: Error {
    struct Conflict {
      let owner: ManagedFields.Owner
      let path: [String]
    }

    let list: [Conflict]

    var status: Status {
      let sorted = stablySorted(list) { a, b in
        // As Kubernetes' identifiers sort, which are JSON: a name's end comes before its going on.
        Members.precedes(a.owner.manager + "\"", b.owner.manager + "\"")
          || (a.owner.manager == b.owner.manager && a.owner.isApply && !b.owner.isApply)
      }
      var message: String
      if let only = sorted.first, sorted.count == 1 {
        message = "Apply failed with 1 conflict: conflict with \(only.owner.description): \(FieldSet.text(of: only.path))"
      } else {
        message = "Apply failed with \(sorted.count) conflicts: "
        var last: ManagedFields.Owner?
        var lines: [String] = []
        for conflict in sorted {
          if last.map({ !$0.isSame(as: conflict.owner) }) ?? true { lines.append("conflicts with \(conflict.owner.description):") }
          lines.append("- \(FieldSet.text(of: conflict.path))")
          last = conflict.owner
        }
        message += lines.joined(separator: "\n")
      }
      var status = Status(.conflict, message)
      status.causes = sorted.map {
        Status.Cause(reason: "FieldManagerConflict", message: "conflict with \($0.owner.description)", field: FieldSet.text(of: $0.path))
      }
      return status
    }
  }
}

/// Merging a configuration into an object.
enum Merge {
  static func merge(_ live: Value, _ config: Value, _ structure: Structure) -> Value {
    switch (live, config, structure.shape) {
    case (.object(let old), .object(let new), .record), (.object(let old), .object(let new), .map),
      (.object(let old), .object(let new), .deduced):
      var out = old
      for member in new {
        if member.value.isNull {
          out[member.key] = nil
        } else if let i = out.index(of: member.key) {
          let inner = structure.member(member.key) ?? Structure(FieldType?.none)
          let merged = merge(out[i].value, member.value, inner)
          out.modify(at: i) { $0 = merged }
        } else {
          out[member.key] = member.value
        }
      }
      return .object(out)
    case (.array(let old), .array(let new), .set), (.array(let old), .array(let new), .keyed):
      return .array(lists(old, new, structure))
    default: return config
    }
  }

  /// The configuration's order leads; what only the object has keeps its place.
  private static func lists(_ old: [Value], _ new: [Value], _ structure: Structure) -> [Value] {
    let left = indexed(old, structure)
    let right = indexed(new, structure)
    let inLeft = Dictionary(left.map { ($0.step, $0.value) }, uniquingKeysWith: { first, _ in first })
    let inRight = Dictionary(right.map { ($0.step, $0.value) }, uniquingKeysWith: { first, _ in first })
    var shared = right.map(\.step).filter { inLeft[$0] != nil }[...]
    var out: [Value] = []
    var (l, r) = (0, 0)
    func take(_ step: String) {
      guard let wanted = inRight[step] else { return }
      out.append(inLeft[step].map { merge($0, wanted, structure.element) } ?? wanted)
    }
    while l < left.count || r < right.count {
      if l < left.count, r < right.count {
        if left[l].step == right[r].step {
          take(right[r].step)
          l += 1
          r += 1
          shared = shared.dropFirst()
          continue
        }
        if inRight[left[l].step] != nil, let next = shared.first, next != left[l].step {
          l += 1
          continue
        }
      }
      if l < left.count, inRight[left[l].step] == nil {
        out.append(left[l].value)
        l += 1
        continue
      }
      if r < right.count {
        take(right[r].step)
        if shared.first == right[r].step { shared = shared.dropFirst() }
        r += 1
      } else {
        l += 1
      }
    }
    return out
  }

  private static func indexed(_ list: [Value], _ structure: Structure) -> [(step: String, value: Value)] {
    list.map { (step: (try? structure.step(of: $0)) ?? "v:" + JSON.text($0), value: $0) }
  }
}

/// Whether a configuration fits the schema, in the words of structured-merge-diff.
enum TypeCheck {
  static func problems(_ config: Value, _ structure: Structure) -> [String] {
    var found: [String] = []
    check(config, structure, "", &found)
    return found
  }

  private static func check(_ value: Value, _ structure: Structure, _ path: String, _ found: inout [String]) {
    if value.isNull { return }
    func add(_ text: String) { found.append(path.isEmpty ? text : "\(path): \(text)") }
    switch structure.type {
    case .object(let definition):
      guard case .object(let members) = value else { return add("expected map, got &{\(value.goValue)}") }
      let known = definition()
      for member in members {
        if let field = known.field(member.key) {
          check(member.value, Structure(field), "\(path).\(member.key)", &found)
        } else {
          found.append("\(path).\(member.key): field not declared in schema")
        }
      }
    case .map(let element):
      guard case .object(let members) = value else { return add("expected map, got &{\(value.goValue)}") }
      for member in members { check(member.value, Structure(element), "\(path).\(member.key)", &found) }
    case .array(let element):
      guard case .array(let items) = value else { return add("expected list, got &{\(value.goValue)}") }
      list(items, element, structure, path, &found)
    case .string, .bytes, .time, .microTime:
      if value.string == nil { add("expected string, got &{\(value.goValue)}") }
    case .boolean:
      if value.bool == nil { add("expected boolean, got &{\(value.goValue)}") }
    case .int32, .int64, .double:
      if value.sort != Value.int(0).sort { add("expected numeric (int or float), got \(value.goType)") }
    case .quantity, .intOrString:
      if value.isContainer { add("expected scalar, got \(value.goType)") }
    case .any, nil: break
    }
  }

  private static func list(_ items: [Value], _ element: FieldType, _ structure: Structure, _ path: String, _ found: inout [String]) {
    var seen = Set<String>()
    for (i, item) in items.enumerated() {
      var place = "\(path)[\(i)]"
      switch structure.shape {
      case .set, .keyed:
        do {
          let step = try structure.step(of: item)
          place = path + FieldSet.text(of: [step])
          if !seen.insert(step).inserted { found.append("\(path): duplicate entries for key \(FieldSet.text(of: [step]))") }
        } catch {
          found.append("\(path): element \(i): \(error.message)")
        }
      default: break
      }
      check(item, Structure(element), place, &found)
    }
  }
}
