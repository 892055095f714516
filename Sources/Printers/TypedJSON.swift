import APIMachinery
import Formats

// JSON with members in the order of Go's structures, as kubectl prints objects that it made itself.

/// Pretty JSON by a definition's order.
public enum TypedJSON {
  public static func text(_ value: Value, _ definition: Definition?) -> String {
    var out = ""
    write(value, definition.map { definition in .object { definition } }, depth: 0, to: &out)
    return out
  }

  private static func write(_ value: Value, _ type: FieldType?, depth: Int, to out: inout String) {
    let pad = String(repeating: "    ", count: depth + 1)
    switch value {
    case .object(let members) where !members.isEmpty:
      out += "{\n"
      for (i, (key, member, type)) in ordered(members, type, depth: depth).enumerated() {
        out += (i == 0 ? "" : ",\n") + pad + JSON.quoted(key) + ": "
        write(member, type, depth: depth + 1, to: &out)
      }
      out += "\n" + pad.dropLast(4) + "}"
    case .array(let items) where !items.isEmpty:
      out += "[\n"
      var element: FieldType?
      if case .array(let inner) = type { element = inner }
      for (i, item) in items.enumerated() {
        out += (i == 0 ? "" : ",\n") + pad
        write(item, element, depth: depth + 1, to: &out)
      }
      out += "\n" + pad.dropLast(4) + "]"
    default: out += JSON.text(value)
    }
  }

  private static func ordered(_ members: Members, _ type: FieldType?, depth: Int) -> [(String, Value, FieldType?)] {
    var element: FieldType?
    if case .map(let inner) = type { element = inner }
    guard case .object(let make) = type else { return members.map { ($0.key, $0.value, element) } }
    let definition = make()
    var names = definition.fields.map(\.name)
    if depth == 0 { names = ["kind", "apiVersion"] + names.filter { $0 != "kind" && $0 != "apiVersion" } }
    let known = names.compactMap { name in members[name].map { (name, $0, definition.field(name)?.type) } }
    let rest = members.filter { member in !names.contains(member.key) }.map { ($0.key, $0.value, nil as FieldType?) }
    return known + rest
  }
}
