import Formats

// JSON merge patches: RFC 7386, and how one is made from two or three states of an object.

/// RFC 7386.
public enum MergePatch {
  /// The object with the patch merged in: nulls remove, objects merge, everything else replaces.
  public static func apply(_ patch: Value, to object: Value) throws(Status) -> Value {
    guard case .object(let members) = patch else {
      throw Status(
        .badRequest, "error decoding patch: json: cannot unmarshal \(patch.jsonKind) into Go value of type map[string]interface {}")
    }
    return .object(merge(members, into: object.members))
  }

  static func merge(_ patch: Members, into original: Members) -> Members {
    var result = original
    for member in patch {
      if member.value.isNull {
        result[member.key] = nil
      } else if let i = result.index(of: member.key), !result[i].value.isNull {
        result.modify(at: i) { mergeOne(member.value, into: &$0) }
      } else {
        result[member.key] = pruned(member.value)
      }
    }
    return result
  }

  private static func mergeOne(_ patch: Value, into value: inout Value) {
    guard case .object(let members) = patch, case .object(let existing) = value else {
      value = pruned(patch)
      return
    }
    value = .object(merge(members, into: existing))
  }

  /// Without null members, at any depth.
  private static func pruned(_ value: Value) -> Value {
    switch value {
    case .object(let members):
      return .object(Members(sorted: members.filter { !$0.value.isNull }.map { Members.Member($0.key, pruned($0.value)) }))
    case .array(let items): return .array(items.map(pruned))
    default: return value
    }
  }

  /// The patch that turns `original` into `modified`; empty where they are equal.
  public static func difference(from original: Value, to modified: Value) -> Value {
    .object(difference(original.members, modified.members))
  }

  private static func difference(_ original: Members, _ modified: Members) -> Members {
    var patch = Members()
    for member in modified {
      guard let before = original[member.key] else {
        patch[member.key] = member.value
        continue
      }
      if before == member.value { continue }
      if case .object(let a) = before, case .object(let b) = member.value {
        let inner = difference(a, b)
        if !inner.isEmpty { patch[member.key] = .object(inner) }
      } else {
        patch[member.key] = member.value
      }
    }
    for member in original where modified.index(of: member.key) == nil { patch[member.key] = .null }
    return patch
  }

  /// What `apply` sends where no schema says how lists merge: what changed against `current`, and what `modified`
  /// no longer says of `original` (the state applied last; null where there is none) removed.
  public static func threeWay(original: Value, modified: Value, current: Value) -> Value {
    let changes = filtered(difference(current.members, modified.members), nulls: false)
    let removals = filtered(difference(original.members, modified.members), nulls: true)
    return .object(merge(changes, into: removals))
  }

  /// Only a patch's removals, or all but them.
  private static func filtered(_ patch: Members, nulls: Bool) -> Members {
    var out = Members()
    for member in patch {
      switch member.value {
      case .null: if nulls { out[member.key] = .null }
      case .object(let inner):
        let kept = filtered(inner, nulls: nulls)
        if !kept.isEmpty || (inner.isEmpty && !nulls) { out[member.key] = .object(kept) }
      default: if !nulls { out[member.key] = member.value }
      }
    }
    return out
  }
}
