import Formats

// Objects as a server takes them in: fields checked against the kind's schema and brought to the form that is stored.

/// Brings an object to the form that Kubernetes would store and print: unknown fields gone, nulls and empty optional fields
/// gone, what is always written there, quantities, times and bytes in their canonical text. Subtrees that are so already stay
/// shared. The names of fields that the kind doesn't have go to `unknown` (`spec.template.spec.containers[0].imagePullPolice`).
///
/// Throws a bare BadRequest in the words of Go's decoder where a value has the wrong type; see `Status.undecodable`.
public func decode(_ object: Value, as kind: Kind, unknown: inout [String]) throws(Status) -> Value {
  guard let schema = kind.schema else { return object }
  return try decode(object, as: schema, unknown: &unknown)
}

/// Brings a value to the form of a definition.
public func decode(_ object: Value, as schema: Definition, unknown: inout [String]) throws(Status) -> Value {
  guard case .object(let members) = object else {
    throw Status(.badRequest, "json: cannot unmarshal \(goWord(object)) into Go value of type \(goName(schema))")
  }
  var reader = CanonicalForm()
  let changed = reader.object(members, schema)
  // The quick pass only notes that something is wrong; the slow one finds the words.
  if reader.trouble {
    var complaint = DecodeComplaint()
    if let message = complaint.about(object, schema) { throw Status(.badRequest, message) }
    unknown += complaint.unknown
  }
  return changed.map(Value.object) ?? object
}

extension Status {
  /// `Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal …`
  public static func undecodable(_ kind: Kind, _ why: String) -> Status {
    Status(.badRequest, "\(kind.name) in version \"\(kind.version)\" cannot be handled as a \(kind.name): \(why)")
  }

  /// The same for fields that the kind doesn't have.
  public static func unknownFields(_ kind: Kind, _ paths: [String]) -> Status {
    var status = undecodable(kind, "strict decoding error: " + paths.map { "unknown field \"\($0)\"" }.joined(separator: ", "))
    status.hints = paths.compactMap { path in nearestField(to: path, kind.schema).map { "did you mean \"\($0)\"?" } }
    return status
  }

  /// The path of the field that an unknown one was probably meant to be.
  private static func nearestField(to path: String, _ schema: Definition?) -> String? {
    let steps = path.split(separator: ".").map(String.init)
    guard let last = steps.last, var definition = schema else { return nil }
    for step in steps.dropLast() {
      let name = String(step.prefix { $0 != "[" })
      guard let inner = definition.field(name).flatMap({ structure($0.type) }) else { return nil }
      definition = inner
    }
    guard let meant = nearest(to: last, in: definition.fields.map(\.name)) else { return nil }
    return (steps.dropLast() + [meant]).joined(separator: ".")
  }

  private static func structure(_ type: FieldType) -> Definition? {
    switch type {
    case .array(let element), .map(let element): structure(element)
    case .object(let definition): definition()
    default: nil
    }
  }
}

/// What decoding needs of a field.
struct Slot: Sendable {
  let name: String
  let type: FieldType
  let always: Bool
  let pointer: Bool
}

/// The quick pass: says what changes, and only whether something is wrong.
private struct CanonicalForm {
  var trouble = false

  enum Outcome {
    case same, dropped
    case changed(Value)
  }

  /// The members as they are stored; nil where they are already.
  mutating func object(_ members: Members, _ definition: Definition) -> Members? {
    let slots = definition.slots
    var out: [Members.Member]?
    var next = 0

    func begin(_ count: Int) -> [Members.Member] {
      var list: [Members.Member] = []
      list.reserveCapacity(members.count + 2)
      list.append(contentsOf: members[..<count])
      return list
    }

    for i in 0..<members.count {
      let key = members[i].key
      var at = next
      while at < slots.count, slots[at].name != key { at += 1 }
      guard at < slots.count else {
        trouble = true
        if out == nil { out = begin(i) }
        continue
      }
      while next < at {
        if slots[next].always {
          if out == nil { out = begin(i) }
          out?.append(Members.Member(slots[next].name, zero(slots[next].type, slots[next].pointer)))
        }
        next += 1
      }
      next = at + 1
      switch field(members[i].value, slots[at].type, always: slots[at].always, pointer: slots[at].pointer) {
      case .same:
        out?.append(members[i])
      case .dropped:
        if out == nil { out = begin(i) }
      case .changed(let value):
        if out == nil { out = begin(i) }
        out?.append(Members.Member(key, value))
      }
    }
    while next < slots.count {
      if slots[next].always {
        if out == nil { out = begin(members.count) }
        out?.append(Members.Member(slots[next].name, zero(slots[next].type, slots[next].pointer)))
      }
      next += 1
    }
    return out.map(Members.init(sorted:))
  }

