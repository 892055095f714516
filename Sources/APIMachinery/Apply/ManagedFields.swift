import Formats

// Who owns which fields of an object: metadata.managedFields.

/// The owners of an object's fields.
public struct ManagedFields: Sendable {
  /// One owner's fields.
  public struct Owner: Sendable, Equatable {
    public let manager: String
    /// Server-side apply rather than a plain write.
    public let isApply: Bool
    public let apiVersion: String
    public let subresource: String
    public var time: String?
    public var fields: FieldSet { didSet { written = nil } }
    /// The fields as they were read, so that what doesn't change stays shared.
    private var written: Value?

    init(manager: String, isApply: Bool, apiVersion: String, subresource: String, time: String?, fields: FieldSet) {
      (self.manager, self.isApply, self.apiVersion, self.subresource) = (manager, isApply, apiVersion, subresource)
      (self.time, self.fields) = (time, fields)
    }

    init(_ entry: Value) {
      self.init(
        manager: entry["manager"].text, isApply: entry["operation"] == "Apply", apiVersion: entry["apiVersion"].text,
        subresource: entry["subresource"].text, time: entry["time"].string, fields: FieldSet(fieldsV1: entry["fieldsV1"]))
      written = entry["fieldsV1"]
    }

    var fieldsV1: Value { written ?? fields.fieldsV1 }

    public static func == (a: Owner, b: Owner) -> Bool { a.isSame(as: b) && a.time == b.time && a.fields == b.fields }

    func isSame(as other: Owner) -> Bool {
      manager == other.manager && isApply == other.isApply && subresource == other.subresource
        && (isApply || apiVersion == other.apiVersion)
    }

    /// `"kubectl-client-side-apply" using apps/v1`, as conflicts name it.
    var description: String {
      var text = goQuoted(manager)
      if !subresource.isEmpty { text += " with subresource \(goQuoted(subresource))" }
      return isApply ? text : "\(text) using \(apiVersion)"
    }
  }

  public internal(set) var owners: [Owner]

  public init() { owners = [] }

  /// Reads metadata.managedFields.
  public init(_ list: Value) {
    owners = list.items.map(Owner.init)
  }

  /// As metadata.managedFields shows it: appliers first, then by time and name.
  public var list: Value {
    let sorted = stablySorted(owners) { a, b in
      if a.isApply != b.isApply { return a.isApply }
      if a.time ?? "" != b.time ?? "" { return a.time ?? "" < b.time ?? "" }
      if a.manager != b.manager { return Members.precedes(a.manager, b.manager) }
      if a.apiVersion != b.apiVersion { return Members.precedes(a.apiVersion, b.apiVersion) }
      return Members.precedes(a.subresource, b.subresource)
    }
    return .array(
      sorted.map { owner in
        var entry = Members([
          ("apiVersion", .string(owner.apiVersion)), ("fieldsType", "FieldsV1"), ("fieldsV1", owner.fieldsV1),
          ("manager", .string(owner.manager)), ("operation", owner.isApply ? "Apply" : "Update"),
        ])
        if !owner.subresource.isEmpty { entry["subresource"] = .string(owner.subresource) }
        if let time = owner.time { entry["time"] = .string(time) }
        return .object(entry)
      })
  }

  /// Notes a create, an update or a patch: `new` with its managedFields brought up to date. `old` is nil for a create.
  /// `ignored` are top-level fields that the write does not reach (`status`).
  public static func noted(
    _ new: Value, from old: Value?, manager: String, subresource: String = "", schema: Definition?, ignored: [String] = [], now: Instant
  ) -> Value {
    let listed = new.metadata["managedFields"]
    var fields = ManagedFields(listed.items.isEmpty ? old?.metadata["managedFields"] ?? .null : listed)
    fields.note(old, new, manager, subresource, schema, ignored, now)
    return fields.attached(to: new)
  }

  mutating func note(
    _ old: Value?, _ new: Value, _ manager: String, _ subresource: String, _ schema: Definition?, _ ignored: [String], _ now: Instant
  ) {
    let comparison = Comparison(old ?? Structure.skeleton(schema), new, Structure(schema))
    let taken = comparison.modified.union(comparison.added)
    let mine = taken.recursiveDifference(ManagedFields.unowned).recursiveDifference(ManagedFields.topLevel(ignored))
    let me = Owner(manager: manager, isApply: false, apiVersion: new.apiVersion, subresource: subresource, time: now.rfc3339, fields: mine)
    release(taken.union(comparison.removed))
    if mine.isEmpty { return }
    if let i = owners.firstIndex(where: { $0.isSame(as: me) }) {
      owners[i].fields = owners[i].fields.union(mine)
      owners[i].time = me.time
    } else {
      owners.append(me)
    }
  }

  /// Takes fields from whoever has them; `keeper` keeps its own.
  mutating func release(_ fields: FieldSet, keeper: Owner? = nil) {
    if fields.isEmpty { return }
    for i in owners.indices where !(keeper.map { owners[i].isSame(as: $0) } ?? false) && !owners[i].fields.isDisjoint(with: fields) {
      owners[i].fields = owners[i].fields.difference(fields)
    }
    owners.removeAll { $0.fields.isEmpty }
  }

  /// The object with these owners.
  public func attached(to object: Value) -> Value {
    var out = object
    if owners.isEmpty { out.metadata.remove("managedFields") } else { out["metadata", "managedFields"] = list }
    return out
  }

  /// What nobody owns: the system's part of an object.
  static let unowned = FieldSet(
    unsorted: [
      FieldSet.Entry(step: "f:apiVersion", isMember: true, below: nil), FieldSet.Entry(step: "f:kind", isMember: true, below: nil),
      FieldSet.Entry(
        step: "f:metadata", isMember: false,
        below: FieldSet(fields: [
          "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion",
        ])),
    ])

  static func topLevel(_ names: [String]) -> FieldSet { names.isEmpty ? .empty : FieldSet(fields: names) }
}
