import Formats

// Filling in what was not said: the server's defaults.

/// Fills in what an object leaves unsaid, as Kubernetes does for its kind whenever an object is read. Subtrees that say it all
/// stay shared.
public func applyDefaults(_ object: inout Value, kind: Kind) {
  kind.rules.defaults?(&object)
}

/// An object while its defaults are filled in: its members are copied only when something is really missing.
public struct Draft {
  public private(set) var members: Members
  public private(set) var changed = false

  public init(_ members: Members) { self.members = members }

  /// Whether a field says something.
  public func has(_ key: String) -> Bool {
    guard let i = members.index(of: key) else { return false }
    return !members[i].value.isNull
  }

  /// The field's value, null where there is none.
  public func value(_ key: String) -> Value { members.index(of: key).map { members[$0].value } ?? .null }
  public func text(_ key: String) -> String { value(key).text }

  /// Gives a field that says nothing (absent, null or an empty text) its default.
  public mutating func fill(_ key: String, _ value: @autoclosure () -> Value) {
    if let i = members.index(of: key) {
      switch members[i].value {
      case .null: break
      case .string(let text) where text.isEmpty: break
      default: return
      }
    }
    set(key, value())
  }

  /// Gives a pointer field its default: an explicit empty text stays.
  public mutating func fillAbsent(_ key: String, _ value: @autoclosure () -> Value) {
    if !has(key) { set(key, value()) }
  }

  /// Gives a number that is absent or zero its default.
  public mutating func fillZero(_ key: String, _ value: @autoclosure () -> Value) {
    if self.value(key).int ?? 0 == 0 { set(key, value()) }
  }

  public mutating func set(_ key: String, _ value: Value?) {
    members[key] = value
    changed = true
  }

  /// Fills in a structure within, where it is there.
  public mutating func within(_ key: String, _ fill: (inout Draft) -> Void) {
    guard let i = members.index(of: key), case .object(let inner) = members[i].value else { return }
    var draft = Draft(inner)
    fill(&draft)
    if draft.changed { set(at: i, .object(draft.members)) }
  }

  /// Fills in every structure of a list within.
  public mutating func each(_ key: String, _ fill: (inout Draft) -> Void) {
    guard let i = members.index(of: key), case .array(let items) = members[i].value else { return }
    var out: [Value]?
    for at in items.indices {
      guard case .object(let inner) = items[at] else { continue }
      var draft = Draft(inner)
      fill(&draft)
      guard draft.changed else { continue }
      if out == nil { out = items }
      out?[at] = .object(draft.members)
    }
    if let out { set(at: i, .array(out)) }
  }

  private mutating func set(at index: Int, _ value: Value) {
    members.modify(at: index) { $0 = value }
    changed = true
  }
}

extension Value {
  /// Fills in an object's defaults in place; what is no object stays as it is.
  public mutating func fillDefaults(_ fill: (inout Draft) -> Void) {
    guard case .object(let members) = self else { return }
    var draft = Draft(members)
    fill(&draft)
    if draft.changed { self = .object(draft.members) }
  }
}
