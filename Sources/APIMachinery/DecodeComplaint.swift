import Formats

// What is wrong with an object that could not be decoded, in the words of Go's decoder.

/// The slow pass of decoding: walks an object as Go's decoder does and keeps what that would say.
struct DecodeComplaint {
  /// Paths of fields that the definitions don't have, at most a hundred, as Kubernetes keeps them.
  var unknown: [String] = []
  /// The first value of a wrong type; Go goes on to look for something worse.
  private var first: String?
  /// The innermost structure and the names on the way to it, without indexes.
  private var structure = ""
  private var names: [String] = []

  /// A value that its own reader refuses ends decoding at once.
  private struct Refusal: Error { let message: String }

  /// What makes the object undecodable, if anything does.
  mutating func about(_ object: Value, _ schema: Definition) -> String? { about(object, .object { schema }) }

  mutating func about(_ value: Value, _ type: FieldType) -> String? {
    do throws(Refusal) {
      try walk(value, type, nil, "")
      return first
    } catch {
      return error.message
    }
  }

  private mutating func mismatch(_ word: String, _ type: String) {
    if first == nil { first = mismatchText(word, type) }
  }

  private func mismatchText(_ word: String, _ type: String) -> String {
    structure.isEmpty
      ? "json: cannot unmarshal \(word) into Go value of type \(type)"
      : "json: cannot unmarshal \(word) into Go struct field \(structure).\(names.joined(separator: ".")) of type \(type)"
  }

  private mutating func walk(_ value: Value, _ type: FieldType, _ goType: String?, _ path: String) throws(Refusal) {
    if case .null = value { return }
    switch (type, value) {
    case (.any, _), (.string, .string), (.boolean, .bool), (.int64, .int), (.double, .int), (.double, .number), (.intOrString, .string):
      return
    case (.object(let definition), .object(let members)): try fields(members, definition(), path)
    case (.array(let element), .array(let items)):
      let elementGoType = goType.flatMap { $0.hasPrefix("[]") ? String($0.dropFirst(2)) : nil }
      for (i, item) in items.enumerated() { try walk(item, element, elementGoType, "\(path)[\(i)]") }
    case (.map(let element), .object(let members)):
      for member in members { try walk(member.value, element, nil, path.isEmpty ? member.key : "\(path).\(member.key)") }
    case (.int32, .int(let n)):
      if Int32(exactly: n) == nil { mismatch("number \(n)", goName(type, goType)) }
    case (.int32, .number(let text)), (.int64, .number(let text)): mismatch("number \(text)", goName(type, goType))
    case (.intOrString, .int(let n)):
      if Int32(exactly: n) == nil { throw Refusal(message: mismatchText("number \(n)", "int32")) }
    case (.intOrString, .number(let text)): throw Refusal(message: mismatchText("number \(text)", "int32"))
    case (.intOrString, _): throw Refusal(message: mismatchText(goWord(value), "int32"))
    case (.quantity, _):
      let text = if case .string(let text) = value { text } else { JSON.text(value) }
      do { _ = try Quantity(text) } catch { throw Refusal(message: error.message) }
    case (.time, .string(let text)):
      if let message = GoTime.complaint(text, .seconds) { throw Refusal(message: message) }
    case (.microTime, .string(let text)):
      if let message = GoTime.complaint(text, .micros) { throw Refusal(message: message) }
    case (.time, _), (.microTime, _): throw Refusal(message: mismatchText(goWord(value), "string"))
    case (.bytes, .string(let text)):
      do { _ = try Base64.decode(text) } catch { first = first ?? error.message }
    default: mismatch(goWord(value), goName(type, goType))
    }
  }

  private mutating func fields(_ members: Members, _ definition: Definition, _ path: String) throws(Refusal) {
    let outer = structure
    for member in members {
      let inner = path.isEmpty ? member.key : "\(path).\(member.key)"
      guard let field = definition.field(member.key) else {
        if unknown.count < 100 { unknown.append(inner) }
        continue
      }
      structure = lastPart(definition.name)
      names.append(member.key)
      try walk(member.value, field.type, field.goType, inner)
      names.removeLast()
      structure = outer
    }
  }
}

/// What JSON calls a value, as Go's decoder names it.
func goWord(_ value: Value) -> String {
  switch value {
  case .null: "null"
  case .bool: "bool"
  case .int, .number: "number"
  case .string: "string"
  case .array: "array"
  case .object: "object"
  }
}

/// `v1.PodSpec`
func goName(_ definition: Definition) -> String { "v1." + lastPart(definition.name) }

/// The type as Go writes it: `[]v1.Container`, `map[string]string`.
func goName(_ type: FieldType, _ goType: String? = nil) -> String {
  if let goType { return goType }
  switch type {
  case .string: return "string"
  case .boolean: return "bool"
  case .int32: return "int32"
  case .int64: return "int64"
  case .double: return "float64"
  case .quantity: return "resource.Quantity"
  case .intOrString: return "intstr.IntOrString"
  case .time: return "v1.Time"
  case .microTime: return "v1.MicroTime"
  case .bytes: return "[]uint8"
  case .any: return "interface {}"
  case .array(let element): return "[]" + goName(element)
  case .map(let element): return "map[string]" + goName(element)
  case .object(let definition): return goName(definition())
  }
}

private func lastPart(_ name: String) -> String { name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name }
