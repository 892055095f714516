import Formats

// What is wrong with a patched object: Kubernetes reads those by another way than fresh ones, with words of its own.

/// What a strategic merge patch's outcome is refused for, in the words of Kubernetes' converter (`unrecognized type: int32`);
/// nil where it can be read. Callers wrap it: `patch: Invalid value: "map[spec:map[replicas:x]]": …`.
public func patchComplaint(_ object: Value, as kind: Kind) -> String? {
  guard let schema = kind.schema else { return nil }
  return convertComplaint(object, .object { schema })
}

/// Fields are read in the structures' order, and the first that fails ends it.
private func convertComplaint(_ value: Value, _ type: FieldType) -> String? {
  if case .null = value { return nil }
  switch (type, value) {
  case (.string, .string), (.boolean, .bool), (.int64, .int), (.double, .int), (.double, .number), (.any, _): return nil
  case (.int32, .int(let n)): return Int32(exactly: n) == nil ? "cannot convert int64 to int32" : nil
  // Go could convert these, but JSON's kinds stay apart.
  case (.string, .int), (.int32, .number), (.int64, .number): return "cannot convert \(goType(value)) to \(goName(type))"
  case (.string, _), (.boolean, _), (.int32, _), (.int64, _), (.double, _): return "unrecognized type: \(goName(type))"
  case (.object(let definition), .object(let members)):
    for field in definition().fields {
      if let i = members.index(of: field.name), let message = convertComplaint(members[i].value, field.type) { return message }
    }
    return nil
  case (.object, _): return "cannot restore struct from: \(goKind(value))"
  case (.array(let element), .array(let items)):
    for item in items { if let message = convertComplaint(item, element) { return message } }
    return nil
  case (.array, _): return "cannot restore slice from \(goKind(value))"
  case (.map(let element), .object(let members)):
    for member in members { if let message = convertComplaint(member.value, element) { return message } }
    return nil
  case (.map, _): return "cannot restore map from \(goKind(value))"
  case (.bytes, .string(let text)):
    do throws(Malformed) {
      _ = try Base64.decode(text)
      return nil
    } catch {
      return error.message
    }
  case (.bytes, _): return "cannot restore slice from \(goKind(value))"
  case (.quantity, _), (.intOrString, _), (.time, _), (.microTime, _):
    // These read themselves, as they do from JSON.
    var complaint = DecodeComplaint()
    return complaint.about(value, type)
  }
}

private func goKind(_ value: Value) -> String {
  switch value {
  case .null: "invalid"
  case .bool: "bool"
  case .int: "int64"
  case .number: "float64"
  case .string: "string"
  case .array: "slice"
  case .object: "map"
  }
}

private func goType(_ value: Value) -> String {
  switch value {
  case .array: "[]interface {}"
  case .object: "map[string]interface {}"
  default: goKind(value)
  }
}