  /// What a field that is always written holds when nothing was given.
  mutating func zero(_ type: FieldType, _ pointer: Bool) -> Value {
    if pointer { return .null }
    switch type {
    case .string, .bytes: return ""
    case .boolean: return false
    case .int32, .int64, .double, .intOrString: return 0
    case .quantity: return "0"
    case .time, .microTime, .any, .array, .map: return .null
    case .object(let definition):
      return .object(object(Members(), definition()) ?? Members())
    }
  }

  mutating func field(_ value: Value, _ type: FieldType, always: Bool, pointer: Bool) -> Outcome {
    if case .null = value {
      guard always else { return .dropped }
      let zero = zero(type, pointer)
      return zero.isNull ? .same : .changed(zero)
    }
    let keepsZero = always || pointer
    switch (type, value) {
    case (.string, .string(let text)): return text.isEmpty && !keepsZero ? .dropped : .same
    case (.boolean, .bool(let flag)): return !flag && !keepsZero ? .dropped : .same
    case (.int32, .int(let n)):
      if Int32(exactly: n) == nil { trouble = true }
      return n == 0 && !keepsZero ? .dropped : .same
    case (.int64, .int(let n)): return n == 0 && !keepsZero ? .dropped : .same
    case (.array(let element), .array(let items)):
      if items.isEmpty { return always ? .changed(.null) : .dropped }
      return array(items, element)
    case (.map(let element), .object(let members)):
      if members.isEmpty { return always ? .changed(.null) : .dropped }
      return map(members, element)
    case (.bytes, .string(let text)) where text.isEmpty && !keepsZero: return .dropped
    default: return present(value, type)
    }
  }

  /// A value that stays whatever it is: an element, or a field that is no plain scalar.
  mutating func present(_ value: Value, _ type: FieldType) -> Outcome {
    switch (type, value) {
    case (.object(let definition), .object(let members)):
      return object(members, definition()).map { .changed(.object($0)) } ?? .same
    case (.string, .string), (.boolean, .bool), (.int64, .int), (.double, .int), (.double, .number), (.any, _), (.intOrString, .string):
      return .same
    case (.int32, .int(let n)), (.intOrString, .int(let n)):
      if Int32(exactly: n) == nil { trouble = true }
      return .same
    case (_, .null):
      let zero = zero(type, false)
      return zero.isNull ? .same : .changed(zero)
    case (.quantity, .string(let text)): return quantity(text, shown: true)
    case (.quantity, .int(let n)): return quantity(String(n), shown: false)
    case (.quantity, .number(let text)): return quantity(text, shown: false)
    case (.time, .string(let text)):
      if GoTime.isCanonical(text) { return .same }
      guard GoTime.complaint(text, .seconds) == nil, let moment = Instant(rfc3339: text) else {
        trouble = true
        return .same
      }
      let canonical = moment.rfc3339
      return canonical == text ? .same : .changed(.string(canonical))
    case (.microTime, .string(let text)):
      guard GoTime.complaint(text, .micros) == nil, let moment = Instant(rfc3339: text) else {
        trouble = true
        return .same
      }
      let canonical = moment.rfc3339Micro
      return canonical == text ? .same : .changed(.string(canonical))
    case (.bytes, .string(let text)):
      guard let bytes = try? Base64.decode(text) else {
        trouble = true
        return .same
      }
      let canonical = Base64.encode(bytes)
      return canonical == text ? .same : .changed(.string(canonical))
    case (.array(let element), .array(let items)): return array(items, element)
    case (.map(let element), .object(let members)): return map(members, element)
    default:
      trouble = true
      return .same
    }
  }

  mutating func quantity(_ text: String, shown: Bool) -> Outcome {
    guard let quantity = try? Quantity(text) else {
      trouble = true
      return .same
    }
    let canonical = quantity.description
    return shown && canonical == text ? .same : .changed(.string(canonical))
  }

  mutating func array(_ items: [Value], _ element: FieldType) -> Outcome {
    var out: [Value]?
    for i in 0..<items.count {
      if case .changed(let value) = present(items[i], element) {
        if out == nil { out = items }
        out?[i] = value
      }
    }
    return out.map { .changed(.array($0)) } ?? .same
  }

  mutating func map(_ members: Members, _ element: FieldType) -> Outcome {
    var out: Members?
    for i in 0..<members.count {
      if case .changed(let value) = present(members[i].value, element) {
        if out == nil { out = members }
        out?.modify(at: i) { $0 = value }
      }
    }
    return out.map { .changed(.object($0)) } ?? .same
  }
}
